"""Data frames of any library, through narwhals."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed, near_names, shown
from embwidget._core.parts import Parts


class Columns(NamedTuple):
    """Names of a frame's columns by what they become."""

    vectors: list[str]
    id: str | None
    metadata: list[str]


def is_frame(x: Any) -> bool:
    """Whether narwhals knows it as a frame in memory."""
    import narwhals as nw

    return bool(nw.dependencies.is_into_dataframe(x))


def as_frame(x: Any, what: str) -> Any:
    """Return the narwhals frame of a native one, or of a dict of columns; TypeError for others."""
    import narwhals as nw

    if isinstance(x, dict):
        x = _frame_of_dict(x, what)
    try:
        frame = nw.from_native(x, eager_only=True, pass_through=True)
    except nw.exceptions.DuplicateError as error:
        msg = f"{what}: some columns share a name: rename them ({shown(list(x.columns))})"
        raise ValueError(msg) from error
    if isinstance(frame, nw.DataFrame):
        return frame
    remedy = ": call .collect() first" if hasattr(x, "collect") else ""
    msg = f"{what}: expected a data frame (pandas, polars, Arrow), got {type(x).__name__}{remedy}"
    raise TypeError(msg)


def _frame_of_dict(columns: dict[Any, Any], what: str) -> Any:
    import pandas as pd

    try:
        return pd.DataFrame(columns)
    except ValueError as error:
        msg = f"{what}: a dict needs lists of one length for its columns: {error}"
        raise ValueError(msg) from error


def take_rows(native: Any, rows: NDArray[np.intp]) -> Any:
    """Some rows of a frame, at (n_rows,) intp, in that order, of the same library."""
    return as_frame(native, "metadata")[rows].to_native()


def split_frame(native: Any, *, vectors: str | list[str] | None, id: str | None) -> Parts:  # noqa: A002
    """Cut a frame into vectors, ids and the rest; see `Space.from_frame`."""
    frame = as_frame(native, "frame")
    return cut_frame(frame, choose_columns(frame, vectors=vectors, id=id))


def choose_columns(
    frame: Any,
    *,
    vectors: str | list[str] | None,
    id: str | None,  # noqa: A002
) -> Columns:
    """Say what the columns of a narwhals frame become; ValueError where there is a choice."""
    # Asked for once: it is made anew for each column of thousands.
    schema = dict(frame.schema)
    wanted = [vectors] if isinstance(vectors, (str, int)) else list(vectors or [])
    if id is None and "id" in schema and "id" not in wanted:
        id = "id"  # noqa: A001
    seen = set()
    for name in wanted if id is None else [*wanted, id]:
        if name not in schema:
            msg = f"the frame has no column {shown(name)}: {near_names(name, schema)}"
            raise ValueError(msg)
        if name in seen:
            msg = f"column {shown(name)} is named twice: it is one dimension, or the id"
            raise ValueError(msg)
        seen.add(name)
    if not wanted:
        wanted = _vector_columns(frame, {n: kind for n, kind in schema.items() if n != id})
    elif len(wanted) > 1 or not _holds_vectors(frame, wanted[0], schema[wanted[0]]):
        for name in wanted:
            if not _is_number(schema[name]):
                msg = f"column {shown(name)} is {shown(schema[name])}: vectors need numbers"
                raise ValueError(msg)
    taken = {*wanted, id}
    return Columns(wanted, id, [name for name in schema if name not in taken])


def cut_frame(frame: Any, columns: Columns) -> Parts:
    """Take the columns of a narwhals frame apart; the metadata is of the frame's own library."""
    index = _index_of_text(frame.to_native())
    return Parts(
        _vectors_of(frame, columns.vectors),
        index if columns.id is None else frame.get_column(columns.id).to_numpy(),
        _select(frame, columns.metadata).to_native() if columns.metadata else None,
    )


def _select(frame: Any, names: list[str]) -> Any:
    import narwhals as nw

    # By far the quicker way for thousands of columns; but pandas may have numbers for names, which
    # would be taken for rows.
    return frame[names] if all(isinstance(n, str) for n in names) else frame.select(nw.col(*names))


def _index_of_text(native: Any) -> Any:
    """Index of a pandas frame if it is of text, else None: whole numbers may be mere positions."""
    index = getattr(native, "index", None)
    return index if getattr(index, "inferred_type", None) == "string" else None


def _vector_columns(frame: Any, schema: dict[str, Any]) -> list[str]:
    """The one column of vectors, else all numeric columns."""
    nested = [name for name, kind in schema.items() if _holds_vectors(frame, name, kind)]
    if len(nested) == 1:
        return nested
    numeric = [name for name, kind in schema.items() if kind.is_numeric()]
    if nested:
        msg = f"the frame has several columns of vectors: say which, vectors={listed(nested)}"
        raise ValueError(msg)
    if not numeric:
        msg = f"the frame has no column of vectors or numbers: {near_names('', schema)}"
        raise ValueError(msg)
    return numeric


def _holds_vectors(frame: Any, name: str, kind: Any) -> bool:
    """Whether entries are lists or arrays of numbers."""
    import narwhals as nw

    if isinstance(kind, (nw.List, nw.Array)):
        return _is_number(kind.inner)
    if kind != nw.Object:
        return False
    column = frame.get_column(name)
    first: Any = next((entry for entry in column if entry is not None), None)
    return np.ndim(first) == 1 and np.asarray(first).dtype.kind in "fiub"


def _is_number(dtype: Any) -> bool:
    import narwhals as nw

    return bool(dtype.is_numeric() or dtype == nw.Boolean)


def _vectors_of(frame: Any, names: list[str]) -> Any:
    """(n_samples, n_dims) array, or (n_samples,) object array of vectors."""
    if len(names) == 1 and not _is_number(frame.get_column(names[0]).dtype):
        return _rows_of(frame.get_column(names[0]))
    return _select(frame, names).to_numpy()


def _rows_of(column: Any) -> Any:
    """Entries as one array where all are there and equally long, else as they are."""
    import narwhals as nw

    fixed = isinstance(column.dtype, nw.Array)
    if not (fixed or column.dtype == nw.List) or len(column) == 0 or column.null_count():
        return column.to_numpy()
    if not fixed and len(column.list.len().unique()) != 1:
        return column.to_numpy()
    # The numbers lie one behind the other already: no array is made for each row.
    if column.implementation.is_polars():
        flat = column.to_native().explode().to_numpy()
    else:
        from pyarrow.compute import list_flatten

        flat = list_flatten(column.to_arrow()).to_numpy()
    return flat.reshape(len(column), -1)


def without_columns(native: Any, names: list[Any]) -> Any:
    """Frame without these columns, of the same library; None where none would be left."""
    frame = as_frame(native, "metadata")
    left = [name for name in frame.columns if name not in names]
    return _select(frame, left).to_native() if left else None
