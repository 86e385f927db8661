"""Principal components with numpy alone: the first map, and the start of every other one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.progress import Progress, silent, span
from embwidget._core.threads import mapped, resolve, single_threaded_blas
from embwidget.metrics import metric_of
from embwidget.metrics.arithmetic import unit_rows
from embwidget.projection.reducer import MapRequest, Reducer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]
    Float64 = NDArray[np.float64]

BLOCK_BYTES = 8 << 20
"""How much of `x` is centred at a time: a memmap is never in memory as a whole."""

EXACT_SIDE = 1024
"""Up to this many rows or columns the smaller square matrix is decomposed (in 0.3 s at most)."""

_STEP = "principal components"

OVERSAMPLE = 10
MAX_PASSES = 40
# Maps are compared, turned and measured: up to this all of that stays in float32.
_MOST_SCORE = 1e37
# Below this float32 sums of squares may have lost digits.
_LEAST_SQUARES = 1e-25

AXES_TOLERANCE = 1e-4
"""Subspace iteration ends once the leading axes turn by less than this (a sine) in one pass."""


def pca(
    x: NDArray[Any],
    n_components: int = 2,
    *,
    unit_length: bool = False,
    n_fitted: int | None = None,
    of: NDArray[Any] | None = None,
    n_jobs: int | None = None,
    progress: Progress = silent,
) -> Float32:
    """Project onto the directions of largest variance.

    Exact while `x` has at most 1024 columns or at most 1024 rows; beyond that by subspace
    iteration from a fixed start, since the eigenvectors of a large matrix would take longer than
    a few passes over the rows. The result is the same on every call: each direction is
    turned so that its loading of largest magnitude is positive.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_dims), float32, or uint8 of bits
        Finite vectors; a memmap is read block by block.
    n_components : int, default=2
        Columns of the result. Those beyond what `x` can span are zeros.
    unit_length : bool, default=False
        Scale every row to length 1 first (zero rows stay), which is how the cosine sees them.
    n_fitted : int, optional
        Find the directions from that many evenly spaced rows: for a first look at many.
    of : ndarray of shape (n_others, n_dims), as `x`, optional
        Rows to project onto these directions, about the mean of `x`; by default those of `x`.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use. The result does not depend on it.
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the work.

    Returns
    -------
    scores : ndarray of shape (n_samples, n_components), float32
        Of the rows of `x` or `of`. Centred, columns by falling variance.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[0, 0, 1], [2, 0, 1], [4, 0, 1]], dtype=np.float32)
    >>> pca(x).tolist()
    [[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]]
    """
    # One BLAS thread for each block: the sums come out equal on any number of cores, and where the
    # cores are shared the threads of an eigh wait on each other at every step (measured: 100 times
    # slower).
    with single_threaded_blas():
        step = 1 if n_fitted is None else max(1, len(x) // n_fitted)
        rows = _Rows(x, 1, unit_length, resolve(n_jobs))
        others = rows if of is None else _Rows(of, 1, unit_length, rows.n_threads)
        try:
            return _scores(rows.every(step), others, n_components, progress)
        except _OutOfRange:
            rows.scale_to(others)
            scores = _scores(rows.every(step), others, n_components, progress)
        with np.errstate(over="ignore"):
            scores = np.ldexp(scores, -(rows.shift or 0))
        if not float(np.abs(scores).max()) < _MOST_SCORE:
            msg = "principal components are beyond 1e37, and so float32: divide the vectors by 1e9"
            raise ValueError(msg)
        return scores


class _OutOfRange(Exception):  # noqa: N818 (nobody outside sees it)
    """Squares that float32 does not hold; all is then computed once more, of scaled rows."""


def _scores(fitted: _Rows, rows: _Rows, n_components: int, progress: Progress) -> Float32:
    """Scores of the rows on the axes of those fitted, (n_samples, n_components) float32."""
    progress(_STEP, 0.0)
    n_dims = rows.x.shape[1]
    fitted.center = (
        fitted.total(lambda block: block.sum(axis=0, dtype=np.float64)) / fitted.count
    ).astype(np.float32)

    progress(_STEP, 0.2)
    if n_dims <= min(fitted.count, EXACT_SIDE):
        axes = _axes_from_covariance(fitted, n_components)
    elif fitted.count <= EXACT_SIDE:
        axes = _axes_from_gram(fitted, n_components)
    else:
        part = span(progress, 0.2, 0.8)
        axes = _axes_by_iteration(fitted, n_components, part)
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1, 1)

    progress(_STEP, 0.8)
    rows.center = fitted.center
    scores = np.zeros((rows.count, n_components), np.float32)
    loadings = axes.astype(np.float32)
    start = 0
    for block in rows.map(lambda block: block @ loadings):
        scores[start : start + len(block), : loadings.shape[1]] = block
        start += len(block)
    if rows.shift is None and not np.isfinite(scores).all():
        raise _OutOfRange
    progress(_STEP, 1.0)
    return scores


class PCA(Reducer):
    """Principal components of the numbers that the vectors stand for, whatever their lengths."""

    name = "pca"

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, n_components) float32."""
        return pca(
            request.numbers,
            self.n_components,
            n_jobs=request.n_jobs,
            progress=request.progress,
        )

    def of_components(self, n_components: int) -> PCA:
        return PCA(n_components)

    def transform(self, vectors: Float32, request: MapRequest, positions: Float32) -> Float32:  # noqa: ARG002 (the axes are found again)
        """Project new items onto the map's axes.

        Of vectors (m, n_dims) float32, beside positions (n_samples, n_components) float32; they
        are (m, n_components) float32.
        """
        return pca(
            request.numbers,
            self.n_components,
            of=metric_of(request.metric).unpacked(vectors),
            n_jobs=request.n_jobs,
            progress=request.progress,
        )


REDUCER = PCA()


class _Rows:
    """Rows of a matrix, every `step`-th, read block by block on several threads.

    Attributes
    ----------
    center : (n_dims,) float32 or None
        Taken from every row once it is known.
    shift : int or None
        Power of two by which every row is multiplied; None = as they are.
    """

    def __init__(
        self, x: NDArray[Any], step: int, unit: bool, n_threads: int, shift: int | None = None
    ) -> None:
        self.x, self.step, self.unit, self.n_threads = x, step, unit, n_threads
        self.shift = shift
        self.center: Float32 | None = None
        self.count = -(-len(x) // step)

    def every(self, step: int) -> _Rows:
        """Fewer of the same rows."""
        return _Rows(self.x, step, self.unit, self.n_threads, self.shift)

    def scale_to(self, others: _Rows) -> None:
        """Multiply the rows of both so that the largest number of either is about 1."""
        self.center = others.center = None
        parts = [*self.map(_largest), *others.map(_largest)]
        is_float = self.x.dtype.kind == "f"
        self.shift = others.shift = -int(np.frexp(float(max(parts)))[1]) if is_float else 0

    def in_range(self, matrix: Float64) -> Float64:
        """Return a sum (n, n) or (n, m) of squares and products that float32 held, else raise."""
        size = float(np.abs(matrix).max())
        if self.shift is None and not _LEAST_SQUARES < size < np.inf:
            raise _OutOfRange
        return matrix

    def map(self, function: Callable[[Float32], NDArray[Any]]) -> Iterator[NDArray[Any]]:
        """Apply a function to each block (n_rows, n_dims), scaled and centred.

        Results come in the order of the rows.
        """
        n_rows = max(1, BLOCK_BYTES // (4 * self.x.shape[1])) * self.step

        def apply(start: int) -> NDArray[Any]:
            # What is out of range is looked for in the results.
            with np.errstate(over="ignore", invalid="ignore"):
                return function(self._block(start, start + n_rows))

        return mapped(
            apply,
            range(0, len(self.x), n_rows),
            self.n_threads,
        )

    def total(self, function: Callable[[Float32], NDArray[Any]]) -> Float64:
        """Sum (..., n) float64 over the blocks, always in the same order."""
        parts = self.map(function)
        total = next(parts).astype(np.float64)
        for part in parts:
            total += part
        return total

    def _block(self, start: int, end: int) -> Float32:
        """Rows from start to end, (n_rows, n_dims) float32, scaled and centred."""
        block: NDArray[Any] = np.asarray(self.x[start : end : self.step])
        if self.unit:
            block = unit_rows(block).astype(np.float32)
        if self.shift:
            block = np.ldexp(block, self.shift)
        return block if self.center is None else block - self.center


def _largest(block: Float32) -> NDArray[Any]:
    """Largest magnitude, () float32, of a block (n_rows, n_dims)."""
    return np.asarray(np.abs(block).max())


def _axes_from_covariance(rows: _Rows, n_axes: int) -> Float64:
    """Eigenvectors of the (n_dims, n_dims) scatter matrix: (n_dims, n_axes or fewer) float64."""
    scatter = rows.in_range(rows.total(lambda block: block.T @ block))
    variances, axes = np.linalg.eigh(scatter)
    return _spanned(variances, axes, n_axes)


def _axes_from_gram(rows: _Rows, n_axes: int) -> Float64:
    """Axes (n_dims, n_axes or fewer) float64 by the (n_samples, n_samples) matrix of wide data."""
    # float64 because an axis is divided by the root of its variance, and a root of float32's
    # rounding error would pass for a real, small component.
    centered = np.concatenate(list(rows.map(lambda block: block))).astype(np.float64)
    variances, weights = np.linalg.eigh(rows.in_range(centered @ centered.T))
    axes = centered.T @ _spanned(variances, weights, n_axes)
    lengths = np.linalg.norm(axes, axis=0)
    return np.asarray(axes / np.where(lengths > 0, lengths, 1))


def _axes_by_iteration(rows: _Rows, n_axes: int, progress: Progress) -> Float64:
    """Axes (n_dims, n_axes or fewer) float64 by products with the scatter matrix, unformed."""
    n_tried = n_axes + OVERSAMPLE
    start = np.random.default_rng(0).standard_normal((rows.x.shape[1], n_tried))
    axes = np.linalg.qr(start)[0]
    for n_done in range(MAX_PASSES):
        progress(_STEP, n_done / MAX_PASSES)
        image = rows.in_range(rows.total(partial(_spread, axes=axes.astype(np.float32))))
        # Rayleigh-Ritz inside the block sorts the axes by variance, so that the leading ones
        # can be watched; the QR of the sorted image is the next block.
        variances, mixture = np.linalg.eigh(axes.T @ image)
        before = axes @ mixture[:, ::-1]
        axes = np.linalg.qr(image @ mixture[:, ::-1])[0]
        lead, was = axes[:, :n_axes], before[:, :n_axes]
        if np.linalg.norm(lead - was @ (was.T @ lead), axis=0).max() < AXES_TOLERANCE:
            break
    return _spanned(variances, axes[:, ::-1], n_axes)


def _spread(block: Float32, axes: Float32) -> Float32:
    """One block's (n_rows, n_dims) part of the scatter matrix times the axes (n_dims, n_axes)."""
    return block.T @ (block @ axes)


def _spanned(variances: Float64, axes: Float64, n_axes: int) -> Float64:
    """Take the last `n_axes` columns of axes (n_dims, n) in reverse, (n_dims, n_axes or fewer).

    Those whose variance, (n,), is rounding are dropped.
    """
    first, last = variances[::-1][:n_axes], axes[:, ::-1][:, :n_axes]
    return np.array(last[:, first > 1e-12 * max(first[0], 0)])
