"""Ranks of all matches from half of the products, against every order read out slowly."""

import numpy as np
import pytest

from embwidget._core.progress import Cancelled
from embwidget.measures.labels import match_ranks, nearest
from embwidget.measures.labels.match_ranks import find_match_ranks
from embwidget.measures.labels.nearest import Nearest

# Three tiles and a bit.
N = 2_300


@pytest.fixture(autouse=True)
def single_precision(monkeypatch):
    """Compare as large spaces are compared."""
    monkeypatch.setattr(nearest, "FEW_PRODUCTS", 0)


@pytest.fixture(scope="module")
def whole():
    """Whole numbers, whose products float32 holds exactly, and classes of all sizes."""
    rng = np.random.default_rng(0)
    classes = np.minimum(rng.zipf(1.3, N), 60).astype(np.int32)
    # Class 0 has a single item, class 61 no other than copies of items of other classes.
    classes[7] = 0
    x = rng.integers(-400, 400, (N, 8)) + rng.integers(-300, 300, (62, 8))[classes]
    classes[100:110] = 61
    x[100:110] = x[200:210]
    # Two that are tied for everybody, of one class.
    x[301], classes[301] = x[300], classes[300]
    return x.astype(np.float32), classes


def ranks_of(x, classes, k, metric, n_threads=1):
    nearest = Nearest(x, x, metric, same=True)
    return find_match_ranks(nearest, classes, k, n_threads, lambda share: None)


def plain(similarity, classes, k):
    """What is nearer than each match of an item, the matches, what is tied, and matches of that."""
    for i, line in enumerate(similarity):
        order = np.argsort(-line, kind="stable")
        order = order[order != i]
        there = line[order]
        nearer = np.searchsorted(-there, -there)
        matched = (classes[order] == classes[i]) & (nearer < k)
        tied = np.searchsorted(-there, -there, side="right") - nearer
        of_these = np.bincount(nearer[matched], minlength=len(line))[nearer]
        yield nearer[matched], order[matched], tied[matched], of_these[matched]


@pytest.mark.parametrize("k", [1, 10, 150])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_ranks_with_ties_are_exact(whole, k, n_threads):
    x, classes = whole
    similarity = x.astype(np.float64) @ x.T.astype(np.float64)
    found = ranks_of(x, classes, k, "inner_product", n_threads)
    n_tied = 0
    for i, expected in enumerate(plain(similarity, classes, k)):
        query, *own = found.of(np.array([i]))
        assert (query == 0).all()
        assert np.array_equal(own, expected)
        matched = expected[1]
        others = similarity[i][classes != classes[i]]
        n_tied += np.isin(similarity[i][matched], others).any()
    # Of both kinds, or little was shown; the first alone is hardly ever tied.
    assert n_tied < N / 2
    assert k == 1 or n_tied > 0


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_ranks_of_centred_rows_differ_by_rounding_alone(metric):
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 40, N).astype(np.int32)
    x = 5 + rng.normal(size=(N, 20)) + rng.normal(size=(40, 20))[classes]
    x = x.astype(np.float32)
    wide = x.astype(np.float64)
    if metric == "cosine":
        wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    squares = (wide**2).sum(axis=1)
    similarity = wide @ wide.T - squares / 2
    found = ranks_of(x, classes, 100, metric)
    expected = [own for own, *_ in plain(similarity, classes, 100)]
    assert abs(found.counts - [len(own) for own in expected]).sum() <= 2
    same = [np.array_equal(found.of(np.array([i])).nearer, own) for i, own in enumerate(expected)]
    assert np.mean(same) > 0.98
    assert len(found.of(np.arange(N)).nearer) > 20 * N


def test_several_items_are_looked_up_at_once(whole):
    x, classes = whole
    found = ranks_of(x, classes, 30, "euclidean")
    rows = np.array([5, 7, 105, 900])
    query, rank, matched, *_ = found.of(rows)
    each = [found.of(np.array([row])) for row in rows]
    assert np.array_equal(query, np.repeat(np.arange(4), [len(own.query) for own in each]))
    assert np.array_equal(rank, np.concatenate([own.nearer for own in each]))
    assert (classes[matched] == classes[rows[query]]).all()
    assert 1 not in query


def test_copies_are_left_to_the_lists_where_there_are_many(whole):
    x, classes = whole
    x = x.copy()
    x[400:405] = x[400]
    assert ranks_of(x, classes, 3, "cosine") is not None
    x[400:440] = x[400]
    assert ranks_of(x, classes, 3, "cosine") is None


def test_it_leaves_what_is_too_much_to_the_lists(whole, monkeypatch):
    x, classes = whole
    assert ranks_of(x, classes, N - 1, "cosine") is None
    assert ranks_of(x, classes, N // 5, "cosine") is None
    assert ranks_of(x, classes, 3, "cosine") is not None
    # What one cannot foresee: very many are equally similar.
    monkeypatch.setattr(match_ranks, "MOST_PRODUCTS", 2_000_000)
    assert ranks_of(x, classes, 3, "cosine") is not None
    alike = np.eye(2, 8)[np.arange(N) % 2] * np.arange(1, N + 1)[:, None]
    assert ranks_of(alike.astype(np.float32), classes, 3, "cosine") is None
    monkeypatch.setattr(match_ranks, "MOST_PRODUCTS", 1_000)
    assert ranks_of(x, classes, 3, "cosine") is None


def test_small_spaces_are_left_to_float64(whole, monkeypatch):
    monkeypatch.setattr(nearest, "FEW_PRODUCTS", 5e9)
    x, classes = whole
    assert ranks_of(x, classes, 10, "cosine") is None


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("until", [0.0, 0.5, 0.9])
def test_it_says_how_far_it_is_and_can_be_cancelled(whole, n_threads, until):
    x, classes = whole
    shares = []

    def report(share):
        shares.append(share)
        if share > until:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_match_ranks(Nearest(x, x, "cosine", same=True), classes, 10, n_threads, report)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert until < shares[-1] <= 1
