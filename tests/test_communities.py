"""Groups of a neighbour graph: found again, connected, the same for a seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from embwidget.knn import knn_graph
from embwidget.measures.groups.communities import SMALLEST_GROUP, find_groups


def blobs(sizes: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors far apart by group, and the group of each."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    centers = 20 * rng.normal(size=(len(sizes), 8))
    return (centers[group] + rng.normal(size=(len(group), 8))).astype(np.float32), group


def groups_of(vectors: np.ndarray, k: int = 15, **options: object) -> np.ndarray:
    graph = knn_graph(vectors, k, metric="euclidean")
    return find_groups(graph.indices, **options)


def test_groups_that_are_apart_are_found() -> None:
    vectors, truth = blobs([80, 40, 60])
    groups = groups_of(vectors, resolution=0.2)
    assert groups.dtype == np.int32
    # The largest first.
    np.testing.assert_array_equal(groups, np.array([0, 2, 1])[truth])


def test_digits_fall_into_groups_of_one_digit() -> None:
    digits = load_digits()
    groups = find_groups(knn_graph(digits.data, 15).indices)
    assert adjusted_rand_score(digits.target, groups) > 0.8
    assert adjusted_mutual_info_score(digits.target, groups) > 0.85
    assert groups.min() == 0


def test_a_higher_resolution_gives_more_groups() -> None:
    vectors, _ = blobs([300])
    few, more = (groups_of(vectors, resolution=resolution).max() for resolution in (0.2, 5.0))
    assert more > few + 3


def test_a_seed_gives_the_same_groups() -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(600, 5)).astype(np.float32)
    first, again, other = (groups_of(vectors, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    # Without groups to find, the order of the visits decides.
    assert adjusted_rand_score(first, other) < 1


def test_only_the_first_neighbors_count() -> None:
    vectors, _ = blobs([50, 40])
    long = knn_graph(vectors, 60, metric="euclidean").indices
    np.testing.assert_array_equal(find_groups(long), find_groups(long[:, :15]))


@st.composite
def graphs(draw: st.DrawFn) -> np.ndarray:
    n = draw(st.integers(2, 60))
    k = draw(st.integers(1, min(n - 1, 20)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    near = rng.normal(size=(n, 1))
    order = np.argsort(np.abs(near - near.T) + np.where(np.eye(n), np.inf, 0), axis=1)
    indices = order[:, :k].astype(np.int32)
    indices[rng.random(indices.shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))] = -1
    return indices


@settings(deadline=None)
@given(graphs())
def test_groups_are_numbered_by_size_and_connected(indices: np.ndarray) -> None:
    groups = find_groups(indices)
    assert groups.shape == (len(indices),)
    sizes = np.bincount(groups[groups >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert (sizes >= SMALLEST_GROUP).all()
    rows, columns = np.nonzero(indices[:, :15] >= 0)
    others = indices[rows, columns]
    for group in range(len(sizes)):
        inside = (groups[rows] == group) & (groups[others] == group)
        edges = (np.ones(inside.sum()), (rows[inside], others[inside]))
        n_pieces, piece = connected_components(coo_array(edges, shape=(len(groups),) * 2))
        assert len(set(piece[groups == group].tolist())) == 1, n_pieces


@pytest.mark.parametrize("n", [2, 3, 4])
def test_too_few_items_are_in_no_group(n: int) -> None:
    indices = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int32)
    assert find_groups(indices).tolist() == [-1] * n


def test_ten_items_are_one_group() -> None:
    indices = np.array([[j for j in range(10) if j != i] for i in range(10)], np.int32)
    assert find_groups(indices).tolist() == [0] * 10


def test_items_without_neighbors_are_in_no_group() -> None:
    assert find_groups(np.full((7, 3), -1, np.int32)).tolist() == [-1] * 7
    vectors, _ = blobs([30])
    indices = knn_graph(vectors, 10, metric="euclidean").indices.copy()
    indices[0] = -1
    indices[indices == 0] = -1
    groups = find_groups(indices, resolution=0.1)
    assert groups[0] == -1
    assert (groups[1:] == 0).all()


def test_copies_of_one_item_are_together() -> None:
    vectors = np.repeat(np.array([[0.0, 0.0], [9.0, 9.0]], np.float32), 20, axis=0)
    groups = groups_of(vectors)
    assert not set(groups[:20]) & set(groups[20:])


def test_pieces_that_do_not_touch_are_groups_of_their_own() -> None:
    # Two rings of ten without an edge between them.
    ring = np.stack([(np.arange(10) + 1) % 10, (np.arange(10) - 1) % 10], axis=1)
    groups = find_groups(np.vstack([ring, ring + 10]).astype(np.int32), resolution=1e-9)
    assert groups.tolist() == [0] * 10 + [1] * 10


@pytest.mark.parametrize("resolution", [0, -1.0, float("nan")])
def test_a_resolution_that_is_none_is_refused(resolution: float) -> None:
    with pytest.raises(ValueError, match="give a number above 0"):
        find_groups(np.zeros((3, 1), np.int32), resolution=resolution)
