"""Columns of pandas, polars and Arrow: their values, and the order of their categories."""

import sys
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.plain import as_objects, read_array, read_objects


class Column(NamedTuple):
    """Values of one column.

    Attributes
    ----------
    held : (n_items,) as `read_array` returns them
    order : tuple or None
        Categories, where they have an order.
    """

    held: NDArray[Any]
    order: tuple[Any, ...] | None = None


def read_column(x: Any, what: str) -> Column | None:
    """Read a column of a library that is loaded; None for all else.

    Parameters
    ----------
    x : Series, Index, Categorical or array of pandas, Series of polars, Array of Arrow
        Of n_items values.
    what : str
        How messages call it.
    """
    pandas = sys.modules.get("pandas")
    if pandas and isinstance(
        x, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)
    ):
        return _of_pandas(x, what)
    library = type(x).__module__.partition(".")[0]
    if library == "polars" and hasattr(x, "to_list"):
        return _of_polars(x, what)
    if library == "pyarrow" and hasattr(x, "to_pylist"):
        return _of_arrow(x, what)
    if hasattr(x, "iloc"):
        # What behaves as pandas does, modin and cuDF, becomes pandas.
        import narwhals as nw

        return _of_pandas(nw.from_native(x, series_only=True).to_pandas(), what)
    return None


def _of_pandas(x: Any, what: str) -> Column:
    import pandas as pd

    if isinstance(x, pd.MultiIndex):
        return Column(read_objects(x.to_numpy()))
    array, dtype = getattr(x, "array", x), x.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        names = as_objects(_of_pandas(array.categories, what).held)
        held = np.append(names, [None])[array.codes]
        return Column(held, tuple(names.tolist()) if array.ordered else None)
    if isinstance(dtype, pd.ArrowDtype):
        return _of_arrow(array.__arrow_array__(), what)
    if isinstance(dtype, pd.SparseDtype):
        return Column(read_array(np.asarray(array), what))
    if isinstance(dtype, np.dtype):
        return Column(read_array(x.to_numpy(), what))
    # Nullable numbers, of which a float would hold 53 bits alone.
    number = getattr(dtype, "numpy_dtype", None)
    if number is not None and not array.isna().any():
        return Column(read_array(array.to_numpy(dtype=number), what))
    return Column(read_objects(np.asarray(array, object)))


def _of_polars(x: Any, what: str) -> Column:
    import polars as pl

    dtype = x.dtype
    if dtype == pl.Enum:
        return Column(_objects_of(x.to_list()), order=tuple(dtype.categories.to_list()))
    if dtype == pl.Datetime and dtype.time_zone is not None:
        import pandas as pd

        moments = pd.DatetimeIndex(x.to_numpy()).tz_localize("UTC").tz_convert(dtype.time_zone)
        return _of_pandas(moments, what)
    is_number = dtype == pl.Boolean or (dtype.is_integer() and "128" not in str(dtype))
    # Its lists have no nanoseconds.
    is_moment = dtype in (pl.Date, pl.Datetime, pl.Duration)
    if dtype.is_float() or is_moment or (is_number and x.null_count() == 0):
        return Column(read_array(x.to_numpy(), what))
    return Column(_objects_of(x.to_list()))


def _of_arrow(x: Any, what: str) -> Column:
    from pyarrow import types

    kind = x.type
    if types.is_dictionary(kind):
        return _of_dictionary(x.chunks if hasattr(x, "chunks") else [x], kind.ordered, what)
    if types.is_date64(kind):
        return _of_arrow(x.cast("date32"), what)
    is_number = types.is_integer(kind) or types.is_boolean(kind)
    is_moment = types.is_date(kind) or types.is_duration(kind)
    is_moment |= types.is_timestamp(kind) and kind.tz is None
    if types.is_floating(kind) or is_moment or (is_number and x.null_count == 0):
        # Arrays of Arrow copy when they are told that they may, their chunks always.
        may_copy = {} if hasattr(x, "chunks") else {"zero_copy_only": False}
        return Column(read_array(x.to_numpy(**may_copy), what))
    return Column(_objects_of(x.to_pylist()))


def _of_dictionary(chunks: list[Any], has_order: bool, what: str) -> Column:
    # Looked up here, for Arrow cannot do that for all of its own types.
    names = [as_objects(_of_arrow(chunk.dictionary, what).held) for chunk in chunks]
    codes = [chunk.indices.cast("int64").fill_null(-1).to_numpy() for chunk in chunks]
    found = [np.append(own, [None])[code] for own, code in zip(names, codes, strict=True)]
    order = tuple(dict.fromkeys(name for own in names for name in own)) if has_order else None
    return Column(np.concatenate([np.empty(0, object), *found]), order=order)


def _objects_of(entries: list[Any]) -> NDArray[Any]:
    """Entries (n,) object, one by one: numpy would make an axis of lists."""
    return read_objects(np.fromiter(entries, object, len(entries)))
