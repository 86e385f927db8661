"""Hamming distance of packed bits: how many of them differ."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.checks import shown
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows
from embwidget.metrics.metric import Metric
from embwidget.metrics.products import ProductRows

_BITS = 8


class Hamming(Metric):
    """Number of differing bits, of rows as ``np.packbits(x > 0, axis=1)`` gives them.

    That is sentence-transformers' ``precision="ubinary"``; add 128 to its "binary". The bits are
    0 and 1 wherever vectors are numbers: in principal components, k-means, CKA and the like.
    """

    name = "hamming"
    distance_name = "bits that differ"
    is_euclidean = True
    exact_products = True
    has_products = True
    numbers_per_entry = _BITS

    def distances(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        return _counted(_as_bytes(x) ^ _as_bytes(y))

    def check(self, vectors: Float32, what: str = "vectors") -> None:
        for some in blocks(*vectors.shape):
            rows = vectors[some]
            wrong = np.argwhere((rows < 0) | (rows > 255) | (rows != np.rint(rows)))
            if len(wrong):
                row, column = (int(at) for at in wrong[0])
                msg = (
                    f"{what}: row {some.start + row}, column {column} is "
                    f"{shown(rows[row, column])}: hamming takes packed bits, whole numbers from 0 "
                    'to 255: use np.packbits(x > 0, axis=1), or add 128 to int8 "binary" vectors'
                )
                raise ValueError(msg)

    def unpacked(self, vectors: Float32) -> NDArray[np.uint8]:
        return np.unpackbits(_as_bytes(vectors), axis=-1)

    def rows(
        self,
        vectors: Float32,
        *,
        among: Any = None,
        prepare: bool | None = None,  # noqa: ARG002
        report: Callable[[], None] = lambda: None,
    ) -> ProductRows:
        # Bits unpacked tile by tile cost little of a product; all of them would be eight times the
        # vectors.
        return HammingRows(vectors, among=among, prepare=False, report=report)

    def lengths(self, distances: Float32) -> Float32:
        # The euclidean distance of bits.
        return np.sqrt(distances)


class HammingRows(ProductRows):
    """Key: the number of bits; similarity: the product of bits as 1 and -1, n_bits - 2 key."""

    exact_similarity = True

    def _setup(self, report: Callable[[], None]) -> None:  # noqa: ARG002
        self.width = _BITS * self.n_dims

    def _prepare(self, rows: slice | Rows) -> Float32:
        signs = np.unpackbits(_as_bytes(self._vectors[rows]), axis=1).astype(np.float32)
        signs *= 2
        signs -= 1
        return signs

    def _numbers(self, vectors: Float32) -> NDArray[np.uint8]:
        return _as_bytes(vectors)

    def _keys(
        self,
        mine: NDArray[Any],
        theirs: NDArray[Any],
        rows: Rows,  # noqa: ARG002
        candidates: Int32 | Rows,  # noqa: ARG002
    ) -> Float64:
        theirs ^= mine[:, None, :]
        return _counted(theirs)

    def least_similarity(self, rows: Rows, key: Float64) -> Float64:  # noqa: ARG002
        # Whole numbers below 2**24, in which float32 products do not round.
        return self.width - 2 * key

    def distance(self, key: Float64) -> Float32:
        return key.astype(np.float32)


def _as_bytes(vectors: NDArray[Any]) -> NDArray[np.uint8]:
    return vectors.astype(np.uint8)


def _counted(differing: NDArray[np.uint8]) -> Float64:
    """Bits that are set along the last axis of (..., n) uint8: (...,) float64."""
    counts: Float64 = np.bitwise_count(differing).sum(axis=-1, dtype=np.float64)
    return counts


METRIC = Hamming()
