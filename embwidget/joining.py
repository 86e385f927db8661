"""Two spaces brought to the same items, by id or by row."""

from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed, shown
from embwidget.space import Space, as_space


@dataclass(frozen=True)
class JoinReport:
    """How many items two spaces have in common.

    Attributes
    ----------
    matched, only_a, only_b : int
        Items in both, and in one alone.
    examples_a, examples_b : tuple
        A few ids of those that are in one alone.
    """

    matched: int
    only_a: int = 0
    only_b: int = 0
    examples_a: tuple[Any, ...] = ()
    examples_b: tuple[Any, ...] = ()

    def __str__(self) -> str:
        text = f"{self.matched} items in both"
        for side, count, examples in (
            ("a", self.only_a, self.examples_a),
            ("b", self.only_b, self.examples_b),
        ):
            if count:
                text += (
                    f"; {count} only in {side} ({listed(examples, 3)}{', …' if count > 3 else ''})"
                )
        return text


def join(a: Any, b: Any) -> tuple[Space, Space, JoinReport]:
    """Bring two spaces to the same items in the same order.

    Parameters
    ----------
    a, b : Space or anything that makes one
        Joined by id where at least one of them has ids; else by position, which needs the same
        number of rows.

    Returns
    -------
    a, b : Space
        The items in both, in the order of `a`. Nothing is copied where they agree already.
    report : JoinReport

    Raises
    ------
    ValueError
        When there are no ids and the numbers of rows differ, or no id is in both.
    """
    a, b = as_space(a), as_space(b)
    if not a.has_ids and not b.has_ids:
        if len(a) != len(b):
            msg = (
                f"a has {len(a)} rows and b has {len(b)}, and neither has ids: give ids, "
                "Space(vectors, ids=...), to join them"
            )
            raise ValueError(msg)
        return a, b, JoinReport(len(a))
    if len(a) == len(b) and a.ids.dtype.kind == b.ids.dtype.kind and (a.ids == b.ids).all():
        return a, b, JoinReport(len(a))
    rows_a, rows_b = _matching_rows(a.ids, b.ids)
    if len(rows_a) == 0:
        examples = f"a has {shown(a.ids[0])}, b has {shown(b.ids[0])}"
        msg = f"no id is in both spaces: {examples}: {_hint(a, b)}"
        raise ValueError(msg)
    only_a, only_b = _left_out(a.ids, rows_a), _left_out(b.ids, rows_b)
    report = JoinReport(
        len(rows_a),
        len(a) - len(rows_a),
        len(b) - len(rows_b),
        tuple(only_a.tolist()),
        tuple(only_b.tolist()),
    )
    # All of a, in its own order, needs no copy.
    return a if len(rows_a) == len(a) else a.take(rows_a), b.take(rows_b), report


def _matching_rows(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the ids (n_a,) and (n_b,) that are common, (n_common,) intp each, in a's order."""
    if (a.dtype == object) != (b.dtype == object):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    # A dict keeps 64-bit integers of both signs apart, which numpy would compare as floats.
    row_of = dict(zip(b.tolist(), range(len(b)), strict=True))
    found = np.fromiter(map(row_of.get, a.tolist(), repeat(-1)), np.intp, len(a))
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _left_out(ids: NDArray[Any], rows: NDArray[np.intp], most: int = 3) -> NDArray[Any]:
    matched = np.zeros(len(ids), bool)
    matched[rows] = True
    return ids[~matched][:most]


def _hint(a: Space, b: Space) -> str:
    """What may be wrong with ids that have nothing in common."""
    if not (a.has_ids and b.has_ids):
        side = "b" if a.has_ids else "a"
        return f"those of {side} are its row positions, give it ids too"
    if (a.ids.dtype == object) == (b.ids.dtype == object):
        return "are these the same items?"
    side = "b" if a.ids.dtype == object else "a"
    return f"one has str, the other int; convert those of {side} with ids.astype(str)"
