"""Labels of any kind become numbers, and what is no label is left out."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from embwidget.measures.labels.agreement import label_agreement
from embwidget.measures.labels.labels import encode_labels


@pytest.mark.parametrize(
    ("values", "names", "classes"),
    [
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
        (np.array([7, -3, 7]), [-3, 7], [1, 0, 1]),
        (np.array([[7], [-3], [7]]), [-3, 7], [1, 0, 1]),
        (pd.Series(["x", None, "x"]), ["x"], [0, -1, 0]),
        (pd.Series([2.0, np.nan, 1.0]), [1.0, 2.0], [1, -1, 0]),
        (pd.Categorical(["u", "v", None]), ["u", "v"], [0, 1, -1]),
        (pl.Series(["p", None, "q"]), ["p", "q"], [0, -1, 1]),
        ([("a", 1), ("a", 2), ("a", 1)], [("a", 1), ("a", 2)], [0, 1, 0]),
        ([True, False, pd.NA], [False, True], [1, 0, -1]),
        ([dt.date(2024, 2, 1), pd.NaT, dt.date(2024, 1, 1)], None, [1, -1, 0]),
        # Text and numbers have no common order, but a fixed one.
        (["1", 1, "1"], [1, "1"], [1, 0, 1]),
    ],
)
def test_labels_are_numbered_in_their_order(values, names, classes):
    found = encode_labels(values, 3)
    assert not found.is_multi
    assert found.classes.tolist() == classes
    if names is not None:
        assert found.names == names


def test_ids_beyond_float32_stay_apart():
    assert encode_labels([2**24, 2**24 + 1], 2).classes.tolist() == [0, 1]


def test_sets_of_labels():
    found = encode_labels([{"a", "b"}, ["b", "b"], None, set(), frozenset({"c"}), {"b", "a"}], 6)
    assert found.is_multi
    assert found.names == ["a", "b", "c"]
    assert found.labelled.tolist() == [0, 1, 4, 5]
    # The same set is the same class, whatever its order.
    assert found.classes.tolist() == [0, 1, -1, -1, 2, 0]
    assert found.matrix().toarray().tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
        [1, 1, 0],
    ]
    assert found.one_each() == ["a, b", "b", None, None, "c", "a, b"]


@pytest.mark.parametrize("values", [["x", "y", "x", None, "z"], [{1, 2}, {2}, None, {3}, {1}]])
def test_labels_of_some_items(values):
    rows = np.array([4, 3, 0, 0])
    found = encode_labels(values, 5).take(rows)
    again = encode_labels([values[row] for row in rows], 4)
    names = found.names
    assert [{names[c] for c in found.codes[found.items == i]} for i in range(4)] == [
        {again.names[c] for c in again.codes[again.items == i]} for i in range(4)
    ]


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (["a", "b"], ValueError, "2 values for 3 items"),
        ([None, np.nan, None], ValueError, "no item has a label"),
        ("abc", TypeError, "one value for each item"),
        (5, TypeError, "one value for each item"),
        ([{"a": 1}, {}, {}], TypeError, "hashable"),
        ([{"a"}, "b", {"c"}], TypeError, "item 1 has 'b'"),
        (np.eye(3), ValueError, r"got \(3, 3\)"),
    ],
)
def test_what_is_no_label_is_refused(values, error, words):
    with pytest.raises(error, match=words):
        encode_labels(values, 3)


@pytest.mark.parametrize(
    "values",
    [
        ["x", "y", "x", None, "y", "x"],
        [{"x", "y"}, {"y"}, {"x"}, None, {"y"}, {"x", "z"}],
    ],
)
def test_agreement_counts_the_labelled_neighbours_of_labelled_items(values):
    indices = np.array(
        [[1, 2, 3], [4, 0, 5], [3, -1, -1], [0, 1, 2], [1, 3, 0], [2, 0, 4]], np.int32
    )
    sets = [v if isinstance(v, set) else {v} if v else set() for v in values]
    expected = []
    for i, near in enumerate(indices.tolist()):
        known = [j for j in near if j >= 0 and sets[j]]
        share = [bool(sets[i] & sets[j]) for j in known]
        expected.append(np.mean(share) if sets[i] and known else np.nan)
    found = label_agreement(indices, encode_labels(values, 6))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert np.isnan(found[3])
    assert np.isnan(found[2])
