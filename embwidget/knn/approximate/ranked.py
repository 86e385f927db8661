"""What an index found, as the graph wants it: in order of the exact keys, and no list too short."""

from collections.abc import Callable

import numpy as np

from embwidget._core.blocks import BLOCK_ELEMENTS
from embwidget.metrics import MetricRows
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows


def ranked(space: MetricRows, found: Int32, n_neighbors: int) -> tuple[Int32, Float64]:
    """Order what was found, (n, m) int32, by exact key, the row itself dropped by its position.

    Indices and keys are (n, n_neighbors) int32 and float64. Where fewer were found, which is -1 in
    ``found``, the rest is -1 at an infinite key. ``found`` is sorted in place.
    """
    n, width = found.shape
    found.sort(axis=1)
    indices = np.full((n, n_neighbors), -1, np.int32)
    keys = np.full((n, n_neighbors), np.inf)
    block = max(1, BLOCK_ELEMENTS // (width * space.n_dims))
    for start in range(0, n, block):
        some = found[start : start + block]
        rows = np.arange(start, start + len(some))
        key = space.key(rows, np.maximum(some, 0))
        key[(some < 0) | (some == rows[:, None])] = np.inf
        order = np.argsort(key, axis=1, kind="stable")[:, :n_neighbors]
        nearest = np.take_along_axis(key, order, 1)
        keys[start : start + block, : order.shape[1]] = nearest
        indices[start : start + block, : order.shape[1]] = np.where(
            np.isinf(nearest), -1, np.take_along_axis(some, order, 1)
        )
    return indices, keys


def fill_short_rows(
    space: MetricRows,
    rows: Rows,
    indices: Int32,
    distances: Float32,
    report: Callable[[], None],
) -> None:
    """Search all items for ``rows`` (m,) intp, which have fewer neighbours than wanted.

    ``indices`` (n, k) int32 and ``distances`` (n, k) float32 are written to.
    """
    everybody = np.arange(space.n_samples)
    for row in rows:
        report()
        key = space.key_of(int(row), everybody)
        key[row] = np.inf
        indices[row] = np.argsort(key, kind="stable")[: indices.shape[1]]
        distances[row] = space.distance(key[indices[row]])
