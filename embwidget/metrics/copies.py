"""Which rows are copies of each other, found without sorting them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics.arithmetic import Float32, Rows, blocks


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
    # A sum of products modulo 2**64 stands for each row, so that no rows are copied to be sorted.
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
    _, first, group = np.unique(names, return_index=True, return_inverse=True)
    different = []
    for some in blocks(n_samples, n_dims):
        report()
        unlike = _bits(vectors[some]) != _bits(vectors[first[group[some]]])
        different.append(some.start + np.flatnonzero(unlike.any(axis=1)))
    apart = np.concatenate(different)
    # Should two unlike rows have the same sum, they count as rows without a copy.
    group[apart] = len(first) + np.arange(len(apart))
    return group, np.concatenate([first, apart])


def _bits(rows: Float32) -> NDArray[np.uint32]:
    """Bits (n, n_dims) uint32 of rows (n, n_dims); those of -0.0 are those of 0.0."""
    return np.asarray(rows + np.float32(0)).view(np.uint32)
