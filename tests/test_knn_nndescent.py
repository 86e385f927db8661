"""The approximate engine on real data. Its compilation costs a minute: no other file may use it."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from embwidget._core.progress import Cancelled
from embwidget.knn import KNNGraph, knn_graph

METRICS = ("cosine", "euclidean")
K = 15


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data.astype(np.float32)


def approximate(vectors: np.ndarray, metric: str, **options: object) -> KNNGraph:
    return knn_graph(vectors, K, metric=metric, engine="nndescent", **options)


def true_recall(graph: KNNGraph, exact: KNNGraph) -> float:
    """Share of the found that are no farther than the true last one."""
    return float((graph.distances <= exact.distances[:, -1:]).mean())


def assert_well_formed(graph: KNNGraph) -> None:
    n = graph.n_samples
    assert (graph.indices.dtype, graph.distances.dtype) == (np.int32, np.float32)
    assert (graph.indices != np.arange(n)[:, None]).all()
    assert (graph.distances[:, 1:] >= graph.distances[:, :-1]).all()
    in_order = np.sort(graph.indices, axis=1)
    assert ((in_order[:, 1:] != in_order[:, :-1]) | (in_order[:, 1:] == -1)).all()


@pytest.mark.parametrize("metric", METRICS)
def test_recall_is_high_and_what_is_said(digits: np.ndarray, metric: str) -> None:
    exact = knn_graph(digits, K, metric=metric)
    graph = approximate(digits, metric)
    assert_well_formed(graph)
    assert (graph.metric, graph.engine, graph.exact) == (metric, "nndescent", False)
    assert graph.recall is not None
    recall = true_recall(graph, exact)
    assert recall >= 0.99
    assert graph.recall.low <= recall <= graph.recall.high
    # What was found has the distances of the exact engine, to the last bit.
    same = graph.indices[:, 0] == exact.indices[:, 0]
    np.testing.assert_array_equal(graph.distances[same, 0], exact.distances[same, 0])


@pytest.mark.parametrize("metric", METRICS)
def test_copies_are_found_and_self_is_not(digits: np.ndarray, metric: str) -> None:
    doubled = np.repeat(digits[:400], 3, axis=0)
    graph = approximate(doubled, metric)
    assert_well_formed(graph)
    assert (graph.distances[:, :2] == 0).mean() > 0.99
    exact = knn_graph(doubled, K, metric=metric)
    assert true_recall(graph, exact) >= 0.99


def test_more_copies_than_neighbors(digits: np.ndarray) -> None:
    heap = digits.copy()
    heap[::3] = heap[0]
    graph = approximate(heap, "euclidean")
    assert_well_formed(graph)
    assert graph.recall is not None
    # Any of the copies is as near as the others: recall counts distances, not names.
    recall = true_recall(graph, knn_graph(heap, K, metric="euclidean"))
    assert abs(recall - graph.recall) < 0.05


def test_the_same_seed_gives_the_same_graph(digits: np.ndarray) -> None:
    one, two = (approximate(digits, "cosine", random_state=3) for _ in range(2))
    np.testing.assert_array_equal(one.indices, two.indices)
    np.testing.assert_array_equal(one.distances, two.distances)
    assert one.recall == two.recall


@pytest.mark.parametrize("scale", [1e-18, 1e18])
def test_the_scale_does_not_matter(digits: np.ndarray, scale: float) -> None:
    graph = approximate(digits * np.float32(scale), "euclidean", n_jobs=1)
    assert graph.recall is not None
    assert graph.recall >= 0.99


@pytest.mark.filterwarnings("ignore:Failed to correctly find")
def test_small_spaces_and_many_threads(digits: np.ndarray) -> None:
    graph = approximate(digits[: K + 1], "cosine", n_jobs=512)
    assert_well_formed(graph)
    assert graph.recall == 1


def test_progress_can_cancel(digits: np.ndarray) -> None:
    steps: list[str] = []

    def cancel(step: str, share: float) -> None:
        steps.append(step)
        raise Cancelled

    with pytest.raises(Cancelled):
        approximate(digits, "cosine", progress=cancel)
    assert steps == ["finding neighbours, approximately"]
