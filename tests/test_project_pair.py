"""Maps are judged in this file: what each keeps of the neighbours, and two of them together."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.manifold import trustworthiness
from threadpoolctl import threadpool_limits

from embwidget._core.progress import Cancelled
from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph
from embwidget.projection.alignment import procrustes
from embwidget.projection.maps import project
from embwidget.projection.pair import project_pair
from embwidget.projection.reducers.pca import pca

METRICS = ("cosine", "euclidean", "inner_product")
NAMED = ("umap", "pca+umap", "pacmap", "tsne")


def radius(points):
    return np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean())


def displacement(a, b):
    return np.linalg.norm(a - b, axis=1).mean() / radius(a)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Test processes share the cores: threads that wait for each other take longer than one."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:500].astype(np.float32)


@pytest.fixture(scope="module")
def supervised():
    """The same digits in another space: where their labels stand apart."""
    x, y = load_digits(return_X_y=True)
    model = LinearDiscriminantAnalysis().fit(x[500:], y[500:])
    return model.transform(x[:500]).astype(np.float32)


@pytest.fixture(scope="module")
def graph(digits):
    return knn_graph(digits, 50)


@pytest.fixture(scope="module")
def maps(digits, graph):
    return {name: project(digits, name, graph=graph) for name in NAMED}


@pytest.fixture(scope="module")
def pairs(digits, supervised):
    graphs = {"graph_a": knn_graph(digits, 30), "graph_b": knn_graph(supervised, 30)}
    return {
        name: project_pair(digits, supervised, name, **graphs) for name in ("pca", "umap", "tsne")
    }


@pytest.mark.parametrize("name", NAMED)
def test_a_map_keeps_neighbourhoods_that_pca_loses(digits, maps, name):
    def trust(positions):
        return trustworthiness(digits, positions, n_neighbors=10, metric="cosine")

    assert maps[name].shape == (500, 2)
    assert maps[name].dtype == np.float32
    assert trust(maps[name]) > 0.95
    assert trust(pca(digits)) < 0.86


@pytest.mark.parametrize("name", ["umap", "pacmap"])
def test_another_seed_gives_another_map(digits, graph, maps, name):
    assert np.abs(project(digits, name, graph=graph, random_state=1) - maps[name]).max() > 1e-3


@pytest.mark.parametrize("name", ["umap", "pacmap", "tsne"])
def test_the_map_is_that_of_the_graph(digits, name):
    """A graph of other neighbours must give a map of those, whatever the vectors say."""
    others = digits[:300][::-1]
    positions = project(digits[:300], name, graph=knn_graph(others, 91))
    assert trustworthiness(others, positions, n_neighbors=10, metric="cosine") > 0.9
    assert trustworthiness(digits[:300], positions, n_neighbors=10, metric="cosine") < 0.6


def test_without_a_graph_the_map_is_that_of_the_exact_neighbours(digits, maps):
    np.testing.assert_array_equal(project(digits, "umap"), maps["umap"])


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_gives_a_trustworthy_map(digits, name, metric):
    # Directions from the mean: among raw pixels, none negative, the brightest images would be
    # the nearest of all by inner product.
    x = digits[:250] - digits[:250].mean(axis=0)
    positions = project(x, name, metric=metric)
    judge = "euclidean" if metric == "euclidean" else "cosine"
    assert trustworthiness(x, positions, n_neighbors=10, metric=judge) > 0.85


def test_umap_ignores_a_shift_of_inner_products(digits):
    """Inner products have no zero point: adding a constant to all must not change the map."""
    graph = knn_graph(digits[:100], 14, metric="inner_product")
    shifted = KNNGraph(graph.indices, graph.distances + np.float32(2048), graph.metric, "test")
    a = project(digits[:100], "umap", graph=graph)
    b = project(digits[:100], "umap", graph=shifted)
    assert displacement(a, procrustes(a, b)) < 0.05


@pytest.mark.parametrize("name", NAMED)
def test_duplicates_and_zero_rows_get_a_map(digits, name):
    x = np.repeat(digits[:20], 4, axis=0)
    x[:6] = 0
    positions = project(x, name, metric="euclidean")
    assert len(np.unique(positions, axis=0)) > 15


def test_a_short_graph_is_used_as_far_as_it_goes(digits, graph):
    five = project(digits[:100], "umap", graph=knn_graph(digits[:100], 5))
    assert trustworthiness(digits[:100], five, n_neighbors=5, metric="cosine") > 0.9
    np.testing.assert_array_equal(
        project(digits, "umap", graph=graph, n_neighbors=6),
        project(digits, "umap", graph=graph.first(5)),
    )


@pytest.mark.parametrize("name", ["umap", "pacmap", "tsne"])
def test_an_approximate_graph_with_gaps_gives_a_whole_map(digits, name):
    x = digits[:300]
    full = knn_graph(x, 91)
    indices, distances = full.indices.copy(), full.distances.copy()
    indices[::7, 5:], distances[::7, 5:] = -1, np.inf
    indices[3], distances[3] = -1, np.inf
    gaps = KNNGraph(indices, distances, "cosine", "nndescent")
    positions = project(x, name, graph=gaps)
    assert trustworthiness(x, positions, n_neighbors=10, metric="cosine") > 0.95


@pytest.mark.parametrize("name", ["umap", "pacmap", "tsne"])
def test_a_map_stays_near_its_start(digits, graph, maps, name):
    mirrored = maps[name] * np.float32([1, -1])
    from_mirror = project(digits, name, graph=graph, init=mirrored)
    assert displacement(mirrored, procrustes(mirrored, from_mirror)) < 0.35
    assert displacement(maps[name], from_mirror) > 0.8


@pytest.mark.parametrize("name", NAMED)
def test_no_warning_or_message_reaches_the_caller(digits, name, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        project(digits[:100], name, metric="inner_product")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["pca", "umap", "tsne"])
def test_map_b_is_turned_onto_map_a(pairs, name):
    a, b = pairs[name]
    assert a.dtype == b.dtype == np.float32
    np.testing.assert_allclose(a.mean(axis=0), b.mean(axis=0), atol=1e-3 * radius(a))
    assert radius(b) == pytest.approx(radius(a), rel=1e-3)
    np.testing.assert_allclose(procrustes(a, b, scale="spread"), b, atol=1e-3 * radius(a))


def test_map_b_of_pca_lies_nearer_than_on_its_own(pairs, supervised):
    a, b = pairs["pca"]
    assert displacement(a, b) < displacement(a, pca(supervised))


@pytest.mark.parametrize("name", ["umap", "tsne"])
def test_drawn_from_map_a_map_b_moves_less_and_is_as_trustworthy(pairs, supervised, name):
    a, b = pairs[name]
    own = project(supervised, name, graph=knn_graph(supervised, 30))
    assert displacement(a, b) < 0.75 * displacement(a, procrustes(a, own, scale="spread"))

    def trust(positions):
        return trustworthiness(supervised, positions, n_neighbors=10, metric="cosine")

    assert trust(b) > trust(own) - 0.01


def test_a_space_beside_itself_hardly_moves(digits, graph):
    a, b = project_pair(digits, digits * 2, "umap", graph_a=graph, graph_b=graph)
    assert displacement(a, b) < 0.25


def test_the_pair_is_deterministic_and_map_a_is_that_of_project(digits, supervised, pairs):
    a, b = project_pair(digits, supervised, "pca")
    np.testing.assert_array_equal(a, project(digits, "pca"))
    np.testing.assert_array_equal(a, pairs["pca"][0])
    np.testing.assert_array_equal(b, pairs["pca"][1])


def test_a_fit_transform_object_draws_both_maps(digits, supervised):
    a, b = project_pair(digits, supervised, PCA(2))
    np.testing.assert_allclose(np.abs(a), np.abs(pca(digits)), atol=1e-2)
    assert radius(b) == pytest.approx(radius(a), rel=1e-3)


def test_progress_names_each_step(digits, supervised):
    steps = []
    project_pair(digits, supervised, "pca", progress=lambda *step: steps.append(step))
    texts = [text for text, _ in steps]
    assert texts[0] == "laying out map A"
    assert "principal components A" in texts
    assert texts.index("laying out map B") > texts.index("map laid out A")
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1


def test_progress_can_cancel_between_the_maps(digits, supervised):
    drawn = []

    def cancel(step, share):
        if step == "laying out map B":
            raise Cancelled

    def draw(x):
        drawn.append(x)
        return x[:, :2]

    with pytest.raises(Cancelled):
        project_pair(digits, supervised, draw, progress=cancel)
    assert len(drawn) == 1


def test_spaces_of_different_length_are_refused(digits):
    with pytest.raises(ValueError, match="A has 500 items and B has 499: join"):
        project_pair(digits, digits[:-1], "pca")
