"""The weights of UMAP's graph, and the curve that its maps approach them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.threads import mapped
from embwidget.projection.reducers.graph_lengths import nonnegative

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float64 = NDArray[np.float64]

# A scale is at least this part of the mean distance, for items among copies of themselves.
_LEAST_SCALE = 1e-3
_BLOCK_ROWS = 8192

_COMMON_CURVE = (1.5769434603113077, 0.8950608779109733)
"""That of min_dist=0.1 and spread=1, so that scipy's fits need not be imported for it."""


def fuzzy_weights(
    graph: KNNGraph, *, n_threads: int = 1, report: Callable[[], None] = lambda: None
) -> Any:
    """Weigh each edge by how near both of its ends find each other, as umap-learn does.

    Parameters
    ----------
    graph : KNNGraph
        Without gaps. An item that stands in its own list pulls at nothing.
    n_threads : int
    report : callable
        Called now and then; what it raises stops the work.

    Returns
    -------
    weights : scipy.sparse.csr_matrix of shape (n_samples, n_samples), float32
        Symmetric, in [0, 1], sorted by column.
    """
    from scipy.sparse import csr_matrix

    from embwidget.projection.kernels import bandwidths

    n, k = graph.n_samples, graph.n_neighbors
    # Copies: the kernel refuses what must not be written to, and scipy sorts what it is given.
    distances = np.array(nonnegative(graph), np.float32, order="C")
    found = np.empty((n, 2), np.float32)
    # The item itself counts as one more neighbor, here and in the means.
    target = float(np.log2(k + 1))

    def find(first: int) -> None:
        bandwidths(first, min(first + _BLOCK_ROWS, n), distances, target, found)

    for _ in mapped(find, range(0, n, _BLOCK_ROWS), n_threads):
        report()
    nearest, scale = found[:, :1], found[:, 1:]
    own_mean = distances.mean(axis=1, keepdims=True) * k / (k + 1)
    mean = distances.mean(dtype=np.float64) * k / (k + 1)
    scale = np.maximum(scale, _LEAST_SCALE * np.where(nearest > 0, own_mean, mean))
    beyond = np.maximum(distances - nearest, 0)
    # Where all distances are 0 there is no scale either.
    values = np.exp(-beyond / np.where(scale > 0, scale, 1)).astype(np.float32)
    values[graph.indices == np.arange(n)[:, None]] = 0
    columns = graph.indices.astype(np.int32).ravel()
    directed = csr_matrix((values.ravel(), columns, np.arange(0, n * k + 1, k)), shape=(n, n))
    directed.sum_duplicates()
    report()
    turned = directed.T.tocsr()
    report()
    weights = (directed + turned - directed.multiply(turned)).tocsr()
    weights.eliminate_zeros()
    weights.sort_indices()
    return weights


def curve(min_dist: float, spread: float) -> tuple[float, float]:
    """Return a and b of 1 / (1 + a d^(2 b)), which maps weigh a distance d by.

    They fit 1 up to `min_dist`, and beyond that exp(-(d - min_dist) / spread).
    """
    if (min_dist, spread) == (0.1, 1.0):
        return _COMMON_CURVE
    from scipy.optimize import curve_fit

    # In units of the spread, which makes every fit as good as that of spread 1.
    nearest = min_dist / spread
    x = np.linspace(0, 3, 300)
    wanted = np.where(x < nearest, 1.0, np.exp(-(x - nearest)))

    def weighed(x: Float64, a: float, b: float) -> Float64:
        """Weights (300,) float64 of distances (300,) float64."""
        return 1 / (1 + a * x ** (2 * b))

    (a, b), _ = curve_fit(weighed, x, wanted)
    return float(a) / spread ** (2 * float(b)), float(b)
