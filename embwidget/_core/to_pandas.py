"""Values of any library as a column of pandas, with nothing rounded and no gap filled."""

from typing import Any

import numpy as np

from embwidget._core.values import Values

_INT64 = range(-(2**63), 2**63)
_UINT64 = range(2**64)


def pandas_column(values: Values) -> Any:
    """Series of values: whole numbers stay such beside a missing one, ordered categories too."""
    import pandas as pd

    if values.order is not None:
        return pd.Series(
            pd.Categorical(values.entries, categories=list(values.order), ordered=True)
        )
    if values.held.dtype != object:
        return pd.Series(values.held.copy())
    kinds = values.kinds - {type(None)}
    if kinds == {bool}:
        return pd.Series(values.held, dtype="boolean")
    if kinds == {int}:
        known = [entry for entry in values.held.tolist() if entry is not None]
        low, high = min(known), max(known)
        if low in _INT64 and high in _INT64:
            return pd.Series(_nullable(values, np.int64))
        if low in _UINT64 and high in _UINT64:
            return pd.Series(_nullable(values, np.uint64))
        return pd.Series(values.held)
    return pd.Series(values.held).infer_objects()


def _nullable(values: Values, dtype: type[np.integer[Any]]) -> Any:
    """Array of pandas, of whole numbers that fit, beside missing ones."""
    import pandas as pd

    entries = values.held.tolist()
    gaps = np.array([entry is None for entry in entries])
    numbers = np.array([0 if entry is None else entry for entry in entries], dtype)
    return pd.arrays.IntegerArray(numbers, gaps) if gaps.any() else numbers
