"""What `project` takes and refuses; the maps themselves are judged in test_project_pair.py."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph
from embwidget.projection import UMAP
from embwidget.projection.maps import project
from embwidget.projection.reducers import graph_lengths, pacmap
from embwidget.projection.reducers.pca import pca
from embwidget.space import Space


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:60].astype(np.float32)


def test_pca_by_name_is_pca_whatever_the_metric(digits):
    for metric in ("cosine", "euclidean", "inner_product", "dot"):
        np.testing.assert_array_equal(project(digits, "pca", metric=metric), pca(digits))


def test_lists_and_other_number_types_are_taken(digits):
    expected = project(digits, "pca")
    np.testing.assert_array_equal(project(digits.tolist(), "pca"), expected)
    np.testing.assert_array_equal(project(digits.astype(np.int16), "pca"), expected)


def test_a_space_or_a_frame_is_taken(digits):
    frame = pd.DataFrame(digits).add_prefix("pixel_")
    expected = project(digits, "pca")
    np.testing.assert_array_equal(project(Space(digits), "pca"), expected)
    np.testing.assert_array_equal(project(frame, "pca"), expected)


@pytest.mark.parametrize(
    "x", [np.zeros(5), np.full((5, 2), np.nan), np.zeros((0, 3)), "nowhere.npy"]
)
def test_what_is_no_space_is_refused(x):
    with pytest.raises((ValueError, OSError)) as caught:
        project(x, "pca")
    assert "\n" not in str(caught.value)


def test_an_object_with_fit_transform_draws_the_map(digits):
    positions = project(digits, PCA(2))
    assert positions.dtype == np.float32
    assert positions.flags.c_contiguous
    np.testing.assert_allclose(np.abs(positions), np.abs(pca(digits)), atol=1e-3)


def test_an_object_may_return_a_frame(digits):
    positions = project(digits, PCA(2).set_output(transform="pandas"))
    assert isinstance(positions, np.ndarray)
    assert positions.shape == (60, 2)


def test_a_function_draws_the_map(digits):
    positions = project(digits, lambda x: x[:, [20, 21]].astype(np.float64))
    np.testing.assert_array_equal(positions, digits[:, [20, 21]])


def test_a_function_gets_checked_float32_vectors(digits):
    seen = []

    def spy(x):
        seen.append(x)
        return x[:, :2]

    project(digits.astype(np.float64).tolist(), spy)
    assert seen[0].dtype == np.float32
    assert seen[0].shape == digits.shape


def not_finite(x):
    positions = x[:, :2].copy()
    positions[3] = np.nan
    return positions


@pytest.mark.parametrize(
    ("reducer", "error", "message"),
    [
        ("umpa", ValueError, r"reducer='umpa' is not known: use 'pca', 'umap', 'pca\+umap'"),
        ("", ValueError, "'' is not known"),
        ("x" * 100_000, ValueError, "x…' is not known|x… is not known"),
        (PCA, TypeError, r"the class PCA: pass an object, PCA\(\.\.\.\)"),
        (UMAP, TypeError, r"the class UMAP: pass an object, UMAP\(\.\.\.\)"),
        (3, TypeError, "reducer=3 is not known: use .* an object with fit_transform or a function"),
        (None, TypeError, "reducer=None is not known"),
        (dict, TypeError, "reducer=<class 'dict'> is not known"),
        (PCA(3), ValueError, r"reducer PCA returned the shape \(60, 3\): \(60, 2\) is needed"),
        (not_finite, ValueError, "reducer not_finite returned 1 of 60 positions with NaN"),
        (lambda x: x[:5, :2], ValueError, r"returned the shape \(5, 2\)"),
        (lambda _: "map", TypeError, "returned a str that is no array of numbers"),
        (lambda _: None, (TypeError, ValueError), "returned"),
    ],
)
def test_bad_reducers_are_refused_in_one_line(digits, reducer, error, message):
    with pytest.raises(error, match=message) as caught:
        project(digits, reducer)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"init": np.zeros((59, 2))}, r"init has the shape \(59, 2\): \(60, 2\) is needed"),
        ({"init": np.full((60, 2), np.inf)}, "init has 60 of 60 positions with NaN or infinity"),
        ({"n_neighbors": 1}, "n_neighbors is 1: a map needs at least 2"),
        ({"metric": "manhattan"}, "manhattan"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(digits, arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        project(digits, "umap", **arguments)
    assert "\n" not in str(caught.value)


def test_the_graph_of_another_space_is_refused(digits):
    with pytest.raises(ValueError, match="graph has 50 items and x has 60 rows"):
        project(digits, "umap", graph=knn_graph(digits[:50], 5))


def test_a_missing_extra_is_named(digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "pacmap", None)
    with pytest.raises(ImportError, match=r'pip install "embwidget\[pacmap\]"'):
        project(digits, "pacmap")


def test_gaps_are_filled_with_the_item_itself_and_nobody_is_left_alone():
    indices = np.array([[1, -1], [0, 2], [-1, -1]], np.int32)
    distances = np.array([[0.2, np.inf], [0.2, 0.5], [np.inf, np.inf]], np.float32)
    filled = graph_lengths.without_gaps(KNNGraph(indices, distances, "cosine", "test"))
    np.testing.assert_array_equal(filled.indices, [[1, 0], [0, 2], [0, 2]])
    np.testing.assert_array_equal(
        filled.distances, np.float32([[0.2, 0.2], [0.2, 0.5], [0.5, 0.5]])
    )
    assert graph_lengths.without_gaps(filled) is filled


def inner_product_graph():
    indices = np.array([[1, 2], [0, 2], [1, 0]], np.int32)
    distances = np.array([[-9, -4], [2, 3], [0, 0]], np.float32)
    return KNNGraph(indices, distances, "inner_product", "test")


def test_inner_products_are_shifted_by_row_to_be_nonnegative_and_keep_their_differences():
    shifted = graph_lengths.nonnegative(inner_product_graph())
    np.testing.assert_array_equal(shifted, [[5, 10], [1, 2], [0, 0]])


def test_squares_of_lengths_are_what_the_metric_measures():
    np.testing.assert_allclose(
        graph_lengths.lengths(inner_product_graph()) ** 2 / 2, [[0, 5], [0, 1], [0, 0]], atol=1e-6
    )
    x = np.random.default_rng(0).standard_normal((20, 5))
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    chords = graph_lengths.lengths(knn_graph(x, 4, metric="cosine"))
    expected = knn_graph(unit, 4, metric="euclidean").distances
    np.testing.assert_allclose(chords, expected, atol=1e-5)


def test_neighbour_pairs_prefer_neighbours_that_are_near_for_both_ends():
    # Item 0 has two candidates equally far away: 1 sits in a crowd, 2 is alone, so that to 2
    # the distance is short.
    indices = np.array([[1, 2], [3, 0], [0, 3], [1, 0]], np.int32)
    distances = np.array([[1, 1], [0.1, 1], [1, 5], [0.1, 1]], np.float32)
    graph = KNNGraph(indices, distances, "euclidean", "test")
    np.testing.assert_array_equal(pacmap.neighbor_pairs(graph, 1), [[0, 2], [1, 3], [2, 0], [3, 1]])
