"""Candidates for the nearest neighbours, by float32 products of tiles of rows.

Every pair of tiles is multiplied once and serves the rows of both: half the work of all products.
"""

from collections.abc import Callable, Hashable, Iterator

import numpy as np
from numpy.typing import NDArray

from embwidget._core.threads import in_threads
from embwidget.metrics import MetricRows
from embwidget.metrics.arithmetic import Float32, Rows

Packed = NDArray[np.int64]
# Two tiles, by number; the second one's rows are served, too, when it is in the panel.
TilePair = tuple[int, int]
_LAST = 0x7FFFFFFF


class Panel:
    """The rows ``start`` to ``stop`` of a space and the best k found for each of them.

    Parameters
    ----------
    space : MetricRows
    start, stop : int
        ``start`` is a multiple of ``tile_size``; so is ``stop``, unless it is the end.
    k : int
    tile_size : int

    Attributes
    ----------
    n_pairs : int
        Pairs of tiles to be multiplied.
    best : (stop - start, k) int64
        `packed` similarities and indices; the worst one comes first, the rest in no order.
    """

    def __init__(self, space: MetricRows, start: int, stop: int, k: int, tile_size: int) -> None:
        self._space = space
        # What is never rounded ties where the keys do, and the first of those that tie is wanted.
        self._beats = np.greater_equal if space.exact_similarity else np.greater
        self.start = start
        self.tile_rows = tile_size
        self.best = np.full((stop - start, k), packed(np.full(1, -np.inf, np.float32), 0), np.int64)
        self._tiles = range(start // tile_size, -(-stop // tile_size))
        n_tiles, n_own = -(-space.n_samples // tile_size), len(self._tiles)
        self.n_pairs = n_own * (n_own + 1) // 2 + n_own * (n_tiles - n_own)

    def search(self, n_threads: int, report: Callable[[int], None]) -> None:
        """Compare with all items; ``report`` gets the number of pairs of tiles that are done."""
        in_threads(self._pairs(), self._worker, n_threads, report, writes=self._writes)

    def _pairs(self) -> Iterator[TilePair]:
        """The diagonal ones first, for they give the first thresholds."""
        tiles = self._tiles
        for step in range(len(tiles)):
            for first in tiles[: len(tiles) - step]:
                yield first, first + step
        n_tiles = -(-self._space.n_samples // self.tile_rows)
        for other in (*range(tiles.start), *range(tiles.stop, n_tiles)):
            for first in tiles:
                yield first, other

    def _writes(self, pair: TilePair) -> tuple[Hashable, ...]:
        return tuple(tile for tile in pair if tile in self._tiles)

    def _worker(self) -> Callable[[TilePair], None]:
        n = self._space.n_samples
        size = self.tile_rows
        product = np.empty(size**2, np.float32)
        masks = np.empty((2, size**2), bool)

        def do(pair: TilePair) -> None:
            top, left = pair[0] * size, pair[1] * size
            bottom, right = min(top + size, n), min(left + size, n)
            shape = bottom - top, right - left
            n_elements = shape[0] * shape[1]
            tile = product[:n_elements].reshape(shape)
            mask, other = masks[:, :n_elements].reshape(2, *shape)
            self._space.similarity(top, bottom, left, right, out=tile)
            if pair[0] == pair[1]:
                self._first(tile, mask, top)
            elif pair[1] in self._tiles:
                self._both_sides(tile, mask, other, top, left)
            else:
                self._one_side(tile, mask, top, left)

        return do

    def _first(self, tile: Float32, mask: NDArray[np.bool_], top: int) -> None:
        """A tile (r, r) float32 with itself, whose rows have no candidates yet."""
        np.fill_diagonal(tile, -np.inf)
        np.greater_equal(tile, _kth_largest_or_less(tile, self.best.shape[1])[:, None], out=mask)
        self._take(tile, np.flatnonzero(mask), top, top, None)

    def _one_side(self, tile: Float32, mask: NDArray[np.bool_], top: int, left: int) -> None:
        """A tile (r, c) float32 whose rows are served; ``mask`` (r, c) is room."""
        self._beats(tile, similarity_of_packed(self._of(top, len(tile))[:, 0])[:, None], out=mask)
        self._take(tile, np.flatnonzero(mask), top, left, None)

    def _both_sides(
        self,
        tile: Float32,
        mask: NDArray[np.bool_],
        other: NDArray[np.bool_],
        top: int,
        left: int,
    ) -> None:
        """A tile (r, c) float32 whose rows and columns are served; the masks (r, c) are room."""
        of_rows = similarity_of_packed(self._of(top, tile.shape[0])[:, 0])
        of_columns = similarity_of_packed(self._of(left, tile.shape[1])[:, 0])
        self._beats(tile, of_rows[:, None], out=mask)
        self._beats(tile, of_columns, out=other)
        # Few are better on either side: looking for both at once costs one pass less.
        np.logical_or(mask, other, out=mask)
        flat = np.flatnonzero(mask)
        self._take(tile, flat, top, left, of_rows)
        row, column = position(flat, tile.shape[1])
        value = tile.ravel()[flat]
        better = np.flatnonzero(self._beats(value, of_columns[column]))
        column = column[better]
        order = np.argsort(
            column.astype(np.uint16 if tile.shape[1] <= 1 << 16 else np.int64), kind="stable"
        )
        better = better[order]
        merge(
            self._of(left, tile.shape[1]), column[order], packed(value[better], row[better] + top)
        )

    def _take(
        self, tile: Float32, flat: Rows, top: int, left: int, thresholds: Float32 | None
    ) -> None:
        """Merge elements ``flat`` (m,) intp of the tile (r, c) float32 into its rows.

        Those above the rows' thresholds (r,) float32, if given.
        """
        row, column = position(flat, tile.shape[1])
        value = tile.ravel()[flat]
        if thresholds is not None:
            better = np.flatnonzero(self._beats(value, thresholds[row]))
            row, column, value = row[better], column[better], value[better]
        merge(self._of(top, len(tile)), row, packed(value, column + left))

    def _of(self, first: int, n_rows: int) -> Packed:
        return self.best[first - self.start : first - self.start + n_rows]


def position(flat: Rows, width: int) -> tuple[Rows, Rows]:
    """Row (m,) and column (m,) of elements (m,) of a flat array, all intp."""
    row = flat // width
    return row, flat - row * width


def _kth_largest_or_less(tile: Float32, k: int) -> Float32:
    """A bound (r,) float32 that k elements of each row of (r, c) reach, and few more.

    In narrow tiles all but -inf reach it.
    """
    # The k-th largest of maxima over groups is such a bound: a partition of fewer elements.
    while tile.shape[1] >= 16 * k:
        half = tile.shape[1] // 2
        tile = np.maximum(tile[:, :half], tile[:, half : 2 * half])
    width = tile.shape[1]
    if width <= k:
        return np.full(len(tile), np.finfo(np.float32).min)
    return np.partition(tile, width - k, axis=1)[:, width - k]


def merge(best: Packed, row: Rows, found: Packed, rows: Rows | None = None) -> None:
    """Leave in ``best`` (n, k) int64 the best k of each row and its new candidates, in place.

    ``found`` (m,) int64 are these, packed, and ``row`` (m,) intp is the row of each; it ascends,
    and counts among ``rows`` (r,) intp of ``best``, when they are given.
    """
    if len(row) == 0:
        return
    k = best.shape[1]
    counts = np.bincount(row)
    touched = np.flatnonzero(counts)
    counts = counts[touched]
    widest = int(counts.max())
    nth = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    local = np.repeat(np.arange(len(touched)), counts)
    both = np.full((len(touched), k + widest), np.iinfo(np.int64).min)
    changed = touched if rows is None else rows[touched]
    both[:, :k] = best[changed]
    both[local, k + nth] = found
    both.partition(widest, axis=1)
    best[changed] = both[:, widest:]


# A similarity and an index in one integer that sorts as the similarity does, equal ones by falling
# index: moving these through a partition costs half of what it costs to move positions and look up
# both.
def packed(similarity: Float32, index: Rows | int) -> Packed:
    """One integer (...,) int64 for a similarity (...,) float32 and an index (...,) intp."""
    bits = similarity.view(np.int32)
    return (bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64) << 32 | (_LAST - index)


def unpacked(both: Packed) -> tuple[Float32, NDArray[np.int32]]:
    """Similarities (...,) float32 and indices (...,) int32 of packed integers (...,) int64."""
    return similarity_of_packed(both), (_LAST - (both & _LAST)).astype(np.int32)


def similarity_of_packed(both: Packed) -> Float32:
    """Similarities (...,) float32 of packed integers (...,) int64."""
    bits = (both >> 32).astype(np.int32)
    return (bits ^ (bits >> 31 & 0x7FFFFFFF)).view(np.float32)
