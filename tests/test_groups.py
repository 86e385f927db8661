"""What splits, merges, appears and dissolves: by construction, by property, and on made-up data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embwidget.knn import knn_graph
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.groups.groups import CHANGES, MOST, PART, group_items, match_groups


def table_of(counts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Groups of items whose contingency table is `counts`; the last row and column are "none"."""
    n_a, n_b = len(counts) - 1, len(counts[0]) - 1
    a, b = [], []
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            a += [i if i < n_a else -1] * count
            b += [j if j < n_b else -1] * count
    return np.array(a, np.int32), np.array(b, np.int32)


def told(frame: pd.DataFrame) -> list[tuple[str, object, object, list[int]]]:
    columns = (frame[name] for name in ("change", "group_a", "group_b", "parts"))
    return [
        (change, None if pd.isna(a) else a, None if pd.isna(b) else b, parts)
        for change, a, b, parts in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([[50, 0], [0, 0]], [("kept", 0, 0, [])]),
        ([[60, 40, 0], [0, 0, 0]], [("splits", 0, None, [0, 1])]),
        ([[60, 0], [40, 0], [0, 0]], [("merges", None, 0, [0, 1])]),
        ([[0, 50], [0, 0]], [("dissolves", 0, None, [])]),
        ([[0, 0], [50, 0]], [("appears", None, 0, [])]),
        # A fifth is a part, less is not.
        (
            [[80, 20, 0], [0, 80, 0], [0, 0, 0]],
            [("merges", None, 1, [1, 0]), ("splits", 0, None, [0, 1])],
        ),
        ([[85, 15, 0], [0, 85, 0], [0, 0, 0]], [("kept", 0, 0, []), ("kept", 1, 1, [])]),
        # A small group that goes wholly into a large one is merged with it.
        ([[1000, 0], [20, 0], [0, 0]], [("merges", None, 0, [0, 1])]),
        # A group that splits, and one of whose halves is merged with another group.
        (
            [[50, 50, 0], [0, 60, 0], [0, 0, 0]],
            [("merges", None, 1, [1, 0]), ("splits", 0, None, [0, 1])],
        ),
    ],
)
def test_a_change_has_its_name(
    counts: list[list[int]], expected: list[tuple[str, object, object, list[int]]]
) -> None:
    frame = match_groups(*table_of(counts))
    found = told(frame)
    if len({change for change, *_ in expected}) == 1:
        assert found == expected
    else:
        assert sorted(found, key=str) == sorted(expected, key=str)


def test_items_strewn_over_many_groups_dissolve_there_and_appear_here() -> None:
    # Every group of A gives ten to each group of B: none is most of any, or a part.
    counts = [[10] * 10 + [0] for _ in range(10)] + [[0] * 11]
    frame = match_groups(*table_of(counts))
    assert frame["change"].value_counts().to_dict() == {"dissolves": 10, "appears": 10}
    assert frame["parts"].tolist() == [[]] * 20
    assert frame["share_changed"].tolist() == [pytest.approx(0.9)] * 20


def test_figures_of_a_row() -> None:
    frame = match_groups(*table_of([[60, 30, 10], [0, 0, 0]]))
    row = frame.iloc[0]
    assert (row["change"], row["n_items"]) == ("splits", 100)
    assert row["share_changed"] == pytest.approx(0.4)
    assert row["score"] == pytest.approx(40)
    assert row["evidence"] == 1
    kept = match_groups(*table_of([[90, 10], [5, 0]])).iloc[0]
    assert (kept["change"], kept["n_items"]) == ("kept", 105)
    assert kept["share_changed"] == pytest.approx(15 / 105)
    assert kept["score"] == pytest.approx(15)


def test_a_space_against_itself_keeps_all() -> None:
    groups = np.array([0, 0, 1, 1, 1, -1, 2], np.int32)
    frame = match_groups(groups, groups)
    assert told(frame) == [("kept", 0, 0, []), ("kept", 1, 1, []), ("kept", 2, 2, [])]
    assert (frame["score"] == 0).all()
    assert (frame["share_changed"] == 0).all()


groups_of_items = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-1, 5), min_size=n, max_size=n)] * 2)
)


@settings(deadline=None)
@given(groups_of_items)
def test_every_group_is_told_of_once_and_all_adds_up(both: tuple[list[int], list[int]]) -> None:
    a, b = (np.array(groups, np.int32) for groups in both)
    frame = match_groups(a, b)
    assert set(frame["change"]) <= set(CHANGES)
    for side, groups, others in (("group_a", a, "group_b"), ("group_b", b, "group_a")):
        own = frame[side].dropna().tolist()
        assert len(own) == len(set(own))
        parts = {part for _, row in frame[frame[side].isna()].iterrows() for part in row["parts"]}
        # Each group has a row of its own or is a part of one.
        assert set(own) | parts == set(groups[groups >= 0].tolist())
        assert set(frame[frame[side].isna()][others].dropna()) == set(
            frame[frame[side].isna()][others]
        )
    for _, row in frame.iterrows():
        items = group_items(row, a, b)
        assert len(items) == row["n_items"]
        assert 0 <= row["share_changed"] <= 1
        assert row["score"] == pytest.approx(row["n_items"] * row["share_changed"])
        if row["change"] == "kept":
            in_a, in_b = a == row["group_a"], b == row["group_b"]
            assert items.tolist() == np.flatnonzero(in_a | in_b).tolist()
            assert (in_a & in_b).sum() == round(row["n_items"] * (1 - row["share_changed"]))
            continue
        others = b if pd.isna(row["group_b"]) else a
        counts = [int((others[items] == part).sum()) for part in row["parts"]]
        assert counts == sorted(counts, reverse=True)
        assert sum(counts) <= len(items)
        for part, count in zip(row["parts"], counts, strict=True):
            assert count >= PART * len(items) or count >= MOST * (others == part).sum()
        covered = sum(counts) >= MOST * len(items)
        assert covered == (row["change"] in {"splits", "merges"})
        pieces = np.bincount(others[items][others[items] >= 0], minlength=1)
        assert row["share_changed"] == pytest.approx(1 - pieces.max() / len(items))
    kept = frame["change"] == "kept"
    assert kept.is_monotonic_increasing
    assert frame[kept]["score"].is_monotonic_decreasing
    assert frame[~kept]["score"].is_monotonic_decreasing


@settings(deadline=None)
@given(groups_of_items)
def test_roles_swapped_swap_the_changes(both: tuple[list[int], list[int]]) -> None:
    a, b = (np.array(groups, np.int32) for groups in both)
    swapped = {
        "splits": "merges",
        "merges": "splits",
        "appears": "dissolves",
        "dissolves": "appears",
        "kept": "kept",
    }
    there = {(swapped[c], b_, a_, tuple(parts)) for c, a_, b_, parts in told(match_groups(a, b))}
    back = {(c, a_, b_, tuple(parts)) for c, a_, b_, parts in told(match_groups(b, a))}
    assert there == back


@pytest.mark.parametrize("n", [0, 2])
def test_no_groups_give_an_empty_frame_of_the_same_columns(n: int) -> None:
    none = np.full(n, -1, np.int32)
    frame = match_groups(none, none, labels=["x"] * n)
    full = match_groups(np.zeros(9, np.int32), np.zeros(9, np.int32), labels=["x"] * 9)
    assert len(frame) == 0
    assert frame.columns.tolist() == full.columns.tolist()
    assert frame.dtypes.tolist() == full.dtypes.tolist()


def test_groups_of_other_items_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"the groups of A have shape \(3,\) and those of B \(4,\)"
    ):
        match_groups(np.zeros(3, np.int32), np.zeros(4, np.int32))


def test_rows_carry_the_label_of_their_items() -> None:
    a, b = table_of([[50, 50, 0], [0, 0, 0]])
    labels = ["x"] * 70 + [None] * 10 + ["y"] * 20
    row = match_groups(a, b, labels=labels).iloc[0]
    assert (row["name"], row["label"]) == ("x", "x")
    assert row["label_share"] == pytest.approx(70 / 90)
    merged = match_groups(b, a, labels=iter(labels)).iloc[0]
    assert (merged["change"], merged["label"]) == ("merges", "x")


def test_rows_without_labels_have_words_or_a_number() -> None:
    a, b = table_of([[5, 5, 0], [0, 0, 0]])
    row = match_groups(a, b).iloc[0]
    assert (row["name"], row["label"]) == ("group 0 of A", None)
    assert np.isnan(row["label_share"])
    # A group that is all there is has nothing that others have not.
    a, b = table_of([[5, 5, 0, 0], [0, 0, 20, 0], [0, 0, 0, 0]])
    frame = match_groups(a, b, texts=["small cat"] * 10 + ["small dog"] * 20)
    assert frame["name"].tolist() == ["cat", "dog"]


def spaces(change: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two spaces of 8 classes of 150 items, class 3 changed in B, and the class of each item."""
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(8), 150)
    # Orthogonal centres: all classes are equally far from each other.
    a = 12 * np.eye(20)[label] + rng.normal(size=(1200, 20))
    b = a + 0.5 * rng.normal(size=a.shape)
    changed = np.flatnonzero(label == 3)
    if change == "splits":
        b[changed[::2], 10] += 15
    elif change != "none":
        others = np.array([4] if change == "merges" else [0, 1, 2, 4, 5, 6, 7])
        target = others[rng.integers(len(others), size=150)]
        b[changed] += 12 * (np.eye(20)[target] - np.eye(20)[3])
    rotation = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    return a.astype(np.float32), (b @ rotation).astype(np.float32), label


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("change", ["splits", "merges", "dissolves"])
def test_the_class_that_was_changed_comes_first(change: str, seed: int) -> None:
    a, b, label = spaces(change, seed)
    graphs = [knn_graph(x, 15, metric="euclidean").indices for x in (a, b)]
    groups = [find_groups(indices) for indices in graphs]
    frame = match_groups(*groups, indices_a=graphs[0], indices_b=graphs[1], labels=label)
    first = frame.iloc[0]
    assert first["change"] == change
    assert first["evidence"] > 0.5
    items = group_items(first, *groups)
    counts = np.bincount(label[items], minlength=8)
    assert counts[3] > 140
    assert first["label"] in ({3, 4} if change == "merges" else {3})
    if change == "merges":
        assert counts[4] > 140
    if change == "splits":
        assert len(first["parts"]) >= 2


def test_spaces_turned_but_not_changed_keep_all() -> None:
    rng = np.random.default_rng(5)
    a, _, label = spaces("none")
    rotation = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    graphs = [
        knn_graph(x.astype(np.float32), 15, metric="euclidean").indices for x in (a, a @ rotation)
    ]
    groups = [find_groups(indices) for indices in graphs]
    frame = match_groups(*groups, indices_a=graphs[0], indices_b=graphs[1], labels=label)
    assert set(frame["change"]) == {"kept"}
    assert frame["score"].max() == 0


def test_a_border_that_fell_elsewhere_by_chance_is_no_evidence() -> None:
    rng = np.random.default_rng(0)
    line = np.sort(rng.normal(size=(400, 1)), axis=0).astype(np.float32)
    indices = knn_graph(line, 15, metric="euclidean").indices
    whole = np.zeros(400, np.int32)
    halves = (np.arange(400) >= 200).astype(np.int32)
    frame = match_groups(whole, halves, indices_a=indices, indices_b=indices)
    row = frame.iloc[0]
    assert (row["change"], row["evidence"], row["score"]) == ("splits", 0, 0)
    # In B the halves are really apart, and in A they are mixed.
    mixed = rng.permutation(line)
    graphs = [
        knn_graph(x, 15, metric="euclidean").indices
        for x in (mixed, np.hstack([mixed, 50.0 * halves[:, None]]).astype(np.float32))
    ]
    row = match_groups(whole, halves, indices_a=graphs[0], indices_b=graphs[1]).iloc[0]
    assert row["evidence"] == pytest.approx(1, abs=0.1)
    assert row["score"] == pytest.approx(200 * row["evidence"])
