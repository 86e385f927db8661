"""The order that the values of a column have of their own."""

from typing import Any

import numpy as np


def order_of(series: Any) -> list[Any] | None:
    """All values in their order; None where the column has none.

    Parameters
    ----------
    series : narwhals Series
        Ordered are pandas' ordered and Arrow's ordered categories, polars' Enum, and flags.
    """
    import narwhals as nw

    dtype = series.dtype
    if isinstance(dtype, nw.Enum):
        return list(dtype.categories)
    if dtype == nw.Boolean:
        return [False, True]
    native = series.to_native()
    if dtype == nw.Categorical and getattr(getattr(native, "type", None), "ordered", False):
        # Each chunk has its categories; they were made of the same ones.
        chunks = getattr(native, "chunks", [native])
        return list(dict.fromkeys(v for chunk in chunks for v in chunk.dictionary.to_pylist()))
    if dtype == nw.Object:
        known = series.drop_nulls().to_list()
        is_flags = bool(known) and all(isinstance(v, bool | np.bool_) for v in known)
        return [False, True] if is_flags else None
    return None
