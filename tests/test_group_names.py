"""Names of groups in both spaces: what prevails, none twice, whatever the order of the items."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare
from embwidget.measures.groups.groups import CHANGES, group_items, group_parts, match_groups
from embwidget.measures.groups.names import group_names, name_groups
from embwidget.measures.groups.naming import MOST_CHARS, label_codes


def grouped(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)


def test_a_label_of_a_few_items_is_no_name() -> None:
    labels = ["rare"] * 2 + [f"own {i}" for i in range(98)] + ["b"] * 50
    assert group_names(grouped(100, 50), labels=labels) == ["group 0", "b"]
    # All that is labelled has it, but that is hardly anything of the group.
    labels = ["rare"] * 2 + [None] * 98 + ["b"] * 50
    assert group_names(grouped(100, 50), labels=labels) == ["group 0", "b"]


def test_a_label_well_over_its_part_of_all_is_a_name_and_a_common_one_is_not() -> None:
    mixed = [f"own {i}" for i in range(70)]
    labels = ["here"] * 30 + mixed + ["b"] * 300
    assert group_names(grouped(100, 300), labels=labels)[0] == "here"
    labels = ["everywhere"] * 30 + mixed + ["everywhere"] * 120 + ["b"] * 180
    assert group_names(grouped(100, 300), labels=labels)[0] == "group 0"


def test_two_labels_without_a_majority_name_a_group_together() -> None:
    labels = ["it"] * 45 + ["fr"] * 40 + ["x"] * 15 + ["de"] * 400
    assert group_names(grouped(100, 400), labels=labels) == ["it, fr", "de"]


def test_words_step_in_where_no_label_prevails() -> None:
    labels = [f"own {i}" for i in range(40)] + ["b"] * 40
    texts = ["a tree grows"] * 40 + ["a car drives"] * 40
    assert group_names(grouped(40, 40), labels=labels, texts=texts) == ["grows, tree", "b"]


def test_groups_of_one_label_are_told_apart_by_the_second_then_words_then_numbers() -> None:
    labels = ["food"] * 30 + ["fruit"] * 10 + ["food"] * 60
    groups = grouped(40, 30, 30)
    assert group_names(groups, labels=labels) == ["food, fruit", "food", "food (2)"]
    texts = ["pizza"] * 70 + ["soup"] * 30
    assert group_names(groups, labels=labels, texts=texts) == [
        "food, fruit",
        "food: pizza",
        "food: soup",
    ]


def test_long_names_keep_what_tells_them_apart() -> None:
    labels = ["x" * 500] * 30
    names = group_names(grouped(10, 10, 10), labels=labels)
    assert len(set(names)) == 3
    assert all(len(name) <= MOST_CHARS for name in names)


def test_a_pair_that_is_kept_has_one_name_and_rows_of_both_sides_say_whose_they_are() -> None:
    # A: food falls apart into food and drink, all of B's food comes from there and from fruit.
    a = grouped(100, 60, 50)
    b = np.repeat([0, 1, 0, 2], [60, 40, 60, 50]).astype(np.int32)
    labels = ["food"] * 60 + ["food"] * 20 + ["drink"] * 20 + ["fruit"] * 60 + ["tool"] * 50
    labels[100:160] = ["food"] * 35 + ["fruit"] * 25
    names = name_groups(a, b, labels=label_codes(labels, len(labels)))
    frame = match_groups(a, b, labels=labels)
    assert names.a[2] == names.b[2] == "tool"
    assert frame["name"].is_unique
    rows = frame.set_index("change")["name"]
    assert rows["kept"] == "tool"
    assert rows["merges"] == "food of B" or not rows["merges"].startswith("food of")
    for _, row in frame.iterrows():
        own = names.b[row["group_b"]] if pd.isna(row["group_a"]) else names.a[row["group_a"]]
        assert row["name"] == own


def test_what_nothing_names_is_told_by_its_number_side_and_central_item() -> None:
    groups = grouped(4, 3)
    # Item 2 is in the list of each other item of its group, 6 in its own.
    indices = np.array([[2], [2], [0], [2], [6], [6], [4]], np.int32)
    ids = ["a", "b", "mango", "d", "e", "f", "kiwi"]
    names = name_groups(groups, groups[::-1].copy(), indices_a=indices, ids=ids)
    assert names.a == ("group 0 of A, around mango", "group 1 of A, around kiwi")
    assert names.b == ("group 0 of B", "group 1 of B")


items = st.lists(
    st.tuples(
        st.integers(-1, 4),
        st.integers(-1, 4),
        st.sampled_from(["food", "drink", "of A", "food of A", 3, None]),
        st.sampled_from(["pizza with cheese", "soup", "", None, "a cold soup"]),
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(items, st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_no_name_twice_and_none_depends_on_the_order(rows, labelled, told, random) -> None:
    ids = [f"id {i}" for i in range(len(rows))]
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    rng = np.random.default_rng(len(rows))
    near = rng.integers(0, len(rows), (len(rows), 3)).astype(np.int32)
    found = []
    for order in (list(range(len(rows))), shuffled):
        row_of = np.argsort(order)
        a, b = (np.array([rows[i][side] for i in order], np.int32) for side in (0, 1))
        options = {
            "indices_a": row_of[near[order]].astype(np.int32),
            "indices_b": row_of[near[order]].astype(np.int32),
            "texts": [rows[i][3] for i in order] if told else None,
            "ids": [ids[i] for i in order],
        }
        labels = [rows[i][2] for i in order] if labelled else None
        known = None if labels is None else label_codes(labels, len(rows))
        names = name_groups(a, b, labels=known, **options)
        frame = match_groups(a, b, labels=labels, **options)
        found.append((names, frame.drop(columns="label")))
        assert frame["name"].is_unique
        for side in names:
            assert len(set(side)) == len(side)
            assert all(0 < len(name) <= MOST_CHARS for name in side)
    assert found[0][0] == found[1][0]
    pd.testing.assert_frame_equal(found[0][1], found[1][1])


@settings(deadline=None)
@given(items)
def test_parts_hold_the_items_of_a_row_by_the_groups_of_the_other_space(rows) -> None:
    a, b = (np.array([row[side] for row in rows], np.int32) for side in (0, 1))
    for _, row in match_groups(a, b).iterrows():
        assert row["change"] in CHANGES
        found, part, groups = group_parts(row, a, b)
        assert found.tolist() == group_items(row, a, b).tolist()
        others = (a if pd.isna(row["group_a"]) else b)[found]
        assert [groups[p] if p >= 0 else None for p in part] == [
            other if other in groups else None for other in others.tolist()
        ]
        if row["change"] in ("splits", "merges"):
            assert groups == row["parts"]


@pytest.fixture
def widget(recorded):
    rng = np.random.default_rng(3)
    kind = np.repeat(["ash", "birch", "cedar", "elm"], 40)
    a = np.repeat(rng.normal(size=(4, 16)) * 4, 40, axis=0) + rng.normal(size=(160, 16))
    b = a.copy()
    b[kind == "elm"] += 9 * (a[80] - a[120])
    b[np.flatnonzero(kind == "ash")[::2], 0] += 40
    frame = pd.DataFrame({"tree": kind, "said": [f"{k} tree {i % 3}" for i, k in enumerate(kind)]})
    widget = EmbeddingCompare(a, b, metadata=frame, label="tree", text="said", reducer="pca")
    yield widget.wait(60)
    widget.close()


def test_python_and_the_screen_call_a_group_the_same(widget) -> None:
    screen, c = RecordedScreen(widget), widget.comparison
    names = c.group_names(text="said")
    frame = c.groups(text="said")
    for side, own in zip("ab", names, strict=True):
        header, _, _ = screen.ask("column", name=f"group_{side}", k=None)
        assert header["categories"] == list(own)
    table = screen.ask("groups")[0]["rows"]
    assert table
    for row in table:
        change = frame.iloc[row["row"]]
        assert row["name"] == change["name"]
        answer, (positions, codes), _ = screen.ask("group_parts", row=row["row"])
        items, part, groups = c.group_parts(change)
        others = names.b if change["change"] in ("splits", "dissolves") else names.a
        assert [each["name"] for each in answer["parts"]] == [others[group] for group in groups]
        assert np.frombuffer(positions, "<u4").tolist() == items.tolist()
        assert np.frombuffer(codes, "<u2").tolist() == np.where(part < 0, 65535, part).tolist()
        counts = [int((part == at).sum()) for at in range(len(groups))]
        assert [each["n_items"] for each in answer["parts"]] == counts
