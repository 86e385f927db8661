"""The true nearest of a few rows among all, without lists for the others."""

from collections.abc import Callable

import numpy as np

from embwidget._core.threads import in_threads, single_threaded_blas
from embwidget.metrics import MetricRows
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows

BLOCK_PRODUCTS = 1 << 22
"""Similarities of rows to all that are held at a time."""


def nearest_of(
    space: MetricRows,
    rows: Rows,
    k: int,
    *,
    own: Rows | None = None,
    n_threads: int = 1,
    report: Callable[[float], None] = lambda _: None,
) -> tuple[Int32, Float64]:
    """Find the nearest among all that are searched.

    Parameters
    ----------
    space : MetricRows
    rows : (m,) intp
    k : int
    own : (m,) intp, optional
        Position of each row among those searched, where it is not to find itself.
    n_threads : int
    report : callable
        Called with the share of the rows that is done, between blocks of them.

    Returns
    -------
    indices : (m, k) int32
        Nearest first, ties by position.
    keys : (m, k) float64
    """
    indices = np.empty((len(rows), k), np.int32)
    keys = np.empty((len(rows), k))
    block = max(1, BLOCK_PRODUCTS // space.among.n_samples)

    def do(start: int) -> None:
        part = slice(start, start + block)
        some = rows[part]
        similarity, near = most_similar(space, some, k, own=None if own is None else own[part])
        # The last of these is no nearer than the true last one, so that none of the true ones
        # lies below what belongs to it. NaN, of what float32 cannot hold, is below nothing.
        least = space.least_similarity(some, space.key(some, near).max(axis=1))
        for i, row in enumerate(some):
            others = np.flatnonzero(~(similarity[i] < least[i]))
            if own is not None:
                others = others[others != own[start + i]]
            key = space.key_of(int(row), others)
            order = np.argsort(key, kind="stable")[:k]
            indices[start + i], keys[start + i] = others[order], key[order]

    with single_threaded_blas():
        in_threads(
            range(0, len(rows), block),
            lambda: do,
            n_threads,
            lambda n_done: report(min(1.0, n_done * block / max(1, len(rows)))),
        )
    return indices, keys


def most_similar(
    space: MetricRows, rows: Rows, k: int, *, own: Rows | None = None
) -> tuple[Float32, Rows]:
    """Similarity (m, n) float32 of rows (m,) to all, and the k largest of each, (m, k) intp.

    These are in no order. ``own`` (m,) is as for `nearest_of`.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        similarity = space.similarity_of(rows)
    if own is not None:
        similarity[np.arange(len(rows)), own] = -np.inf
    return similarity, np.argpartition(similarity, -k, axis=1)[:, -k:]
