"""UMAP's layout: a start is moved epoch by epoch, along the edges of a graph and away from others.

McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension
Reduction", 2018. What differs from umap-learn: both ends of an edge move in the same epoch, from
where they were before it, by equal and opposite steps; the others that an item is pushed away from
are drawn in runs of sixteen, one for two edges; the rate falls by the square of what is left. So
rows can be shared between threads and give the same map for any number of them.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from embwidget._core.progress import Progress, silent
from embwidget._core.threads import mapping, resolve
from embwidget.projection.reducer import STEP
from embwidget.projection.reducers.fuzzy import Edges, fuzzy_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]
    Int32 = NDArray[np.int32]
    Rows = NDArray[np.intp]

LAYOUT_VERSION = 3
"""Part of the key of cached maps: to be raised when the same input is to give another map."""

_EXTENT = 10.0
_NEGATIVES = 5
# An item moves by at most so many times the way to its neighbors in an epoch, all edges together.
_MOST_MOVES = 2.0
_DECAY = 2.0
# The weights, which report nothing, are about this share of the time.
_EPOCHS_FROM = 0.05
# Below so many edges a thread costs more than it does.
_EDGES_PER_THREAD = 10_000
_PARTS_PER_THREAD = 4
# Positions of so many items are in the processor's cache, wherever their neighbors lie in memory.
_CACHED_ITEMS = 50_000
_CELLS = 1024


def layout(
    graph: KNNGraph,
    start: Float32,
    *,
    is_map: bool,
    learning_rate: float,
    n_epochs: int,
    curve: tuple[float, float],
    random_state: int | None,
    n_jobs: int | None = None,
    progress: Progress = silent,
) -> Float32:
    """Lay out `graph` from `start`.

    Parameters
    ----------
    graph : KNNGraph
        Without gaps. All of its columns are used; the item itself counts as one more neighbor.
    start : ndarray of shape (n_samples, 2 or 3), float32
    is_map : bool
        Whether `start` is a map: it then keeps its proportions, and else each of its axes is given
        the same extent.
    learning_rate : float
    n_epochs : int
    curve : (float, float)
        What weighs a distance on the map, see `curve` of `fuzzy.py`.
    random_state : int or None
    n_jobs : int or None
        The map is the same for any number.
    progress : callable
        Called before every epoch.

    Returns
    -------
    positions : ndarray of shape (n_samples, 2 or 3), float32
    """
    progress(STEP, 0.0)
    from embwidget.projection.kernels import RUN, Epoch

    n_samples, n_components = start.shape
    n_threads = resolve(n_jobs)
    order = _order(start) if n_samples > _CACHED_ITEMS else np.arange(n_samples)
    graph, start = _ordered(graph, order), start[order]
    edges = fuzzy_weights(graph, n_threads=n_threads, report=lambda: progress(STEP, 0.0))
    edges = _pruned(edges, n_epochs)
    n_threads = max(1, min(n_threads, len(edges.weights) // _EDGES_PER_THREAD))
    rng = np.random.default_rng(random_state)
    positions = _scaled(start, rng, is_map=is_map)
    out = np.empty_like(positions)
    steps = np.minimum(edges.weights.astype(np.float64) * 2**32, 2**32 - 1).astype(np.uint32)
    row_of = edges.row_of
    degrees = np.bincount(row_of, weights=edges.weights, minlength=n_samples)
    most_moves = (_MOST_MOVES / np.maximum(degrees, 1)).astype(np.float32)
    phases = _phases(row_of, edges.neighbors)
    ends = edges.row_starts, edges.neighbors
    moving = Epoch(*ends, phases, steps, most_moves, curve, n_components)
    drawn = np.resize(rng.permutation(n_samples), -(-n_samples // RUN) * RUN)
    runs = np.empty((n_components, len(drawn)), np.float32)
    seeds = rng.integers(0, 2**63, size=n_epochs).tolist()
    parts = _parts(edges.row_starts, 1 if n_threads == 1 else n_threads * _PARTS_PER_THREAD)
    with ExitStack() as stack:
        do = stack.enter_context(mapping(n_threads))
        for epoch in range(n_epochs):
            progress(STEP, _EPOCHS_FROM + (1 - _EPOCHS_FROM) * epoch / n_epochs)
            rate = learning_rate * (1 - epoch / n_epochs) ** _DECAY
            for axis, column in enumerate(positions.T):
                np.take(column, drawn, out=runs[axis], mode="clip")
            move = moving.of(
                *(positions, runs, out),
                number=epoch,
                seed=seeds[epoch],
                rate=rate,
                repulsion=_NEGATIVES / RUN,
            )
            for _ in do(lambda part, move=move: move(*part), parts):
                pass
            positions, out = out, positions
    out[order] = positions
    return out


def _order(start: Float32) -> Rows:
    """Rows (n_samples,) of a start (n_samples, 2 or 3), so that near ones are near in memory.

    Cells of its first two axes, along a curve that turns as the letter Z does.
    """
    plane = start[:, :2] - start[:, :2].min(axis=0).astype(np.float64)
    cells = (plane * ((_CELLS - 1) / (float(plane.max()) or 1.0))).astype(np.uint32)
    code = np.zeros(len(start), np.uint32)
    for bit in range(_CELLS.bit_length() - 1):
        for axis in range(2):
            code |= ((cells[:, axis] >> bit) & 1) << (2 * bit + axis)
    return np.argsort(code, kind="stable")


def _ordered(graph: KNNGraph, order: Rows) -> KNNGraph:
    """Graph without gaps of the same items in an order of rows, (n_samples,)."""
    now_at = np.empty(len(order), np.int32)
    now_at[order] = np.arange(len(order), dtype=np.int32)
    return replace(graph, indices=now_at[graph.indices[order]], distances=graph.distances[order])


def _pruned(edges: Edges, n_epochs: int) -> Edges:
    """Edges without those that would never be due, weights in parts of the largest."""
    largest = edges.weights.max(initial=0)
    is_due = edges.weights >= largest / n_epochs
    before = np.concatenate([[0], np.cumsum(is_due)])
    return Edges(
        before[edges.row_starts].astype(np.int32),
        edges.neighbors[is_due],
        edges.weights[is_due] / (largest or 1),
    )


def _phases(ends: Int32, other_ends: Int32) -> NDArray[np.uint32]:
    """Numbers (n_edges,) uint32 as if drawn by chance, the same for both ends, (n_edges,) int32."""
    low = np.minimum(ends, other_ends).astype(np.uint32)
    high = np.maximum(ends, other_ends).astype(np.uint32)
    return low * np.uint32(2654435761) + high * np.uint32(2246822519)


def _parts(row_starts: NDArray[np.int32], n_parts: int) -> list[tuple[int, int]]:
    """Ranges of rows with about as many edges each, from the starts (n_samples + 1,) int32."""
    edges = np.linspace(0, row_starts[-1], n_parts + 1)[1:-1]
    ends = [0, *np.searchsorted(row_starts[:-1], edges).tolist(), len(row_starts) - 1]
    return [(first, stop) for first, stop in pairwise(ends) if first < stop]


def _scaled(start: Float32, rng: np.random.Generator, *, is_map: bool) -> Float32:
    """Start (n_samples, 2 or 3) float32 in a box of side 10, and of the same shape.

    An axis without extent gets noise, for nothing would ever move along it: of the same extent, or
    of a hundredth of it on a map to stay near.
    """
    centered = start - start.mean(axis=0, dtype=np.float64)
    extent = np.ptp(centered, axis=0)
    flat = extent <= 1e-6 * extent.max()
    if is_map and not flat.all():
        extent[:] = extent.max()
    noise = rng.standard_normal(start.shape)
    extent = np.where(flat, np.ptp(noise, axis=0) * (100 if is_map else 1), extent)
    scaled = np.where(flat, noise, centered) * (_EXTENT / extent)
    return np.ascontiguousarray(scaled, np.float32)
