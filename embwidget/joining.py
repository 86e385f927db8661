"""Two spaces brought to the same items: by id, by the index of pandas objects, or by row."""

from copy import copy
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.ids import as_ids
from embwidget._core.join_report import EXAMPLES, JoinReport
from embwidget._core.keys import is_plain, kind_of, look_up, plain_type
from embwidget.space import Space, as_space

__all__ = ["JoinReport", "Matching", "join", "joined", "match_rows", "report_of"]

# Below this share of the smaller space the ids are probably not meant to be the same.
_FEW = 0.5

Rows = NDArray[np.intp]


class Matching(NamedTuple):
    """Which rows of two spaces are the same item.

    Attributes
    ----------
    rows_a, rows_b : (n_items,) intp or None
        None = all, as they lie.
    by : str
        As `JoinReport.paired_by`.
    keys_a, keys_b : array-like of length len(a) and len(b)
        What told the rows apart.
    """

    rows_a: Rows | None
    rows_b: Rows | None
    by: str
    keys_a: Any
    keys_b: Any


def join(a: Any, b: Any) -> tuple[Space, Space, JoinReport]:
    """Bring two spaces to the same items in the same order.

    Parameters
    ----------
    a, b : Space or anything that makes one
        Joined by id where both have ids; by their index where both come out of pandas objects whose
        indexes differ; else by position, which needs the same number of rows: ids that one of
        them has are then those of the other too.

    Returns
    -------
    a, b : Space
        The items in both, in the order of `a`. Nothing is copied where they agree already.
    report : JoinReport

    Raises
    ------
    ValueError
        When nothing says which rows belong together, or no item is in both.
    """
    a, b = as_space(a), as_space(b)
    return joined(a, b, match_rows(a, b))


def joined(a: Space, b: Space, matching: Matching) -> tuple[Space, Space, JoinReport]:
    """Take the rows of two spaces that are the same item, as `join` gives them."""
    rows_a, rows_b = matching.rows_a, matching.rows_b
    report = report_of(a, b, matching)
    # All of it, in its own order, needs no copy.
    taken_a = a if rows_a is None else a.take(rows_a)
    taken_b = b if rows_b is None else b.take(rows_b)
    ids = _ids_of(a, b, matching)
    has_ids, ids = ids is not None, taken_a.ids if ids is None else ids
    return (
        _named(taken_a, ids, has_ids=has_ids),
        _named(taken_b, ids, has_ids=has_ids),
        report,
    )


def match_rows(a: Space, b: Space) -> Matching:
    """Say which rows of two spaces are the same item; ValueError as for `join`."""
    if a.has_ids and b.has_ids:
        if _are_equal(a.ids, b.ids):
            return Matching(None, None, "by id", a.ids, b.ids)
        return _by_keys(a, b, "by id", *_matching_rows(a.ids, b.ids), a.ids, b.ids)
    held = None if a.has_ids == b.has_ids else _by_index_of_one(a, b)
    if held is not None:
        return held
    if a.index is not None and b.index is not None:
        found = _by_index(a, b)
        if found is not None:
            return found
    return _by_ids_of_one(a, b) if a.has_ids != b.has_ids else _by_position(a, b)


def _by_index(a: Space, b: Space) -> Matching | None:
    """By the indexes of two pandas objects; None where these are mere numbers of rows."""
    mine, theirs = a.index, b.index
    plain_a, plain_b = _is_counted(a), _is_counted(b)
    if plain_a and plain_b:
        return None
    if mine.equals(theirs):
        return Matching(None, None, "by index", mine, theirs)
    if kind_of(mine) != kind_of(theirs) and (plain_a or plain_b):
        return None
    rows = look_up(theirs, mine, "b", "those of a")
    # Asked for both, since copies in either leave it open which row is meant.
    look_up(mine, theirs, "a", "those of b")
    rows_a = np.flatnonzero(rows >= 0)
    if len(rows_a) == 0:
        msg = (
            f"a and b have nothing in common in their indexes (a has {shown(mine[0])}, b has "
            f"{shown(theirs[0])}): are these the same items? If rows pair by position: "
            "reset_index(drop=True)"
        )
        raise ValueError(msg)
    counted = plain_a or plain_b
    if counted and len(a) == len(b) and len(rows_a) < len(a):
        msg = (
            f"the indexes of a and b have {len(rows_a)} of {len(a)} values in common, and one is a "
            "mere 0, 1 ...: give both the same index, or reset_index(drop=True) to pair by position"
        )
        raise ValueError(msg)
    return _by_keys(a, b, "by index", rows_a, rows[rows_a], mine, theirs)


def _is_counted(space: Space) -> bool:
    """Whether the index only counts the rows of what was given, whether all are left or not."""
    import pandas as pd

    return is_plain(space.index) or (
        not space.has_ids and bool(space.index.equals(pd.Index(space.ids)))
    )


def _by_index_of_one(a: Space, b: Space) -> Matching | None:
    """The ids of one with the index of the other, where that holds them; else None."""
    side, other = ("a", "b") if a.has_ids else ("b", "a")
    named, bare = (a, b) if a.has_ids else (b, a)
    if bare.index is None or is_plain(bare.index):
        return None
    import pandas as pd

    ids = pd.Index(named.ids)
    rows = look_up(bare.index, ids, other, f"the ids of {side}")
    n_found = int((rows >= 0).sum())
    if n_found < min(len(named), len(bare)):
        if n_found and named.index is None:
            msg = (
                f"the index of {other} has {n_found} of the {len(named)} ids of {side}, not "
                f"{shown(ids[int(np.argmin(rows))])}: give {other} ids, or reset_index(drop=True) "
                "to pair by position"
            )
            raise ValueError(msg)
        return None
    if named.index is not None and kind_of(named.index) == kind_of(bare.index):
        others = look_up(bare.index, named.index, other, f"those of {side}")
        if (others >= 0).all() and not np.array_equal(others, rows):
            msg = (
                f"the index of {other} holds the ids and the index of {side}, in different orders: "
                f"give {other} ids"
            )
            raise ValueError(msg)
    rows_named = np.flatnonzero(rows >= 0)
    rows_bare = rows[rows_named]
    by = f"by id, the index of {other}"
    if named is a:
        return _by_keys(a, b, by, rows_named, rows_bare, ids, bare.index)
    order = np.argsort(rows_bare, kind="stable")
    return _by_keys(a, b, by, rows_bare[order], rows_named[order], bare.index, ids)


def _by_ids_of_one(a: Space, b: Space) -> Matching:
    """Row by row, where one side has ids: they are the other's, too."""
    side, other = ("a", "b") if a.has_ids else ("b", "a")
    named, bare = (a, b) if a.has_ids else (b, a)
    by = f"by position, with the ids of {side}"
    n_bare = _n_given(bare)
    if len(named.dropped) == 0 and n_bare == len(named):
        if len(bare) == n_bare:
            return Matching(None, None, by, named.ids, named.ids)
        rows = np.asarray(bare.ids, np.intp)
        if named is a:
            return Matching(rows, None, by, a.ids, b.ids)
        return Matching(None, rows, by, a.ids, b.ids)
    msg = (
        f"{side} has {len(named) + len(named.dropped)} rows with ids, and {other} "
        f"{n_bare or len(bare)} rows without: those of {other} are its row positions, which are "
        "no ids: give it ids too"
    )
    raise ValueError(msg)


def _by_position(a: Space, b: Space) -> Matching:
    """Row by row of what was given."""
    n_a, n_b = _n_given(a), _n_given(b)
    if n_a is not None and n_b is not None and n_a != n_b:
        msg = (
            f"a has {n_a} rows and b has {n_b}, and neither has ids: give ids, "
            "Space(vectors, ids=...), to join them"
        )
        raise ValueError(msg)
    if len(a) == len(b) and _are_equal(a.ids, b.ids):
        return Matching(None, None, "by position", a.ids, b.ids)
    for n, rows, side in ((n_a, b.ids, "b"), (n_b, a.ids, "a")):
        if n is not None and rows.max() >= n:
            msg = (
                f"{side} has row {rows.max()} of what it was taken from, and the other side {n} "
                "rows: give ids to join them"
            )
            raise ValueError(msg)
    return _by_keys(a, b, "by position", *_matching_rows(a.ids, b.ids), a.ids, b.ids)


def _by_keys(
    a: Space, b: Space, by: str, rows_a: Rows, rows_b: Rows, keys_a: Any, keys_b: Any
) -> Matching:
    """Rows (n_items,) intp each that are the same item, of keys (n_a,) and (n_b,)."""
    if len(rows_a) == 0:
        examples = f"a has {shown(keys_a[0])}, b has {shown(keys_b[0])}"
        msg = f"no id is in both spaces: {examples}: {_hint(a, b)}"
        raise ValueError(msg)
    return Matching(
        None if _are_all(rows_a, len(a)) else rows_a,
        None if _are_all(rows_b, len(b)) else rows_b,
        by,
        keys_a,
        keys_b,
    )


def _n_given(space: Space) -> int | None:
    """Rows that were given of a space without ids; None when it is but some rows of another."""
    n = len(space) + len(space.dropped)
    return n if len(space.dropped) or _are_equal(space.ids, np.arange(n)) else None


def _ids_of(a: Space, b: Space, matching: Matching) -> NDArray[Any] | None:
    """Ids (n_items,) that the items get from one side, or from its index; None = there are none."""
    for space, rows in ((a, matching.rows_a), (b, matching.rows_b)):
        if space.has_ids:
            return space.ids if rows is None else space.ids[rows]
    if matching.by != "by index" or kind_of(a.index) not in {"integer", "string"}:
        return None
    index = a.index if matching.rows_a is None else a.index[matching.rows_a]
    return as_ids(plain_type(index), len(index)) if index.is_unique else None


def _named(space: Space, ids: NDArray[Any], *, has_ids: bool) -> Space:
    """Space of the same items, called by these ids, (n_items,); itself if they are so called."""
    if space.has_ids == has_ids and _are_equal(space.ids, ids):
        return space
    made = copy(space)
    made.ids, made.has_ids = ids, has_ids
    return made


def report_of(a: Space, b: Space, matching: Matching) -> JoinReport:
    """Say what two spaces have in common; nothing is taken out of them."""
    rows_a, rows_b = matching.rows_a, matching.rows_b
    n_items = len(a) if rows_a is None else len(rows_a)
    notes = tuple(
        f"{side} read from {space.read_from}"
        for side, space in (("a", a), ("b", b))
        if space.read_from
    )
    n_least = min(len(a), len(b))
    if n_items < _FEW * n_least:
        notes += (f"{few_match(n_items, n_least, matching)}: are these the same items?",)
    return JoinReport(
        n_items,
        len(a) - n_items,
        len(b) - n_items,
        _left_out(matching.keys_a, rows_a),
        _left_out(matching.keys_b, rows_b),
        len(a.dropped),
        len(b.dropped),
        tuple(a.dropped[:EXAMPLES].tolist()),
        tuple(b.dropped[:EXAMPLES].tolist()),
        paired_by=matching.by,
        notes=notes,
    )


def few_match(n_items: int, n_least: int, matching: Matching) -> str:
    """Say how few rows of the smaller space have the id of a row of the other."""
    keys = f"a has {shown(matching.keys_a[0])}, b has {shown(matching.keys_b[0])}"
    return f"{n_items} of {n_least} ids match ({keys})"


def _are_equal(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Whether two arrays of ids, (n_a,) and (n_b,), are the same."""
    return len(a) == len(b) and a.dtype.kind == b.dtype.kind and bool((a == b).all())


def _are_all(rows: Rows, n: int) -> bool:
    """Whether rows (m,) intp are all of n, as they lie."""
    return len(rows) == n and bool((rows == np.arange(n)).all())


def _matching_rows(a: NDArray[Any], b: NDArray[Any]) -> tuple[Rows, Rows]:
    """Rows of the ids (n_a,) and (n_b,) that are common, (n_common,) intp each, in a's order."""
    if (a.dtype == object) != (b.dtype == object):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    if a.dtype == b.dtype != object:
        order = np.argsort(b, kind="stable")
        near = order[np.minimum(np.searchsorted(b, a, sorter=order), len(b) - 1)]
        rows = np.flatnonzero(b[near] == a)
        return rows, near[rows]
    # A dict keeps 64-bit integers of both signs apart, which numpy would compare as floats.
    row_of = dict(zip(b.tolist(), range(len(b)), strict=True))
    found = np.fromiter(map(row_of.get, a.tolist(), repeat(-1)), np.intp, len(a))
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _left_out(keys: Any, rows: Rows | None) -> tuple[Any, ...]:
    if rows is None:
        return ()
    matched = np.zeros(len(keys), bool)
    matched[rows] = True
    return tuple(keys[~matched][:EXAMPLES].tolist())


def _hint(a: Space, b: Space) -> str:
    """What may be wrong with ids that have nothing in common."""
    if (a.ids.dtype == object) == (b.ids.dtype == object):
        return "are these the same items?"
    side = "b" if a.ids.dtype == object else "a"
    return f"one has str, the other int; convert those of {side} with ids.astype(str)"
