"""What every reducer promises: those of embwidget, and one that is made up here.

umap-learn compiles for ten seconds: beside its own file no other may use it.
"""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from embwidget import EmbeddingCompare
from embwidget._core.progress import Cancelled
from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph
from embwidget.projection import layout, project, project_pair
from embwidget.projection.layout import lay_out
from embwidget.projection.reducer import MapRequest, Reducer
from embwidget.projection.reducers import REDUCERS
from embwidget.projection.reducers.pca import pca

# t-SNE asks for 91 neighbours of each, and takes its time.
N = 100


class Smoothed(Reducer):
    """Principal components, each item at the mean of its neighbours."""

    name = "smoothed"
    takes_start = starts_from_pca = True

    def n_searched(self, n_neighbors):
        return n_neighbors - 1

    def fit(self, request):
        graph, start = request.graph_and_start()
        request.progress("smoothing", 0.5)
        near = np.where(graph.indices < 0, np.arange(len(start))[:, None], graph.indices)
        return (start + start[near].mean(axis=1)) / 2


OWN = Smoothed()
ALL = {**REDUCERS, OWN.name: OWN}
every = pytest.mark.parametrize("reducer", [*REDUCERS, OWN], ids=[*ALL])
with_a_graph = pytest.mark.parametrize(
    "reducer", [name for name, each in ALL.items() if each.n_searched(15)]
)


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(5, 8)) * 4
    return (centers[rng.integers(0, 5, N)] + rng.normal(size=(N, 8))).astype(np.float32)


@pytest.fixture(scope="module")
def graph(x):
    return knn_graph(x, 95)


def steps_of(x, reducer, **options):
    told = []
    project(x, reducer, progress=lambda step, share: told.append((step, share)), **options)
    return told


@every
def test_a_map_is_two_finite_numbers_an_item_and_the_same_again(x, reducer):
    first = project(x, reducer)
    assert first.shape == (N, 2)
    assert first.dtype == np.float32
    assert first.flags.c_contiguous
    assert np.isfinite(first).all()
    assert len(np.unique(first, axis=0)) > N // 2
    np.testing.assert_array_equal(project(x, reducer), first)


@every
def test_one_dimension_gets_a_map(reducer):
    x = np.random.default_rng(0).standard_normal((60, 1))
    positions = project(x, reducer, metric="euclidean")
    assert trustworthiness(x, positions, n_neighbors=5) > 0.9


@every
@pytest.mark.parametrize("given", [False, True], ids=["searching", "given a graph"])
def test_progress_goes_from_0_to_1_and_never_back(x, graph, reducer, given):
    told = steps_of(x, reducer, graph=graph if given else None)
    shares = [share for _, share in told]
    assert len(shares) > 2
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares == sorted(shares)


@every
def test_it_can_be_cancelled_at_the_first_and_at_a_middle_report(x, reducer):
    n_reports = len(steps_of(x, reducer))
    for stop in (1, n_reports // 2, n_reports):
        seen = 0

        def cancel(step, share, stop=stop):
            nonlocal seen
            seen += 1
            if seen == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            project(x, reducer, progress=cancel)
        assert seen == stop


@with_a_graph
def test_a_given_graph_is_used_and_none_is_searched(x, graph, reducer, monkeypatch):
    reducer = ALL[reducer]
    other = knn_graph(x[::-1].copy(), 95)
    expected = project(x, reducer, graph=graph)

    def refuse(*_, **__):
        pytest.fail("neighbours were searched")

    monkeypatch.setattr(layout, "knn_graph", refuse)
    np.testing.assert_array_equal(project(x, reducer, graph=graph), expected)
    assert np.abs(project(x, reducer, graph=other) - expected).max() > 1e-3


@with_a_graph
def test_what_an_approximate_graph_misses_does_no_harm(x, graph, reducer):
    reducer = ALL[reducer]
    indices, distances = graph.indices.copy(), graph.distances.copy()
    indices[::7, 4:], distances[::7, 4:] = -1, np.inf
    indices[3], distances[3] = -1, np.inf
    gaps = KNNGraph(indices, distances, "cosine", "nndescent")
    positions = project(x, reducer, graph=gaps)
    assert np.isfinite(positions).all()
    np.testing.assert_array_equal(gaps.indices, indices)
    np.testing.assert_array_equal(gaps.distances, distances)


@every
def test_few_items_and_equal_rows_are_drawn_by_principal_components(x, reducer):
    for n in (2, 3, 9):
        np.testing.assert_array_equal(project(x[:n], reducer), pca(x[:n]))
    np.testing.assert_allclose(project(np.full((30, 4), 0.1), reducer), 0, atol=1e-6)
    assert len(np.unique(project(x[:10], reducer), axis=0)) == 10


@pytest.mark.parametrize("reducer", ALL)
def test_threads_change_nothing(x, reducer):
    one, two = (lay_out(ALL[reducer], MapRequest(x, n_jobs=n_jobs)) for n_jobs in (1, 2))
    np.testing.assert_array_equal(one, two)


@every
def test_of_two_maps_the_second_starts_from_the_first_if_it_can(x, reducer):
    a, b = project_pair(x, x, reducer)
    assert a.shape == b.shape == (N, 2)
    assert np.isfinite(b).all()
    np.testing.assert_array_equal(a, project(x, reducer))
    mirrored = a * np.float32([1, -1])
    from_mirror = project(x, reducer, init=mirrored)
    if (REDUCERS[reducer] if isinstance(reducer, str) else reducer).takes_start:
        drawn = from_mirror - from_mirror.mean(axis=0)
        assert np.vdot(drawn, mirrored - mirrored.mean(axis=0)) > np.vdot(drawn, a - a.mean(axis=0))
    else:
        np.testing.assert_array_equal(from_mirror, a)


@pytest.mark.parametrize("reducer", ALL)
def test_those_that_can_draw_new_items_on_their_map(x, reducer):
    reducer = ALL[reducer]
    request = MapRequest(x)
    if not reducer.has_transform:
        with pytest.raises(NotImplementedError, match="draws no new items on a map"):
            reducer.transform(x[:3], request, x[:, :2])
        return
    positions = lay_out(reducer, request)
    drawn = reducer.transform(x[40:60], replace(request), positions)
    assert drawn.shape == (20, 2)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn, positions[40:60], atol=1e-4)
    near = reducer.transform(x[40:60] + np.float32(1e-4), replace(request), positions)
    apart = np.linalg.norm(near - positions[40:60], axis=1)
    assert np.median(apart) < 0.5 * np.ptp(positions, axis=0).mean()


def test_a_function_and_a_class_by_mistake(x):
    told = steps_of(x, lambda vectors: vectors[:, :2])
    assert [share for _, share in told] == [0, 1]
    with pytest.raises(TypeError, match=r"the class Smoothed: pass an object, Smoothed\(...\)"):
        project(x, Smoothed)


def test_the_names_and_which_of_them_transform():
    assert list(REDUCERS) == ["pca", "umap", "pca+umap", "umap-learn", "pacmap", "tsne"]
    able = [name for name, reducer in ALL.items() if reducer.has_transform]
    assert able == ["pca", "umap", "pacmap"]
    assert [name for name, reducer in ALL.items() if reducer.extra] == ["umap-learn", "pacmap"]


def test_the_widget_draws_by_ones_own(x):
    widget = EmbeddingCompare(x, x[:, ::2], reducer=OWN).wait()
    drawn, _ = project_pair(
        x, x[:, ::2], OWN, graph_a=widget.comparison.graph_a, graph_b=widget.comparison.graph_b
    )
    np.testing.assert_allclose(widget.positions_a, drawn, atol=1e-3)
