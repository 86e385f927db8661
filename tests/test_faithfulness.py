"""Figures of a map against the papers' definitions and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, pdist
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from embwidget.knn import knn_graph
from embwidget.measures.maps.faithfulness import Faithfulness, map_faithfulness
from embwidget.measures.maps.ranks import neighbor_ranks
from embwidget.projection.reducers.pca import pca


def made_up(n: int, seed: int = 0, dims: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Vectors, and a map of their first two dimensions with noise."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, dims)).astype(np.float32)
    positions = vectors[:, :2] + 0.3 * rng.normal(size=(n, 2))
    return vectors, positions.astype(np.float32)


def faithfulness(
    vectors: np.ndarray, positions: np.ndarray, k: int, *, k_max: int = 0, **options: object
) -> Faithfulness:
    metric = str(options.get("metric", "euclidean"))
    graph = knn_graph(vectors, k_max or k, metric=metric, engine="exact")
    given_options = {"metric": metric, **options}
    return map_faithfulness(
        graph.indices, positions, vectors=vectors, n_neighbors=k, **given_options
    )


def plain_ranks(vectors: np.ndarray, metric: str) -> np.ndarray:
    """(n, n) rank of each item among the others, from 1, by all distances in float64."""
    exact = vectors.astype(np.float64)
    keys = -exact @ exact.T if metric == "inner_product" else cdist(exact, exact, metric)
    np.fill_diagonal(keys, -np.inf)
    return keys.argsort(axis=1).argsort(axis=1)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("n", "k"), [(50, 1), (200, 5), (200, 99), (700, 10)])
def test_trustworthiness_and_continuity_are_scikit_learns(n: int, k: int, metric: str) -> None:
    vectors, positions = made_up(n)
    found = faithfulness(vectors, positions, k, metric=metric)
    x, y = vectors.astype(np.float64), positions.astype(np.float64)
    expected = trustworthiness(x, y, n_neighbors=k, metric=metric)
    assert found.trustworthiness == pytest.approx(expected, abs=1e-9)
    # Cosine distances of rows on the sphere have the order of the euclidean ones.
    unit = x / np.linalg.norm(x, axis=1, keepdims=True) if metric == "cosine" else x
    assert found.continuity == pytest.approx(trustworthiness(y, unit, n_neighbors=k), abs=1e-9)
    assert (found.n_neighbors, found.n_items, found.sampled) == (k, n, False)


def test_digits_as_scikit_learn_has_them() -> None:
    vectors = load_digits().data.astype(np.float32)
    positions = pca(vectors)
    found = faithfulness(vectors, positions, 10)
    x, y = vectors.astype(np.float64), positions.astype(np.float64)
    # Distances of whole pixels tie, and scikit-learn has what is equally far in no order.
    assert found.trustworthiness == pytest.approx(trustworthiness(x, y, n_neighbors=10), abs=3e-4)
    assert found.continuity == pytest.approx(trustworthiness(y, x, n_neighbors=10), abs=3e-4)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "inner_product"])
def test_ranks_are_those_of_all_distances(metric: str) -> None:
    vectors, _ = made_up(3000, dims=24)
    rows = np.array([0, 7, 2047, 2048, 2999])
    candidates = np.array([[1, 2999, 500], [6, 8, -1], [2048, 0, 1], [2047, 3, 4], [0, -1, 2998]])
    ranks = neighbor_ranks(vectors, metric, rows, candidates.astype(np.int32), n_threads=2)
    expected = np.take_along_axis(plain_ranks(vectors, metric)[rows], candidates, axis=1)
    assert (candidates >= 0).sum() == 13
    np.testing.assert_array_equal(ranks, np.where(candidates < 0, 0, expected))


def test_ranks_hold_far_from_the_origin() -> None:
    vectors, _ = made_up(500)
    candidates = np.tile(np.arange(1, 11), (500, 1)).astype(np.int32) + np.arange(500)[:, None]
    candidates %= 500
    moved = (vectors + 1000).astype(np.float32)
    ranks = neighbor_ranks(moved, "euclidean", np.arange(500), candidates.astype(np.int32))
    expected = np.take_along_axis(plain_ranks(moved, "euclidean"), candidates, axis=1)
    np.testing.assert_array_equal(ranks, expected)


def test_equally_near_items_have_the_best_rank_of_theirs() -> None:
    vectors = np.array([[0.0], [1.0], [1.0], [-1.0], [3.0]], np.float32)
    candidates = np.array([[1, 2, 3, 4]], np.int32)
    ranks = neighbor_ranks(vectors, "euclidean", np.array([0]), candidates)
    assert ranks.tolist() == [[1, 1, 1, 4]]


def test_what_each_item_keeps_invents_and_misses() -> None:
    vectors, positions = made_up(300)
    k, k_max = 8, 25
    found = faithfulness(vectors, positions, k, k_max=k_max)
    true, drawn = (plain_ranks(x, "euclidean") for x in (vectors, positions))
    for item in range(300):
        near, on_map = (set(np.flatnonzero(r[item] <= k)) - {item} for r in (true, drawn))
        known, around = (set(np.flatnonzero(r[item] <= k_max)) - {item} for r in (true, drawn))
        assert found.trust[item] == pytest.approx(len(near & on_map) / k)
        assert found.false_neighbors[item] == pytest.approx(len(on_map - known) / k)
        assert found.missing_neighbors[item] == pytest.approx(len(near - around) / k)
    assert found.kept == pytest.approx(found.trust.mean())
    assert {a.dtype for a in (found.trust, found.false_neighbors, found.missing_neighbors)} == {
        np.dtype(np.float32)
    }
    assert 0 < found.kept < 0.5
    assert found.false_neighbors.std() > 0


def test_with_k_neighbors_known_false_and_missing_are_what_is_not_kept() -> None:
    vectors, positions = made_up(200)
    found = faithfulness(vectors, positions, 10)
    np.testing.assert_allclose(found.false_neighbors, 1 - found.trust, atol=1e-6)
    np.testing.assert_allclose(found.missing_neighbors, 1 - found.trust, atol=1e-6)


def test_a_map_that_is_the_space_is_wholly_faithful() -> None:
    _, positions = made_up(300)
    found = faithfulness(positions, positions, 10)
    figures = (found.trustworthiness, found.continuity, found.kept, found.rank_correlation)
    assert figures == (1, 1, 1, pytest.approx(1))
    assert found.trust.min() == 1
    assert found.false_neighbors.max() == found.missing_neighbors.max() == 0


def test_a_map_at_random_keeps_what_chance_keeps() -> None:
    rng = np.random.default_rng(1)
    vectors, positions = made_up(600)
    found = faithfulness(vectors, rng.permutation(positions), 10)
    assert found.kept.chance == 10 / 599
    for figure in (found.trustworthiness, found.continuity, found.kept):
        assert figure == pytest.approx(figure.chance, abs=0.03)
    assert found.trustworthiness.chance == pytest.approx(0.5, abs=0.01)
    assert abs(found.rank_correlation) < 0.05


def test_chance_is_the_mean_over_all_ranks() -> None:
    rng = np.random.default_rng(3)
    n, k = 23, 4
    drawn = [rng.permutation(np.arange(1, n))[:k] for _ in range(20_000)]
    scores = [1 - 2 / (k * (2 * n - 3 * k - 1)) * np.maximum(r - k, 0).sum() for r in drawn]
    vectors, positions = made_up(n)
    found = faithfulness(vectors, positions, k).trustworthiness.chance
    assert found == pytest.approx(np.mean(scores), abs=5 * np.std(scores) / np.sqrt(len(scores)))


def test_correlation_of_all_pairs_is_spearmans() -> None:
    vectors, positions = made_up(150)
    found = faithfulness(vectors, positions, 5)
    expected = spearmanr(pdist(vectors.astype(np.float64)), pdist(positions.astype(np.float64)))
    assert found.rank_correlation == pytest.approx(expected.statistic, abs=1e-9)


def test_a_sample_is_near_to_all() -> None:
    vectors, positions = made_up(1500)
    full = faithfulness(vectors, positions, 10)
    part = faithfulness(vectors, positions, 10, max_items=400)
    assert (part.sampled, part.n_items, full.sampled) == (True, 400, False)
    for name in ("trustworthiness", "continuity"):
        exact, sampled = getattr(full, name), getattr(part, name)
        assert sampled != exact
        assert abs(sampled - exact) < 4 * sampled.standard_error
    # What is there for each item is no sample.
    np.testing.assert_array_equal(part.trust, full.trust)
    assert part.kept == full.kept
    assert "400 items sampled" in repr(part)
    # Of 1.1 million pairs 200,000 are asked.
    expected = spearmanr(pdist(vectors), pdist(positions)).statistic
    assert part.rank_correlation == pytest.approx(expected, abs=0.01)


def test_the_same_seed_gives_the_same_figures_whatever_the_threads() -> None:
    vectors, positions = made_up(5000)
    one, two = (
        faithfulness(vectors, positions, 10, max_items=100, n_jobs=n_jobs) for n_jobs in (1, 2)
    )
    other = faithfulness(vectors, positions, 10, max_items=100, random_state=1)
    for name in ("trustworthiness", "continuity", "kept", "rank_correlation"):
        assert getattr(one, name) == getattr(two, name)
    assert one.trustworthiness != other.trustworthiness


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(0, 1000), st.booleans())
def test_few_items_and_copies_give_figures_in_range(n: int, seed: int, copies: bool) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(0, 2 if copies else 100, (n, 3)).astype(np.float32)
    positions = rng.integers(0, 2 if copies else 100, (n, 2)).astype(np.float32)
    found = faithfulness(vectors, positions, n - 1)
    assert found.n_neighbors == (n - 1) // 2
    for value in (found.trustworthiness, found.continuity, found.kept):
        assert 0 <= value <= 1
    for values in (found.trust, found.false_neighbors, found.missing_neighbors):
        assert values.shape == (n,)
        assert ((values >= 0) & (values <= 1)).all()
    assert np.isnan(found.rank_correlation) or -1 <= found.rank_correlation <= 1 + 1e-12


def test_all_items_at_one_place_are_no_neighbors_of_themselves() -> None:
    vectors, _ = made_up(40)
    found = faithfulness(vectors, np.zeros((40, 2), np.float32), 5)
    assert np.isnan(found.rank_correlation)
    assert found.continuity == 1
    assert 0 <= found.trustworthiness <= 1


def test_a_neighbor_that_is_not_known_does_not_count() -> None:
    vectors, positions = made_up(100)
    indices = knn_graph(vectors, 6, metric="euclidean").indices.copy()
    indices[:50, 3:] = -1
    indices[50] = -1
    found = map_faithfulness(indices, positions, vectors=vectors, metric="euclidean", n_neighbors=6)
    drawn = plain_ranks(positions, "euclidean")
    expected = [(drawn[i, indices[i, :3]] <= 6).mean() for i in range(50)]
    np.testing.assert_allclose(found.trust[:50], expected, atol=1e-6)
    assert found.trust[50] == 0
    assert 0 <= found.continuity <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"positions": np.zeros((9, 2))}, "9 positions, 10 vectors and neighbours of 10 items"),
        ({"positions": np.full((10, 2), np.nan)}, "positions: row 0, column 0 is nan"),
        ({"n_neighbors": 4}, "n_neighbors=4: the graph has 1 to 3 neighbours"),
        ({"n_neighbors": 0}, "n_neighbors=0: with 10 items give 1 to 9"),
        ({"max_items": 0}, "max_items=0: give a whole number of at least 1"),
        ({"n_jobs": 0}, "n_jobs=0: give a whole number of at least 1"),
        ({"metric": "manhattan"}, "metric='manhattan' is not known"),
        ({"vectors": np.zeros((10, 3), np.float32), "metric": "cosine"}, "10 rows are all zero"),
    ],
)
def test_what_does_not_belong_together_is_refused(change: dict, message: str) -> None:
    vectors, positions = made_up(10, dims=3)
    arguments = {
        "indices": knn_graph(vectors, 3, metric="euclidean").indices,
        "positions": positions,
        "vectors": vectors,
        "metric": "euclidean",
        "n_neighbors": 3,
        **change,
    }
    with pytest.raises(ValueError, match=message):
        map_faithfulness(**arguments)


def test_two_items_have_no_faithful_map() -> None:
    with pytest.raises(ValueError, match="2 items: a map needs at least 3"):
        faithfulness(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), 1)
