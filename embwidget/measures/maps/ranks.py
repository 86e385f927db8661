"""Ranks and distances in a full space, for a few items against all."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.file_rows import plain
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, single_threaded_blas
from embwidget.metrics import Metric, metric_of

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Rows = NDArray[np.intp]

# Items compared with at once: of 2000 rows they make a block of 32 MB.
_BLOCK_ITEMS = 2048
# Twice the unit roundoff of doubles; times the number of operations it bounds what a product loses.
_LOST = 2.0**-51
# Share of a distance that computing it in another place may lose.
_PLAIN_LOST = 2.0**-40


def neighbor_ranks(
    vectors: Float32,
    metric: str | Metric,
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
    metric : str or Metric
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
    measure = metric_of(metric)
    has_order = measure.is_euclidean or measure.is_product
    space = _Doubles(vectors, measure) if has_order else _Plain(vectors, measure)
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


def pair_distances(vectors: Float32, metric: str | Metric, first: Rows, second: Rows) -> Float64:
    """Numbers in the order of the distances of pairs of items, none with itself.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    metric : str or Metric
    first, second : (n_pairs,) intp
        The items of each pair.

    Returns
    -------
    (n_pairs,) float64
    """
    space = metric_of(metric).rows(vectors, prepare=False)
    keys = np.empty(len(first))
    for some in blocks(len(first), vectors.shape[1]):
        keys[some] = space.key(first[some], second[some, None])[:, 0]
    return keys


class _Doubles:
    """Coordinates of a space (n_samples, n_dims) in float64, made where they are needed.

    A key is smaller for nearer pairs: that of a pair less what it owes to its first item alone.
    """

    def __init__(self, vectors: Float32, metric: Metric) -> None:
        self._vectors: Float32 = plain(vectors)
        self._metric = metric
        # What all rows have in common would cost the products their digits.
        self._center = metric.center(self._vectors)

    def rows(self, rows: slice | Rows | Int32) -> Float64:
        """Rows (..., n_coordinates) as they enter the product."""
        return self._metric.coordinates(self._vectors[rows]) - self._center

    def keys(self, mine: Float64, others: slice) -> Float64:
        """Keys of rows (m, n_coordinates) to a block of items, (m, len(block))."""
        theirs = self.rows(others)
        keys: Float64 = mine @ theirs.T
        return self._keys(keys, theirs)

    def limits(self, mine: Float64, candidates: Int32) -> Float64:
        """Keys below which an item is nearer than a candidate beyond doubt, (m, k)."""
        limits = np.empty(candidates.shape)
        n_dims = mine.shape[1]
        for some in blocks(len(mine), n_dims * candidates.shape[1]):
            theirs = self.rows(candidates[some])
            squares = np.vecdot(mine[some], mine[some])[:, None] + np.vecdot(theirs, theirs)
            key = self._keys(np.vecdot(theirs, mine[some, None, :]), theirs)
            limits[some] = key - (n_dims + 8) * _LOST * squares
        return limits

    def _keys(self, products: Float64, theirs: Float64) -> Float64:
        """Keys from products, in place: (m, k) of rows (m, n_dims) with theirs."""
        products *= -2
        if not self._metric.is_product:
            products += np.vecdot(theirs, theirs)
        return products


class _Plain(_Doubles):
    """Rows of a metric that has no coordinates: their distances are computed one by one."""

    def rows(self, rows: slice | Rows | Int32) -> Float64:
        """Rows (..., n_dims) as they are, in float64."""
        return self._vectors[rows].astype(np.float64)

    def keys(self, mine: Float64, others: slice) -> Float64:
        """Distances of rows (m, n_dims) to a block of items, (m, len(block))."""
        return self._metric.table(mine, self._vectors[others])

    def limits(self, mine: Float64, candidates: Int32) -> Float64:
        """Distances below which an item is nearer than a candidate beyond doubt, (m, k)."""
        limits = np.empty(candidates.shape)
        for some in blocks(len(mine), mine.shape[1] * candidates.shape[1]):
            key = self._metric.distances(mine[some, None, :], self._vectors[candidates[some]])
            limits[some] = key - _PLAIN_LOST * np.abs(key)
        return limits
