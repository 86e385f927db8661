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
    return x.astype(np.float32), classes


def ranks_of(x, classes, k, metric, n_threads=1):
    nearest = Nearest(x, x, metric, same=True)
    return find_match_ranks(nearest, classes, k, n_threads, lambda share: None)


def plain(similarity, classes, k):
    """Ranks and matches of each item, ties by position."""
    for i, line in enumerate(similarity):
        order = np.argsort(-line, kind="stable")
        order = order[order != i][:k]
        rank = np.flatnonzero(classes[order] == classes[i])
        yield rank, order[rank]


@pytest.mark.parametrize("k", [1, 10, 150])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_ranks_with_ties_are_exact(whole, k, n_threads):
    x, classes = whole
    similarity = x.astype(np.float64) @ x.T.astype(np.float64)
    found = ranks_of(x, classes, k, "inner_product", n_threads)
    n_tied = 0
    for i, (rank, matched) in enumerate(plain(similarity, classes, k)):
        query, found_rank, found_matched = found.of(np.array([i]))
        assert (query == 0).all()
        assert np.array_equal(found_rank, rank)
        assert np.array_equal(found_matched, matched)
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
    _, rank, _ = found.of(np.arange(N))
    expected = list(plain(similarity, classes, 100))
    assert abs(found.counts - [len(own) for own, _ in expected]).sum() <= 2
    same = [np.array_equal(found.of(np.array([i]))[1], own) for i, (own, _) in enumerate(expected)]
    assert np.mean(same) > 0.98
    assert len(rank) > 20 * N


def test_several_items_are_looked_up_at_once(whole):
    x, classes = whole
    found = ranks_of(x, classes, 30, "euclidean")
    rows = np.array([5, 7, 105, 900])
    query, rank, matched = found.of(rows)
    each = [found.of(np.array([row])) for row in rows]
    assert np.array_equal(query, np.repeat(np.arange(4), [len(own) for own, _, _ in each]))
    assert np.array_equal(rank, np.concatenate([own for _, own, _ in each]))
    assert (classes[matched] == classes[rows[query]]).all()
    assert 1 not in query


def test_a_collapsed_space_is_ranked_by_position():
    classes = (np.arange(800) % 5).astype(np.int32)
    x = np.full((800, 6), 3.0, np.float32)
    found = ranks_of(x, classes, 20, "euclidean")
    for i, (rank, matched) in enumerate(plain(np.zeros((800, 800)), classes, 20)):
        _, found_rank, found_matched = found.of(np.array([i]))
        assert np.array_equal(found_rank, rank)
        assert np.array_equal(found_matched, matched)


def test_it_leaves_what_is_too_much_to_the_lists(whole, monkeypatch):
    x, classes = whole
    assert ranks_of(x, classes, N - 1, "cosine") is None
    assert ranks_of(x, classes, N // 5, "cosine") is None
    assert ranks_of(x, classes, 3, "cosine") is not None
    # What one cannot foresee: everything is equally similar.
    monkeypatch.setattr(match_ranks, "MOST_PRODUCTS", 2_000_000)
    assert ranks_of(x, classes, 3, "cosine") is not None
    assert ranks_of(np.ones_like(x), classes, 3, "cosine") is None
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
