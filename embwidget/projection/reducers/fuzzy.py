"""The weights of UMAP's graph, and the curve that its maps approach them by.

By numpy alone: a kernel for it, or scipy's sparse matrices, take longer to load than this takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embwidget._core.threads import mapped
from embwidget.projection.reducers.graph_lengths import nonnegative

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]
    Float64 = NDArray[np.float64]
    Int32 = NDArray[np.int32]

# A scale is at least this part of the mean distance, for items among copies of themselves.
_LEAST_SCALE = 1e-3
_BLOCK_ROWS = 8192
_MOST_STEPS = 64
_SUM_TOLERANCE = 1e-6

_COMMON_CURVE = (1.5769434603113077, 0.8950608779109733)
"""That of min_dist=0.1 and spread=1, so that scipy's fits need not be imported for it."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of a graph, those of an item in a run and sorted by their other end.

    Attributes
    ----------
    row_starts : (n_samples + 1,) int32
        Where the run of each item begins, and the number of edges.
    neighbors : (n_edges,) int32
        The other ends.
    weights : (n_edges,) float32
        Above 0, the same from both ends.
    """

    row_starts: Int32
    neighbors: Int32
    weights: Float32

    @property
    def row_of(self) -> Int32:
        """The item whose edge it is, (n_edges,) int32."""
        rows = np.arange(len(self.row_starts) - 1, dtype=np.int32)
        return np.repeat(rows, np.diff(self.row_starts))


def fuzzy_weights(
    graph: KNNGraph, *, n_threads: int = 1, report: Callable[[], None] = lambda: None
) -> Edges:
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
    Edges
        With weights of at most 1.
    """
    n, k = graph.n_samples, graph.n_neighbors
    distances = np.asarray(nonnegative(graph), np.float32)
    # The item itself counts as one more neighbor, here and in the means.
    target = float(np.log2(k + 1))
    mean = float(distances.mean(dtype=np.float64)) * k / (k + 1)
    values = np.empty((n, k), np.float32)

    def weigh(first: int) -> None:
        block = distances[first : first + _BLOCK_ROWS]
        nearest, scale = _bandwidths(block, target)
        own_mean = block.mean(axis=1, dtype=np.float64) * k / (k + 1)
        scale = np.maximum(scale, _LEAST_SCALE * np.where(nearest > 0, own_mean, mean))
        beyond = np.maximum(block - nearest[:, None], 0)
        # Where all distances are 0 there is no scale either.
        scale = np.where(scale > 0, scale, 1).astype(np.float32)
        with np.errstate(over="ignore"):
            values[first : first + _BLOCK_ROWS] = np.exp(-beyond / scale[:, None])

    for _ in mapped(weigh, range(0, n, _BLOCK_ROWS), n_threads):
        report()
    values[graph.indices == np.arange(n)[:, None]] = 0
    return _symmetric(np.ascontiguousarray(graph.indices, np.int32), values, n_threads, report)


def directed_weights(distances: Float32) -> Float32:
    """Weigh the edges of new items to those that they are near to, as umap-learn's transform does.

    Parameters
    ----------
    distances : (m, k) float32
        Ascending, none below 0.

    Returns
    -------
    (m, k) float32
        1 for the nearest; they sum to log2(k + 1) where no bound of the scale says otherwise.
    """
    values = np.empty(distances.shape, np.float32)
    target = float(np.log2(distances.shape[1] + 1))
    for first in range(0, len(distances), _BLOCK_ROWS):
        block = distances[first : first + _BLOCK_ROWS]
        nearest, scale = _bandwidths(block, target)
        scale = np.maximum(scale, _LEAST_SCALE * block.mean(axis=1, dtype=np.float64))
        beyond = np.maximum(block - nearest[:, None], 0)
        scale = np.where(scale > 0, scale, 1).astype(np.float32)
        with np.errstate(over="ignore"):
            values[first : first + _BLOCK_ROWS] = np.exp(-beyond / scale[:, None])
    return values


def _bandwidths(distances: Float32, target: float) -> tuple[Float32, Float64]:
    """Find how far each item's nearest lies, and the scale at which its weights sum to `target`.

    Distances are (n_rows, n_neighbors) float32, none below 0 and ascending; the results (n_rows,)
    float32, of the nearest that is no copy, and (n_rows,) float64.
    """
    first = (distances > 0).argmax(axis=1)[:, None]
    # Where all are copies, that is a 0.
    nearest = np.take_along_axis(distances, first, axis=1)
    beyond = np.maximum(distances - nearest, 0).astype(np.float64)
    # The sum over weights exp(-d x) falls ever slower with x = 1 / scale: Newton's steps from 0
    # come nearer from below and never go too far.
    x = np.zeros(len(distances))
    # Among more copies than that the weights cannot sum to so little, at no scale.
    is_left = (beyond == 0).sum(axis=1) < target
    left = np.flatnonzero(is_left)
    for _ in range(_MOST_STEPS):
        rows = beyond[left]
        weights = np.exp(-rows * x[left, None])
        excess = weights.sum(axis=1) - target
        slope = np.einsum("ij,ij->i", rows, weights)
        is_off = (excess > _SUM_TOLERANCE) & (slope > 0)
        left = left[is_off]
        if not len(left):
            break
        x[left] += excess[is_off] / slope[is_off]
    scale = np.divide(1.0, x, out=np.where(is_left, 1.0, 0.0), where=x > 0)
    return nearest[:, 0], scale


def _symmetric(
    indices: Int32, values: Float32, n_threads: int, report: Callable[[], None]
) -> Edges:
    """Join what both ends say of an edge, one of whom may not name the other: v + w - v w.

    Indices are (n_samples, n_neighbors) int32, values as many float32.
    """
    n, k = indices.shape
    ends = indices.ravel()
    said = values.ravel()
    turned = np.argsort(ends, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n))])
    report()

    def joined(first: int) -> tuple[NDArray[np.intp], Int32, Float32]:
        stop = min(first + _BLOCK_ROWS, n)
        theirs = turned[starts[first] : starts[stop]]
        n_own = (stop - first) * k
        rows = np.concatenate([np.repeat(np.arange(stop - first), k), ends[theirs] - first])
        others = np.concatenate([ends[first * k : stop * k], theirs // k])
        both = np.concatenate([said[first * k : stop * k], said[theirs]])
        key = rows * n + others
        order = np.argsort(key)
        key, both = key[order], both[order]
        begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        own = np.add.reduceat(np.where(order < n_own, both, 0), begins)
        other = np.add.reduceat(np.where(order < n_own, 0, both), begins)
        weights = own + other - own * other
        at = order[begins[weights > 0]]
        counts = np.bincount(rows[at], minlength=stop - first)
        return counts, others[at].astype(np.int32), weights[weights > 0]

    blocks = []
    for block in mapped(joined, range(0, n, _BLOCK_ROWS), n_threads):
        blocks.append(block)
        report()
    counts, neighbors, weights = map(np.concatenate, zip(*blocks, strict=True))
    return Edges(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32), neighbors, weights)


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
