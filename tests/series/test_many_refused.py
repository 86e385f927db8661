"""What `compare_many` and its answers refuse, in one line that says what to do."""

import numpy as np
import pytest

from embwidget import Comparisons, Series, compare_many

X = np.random.default_rng(7).normal(size=(30, 4))


@pytest.fixture(scope="module")
def many():
    given = {"clip": X, "dino": X[:, :2], "mae": X[:, 1:], "flat": X**3}
    return compare_many(given, label=np.arange(30) % 3, n_neighbors=8, k_max=20)


@pytest.mark.parametrize(
    ("given", "how", "message"),
    [
        ([X], {}, "there is one space.*give at least two"),
        ({}, {}, "there are no spaces"),
        (X, {}, "spaces is one ndarray, and several are needed"),
        (None, {}, "spaces is one NoneType"),
        ([X, X[:20]], {}, "a is space '0', b '1': a has 30 rows and b has 20"),
        ([X, np.full((30, 4), np.nan)], {}, "space '1': .*nan"),
        ([X, 0 * X], {}, "space '1': .*all zero"),
        ({1: X, "1": X}, {}, "two spaces are called '1'"),
        ([X, X], {"names": ["a", "a"]}, "give 2 different ones"),
        ([X, X], {"names": "ab"}, "give 2 different ones"),
        ([X, X], {"metric": ("cosine",)}, "one for each of the 2"),
        ([X, X], {"metric": ("cosine", "manhatten")}, "manhatten"),
        ([X, X], {"metric": ("cosine", ("cosine",))}, "is none"),
        ([X, X], {"label": "kind"}, "label='kind' is no column"),
        ([X, X], {"label": [1]}, "label: 1 values for 30"),
        ([X, X], {"n_neighbors": 30}, "with 30 items give 1 to 29"),
        ([X, X], {"k_max": 0}, "k_max=0"),
        ([X, X], {"engine": "faiss"}, "engine='faiss'"),
        ([X, X], {"n_neighbor": 5}, "give n_neighbors="),
        ([X, X], {"missing": "ignore"}, "missing='ignore'"),
        (Series([X, X]), {"ids": range(30)}, "a Series has its own"),
        (Series([X, X]), {"label": "kind"}, "label='kind' is no column"),
        (Series([X, X]), {"missing": "ignore"}, "missing='ignore'"),
        (Series([X]), {}, "there is one space"),
    ],
)
def test_what_it_refuses(given, how, message):
    with pytest.raises((ValueError, TypeError), match=message) as told:
        compare_many(given, **how)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda many: many.pair("clop", 0), KeyError, "no space is called 'clop': .*'clip'"),
        (lambda many: many.pair(0, 4), IndexError, "space 4 of 4: give a position from 0 to 3"),
        (lambda many: many.pair(0, None), TypeError, "give a name or a position"),
        (lambda many: many["clop"], KeyError, "no space is called 'clop'"),
        (lambda many: many.matrix(21), ValueError, "k=21: .* 1 to 20"),
        (lambda many: many.matrix(measure="jacard"), ValueError, "there are 'jaccard'"),
        (lambda many: many.matrix(measure=None), ValueError, "measure=None is not known"),
        (lambda many: many.matrix(measure=["rbo"]), ValueError, "is not known"),
        (lambda many: many.matrix(adjusted="no"), TypeError, "give True or False"),
        (lambda many: many.matrix(n_permutations=0), ValueError, "n_permutations=0"),
        (lambda many: many.quality([1, 2]), ValueError, "2 values for 30 items in all spaces"),
        (lambda many: many.quality("lable"), ValueError, "there are 'label'"),
    ],
)
def test_questions_that_are_refused(many, ask, error, message):
    with pytest.raises(error, match=message) as told:
        ask(many)
    assert len(str(told.value)) < 500


def test_quality_needs_labels_and_adjusting_needs_room():
    many = compare_many([X, X[:, ::-1]], n_neighbors=29)
    assert isinstance(many, Comparisons)
    with pytest.raises(ValueError, match="there is no label"):
        many.quality()
    assert np.isnan(many.matrix().iloc[0, 1])
    assert many.matrix(adjusted=False).iloc[0, 1] == 1
    with pytest.raises(ValueError, match="at k=29 of 30 items every list has all others"):
        many.order()
