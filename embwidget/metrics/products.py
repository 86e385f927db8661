"""Rows whose similarity comes out of a float32 matrix product: the fast way to compare pairs."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Self

import numpy as np

from embwidget.metrics.arithmetic import ROUNDOFF, UNDERFLOW, Float32, Float64, Rows, dot
from embwidget.metrics.rows import MetricRows


class ProductRows(MetricRows):
    """Rows that are multiplied; what is special of a metric is added to the product.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    among, report
        As for `MetricRows`.
    prepare : bool, optional
        Hold all rows as they enter the product; else they are prepared tile by tile. By default not
        those of a memmap, which may not fit into memory.
    """

    by_product = False
    """Whether rows of any length are multiplied as they are: then no distance has that order."""

    def __init__(
        self,
        vectors: Float32,
        *,
        among: Self | None = None,
        prepare: bool | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepared: Float32 | None = None
        super().__init__(vectors, among=among, report=report)
        if prepare is None:
            prepare = not isinstance(vectors, np.memmap)
        if prepare:
            self._prepared = self._prepare_all(report)

    def prepared(self) -> Float32:
        """All rows as they enter the product, (n_samples, width) float32.

        None of their squares over- or underflows. Their euclidean distances have the order of the
        metric, unless it is ``by_product``.
        """
        return self.tile(slice(None))

    def tile(self, rows: slice | Rows) -> Float32:
        """Rows, a slice or (r,) intp, as they enter the product: (r, width) float32."""
        return self._prepare(rows) if self._prepared is None else self._prepared[rows]

    def _compare(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        mine = self.tile(rows)
        # The same array twice lets numpy compute one half of the product alone.
        slices = isinstance(rows, slice) and isinstance(columns, slice)
        same = slices and rows == columns and self._among is None
        np.matmul(mine, (mine if same else self.among.tile(columns)).T, out=out)
        self.shift(rows, columns, out)

    def _prepare_all(self, report: Callable[[], None]) -> Float32:
        prepared = np.empty((self.n_samples, self.width), np.float32)
        for some in self.all_blocks(report):
            prepared[some] = self._prepare(some)
        return prepared

    def _squared_norms(self, report: Callable[[], None], center: Float64 | None = None) -> Float64:
        """Squared norms (n,) float64, in the same order of summation as the keys' products."""
        out = np.empty(self.n_samples)
        for some in self.all_blocks(report):
            rows = self._vectors[some].astype(np.float64)
            if center is not None:
                rows -= center
            out[some] = dot(rows, rows)
        return out

    @abstractmethod
    def _prepare(self, rows: slice | Rows) -> Float32:
        """Rows, a slice or (r,) intp, as they enter the product: (r, width) float32."""

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        """Turn products into the similarity, in place; by default they are the same.

        ``out`` (r, m) float32 are those of ``rows`` and ``columns``, slices or (r,) and (m,) intp.
        """


class Centred:
    """Similarity of centred rows: half of the squared distance, negative.

    Parameters
    ----------
    squares : (n_samples,) float64
        Squared norms of the centred rows.
    n_dims : int
    """

    def __init__(self, squares: Float64, n_dims: int) -> None:
        self._norms = np.sqrt(squares)
        self._half = (squares / 2).astype(np.float32)
        self._n_dims = n_dims

    def shift(
        self, rows: slice | Rows, columns: slice | Rows, out: Float32, among: "Centred"
    ) -> None:
        """Turn products of centred rows with those of ``among`` into the similarity, in place.

        ``out`` (r, m) float32 are those of ``rows`` and ``columns``, slices or (r,) and (m,) intp.
        """
        out -= self._half[rows, None]
        out -= among._half[None, columns]

    def least_similarity(self, rows: Rows, square: Float64) -> Float64:
        """Similarity (r,) float64 below which no item is as near as ``square`` to its row.

        ``rows`` are (r,) intp, the squared distances ``square`` (r,) float64.
        """
        # An item that near has a norm of at most |row| + distance, which bounds what is rounded:
        # n_dims + 2 times their product, at most (size / 2)**2, and 6 times that in the shift.
        size = 2 * self._norms[rows] + np.sqrt(square)
        lost = 1.01 * (self._n_dims + 8) * (ROUNDOFF * size**2 / 4 + UNDERFLOW)
        least: Float64 = -square / 2 - lost
        return least
