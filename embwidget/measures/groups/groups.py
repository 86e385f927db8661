"""What becomes of the groups of one space in the other: which split, merge, appear or dissolve."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.groups.changes import (
    MOST,
    PART,
    Ints,
    contingency,
    find_changes,
    sizes_of,
)
from embwidget.measures.groups.communities import N_NEIGHBORS
from embwidget.measures.groups.names import GroupNames, name_groups
from embwidget.measures.groups.naming import label_codes, typical_labels

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHANGES", "MOST", "PART", "group_items", "group_parts", "match_groups"]

CHANGES = ("splits", "merges", "appears", "dissolves", "kept")
"""What can become of a group."""

# Pieces that are told apart of a group that has no parts, and the share from which on.
_MOST_PIECES = 8
_LEAST_PIECE = 0.02


def match_groups(
    groups_a: Ints,
    groups_b: Ints,
    *,
    indices_a: Ints | None = None,
    indices_b: Ints | None = None,
    labels: Iterable[Any] | None = None,
    texts: Iterable[str | None] | None = None,
    ids: Sequence[Any] | NDArray[Any] | None = None,
    names: GroupNames | None = None,
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
        What names the groups where no label prevails.
    ids : sequence of length n_samples, or (n_samples,) array, optional
        Of the items: one of them tells groups by that nothing else names.
    names : GroupNames, optional
        What `name_groups` gave for the same; by default it is asked here.

    Returns
    -------
    DataFrame, one row for each change by falling score, then one for each pair that is kept
        ``change``; ``group_a``, ``group_b``: the group (Int64), <NA> on the side that has parts;
        ``parts``: groups of the other side, the largest part first; ``n_items``; ``share_changed``:
        share of the items outside of the largest piece (of a kept pair: in one of both alone);
        ``evidence``: 0 = the parts are mixed or apart as before, 1 = fully mixed in one space and
        fully apart in the other; ``score``: n_items x share_changed x evidence; ``name``: of the
        group, see `name_groups`, no two rows have the same; ``label`` and ``label_share``: the most
        frequent label of the items, whether it prevails or not, None and NaN if unknown.

    Notes
    -----
    The terms follow M. Spiliopoulou et al., "MONIC: modeling and monitoring cluster transitions",
    KDD 2006; the evidence is ours. All is linear in the number of items.
    """
    import pandas as pd

    if groups_a.shape != groups_b.shape:
        msg = f"the groups of A have shape {groups_a.shape} and those of B {groups_b.shape}"
        raise ValueError(msg)
    rows = find_changes(groups_a, groups_b)
    evidence_a = _evidence(groups_a, groups_b, indices_a, indices_b)
    evidence_b = _evidence(groups_b, groups_a, indices_b, indices_a)
    known = None if labels is None else label_codes(labels, len(groups_a))
    if names is None:
        names = name_groups(
            groups_a,
            groups_b,
            indices_a=indices_a,
            indices_b=indices_b,
            labels=known,
            texts=texts,
            ids=ids,
        )
    labels_a, labels_b = (_labels(groups, known) for groups in (groups_a, groups_b))
    for row in rows:
        own = []
        for group, evidence, called, labelled in (
            (row.group_b, evidence_b, names.b, labels_b),
            (row.group_a, evidence_a, names.a, labels_a),
        ):
            if group is not None:
                own.append(float(evidence[group]))
                row.name = called[group]
                row.label, row.label_share = labelled[group]
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


def group_parts(
    row: Any, groups_a: Ints, groups_b: Ints
) -> tuple[NDArray[np.int64], NDArray[np.int32], list[int]]:
    """Tell the items of one row of `match_groups` apart by the groups of the other space.

    Parameters
    ----------
    row : Series or mapping
        With ``change``, ``group_a``, ``group_b`` and ``parts``.
    groups_a, groups_b : (n_samples,) int32
        What the row was made of.

    Returns
    -------
    items : (n_items,) int64
        What `group_items` gives.
    part : (n_items,) int32
        Index into `groups` of each item; -1 = it lies in none of them.
    groups : list of int
        Groups of the other space: the parts, and of a group that dissolves or appears the largest
        of its further pieces, up to eight with at least 2 % of the items each. A kept pair has one.
    """
    import pandas as pd

    items = group_items(row, groups_a, groups_b)
    others = (groups_b if not pd.isna(row["group_a"]) else groups_a)[items]
    if row["change"] == "kept":
        groups = [int(row["group_b"])]
    else:
        groups = [int(part) for part in row["parts"]]
    if row["change"] in ("dissolves", "appears"):
        counts = sizes_of(others)
        order = np.lexsort([np.arange(len(counts)), -counts])
        large = order[counts[order] >= max(1, _LEAST_PIECE * len(items))].tolist()
        groups += [group for group in large if group not in groups]
        groups = groups[:_MOST_PIECES]
    part_of = np.full(max(groups, default=-1) + 2, -1, np.int32)
    part_of[groups] = np.arange(len(groups))
    # What lies in a group beyond the last of these, or in none, has the entry at the end, -1.
    return items, part_of[np.minimum(others, len(part_of) - 1)], groups


def _labels(
    groups: Ints, known: tuple[NDArray[np.int64], list[Any]] | None
) -> list[tuple[Any, float]]:
    """Most frequent label of each group and its share; groups and codes are (n_samples,) int."""
    if known is None:
        return [(None, float("nan"))] * len(sizes_of(groups))
    found, shares = typical_labels(groups, *known)
    return list(zip(found, shares.tolist(), strict=True))


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
    n_groups = len(sizes_of(groups))
    if own_indices is None or other_indices is None:
        return np.ones(n_groups)
    own = _crossing(groups, others, own_indices, n_groups)
    other = _crossing(groups, others, other_indices, n_groups)
    table = contingency(groups, others)
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
