"""Principal components with numpy alone: the first map, and the start of every other one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]
    Float64 = NDArray[np.float64]

BLOCK_BYTES = 8 << 20
"""How much of `x` is centred at a time: a memmap is never in memory as a whole."""

EXACT_SIDE = 1024
"""Up to this many rows or columns the smaller square matrix is decomposed (in 0.3 s at most)."""

OVERSAMPLE = 10
MAX_PASSES = 40
AXES_TOLERANCE = 1e-4
"""Subspace iteration ends once the leading axes turn by less than this (a sine) in one pass."""


def pca(x: Float32, n_components: int = 2, *, unit_length: bool = False) -> Float32:
    """Project onto the directions of largest variance.

    Exact while `x` has at most 1024 columns or at most 1024 rows; beyond that by subspace
    iteration from a fixed start, since the eigenvectors of a large matrix would take longer than
    a few passes over the rows. The result is the same on every call: each direction is
    turned so that its loading of largest magnitude is positive.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_dims), float32
        Finite vectors; a memmap is read block by block.
    n_components : int, default=2
        Columns of the result. Those beyond what `x` can span are zeros.
    unit_length : bool, default=False
        Scale every row to length 1 first (zero rows stay), which is how the cosine sees them.

    Returns
    -------
    scores : ndarray of shape (n_samples, n_components), float32
        Centred, columns by falling variance.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[0, 0, 1], [2, 0, 1], [4, 0, 1]], dtype=np.float32)
    >>> pca(x).tolist()
    [[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]]
    """
    from threadpoolctl import threadpool_limits

    # One BLAS thread: the sums come out equal on any number of cores, and where the cores are
    # shared the threads of an eigh wait on each other at every step (measured: 100 times slower).
    with threadpool_limits(1, user_api="blas"):
        return _pca(x, n_components, unit_length)


def _pca(x: Float32, n_components: int, unit: bool) -> Float32:
    n_samples, n_dims = x.shape
    total = np.zeros(n_dims, np.float64)
    for block in _blocks(x, None, unit):
        total += block.sum(axis=0, dtype=np.float64)
    center = (total / n_samples).astype(np.float32)

    if n_dims <= min(n_samples, EXACT_SIDE):
        axes = _axes_from_covariance(x, center, unit, n_components)
    elif n_samples <= EXACT_SIDE:
        axes = _axes_from_gram(x, center, unit, n_components)
    else:
        axes = _axes_by_iteration(x, center, unit, n_components)
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1, 1)

    scores = np.zeros((n_samples, n_components), np.float32)
    loadings = axes.astype(np.float32)
    start = 0
    for block in _blocks(x, center, unit):
        scores[start : start + len(block), : loadings.shape[1]] = block @ loadings
        start += len(block)
    return scores


def _blocks(x: Float32, center: Float32 | None, unit: bool) -> Iterator[Float32]:
    """Yield runs of rows, scaled to length 1 and centred as asked."""
    n_rows = max(1, BLOCK_BYTES // (4 * x.shape[1]))
    for start in range(0, len(x), n_rows):
        block: NDArray[Any] = np.asarray(x[start : start + n_rows])
        if unit:
            lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
            block = block / np.where(lengths > 0, lengths, 1)[:, None]
        yield block if center is None else block - center


def _axes_from_covariance(x: Float32, center: Float32, unit: bool, n_axes: int) -> Float64:
    """Eigenvectors of the (n_dims, n_dims) scatter matrix: (n_dims, n_axes or fewer) float64."""
    scatter = np.zeros((x.shape[1], x.shape[1]), np.float64)
    for block in _blocks(x, center, unit):
        scatter += block.T @ block
    variances, axes = np.linalg.eigh(scatter)
    return _spanned(variances, axes, n_axes)


def _axes_from_gram(x: Float32, center: Float32, unit: bool, n_axes: int) -> Float64:
    """Do the same by the (n_samples, n_samples) matrix, which is smaller for wide data."""
    # float64 because an axis is divided by the root of its variance, and a root of float32's
    # rounding error would pass for a real, small component.
    centered = np.concatenate(list(_blocks(x, center, unit))).astype(np.float64)
    variances, weights = np.linalg.eigh(centered @ centered.T)
    kept = _spanned(variances, weights, n_axes)
    axes = centered.T @ kept
    lengths = np.linalg.norm(axes, axis=0)
    return np.asarray(axes / np.where(lengths > 0, lengths, 1))


def _axes_by_iteration(x: Float32, center: Float32, unit: bool, n_axes: int) -> Float64:
    """Do the same by multiplying a random block of axes with the scatter matrix, unformed."""
    n_tried = n_axes + OVERSAMPLE
    axes = np.linalg.qr(np.random.default_rng(0).standard_normal((x.shape[1], n_tried)))[0]
    for _ in range(MAX_PASSES):
        image = np.zeros_like(axes)
        narrow = axes.astype(np.float32)
        for block in _blocks(x, center, unit):
            image += block.T @ (block @ narrow)
        # Rayleigh-Ritz inside the block sorts the axes by variance, so that the leading ones
        # can be watched; the QR of the sorted image is the next block.
        variances, mixture = np.linalg.eigh(axes.T @ image)
        before = axes @ mixture[:, ::-1]
        axes = np.linalg.qr(image @ mixture[:, ::-1])[0]
        lead, was = axes[:, :n_axes], before[:, :n_axes]
        if np.linalg.norm(lead - was @ (was.T @ lead), axis=0).max() < AXES_TOLERANCE:
            break
    return _spanned(variances, axes[:, ::-1], n_axes)


def _spanned(variances: Float64, axes: Float64, n_axes: int) -> Float64:
    """Take the last `n_axes` columns in reverse; drop those whose variance is rounding."""
    first, last = variances[::-1][:n_axes], axes[:, ::-1][:, :n_axes]
    return np.array(last[:, first > 1e-12 * max(first[0], 0)])
