"""What every engine keeps to, and one that is made up in this file as a newcomer would.

PyNNDescent compiles for a minute: no other file may use it.
"""

import re
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

import embwidget as ew
from embwidget._core.progress import Cancelled, silent
from embwidget.knn import ENGINES, Engine, KNNGraph, knn_graph, query
from embwidget.metrics import METRICS, Metric


class BruteForce(Engine):
    """All distances, sorted."""

    name = "brute force"
    is_exact = True

    def search(
        self,
        vectors,
        n_neighbors,
        *,
        metric,
        n_jobs=None,
        max_memory=None,
        random_state=0,
        progress=silent,
    ):
        progress("sorting", 0.0)
        distances = metric.table(vectors, vectors).round(10)
        np.fill_diagonal(distances, np.inf)
        order = np.argsort(distances, axis=1, kind="stable")[:, :n_neighbors].astype(np.int32)
        found = np.take_along_axis(distances, order, axis=1).astype(np.float32)
        return KNNGraph(order, found, metric.name, self.name)


OWN = BruteForce()
engines = pytest.mark.parametrize(
    "engine", [*ENGINES.values(), OWN], ids=lambda engine: engine.name
)
each_pair = pytest.mark.parametrize(
    ("engine", "metric"),
    [
        pytest.param(engine, metric, id=f"{engine.name}-{metric.name}")
        for engine in [*ENGINES.values(), OWN]
        for metric in METRICS.values()
        if engine.can(metric)
    ],
)
K = 10


def vectors_for(metric: Metric, n: int = 1500, d: int = 24) -> np.ndarray:
    """Clusters, every thirtieth row a copy of the first; packed for what takes bits."""
    rng = np.random.default_rng(0)
    x = 2 * rng.normal(size=(30, d))[rng.integers(0, 30, n)] + rng.normal(size=(n, d))
    x[::30] = x[0]
    if metric.numbers_per_entry > 1:
        x = np.packbits(x > 0, axis=1)
    return x.astype(np.float32)


@pytest.fixture(scope="module")
def found() -> Any:
    """Graph of each engine and metric, searched once."""
    graphs: dict[tuple[str, str], KNNGraph] = {}

    def graph(engine: Engine, metric: Metric) -> KNNGraph:
        key = engine.name, metric.name
        if key not in graphs:
            graphs[key] = knn_graph(vectors_for(metric), K, metric=metric, engine=engine, n_jobs=1)
        return graphs[key]

    return graph


@each_pair
def test_a_graph_is_whole_and_in_order(engine: Engine, metric: Metric, found: Any) -> None:
    graph = found(engine, metric)
    assert graph.indices.shape == graph.distances.shape == (1500, K)
    assert (graph.indices.dtype, graph.distances.dtype) == (np.int32, np.float32)
    assert graph.metric == metric.name
    # A cluster engine may find that comparing all pairs costs less.
    assert graph.engine in {engine.name, "exact"}
    assert ((graph.indices >= 0) & (graph.indices < 1500)).all()
    assert (graph.indices != np.arange(1500)[:, None]).all()
    ascending = np.sort(graph.indices, axis=1)
    assert (ascending[:, 1:] != ascending[:, :-1]).all()
    assert (np.diff(graph.distances, axis=1) >= 0).all()


@each_pair
def test_distances_are_the_metrics_own(engine: Engine, metric: Metric, found: Any) -> None:
    graph, x = found(engine, metric), vectors_for(metric)
    expected = metric.distances(x[:, None, :], x[graph.indices])
    np.testing.assert_allclose(graph.distances, expected, rtol=1e-6, atol=1e-6)


@each_pair
def test_the_neighbours_are_the_nearest(engine: Engine, metric: Metric, found: Any) -> None:
    graph, x = found(engine, metric), vectors_for(metric)
    true = metric.table(x, x).round(10)
    np.fill_diagonal(true, np.inf)
    order = np.argsort(true, axis=1, kind="stable")[:, :K]
    last = np.take_along_axis(true, order, 1)[:, -1:]
    share = float((np.take_along_axis(true, graph.indices, 1) <= last).mean())
    if graph.exact:
        np.testing.assert_array_equal(graph.indices, order)
        assert graph.recall is None
    else:
        assert not engine.is_exact
        assert share >= 0.98
        assert graph.recall.low - 0.005 <= share <= graph.recall.high + 0.005


@each_pair
def test_the_same_seed_gives_the_same_graph_on_any_number_of_threads_unless_said(
    engine: Engine, metric: Metric, found: Any
) -> None:
    first = found(engine, metric)
    for n_jobs in (1,) if engine.seeds_threads else (1, 2):
        again = knn_graph(vectors_for(metric), K, metric=metric, engine=engine, n_jobs=n_jobs)
        np.testing.assert_array_equal(again.indices, first.indices)
        np.testing.assert_array_equal(again.distances, first.distances)


@each_pair
def test_items_themselves_find_their_neighbours(engine: Engine, metric: Metric, found: Any) -> None:
    graph, x = found(engine, metric), vectors_for(metric)
    indices, distances = query(x, x[:60], K + 1, metric=metric, engine=engine, n_jobs=2)
    assert indices.shape == distances.shape == (60, K + 1)
    assert (indices.dtype, distances.dtype) == (np.int32, np.float32)
    assert (np.diff(distances, axis=1) >= 0).all()
    shares = []
    for row in range(60):
        # The item is among its copies; by the inner product it may be behind longer ones.
        others = indices[row][indices[row] != row][:K]
        if graph.exact:
            np.testing.assert_array_equal(others, graph.indices[row, : len(others)])
        mine = np.delete(distances[row], np.flatnonzero(indices[row] == row))[:K]
        # What a search misses lies farther; of those equally far it may have found others.
        shares.append((np.abs(mine - graph.distances[row, : len(mine)]) <= 1e-6).mean())
    assert np.mean(shares) > 0.9


def threads_started(call: Any) -> int:
    """Threads that Python starts in a call, counted by its profiler."""
    started = []

    def watch(frame: object, event: str, called: Any) -> None:
        if event == "c_call" and called.__module__ == "_thread" and "start" in called.__name__:
            started.append(called)

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return len(started)


@engines
def test_one_job_starts_no_thread(engine: Engine) -> None:
    x = vectors_for(METRICS["cosine"])
    knn_graph(x, 5, engine=engine, n_jobs=1)  # what libraries start at their first use
    assert threads_started(lambda: knn_graph(x, 5, engine=engine, n_jobs=1)) == 0
    assert threads_started(lambda: query(x, x, 5, engine=engine, n_jobs=1)) == 0
    query(x, x, 5, engine="exact", n_jobs=2)  # whether there can be threads is tried once
    assert threads_started(lambda: query(x, x, 5, engine="exact", n_jobs=2)) == 2


@engines
def test_a_bad_query_is_refused(engine: Engine) -> None:
    x = vectors_for(METRICS["euclidean"], 50)
    for new, k, said in (
        (x[:, :5], 3, "new has 5 dimensions and x has 24"),
        (x, 0, "n_neighbors=0: give a whole number from 1 to 50"),
        (x, 51, "n_neighbors=51"),
        (np.full((2, 24), np.nan), 3, "(?i)nan"),
    ):
        with pytest.raises(ValueError, match=said):
            query(x, new, k, metric="euclidean", engine=engine)


@engines
def test_progress_rises_from_0_to_1(engine: Engine) -> None:
    for call in (knn_graph, lambda x, k, **how: query(x, x[:300], k, **how)):
        shares: list[float] = []
        call(
            vectors_for(METRICS["cosine"]),
            5,
            engine=engine,
            n_jobs=2,
            progress=lambda _, share, shares=shares: shares.append(share),
        )
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert shares == sorted(shares)


@engines
@pytest.mark.parametrize("after", [0, 2])
def test_what_progress_raises_stops_it(engine: Engine, after: int) -> None:
    calls: list[float] = []

    def cancel(step: str, share: float) -> None:
        calls.append(share)
        if len(calls) > after or share == 1.0:
            raise Cancelled

    with pytest.raises(Cancelled):
        knn_graph(vectors_for(METRICS["cosine"]), 5, engine=engine, progress=cancel)
    assert len(calls) <= after + 1


@engines
def test_what_it_cannot_do_is_refused_in_one_sentence(engine: Engine) -> None:
    x = np.ones((20, 8), np.float32)
    cannot = [metric for metric in METRICS.values() if not engine.can(metric)]
    for metric in cannot:
        with pytest.raises(
            ValueError, match=rf'has no metric="{metric.name}": use engine='
        ) as said:
            knn_graph(x, 3, metric=metric, engine=engine)
        assert "\n" not in str(said.value)
    if not engine.bounds_memory:
        with pytest.raises(ValueError, match=r'no bound of memory.*engine="exact"'):
            knn_graph(x, 3, metric="euclidean", engine=engine, max_memory=1 << 30)


def test_an_own_engine_is_taken_wherever_a_name_is() -> None:
    x = vectors_for(METRICS["cosine"], 200)
    graph = knn_graph(x, 5, engine=OWN)
    assert repr(graph) == "KNNGraph(200 x 5, cosine, exact)"
    assert graph.engine == "brute force"
    compared = ew.compare(x, x, engine=OWN, n_neighbors=4, k_max=5)
    assert [compared.graph_a.engine, compared.graph_b.engine] == ["brute force"] * 2
    assert compared.similarity.value == 1.0


def test_what_an_own_engine_finds_is_not_cached(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path))
    x = np.random.default_rng(0).normal(size=(1200, 150)).astype(np.float32)
    knn_graph(x, 3, engine=OWN)
    assert len(ew.cache.entries()) == 0
    knn_graph(x, 3)
    assert len(ew.cache.entries()) == 1


def test_what_is_missing_says_how_to_install_it() -> None:
    absent = type("Absent", (BruteForce,), {"needs": (("no_such_package", "servers"),)})()
    with pytest.raises(ImportError, match=re.escape('pip install "embwidget[servers]"')):
        knn_graph(np.eye(5), 2, engine=absent)


@pytest.mark.parametrize("wrong", [None, 3, BruteForce, "brute force", object()])
def test_what_is_no_engine_is_refused(wrong: Any) -> None:
    for call in (
        lambda: knn_graph(np.eye(5), 2, engine=wrong),
        lambda: query(np.eye(5), np.eye(5), 2, engine=wrong),
        lambda: ew.compare(np.eye(5), np.eye(5), engine=wrong),
    ):
        with pytest.raises(ValueError, match=r"'auto', 'exact', .* a subclass of embwidget\.knn"):
            call()


# PyNNDescent on real data: what the contract does not say.


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data.astype(np.float32)


def approximate(vectors: np.ndarray, metric: str, **options: object) -> KNNGraph:
    return knn_graph(vectors, 15, metric=metric, engine="nndescent", **options)


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


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_recall_is_high_and_what_is_said(digits: np.ndarray, metric: str) -> None:
    exact = knn_graph(digits, 15, metric=metric)
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


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_copies_are_found_and_self_is_not(digits: np.ndarray, metric: str) -> None:
    doubled = np.repeat(digits[:400], 3, axis=0)
    graph = approximate(doubled, metric)
    assert_well_formed(graph)
    assert (graph.distances[:, :2] == 0).mean() > 0.99
    exact = knn_graph(doubled, 15, metric=metric)
    assert true_recall(graph, exact) >= 0.99


def test_more_copies_than_neighbors(digits: np.ndarray) -> None:
    heap = digits.copy()
    heap[::3] = heap[0]
    graph = approximate(heap, "euclidean")
    assert_well_formed(graph)
    assert graph.recall is not None
    # Any of the copies is as near as the others: recall counts distances, not names.
    recall = true_recall(graph, knn_graph(heap, 15, metric="euclidean"))
    assert abs(recall - graph.recall) < 0.05


@pytest.mark.parametrize("scale", [1e-18, 1e18])
def test_the_scale_does_not_matter(digits: np.ndarray, scale: float) -> None:
    graph = approximate(digits * np.float32(scale), "euclidean", n_jobs=1)
    assert graph.recall is not None
    assert graph.recall >= 0.99


@pytest.mark.filterwarnings("ignore:Failed to correctly find")
def test_small_spaces_and_many_threads(digits: np.ndarray) -> None:
    graph = approximate(digits[:16], "cosine", n_jobs=512)
    assert_well_formed(graph)
    assert graph.recall == 1
