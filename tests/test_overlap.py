"""Shared neighbours for every k at once, against Python's sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embwidget.measures import overlap as module
from embwidget.measures.overlap import jaccard, overlap, shared_counts


def lists(rng: np.random.Generator, n: int, k: int, n_items: int) -> np.ndarray:
    """Random neighbour lists (n, k) int32 without repetition within a row."""
    return rng.random((n, n_items)).argsort(axis=1)[:, :k].astype(np.int32)


def by_sets(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The slow plain way, (n, k_max); -1 is no item."""
    return np.array(
        [
            [len(set(p[:k]) & set(q[:k]) - {-1}) for k in range(1, a.shape[1] + 1)]
            for p, q in zip(a.tolist(), b.tolist(), strict=True)
        ]
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 12),
    k=st.integers(1, 40),
    more=st.integers(0, 30),
    missing=st.floats(0, 1),
)
def test_counts_equal_set_arithmetic(seed: int, n: int, k: int, more: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = lists(rng, n, k, k + more), lists(rng, n, k, k + more)
    for side in (a, b):
        side[rng.random(side.shape) < missing / 2] = -1
    np.testing.assert_array_equal(shared_counts(a, b), by_sets(a, b))
    np.testing.assert_array_equal(shared_counts(a, b), shared_counts(b, a))


def test_the_blocks_of_rows_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    a, b = lists(rng, 23, 6, 9), lists(rng, 23, 6, 9)
    whole = shared_counts(a, b)
    for rows in (1, 7, 22, 23):
        monkeypatch.setattr(module, "_BLOCK_ROWS", rows)
        np.testing.assert_array_equal(shared_counts(a, b), whole)


@pytest.mark.parametrize(("k_max", "dtype"), [(1, np.uint8), (255, np.uint8), (256, np.uint16)])
def test_counts_fit_their_type(k_max: int, dtype: type) -> None:
    same = lists(np.random.default_rng(1), 3, k_max, 400)
    shared = shared_counts(same, same[:, ::-1].copy())
    assert shared.dtype == dtype
    assert (shared[:, -1] == k_max).all()
    np.testing.assert_array_equal(shared_counts(same, same)[0], np.arange(1, k_max + 1))


def test_items_of_a_large_space_are_not_mixed_up() -> None:
    largest = np.iinfo(np.int32).max
    a = np.array([[largest, 0, largest - 1]], np.int32)
    b = np.array([[largest - 2, largest, 0]], np.int32)
    np.testing.assert_array_equal(shared_counts(a, b), [[0, 1, 2]])


def test_no_neighbour_is_shared_with_nobody() -> None:
    none = np.full((2, 4), -1, np.int32)
    assert not shared_counts(none, none).any()


def test_graphs_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"differ in shape: \(3, 2\) and \(3, 4\)"):
        shared_counts(np.zeros((3, 2), np.int32), np.zeros((3, 4), np.int32))


@pytest.mark.parametrize("k", [1, 10, 50, 255])
def test_jaccard_is_intersection_over_union(k: int) -> None:
    shared = np.arange(k + 1, dtype=np.uint8)
    found = jaccard(shared, k)
    assert found.dtype == np.float32
    expected = [m / (2 * k - m) for m in range(k + 1)]
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


def test_overlap_and_jaccard_say_the_same() -> None:
    shared = np.arange(11, dtype=np.uint8)
    share = overlap(shared, 10)
    assert share.dtype == np.float32
    np.testing.assert_allclose(share, np.arange(11) / 10)
    np.testing.assert_allclose(jaccard(shared, 10), share / (2 - share), rtol=1e-6)
