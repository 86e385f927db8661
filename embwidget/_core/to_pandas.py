"""Values and frames of any library in pandas, with nothing rounded and no gap filled."""

from typing import Any

import numpy as np

from embwidget._core.values import Values, read_values

_INT64 = range(-(2**63), 2**63)
_UINT64 = range(2**64)


def as_pandas(native: Any) -> Any:
    """Copy any frame into pandas with rows 0..n-1; needs no Arrow, unlike most conversions."""
    import pandas as pd

    from embwidget._core.frames import as_frame

    frame = as_frame(native, "metadata")
    if frame.implementation.is_pandas_like():
        return frame.to_pandas().reset_index(drop=True)
    columns = {name: frame.get_column(name).to_native() for name in frame.columns}
    return pd.DataFrame(
        {name: pandas_column(read_values(column, name)) for name, column in columns.items()},
        index=range(len(frame)),
    )


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


def with_values(metadata: Any, n_items: int, name: str, x: Any, of: str = "items") -> Any:
    """Pandas frame of the metadata, and one value for each item as a column of a name.

    Parameters
    ----------
    metadata : frame with n_items rows, or None
    n_items : int
    name : str
        Of the argument, and of the column.
    x : array-like of shape (n_items,)
    of : str
        What has a value each, in messages.
    """
    import pandas as pd

    values = read_values(x, name)
    if len(values) != n_items:
        msg = f"{name}: {len(values)} values for {n_items} {of}: give one each"
        raise ValueError(msg)
    frame = pd.DataFrame() if metadata is None else as_pandas(metadata)
    if name in frame.columns:
        msg = (
            f'{name}: the metadata has a column "{name}" already: use {name}="{name}" or rename it'
        )
        raise ValueError(msg)
    return frame.assign(**{name: pandas_column(values)})
