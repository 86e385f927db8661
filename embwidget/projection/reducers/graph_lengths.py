"""Distances of a kNN graph in the form that each reducer's kernel expects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embwidget.metrics import metric_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]


def without_gaps(graph: KNNGraph) -> KNNGraph:
    """Fill the gaps that an approximate search left, where it found no neighbour.

    Each gets the item itself, which pulls at nothing, at the largest distance of its row. An item
    without any neighbour gets the next row as one, so that a layout does not lose it.

    Returns
    -------
    graph : KNNGraph
        The same graph where nothing was missing.
    """
    missing = graph.indices < 0
    if not missing.any():
        return graph
    own = np.arange(graph.n_samples, dtype=np.int32)[:, None]
    indices = np.where(missing, own, graph.indices)
    farthest = np.where(missing, -np.inf, graph.distances).max(axis=1, keepdims=True)
    alone = missing[:, 0]
    indices[alone, 0] = (own[alone, 0] + 1) % graph.n_samples
    farthest[alone] = farthest[~alone].max() if not alone.all() else 1
    distances = np.where(missing, farthest, graph.distances).astype(np.float32)
    return replace(graph, indices=indices, distances=distances)


def nonnegative(graph: KNNGraph) -> Float32:
    """Return distances that are never below zero, for UMAP.

    UMAP looks at distances beyond the nearest one only, so that a metric without a zero point may
    shift them.

    Returns
    -------
    distances : ndarray of shape (n_samples, n_neighbors), float32
    """
    return metric_of(graph.metric).nonnegative(graph.distances)


def lengths(graph: KNNGraph) -> Float32:
    """Return lengths whose squares are what the metric measures, for t-SNE and PaCMAP.

    Both square what they get.

    Returns
    -------
    lengths : ndarray of shape (n_samples, n_neighbors), float32
    """
    return metric_of(graph.metric).lengths(graph.distances)
