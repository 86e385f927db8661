"""Similarities of chosen pairs of rows, read from the vectors block by block."""

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics.arithmetic import unit_rows

# Numbers of float64 held at once.
_BLOCK_NUMBERS = 1 << 21


def pair_products(
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    others: NDArray[np.intp] | NDArray[np.int32],
    *,
    cosine: bool,
) -> NDArray[np.float64]:
    """Inner products of rows with others.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32, or uint8 of bits
    rows : (n,) intp
    others : (n, m) int
        Those paired with each row; -1 = nobody, whose product is 0.
    cosine : bool
        Divide by both lengths; a row of zeros has the cosine 0.

    Returns
    -------
    (n, m) float64
    """
    n_dims = vectors.shape[1]
    out = np.zeros(others.shape)
    step = max(1, _BLOCK_NUMBERS // (n_dims * max(1, others.shape[1])))
    for start in range(0, len(rows), step):
        some = slice(start, start + step)
        mine = _read(vectors, rows[some], cosine)[:, None, :]
        theirs = _read(vectors, others[some], cosine)
        out[some] = np.where(others[some] >= 0, np.vecdot(theirs, mine), 0.0)
    return out


def _read(
    vectors: NDArray[np.float32], rows: NDArray[np.intp] | NDArray[np.int32], cosine: bool
) -> NDArray[np.float64]:
    found = vectors[rows].view(np.ndarray)
    return unit_rows(found) if cosine else found.astype(np.float64)
