"""Which rows of two spaces are taken for the same item, and what is said of it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embwidget as ew

N = 30
# The first number of an item's vector is its row in these, so that it tells who it is.
V, U = (np.c_[np.arange(N), np.random.default_rng(s).normal(size=(N, 3))] for s in (0, 1))
ORDER = np.random.default_rng(2).permutation(N)
SOME = np.delete(np.arange(N), [2, 3, 11])

INDEXES = {
    "counted": pd.RangeIndex(N),
    "whole": pd.Index(np.arange(N) * 7 + 3),
    "uint64": pd.Index(np.arange(N, dtype=np.uint64) + np.uint64(2**63)),
    "floats that are whole": pd.Index(np.arange(N) * 2.0 + 5),
    "floats": pd.Index(np.arange(N) + 0.5),
    "text": pd.Index([f"i{k}" for k in range(N)]),
    "string": pd.Index([f"i{k}" for k in range(N)], dtype="string"),
    "categories": pd.CategoricalIndex([f"i{k}" for k in range(N)]),
    "dates": pd.date_range("2020", periods=N),
    "levels": pd.MultiIndex.from_product([["p", "q", "r"], range(N // 3)]),
}


def frames(index: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    return tuple(pd.DataFrame(x, index=index).add_prefix("x") for x in (V, U))


def series(index: Any) -> tuple[pd.Series, pd.Series]:
    return tuple(pd.Series(list(x), index=index) for x in (V, U))


def paired(a: Any, b: Any) -> tuple[list[int], Any]:
    """The items of the joined spaces, which are the same in both, and the report."""
    a, b, report = ew.join(a, b)
    items = a.vectors[:, 0].astype(int).tolist()
    assert b.vectors[:, 0].astype(int).tolist() == items
    assert a.ids.tolist() == b.ids.tolist()
    assert report.matched == len(items)
    return items, report


@pytest.mark.parametrize("make", [frames, series])
@pytest.mark.parametrize("kind", INDEXES)
def test_pandas_objects_meet_by_an_index_that_differs(make: Any, kind: str) -> None:
    a, b = make(INDEXES[kind])
    for first, second, items in (
        (a, b.iloc[ORDER], range(N)),
        (a.iloc[ORDER], b, ORDER),
        (a.iloc[SOME], b.iloc[ORDER], SOME),
        (a, b.iloc[SOME].sample(frac=1, random_state=0), SOME),
        (a.iloc[5:], b.iloc[:-5], range(5, N - 5)),
    ):
        if kind == "counted" and len(first) == len(second) < N:
            continue  # refused: see below
        found, report = paired(first, second)
        assert found == list(items)
        assert report.paired_by in {"by index", "by id"}
        assert report.only_a == len(first) - len(found)
        assert report.only_b == len(second) - len(found)


@pytest.mark.parametrize("make", [ew.as_space, ew.Space, ew.Space.from_frame])
def test_a_space_remembers_the_index_of_its_frame(make: Any) -> None:
    a, b = frames(INDEXES["counted"])
    assert paired(make(a), make(b.iloc[ORDER]))[0] == list(range(N))
    rows = np.array([4, 1, 7])
    assert paired(make(a).take(rows), make(b.iloc[ORDER]))[0] == rows.tolist()


def test_an_index_of_numbers_or_text_becomes_the_ids() -> None:
    a, b = frames(INDEXES["whole"])
    joined, _, report = ew.join(a.iloc[SOME], b)
    assert joined.ids.tolist() == INDEXES["whole"][SOME].tolist()
    assert report.examples_b == (17, 24, 80)
    assert "by index; 3 only in b (17, 24, 80)" in str(report)
    a, b = frames(INDEXES["dates"])
    assert not ew.join(a, b.iloc[ORDER])[0].has_ids


def test_equal_indexes_need_no_alignment_even_with_copies() -> None:
    index = [*"abc"] * 10
    numbers = pd.Index([ord(key) for key in index])
    a, b = frames(numbers)
    assert paired(a, b)[0] == list(range(N))
    with pytest.raises(ValueError, match="b: 97 stands in its index more than once"):
        ew.join(a, b.iloc[ORDER])


REFUSED = {
    "other rows of one table": (
        lambda a, b: (a.iloc[:15], b.iloc[15:]),
        "nothing in common in their indexes (a has 0, b has 15): are these the same items?",
    ),
    "some rows beside new ones": (
        lambda a, b: (a.iloc[ORDER[:15]], b.iloc[:15]),
        "reset_index(drop=True) to pair by position",
    ),
    "fewer rows, both counted": (
        lambda a, b: (a.iloc[:20], b),
        "a has 20 rows and b has 30, and neither has ids: give ids",
    ),
    "numbers as text": (
        lambda a, b: (a.set_index(a.index + 9), b.set_index((b.index + 9).astype(str))),
        "type string ('9'), and the same as text: convert one",
    ),
    "text and numbers": (
        lambda a, b: (a.set_index(a.index + 9), b.set_index("k" + b.index.astype(str))),
        "nothing in common in their indexes (a has 9, b has 'k0')",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_two_indexes_leave_open_is_refused(case: str) -> None:
    change, message = REFUSED[case]
    for sides in (slice(None), slice(None, None, -1)):
        with pytest.raises(ValueError, match=r"\S") as refused:
            ew.join(*change(*frames(INDEXES["counted"]))[sides])
        if sides.step is None:
            assert message in str(refused.value)
        assert len(str(refused.value)) < 300


TEXTS, NUMBERS = [f"i{k}" for k in range(N)], (np.arange(N) * 3 + 100).tolist()


@pytest.mark.parametrize("ids", [TEXTS, NUMBERS, ORDER.tolist()])
def test_ids_of_one_side_are_taken_over_and_never_meet_row_numbers(ids: list[Any]) -> None:
    for a, b, side in ((ew.Space(V, ids=ids), U, "a"), (V, ew.Space(U, ids=ids), "b")):
        found, report = paired(a, b)
        assert found == list(range(N))
        assert ew.join(a, b)[1].ids.tolist() == ids
        assert report.paired_by == f"by position, with the ids of {side}"
    with pytest.raises(ValueError, match="b has 30 rows with ids, and a 20 rows without"):
        ew.join(V[:20], ew.Space(U, ids=ids))
    with pytest.raises(ValueError, match="are its row positions, which are no ids"):
        ew.join(ew.Space(V, ids=ids), U[SOME])


def test_ids_of_one_side_meet_the_index_of_the_other() -> None:
    a, b = ew.Space(V, ids=NUMBERS), pd.DataFrame(U, index=NUMBERS).add_prefix("x")
    for rows in (ORDER, SOME):
        assert paired(a, b.iloc[rows])[0] == sorted(rows.tolist())
        assert paired(pd.DataFrame(V, index=NUMBERS).iloc[rows], ew.Space(U, ids=NUMBERS))[0] == (
            rows.tolist()
        )
    with pytest.raises(ValueError, match="the index of b has 27 of the 30 ids of a, not 100"):
        ew.join(a, b.set_index(b.index + 9))
    # An index that has nothing to do with the ids is no second set of them.
    assert paired(a, b.set_index(b.index + 1000))[0] == list(range(N))


def test_few_common_ids_are_told_and_too_few_named() -> None:
    a, b = ew.Space(V, ids=range(N)), ew.Space(V, ids=range(25, 25 + N))
    found = ew.compare(a, b, n_neighbors=3)
    assert "5 of 30 ids match (a has 0, b has 25): are these the same items?" in str(
        found.join_report
    )
    with pytest.raises(ValueError, match="5 of 30 ids match: n_neighbors=10: with 5 items give"):
        ew.compare(a, b)
    whole = ew.compare(a, ew.Space(U, ids=range(N)[::-1]), n_neighbors=3)
    assert whole.join_report.notes == ()


def test_rows_taken_of_a_space_without_ids_are_those_of_the_whole() -> None:
    rows = np.array([7, 2, 9])
    assert paired(ew.Space(V).take(rows), U)[0] == rows.tolist()
    assert paired(V, ew.Space(U).take(rows))[0] == sorted(rows.tolist())
    assert paired(ew.Space(V).take(rows), ew.Space(U).take(rows))[0] == rows.tolist()
    with pytest.raises(ValueError, match="a has row 9 of what it was taken from"):
        ew.join(ew.Space(V).take(rows), U[:3])


def of_dropped(space: ew.Space, rows: list[int]) -> ew.Space:
    """The space as it is where the items in some rows had no vector."""
    made = space.take(np.delete(np.arange(len(space)), rows))
    made.dropped = space.ids[rows]
    return made


def test_a_frame_that_only_counts_its_rows_still_does_when_some_are_dropped() -> None:
    a, b = map(ew.as_space, frames(INDEXES["counted"]))
    left = [k for k in range(N) if k not in {2, 5}]
    assert paired(of_dropped(a, [2, 5]), of_dropped(b, [5]))[0] == left
    assert paired(of_dropped(a, [2, 5]), b)[0] == left
    with pytest.raises(ValueError, match="a has 30 rows and b has 20, and neither has ids"):
        ew.join(of_dropped(a, [2, 5]), pd.DataFrame(U[:20]).add_prefix("x"))
    shuffled = ew.as_space(frames(INDEXES["counted"])[1].iloc[ORDER])
    assert paired(of_dropped(a, [2, 5]), shuffled)[0] == left


def test_rows_without_ids_pair_by_the_position_of_what_was_given() -> None:
    a, b = of_dropped(ew.Space(V), [0, 4]), of_dropped(ew.Space(U), [4, 9])
    found, report = paired(a, b)
    assert found == [k for k in range(N) if k not in {0, 4, 9}]
    assert (report.dropped_a, report.dropped_b) == (2, 2)
    assert (report.only_a, report.examples_a) == (1, (9,))
    assert "2 without a vector in a (0, 4); 2 without a vector in b (4, 9)" in str(report)
    assert paired(a, U)[0] == [k for k in range(N) if k not in {0, 4}]
    named = ew.Space(U, ids=TEXTS)
    assert paired(a, named)[0] == [k for k in range(N) if k not in {0, 4}]
    assert ew.join(a, named)[0].ids.tolist() == [t for k, t in enumerate(TEXTS) if k not in {0, 4}]
    assert paired(V, b)[0] == [k for k in range(N) if k not in {4, 9}]
    with pytest.raises(ValueError, match="a has 30 rows and b has 29"):
        ew.join(a, U[1:])
    with pytest.raises(ValueError, match="a has 30 rows with ids, and b 30 rows without"):
        ew.join(of_dropped(ew.Space(V, ids=TEXTS), [1]), U)


containers = {
    "frame": lambda x, ids: pd.DataFrame(x, index=ids),
    "series": lambda x, ids: pd.Series(list(x), index=ids),
    "space": lambda x, ids: ew.Space(x, ids=ids),
    "frame with ids": lambda x, ids: pd.DataFrame(x).add_prefix("x").assign(id=ids),
}


@settings(deadline=None, max_examples=40)
@given(
    kinds=st.tuples(*[st.sampled_from(sorted(containers))] * 2),
    ids=st.sampled_from([TEXTS, NUMBERS]),
    data=st.data(),
)
def test_any_two_containers_in_any_order_give_the_same_items_or_are_refused(
    kinds: Any, ids: list[Any], data: Any
) -> None:
    a, b = (
        containers[kind](x[rows], [ids[row] for row in rows])
        for kind, x, rows in zip(
            kinds, (V, U), (data.draw(st.permutations(range(N))) for _ in "ab"), strict=True
        )
    )
    assert sorted(paired(a, b)[0]) == list(range(N))
