"""Exact nearest neighbours with numpy alone.

Products of tiles in float32 yield a few more candidates than asked for; these are evaluated pair by
pair in float64. Rows where float32 rounding could hide a true neighbour behind the last candidate
are found by a bound on that rounding, and searched again; products of whole numbers are not rounded
and need neither. The outcome therefore does not depend on the tiles, the threads or the BLAS.
"""

from collections.abc import Callable

import numpy as np

from embwidget._core.blocks import BLOCK_ELEMENTS
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, single_threaded_blas
from embwidget.knn.exact.budget import Plan, plan
from embwidget.knn.exact.candidates import Packed, Panel, unpacked
from embwidget.knn.exact.few import BLOCK_PRODUCTS
from embwidget.metrics import Metric, MetricRows, metric_of
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows

# Candidates held beyond n_neighbors: their spread is what proves that nothing was missed.
_MARGIN = 8
# Nanoseconds that an element takes, for shares that are proportional to time: of the product and of
# the selection from it, and of a key.
_PRODUCT_TIME, _SELECTION_TIME, _KEY_TIME = 0.027, 1.5, 2.5
_STEP = "finding neighbours"
# Share of the work at which only the rows to be searched again are left: how many is not known.
_EVALUATED_SHARE = 0.95


def exact_neighbors(
    vectors: Float32,
    n_neighbors: int,
    *,
    metric: str | Metric,
    n_jobs: int | None = None,
    tile_size: int | None = None,
    max_memory: int | None = None,
    progress: Progress = silent,
) -> tuple[Int32, Float32]:
    """Find the nearest neighbours of every row among all other rows.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
        As the metric takes them. A memmap is read tile by tile.
    n_neighbors : int
        1 <= n_neighbors < n_samples.
    metric : str or Metric
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use. The result does not depend on it.
    tile_size : int, optional
        Rows of a tile; the result does not depend on it.
    max_memory : int, optional
        Bytes that may be allocated, the result included and the vectors not. Smaller tiles, fewer
        threads and in the end twice as many products are what it takes.
    progress : callable
        Called between tiles and between blocks of rows, in the calling thread.

    Returns
    -------
    indices : (n_samples, n_neighbors) int32
        Nearest first, the row itself excluded. Distances that agree to about 12 digits are ties, in
        the order of their positions.
    distances : (n_samples, n_neighbors) float32
        Evaluated in float64.

    Raises
    ------
    ValueError
        When ``max_memory`` is too small for the result and one small tile.
    """
    measure = metric_of(metric)
    n, n_dims = vectors.shape
    n_candidates = min(n_neighbors + _MARGIN, n - 1)
    sizes = plan(
        vectors,
        n_neighbors,
        n_candidates,
        width=n_dims * measure.numbers_per_entry,
        n_jobs=n_jobs,
        tile_size=tile_size,
        max_memory=max_memory,
    )
    indices = np.empty((n, n_neighbors), np.int32)
    distances = np.empty((n, n_neighbors), np.float32)
    last = np.empty(n)
    unsafe = []
    with single_threaded_blas():
        space = measure.rows(vectors, prepare=sizes.prepare, report=lambda: progress(_STEP, 0.0))
        for start in range(0, n, sizes.panel_rows):
            stop = min(start + sizes.panel_rows, n)
            panel = Panel(space, start, stop, n_candidates, sizes.tile_rows)
            search, evaluation = _reports(space, panel, progress)
            panel.search(sizes.n_threads, search)
            found = indices[start:stop], distances[start:stop], last[start:stop]
            unsafe.append(evaluate(space, panel.best, start, found, sizes.n_threads, evaluation))
            del panel
        _search_again(space, np.concatenate(unsafe), last, indices, distances, sizes, progress)
    return indices, distances


def _reports(
    space: MetricRows, panel: Panel, progress: Progress
) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """Reports of a panel's search and of its evaluation, in pairs of tiles and in rows."""
    start, (n_rows, n_candidates) = panel.start, panel.best.shape
    n, tile_rows = space.n_samples, panel.tile_rows
    per_pair = tile_rows**2 * (space.width * _PRODUCT_TIME + _SELECTION_TIME)
    per_row = n_candidates * space.n_dims * _KEY_TIME
    before, after = start / n, (start + n_rows) / n
    whole = panel.n_pairs * per_pair + n_rows * per_row

    def report(spent: float) -> None:
        progress(_STEP, _EVALUATED_SHARE * (before + (after - before) * min(1.0, spent / whole)))

    return (
        lambda n_pairs: report(n_pairs * per_pair),
        lambda n_done: report(panel.n_pairs * per_pair + n_done * per_row),
    )


def evaluate(
    space: MetricRows,
    best: Packed,
    start: int,
    found: tuple[Int32, Float32, Float64],
    n_threads: int,
    report: Callable[[int], None],
) -> Rows:
    """Order candidates by float64 key, ties by position, and write down the first k.

    Parameters
    ----------
    best : (n_rows, n_candidates) int64
        Packed candidates of the rows from ``start`` on.
    found : indices (n_rows, k) int32, distances (n_rows, k) float32, last (n_rows,) float64
        Written to; ``last`` are the keys of the last neighbours.

    Returns
    -------
    (n_unsafe,) intp
        Rows where a neighbour may not be among the candidates, ascending.
    """
    indices, distances, last = found
    n_rows, n_candidates = best.shape
    k = indices.shape[1]
    size = max(1, BLOCK_ELEMENTS // (n_candidates * space.n_dims))
    unsafe = np.zeros(n_rows, bool)

    def do(first: int) -> None:
        part = slice(first, min(first + size, n_rows))
        some = best[part]
        some.sort(axis=1)
        similarity, candidates = unpacked(some[:, ::-1])
        rows = np.arange(start + part.start, start + part.stop)
        nearest, key = _ordered(space, rows, candidates[:, :k], k)
        if n_candidates > k and not space.exact_similarity:
            # Those below this cannot come before any of the first k.
            more = np.flatnonzero(similarity[:, k] >= space.least_similarity(rows, key[:, -1]))
            if len(more):
                nearest[more], key[more] = _ordered(space, rows[more], candidates[more], k)
        indices[part], distances[part], last[part] = nearest, space.distance(key), key[:, -1]
        if n_candidates < space.n_samples - 1 and not space.exact_similarity:
            unsafe[part] = similarity[:, -1] >= space.least_similarity(rows, key[:, -1])

    in_threads(
        range(0, n_rows, size),
        lambda: do,
        n_threads,
        lambda n_done: report(n_done * size),
    )
    return start + np.flatnonzero(unsafe)


def _ordered(space: MetricRows, rows: Rows, candidates: Int32, k: int) -> tuple[Int32, Float64]:
    """The first k candidates (r, k) int32 of each row and their keys (r, k) float64.

    Of the ``rows`` (r,) intp and all ``candidates`` (r, n_candidates) int32.
    """
    candidates = np.sort(candidates, axis=1)
    key = space.key(rows, candidates)
    # Stable, and the candidates ascend: ties stay in the order of their positions.
    order = np.argsort(key, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(candidates, order, 1), np.take_along_axis(key, order, 1)


def _search_again(
    space: MetricRows,
    unsafe: Rows,
    last: Float64,
    indices: Int32,
    distances: Float32,
    sizes: Plan,
    progress: Progress,
) -> None:
    """Search all items for the rows whose candidates may have missed a neighbour.

    These are rows with many items at (nearly) the same distance, copies above all. Each distinct
    row is searched once, and against distinct rows, so that thousands of copies cost as one.

    ``unsafe`` (m,) intp are the rows and ``last`` (n,) float64 the keys of the last neighbours that
    are known; ``indices`` (n, k) int32 and ``distances`` (n, k) float32 are written to.
    """
    if len(unsafe) == 0:
        return
    k = indices.shape[1]
    group, first = space.copies(lambda: progress(_STEP, _EVALUATED_SHARE))
    _, one_of_each = np.unique(group[unsafe], return_index=True)
    sharing = _members(group[unsafe], unsafe)
    chosen = unsafe[one_of_each]
    # Within a bound of memory one row at a time, for which there is room.
    size = max(1, BLOCK_PRODUCTS // space.n_samples) if sizes.spare is None else 1

    def do(start: int) -> None:
        some = chosen[start : start + size]
        bounds = space.least_similarity(some, last[some])
        for row, similarity, least in zip(some, space.similarity_of(some), bounds, strict=True):
            near = np.flatnonzero(similarity >= least)
            distinct, copy_of = np.unique(group[near], return_inverse=True)
            key = space.key_of(int(row), first[distinct])[copy_of]
            order = np.argsort(key, kind="stable")[: k + 1]
            for member in sharing[group[row]]:
                others = order[near[order] != member][:k]
                indices[member] = near[others]
                distances[member] = space.distance(key[others])

    def report(n_done: int) -> None:
        done = min(1.0, n_done * size / len(chosen))
        progress(_STEP, _EVALUATED_SHARE + (1 - _EVALUATED_SHARE) * done)

    n_threads = sizes.n_threads if sizes.spare is None else 1
    in_threads(range(0, len(chosen), size), lambda: do, n_threads, report)


def _members(group: Rows, rows: Rows) -> dict[int, Rows]:
    """Rows (m,) intp by the group (m,) intp that each is in."""
    order = np.argsort(group, kind="stable")
    names, starts = np.unique(group[order], return_index=True)
    return dict(zip(names.tolist(), np.split(rows[order], starts[1:]), strict=True))
