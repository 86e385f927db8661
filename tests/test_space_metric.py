"""A space that says what nearness means in it is searched and drawn by that."""

import numpy as np
import pytest

import embwidget as ew

X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32) + np.float32(2)
BITS = np.packbits(X > 2, axis=1)


@pytest.mark.parametrize(("x", "own"), [(X, "euclidean"), (X, "inner_product"), (BITS, "hamming")])
def test_a_space_is_searched_by_its_own_metric(x: np.ndarray, own: str) -> None:
    space = ew.Space(x, metric=own)
    graph, wanted = ew.knn_graph(space, 5), ew.knn_graph(x, 5, metric=own)
    assert graph.metric == own
    assert np.array_equal(graph.indices, wanted.indices)
    assert np.array_equal(graph.distances, wanted.distances)
    for found, same in zip(
        ew.knn.query(space, x[:7], 5), ew.knn.query(x, x[:7], 5, metric=own), strict=True
    ):
        assert np.array_equal(found, same)
    assert np.array_equal(ew.project(space, "umap"), ew.project(x, "umap", metric=own))


def test_what_is_asked_for_goes_before_it_and_the_cosine_is_usual() -> None:
    space = ew.Space(X, metric="euclidean")
    assert ew.knn_graph(space, 5, metric="cosine").metric == "cosine"
    assert ew.knn_graph(ew.Space(X), 5).metric == ew.knn_graph(X, 5).metric == "cosine"
    assert np.array_equal(ew.project(space, "umap", metric="cosine"), ew.project(X, "umap"))


def test_a_row_of_zeros_has_neighbours_where_the_space_says_euclidean() -> None:
    x = np.vstack([np.zeros((1, 4), np.float32), X])
    assert ew.knn_graph(ew.Space(x, metric="euclidean"), 5).n_samples == len(x)
    assert np.isfinite(ew.project(ew.Space(x, metric="euclidean"), "umap")).all()
