"""Inner product, the largest first: its distance is minus the product."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics.arithmetic import (
    LARGEST_FLOAT32,
    ROUNDOFF,
    UNDERFLOW,
    Float32,
    Float64,
    Int32,
    Rows,
    as_float32,
    dot,
    largest_square,
    safe_scale,
)
from embwidget.metrics.metric import Metric
from embwidget.metrics.products import ProductRows

_LEAST_SIZE = float(np.finfo(np.float64).tiny) * 2.0**60
# A row longer than the median by this is an outlier.
_MOST_LONGER = 2.0**8
# Those of rows of the same space are mostly smaller; float32 loses digits below 1e-38.
_LEAST_PRODUCT = 1e-30


class InnerProduct(Metric):
    """Minus the inner product, which has no zero point."""

    name = "inner_product"
    distance_name = "−dot prod."
    aliases = ("ip", "dot", "inner", "dot_product", "dotproduct", "innerproduct")
    is_product = True
    has_products = True

    def distances(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        product: Float64 = np.vecdot(x.astype(np.float64), y.astype(np.float64))
        return -product

    def check(self, vectors: Float32, what: str = "vectors") -> None:
        largest = largest_square(vectors)
        if largest > LARGEST_FLOAT32 or 0 < largest < _LEAST_PRODUCT:
            msg = (
                f"{what}: inner products of about {largest:.0e} do not fit float32: divide the "
                "vectors by a number, as by their largest length, which keeps the order"
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
        return InnerProductRows(vectors, among=among, prepare=prepare, report=report)

    def nonnegative(self, distances: Float32) -> Float32:
        # Each row is shifted so that its nearest neighbour lies as far away as its farthest lies
        # beyond that. UMAP looks beyond the nearest one only: this changes no weight.
        gaps = distances - distances[:, :1]
        return np.asarray(gaps + gaps[:, -1:], np.float32)

    def lengths(self, distances: Float32) -> Float32:
        # The root of the lag behind the row's best, which makes t-SNE's neighbour probabilities
        # the softmax of the products.
        gaps = distances - distances[:, :1]
        return np.asarray(np.sqrt(2 * np.maximum(gaps, 0)), np.float32)


class InnerProductRows(ProductRows):
    """Key: minus the inner product, in steps of 2**-42 of the largest product a row can have.

    Rows far longer than most do not count for the steps, or all others would be equally near.
    """

    by_product = True

    def _setup(self, report: Callable[[], None]) -> None:
        squares = self._squared_norms(report)
        self._norms = np.sqrt(squares)
        self._scale: float = safe_scale(squares) if self._among is None else self._among._scale
        largest = float(self._norms.max())
        self._largest: float = largest if self._among is None else self._among._largest
        usual = _MOST_LONGER * float(np.median(self._norms)) or largest
        self._usual: float = min(largest, usual) if self._among is None else self._among._usual

    def _prepare_all(self, report: Callable[[], None]) -> Float32:
        # As they are, when nothing is to be changed.
        return self._vectors if self._scale == 1 else super()._prepare_all(report)

    def _prepare(self, rows: slice | Rows) -> Float32:
        if self._scale == 1:
            return self._vectors[rows]
        return (self._vectors[rows] * self._scale).astype(np.float32)

    def _keys(
        self,
        mine: Float64,
        theirs: Float64,
        rows: Rows,
        candidates: Int32 | Rows,  # noqa: ARG002
    ) -> Float64:
        key = -dot(theirs, mine[:, None, :])
        size = np.maximum(self._norms[rows] * self._usual, _LEAST_SIZE)
        step = np.exp2(np.ceil(np.log2(size)) - 42)[:, None]
        # + 0 turns a -0.0 into the 0.0 that a zero product is.
        rounded: Float64 = np.round(key / step) * step + 0.0
        return rounded

    def least_similarity(self, rows: Rows, key: Float64) -> Float64:
        size = self._size(rows) * self._scale**2
        lost = 1.01 * (self.n_dims + 4) * (ROUNDOFF * size + UNDERFLOW) + 2.0**-41 * size
        least: Float64 = -key * self._scale**2 - lost
        return least

    def distance(self, key: Float64) -> Float32:
        return as_float32(key)

    def _size(self, rows: Rows) -> Float64:
        """Largest absolute product that each row (r,) intp can have, (r,) float64; never 0."""
        return np.maximum(self._norms[rows] * self._largest, _LEAST_SIZE)


METRIC = InnerProduct()
