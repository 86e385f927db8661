"""UMAP's layout by our own kernels: its settings, odd input, threads, the cache."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

import embwidget as ew
from embwidget._core.progress import Cancelled
from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph
from embwidget.projection import UMAP, MapRequest, procrustes, project, project_pair
from embwidget.projection.layout import lay_out
from embwidget.projection.reducers import umap, umap_layout
from embwidget.projection.reducers.fuzzy import fuzzy_weights

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:500].astype(np.float32)


@pytest.fixture(scope="module")
def graph(digits):
    return knn_graph(digits, 14)


def drawn(x, reducer=None, **given):
    """A map by the layout, however few items there are."""
    return lay_out(reducer or UMAP(), MapRequest(np.asarray(x, np.float32), **given))


def drawn_of(indices, distances=None, **given):
    """A map of a graph, of items whose vectors say nothing."""
    indices = np.asarray(indices, np.int32)
    if distances is None:
        distances = np.where(indices < 0, np.inf, np.arange(1, indices.shape[1] + 1))
    made = KNNGraph(indices, np.asarray(distances, np.float32), "euclidean", "test")
    x = np.random.default_rng(0).normal(size=(len(indices), 3))
    return drawn(x, metric="euclidean", graph=made, n_neighbors=indices.shape[1] + 1, **given)


# -- settings --------------------------------------------------------------------------------------


def test_the_name_has_the_default_settings(digits, graph):
    by_name = project(digits, "umap", graph=graph)
    np.testing.assert_array_equal(project(digits, UMAP(), graph=graph), by_name)
    spelled = UMAP(n_components=2, min_dist=0.1, spread=1, n_epochs=200, random_state=0)
    np.testing.assert_array_equal(project(digits, spelled, graph=graph), by_name)
    of_numpy = UMAP(min_dist=np.float64(0.1), spread=np.float32(1), n_epochs=np.int64(200))
    np.testing.assert_array_equal(project(digits, of_numpy, graph=graph), by_name)


def test_three_dimensions_keep_more_than_two(digits, graph):
    flat, deep = (project(digits, UMAP(n_components=n), graph=graph) for n in (2, 3))
    assert deep.shape == (500, 3)
    assert (np.ptp(deep, axis=0) > 1).all()

    def trust(positions):
        return trustworthiness(digits, positions, n_neighbors=10, metric="cosine")

    assert trust(deep) > trust(flat) > 0.95


def test_a_pair_and_a_start_may_have_three_dimensions(digits, graph):
    a, b = project_pair(digits, digits, UMAP(n_components=3), graph_a=graph, graph_b=graph)
    assert a.shape == b.shape == (500, 3)
    assert np.linalg.norm(a - b, axis=1).mean() < 0.3 * a.std(axis=0).sum()
    with pytest.raises(ValueError, match=r"init has the shape \(500, 2\): \(500, 3\) is needed"):
        project(digits, UMAP(n_components=3), graph=graph, init=a[:, :2])


def test_few_items_have_as_many_dimensions(digits):
    assert project(digits[:5], UMAP(n_components=3)).shape == (5, 3)


def test_what_shows_two_dimensions_refuses_three(digits):
    with pytest.raises(ValueError, match=r'"umap" draws maps of 3 dimensions: .*n_components=2'):
        ew.EmbeddingCompare(digits, digits, reducer=UMAP(n_components=3))
    with pytest.raises(ValueError, match='"umap" draws maps of 3 dimensions'):
        ew.compare(digits, digits).plot(reducer=UMAP(n_components=3))


def test_a_larger_min_dist_spreads_items_and_a_larger_spread_the_map(digits, graph):
    def nearest(positions):
        return np.median(knn_graph(positions, 1, metric="euclidean").distances)

    maps = [
        project(digits, UMAP(min_dist=m, spread=s), graph=graph)
        for m, s in ((0, 1), (0.1, 1), (0.8, 1), (0.1, 3))
    ]
    packed, common, loose, _ = map(nearest, maps)
    assert packed < common < loose
    assert maps[3].std() > 1.5 * maps[1].std()


def test_epochs_and_seed_are_those_of_the_object(digits, graph):
    reports = []
    short = UMAP(n_epochs=7, random_state=5)
    seeded = project(digits, short, graph=graph, progress=lambda *told: reports.append(told))
    assert 7 <= len(reports) < 20
    np.testing.assert_array_equal(project(digits, short, graph=graph, random_state=1), seeded)
    other = project(digits, UMAP(n_epochs=7), graph=graph, random_state=5)
    np.testing.assert_array_equal(other, seeded)
    assert np.abs(project(digits, UMAP(n_epochs=7), graph=graph) - seeded).max() > 1e-3


def test_without_a_seed_every_map_is_another(digits, graph):
    a, b = (project(digits, "umap", graph=graph, random_state=None) for _ in "ab")
    assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_components": 1}, "n_components=1: give a whole number from 2 to 3"),
        ({"n_components": 4}, "n_components=4"),
        ({"n_components": 2.0}, "n_components=2.0"),
        ({"n_epochs": 0}, "n_epochs=0: give a whole number of at least 1"),
        ({"random_state": -1}, "random_state=-1"),
        ({"min_dist": -0.1}, "min_dist=-0.1: give a number from 0 to 1, the spread"),
        ({"min_dist": 2.5, "spread": 2}, "min_dist=2.5: give a number from 0 to 2"),
        ({"min_dist": float("nan")}, "min_dist=nan"),
        ({"min_dist": "near"}, "min_dist='near'"),
        ({"spread": 0}, "spread=0: give a number from 0.01 to 100"),
        ({"spread": True}, "spread=True"),
    ],
)
def test_bad_settings_are_refused_in_one_line(given, message):
    with pytest.raises(ValueError, match=message) as caught:
        UMAP(**given)
    assert "\n" not in str(caught.value)


# -- the same for every number of threads ----------------------------------------------------------


def test_many_items_are_laid_out_in_another_order_and_come_back_in_theirs(
    digits, graph, monkeypatch
):
    expected = project(digits, "umap", graph=graph)
    monkeypatch.setattr(umap_layout, "_CACHED_ITEMS", 0)
    for n_components in (2, 3):
        positions = project(digits, UMAP(n_components=n_components), graph=graph)
        assert trustworthiness(digits, positions, n_neighbors=10, metric="cosine") > 0.95
    positions = procrustes(expected, project(digits, "umap", graph=graph), scale="spread")
    # By chance .1 to .5, as of two seeds; were the items mixed up, 1 and more.
    assert np.median(np.linalg.norm(positions - expected, axis=1)) < 0.6 * expected.std()
    for start in (np.zeros((500, 2)), expected * [1e-30, 0], expected * 1e30):
        assert np.isfinite(project(digits, "umap", graph=graph, init=start)).all()


@pytest.mark.parametrize("n_components", [2, 3])
def test_the_bits_are_the_same_for_every_number_of_threads(
    digits, graph, n_components, monkeypatch
):
    monkeypatch.setattr(umap_layout, "_EDGES_PER_THREAD", 1)
    reducer = UMAP(n_components=n_components, n_epochs=30)
    maps = [project(digits, reducer, graph=graph, n_jobs=n) for n in (1, 2, 3, 7)]
    for other in maps[1:]:
        np.testing.assert_array_equal(other, maps[0])


def test_threads_end_when_the_layout_is_cancelled(digits, graph, monkeypatch):
    monkeypatch.setattr(umap_layout, "_EDGES_PER_THREAD", 1)
    shares = []

    def stop(step, share):
        shares.append(share)
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        project(digits, "umap", graph=graph, n_jobs=3, progress=stop)
    # Nothing was done after the report that raised, and one report was made for each epoch.
    assert sum(share > 0.5 for share in shares) == 1
    assert len(shares) > 80


# -- odd input -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 8, 9, 17])
def test_few_items_get_a_map(n):
    x = np.random.default_rng(0).normal(size=(n, 4))
    for n_components in (2, 3):
        positions = drawn(x, UMAP(n_components=n_components), metric="euclidean")
        assert positions.shape == (n, n_components)
        assert len(np.unique(positions, axis=0)) == n


def test_copies_are_drawn_apart():
    x = np.repeat(np.random.default_rng(0).normal(size=(4, 5)), 40, axis=0)
    positions = drawn(x, metric="euclidean")
    assert len(np.unique(positions, axis=0)) == 160
    middle = positions.reshape(4, 40, 2).mean(axis=1)
    nearest = np.linalg.norm(positions[:, None] - middle, axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, np.repeat(np.arange(4), 40))


def test_a_graph_without_neighbors_or_with_oneself_alone_gives_a_map():
    assert np.isfinite(drawn_of(np.full((30, 3), -1))).all()
    assert np.isfinite(drawn_of(np.repeat(np.arange(30)[:, None], 3, axis=1))).all()
    rows = np.tile([[1, 2, -1]], (30, 1))
    rows[5:20] = -1
    assert np.isfinite(drawn_of(rows)).all()


def test_a_hub_and_groups_without_a_path_between_them_give_a_map():
    hub = np.zeros((400, 1), int)
    hub[0] = 1
    assert np.ptp(drawn_of(hub), axis=0).max() < 200
    items = np.arange(400)[:, None]
    group = items // 20 * 20
    apart = np.hstack([group + (items - group + step) % 20 for step in (1, 2, 19)])
    positions = drawn_of(apart)
    assert np.ptp(positions, axis=0).max() < 200
    middle = positions.reshape(20, 20, 2).mean(axis=1, keepdims=True)
    own = np.linalg.norm(positions.reshape(20, 20, 2) - middle, axis=2).mean()
    assert own < 0.5 * positions.std()


def test_an_axis_without_extent_and_starts_of_any_size_are_taken(digits, graph):
    line = np.random.default_rng(0).normal(size=(60, 1))
    assert (np.ptp(drawn(line, metric="euclidean"), axis=0) > 1).all()
    start = project(digits, "umap", graph=graph)
    for init in (np.zeros((500, 2)), start * [1, 0], start * 1e-30, start * 1e30, start + 1e6):
        positions = project(digits, "umap", graph=graph, init=init)
        assert (np.ptp(positions, axis=0) > 1).all()
        assert np.ptp(positions, axis=0).max() < 200


def test_distances_of_any_size_are_taken():
    near = np.array([[(i + step) % 50 for step in (1, 2, 49)] for i in range(50)])
    for distances in ([[0, 0, 0]], [[0, 0, 1]], [[1e-38, 1e-30, 1]], [[1, 1e30, 3e38]]):
        assert np.isfinite(drawn_of(near, np.repeat(distances, 50, axis=0))).all()


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner_product"])
def test_the_graph_is_left_as_it_is_and_may_be_read_only(digits, metric):
    found = knn_graph(digits - digits.mean(axis=0), 14, metric=metric)
    indices, distances = found.indices[:, ::-1][:, ::-1].copy(), found.distances.copy()
    frozen = replace(found, indices=indices, distances=distances)
    indices.setflags(write=False)
    distances.setflags(write=False)
    positions = project(digits, "umap", graph=frozen)
    np.testing.assert_array_equal(indices, found.indices)
    np.testing.assert_array_equal(distances, found.distances)
    np.testing.assert_array_equal(positions, project(digits, "umap", graph=found))


def test_weights_are_symmetric_and_an_item_does_not_pull_at_itself(graph):
    indices = graph.indices.copy()
    indices[::3, 2] = np.arange(0, 500, 3)
    edges = fuzzy_weights(replace(graph, indices=indices))
    weights = np.zeros((500, 500), np.float32)
    weights[edges.row_of, edges.neighbors] = edges.weights
    np.testing.assert_array_equal(weights, weights.T)
    assert weights.diagonal().max() == 0
    assert np.count_nonzero(weights) == len(edges.weights)
    assert 0 < edges.weights.min() <= edges.weights.max() <= 1


# -- the cache -------------------------------------------------------------------------------------


def test_another_version_of_the_layout_is_another_map(digits, graph, tmp_path, monkeypatch):
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path))
    first = project(digits, "umap", graph=graph.first(5))
    assert len(list(tmp_path.glob("map-*"))) == 1
    np.testing.assert_array_equal(project(digits, UMAP(), graph=graph.first(5)), first)
    assert len(list(tmp_path.glob("map-*"))) == 1
    project(digits, UMAP(min_dist=0.2), graph=graph.first(5))
    assert len(list(tmp_path.glob("map-*"))) == 2
    monkeypatch.setattr(umap, "LAYOUT_VERSION", 0)
    project(digits, "umap", graph=graph.first(5))
    assert len(list(tmp_path.glob("map-*"))) == 3
