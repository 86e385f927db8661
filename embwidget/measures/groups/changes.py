"""Which groups of one space split, merge, appear or dissolve in the other, by counting alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PART = 0.2
"""Share of a group from which on a piece of it is a part: a group has at most five such."""
MOST = 0.5
"""Share of a group from which on a piece stands for it: at most one piece has more."""

Ints = NDArray[np.int32]


@dataclass
class GroupChange:
    """One row of the frame."""

    change: str
    group_a: int | None
    group_b: int | None
    parts: list[int]
    n_items: int
    share_changed: float
    evidence: float = 1.0
    name: str = ""
    label: Any = None
    label_share: float = float("nan")

    @property
    def score(self) -> float:
        """Items that changed, as far as their neighbours did."""
        return self.n_items * self.share_changed * self.evidence


@dataclass(frozen=True)
class _Pieces:
    """Where the items of one group lie in the other space."""

    size: int
    parts: list[int]
    counts: list[int]
    largest: int

    @property
    def covered(self) -> bool:
        """Whether the parts hold most of the group."""
        return sum(self.counts) >= MOST * self.size

    @property
    def outside(self) -> float:
        """Share of the group outside of its largest piece, be that a part or not."""
        return 1 - self.largest / self.size


def find_changes(groups_a: Ints, groups_b: Ints) -> list[GroupChange]:
    """One change for each group that is no part of another's yet.

    Parameters
    ----------
    groups_a, groups_b : (n_samples,) int32
        Group of each item in A and in B; -1 = none.
    """
    table = contingency(groups_a, groups_b)
    sizes_a, sizes_b = sizes_of(groups_a), sizes_of(groups_b)
    pieces_a = _pieces(table, sizes_a, sizes_b)
    pieces_b = _pieces(table.T.tocsr(), sizes_b, sizes_a)
    rows = []
    for a, own in pieces_a.items():
        if not own.covered:
            rows.append(GroupChange("dissolves", a, None, own.parts, own.size, own.outside))
        elif len(own.parts) > 1:
            rows.append(GroupChange("splits", a, None, own.parts, own.size, own.outside))
        elif (other := pieces_b[own.parts[0]]).parts == [a] and other.covered:
            either = own.size + other.size - own.counts[0]
            changed = 1 - own.counts[0] / either
            rows.append(GroupChange("kept", a, own.parts[0], [], either, changed))
    for b, own in pieces_b.items():
        if not own.covered:
            rows.append(GroupChange("appears", None, b, own.parts, own.size, own.outside))
        elif len(own.parts) > 1:
            rows.append(GroupChange("merges", None, b, own.parts, own.size, own.outside))
    return rows


def _pieces(
    table: "csr_array", sizes: NDArray[np.intp], other_sizes: NDArray[np.intp]
) -> dict[int, _Pieces]:
    """Parts of each group that has items, the largest first, from the sizes (n_groups,) of both."""
    found = {}
    for group in np.flatnonzero(sizes).tolist():
        place = slice(table.indptr[group], table.indptr[group + 1])
        others, counts = table.indices[place], table.data[place]
        belongs = (counts >= PART * sizes[group]) | (counts >= MOST * other_sizes[others])
        largest = int(counts.max(initial=0))
        others, counts = others[belongs], counts[belongs]
        order = np.lexsort([others, -counts])
        parts, shared = others[order].tolist(), counts[order].tolist()
        found[group] = _Pieces(int(sizes[group]), parts, shared, largest)
    return found


def contingency(groups_a: Ints, groups_b: Ints) -> "csr_array":
    """Number of items in each pair of groups.

    Parameters
    ----------
    groups_a, groups_b : (n_samples,) int32
        Group of each item in A and in B; -1 = none.

    Returns
    -------
    csr_array (n_groups_a, n_groups_b) int64
    """
    from scipy.sparse import coo_array

    both = (groups_a >= 0) & (groups_b >= 0)
    shape = len(sizes_of(groups_a)), len(sizes_of(groups_b))
    ones = np.ones(int(both.sum()), np.int64)
    return coo_array((ones, (groups_a[both], groups_b[both])), shape=shape).tocsr()


def sizes_of(groups: Ints) -> NDArray[np.intp]:
    """Number of items of each group, (n_groups,) intp, from that of each item, (n_samples,)."""
    return np.bincount(groups[groups >= 0])
