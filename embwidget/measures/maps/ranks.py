"""Ranks and distances in a full space, for a few items against all."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, single_threaded_blas
from embwidget.knn.metrics import BLOCK_ELEMENTS, metric_of

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Rows = NDArray[np.intp]

# Items compared with at once: of 2000 rows they make a block of 32 MB.
_BLOCK_ITEMS = 2048
# Twice the unit roundoff of doubles; times the number of operations it bounds what a product loses.
_LOST = 2.0**-51


def neighbor_ranks(
    vectors: Float32,
    metric: str,
    rows: Rows,
    candidates: Int32,
    *,
    n_threads: int = 1,
    progress: Progress = silent,
) -> NDArray[np.int64]:
    """Rank of some items among all others by their distance from a row.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    metric : {"cosine", "euclidean", "inner_product"}
    rows : (m,) int
        Who is asked.
    candidates : (m, k) int32
        Whose ranks are asked for, never that of the row itself; -1 = nobody.
    n_threads : int, default=1
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the work.

    Returns
    -------
    (m, k) int64
        1 = the nearest: one more than there are items that are nearer by more than rounding. 0 for
        nobody.
    """
    n = len(vectors)
    space = _Doubles(vectors, metric)
    mine = space.rows(rows)
    limits = space.limits(mine, np.maximum(candidates, 0))
    order = np.argsort(limits, axis=1)
    limits = np.take_along_axis(limits, order, axis=1)
    counts: list[NDArray[np.int64]] = []

    def counter() -> Callable[[int], None]:
        nearer = np.zeros(limits.shape, np.int64)
        counts.append(nearer)

        def count(start: int) -> None:
            keys = space.keys(mine, slice(start, min(n, start + _BLOCK_ITEMS)))
            own = np.flatnonzero((rows >= start) & (rows < start + _BLOCK_ITEMS))
            keys[own, rows[own] - start] = np.inf
            keys.sort(axis=1)
            for line, (key, limit) in enumerate(zip(keys, limits, strict=True)):
                nearer[line] += key.searchsorted(limit)

        return count

    starts = range(0, n, _BLOCK_ITEMS)
    with single_threaded_blas():
        in_threads(
            starts,
            counter,
            min(n_threads, len(starts)),
            lambda n_done: progress("ranks of neighbours", n_done / len(starts)),
        )
    ranks = np.empty(candidates.shape, np.int64)
    np.put_along_axis(ranks, order, sum(counts[1:], counts[0]) + 1, axis=1)
    ranks[candidates < 0] = 0
    return ranks


def pair_distances(vectors: Float32, metric: str, first: Rows, second: Rows) -> Float64:
    """Numbers in the order of the distances of pairs of items, none with itself.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    metric : {"cosine", "euclidean", "inner_product"}
    first, second : (n_pairs,) intp
        The items of each pair.

    Returns
    -------
    (n_pairs,) float64
    """
    space = metric_of(vectors, metric, prepare=False)
    keys = np.empty(len(first))
    for some in _blocks(len(first), vectors.shape[1]):
        keys[some] = space.key(first[some], second[some, None])[:, 0]
    return keys


class _Doubles:
    """The rows of a space (n_samples, n_dims) in float64, converted where they are needed.

    A key is smaller for nearer pairs: that of a pair less what it owes to its first item alone.
    """

    def __init__(self, vectors: Float32, metric: str) -> None:
        # A plain view: indexing a memmap makes an object with a file at each call.
        self._vectors = vectors.view(np.ndarray)
        self._metric = metric
        self._center: Float64 | float = 0.0
        if metric == "euclidean":
            # A common offset would cost the products their digits.
            self._center = self._vectors.mean(axis=0, dtype=np.float64)

    def rows(self, rows: slice | Rows | Int32) -> Float64:
        """Rows (..., n_dims) as they enter the product."""
        given = self._vectors[rows].astype(np.float64) - self._center
        if self._metric == "cosine":
            given /= np.sqrt(np.vecdot(given, given))[..., None]
        return given

    def keys(self, mine: Float64, others: slice) -> Float64:
        """Keys of rows (m, n_dims) to a block of items, (m, len(block))."""
        theirs = self.rows(others)
        keys: Float64 = mine @ theirs.T
        return self._keys(keys, theirs)

    def limits(self, mine: Float64, candidates: Int32) -> Float64:
        """Keys below which an item is nearer than a candidate beyond doubt, (m, k)."""
        limits = np.empty(candidates.shape)
        n_dims = mine.shape[1]
        for some in _blocks(len(mine), n_dims * candidates.shape[1]):
            theirs = self.rows(candidates[some])
            squares = np.vecdot(mine[some], mine[some])[:, None] + np.vecdot(theirs, theirs)
            key = self._keys(np.vecdot(theirs, mine[some, None, :]), theirs)
            limits[some] = key - (n_dims + 8) * _LOST * squares
        return limits

    def _keys(self, products: Float64, theirs: Float64) -> Float64:
        """Keys from products, in place: (m, k) of rows (m, n_dims) with theirs."""
        products *= -2
        if self._metric == "euclidean":
            products += np.vecdot(theirs, theirs)
        return products


def _blocks(n_rows: int, width: int) -> Iterator[slice]:
    size = max(1, BLOCK_ELEMENTS // width)
    for start in range(0, n_rows, size):
        yield slice(start, start + size)
