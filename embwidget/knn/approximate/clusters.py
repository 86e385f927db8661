"""Clusters of rows and which of them each row has to be compared with."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embwidget._core.threads import in_threads
from embwidget.knn.exact.candidates import position
from embwidget.metrics.arithmetic import Float32, Int32, Rows
from embwidget.metrics.products import ProductRows

# Rows for each centroid that k-means sees, and its rounds: more of either finds no better clusters
# for this purpose.
_TRAINING_ROWS, _ROUNDS = 25, 3
# Elements of a block of scores: it stays in the cache.
_BLOCK_SCORES = 1 << 21


class Clusters:
    """Centroids of a space, found by k-means on a sample.

    The nearest centroid of a row is the one with the largest score ``row . centroid - offset``. For
    the inner product the rows get one coordinate more, which gives all of them the same length:
    then the nearest have the largest products, and what asks has that coordinate 0 [1]_.

    Parameters
    ----------
    space : ProductRows
    n_clusters : int
    rng : Generator
    n_threads : int
    report : callable
        Called with the share of the rounds done.

    References
    ----------
    .. [1] Bachrach et al., "Speeding up the Xbox recommender system using a Euclidean
       transformation for inner-product spaces", RecSys 2014.
    """

    def __init__(
        self,
        space: ProductRows,
        n_clusters: int,
        rng: np.random.Generator,
        n_threads: int,
        report: Callable[[float], None],
    ) -> None:
        self._space = space
        self._n_threads = n_threads
        self._by_product = space.by_product
        self._square = 0.0
        n = space.n_samples
        chosen = np.sort(rng.choice(n, min(n, _TRAINING_ROWS * n_clusters), replace=False))
        rows = space.tile(chosen)
        if self._by_product:
            self._square = float(np.vecdot(rows, rows).max())
            rows = np.concatenate([rows, self._extra(rows)[:, None]], axis=1)
        self._set(rows[rng.choice(len(rows), n_clusters, replace=False)])
        for done in range(_ROUNDS):
            own = np.empty(len(rows), np.intp)

            def assign(part: slice, scores: Float32, own: Rows = own) -> None:
                own[part] = scores.argmax(axis=1)

            self._blocks(
                len(rows),
                lambda part: rows[part],
                assign,
                lambda share, done=done: report((done + share) / _ROUNDS),  # type: ignore[misc]
            )
            order = np.argsort(own, kind="stable")
            names, starts = np.unique(own[order], return_index=True)
            centers = self._centers.copy()
            sums = np.add.reduceat(rows[order], starts, axis=0)
            counts = np.diff(starts, append=len(rows)).astype(np.float32)
            centers[names] = sums / counts[:, None]
            # A cluster without rows starts anew from a row.
            empty = np.setdiff1d(np.arange(n_clusters), names)
            centers[empty] = rows[rng.choice(len(rows), len(empty), replace=False)]
            self._set(centers)

    @property
    def n_clusters(self) -> int:
        """Number of centroids."""
        return len(self._centers)

    def scores(self, rows: Rows) -> tuple[Float32, Rows]:
        """Scores (r, n_clusters) float32 by which rows (r,) ask, and the cluster of each, (r,)."""
        tile = self._space.tile(rows)
        asking = self._of_asking(tile)
        if not self._by_product:
            return asking, asking.argmax(axis=1)
        return asking, (asking + self._extra(tile)[:, None] * self._centers[:, -1]).argmax(axis=1)

    def assign(
        self, n_asked: int, report: Callable[[float], None]
    ) -> tuple[Int32, NDArray[np.uint16]]:
        """Cluster of each row, (n_samples,) int32, and the n_asked best for each.

        These are (n_samples, n_asked) uint16, in no order.
        """
        n = self._space.n_samples
        own = np.empty(n, np.int32)
        asked = np.empty((n, n_asked), np.uint16)

        def assign(part: slice, scores: Float32) -> None:
            if self._by_product:
                extra = self._extra(self._space.tile(part))
                own[part] = (scores + extra[:, None] * self._centers[:, -1]).argmax(axis=1)
            else:
                own[part] = scores.argmax(axis=1)
            asked[part] = _largest(scores, n_asked)

        self._blocks(n, self._space.tile, assign, report)
        return own, asked

    def _extra(self, rows: Float32) -> Float32:
        """The coordinate (r,) float32 that gives rows (r, width) the length of the longest."""
        left: Float32 = np.sqrt(np.maximum(self._square - np.vecdot(rows, rows), 0))
        return left

    def _set(self, centers: Float32) -> None:
        self._centers = centers
        self._offset = np.vecdot(centers, centers) / 2

    def _of_asking(self, rows: Float32) -> Float32:
        scores: Float32 = rows @ self._centers[:, : rows.shape[1]].T
        scores -= self._offset
        return scores

    def _blocks(
        self,
        n_rows: int,
        rows: Callable[[slice], Float32],
        use: Callable[[slice, Float32], None],
        report: Callable[[float], None],
    ) -> None:
        """Score all rows in blocks."""
        size = max(1, _BLOCK_SCORES // self.n_clusters)

        def do(start: int) -> None:
            part = slice(start, min(start + size, n_rows))
            use(part, self._of_asking(rows(part)))

        in_threads(
            range(0, n_rows, size),
            lambda: do,
            self._n_threads,
            lambda n_done: report(min(1.0, n_done * size / n_rows)),
        )


def _largest(scores: Float32, k: int) -> NDArray[np.uint16]:
    """Positions (r, k) uint16 of the k largest of each row of (r, n), in no order."""
    width = scores.shape[1]
    if k >= width:
        return np.broadcast_to(np.arange(width, dtype=np.uint16), scores.shape)
    narrow = scores
    # The k-th largest of maxima over groups is a bound that k elements of the row reach.
    while narrow.shape[1] >= 8 * k:
        half = narrow.shape[1] // 2
        narrow = np.maximum(narrow[:, :half], narrow[:, half : 2 * half])
    if narrow is scores:
        return np.argpartition(scores, width - k, axis=1)[:, width - k :].astype(np.uint16)
    place = narrow.shape[1] - k
    floor = np.partition(narrow, place, axis=1)[:, place, None]
    flat = np.flatnonzero(scores >= floor)
    row, column = position(flat, width)
    counts = np.bincount(row, minlength=len(scores))
    at = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    widest = int(counts.max())
    few = np.full((len(scores), widest), -np.inf, np.float32)
    names = np.zeros((len(scores), widest), np.uint16)
    few[row, at] = scores.ravel()[flat]
    names[row, at] = column
    if widest == k:
        return names
    best = np.argpartition(few, widest - k, axis=1)[:, widest - k :]
    return np.take_along_axis(names, best, 1)
