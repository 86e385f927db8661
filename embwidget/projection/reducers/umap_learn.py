"""UMAP as umap-learn has it, on a kNN graph that is already there; an extra."""

from __future__ import annotations

import warnings
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.progress import Progress, silent
from embwidget.projection.cached import cached_layout
from embwidget.projection.reducer import STEP
from embwidget.projection.reducers.graph_lengths import nonnegative
from embwidget.projection.reducers.neighbor_layout import Begun, NeighborLayout
from embwidget.projection.reducers.numba_threads import most_threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

WARM_LEARNING_RATE = 0.25
"""Measured on digits: the items move .25 of the map's radius, .41 when both maps start anew."""

COARSE_LEARNING_RATE = 0.5

# The fuzzy graph and the first call's compilation, which report nothing, are about this share.
_EPOCHS_FROM = 0.05


class UMAPLearn(NeighborLayout):
    """UMAP as umap-learn lays it out: with a seed it takes one thread."""

    name = "umap-learn"
    module, extra = "umap", "umap-learn"

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components

    def of_components(self, n_components: int) -> UMAPLearn:
        return UMAPLearn(n_components)

    def laid_out(self, graph: KNNGraph, begun: Begun) -> Float32:
        """Lay out a graph without gaps; returns (n_samples, n_components) float32."""
        rate = 1.0
        if begun.is_map:
            rate = WARM_LEARNING_RATE if begun.is_warm else COARSE_LEARNING_RATE
        return cached_layout(
            self.name,
            version("umap-learn"),
            graph,
            begun.positions,
            rate,
            begun.n_epochs,
            begun.random_state,
            compute=lambda: layout(
                graph,
                begun.positions,
                learning_rate=rate,
                n_epochs=begun.n_epochs,
                random_state=begun.random_state,
                n_jobs=begun.n_jobs,
                progress=begun.progress,
            ),
        )


def layout(
    graph: KNNGraph,
    start: Float32,
    *,
    learning_rate: float,
    n_epochs: int,
    random_state: int | None,
    n_jobs: int | None = None,
    progress: Progress = silent,
) -> Float32:
    """Lay out `graph` from `start`.

    Parameters
    ----------
    graph : KNNGraph
        All of its columns are used; UMAP counts the item itself as one more neighbour.
    start : ndarray of shape (n_samples, n_components), float32
    learning_rate : float
        1 for a start that is to be forgotten, less for a map to stay near.
    n_epochs : int
    random_state : int or None
        None lets UMAP use several threads, with another map every time.
    n_jobs : int or None
    progress : callable
        Called before every epoch.

    Returns
    -------
    positions : ndarray of shape (n_samples, n_components), float32
    """
    progress(STEP, 0.0)
    import umap

    def reporting(epochs: Iterable[int]) -> Iterator[int]:
        for epoch in epochs:
            progress(STEP, _EPOCHS_FROM + (1 - _EPOCHS_FROM) * epoch / n_epochs)
            yield epoch

    _let_epochs_be_watched()
    # UMAP asks for fewer neighbours, itself included, than there are items.
    graph = graph.first(min(graph.n_neighbors, graph.n_samples - 2))
    indices, distances = replace(graph, distances=nonnegative(graph)).with_self()
    reducer = umap.UMAP(
        n_components=start.shape[1],
        n_neighbors=indices.shape[1],
        # The distances are given; any other name would make UMAP cut edges by that metric's
        # largest distance, or refuse a metric that it does not know.
        metric="euclidean",
        precomputed_knn=(indices, distances, None),
        init=_with_extent(start, random_state),
        random_state=random_state,
        n_jobs=most_threads(n_jobs) if random_state is None else 1,
        learning_rate=learning_rate,
        n_epochs=n_epochs,
        tqdm_kwds={_WATCH: reporting},
    )
    # No search index comes with the graph; it would only serve to place new items. The filter is
    # for the process: `catch_warnings` in a worker's thread would meddle with the other threads.
    warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]", category=UserWarning)
    # Given neighbours and a start, UMAP reads of its data nothing but the number of rows, yet
    # copies it four times: the start stands in for the vectors.
    positions: Any = reducer.fit_transform(start)
    return np.ascontiguousarray(positions, np.float32)


_WATCH = "embwidget_watch"


def _let_epochs_be_watched() -> None:
    """Let a caller of UMAP iterate its epochs.

    UMAP's own way to tell about them is a tqdm: in a notebook that would draw a bar of its own,
    and out of the worker's thread. Whoever does not ask for it gets the tqdm as ever.
    """
    from umap import layouts

    theirs = layouts.tqdm
    if getattr(theirs, _WATCH, False):
        return

    def watched(epochs: Iterable[int], **options: Any) -> Any:
        watch = options.pop(_WATCH, None)
        return theirs(epochs, **options) if watch is None else watch(epochs)

    setattr(watched, _WATCH, True)
    layouts.tqdm = watched


def _with_extent(start: Float32, random_state: int | None) -> Float32:
    """Give noise to an axis (n_samples, 2) without extent: UMAP divides each axis by its range."""
    extent = np.ptp(start, axis=0)
    flat = extent <= 1e-6 * extent.max()
    noise = np.random.default_rng(random_state).standard_normal(start.shape)
    return np.where(flat, start + noise, start).astype(np.float32)


REDUCER = UMAPLearn()
