"""Arithmetic of rows: the same bits wherever they stand, and nothing that over- or underflows."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Rows = NDArray[np.intp]

# Unit roundoff of float32.
ROUNDOFF = 2.0**-24
# What float32 underflow may take from a product, with room to spare, for each dimension.
UNDERFLOW = 2.0**-126
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
# Below this squares in float32 have lost digits.
_LEAST_SQUARE = 2.0**-100
# Longer products are summed in parts: OpenBLAS spreads those of more than 10,000 over threads, and
# the order of the sum would depend on their number.
_DOT_DIMS = 8192


def blockwise(convert: Callable[[Float32, slice], Float64], rows: Float32) -> Float32:
    """Convert rows (n, n_dims) float32 in float64, to (n, n_dims) float32, a block at a time."""
    out = np.empty(rows.shape, np.float32)
    for part in blocks(*rows.shape):
        out[part] = convert(rows[part], part)
    return out


def unit_rows(rows: NDArray[Any]) -> Float64:
    """Rows (..., n_dims) of numbers, scaled to length 1: (..., n_dims) float64; zeros stay zeros.

    In float64 up to the end: float32 squares of very large or small rows over- or underflow.
    """
    wide: Float64 = rows.astype(np.float64)
    lengths = np.sqrt(np.vecdot(wide, wide))[..., None]
    np.divide(wide, lengths, out=wide, where=lengths > 0)
    return wide


def dot(a: Float64, b: Float64) -> Float64:
    """Inner products (...,) of a (..., n) and b (..., n), along the last axis; all are float64.

    Each has the same bits wherever it stands.
    """
    width = a.shape[-1]
    out: Float64 = np.vecdot(a[..., :_DOT_DIMS], b[..., :_DOT_DIMS])
    for start in range(_DOT_DIMS, width, _DOT_DIMS):
        out += np.vecdot(a[..., start : start + _DOT_DIMS], b[..., start : start + _DOT_DIMS])
    return out


def as_float32(values: Float64) -> Float32:
    """Float64 (...,) as float32 (...,): beyond its range the largest number, not infinity."""
    return np.clip(values, -LARGEST_FLOAT32, LARGEST_FLOAT32).astype(np.float32)


def largest_square(vectors: Float32) -> float:
    """Largest squared length of the rows of (n, n_dims) float32, which float32 may not hold."""
    largest = 0.0
    for some in blocks(*vectors.shape):
        rows = vectors[some]
        with np.errstate(over="ignore", under="ignore"):
            square = float(np.vecdot(rows, rows).max())
        if not _LEAST_SQUARE < square < LARGEST_FLOAT32:
            wide = rows.astype(np.float64)
            square = float(np.vecdot(wide, wide).max())
        largest = max(largest, square)
    return largest


def safe_scale(squares: Float64) -> float:
    """A power of two that keeps float32 squares from over- and underflow; 1 for usual data.

    ``squares`` (n,) float64 are the squared norms.
    """
    largest = float(np.sqrt(squares.max()))
    if largest == 0 or 1e-9 < largest < 1e9:
        return 1.0
    return float(np.exp2(-np.round(np.log2(largest))))


def round_bits(values: Float64) -> Float64:
    """Round (...,) float64 to 40 significant bits, (...,) float64; away from 0 in the middle."""
    bits = values.view(np.int64) + (1 << 11)
    bits &= ~((1 << 12) - 1)
    return bits.view(np.float64)
