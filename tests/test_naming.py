"""Names of groups: labels of every kind, typical words, and texts that mean harm."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embwidget.measures.groups.names import group_names
from embwidget.measures.groups.naming import (
    MOST_CHARS,
    clean,
    label_codes,
    typical_labels,
)


def typical(groups: list[int], labels: object) -> tuple[list[object], list[float]]:
    found, shares = typical_labels(np.array(groups), *label_codes(labels, len(groups)))
    return found, shares.tolist()


def test_a_group_has_the_name_of_its_most_frequent_label() -> None:
    groups = np.array([0, 0, 0, 1, 1, -1, -1, -1])
    labels = ["cat", "cat", "dog", "dog", "dog", "cat", "cat", "cat"]
    assert group_names(groups, labels=labels) == ["cat", "dog"]
    assert typical(groups.tolist(), labels) == (["cat", "dog"], [pytest.approx(2 / 3), 1.0])


def test_of_equally_frequent_labels_the_rarer_elsewhere_wins() -> None:
    groups = [0, 0, 0, 0, 1, 1]
    labels = ["common", "common", "rare", "rare", "common", "common"]
    assert typical(groups, labels)[0] == ["rare", "common"]
    assert typical([0, 0], ["first", "second"])[0] == ["first"]


@pytest.mark.parametrize(
    "labels",
    [
        [1, 1, 2],
        [1.5, 1.5, 2.5],
        [True, True, False],
        [("a", 1), ("a", 1), ("b", 2)],
        [frozenset("ab"), frozenset("ab"), frozenset("c")],
        [dt.date(2020, 1, 1), dt.date(2020, 1, 1), dt.date(2021, 1, 1)],
        ["1", "1", 1],
        np.array(["x", "x", "y"]),
        np.array([3, 3, 4], np.uint8),
        pd.Series(["x", "x", "y"], index=[5, 6, 7]),
        pd.Series(["x", "x", "y"], dtype="string"),
        pd.Categorical(["x", "x", "y"], categories=["y", "x", "never"]),
    ],
)
def test_labels_are_whatever_can_be_hashed(labels: object) -> None:
    found, shares = typical([0, 0, 0], labels)
    first = next(iter(labels))
    assert found == [first]
    assert shares == [pytest.approx(2 / 3)]
    assert group_names(np.zeros(3, int), labels=labels) == [clean(first)]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_label_names_nothing(missing: object) -> None:
    found, shares = typical([0, 0, 0, 1, 1], [missing, missing, "x", missing, missing])
    assert found == ["x", None]
    assert shares[0] == 1
    assert np.isnan(shares[1])
    labels = [missing, missing, "x", missing, missing]
    names = group_names(np.array([0, 0, 0, 1, 1]), labels=labels)
    assert names == ["x", "group 1"]


def test_a_group_without_items_or_anything_said_has_its_number() -> None:
    assert group_names(np.array([0, 2])) == ["group 0", "group 1", "group 2"]
    assert group_names(np.array([0, 2]), labels=["a", "b"]) == ["a", "group 1", "b"]
    assert group_names(np.array([-1, -1])) == []
    assert group_names(np.array([], int), labels=[], texts=[]) == []


def test_words_are_those_that_stand_there_more_than_elsewhere() -> None:
    texts = [
        f"the {noun} and the weather of {place}" for noun in ("cat", "dog") for place in "xyzw"
    ]
    groups = np.repeat([0, 1], 4)
    # All else is everywhere, or in one text alone.
    assert group_names(groups, texts=texts) == ["cat", "dog"]


def test_words_need_no_spaces_of_english() -> None:
    texts = ["Größe über alles", "über die Größe", "котёнок спит", "котёнок ест"]
    names = group_names(np.array([0, 0, 1, 1]), texts=texts)
    # As casefold has them: ß and ss are the same.
    assert names == ["grösse, über", "котёнок"]


def test_at_most_three_words_the_most_typical_first() -> None:
    texts = ["alpha beta gamma delta"] * 3 + ["alpha"] * 1 + ["other thing"] * 40
    groups = np.array([0] * 4 + [1] * 40)
    assert group_names(groups, texts=texts)[0] == "alpha, beta, delta"


def test_a_large_group_does_not_make_its_words_stop_words() -> None:
    # 2000 of 2010 items speak of trains: still that is what their group is about.
    texts = ["train ticket"] * 2000 + ["train apple"] * 10
    names = group_names(np.array([0] * 2000 + [1] * 10), texts=texts)
    assert names == ["ticket", "apple"]


def test_texts_that_are_missing_or_without_words_name_nothing() -> None:
    texts = [None, None, "", "12 34", "?!", float("nan"), "one two"]
    groups = np.array([0, 0, 1, 1, 1, 2, 2])
    assert group_names(groups, texts=texts) == ["group 0", "group 1", "one, two"]


def test_a_label_wins_over_words() -> None:
    groups = np.array([0, 0, 1, 1])
    names = group_names(groups, labels=["x", "x", None, None], texts=["apple tree", "apple"] * 2)
    assert names[0] == "x"
    assert names[1] == "group 1"
    texts = ["pear", "pear", "apple", "apple"]
    assert group_names(groups, labels=["x", "x", None, None], texts=texts) == ["x", "apple"]


def test_one_text_repeated_in_itself_is_one_text() -> None:
    texts = ["spam " * 100_000, "ham eggs", "ham eggs", "tea", "tea"]
    assert group_names(np.array([0, 0, 0, 1, 1]), texts=texts)[0] == "eggs, ham"


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(min_size=300).map(lambda text: text * 50)))
def test_a_name_is_one_short_printable_line(label: str) -> None:
    name = clean(label)
    assert len(name) <= MOST_CHARS
    assert name.isprintable()
    assert name == name.strip()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 4), st.text()), min_size=1, max_size=30))
def test_any_texts_give_a_name_to_every_group(items: list[tuple[int, str]]) -> None:
    groups = np.array([group for group, _ in items])
    names = group_names(groups, texts=[text for _, text in items])
    assert len(names) == groups.max() + 1
    for name in names:
        assert name
        assert name.isprintable()
        assert len(name) <= MOST_CHARS


def test_hostile_labels_are_cut() -> None:
    assert clean("a\n\tb\x00\u202ec") == "a b c"
    assert clean("x" * 10**6) == "x" * (MOST_CHARS - 1) + "…"
    assert group_names(np.array([0]), labels=["\n\n"]) == ["group 0"]


def test_one_label_and_text_for_each_item() -> None:
    with pytest.raises(ValueError, match="2 labels for 3 items: give one for each"):
        group_names(np.zeros(3, int), labels=["a", "b"])
    with pytest.raises(ValueError, match="4 texts for 3 items: give one for each"):
        group_names(np.zeros(3, int), texts=["a"] * 4)
