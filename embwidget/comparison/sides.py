"""Two spaces out of what `compare` was given, with what is needed to say more of their rows."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, find_rows, has_column, ids_of_frame
from embwidget._core.checks import shown
from embwidget._core.frames import is_frame, without_columns
from embwidget._core.ids import as_ids
from embwidget._core.keys import index_of, is_plain
from embwidget.space import Space, as_space

Column = str | int | list[Any] | None


@dataclass(frozen=True, eq=False)
class Side:
    """One of the spaces, and which of the rows that were given are in it.

    Attributes
    ----------
    space : Space
    n_given : int
        Rows that were given, those without a vector included.
    rows : (n_samples,) intp or None
        Row of each item among those; None = all, as they lie.
    """

    space: Space
    n_given: int
    rows: NDArray[np.intp] | None = None

    def items(self, whose: str) -> Items:
        """What tells the items apart, for what is said of the rows that were given."""
        return replace(self.space.items, n_given=self.n_given, rows=self.rows, whose=whose)


def read_sides(
    a: Any,
    b: Any,
    *,
    ids: Any = None,
    vectors: Any = None,
    id: Any = None,  # noqa: A002 (the word of every frame)
    names: Any = None,
    missing: str = "raise",
    apart: tuple[str, ...] = (),
    metadata: Any = None,
) -> tuple[Side, Side]:
    """Make both spaces; arguments as for `embwidget.compare`.

    Parameters
    ----------
    apart : tuple of str
        Columns that are no dimensions.
    metadata : frame, optional
        Looked at to tell whether `id` names a column of it.
    """
    if missing not in {"raise", "drop"}:
        msg = f'missing={shown(missing)}: give "raise", or "drop" for items without a vector'
        raise ValueError(msg)
    told = None if names is None else checked_names(names)
    of_one_table = b is None
    columns = _columns(a, b, vectors)
    keys = tuple(
        None if key is None or not _takes_id(x, key, metadata) else key
        for x, key in zip((a, a if of_one_table else b), _each(id, "id"), strict=True)
    )
    if of_one_table:
        b = a
    if id is not None and not any(keys):
        _check_id(id, metadata)
    sides = []
    for side, x, column, key, other in zip(
        "ab", (a, b), columns, keys, reversed(columns), strict=True
    ):
        read = partial(_space_of, side, x, vectors=column, id=key, missing=missing, apart=apart)
        space = read()
        if of_one_table:
            space = _of_table(space, other, keeps_metadata=side == "a")
        if columns[0] != columns[1] and isinstance(column, (str, int)):
            space = space if space.name and not of_one_table else as_space(space, name=str(column))
        sides.append(side_of(space, x, read))
    if ids is not None:
        sides = _with_ids(sides[0], sides[1], ids)
    if told is not None:
        sides = [
            replace(side, space=as_space(side.space, name=name))
            for side, name in zip(sides, told, strict=True)
        ]
    return sides[0], sides[1]


def with_ids(side: Side, ids: Any) -> Side:
    """Side whose rows have these ids, one for each that was given."""
    if side.rows is None:
        return replace(side, space=as_space(side.space, ids=ids))
    rows = find_rows(side.items("rows"), index_of(ids), len(ids), "ids").rows
    made, given = copy(side.space), as_ids(ids, side.n_given)
    left_out = np.ones(len(given), bool)
    left_out[rows] = False
    made.ids, made.has_ids, made.dropped = given[rows], True, given[left_out]
    return replace(side, space=made)


def _space_of(side: str, x: Any, **options: Any) -> Space:
    """Make a space of one side's input; an error says which side it is about."""
    try:
        return as_space(x, **options)
    except (ValueError, TypeError) as error:
        if type(error) not in {ValueError, TypeError}:
            raise
        msg = f"{side}: {error}"
        raise type(error)(msg) from error


def side_of(space: Space, x: Any, read: Any) -> Side:
    """The space with the rows that it has of those that were given."""
    if isinstance(x, Space) or len(space.dropped) == 0:
        return Side(space, len(space))
    n_given = len(space) + len(space.dropped)
    # What has ids does not say in which rows they stood: numbers in their place do.
    rows = read(ids=np.arange(n_given)).ids if space.has_ids else space.ids
    return Side(space, n_given, np.asarray(rows, np.intp))


def _of_table(space: Space, other: Column, *, keeps_metadata: bool) -> Space:
    """One of two spaces of one table, whose metadata has neither's vectors, and comes once."""
    made = copy(space)
    if made.metadata is not None:
        names = other if isinstance(other, list) else [other]
        made.metadata = without_columns(made.metadata, names) if keeps_metadata else None
    return made


def _with_ids(a: Side, b: Side, ids: Any) -> list[Side]:
    """Both sides with the ids given for their rows; ValueError where they pair otherwise."""
    first, second = a.space, b.space
    own, index = first.has_ids and second.has_ids, index_of(ids)
    differ = own and not np.array_equal(first.ids, second.ids)
    if not own and first.index is not None and second.index is not None:
        differ = not first.index.equals(second.index) and not (
            is_plain(first.index) and is_plain(second.index)
        )
    # A Series says by its own index which row of each side an id belongs to.
    if differ and (index is None or is_plain(index)):
        msg = (
            f"ids= are those of the rows of both, but {'the ids' if own else 'the indexes'} that "
            "a and b bring pair other rows: leave ids= out, or give arrays in one order"
        )
        raise ValueError(msg)
    return [with_ids(a, ids), with_ids(b, ids)]


def checked_names(names: Any) -> tuple[str, str]:
    """Return the names of both spaces; ValueError unless they are two different ones."""
    if (
        not isinstance(names, (tuple, list))
        or len(names) != 2
        or not all(isinstance(name, str) and name for name in names)
        or names[0] == names[1]
    ):
        msg = f'names={shown(names)}: give two different ones, as ("OpenAI", "MiniLM")'
        raise ValueError(msg)
    return names[0], names[1]


def _holds_several(a: Any) -> bool:
    """Whether spaces are in it: a `Series`, what `collect` gives, a list of them."""
    inside = getattr(a, "spaces", a)
    inside = list(inside.values()) if isinstance(inside, dict) else inside
    return isinstance(inside, Sequence) and any(isinstance(each, Space) for each in inside)


def _columns(a: Any, b: Any, vectors: Any) -> tuple[Column, Column]:
    """Columns that hold the vectors of each side; None = it says so itself."""
    if b is None:
        if not isinstance(vectors, (tuple, list)) or len(vectors) != 2:
            msg = (
                "b is missing: give two spaces, or one table with the two columns of vectors, "
                f'vectors=("column_a", "column_b"); got vectors={shown(vectors)}'
            )
            if _holds_several(a):
                msg = (
                    f"b is missing: {type(a).__name__} holds several spaces, and two are compared: "
                    "give two of them, such as spaces[0] and spaces[-1], or all to compare_many()"
                )
            raise TypeError(msg)
        if not _is_table(a) or vectors[0] == vectors[1] or None in vectors:
            msg = (
                f"vectors={shown(vectors)} of {type(a).__name__}: without b, a is one table and "
                "vectors are two different columns of it"
            )
            raise ValueError(msg)
        return _column(vectors[0]), _column(vectors[1])
    if vectors is None:
        return None, None
    # A list is the dimensions of both, one by one.
    pair = vectors if isinstance(vectors, tuple) else (vectors, vectors)
    if len(pair) != 2:
        msg = f"vectors={shown(vectors)}: give one column for both, or (column_a, column_b)"
        raise ValueError(msg)
    tables = _is_table(a), _is_table(b)
    if not any(tables) or (
        isinstance(vectors, tuple)
        and any(
            column is not None and not is_one for column, is_one in zip(pair, tables, strict=True)
        )
    ):
        side = "ab"[tables.index(False)]
        kind = type(a if side == "a" else b).__name__
        msg = f"vectors={shown(vectors)}: {side} is no table with columns but {kind}"
        raise ValueError(msg)
    first, second = (
        _column(column) if is_one else None for column, is_one in zip(pair, tables, strict=True)
    )
    return first, second


def _column(column: Any) -> Column:
    """Name of a column, or a list of them."""
    return list(column) if isinstance(column, tuple) else column


def _each(given: Any, what: str) -> tuple[Any, Any]:
    """Give one for each side: a pair, or the same for both."""
    if not isinstance(given, (tuple, list)):
        return given, given
    if len(given) != 2:
        msg = f"{what}={shown(given)}: give one for both, or a pair"
        raise ValueError(msg)
    return given[0], given[1]


def _is_table(x: Any) -> bool:
    """Whether it may have columns, or a file that has."""
    plain = isinstance(x, (Space, np.ndarray, list, tuple)) or hasattr(x, "detach")
    is_series = index_of(x) is not None and not hasattr(x, "columns")
    return not plain and not is_series


def _check_id(id: Any, metadata: Any) -> None:  # noqa: A002
    """Refuse the name of a column of ids that neither side has: it must be in the metadata."""
    if metadata is None:
        msg = f"id={shown(id)} names a column, and neither a nor b has columns: use ids="
        raise ValueError(msg)
    named = [name for name in _each(id, "id") if name is not None]
    if not any(has_column(metadata, name) for name in named):
        ids_of_frame(metadata, named[0])


def _takes_id(x: Any, id: str, metadata: Any) -> bool:  # noqa: A002
    """Whether the name of a column of ids is meant for this side, and not for the metadata."""
    if not _is_table(x):
        return False
    elsewhere = metadata is not None and has_column(metadata, id)
    return not (elsewhere and is_frame(x) and not has_column(x, id))
