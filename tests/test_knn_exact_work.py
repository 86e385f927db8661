"""How the exact engine works: its progress, its threads, and the memory that it keeps to."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from knn_tools import METRICS, duplicates, embeddings, half_identical
from threadpoolctl import threadpool_info

from embwidget._core.progress import Cancelled
from embwidget.knn import knn_graph
from embwidget.knn.exact.search import exact_neighbors


@pytest.mark.parametrize("metric", METRICS)
def test_a_memmap_gives_what_an_array_gives(metric: str, tmp_path: Path) -> None:
    vectors = duplicates(np.random.default_rng(11))
    np.save(tmp_path / "x.npy", vectors)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    expected = knn_graph(vectors, 9, metric=metric)
    found = knn_graph(mapped, 9, metric=metric)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_array_equal(found.distances, expected.distances)
    assert type(found.indices) is type(found.distances) is np.ndarray


def test_progress_rises_from_zero_towards_one() -> None:
    shares: list[float] = []
    vectors = half_identical(np.random.default_rng(14))
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

    vectors = half_identical(np.random.default_rng(15))  # searched again at the end
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
    vectors = embeddings(np.random.default_rng(18), 3000, 3000)
    vectors[:450] = vectors[0]  # copies: searched again
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
