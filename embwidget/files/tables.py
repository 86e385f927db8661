"""Files that hold a table: which columns become vectors, ids and metadata."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from embwidget._core.checks import shown
from embwidget._core.frames import as_frame, choose_columns, cut_frame, plain_arrow
from embwidget._core.metadata import as_pandas
from embwidget._core.parsing import check_unpacked, parsing
from embwidget._core.parts import Parts
from embwidget.files.format import Format, Wanted

MOST_COLUMNS = 50_000
"""Of a table: reading takes a while for each, whatever it holds."""


class TableRead(NamedTuple):
    """A table, its column of ids if there is one, and the dimensions where the format tells."""

    frame: Any
    id: str | None
    vectors: list[Any] | None = None


@dataclass(frozen=True)
class TableFormat(Format):
    """A kind of file that holds a table.

    Attributes
    ----------
    read : callable
        Called with the path and the name of the ids' column, or None; gives `TableRead`. It may
        raise anything.
    """

    read: Callable[[Path, str | None], TableRead]

    gives: ClassVar[str] = "table"

    def parts(self, path: Path, wanted: Wanted) -> Parts:
        start = f"{shown(path.name)} cannot be read"
        with parsing(start):
            table, id_column, dimensions = self.read(path, wanted.id)
            frame = as_frame(plain_arrow(table), "the table")
        try:
            columns = choose_columns(
                frame, vectors=wanted.vectors or dimensions, id=id_column, apart=wanted.apart
            )
        except ValueError as error:
            msg = f"{shown(path.name)}: {error}"
            raise ValueError(msg) from error
        except Exception:
            # Of a library that cannot look into a column of its own.
            with parsing(start):
                raise
        with parsing(start):
            check_unpacked(4 * len(frame) * len(columns.vectors), path.stat().st_size)
            parts = cut_frame(frame, columns)
            rest: Any = parts.metadata
            # Arrow is but the way into memory; what the base install works with is pandas.
            return parts if rest is None else parts._replace(metadata=as_pandas(rest))


def usual_id(names: Sequence[str], index: Sequence[str]) -> str | None:
    """Column of the ids when none is named: "id", else the index if it is a single column."""
    if "id" in names:
        return "id"
    return index[0] if len(index) == 1 else None


def check_columns(n_columns: int) -> None:
    """Refuse a table that would take minutes, whatever is in it."""
    if n_columns > MOST_COLUMNS:
        msg = (
            f"it has {n_columns:,} columns, and {MOST_COLUMNS:,} are the most: save vectors of so "
            "many dimensions as an array, numpy.save(path, vectors)"
        )
        raise ValueError(msg)
