"""What is said of items brought to their order: by an index of its own, by ids, else by position.

An index that pandas made itself, 0, 1 ..., says nothing of its own: rows meet by it only where
they have to. Wherever two readings would pair rows differently, none is taken.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.frames import as_frame, take_rows
from embwidget._core.keys import index_of, is_plain, kind_of, look_up


@dataclass(frozen=True, eq=False)
class Items:
    """What tells items apart.

    Attributes
    ----------
    n_given : int
        Rows that were given, among which the items are.
    ids : (n_items,) int64, uint64 or object (of str), or None
        None = they have only positions.
    index : pandas.Index of length n_items, or None
        That of the pandas object that held their vectors.
    rows : (n_items,) intp or None
        Row of each item among those given; None = all of them, as they lie.
    whose : str
        What messages call the rows that were given.
    """

    n_given: int
    ids: NDArray[Any] | None = None
    index: Any = None
    rows: NDArray[np.intp] | None = None
    whose: str = ""

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.n_given if self.rows is None else len(self.rows)


class Aligned(NamedTuple):
    """Where the value of each item lies, and how that was found.

    Attributes
    ----------
    rows : (n_items,) intp or None
        None = as they lie.
    by : str
        "id", "index" or "position".
    """

    rows: NDArray[np.intp] | None
    by: str


def find_rows(items: Items, index: Any, n_values: int, what: str, noun: str = "values") -> Aligned:
    """Say which of some values belongs to each item.

    Parameters
    ----------
    items : Items
    index : pandas.Index of length n_values, or None
        Index of the values, where they have one.
    n_values : int
    what, noun : str
        How messages call them.

    Returns
    -------
    Aligned

    Raises
    ------
    ValueError
        When neither says it without a doubt: an index covers the items in part, or counts rows in
        another order than those of the items lie in, or the lengths differ.
    """
    found = [] if index is None else _readings(items, index, n_values, what)
    if found:
        if any(not np.array_equal(rows, found[0]) for rows in found[1:]):
            msg = (
                f"{what}: its index holds the ids and the index of the vectors too, in different "
                "orders: name a column of ids, id=, or use reset_index(drop=True)"
            )
            raise ValueError(msg)
        return Aligned(found[0], "index")
    if n_values != items.n_given:
        one = "one for each" if items.whose else "one row for each item"
        hint = "" if items.ids is None else ", or an index with their ids"
        msg = (
            f"{what}: {n_values} {noun} for {items.n_given} {items.whose or 'items'}: "
            f"give {one}{hint}"
        )
        raise ValueError(msg)
    return Aligned(items.rows, "position")


def in_order(values: Any, items: Items, what: str) -> Any:
    """Values in the order of the items, where a pandas Series says it; others as they are."""
    index = index_of(values)
    if index is None or (items.ids is None and items.index is None):
        return values
    rows = find_rows(items, index, len(values), what).rows
    return values if rows is None else values.iloc[rows]


def align_frame(
    native: Any,
    items: Items,
    what: str = "metadata",
    id: str | None = None,  # noqa: A002 (the word of every frame)
) -> tuple[Any, str]:
    """Bring the rows of a frame to the order of the items.

    Parameters
    ----------
    native : frame or dict of columns
        Of any library that narwhals knows.
    items : Items
    what : str
        How messages call it.
    id : str, optional
        Its column of ids, or the name of its index; by default "id", where that holds all of them.

    Returns
    -------
    native : frame
        Of the same library, n_items rows; the very same where they lie so already.
    by : str
        How it was aligned, as a phrase.
    """
    frame = as_frame(native, what)
    native, n_rows = frame.to_native(), len(frame)
    aligned = _by_column(frame, items, what, id)
    if aligned is None:
        aligned = find_rows(items, index_of(native), n_rows, what, "rows")
    by = f"by {aligned.by}"
    if aligned.rows is None:
        return native, by
    if aligned.by != "position" and n_rows > len(aligned.rows):
        by += f", {n_rows - len(aligned.rows)} rows of other items left out"
    if n_rows == len(aligned.rows) and np.array_equal(aligned.rows, np.arange(n_rows)):
        return native, by
    return take_rows(native, aligned.rows), by


def has_column(native: Any, name: Any) -> bool:
    """Whether a frame has a column of this name, or pandas' index is called so."""
    columns = as_frame(native, "metadata").columns
    return name in columns or name in getattr(index_of(native), "names", ())


def ids_of_frame(native: Any, id: str, what: str = "metadata") -> Any:  # noqa: A002
    """Return a column of ids as a pandas Series with the frame's index, if it has one."""
    import pandas as pd

    frame = as_frame(native, what)
    return pd.Series(_column_of_ids(frame, id, what), index=index_of(frame.to_native()))


def _column_of_ids(frame: Any, id: str, what: str) -> Any:  # noqa: A002
    """Return the ids that a narwhals frame has in a column, or under the name of its index."""
    import pandas as pd

    index = index_of(frame.to_native())
    if id not in frame.columns and index is not None and id in index.names:
        return index.get_level_values(id)
    if id not in frame.columns:
        msg = f"id={shown(id)} is no column of the {what}: {near_names(id, frame.columns)}"
        raise ValueError(msg)
    column = frame.get_column(id)
    return pd.Index(column.to_list() if column.null_count() else column.to_numpy())


def _by_column(frame: Any, items: Items, what: str, id: str | None) -> Aligned | None:  # noqa: A002
    """Rows by a column of ids; None where there is none, or nobody to match them with."""
    import pandas as pd

    told = id is not None
    if items.ids is None or not (told or "id" in frame.columns):
        return None
    name = "id" if id is None else id
    keys, ids = _column_of_ids(frame, name, what), pd.Index(items.ids)
    if not told and not keys.is_unique:
        return None
    rows = look_up(keys, ids, f"{what}, column {shown(name)}", "the ids")
    n_found = int((rows >= 0).sum())
    if n_found == len(ids):
        return Aligned(rows, "id")
    if n_found or told:
        msg = (
            f"{what}: its column {shown(name)} has {n_found} of {len(ids)} ids, "
            f"not {shown(ids[int(np.argmin(rows))])}: give a row for each item, or rename it"
        )
        raise ValueError(msg)
    return None


class _Reading(NamedTuple):
    """Rows (n_items,) intp that an index has for keys of the items; -1 = it has not."""

    rows: NDArray[np.intp]
    keys: Any
    name: str


def _readings(items: Items, index: Any, n_values: int, what: str) -> list[NDArray[np.intp]]:
    """Each way in which an index tells the items: rows (n_items,) intp; none = it has no say."""
    import pandas as pd

    ids = None if items.ids is None else pd.Index(items.ids)
    told: list[_Reading] = []
    if ids is not None and is_plain(index):
        told, ids = _by_counted_ids(items, index, n_values, what), None
    if ids is not None and kind_of(ids) == kind_of(index):
        told.append(_Reading(look_up(index, ids, what, "the ids"), ids, "ids"))
    told += _by_vectors(items, index, n_values, what, is_told=_found(told) != [])
    found = _found(told)
    if ids is not None and not found and kind_of(ids) != kind_of(index):
        look_up(index, ids, what, "the ids")
    for rows, keys, name in [] if found else told:
        n_found = int((rows >= 0).sum())
        if n_found:
            msg = (
                f"{what}: its index has {n_found} of {len(keys)} {name}, not "
                f"{shown(keys[int(np.argmin(rows))])}: give a row for each item, or pair by "
                "position with reset_index(drop=True)"
            )
            raise ValueError(msg)
    return found


def _by_counted_ids(items: Items, index: Any, n_values: int, what: str) -> list[_Reading]:
    """What an index 0, 1 ... says, if it was not merely counted, where the ids are such numbers."""
    import pandas as pd

    ids = pd.Index(np.asarray(items.ids))
    is_counted = isinstance(index, pd.RangeIndex) or n_values != items.n_given
    if is_counted or kind_of(ids) != "integer":
        return []
    rows = look_up(index, ids, what, "the ids")
    return [_Reading(rows, ids, "ids")] if (rows >= 0).all() else []


def _found(told: list[_Reading]) -> list[NDArray[np.intp]]:
    """Rows (n_items,) intp of each reading that has all items."""
    return [rows for rows, *_ in told if (rows >= 0).all()]


def _by_vectors(
    items: Items, index: Any, n_values: int, what: str, *, is_told: bool
) -> list[_Reading]:
    """What an index says by that of the vectors; ValueError where one of them only counts rows."""
    import pandas as pd

    theirs, plain, name = items.index, is_plain(index), "index values of the vectors"
    if theirs is None or (plain and kind_of(theirs) != "integer"):
        return []
    lie = np.arange(len(theirs)) if items.rows is None else items.rows
    if items.rows is None and index.equals(theirs):
        return [] if plain else [_Reading(lie, theirs, name)]
    reading = _Reading(look_up(index, theirs, what, "the index of the vectors"), theirs, name)
    rows = reading.rows
    if plain:
        if n_values != items.n_given:
            return [reading] if (rows >= 0).all() else []
        is_doubtful = (rows >= 0).all() and not np.array_equal(rows, lie)
    else:
        is_doubtful = theirs.equals(pd.Index(lie)) and not is_told and (rows >= 0).any()
    if is_doubtful:
        msg = (
            f"{what}: its index numbers the rows otherwise than that of the vectors, and one is a "
            "mere 0, 1 ...: give both the same index, or reset_index(drop=True) to pair by position"
        )
        raise ValueError(msg)
    return [] if plain else [reading]
