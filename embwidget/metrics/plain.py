"""Rows of a metric that no matrix product gives: all pairs are computed one by one."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import BLOCK_ELEMENTS
from embwidget.metrics.arithmetic import (
    ROUNDOFF,
    UNDERFLOW,
    Float32,
    Float64,
    Int32,
    Rows,
    as_float32,
    round_bits,
)
from embwidget.metrics.rows import MetricRows

Distances = Callable[[NDArray[Any], NDArray[Any]], Float64]
"""Distances along the last axis of two arrays that broadcast."""


class PlainRows(MetricRows):
    """Rows between which distances are computed in float64; slow, and right for any metric.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    among, report
        As for `MetricRows`.
    distances : callable
        ``distances(x, y)`` of rows (..., n_dims) float32 that broadcast, along the last axis.
    """

    def __init__(
        self,
        vectors: Float32,
        distances: Distances,
        *,
        among: Self | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(vectors, among=among, report=report)
        self._distances = distances

    def _compare(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        mine, theirs = self._vectors[rows], self.among._vectors[columns]
        out[:] = -as_float32(table_of(self._distances, mine, theirs))

    def _numbers(self, vectors: Float32) -> NDArray[Any]:
        return vectors

    def _keys(
        self,
        mine: NDArray[Any],
        theirs: NDArray[Any],
        rows: Rows,  # noqa: ARG002
        candidates: Int32 | Rows,  # noqa: ARG002
    ) -> Float64:
        # + 0 turns a -0.0 into the 0.0 that it is equal to.
        return round_bits(np.asarray(self._distances(mine[:, None, :], theirs), np.float64) + 0.0)

    def least_similarity(self, rows: Rows, key: Float64) -> Float64:  # noqa: ARG002
        # The roundings of the similarity and of the key.
        least: Float64 = -key - 1.01 * (ROUNDOFF + 2.0**-39) * np.abs(key) - UNDERFLOW
        return least

    def distance(self, key: Float64) -> Float32:
        return as_float32(key)


def table_of(distances: Distances, x: NDArray[Any], y: NDArray[Any]) -> Float64:
    """Distances (n, m) float64 of all rows x (n, n_dims) to all y (m, n_dims), block by block."""
    n_dims = x.shape[1]
    out = np.empty((len(x), len(y)))
    width = max(1, min(len(y), BLOCK_ELEMENTS // n_dims))
    height = max(1, BLOCK_ELEMENTS // (width * n_dims))
    for top in range(0, len(x), height):
        some = x[top : top + height, None, :]
        for left in range(0, len(y), width):
            part = out[top : top + height, left : left + width]
            part[:] = distances(some, y[None, left : left + width])
    return out
