"""Data frames of any library, through narwhals."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.column_vectors import check_named, vectors_of
from embwidget._core.columns import select
from embwidget._core.dimensions import guess_dimensions
from embwidget._core.parts import Parts
from embwidget._core.to_pandas import pandas_column
from embwidget._core.values import read_values


class Columns(NamedTuple):
    """Names of a frame's columns by what they become, and what was guessed of it."""

    vectors: list[str]
    id: str | None
    metadata: list[str]
    read_from: str = ""


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

    def column(name: Any, values: Any) -> Any:
        if isinstance(values, (str, pd.Series, pd.Index)) or not hasattr(values, "__iter__"):
            return values
        return pandas_column(read_values(values, f"{what}: column {shown(name)}")).array

    try:
        return pd.DataFrame({name: column(name, values) for name, values in columns.items()})
    except ValueError as error:
        msg = f"{what}: a dict needs lists of one length for its columns: {error}"
        raise ValueError(msg) from error


def take_rows(native: Any, rows: NDArray[np.intp]) -> Any:
    """Some rows of a frame, at (n_rows,) intp, in that order, of the same library."""
    return as_frame(native, "metadata")[rows].to_native()


def split_frame(
    native: Any,
    *,
    vectors: Any,
    id: str | None,  # noqa: A002 (the word of every frame)
    apart: Sequence[str] = (),
) -> Parts:
    """Cut a frame into vectors, ids and the rest; see `Space.from_frame`."""
    frame = as_frame(plain_arrow(native), "frame")
    return cut_frame(frame, choose_columns(frame, vectors=vectors, id=id, apart=apart))


def choose_columns(
    frame: Any,
    *,
    vectors: Any,
    id: str | None,  # noqa: A002
    apart: Sequence[str] = (),
) -> Columns:
    """Say what the columns of a narwhals frame become; ValueError where there is a choice."""
    # Asked for once: it is made anew for each column of thousands.
    schema = dict(frame.schema)
    # A MultiIndex has tuples for names.
    single = isinstance(vectors, (str, int)) or (isinstance(vectors, tuple) and vectors in schema)
    wanted: list[Any] = [vectors] if single else list(vectors or [])
    if id is None and "id" in schema and "id" not in wanted:
        id = "id"  # noqa: A001
    seen = set()
    for name in wanted if id is None else [*wanted, id]:
        if name not in schema:
            argument = "id" if name == id and name not in wanted else "vectors"
            msg = f"{argument}=: the frame has no column {shown(name)}: {near_names(name, schema)}"
            raise ValueError(msg)
        if name in seen:
            msg = f"column {shown(name)} is named twice: it is one dimension, or the id"
            raise ValueError(msg)
        seen.add(name)
    read_from = ""
    if wanted:
        check_named(frame, wanted, schema)
    else:
        # A column may be called None, too.
        others = {n: dtype for n, dtype in schema.items() if id is None or n != id}
        wanted, read_from = guess_dimensions(frame, others, apart)
    taken = {*wanted, *(set() if id is None else {id} - set(apart))}
    return Columns(wanted, id, [name for name in schema if name not in taken], read_from)


def cut_frame(frame: Any, columns: Columns) -> Parts:
    """Take the columns of a narwhals frame apart; the metadata is of the frame's own library."""
    index = _index_of_text(frame.to_native())
    single = len(columns.vectors) == 1
    return Parts(
        vectors_of(frame, columns.vectors),
        index if columns.id is None else frame.get_column(columns.id).to_numpy(),
        select(frame, columns.metadata).to_native() if columns.metadata else None,
        read_from=columns.read_from,
        what=f"column {shown(columns.vectors[0])}" if single else "vectors",
    )


def plain_arrow(native: Any) -> Any:
    """Return an Arrow table whose extensions and views are plain lists; others as they are."""
    if type(native).__module__.partition(".")[0] != "pyarrow":
        return native
    import pyarrow as pa

    columns = [_plain_column(column, pa) for column in native.columns]
    changed = any(new is not old for new, old in zip(columns, native.columns, strict=True))
    return pa.table(columns, names=native.column_names) if changed else native


def _plain_column(column: Any, pa: Any) -> Any:
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        stored = [chunk.storage for chunk in column.chunks]
        return _plain_column(pa.chunked_array(stored, kind.storage_type), pa)
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        # Arrow's own cast of views that share entries gives a column that is none.
        lists = pa.large_list(kind.value_type)
        return pa.chunked_array([_copied_list(chunk, pa) for chunk in column.chunks], lists)
    return column.cast(pa.binary()) if pa.types.is_binary_view(kind) else column


def _copied_list(views: Any, pa: Any) -> Any:
    """Array of lists of Arrow, whose entries lie one behind the other, of one of views."""
    lengths = views.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64())
    gaps = views.is_null() if views.null_count else None
    return pa.LargeListArray.from_arrays(offsets, views.flatten(), mask=gaps)


def _index_of_text(native: Any) -> Any:
    """Index of a pandas frame if it is of text, else None: whole numbers may be mere positions."""
    index = getattr(native, "index", None)
    return index if getattr(index, "inferred_type", None) == "string" else None


def without_columns(native: Any, names: list[Any]) -> Any:
    """Frame without these columns, of the same library; None where none would be left."""
    frame = as_frame(native, "metadata")
    left = [name for name in frame.columns if name not in names]
    return select(frame, left).to_native() if left else None
