"""Vectors out of columns that were chosen for them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.broken_cells import why_broken
from embwidget._core.checks import shown
from embwidget._core.columns import BROKEN, entries_of, is_number, kind_of, select
from embwidget._core.vector_texts import MISSING_TEXTS, numbers_of_text


def check_named(frame: Any, names: list[Any], schema: dict[Any, Any]) -> None:
    """Refuse columns that the caller named for the vectors, and that cannot be read as such."""
    if len(names) == 1 and not is_number(schema[names[0]]):
        kind = kind_of(frame, names[0], schema[names[0]])
        if kind.kind == "vectors" or _is_text_of_numbers(frame, names[0], schema[names[0]]):
            return
        if kind.kind == "doubt":
            msg = f"column {shown(names[0])} {kind.why}"
            raise ValueError(msg)
    for name in names:
        kind = kind_of(frame, name, schema[name])
        if kind.kind == "vectors":
            msg = f"column {shown(name)} holds vectors itself: name it alone, vectors={shown(name)}"
            raise ValueError(msg)
        if not is_number(schema[name]) and kind.kind != "numbers":
            broken = kind.kind in BROKEN and why_broken(frame.get_column(name))
            why = f"holds numbers, but {broken}" if broken else f"is {shown(schema[name])}"
            msg = f"column {shown(name)} {why}: vectors need numbers"
            raise ValueError(msg)


def _is_text_of_numbers(frame: Any, name: Any, dtype: Any) -> bool:
    import narwhals as nw

    # Named, text without brackets will do, too.
    texts = entries_of(frame.get_column(name)) if dtype in (nw.String, nw.Object) else []
    return bool(texts) and all(isinstance(t, str) and len(t.split()) > 1 for t in texts)


def vectors_of(frame: Any, names: list[Any]) -> Any:
    """(n_samples, n_dims) array with NaN in gaps, or (n_samples,) object array of vectors."""
    column = frame.get_column(names[0])
    if len(names) == 1 and not is_number(column.dtype):
        return _rows_of(column, f"column {shown(names[0])}")
    return select(frame, names).to_numpy()


def _rows_of(column: Any, what: str) -> Any:
    """Entries as one array where all that are there are equally long, else as they are."""
    import narwhals as nw

    if isinstance(column.dtype, (nw.List, nw.Array)):
        stacked = _stacked(column)
        if stacked is not None:
            return stacked
    # Not assigned to a slice: numpy would look into what it is to hold.
    entries = np.fromiter(column.to_list(), object, len(column))
    for row, entry in enumerate(entries):
        if isinstance(entry, str):
            blank = not entry.strip() or entry.strip().lower() in MISSING_TEXTS
            entries[row] = None if blank else numbers_of_text(entry, f"{what}: row {row}")
    return entries


def _stacked(column: Any) -> NDArray[Any] | None:
    """Array (n_samples, n_dims) of a column of lists, or None if they differ in length.

    The numbers lie one behind the other already: no array is made for each row.
    """
    import narwhals as nw

    there = column.drop_nulls()
    fixed = isinstance(column.dtype, nw.Array)
    if len(there) == 0 or not (fixed or len(there.list.len().unique()) == 1):
        return None
    if column.implementation.is_polars():
        flat = there.to_native().explode().to_numpy()
    else:
        from pyarrow.compute import list_flatten

        flat = list_flatten(there.to_arrow()).to_numpy(zero_copy_only=False)
    if len(flat) % len(there) or len(flat) == 0:
        return None
    rows: NDArray[Any] = flat.reshape(len(there), -1)
    if len(there) == len(column):
        return rows
    if rows.dtype == object:
        return None
    filled = np.full((len(column), rows.shape[1]), np.nan, np.result_type(rows, np.float16))
    filled[np.flatnonzero(~column.is_null().to_numpy())] = rows
    return filled
