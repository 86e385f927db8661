"""The exact engine against a slow plain reference, on the data that breaks fast ones."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_info

from embwidget._core.progress import Cancelled
from embwidget.knn import knn_graph
from embwidget.knn.exact.search import exact_neighbors

METRICS = ("cosine", "euclidean", "inner_product")


def all_distances(vectors: np.ndarray, metric: str) -> np.ndarray:
    """Distances (n, n) in float64, pair by pair; the diagonal is infinite."""
    x = vectors.astype(np.float64)
    if metric == "euclidean":
        distances = np.array([np.sqrt(((x - row) ** 2).sum(axis=1)) for row in x])
    else:
        if metric == "cosine":
            x = x / np.sqrt((x**2).sum(axis=1))[:, None]
        distances = -np.array([(x * row).sum(axis=1) for row in x])
        distances += metric == "cosine"
    np.fill_diagonal(distances, np.inf)
    return distances


def assert_true_neighbors(
    vectors: np.ndarray, metric: str, indices: np.ndarray, distances: np.ndarray
) -> None:
    """Every list holds the nearest, in order; what agrees to 11 digits may stand in any order."""
    n, k = indices.shape
    assert indices.dtype == np.int32
    assert distances.dtype == np.float32
    truth = all_distances(vectors, metric)
    scale = _scale(vectors, metric)
    found = np.take_along_axis(truth, indices.astype(np.int64), 1)
    nearest = np.sort(truth, axis=1)[:, :k]
    np.testing.assert_array_less(np.abs(found - nearest) / scale, 1e-11)
    np.testing.assert_allclose(distances, nearest, rtol=2e-7, atol=2e-12 * np.max(scale) + 1e-44)
    assert (indices != np.arange(n)[:, None]).all()
    in_order = np.sort(indices, axis=1)
    assert (in_order[:, 1:] != in_order[:, :-1]).all()


def _scale(vectors: np.ndarray, metric: str) -> np.ndarray | float:
    """What the digits of a distance count from, (n, 1) or one number."""
    norms = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))
    if metric == "cosine":
        return 1.0
    return norms.max() if metric == "euclidean" else (norms * norms.max())[:, None] + 1e-300


def embeddings(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Clusters through a random ReLU net, as models' vectors are spread."""
    hidden = rng.normal(size=(12, 8))[rng.integers(0, 12, n)] + 0.5 * rng.normal(size=(n, 8))
    return (np.maximum(hidden @ rng.normal(size=(8, 64)), 0) @ rng.normal(size=(64, d)) / 8).astype(
        np.float32
    )


def _outlier(rng: np.random.Generator) -> np.ndarray:
    x = embeddings(rng, 300, 20)
    x[17] *= 1e4
    return x


def _half_identical(rng: np.random.Generator) -> np.ndarray:
    x = embeddings(rng, 300, 20)
    x[::2] = x[0]
    return x


def _duplicates(rng: np.random.Generator) -> np.ndarray:
    return embeddings(rng, 60, 20)[rng.integers(0, 60, 300)]


def _mixed_scales(rng: np.random.Generator) -> np.ndarray:
    return embeddings(rng, 300, 20) * (10.0 ** rng.integers(-20, 18, (300, 1))).astype(np.float32)


HARD: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "embeddings": lambda rng: embeddings(rng, 300, 20),
    "duplicates": _duplicates,
    "all identical": lambda rng: np.repeat(embeddings(rng, 1, 20), 300, axis=0),
    "half identical": _half_identical,
    "integer grid": lambda rng: rng.integers(1, 4, (300, 3)).astype(np.float32),
    "binary": lambda rng: np.c_[rng.integers(0, 2, (300, 7)), np.ones(300)].astype(np.float32),
    "common offset": lambda rng: embeddings(rng, 300, 20) + np.float32(1000),
    "one direction": lambda rng: 1 + np.float32(0.03) * embeddings(rng, 300, 20),
    "outlier": _outlier,
    "huge": lambda rng: embeddings(rng, 300, 20) * np.float32(1e20),
    "tiny": lambda rng: embeddings(rng, 300, 20) * np.float32(1e-20),
    "mixed scales": _mixed_scales,
    "one dimension": lambda rng: 1 + rng.random((300, 1), np.float32),
    "nearly equal": lambda rng: 1 + np.float32(1e-6) * embeddings(rng, 300, 20),
}


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
def test_a_memmap_gives_what_an_array_gives(metric: str, tmp_path: Path) -> None:
    vectors = _duplicates(np.random.default_rng(11))
    np.save(tmp_path / "x.npy", vectors)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    expected = knn_graph(vectors, 9, metric=metric)
    found = knn_graph(mapped, 9, metric=metric)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_array_equal(found.distances, expected.distances)
    assert type(found.indices) is type(found.distances) is np.ndarray


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


def test_progress_rises_from_zero_towards_one() -> None:
    shares: list[float] = []
    vectors = _half_identical(np.random.default_rng(14))
    exact_neighbors(
        vectors, 4, metric="cosine", tile_size=50, progress=lambda _, share: shares.append(share)
    )
    assert len(shares) >= 21
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] <= 1


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_what_all_rows_have_in_common_does_not_make_it_slow(metric: str) -> None:
    shares: list[float] = []
    vectors = 50 + embeddings(np.random.default_rng(16), 400, 64)
    exact_neighbors(vectors, 10, metric=metric, progress=lambda _, share: shares.append(share))
    assert shares
    assert max(shares) <= 0.95  # above it, single rows are searched again


@pytest.mark.parametrize("after", [0, 0.5, 0.95])
def test_progress_can_cancel(after: float) -> None:
    def cancel(step: str, share: float) -> None:
        if share >= after:
            raise Cancelled

    vectors = _half_identical(np.random.default_rng(15))  # searched again at the end
    with pytest.raises(Cancelled):
        exact_neighbors(vectors, 4, metric="cosine", tile_size=20, progress=cancel)


@pytest.mark.parametrize("metric", METRICS)
def test_threads_and_panels_do_not_change_a_bit(metric: str) -> None:
    vectors = embeddings(np.random.default_rng(17), 1500, 20)
    vectors[::5] = vectors[0]  # these are searched again
    expected = exact_neighbors(vectors, 13, metric=metric, n_jobs=1)
    least = _least_memory(vectors, 13)
    for n_jobs, tile_size, max_memory in ((2, 100, None), (5, 64, None), (3, None, least)):
        found = exact_neighbors(
            vectors, 13, metric=metric, n_jobs=n_jobs, tile_size=tile_size, max_memory=max_memory
        )
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_the_blas_gets_its_threads_back() -> None:
    def threads() -> list[int]:
        return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

    def cancel(step: str, share: float) -> None:
        inside.append(threads())
        raise Cancelled

    inside: list[list[int]] = []
    before = threads()
    for n_jobs in (1, 3):
        with pytest.raises(Cancelled):
            exact_neighbors(
                np.eye(99, dtype=np.float32), 4, metric="euclidean", progress=cancel, n_jobs=n_jobs
            )
        assert threads() == before
    assert inside == [[1] * len(before)] * 2


def _least_memory(vectors: np.ndarray, k: int) -> int:
    with pytest.raises(ValueError, match=r"max_memory=1: .* at least \d+ bytes") as caught:
        exact_neighbors(vectors, k, metric="cosine", max_memory=1)
    least = int(re.findall(r"\d+", str(caught.value))[-1])
    with pytest.raises(ValueError, match="max_memory"):
        exact_neighbors(vectors, k, metric="cosine", max_memory=least - 1)
    return least


_IN_A_CHILD = """
import sys, threading
import numpy as np
from embwidget.knn import knn_graph

def allocated():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024

vectors = np.load(sys.argv[1], mmap_mode="r")
knn_graph(vectors[:300], 5, metric=sys.argv[3])  # what libraries allocate at their first use
before, peak, done = allocated(), 0, threading.Event()
def watch():
    global peak
    while not done.wait(0.001):
        peak = max(peak, allocated())
thread = threading.Thread(target=watch)
thread.start()
graph = knn_graph(vectors, 5, metric=sys.argv[3], max_memory=int(sys.argv[4]), n_jobs=2)
done.set()
thread.join()
np.savez(sys.argv[2], indices=graph.indices, distances=graph.distances, used=peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("metric", METRICS)
def test_a_memmap_is_searched_within_the_memory_that_is_given(metric: str, tmp_path: Path) -> None:
    vectors = embeddings(np.random.default_rng(18), 6000, 1500)
    vectors[:900] = vectors[0]  # copies: searched again
    np.save(tmp_path / "x.npy", vectors)
    bound = 27 << 20
    assert vectors.nbytes > bound
    arguments = ["x.npy", "out.npz", metric, str(bound)]
    subprocess.run(
        [sys.executable, "-c", _IN_A_CHILD, *arguments],
        check=True,
        cwd=tmp_path,
        timeout=120,
        env={**os.environ, "EMBWIDGET_CACHE": "off"},
    )
    expected = exact_neighbors(vectors, 5, metric=metric)
    with np.load(tmp_path / "out.npz") as found:
        np.testing.assert_array_equal(found["indices"], expected[0])
        np.testing.assert_array_equal(found["distances"], expected[1])
        assert 0 < found["used"] <= bound


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
