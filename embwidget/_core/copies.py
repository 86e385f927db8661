"""Which rows are copies of each other, found without sorting them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks

Float32 = NDArray[np.float32]
Rows = NDArray[np.intp]

# Columns that tell most rows apart.
_FEW_COLUMNS = 16
# Of a row's largest number: what differs by less was the same before it was computed.
_ROUNDING = 2.0**-45


def copies_of(vectors: Float32, report: Callable[[], None] = lambda: None) -> tuple[Rows, Rows]:
    """Group the rows that are equal.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
        A memmap is read block by block.
    report : callable
        Called before each block.

    Returns
    -------
    group : (n_samples,) intp
        The same for equal rows.
    first : (n_groups,) intp
        Each group's first row.
    """
    _, first, group = np.unique(_names(vectors, report), return_index=True, return_inverse=True)
    different = []
    for some in blocks(*vectors.shape):
        report()
        unlike = _bits(vectors[some]) != _bits(vectors[first[group[some]]])
        different.append(some.start + np.flatnonzero(unlike.any(axis=1)))
    apart = np.concatenate(different)
    # Should two unlike rows have the same sum, they count as rows without a copy.
    group[apart] = len(first) + np.arange(len(apart))
    return group, np.concatenate([first, apart])


def content_order(vectors: Float32) -> Rows:
    """Order (n_samples,) intp of rows (n_samples, n_dims) float32 that depends on them alone.

    It is the same however the rows come, up to copies.
    """
    return np.argsort(_names(vectors), kind="stable")


def _names(vectors: Float32, report: Callable[[], None] = lambda: None) -> NDArray[np.uint64]:
    """A number for each row of (n_samples, n_dims) float32, the same for copies: (n_samples,)."""
    # A sum of products modulo 2**64, so that no rows are copied to be sorted.
    n_samples, n_dims = vectors.shape
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 1 << 64, n_dims, np.uint64) | np.uint64(1)
    names = np.empty(n_samples, np.uint64)
    for some in blocks(n_samples, n_dims):
        report()
        bits = _bits(vectors[some]).astype(np.uint64)
        # Spread to the upper half: a product with a high bit alone would keep few of the rest.
        bits |= bits << np.uint64(32)
        bits ^= bits >> np.uint64(29)
        bits *= factors
        bits ^= bits >> np.uint64(32)
        bits *= factors[::-1]
        names[some] = bits.sum(axis=1)
    return names


def n_made_equal(given: NDArray[Any], converted: Float32) -> int:
    """Count rows that another row became equal to when they were rounded to float32.

    Parameters
    ----------
    given : (n_samples, n_dims) float or int
        Of more digits than float32 has.
    converted : (n_samples, n_dims) float32
    """
    n_dims = converted.shape[1]
    columns = np.unique(np.linspace(0, n_dims - 1, _FEW_COLUMNS).astype(np.intp))
    rows = _sharing(np.ascontiguousarray(converted[:, columns]))
    rows = rows[_sharing(converted[rows])] if len(rows) else rows
    if not len(rows):
        return 0
    group, first = copies_of(converted[rows])
    unlike = np.zeros(len(first), bool)
    for some in blocks(len(rows), n_dims):
        mine, of = given[rows[some]].astype(np.float64), group[some]
        apart = np.abs(mine - given[rows[first[of]]]).max(axis=1)
        unlike[of[apart > _ROUNDING * np.abs(mine).max(axis=1)]] = True
    return int(unlike[group].sum())


def _sharing(vectors: Float32) -> Rows:
    """Rows (m,) intp of (n, n_dims) float32 that have a copy."""
    group, _ = copies_of(vectors)
    return np.flatnonzero(np.bincount(group)[group] > 1)


def _bits(rows: Float32) -> NDArray[np.uint32]:
    """Bits (n, n_dims) uint32 of rows (n, n_dims); those of -0.0 are those of 0.0."""
    return np.asarray(rows + np.float32(0)).view(np.uint32)
