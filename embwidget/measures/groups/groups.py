"""What becomes of the groups of one space in the other: which split, merge, appear or dissolve."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.groups.communities import N_NEIGHBORS
from embwidget.measures.groups.naming import clean, group_names, label_codes, typical_labels

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array

CHANGES = ("splits", "merges", "appears", "dissolves", "kept")
"""What can become of a group."""
PART = 0.2
"""Share of a group from which on a piece of it is a part: a group has at most five such."""
MOST = 0.5
"""Share of a group from which on a piece stands for it: at most one piece has more."""

Ints = NDArray[np.int32]


def match_groups(
    groups_a: Ints,
    groups_b: Ints,
    *,
    indices_a: Ints | None = None,
    indices_b: Ints | None = None,
    labels: Iterable[Any] | None = None,
    texts: Iterable[str | None] | None = None,
) -> "pd.DataFrame":
    """Say what becomes of each group, what changed most first.

    A group and one of the other space belong together when they share at least 20 % of the group
    that is asked about, or half of the other. A group of A whose items lie to less than half in
    groups that belong to it *dissolves*, else it *splits* when there are two or more. In the same
    way a group of B *appears*, or *merges* groups of A. Two that belong to each other alone are
    *kept*. So a group of A that splits and of which a part is merged with others has a row in
    which it splits, and is a part in the row of the group that merges.

    Parameters
    ----------
    groups_a, groups_b : (n_samples,) int32
        Group of each item in A and in B, from 0; -1 = none.
    indices_a, indices_b : (n_samples, k) int32, optional
        Neighbours of each item, as the groups come from: they tell a change of the neighbourhoods
        from a border that fell elsewhere by chance. Without them ``evidence`` is 1.
    labels : iterable of hashable, (n_samples,), optional
        What each item is; None and NaN = unknown.
    texts : iterable of str or None, (n_samples,), optional
        What names the groups when there are no labels.

    Returns
    -------
    DataFrame, one row for each change by falling score, then one for each pair that is kept
        ``change``; ``group_a``, ``group_b``: the group (Int64), <NA> on the side that has parts;
        ``parts``: groups of the other side, the largest part first; ``n_items``; ``share_changed``:
        share of the items outside of the largest piece (of a kept pair: in one of both alone);
        ``evidence``: 0 = the parts are mixed or apart as before, 1 = fully mixed in one space and
        fully apart in the other; ``score``: n_items x share_changed x evidence; ``name``; ``label``
        and ``label_share``: the most frequent label of the items, None and NaN if unknown.

    Notes
    -----
    The terms follow M. Spiliopoulou et al., "MONIC: modeling and monitoring cluster transitions",
    KDD 2006; the evidence is ours. All is linear in the number of items.
    """
    import pandas as pd

    if groups_a.shape != groups_b.shape:
        msg = f"the groups of A have shape {groups_a.shape} and those of B {groups_b.shape}"
        raise ValueError(msg)
    rows = _changes(_contingency(groups_a, groups_b), _sizes(groups_a), _sizes(groups_b))
    evidence_a = _evidence(groups_a, groups_b, indices_a, indices_b)
    evidence_b = _evidence(groups_b, groups_a, indices_b, indices_a)
    known = None if labels is None else label_codes(labels, len(groups_a))
    said = None if texts is None else list(texts)
    names_a, names_b = (_named(groups, known, said) for groups in (groups_a, groups_b))
    for row in rows:
        own = []
        for group, evidence, names in (
            (row.group_b, evidence_b, names_b),
            (row.group_a, evidence_a, names_a),
        ):
            if group is not None:
                own.append(float(evidence[group]))
                row.name, row.label, row.label_share = names[group]
        row.evidence = max(own)
    # What is kept comes last: that some of its items left is no change of the group.
    rows.sort(key=lambda row: (row.change == "kept", -row.score))
    return pd.DataFrame(
        {
            "change": pd.Series([row.change for row in rows], dtype=object),
            "group_a": pd.array([row.group_a for row in rows], dtype="Int64"),
            "group_b": pd.array([row.group_b for row in rows], dtype="Int64"),
            "parts": pd.Series([row.parts for row in rows], dtype=object),
            "n_items": np.array([row.n_items for row in rows], np.int64),
            "share_changed": np.array([row.share_changed for row in rows], np.float64),
            "evidence": np.array([row.evidence for row in rows], np.float64),
            "score": np.array([row.score for row in rows], np.float64),
            "name": pd.Series([row.name for row in rows], dtype=object),
            "label": pd.Series([row.label for row in rows], dtype=object),
            "label_share": np.array([row.label_share for row in rows], np.float64),
        }
    )


def group_items(row: Any, groups_a: Ints, groups_b: Ints) -> NDArray[np.int64]:
    """Positions of the items of one row of `match_groups`, ascending, (n_items,).

    Parameters
    ----------
    row : Series or mapping
        With ``group_a`` and ``group_b``. Of a kept pair, the items in either.
    groups_a, groups_b : (n_samples,) int32
        What the row was made of.
    """
    import pandas as pd

    inside = np.zeros(len(groups_a), np.bool_)
    for groups, group in ((groups_a, row["group_a"]), (groups_b, row["group_b"])):
        if not pd.isna(group):
            inside |= groups == int(group)
    return np.flatnonzero(inside)


@dataclass
class _Row:
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


def _changes(
    table: "csr_array", sizes_a: NDArray[np.intp], sizes_b: NDArray[np.intp]
) -> list[_Row]:
    """One row for each group, of sizes (n_groups,) intp, that is no part of another's row yet."""
    pieces_a = _pieces(table, sizes_a, sizes_b)
    pieces_b = _pieces(table.T.tocsr(), sizes_b, sizes_a)
    rows = []
    for a, own in pieces_a.items():
        if not own.covered:
            rows.append(_Row("dissolves", a, None, own.parts, own.size, own.outside))
        elif len(own.parts) > 1:
            rows.append(_Row("splits", a, None, own.parts, own.size, own.outside))
        elif (other := pieces_b[own.parts[0]]).parts == [a] and other.covered:
            either = own.size + other.size - own.counts[0]
            changed = 1 - own.counts[0] / either
            rows.append(_Row("kept", a, own.parts[0], [], either, changed))
    for b, own in pieces_b.items():
        if not own.covered:
            rows.append(_Row("appears", None, b, own.parts, own.size, own.outside))
        elif len(own.parts) > 1:
            rows.append(_Row("merges", None, b, own.parts, own.size, own.outside))
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


def _contingency(groups_a: Ints, groups_b: Ints) -> "csr_array":
    """Number of items in each pair of groups, (n_groups_a, n_groups_b) int64."""
    from scipy.sparse import coo_array

    both = (groups_a >= 0) & (groups_b >= 0)
    shape = len(_sizes(groups_a)), len(_sizes(groups_b))
    ones = np.ones(int(both.sum()), np.int64)
    return coo_array((ones, (groups_a[both], groups_b[both])), shape=shape).tocsr()


def _sizes(groups: Ints) -> NDArray[np.intp]:
    """Number of items of each group, (n_groups,) intp, from that of each item, (n_samples,)."""
    return np.bincount(groups[groups >= 0])


def _evidence(
    groups: Ints, others: Ints, own_indices: Ints | None, other_indices: Ints | None
) -> NDArray[np.float64]:
    """How far the parts of each group are mixed in its own space and apart in the other.

    Of the edges inside of a group, those that lead from one part to another are as many as chance
    would give where the parts are mixed, and none where they are apart.

    Parameters
    ----------
    groups, others : (n_samples,) int32
        Group of each item in the space, and in the other one.
    own_indices, other_indices : (n_samples, k) int32 or None
        Neighbours in both.

    Returns
    -------
    (n_groups,) float64, 0..1
    """
    n_groups = len(_sizes(groups))
    if own_indices is None or other_indices is None:
        return np.ones(n_groups)
    own = _crossing(groups, others, own_indices, n_groups)
    other = _crossing(groups, others, other_indices, n_groups)
    table = _contingency(groups, others)
    totals = np.maximum(table.sum(axis=1), 1)
    mixed = 1 - table.multiply(table).sum(axis=1) / totals**2
    return np.clip((own - other) / np.where(mixed > 0, mixed, 1), 0, 1)


def _crossing(groups: Ints, others: Ints, indices: Ints, n_groups: int) -> NDArray[np.float64]:
    """Share of the edges inside of each group that cross a border of the other space's groups.

    Parameters
    ----------
    groups, others : (n_samples,) int32
        Group of each item in the space, and in the other one.
    indices : (n_samples, k) int32
        The edges.
    n_groups : int

    Returns
    -------
    (n_groups,) float64
    """
    inside = np.zeros(n_groups)
    crossing = np.zeros(n_groups)
    # Column by column: the ends of all edges at once would take more memory than the graph.
    for column in indices[:, :N_NEIGHBORS].T:
        edge = (column >= 0) & (groups >= 0) & (others >= 0)
        edge &= (groups[column] == groups) & (others[column] >= 0)
        inside += np.bincount(groups[edge], minlength=n_groups)
        edge &= others[column] != others
        crossing += np.bincount(groups[edge], minlength=n_groups)
    return crossing / np.maximum(inside, 1)


def _named(
    groups: Ints,
    known: tuple[NDArray[np.int64], list[Any]] | None,
    texts: list[str | None] | None,
) -> list[tuple[str, Any, float]]:
    """Name, label and its share for each group; groups and codes are (n_samples,) int."""
    if known is None:
        return [(name, None, float("nan")) for name in group_names(groups, texts=texts)]
    found, shares = typical_labels(groups, *known)
    names = group_names(groups, texts=texts if None in found else None)
    return [
        (name if label is None else clean(label), label, share)
        for name, label, share in zip(names, found, shares.tolist(), strict=True)
    ]
