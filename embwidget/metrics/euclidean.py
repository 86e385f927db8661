"""Euclidean distance."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics.arithmetic import (
    LARGEST_FLOAT32,
    Float32,
    Float64,
    Int32,
    Rows,
    as_float32,
    blockwise,
    dot,
    largest_square,
    round_bits,
    safe_scale,
)
from embwidget.metrics.metric import Metric
from embwidget.metrics.products import Centred, ProductRows


class Euclidean(Metric):
    """Length of the difference."""

    name = "euclidean"
    distance_name = "L2 dist."
    aliases = ("l2", "euclid", "euclidian")
    is_euclidean = True
    has_products = True

    def distances(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        apart = x.astype(np.float64) - y.astype(np.float64)
        distances: Float64 = np.sqrt(np.vecdot(apart, apart))
        return distances

    def check(self, vectors: Float32, what: str = "vectors") -> None:
        # No two rows are farther apart.
        farthest = 2 * np.sqrt(largest_square(vectors))
        if farthest > LARGEST_FLOAT32:
            msg = (
                f"{what}: distances up to {farthest:.0e} are beyond float32 (3.4e38): divide the "
                "vectors by a number, which keeps their order"
            )
            raise ValueError(msg)

    def rows(
        self,
        vectors: Float32,
        *,
        among: Any = None,
        prepare: bool | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> ProductRows:
        return EuclideanRows(vectors, among=among, prepare=prepare, report=report)


class EuclideanRows(ProductRows):
    """Key: the squared distance, rounded to 40 bits; similarity: -key / 2 of centred rows."""

    def _setup(self, report: Callable[[], None]) -> None:
        # A common offset would cost the float32 product its digits, so it goes first.
        self._center: Float64 = self._mean(report) if self._among is None else self._among._center
        squares = self._squared_norms(report, self._center)
        self._scale: float = safe_scale(squares) if self._among is None else self._among._scale
        self._centred = Centred(squares * self._scale**2, self.n_dims)

    def _mean(self, report: Callable[[], None]) -> Float64:
        """Mean row, (n_dims,) float64."""
        total = np.zeros(self.n_dims)
        for some in self.all_blocks(report):
            total += self._vectors[some].sum(axis=0, dtype=np.float64)
        mean: Float64 = total / self.n_samples
        return mean

    def _prepare(self, rows: slice | Rows) -> Float32:
        return blockwise(lambda some, _: (some - self._center) * self._scale, self._vectors[rows])

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        self._centred.shift(rows, columns, out, self.among._centred)

    def _keys(
        self,
        mine: Float64,
        theirs: Float64,
        rows: Rows,  # noqa: ARG002
        candidates: Int32 | Rows,  # noqa: ARG002
    ) -> Float64:
        theirs -= mine[:, None, :]
        return round_bits(dot(theirs, theirs))

    def least_similarity(self, rows: Rows, key: Float64) -> Float64:
        return self._centred.least_similarity(rows, key * self._scale**2 * (1 + 2.0**-39))

    def distance(self, key: Float64) -> Float32:
        return as_float32(np.sqrt(key))


METRIC = Euclidean()
