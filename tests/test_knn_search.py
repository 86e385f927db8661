"""One entry to both engines: what it takes, what it refuses, which engine it chooses."""

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from embwidget import Space
from embwidget._core.progress import Cancelled
from embwidget.knn import ENGINES, knn_graph, search
from embwidget.knn.approximate.ranked import fill_short_rows, ranked
from embwidget.metrics import metric_of


def clusters(seed: int, n: int, d: int = 24) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = 3 * rng.normal(size=(20, d))
    return (centres[rng.integers(0, 20, n)] + rng.normal(size=(n, d))).astype(np.float32)


VECTORS = clusters(0, 60)


def test_the_defaults_are_fifteen_exact_neighbours_by_cosine() -> None:
    graph = knn_graph(VECTORS)
    assert graph.indices.shape == graph.distances.shape == (60, 15)
    assert graph.indices.dtype == np.int32
    assert graph.distances.dtype == np.float32
    assert (graph.metric, graph.engine, graph.exact, graph.recall) == (
        "cosine",
        "exact",
        True,
        None,
    )


@pytest.mark.parametrize(
    "given",
    [
        VECTORS.astype(np.float64),
        VECTORS.tolist(),
        Space(VECTORS),
        pd.DataFrame(VECTORS, columns=[f"x{i}" for i in range(24)]),
    ],
    ids=["float64", "lists", "space", "frame"],
)
def test_anything_that_makes_a_space_is_taken(given: Any) -> None:
    np.testing.assert_array_equal(knn_graph(given, 5).indices, knn_graph(VECTORS, 5).indices)


@pytest.mark.parametrize(
    ("alias", "metric"), [("l2", "euclidean"), ("ip", "inner_product"), ("dot", "inner_product")]
)
def test_a_metric_goes_by_its_other_names(alias: str, metric: str) -> None:
    assert knn_graph(VECTORS, 3, metric=alias).metric == metric


ZEROS = np.r_[VECTORS[:7], np.zeros((2, 24), np.float32)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_neighbors": 60}, "n_neighbors=60.*59"),
        ({"n_neighbors": 0}, "n_neighbors=0"),
        ({"n_neighbors": 2.5}, "n_neighbors=2.5"),
        ({"n_neighbors": True}, "n_neighbors=True"),
        ({"n_neighbors": "5"}, "n_neighbors='5'"),
        ({"metric": "manhattan"}, "manhattan.*cosine.*euclidean.*inner_product"),
        ({"metric": ""}, "metric=.. is not known"),
        ({"metric": ["cosine"]}, "metric=.* is not known"),
        ({"engine": None}, "engine=None is not known"),
        ({"engine": ["exact"]}, "engine=.* is not known"),
        ({"engine": "faiss"}, "faiss.*auto.*exact.*nndescent.*ivf"),
        ({"n_jobs": 0}, "n_jobs=0.*None"),
        ({"n_jobs": -1}, "n_jobs=-1"),
        ({"n_jobs": 1.5}, "n_jobs=1.5"),
        ({"n_jobs": "all"}, "n_jobs='all'.*None"),
        ({"x": ZEROS, "n_neighbors": 2}, "7, 8.*euclidean"),
        ({"x": VECTORS[:1], "n_neighbors": 1}, "1 item .* at least 2"),
        ({"x": VECTORS[0]}, "shape"),
        ({"x": np.full((9, 2), np.nan)}, "(?i)nan"),
        ({"engine": "nndescent", "metric": "ip"}, "inner_product.*exact.*ivf"),
        ({"engine": "ivf", "max_memory": 1 << 30}, "'ivf' has no bound of memory.*exact"),
        ({"max_memory": 1000}, "max_memory=1000: this search needs at least [0-9]+ bytes"),
        ({"max_memory": "2 GB"}, "max_memory='2 GB'.*bytes.*None"),
        ({"max_memory": True}, "max_memory=True"),
    ],
)
def test_bad_arguments_are_refused_in_one_line_that_says_what_to_do(
    arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        knn_graph(**{"x": VECTORS, **arguments})
    assert re.search(message, str(caught.value))
    assert "\n" not in str(caught.value)


def test_rows_of_zeros_have_euclidean_neighbours() -> None:
    graph = knn_graph(ZEROS, 1, metric="euclidean")
    np.testing.assert_array_equal(graph.indices[[7, 8], 0], [8, 7])
    np.testing.assert_array_equal(graph.distances[[7, 8], 0], [0, 0])


def test_all_others_can_be_asked_for() -> None:
    graph = knn_graph(VECTORS, np.int64(59))
    everyone = np.sort(np.c_[np.arange(60), graph.indices], axis=1)
    np.testing.assert_array_equal(everyone, np.tile(np.arange(60), (60, 1)))


def test_progress_can_cancel() -> None:
    def cancel(step: str, share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        knn_graph(VECTORS, 3, progress=cancel)


def test_auto_leaves_the_exact_engine_where_it_costs_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def approximate(vectors: np.ndarray, n_neighbors: int, **arguments: Any) -> str:
        asked.append((vectors.shape, n_neighbors, arguments["metric"].name))
        return "the other engine"

    monkeypatch.setattr(ENGINES["ivf"], "search", approximate)
    monkeypatch.setattr(search, "_MOST_EXACT_PRODUCTS", 60 * 60 * 24)
    assert knn_graph(VECTORS, 4).engine == "exact"
    monkeypatch.setattr(search, "_MOST_EXACT_PRODUCTS", 60 * 60 * 24 - 1)
    assert knn_graph(VECTORS, 4) == "the other engine"
    assert knn_graph(VECTORS, 4, metric="inner_product") == "the other engine"
    assert asked == [((60, 24), 4, "cosine"), ((60, 24), 4, "inner_product")]
    assert knn_graph(VECTORS, 4, engine="exact").engine == "exact"
    assert knn_graph(VECTORS, 4, max_memory=1 << 30).engine == "exact"


def test_a_hundred_thousand_usual_vectors_are_searched_exactly() -> None:
    assert 100_000**2 * 384 <= search._MOST_EXACT_PRODUCTS < 150_000**2 * 384


def test_the_exact_engine_imports_nothing_that_compiles() -> None:
    code = (
        "import sys, numpy as np; from embwidget import knn_graph;"
        "knn_graph(np.random.default_rng(0).normal(size=(50, 4)));"
        "heavy = {'numba', 'pynndescent', 'sklearn', 'scipy', 'torch', 'umap'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_missing_neighbours_are_found_by_looking_at_all() -> None:
    vectors = clusters(1, 200)
    truth = knn_graph(vectors, 6)
    space = metric_of("cosine").rows(vectors)
    found = np.c_[np.arange(200), truth.indices].astype(np.int32)
    found[3, 4:] = -1
    found[77] = -1
    indices, keys = ranked(space, found, 6)
    np.testing.assert_array_equal(indices[3, 3:], [-1, -1, -1])
    calls: list[int] = []
    distances = space.distance(keys)
    fill_short_rows(space, np.array([3, 77]), indices, distances, lambda: calls.append(1))
    np.testing.assert_array_equal(indices, truth.indices)
    np.testing.assert_array_equal(distances, truth.distances)
    assert len(calls) == 2
