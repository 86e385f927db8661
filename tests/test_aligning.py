"""Metadata, labels, texts, pictures and ids come to the items that they are of, or are refused."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embwidget as ew

N = 40
RNG = np.random.default_rng(0)
KINDS = RNG.integers(0, 4, N)
# An item's label is its row, and so is the first number of its vector.
V, U = (np.c_[np.arange(N), RNG.normal(size=(N, 3))] for _ in "ab")
ROWS = np.arange(N)
ORDER = RNG.permutation(N)
TEXTS, NUMBERS = [f"i{k}" for k in range(N)], (ROWS * 7 + 3).tolist()
IDS = {"text": TEXTS, "numbers": NUMBERS, "numbers like rows": RNG.permutation(N).tolist()}
K = {"n_neighbors": 3, "k_max": 5, "metric": "euclidean"}


def spaces(ids: Any) -> tuple[ew.Space, ew.Space]:
    """Spaces of the same items in two orders."""
    return ew.Space(V, ids=ids), ew.Space(U[::-1], ids=ids[::-1])


def is_aligned(found: ew.Comparison, column: str = "label") -> bool:
    """Whether each item's label is the row that its vectors tell."""
    rows = found.a.vectors[:, 0].tolist()
    return found.frame[column].tolist() == rows == found.b.vectors[:, 0].tolist()


def test_the_quality_of_shuffled_metadata_is_that_of_its_items() -> None:
    r = np.random.default_rng(0)
    y = r.integers(0, 10, 200)
    centers = r.normal(size=(10, 64))
    v, u = (centers[y] + s * r.normal(size=(200, 64)) for s in (0.5, 0.9))
    ids = [f"id{k}" for k in range(200)]
    meta = pd.DataFrame({"label": y}, index=ids).sample(frac=1, random_state=0)
    found = ew.compare(ew.Space(v, ids=ids), ew.Space(u, ids=ids), metadata=meta, label="label")
    plain = ew.compare(v, u, label=y)
    pd.testing.assert_frame_equal(found.quality(), plain.quality())
    assert found.quality().query("metric == 'precision_at_1'").value.min() > 0.9
    assert str(found.join_report) == "200 items in both, by id; metadata by index"


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("change", ["as is", "categories", "library's type", "floats"])
def test_metadata_and_labels_come_by_an_index_of_the_ids(kind: str, change: str) -> None:
    index = pd.Index(IDS[kind])
    if change == "categories":
        index = pd.CategoricalIndex(index)
    elif change == "library's type":
        index = index.astype("string" if kind == "text" else "Int64")
    elif change == "floats" and kind != "text":
        index = index.astype(float)
    meta = pd.DataFrame({"label": ROWS}, index=index).iloc[ORDER]
    a, b = spaces(IDS[kind])
    assert is_aligned(ew.compare(a, b, metadata=meta, label="label", **K))
    by_label = ew.compare(a, b, label=meta["label"], **K)
    assert is_aligned(by_label)
    assert by_label.join_report.notes == ("label by index",)
    assert is_aligned(ew.compare(ew.Space(V, ids=IDS[kind], metadata=meta), b, **K))
    assert is_aligned(ew.compare(a, ew.as_space(b, metadata=meta), **K))
    assert is_aligned(ew.compare(a, U[::1], metadata=meta, **K))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize("kind", IDS)
def test_a_column_of_ids_aligns_frames_of_every_library(make: Any, kind: str) -> None:
    shuffled = [IDS[kind][row] for row in ORDER] + (["more"] if kind == "text" else [-1])
    labels = [*ORDER.tolist(), 99]
    a, b = spaces(IDS[kind])
    for name, told in (("key", {"id": "key"}), ("id", {})):
        found = ew.compare(a, b, metadata=make({name: shuffled, "label": labels}), **told, **K)
        assert is_aligned(found)
        assert found.join_report.metadata_by == "by id, 1 rows of other items left out"
    with pytest.raises(ValueError, match="id='kye' is no column of the metadata: there are 'key'"):
        ew.compare(a, b, metadata=make({"key": shuffled, "label": labels}), id="kye", **K)
    part = make({"key": shuffled[5:], "label": labels[5:]})
    with pytest.raises(ValueError, match="column 'key' has 35 of 40 ids, not "):
        ew.compare(a, b, metadata=part, id="key", **K)


def test_a_name_of_the_index_is_a_column_of_ids_too() -> None:
    index = pd.MultiIndex.from_arrays([["g"] * N, TEXTS], names=["group", "key"])
    meta = pd.DataFrame({"label": ROWS}, index=index).iloc[ORDER]
    a, b = spaces(TEXTS)
    assert is_aligned(ew.compare(a, b, metadata=meta, id="key", **K))
    with pytest.raises(ValueError, match="level 'key' of its index holds the ids: keep it alone"):
        ew.compare(a, b, metadata=meta, **K)


def test_metadata_brings_ids_to_spaces_that_have_none() -> None:
    meta = pl.DataFrame({"key": TEXTS, "label": ROWS})
    found = ew.compare(V, U, metadata=meta, id="key", **K)
    assert found.a.ids.tolist() == TEXTS
    assert is_aligned(found)
    with pytest.raises(ValueError, match="id='key' names a column, and neither a nor b has"):
        ew.compare(V, U, id="key", **K)


def test_only_the_items_in_both_need_metadata() -> None:
    a, b = ew.Space(V, ids=TEXTS), ew.Space(U[9:], ids=TEXTS[9:])
    meta = pd.DataFrame({"label": ROWS[9:]}, index=TEXTS[9:]).sample(frac=1, random_state=0)
    assert is_aligned(ew.compare(a, b, metadata=meta, **K))
    # By position they are of the rows of a, all of them.
    assert is_aligned(ew.compare(a, b, label=ROWS, **K))
    assert is_aligned(ew.compare(a, b, metadata=pl.DataFrame({"label": ROWS}), **K))


@pytest.mark.parametrize("kind", IDS)
def test_an_index_that_says_nothing_pairs_by_position(kind: str) -> None:
    a, b = spaces(IDS[kind])
    for index in (None, pd.date_range("2020", periods=N), pd.Index(ROWS + 0.25)):
        found = ew.compare(a, b, metadata=pd.DataFrame({"label": ROWS}, index=index), **K)
        assert is_aligned(found)
        assert found.join_report.metadata_by == "by position"
    with pytest.raises(ValueError, match="metadata: 41 rows for 40 items: give one row for each"):
        ew.compare(a, b, metadata=pd.DataFrame({"label": range(N + 1)}), **K)


META = pd.DataFrame({"label": ROWS}, index=NUMBERS)
REFUSED = {
    "some are missing": (META.iloc[5:], "metadata: its index has 35 of 40 ids, not 3: give a row"),
    "some are others": (META.rename(index={24: -1}), "its index has 39 of 40 ids, not 24"),
    "copies": (META.iloc[[*ROWS, 4]], "metadata: 31 stands in its index more than once"),
    "as text": (
        META.set_index(META.index.astype(str)),
        "the ids of type integer (3), and the same",
    ),
    "in one level": (
        META.set_index(pd.MultiIndex.from_arrays([META.index, ROWS])),
        "metadata: level 0 of its index holds the ids",
    ),
    "ids in part of the column": (
        META.reset_index(drop=True).assign(id=[-1, *NUMBERS[1:]]),
        "metadata: its column 'id' has 39 of 40 ids, not 3",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_covers_the_ids_in_part_is_refused(case: str) -> None:
    meta, message = REFUSED[case]
    with pytest.raises(ValueError, match=r"\S") as refused:
        ew.compare(*spaces(NUMBERS), metadata=meta, **K)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_copies_of_other_items_do_not_matter() -> None:
    twice = pd.concat([META, pd.DataFrame({"label": [0, 1]}, index=[-5, -5])])
    found = ew.compare(*spaces(NUMBERS), metadata=twice.iloc[::-1], **K)
    assert is_aligned(found)
    assert found.join_report.metadata_by == "by index, 2 rows of other items left out"
    grouped = META.reset_index(drop=True).assign(id=KINDS)
    assert is_aligned(ew.compare(V, U, metadata=grouped, **K))


@pytest.mark.parametrize("index", [NUMBERS, ROWS + 0.5, pd.date_range("2020", periods=N)])
def test_the_index_of_frames_of_vectors_aligns_what_is_said_of_them(index: Any) -> None:
    a, b = (pd.DataFrame(x, index=index).add_prefix("x") for x in (V, U))
    labels = pd.Series(ROWS, index=index)
    for rows in (ROWS, ORDER):
        for first in (a.iloc[rows], ew.as_space(a.iloc[rows]), pd.Series(list(V), index=index)):
            found = ew.compare(first, b, label=labels.iloc[::-1], **K)
            assert is_aligned(found)
            assert is_aligned(ew.compare(first, b, metadata=labels.to_frame("label"), **K))
    assert is_aligned(ew.compare(V, b, label=labels.iloc[ORDER], **K))
    assert is_aligned(ew.compare(a, b, label=labels.iloc[ORDER], ids=TEXTS, **K))
    some = a.iloc[5:]
    assert is_aligned(ew.compare(some, b, metadata=labels.to_frame("label"), **K))
    with pytest.raises(
        ValueError, match=r"label: its index has 35 of 40 (ids|index values of the vectors), not"
    ):
        ew.compare(a, b, label=labels.iloc[5:], **K)


def test_an_index_that_only_counts_rows_beside_one_that_does_not_is_refused() -> None:
    counted, labels = pd.DataFrame(V).add_prefix("x"), pd.Series(ROWS)
    shuffled = counted.iloc[ORDER]
    for a, label in ((counted, labels.iloc[ORDER]), (shuffled, labels)):
        with pytest.raises(ValueError, match=r"label: its index numbers the rows otherwise.*reset"):
            ew.compare(a, a, label=label, **K)
    assert is_aligned(ew.compare(counted, U, label=labels, **K))
    assert is_aligned(ew.compare(shuffled, U[ORDER], label=labels.iloc[ORDER], **K))
    assert is_aligned(ew.compare(shuffled, shuffled, label=labels.iloc[ORDER].to_numpy(), **K))
    # Of more rows, only those with the index of the vectors can be meant.
    assert is_aligned(ew.compare(shuffled[3:], shuffled[3:], label=labels, **K))


def test_ids_given_as_a_series_belong_to_the_rows_of_its_index() -> None:
    index = pd.Index(NUMBERS)
    a, b = (pd.DataFrame(x, index=index).add_prefix("x") for x in (V, U))
    ids = pd.Series(TEXTS, index=index)
    found = ew.compare(a, b.iloc[ORDER], ids=ids.iloc[::-1], label=ROWS, **K)
    assert found.a.ids.tolist() == TEXTS
    assert is_aligned(found)
    assert ew.Space(b.iloc[ORDER], ids=ids).ids.tolist() == [TEXTS[row] for row in ORDER]
    renamed = ew.as_space(ew.Space(V, ids=NUMBERS), ids=ids.iloc[ORDER])
    assert renamed.ids.tolist() == TEXTS
    for first, second in ((a, b.iloc[ORDER]), spaces(NUMBERS)):
        with pytest.raises(
            ValueError, match=r"ids= are those of the rows of both, but the i.* pair"
        ):
            ew.compare(first, second, ids=TEXTS, **K)
    assert is_aligned(ew.compare(a, b, ids=TEXTS, label=ROWS, **K))


def test_a_comparison_takes_labels_by_their_index() -> None:
    found = ew.compare(*spaces(TEXTS), **K)
    labels = pd.Series(KINDS, index=TEXTS)
    expected = found.quality(label=KINDS)
    pd.testing.assert_frame_equal(found.quality(label=labels.iloc[ORDER]), expected)
    with pytest.raises(ValueError, match="label: its index has 39 of 40 ids, not 'i0'"):
        found.quality(label=labels.iloc[1:])


def test_whole_numbers_beside_missing_labels_stay_whole() -> None:
    labels = [None, *(2**60 + k % 3 for k in range(N - 1))]
    found = ew.compare(V, U, label=labels, **K)
    assert sorted(set(found.frame["label"][1:])) == [2**60 + k for k in range(3)]
    assert pd.isna(found.frame["label"][0])


def test_metadata_that_lies_so_already_is_not_copied() -> None:
    for frame in (META, pl.DataFrame({"label": ROWS}), pd.DataFrame({"label": ROWS})):
        assert ew.Space(V, ids=NUMBERS, metadata=frame).metadata is frame
        assert ew.compare(*[ew.Space(V, ids=NUMBERS)] * 2, metadata=frame, **K).metadata is frame


def test_a_frame_keeps_its_own_rows_whatever_its_index_says() -> None:
    frame = pd.DataFrame(V).add_prefix("x").assign(id=ROWS[::-1], name=TEXTS).iloc[ORDER]
    space = ew.as_space(frame)
    assert space.ids.tolist() == frame["id"].tolist()
    assert space.metadata["name"].tolist() == frame["name"].tolist()


makers = {
    "pandas": lambda rows, ids: pd.DataFrame({"label": rows}, index=ids),
    "pandas with a column": lambda rows, ids: pd.DataFrame({"key": ids, "label": rows}),
    "polars": lambda rows, ids: pl.DataFrame({"key": ids, "label": rows}),
    "arrow": lambda rows, ids: pa.table({"key": ids, "label": rows}),
}


@settings(deadline=None, max_examples=40)
@given(maker=st.sampled_from(sorted(makers)), kind=st.sampled_from(sorted(IDS)), data=st.data())
def test_no_order_of_rows_changes_what_is_said_of_an_item(maker: str, kind: str, data: Any) -> None:
    ids = IDS[kind]
    first, second, third = (data.draw(st.permutations(range(N))) for _ in "abm")
    left_out = data.draw(st.integers(0, 3))
    a = ew.Space(V[first], ids=[ids[row] for row in first])
    b = ew.Space(U[second], ids=[ids[row] for row in second])
    rows = third[left_out:]
    meta = makers[maker](rows, [ids[row] for row in rows])
    told = {} if maker == "pandas" else {"id": "key"}
    if left_out:
        with pytest.raises(ValueError, match=f"{N - left_out} of {N} ids"):
            ew.compare(a, b, metadata=meta, **told, **K)
    else:
        assert is_aligned(ew.compare(a, b, metadata=meta, **told, **K))


def test_ids_that_are_row_numbers_in_another_order_are_met_by_an_index_of_its_own() -> None:
    rows = np.random.default_rng(3).permutation(N)
    a, b = ew.Space(V, ids=rows), ew.Space(U, ids=rows)
    label = np.arange(N) % 3
    wanted = ew.compare(a, b, label=label, **K).frame["label"].tolist()
    series = pd.Series(label, index=rows).sort_index()
    assert ew.compare(a, b, label=series, **K).frame["label"].tolist() == wanted
    meta = pd.DataFrame({"kind": series})
    assert ew.compare(a, b, metadata=meta, label="kind", **K).frame["kind"].tolist() == wanted
    # Which merely counts its rows, and is none of its own.
    counted = pd.DataFrame({"kind": label})
    found = ew.compare(a, b, metadata=counted, label="kind", **K)
    assert found.frame["kind"].tolist() == label.tolist()
    assert found.join_report.metadata_by == "by position"
