"""The engine that compares clusters, on real and on hard data."""

import threading

import numpy as np
import pytest
from sklearn.datasets import load_digits

from embwidget._core.progress import Cancelled
from embwidget.knn import KNNGraph, knn_graph
from embwidget.knn.approximate.recall import recall_of

METRICS = ("cosine", "euclidean", "inner_product")
K = 10


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Handwritten digits and noisy copies of them: 7188 rows that lie in clusters."""
    digits = load_digits().data
    rng = np.random.default_rng(0)
    noisy = [digits + rng.normal(size=digits.shape) for _ in range(3)]
    return np.concatenate([digits, *noisy]).astype(np.float32)


def approximate(vectors: np.ndarray, metric: str, **options: object) -> KNNGraph:
    return knn_graph(vectors, K, metric=metric, engine="ivf", **options)


def assert_well_formed(graph: KNNGraph) -> None:
    assert (graph.indices.dtype, graph.distances.dtype) == (np.int32, np.float32)
    assert (graph.indices != np.arange(graph.n_samples)[:, None]).all()
    assert (graph.distances[:, 1:] >= graph.distances[:, :-1]).all()
    in_order = np.sort(graph.indices, axis=1)
    assert in_order.min() >= 0
    assert (in_order[:, 1:] != in_order[:, :-1]).all()


@pytest.mark.parametrize("metric", METRICS)
def test_recall_is_high_and_what_is_said(vectors: np.ndarray, metric: str) -> None:
    exact = knn_graph(vectors, K, metric=metric)
    graph = approximate(vectors, metric)
    assert_well_formed(graph)
    assert (graph.metric, graph.engine, graph.exact) == (metric, "ivf", False)
    assert graph.recall is not None
    recall = float((graph.distances <= exact.distances[:, -1:]).mean())
    assert recall >= 0.985
    assert graph.recall >= 0.99
    assert graph.recall.low <= recall <= graph.recall.high
    # What was found has the distances of the exact engine, to the last bit.
    same = graph.indices[:, 0] == exact.indices[:, 0]
    assert same.mean() > 0.95
    np.testing.assert_array_equal(graph.distances[same, 0], exact.distances[same, 0])


@pytest.mark.parametrize("metric", METRICS)
def test_the_number_of_threads_does_not_change_the_graph(vectors: np.ndarray, metric: str) -> None:
    copies = vectors.copy()
    copies[::50] = copies[0]  # ties, of which the same ones have to be kept
    one, many = (approximate(copies, metric, n_jobs=n, random_state=3) for n in (1, 4))
    assert one.engine == "ivf"
    np.testing.assert_array_equal(one.indices, many.indices)
    np.testing.assert_array_equal(one.distances, many.distances)
    assert one.recall == many.recall


@pytest.mark.parametrize("metric", METRICS)
def test_where_clusters_do_not_help_all_pairs_are_compared(metric: str) -> None:
    spread = np.random.default_rng(1).normal(size=(1500, 60)).astype(np.float32)
    identical = np.ones((1500, 4), np.float32)
    for rows in (spread, identical, spread[: K + 1], spread[:3]):
        k = min(K, len(rows) - 1)
        graph = knn_graph(rows, k, metric=metric, engine="ivf")
        exact = knn_graph(rows, k, metric=metric)
        assert (graph.engine, graph.recall) == ("exact", None)
        np.testing.assert_array_equal(graph.indices, exact.indices)


@pytest.mark.parametrize("scale", [1e-18, 1e18])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_scale_does_not_matter(vectors: np.ndarray, metric: str, scale: float) -> None:
    graph = approximate(vectors[::3] * np.float32(scale), metric)
    assert_well_formed(graph)
    assert graph.exact or graph.recall >= 0.99


def test_far_groups_smaller_than_the_lists_get_whole_lists() -> None:
    rng = np.random.default_rng(2)
    centres = 1e3 * rng.normal(size=(700, 16))
    groups = (centres[rng.integers(0, 700, 4000)] + rng.normal(size=(4000, 16))).astype(np.float32)
    graph = knn_graph(groups, 40, metric="euclidean", engine="ivf")
    assert_well_formed(graph)
    assert graph.distances.max() < 1e5


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_progress_rises_often_and_comes_from_the_calling_thread(
    vectors: np.ndarray, n_jobs: int
) -> None:
    shares: list[float] = []
    threads = set()

    def progress(step: str, share: float) -> None:
        shares.append(share)
        threads.add(threading.get_ident())

    approximate(vectors, "cosine", n_jobs=n_jobs, progress=progress)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.05
    assert 0.9 < shares[-1] <= 1
    # Steps that other threads end while this one waits for its turn come as one.
    assert n_jobs == 2 or len(shares) > 100
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6, 0.9])
def test_progress_can_cancel_anywhere(vectors: np.ndarray, after: float) -> None:
    def cancel(step: str, share: float) -> None:
        if share >= after:
            raise Cancelled

    before = threading.active_count()
    with pytest.raises(Cancelled):
        approximate(vectors, "euclidean", n_jobs=2, progress=cancel)
    assert threading.active_count() == before


def test_a_sample_without_a_miss_leaves_room_for_one() -> None:
    recall = recall_of(np.ones(500))
    assert recall == 1
    # What 500 rows do not show with 95 % probability: 3 in 500 rows that miss half of theirs.
    assert 0.995 < recall.low < 1 - 0.5 / 500
    assert recall_of(np.ones(1)).low < recall_of(np.ones(50)).low < recall.low
