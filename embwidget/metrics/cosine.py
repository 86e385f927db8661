"""Cosine distance: 1 - cosine of the angle between two vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.checks import listed
from embwidget.metrics.arithmetic import (
    ROUNDOFF,
    Float32,
    Float64,
    Int32,
    Rows,
    blockwise,
    dot,
    round_bits,
    unit_rows,
)
from embwidget.metrics.metric import Metric
from embwidget.metrics.products import Centred, ProductRows

# Squared length of the mean of the unit rows above which they are centred: there the bound on the
# rounding becomes smaller by it.
_COMMON_DIRECTION = 0.5
# Distance below which 1 - cosine has lost too many digits, and the chord is measured instead.
_NEAR = 2.0**-10
# What is added to a chord where its bits are rounded: unit rows are known to about 2**-52, whatever
# the chord between them, so that steps of 2**-46 keep what is equally far apart together.
_CHORD_OFFSET = 2.0**-6


class Cosine(Metric):
    """1 - cosine; the euclidean distance of unit rows has its order."""

    name = "cosine"
    aliases = ("cos",)
    distance_name = "cos. dist."
    is_euclidean = True
    ignores_length = True
    has_products = True

    def distances(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        wide, other = x.astype(np.float64), y.astype(np.float64)
        squares, other_squares = np.vecdot(wide, wide), np.vecdot(other, other)
        norms = np.sqrt(squares * other_squares)
        # Pairs that differ by the rounding of a product alone are equally far apart.
        distances: Float64 = np.asarray(np.round(1 - np.vecdot(wide, other) / norms, 12))
        near = np.nonzero(distances < _NEAR)
        if len(near[0]):
            mine, theirs = np.broadcast_arrays(wide, other)
            squares, other_squares = np.broadcast_arrays(squares, other_squares)
            distances[near] = _of_chords(
                mine[near], squares[near], theirs[near], other_squares[near]
            )
        return distances

    def check(self, vectors: Float32, what: str = "vectors") -> None:
        rows = np.concatenate(
            [
                some.start + np.flatnonzero(~vectors[some].any(axis=1))
                for some in blocks(*vectors.shape)
            ]
        )
        if len(rows):
            msg = (
                f"{what}: {len(rows)} rows are all zero (rows {listed(rows)}), which have no "
                'cosine: drop them or use metric="euclidean"'
            )
            raise ValueError(msg)

    def coordinates(self, vectors: Float32) -> Float64:
        return unit_rows(vectors)

    def rows(
        self,
        vectors: Float32,
        *,
        among: Any = None,
        prepare: bool | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> ProductRows:
        return CosineRows(vectors, among=among, prepare=prepare, report=report)

    def lengths(self, distances: Float32) -> Float32:
        # The chords between unit vectors.
        return np.asarray(np.sqrt(2 * np.maximum(distances, 0)), np.float32)


def _of_chords(x: Float64, x_squares: Float64, y: Float64, y_squares: Float64) -> Float64:
    """1 - cosine (m,) float64 of near rows x and y (m, n_dims), as half of the squared chord.

    Both rows are float64 and changed, ``x_squares`` and ``y_squares`` (m,) are their squared
    lengths.
    """
    x /= np.sqrt(x_squares)[:, None]
    y /= np.sqrt(y_squares)[:, None]
    x -= y
    chords = round_bits(np.sqrt(dot(x, x)) + _CHORD_OFFSET) - _CHORD_OFFSET
    return np.minimum(chords**2 / 2, _NEAR)


class CosineRows(ProductRows):
    """Key: 1 - cosine, in steps of 2**-40; of near rows half of the squared chord between them.

    A cosine near 1 has no digits left for what is behind it: rows that differ by a millionth would
    all be equally far apart.
    """

    def _setup(self, report: Callable[[], None]) -> None:
        self._squares = self._squared_norms(report)
        self._center: Float64 | None = None
        self._centred: Centred | None = None
        center = self._common_direction(report) if self._among is None else self._among._center
        if center is not None:
            squares = np.empty(self.n_samples)
            for some in self.all_blocks(report):
                unit = self._vectors[some] / np.sqrt(self._squares[some])[:, None] - center
                squares[some] = np.vecdot(unit, unit)
            self._center, self._centred = center, Centred(squares, self.n_dims)

    def _common_direction(self, report: Callable[[], None]) -> Float64 | None:
        """Mean of the unit rows, (n_dims,) float64, where it is worth taking away."""
        center = np.zeros(self.n_dims)
        for some in self.all_blocks(report):
            center += (1 / np.sqrt(self._squares[some])) @ self._vectors[some].astype(np.float64)
        center /= self.n_samples
        # Rows in much the same direction differ in the last digits of their products alone, and all
        # would be searched again. So what they have in common goes first, as for the euclidean
        # distance: that of unit rows has the same order.
        return center if center @ center > _COMMON_DIRECTION else None

    def _prepare(self, rows: slice | Rows) -> Float32:
        # In float64 up to the end: float32 squares of very large or small rows over- or underflow.
        scale = 1 / np.sqrt(self._squares[rows])
        center = 0.0 if self._center is None else self._center
        return blockwise(lambda some, part: some * scale[part, None] - center, self._vectors[rows])

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        centred = self.among._centred
        if self._centred is not None and centred is not None:
            self._centred.shift(rows, columns, out, centred)

    def _keys(
        self, mine: Float64, theirs: Float64, rows: Rows, candidates: Int32 | Rows
    ) -> Float64:
        product = dot(theirs, mine[:, None, :])
        # One root of the product, not a product of roots: exactly 1 for a row and its copy.
        norms = np.sqrt(self.among._squares[candidates] * self._squares[rows][:, None])
        steps: Float64 = np.round((1 - product / norms) * 2.0**40)
        key: Float64 = np.maximum(steps, 0) * 2.0**-40
        near = np.nonzero(key < _NEAR)
        if len(near[0]):
            asked = near[0]
            squares = self.among._squares[candidates[near]]
            key[near] = _of_chords(theirs[near], squares, mine[asked], self._squares[rows[asked]])
        return key

    def least_similarity(self, rows: Rows, key: Float64) -> Float64:
        if self._centred is not None:
            # The chord, and the half step by which it, or the cosine, was rounded.
            chord = np.sqrt(2 * key) * (1 + 2.0**-29) + 2.0**-45
            return self._centred.least_similarity(rows, chord**2)
        # Products of unit rows: d + 4 roundings (n_dims products and sums, and the normalisation).
        lost = 1.01 * (self.n_dims + 4) * ROUNDOFF + 2.0**-40
        least: Float64 = (1 - key) - lost
        return least

    def distance(self, key: Float64) -> Float32:
        return key.astype(np.float32)


METRIC = Cosine()
