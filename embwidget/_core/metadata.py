"""Metadata of any library in pandas, and columns put beside it."""

from typing import Any

from embwidget._core.frames import as_frame
from embwidget._core.to_pandas import pandas_column
from embwidget._core.values import read_values


def as_pandas(native: Any) -> Any:
    """Copy any frame into pandas with rows 0..n-1; needs no Arrow, unlike most conversions."""
    import narwhals as nw
    import pandas as pd

    frame = as_frame(native, "metadata")
    if frame.implementation.is_pandas_like():
        return frame.to_pandas().reset_index(drop=True)
    columns = {}
    for name, dtype in frame.schema.items():
        columns[name] = pandas_column(read_values(frame.get_column(name), name))
        if dtype in (nw.Categorical, nw.Enum):
            columns[name] = columns[name].astype("category")
    return pd.DataFrame(columns, index=range(len(frame)))


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
