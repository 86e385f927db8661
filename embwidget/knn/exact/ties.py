"""Neighbours that are equally near: where they stand, and another order of them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import BLOCK_ELEMENTS
from embwidget._core.threads import in_threads, resolve, single_threaded_blas
from embwidget.knn.exact.few import BLOCK_PRODUCTS
from embwidget.metrics import Metric, MetricRows, metric_of
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows

Mask = NDArray[np.bool_]
# Odd factors that spread a position over 64 bits: those of splitmix64.
_FACTORS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def tied_ranks(vectors: Float32, indices: Int32, distances: Float32, metric: str | Metric) -> Mask:
    """Find the neighbours that are exactly as near as the one before them.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    indices : (n_samples, k) int32
        Nearest first; -1 = none.
    distances : (n_samples, k) float32
    metric : str or Metric

    Returns
    -------
    (n_samples, k) bool
        False in the first column, and where there is no neighbour.
    """
    tied = np.zeros(indices.shape, bool)
    tied[:, 1:] = (distances[:, 1:] == distances[:, :-1]) & (indices[:, 1:] >= 0)
    row, rank = np.nonzero(tied)
    if not len(row):
        return tied
    # What float32 holds as equal need not be.
    space = metric_of(metric).rows(vectors, prepare=False)
    size = max(1, BLOCK_ELEMENTS // (2 * space.n_dims))
    for start in range(0, len(row), size):
        rows, ranks = row[start : start + size], rank[start : start + size]
        both = np.stack([indices[rows, ranks - 1], indices[rows, ranks]], axis=1)
        key = space.key(rows, both)
        tied[rows, ranks] = key[:, 0] == key[:, 1]
    return tied


def drawn_lists(
    vectors: Float32,
    indices: Int32,
    tied: Mask,
    metric: str | Metric,
    *,
    seed: int,
    n_jobs: int | None = None,
    report: Callable[[float], None] = lambda _: None,
) -> Int32:
    """Lists of neighbours in which those that are equally near stand in a random order.

    Each row draws its own, so that on average nothing depends on the order of the rows. It is the
    same for the same seed, whatever the space.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    indices : (n_samples, k) int32
        Nearest first, ties by position; -1 = none.
    tied : (n_samples, k) bool
        As `tied_ranks` gives it.
    metric : str or Metric
    seed : int
    n_jobs : int, optional
    report : callable
        Called with the share that is done.

    Returns
    -------
    (n_samples, k) int32
    """
    n, k = indices.shape
    drawn = indices.copy()
    inside = np.flatnonzero(tied.any(axis=1))
    # Equals that follow each other are one group, in which random numbers decide.
    group = np.cumsum(~tied[inside], axis=1)
    order = np.lexsort([_random(inside[:, None], indices[inside], seed), group], axis=1)
    drawn[inside] = np.take_along_axis(indices[inside], order, axis=1)
    cut = np.flatnonzero(tied[:, -1]) if k < n - 1 else inside[:0]
    if not len(cut):
        return drawn
    with single_threaded_blas():
        space = metric_of(metric).rows(vectors, prepare=None)
        _draw_again(space, cut, indices, drawn, seed, resolve(n_jobs), report)
    return drawn


def _draw_again(
    space: MetricRows,
    cut: Rows,
    indices: Int32,
    drawn: Int32,
    seed: int,
    n_threads: int,
    report: Callable[[float], None],
) -> None:
    """Draw among all that are as near as the last neighbour of rows (m,) intp.

    Of ``indices`` (n_samples, k) int32, into ``drawn``, which is alike. Copies are searched once.
    """
    k = indices.shape[1]
    group, first = space.copies()
    order = np.argsort(group[cut], kind="stable")
    cut = cut[order]
    starts = np.flatnonzero(np.diff(group[cut], prepend=-1))
    members = np.split(cut, starts[1:])
    size = max(1, BLOCK_PRODUCTS // space.n_samples)

    def do(start: int) -> None:
        some = members[start : start + size]
        asking = np.array([each[0] for each in some])
        last = space.key(asking, indices[asking, -1:])[:, 0]
        bounds = space.least_similarity(asking, last)
        lines = space.similarity_of(asking)
        for each, line, bound, farthest in zip(some, lines, bounds, last, strict=True):
            near = np.flatnonzero(~(line < bound))
            distinct, copy_of = np.unique(group[near], return_inverse=True)
            key = space.key_of(int(each[0]), first[distinct])[copy_of]
            near, key = near[key <= farthest], key[key <= farthest]
            for row in each:
                drawn[row] = _first_drawn(near, key, int(row), k, seed)

    in_threads(
        range(0, len(members), size),
        lambda: do,
        n_threads,
        lambda n_done: report(min(1.0, n_done * size / len(members))),
    )


def _first_drawn(near: Rows, key: Float64, row: int, k: int, seed: int) -> Rows:
    """The k nearest (k,) of positions (m,) intp with keys (m,) float64, without the row itself."""
    others = near != row
    near, key = near[others], key[others]
    order = np.lexsort([_random(np.array(row), near, seed), key])[:k]
    return near[order]


def _random(rows: Rows, items: Rows | Int32, seed: int) -> NDArray[np.uint64]:
    """Numbers (...,) uint64 of rows and items that broadcast, the same wherever they are asked."""
    with np.errstate(over="ignore"):
        mixed = items.astype(np.uint64) + np.uint64(1)
        mixed = mixed * np.uint64(_FACTORS[0])
        mixed = mixed ^ (rows.astype(np.uint64) + np.uint64(seed << 32)) * np.uint64(_FACTORS[1])
        for shift, factor in ((30, _FACTORS[1]), (27, _FACTORS[2])):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return mixed
