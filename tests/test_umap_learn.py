"""Against umap-learn, an extra: what is equal, what it does by name, and what stays its user's."""

import sys

import numpy as np
import pytest

import embwidget as ew
from embwidget._core.progress import Cancelled
from embwidget.knn.graph import KNNGraph
from embwidget.projection import project
from embwidget.projection.alignment import procrustes
from embwidget.projection.reducers.fuzzy import curve, fuzzy_weights
from embwidget.projection.reducers.graph_lengths import nonnegative, without_gaps

N = 600


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(6, 12)) * 4
    return (centers[rng.integers(0, 6, N)] + rng.normal(size=(N, 12))).astype(np.float32)


@pytest.fixture(scope="module")
def graph(x: np.ndarray) -> KNNGraph:
    return ew.knn_graph(x, 14)


def graphs(x: np.ndarray) -> dict[str, KNNGraph]:
    """Of every kind: other metrics, few neighbors, copies, gaps, distances of 0 and of no scale."""
    copies = np.repeat(x[:40], 15, axis=0)
    full = ew.knn_graph(x, 14)
    indices, distances = full.indices.copy(), full.distances.copy()
    indices[::7, 5:], distances[::7, 5:] = -1, np.inf
    indices[3], distances[3] = -1, np.inf
    flat = KNNGraph(full.indices, np.ones_like(full.distances), "euclidean", "test")
    return {
        "cosine": full,
        "euclidean": ew.knn_graph(x, 14, metric="euclidean"),
        "inner product": ew.knn_graph(x, 14, metric="inner_product"),
        "one neighbor": full.first(1),
        "many": ew.knn_graph(x, 90),
        "copies": ew.knn_graph(copies, 14, metric="euclidean"),
        "more copies than neighbors": ew.knn_graph(copies, 20, metric="euclidean"),
        "gaps": KNNGraph(indices, distances, "cosine", "test"),
        "equal distances": flat,
    }


def test_weights_are_those_of_umap_learn(x: np.ndarray) -> None:
    from scipy.sparse import csr_matrix
    from umap.umap_ import fuzzy_simplicial_set

    for name, given in graphs(x).items():
        graph = without_gaps(given)
        indices, distances = KNNGraph(
            graph.indices, nonnegative(graph), graph.metric, graph.engine
        ).with_self()
        theirs, *_ = fuzzy_simplicial_set(
            x,
            indices.shape[1],
            np.random.RandomState(0),
            "euclidean",
            knn_indices=indices,
            knn_dists=distances,
        )
        ours = fuzzy_weights(graph)
        parts = ours.weights, ours.neighbors, ours.row_starts
        assert abs(csr_matrix(parts, shape=theirs.shape) - theirs).max() < 1e-5, name
        shared = fuzzy_weights(graph, n_threads=3)
        for part, other in zip(
            parts, (shared.weights, shared.neighbors, shared.row_starts), strict=True
        ):
            np.testing.assert_array_equal(part, other)


def test_the_curve_is_that_of_umap_learn() -> None:
    from umap.umap_ import find_ab_params

    for min_dist, spread in ((0.1, 1), (0.0, 1), (0.5, 1), (0.99, 1), (0.25, 2), (0.1, 0.5)):
        np.testing.assert_allclose(
            curve(min_dist, spread), find_ab_params(spread, min_dist), rtol=1e-3
        )


def test_by_name_it_draws_reports_and_is_cancelled_between_epochs(
    x: np.ndarray, graph: KNNGraph
) -> None:
    shares: list[float] = []
    theirs = project(
        x, "umap-learn", graph=graph, progress=lambda step, share: shares.append(share)
    )
    assert len(shares) > 200
    # Both are the same map, up to what chance decides.
    ours = procrustes(theirs, project(x, "umap", graph=graph), scale="spread")
    radius = np.linalg.norm(theirs - theirs.mean(axis=0), axis=1).mean()
    assert np.median(np.linalg.norm(theirs - ours, axis=1)) < 0.4 * radius

    seen = 0

    def stop(step: str, share: float) -> None:
        nonlocal seen
        seen += 1
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        project(x, "umap-learn", graph=graph, progress=stop)
    assert 70 < seen < 120


def test_no_neighbors_are_searched_by_umap_learn(
    x: np.ndarray, graph: KNNGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    import umap.umap_

    class Refused:
        def __init__(self, *_: object, **__: object) -> None:
            pytest.fail("UMAP searched neighbours")

    monkeypatch.setattr(umap.umap_, "nearest_neighbors", Refused)
    monkeypatch.setattr(umap.umap_, "NNDescent", Refused)
    assert project(x, "umap-learn", graph=graph).shape == (N, 2)


def test_somebody_elses_umap_still_has_its_own_bar(
    x: np.ndarray, graph: KNNGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    import umap

    project(x, "umap-learn", graph=graph)
    # Neighbours and a start are given, since UMAP would compile for long to find its own.
    own = np.arange(len(x))[:, None]
    indices = np.hstack([own, graph.indices])
    distances = np.hstack([np.zeros_like(own, np.float32), graph.distances])
    umap.UMAP(
        n_epochs=11,
        random_state=0,
        n_jobs=1,
        precomputed_knn=(indices, distances),
        init=x[:, :2],
        verbose=True,
    ).fit(x)
    assert "11/11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("umap", "umap-learn", lambda x: project(x, "umap-learn")),
        ("pynndescent", "nndescent", lambda x: ew.knn_graph(x, 5, engine="nndescent")),
    ],
)
def test_without_the_extra_a_sentence_names_it(
    x: np.ndarray, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, use: object
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf'pip install "embwidget\[{extra}\]"') as caught:
        use(x)
    assert "\n" not in str(caught.value)
    assert project(x, "umap", n_neighbors=5).shape == (N, 2)
