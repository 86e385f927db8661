"""Exact nearest neighbours with numpy alone.

Every pair of tiles is multiplied once in float32 and serves the rows of both (half the work of the
full product). That yields a few more candidates than asked for; these are evaluated pair by pair in
float64. Rows where float32 rounding could hide a true neighbour behind the last candidate are found
by a bound on that rounding, and searched again. The outcome therefore does not depend on the tiles,
the threads or the BLAS.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import NDArray

from embwidget._progress import Progress, silent
from embwidget.knn.metrics import Float32, Float64, Int32, Metric, Rows, metric_of

# Candidates kept beyond n_neighbors: their spread is what proves that nothing was missed.
_MARGIN = 8
# Large enough for the BLAS, small enough to cancel soon: 20 MB of product and mask.
_TILE_ROWS = 2048
# Elements of a gathered float64 block: small enough to stay in the cache.
_BLOCK_ELEMENTS = 1 << 19
# What is shown, and the shares of the work at which the tiles and the float64 keys are done.
_STEP = "finding neighbours"
_TILES_SHARE, _EVALUATED_SHARE = 0.85, 0.95


def exact_neighbors(
    vectors: Float32,
    n_neighbors: int,
    *,
    metric: str,
    n_jobs: int | None = None,
    tile_size: int | None = None,
    progress: Progress = silent,
) -> tuple[Int32, Float32]:
    """Find the nearest neighbours of every row among all other rows.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
        Finite; no zero row when the metric is cosine. A memmap is read tile by tile.
    n_neighbors : int
        1 <= n_neighbors < n_samples.
    metric : {"cosine", "euclidean", "inner_product"}
    n_jobs : int, optional
        Threads of the BLAS; None = as many as it takes.
    tile_size : int, optional
        Rows of a tile; the result does not depend on it.
    progress : callable
        Called between tiles and between blocks of rows.

    Returns
    -------
    indices : (n_samples, n_neighbors) int32
        Nearest first, the row itself excluded. Distances that agree to about 12 digits are ties, in
        the order of their positions.
    distances : (n_samples, n_neighbors) float32
        Evaluated in float64: 1 - cosine, the euclidean distance, or minus the inner product.
    """
    space = metric_of(vectors, metric)
    n_candidates = min(n_neighbors + _MARGIN, len(vectors) - 1)
    with _threads(n_jobs):
        candidates, worst = _candidates(space, n_candidates, tile_size, progress)
        indices, keys = _evaluate(space, candidates, n_neighbors, progress)
        if n_candidates < len(vectors) - 1:
            unsafe = np.flatnonzero(worst >= space.reach(np.arange(len(vectors)), keys[:, -1]))
            _search_again(space, unsafe, indices, keys, progress)
    return indices, space.distance(keys)


def _threads(n_jobs: int | None) -> AbstractContextManager[object]:
    if n_jobs is None:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(n_jobs)
    return limits


def _tiles(n: int, size: int) -> Iterator[tuple[int, int, int, int]]:
    """Bounds of each pair of tiles; the diagonal ones first, for they give the first thresholds."""
    starts = range(0, n, size)
    for step in range(len(starts)):
        for row in range(len(starts) - step):
            top, left = starts[row], starts[row + step]
            yield top, min(top + size, n), left, min(left + size, n)


def _candidates(
    space: Metric, k: int, tile_size: int | None, progress: Progress
) -> tuple[Int32, Float32]:
    """Return the k nearest by float32 similarity, in no order, and the worst of these."""
    n = space.n_samples
    size = min(n, tile_size or _TILE_ROWS)
    best = _packed(np.full((n, k), -np.inf, np.float32), np.zeros(1, np.intp))
    worst = np.full(n, -np.inf, np.float32)
    product = np.empty(size**2, np.float32)
    better = np.empty(size**2, bool)
    n_tiles = -(-n // size)
    n_pairs = n_tiles * (n_tiles + 1) // 2
    for done, (top, bottom, left, right) in enumerate(_tiles(n, size)):
        progress(_STEP, _TILES_SHARE * done / n_pairs)
        height, width = bottom - top, right - left
        rows, columns = slice(top, bottom), slice(left, right)
        flat = product[: height * width]
        tile = flat.reshape(height, width)
        mask = better[: height * width].reshape(height, width)
        space.similarity(top, bottom, left, right, out=tile)
        if top == left:
            np.fill_diagonal(tile, -np.inf)
            if width > k:
                np.greater_equal(tile, np.partition(tile, width - k)[:, width - k, None], out=mask)
            else:
                np.greater(tile, -np.inf, out=mask)
            row, column = np.divmod(np.flatnonzero(mask), width)
            worst[rows] = _merge(best[rows], row, tile[row, column], column + left, worst[rows])
            continue
        # Both masks before the first merge: a merge changes only what its own side compares with.
        np.greater(tile, worst[rows, None], out=mask)
        for_rows = np.flatnonzero(mask)
        np.greater(tile, worst[None, columns], out=mask)
        for_columns = np.flatnonzero(mask)
        row, column = np.divmod(for_rows, width)
        worst[rows] = _merge(best[rows], row, flat[for_rows], column + left, worst[rows])
        row, column = np.divmod(for_columns, width)
        order = np.argsort(
            column.astype(np.uint16 if width <= 1 << 16 else np.int64), kind="stable"
        )
        for_columns, row, column = for_columns[order], row[order] + top, column[order]
        worst[columns] = _merge(best[columns], column, flat[for_columns], row, worst[columns])
    return (best & 0x7FFFFFFF).astype(np.int32), worst


def _merge(
    best: NDArray[np.int64], row: Rows, value: Float32, index: Rows, worst: Float32
) -> Float32:
    """Keep the best k of each row and its new candidates, in place; ``row`` ascends.

    Returns the similarity of the worst one kept, where rows without candidates keep theirs.
    """
    if len(row) == 0:
        return worst
    n_rows, k = best.shape
    counts = np.bincount(row, minlength=n_rows)
    touched = np.flatnonzero(counts)
    counts = counts[touched]
    widest = int(counts.max())
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    local = np.repeat(np.arange(len(touched)), counts)
    both = np.full((len(touched), k + widest), np.iinfo(np.int64).min)
    both[:, :k] = best[touched]
    both[local, k + place] = _packed(value, index)
    both.partition(widest, axis=1)
    best[touched] = both[:, widest:]
    worst = worst.copy()
    worst[touched] = _similarity(both[:, widest])
    return worst


# A similarity and an index in one integer that sorts as the similarity does: moving these through
# a partition costs half of what it costs to move positions and look up both.
def _packed(similarity: Float32, index: Rows) -> NDArray[np.int64]:
    bits = similarity.view(np.int32)
    return (bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64) << 32 | index


def _similarity(packed: NDArray[np.int64]) -> Float32:
    bits = (packed >> 32).astype(np.int32)
    return (bits ^ (bits >> 31 & 0x7FFFFFFF)).view(np.float32)


def _evaluate(
    space: Metric, candidates: Int32, k: int, progress: Progress
) -> tuple[Int32, Float64]:
    """Order the candidates by float64 key, ties by position, and keep the first k."""
    n, n_candidates = candidates.shape
    candidates.sort(axis=1)
    indices = np.empty((n, k), np.int32)
    keys = np.empty((n, k), np.float64)
    block = max(1, _BLOCK_ELEMENTS // (n_candidates * space.n_dims))
    for start in range(0, n, block):
        progress(_STEP, _TILES_SHARE + (_EVALUATED_SHARE - _TILES_SHARE) * start / n)
        some = candidates[start : start + block]
        key = space.key(np.arange(start, start + len(some)), some)
        # Stable, and the candidates ascend: ties stay in the order of their positions.
        order = np.argsort(key, axis=1, kind="stable")[:, :k]
        indices[start : start + block] = np.take_along_axis(some, order, 1)
        keys[start : start + block] = np.take_along_axis(key, order, 1)
    return indices, keys


def _search_again(
    space: Metric, unsafe: Rows, indices: Int32, keys: Float64, progress: Progress
) -> None:
    """Search all items for the rows whose candidates may have missed a neighbour.

    These are rows with many items at (nearly) the same distance, copies above all. Each distinct
    row is searched once, and against distinct rows, so that thousands of copies cost as one.
    """
    if len(unsafe) == 0:
        return
    k = indices.shape[1]
    group, first = space.copies()
    _, one_of_each = np.unique(group[unsafe], return_index=True)
    sharing = _members(group[unsafe], unsafe)
    block = max(1, (1 << 24) // space.n_samples)
    chosen = unsafe[one_of_each]
    for start in range(0, len(chosen), block):
        progress(_STEP, _EVALUATED_SHARE + (1 - _EVALUATED_SHARE) * start / len(chosen))
        some = chosen[start : start + block]
        reach = space.reach(some, keys[some, -1])
        for row, similarity, floor in zip(some, space.similarity_of(some), reach, strict=True):
            near = np.flatnonzero(similarity >= floor)
            distinct, copy_of = np.unique(group[near], return_inverse=True)
            key = space.key_of(int(row), first[distinct])[copy_of]
            order = np.argsort(key, kind="stable")[: k + 1]
            for member in sharing[group[row]]:
                kept = order[near[order] != member][:k]
                indices[member] = near[kept]
                keys[member] = key[kept]


def _members(group: Rows, rows: Rows) -> dict[int, Rows]:
    order = np.argsort(group, kind="stable")
    names, starts = np.unique(group[order], return_index=True)
    return dict(zip(names.tolist(), np.split(rows[order], starts[1:]), strict=True))
