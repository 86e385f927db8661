"""Shared neighbours against Python's sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embwidget.measures.neighbors.shared import jaccard, overlap, shared_counts


def random_lists(rng: np.random.Generator, n: int, k: int, n_items: int) -> np.ndarray:
    """Rows of k distinct positions, (n, k) int32."""
    return np.array([rng.choice(n_items, k, replace=False) for _ in range(n)], np.int32)


def shared_by_sets(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array(
        [
            [
                len((set(row_a[:k].tolist()) & set(row_b[:k].tolist())) - {-1})
                for k in range(1, a.shape[1] + 1)
            ]
            for row_a, row_b in zip(a, b, strict=True)
        ]
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 12),
    k=st.integers(1, 20),
    spare=st.integers(0, 20),
    missing=st.floats(0, 0.6),
)
def test_counts_what_sets_count(seed: int, n: int, k: int, spare: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = (random_lists(rng, n, k, k + spare) for _ in range(2))
    for lists in (a, b):
        lists[rng.random(lists.shape) < missing] = -1
    np.testing.assert_array_equal(shared_counts(a, b), shared_by_sets(a, b))


@pytest.mark.parametrize(
    ("k_max", "dtype"), [(1, np.uint8), (255, np.uint8), (256, np.uint16), (300, np.uint16)]
)
def test_every_length_of_list(k_max: int, dtype: type) -> None:
    rng = np.random.default_rng(k_max)
    a, b = (random_lists(rng, 15, k_max, k_max + 40) for _ in range(2))
    counts = shared_counts(a, b)
    assert counts.dtype == dtype
    assert counts.shape == (15, k_max)
    np.testing.assert_array_equal(counts, shared_by_sets(a, b))
    # Identical lists share everything, at the largest count that the dtype has to hold.
    np.testing.assert_array_equal(shared_counts(a, a)[0], np.arange(1, k_max + 1))


def test_missing_neighbors_are_not_shared() -> None:
    nothing = np.full((3, 4), -1, np.int32)
    np.testing.assert_array_equal(shared_counts(nothing, nothing), np.zeros((3, 4)))


def test_order_inside_the_lists_matters_only_to_small_k() -> None:
    a = np.array([[4, 5, 6]], np.int32)
    np.testing.assert_array_equal(shared_counts(a, a[:, ::-1]), [[0, 1, 3]])


def test_positions_of_large_spaces() -> None:
    large = np.iinfo(np.int32).max
    a = np.array([[large, large - 1, 0]], np.int32)
    b = np.array([[large - 1, 1, large]], np.int32)
    np.testing.assert_array_equal(shared_counts(a, b), [[0, 1, 2]])


def test_many_rows_go_block_by_block() -> None:
    rng = np.random.default_rng(0)
    a, b = (random_lists(rng, 50, 6, 12) for _ in range(2))
    # More rows than a block has, whose length is no multiple of 50.
    many = shared_counts(np.tile(a, (1000, 1))[3:], np.tile(b, (1000, 1))[3:])
    np.testing.assert_array_equal(many, np.tile(shared_counts(a, b), (1000, 1))[3:])


def test_graphs_of_different_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"differ in shape: \(3, 4\) and \(3, 5\)"):
        shared_counts(np.zeros((3, 4), np.int32), np.zeros((3, 5), np.int32))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_jaccard_and_overlap(dtype: type) -> None:
    shared = np.array([0, 5, 10], dtype)
    for measure, expected in ((jaccard, [0, 1 / 3, 1]), (overlap, [0, 0.5, 1])):
        values = measure(shared, 10)
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, expected, rtol=1e-7)


def test_the_largest_lists_do_not_overflow() -> None:
    np.testing.assert_array_equal(jaccard(np.array([255], np.uint8), 255), [1])
    np.testing.assert_array_equal(overlap(np.array([65535], np.uint16), 65535), [1])
