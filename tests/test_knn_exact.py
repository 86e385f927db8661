"""The exact engine against a slow plain reference, on the data that breaks fast ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knn_tools import HARD, METRICS, assert_true_neighbors, embeddings
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from embwidget.knn import knn_graph
from embwidget.knn.exact.search import exact_neighbors


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("data", HARD)
def test_finds_the_true_neighbors(data: str, metric: str) -> None:
    vectors = np.ascontiguousarray(HARD[data](np.random.default_rng(0)), np.float32)
    if metric == "inner_product" and data in {"huge", "mixed scales"}:
        vectors /= np.float32(1e3)  # else the distances are beyond float32
    for k in (1, 7, 50):
        assert_true_neighbors(vectors, metric, *exact_neighbors(vectors, k, metric=metric))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("data", HARD)
def test_tiles_and_threads_do_not_change_a_bit(data: str, metric: str) -> None:
    vectors = np.ascontiguousarray(HARD[data](np.random.default_rng(1)), np.float32)
    indices, distances = exact_neighbors(vectors, 13, metric=metric)
    for tile_size, n_jobs in ((1, 1), (37, 2), (299, 1), (300, 2), (5000, None)):
        if tile_size == 1:
            part, k = vectors[:40], 13
            expected = exact_neighbors(part, k, metric=metric)
        else:
            part, k, expected = vectors, 13, (indices, distances)
        again = exact_neighbors(part, k, metric=metric, tile_size=tile_size, n_jobs=n_jobs)
        np.testing.assert_array_equal(again[0], expected[0])
        np.testing.assert_array_equal(again[1], expected[1])


@pytest.mark.parametrize("metric", METRICS)
def test_shorter_lists_are_the_beginning_of_longer_ones(metric: str) -> None:
    rng = np.random.default_rng(2)
    for vectors in (embeddings(rng, 120, 10), rng.integers(1, 4, (120, 3)).astype(np.float32)):
        longest = exact_neighbors(vectors, 50, metric=metric)
        for k in range(1, 50):
            indices, distances = exact_neighbors(vectors, k, metric=metric)
            np.testing.assert_array_equal(indices, longest[0][:, :k])
            np.testing.assert_array_equal(distances, longest[1][:, :k])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_agrees_with_sklearn(metric: str) -> None:
    vectors = embeddings(np.random.default_rng(3), 700, 24)
    exact = vectors.astype(np.float64)
    truth = pairwise_distances(exact, metric=metric)
    np.fill_diagonal(truth, np.inf)
    order = np.argsort(truth, axis=1, kind="stable")[:, :20]
    indices, distances = exact_neighbors(vectors, 20, metric=metric)
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_allclose(distances, np.take_along_axis(truth, order, 1), rtol=1e-6)
    found = NearestNeighbors(n_neighbors=20, metric=metric, algorithm="brute").fit(exact)
    np.testing.assert_array_equal(indices, found.kneighbors(return_distance=False))


def test_ties_stand_in_the_order_of_their_positions() -> None:
    vectors = np.random.default_rng(4).integers(0, 3, (400, 3)).astype(np.float32)
    squares = ((vectors[:, None] - vectors) ** 2).sum(axis=2)  # small integers: exact
    np.fill_diagonal(squares, np.inf)
    expected = np.argsort(squares, axis=1, kind="stable")[:, :50]
    indices, distances = exact_neighbors(vectors, 50, metric="euclidean", tile_size=64)
    np.testing.assert_array_equal(indices, expected)
    expected_distances = np.sqrt(np.take_along_axis(squares, expected, 1))
    np.testing.assert_array_equal(distances, expected_distances.astype(np.float32))


def test_products_of_integers_tie_by_position_too() -> None:
    vectors = np.random.default_rng(5).integers(-2, 3, (400, 4)).astype(np.float32)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    expected = np.argsort(-products, axis=1, kind="stable")[:, :50]
    indices, distances = exact_neighbors(vectors, 50, metric="inner_product", tile_size=64)
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(distances, -np.take_along_axis(products, expected, 1))


@pytest.mark.parametrize("metric", METRICS)
def test_copies_are_at_distance_zero_and_in_order(metric: str) -> None:
    vectors = np.repeat(embeddings(np.random.default_rng(6), 1, 9), 40, axis=0)
    indices, distances = exact_neighbors(vectors, 5, metric=metric)
    np.testing.assert_array_equal(indices[10], [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(indices[2], [0, 1, 3, 4, 5])
    assert len(np.unique(distances)) == 1
    if metric != "inner_product":
        assert (distances == 0).all()


@pytest.mark.parametrize("metric", METRICS)
def test_the_scale_of_all_rows_changes_no_neighbor(metric: str) -> None:
    vectors = embeddings(np.random.default_rng(7), 200, 12)
    plain = exact_neighbors(vectors, 10, metric=metric)[0]
    for power in (-60, 60):
        scaled = exact_neighbors(vectors * np.float32(2.0**power), 10, metric=metric)[0]
        np.testing.assert_array_equal(scaled, plain)


def test_the_length_of_a_row_does_not_matter_to_cosine() -> None:
    rng = np.random.default_rng(8)
    vectors = embeddings(rng, 200, 12)
    lengths = (2.0 ** rng.integers(-60, 60, (200, 1))).astype(np.float32)
    plain = exact_neighbors(vectors, 10, metric="cosine")
    scaled = exact_neighbors(vectors * lengths, 10, metric="cosine")
    np.testing.assert_array_equal(scaled[0], plain[0])
    np.testing.assert_array_equal(scaled[1], plain[1])


def test_distances_beyond_float32_stay_finite() -> None:
    vectors = np.array([[3e38, 0], [-3e38, 1], [3e38, 2]], np.float32)
    largest = np.finfo(np.float32).max
    _, distances = exact_neighbors(vectors, 2, metric="euclidean")
    np.testing.assert_array_equal(distances[:, 1], [largest, largest, largest])
    _, products = exact_neighbors(vectors, 2, metric="inner_product")
    np.testing.assert_array_equal(products[0], [-largest, largest])


@pytest.mark.parametrize("metric", METRICS)
def test_the_smallest_spaces(metric: str) -> None:
    vectors = np.array([[1, 0], [1, 1], [0, 3]], np.float32)
    indices, _ = exact_neighbors(vectors[:2], 1, metric=metric)
    np.testing.assert_array_equal(indices, [[1], [0]])
    assert_true_neighbors(vectors, metric, *exact_neighbors(vectors, 2, metric=metric))
    assert_true_neighbors(vectors, metric, *exact_neighbors(vectors, 1, metric=metric))


def test_rows_of_zeros_have_inner_products() -> None:
    vectors = embeddings(np.random.default_rng(9), 100, 6)
    vectors[30:60] = 0
    for metric in ("euclidean", "inner_product"):
        assert_true_neighbors(vectors, metric, *exact_neighbors(vectors, 9, metric=metric))
    indices, distances = exact_neighbors(np.zeros((9, 4), np.float32), 3, metric="inner_product")
    np.testing.assert_array_equal(indices[0], [1, 2, 3])
    assert not np.signbit(distances).any()


@pytest.mark.parametrize("metric", METRICS)
def test_long_rows_have_the_same_bits_everywhere(metric: str) -> None:
    rng = np.random.default_rng(10)
    vectors = rng.normal(size=(30, 10_500)).astype(np.float32)
    vectors[20:] = vectors[:10]
    one = exact_neighbors(vectors, 12, metric=metric, n_jobs=1)
    two = exact_neighbors(vectors, 12, metric=metric, n_jobs=2, tile_size=7)
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])
    np.testing.assert_array_equal(one[1][:10], one[1][20:])


@pytest.mark.parametrize("metric", METRICS)
def test_float16_vectors(metric: str) -> None:
    vectors = embeddings(np.random.default_rng(12), 150, 10).astype(np.float16)
    graph = knn_graph(vectors, 6, metric=metric)
    assert_true_neighbors(vectors, metric, graph.indices, graph.distances)


@pytest.mark.parametrize("metric", METRICS)
def test_the_input_is_left_alone(metric: str) -> None:
    vectors = embeddings(np.random.default_rng(13), 90, 8)
    vectors.flags.writeable = False
    exact_neighbors(vectors, 6, metric=metric, tile_size=20)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 60),
    d=st.integers(2, 6),
    metric=st.sampled_from(METRICS),
    tile_size=st.integers(1, 70),
)
def test_permuting_the_rows_permutes_the_graph(
    seed: int, n: int, d: int, metric: str, tile_size: int
) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d)).astype(np.float32)
    order = rng.permutation(n)
    k = int(rng.integers(1, n))
    indices, distances = exact_neighbors(vectors, k, metric=metric)
    permuted = exact_neighbors(vectors[order], k, metric=metric, tile_size=tile_size)
    np.testing.assert_array_equal(order[permuted[0]], indices[order])
    np.testing.assert_array_equal(permuted[1], distances[order])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 50),
    d=st.integers(1, 3),
    levels=st.integers(1, 4),
    metric=st.sampled_from(METRICS),
    tile_size=st.integers(1, 60),
)
def test_few_distinct_rows(
    seed: int, n: int, d: int, levels: int, metric: str, tile_size: int
) -> None:
    rng = np.random.default_rng(seed)
    vectors = 1 + rng.integers(0, levels, (n, d)).astype(np.float32)
    k = int(rng.integers(1, n))
    found = exact_neighbors(vectors, k, metric=metric, tile_size=tile_size)
    assert_true_neighbors(vectors, metric, *found)
