"""UMAP on a kNN graph that is already there."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget.projection.reducers.graph_lengths import nonnegative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from embwidget._core.progress import Progress
    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

N_EPOCHS = 200
"""UMAP's own number above 10,000 items. Below, its 500 gain .001 of trustworthiness (digits)."""

WARM_LEARNING_RATE = 0.25
"""Measured on digits: the items move .25 of the map's radius, .41 when both maps start anew."""

_STEP = "laying out the map"
# The fuzzy graph and the first call's compilation, which report nothing, are about this share.
_EPOCHS_FROM = 0.05


def layout(
    graph: KNNGraph,
    start: Float32,
    *,
    learning_rate: float,
    n_epochs: int,
    random_state: int | None,
    progress: Progress,
) -> Float32:
    """Lay out `graph` from `start`.

    Parameters
    ----------
    graph : KNNGraph
        All of its columns are used; UMAP counts the item itself as one more neighbour.
    start : ndarray of shape (n_samples, 2), float32
    learning_rate : float
        1 for a start that is to be forgotten, less for a map to stay near.
    n_epochs : int
    random_state : int or None
        None lets UMAP run on all cores, with another map every time.
    progress : callable
        Called before every epoch.

    Returns
    -------
    positions : ndarray of shape (n_samples, 2), float32
    """
    progress(_STEP, 0.0)
    import umap

    def reporting(epochs: Iterable[int]) -> Iterator[int]:
        for epoch in epochs:
            progress(_STEP, _EPOCHS_FROM + (1 - _EPOCHS_FROM) * epoch / n_epochs)
            yield epoch

    _let_epochs_be_watched()
    # UMAP asks for fewer neighbours, itself included, than there are items.
    graph = graph.first(min(graph.n_neighbors, graph.n_samples - 2))
    indices, distances = replace(graph, distances=nonnegative(graph)).with_self()
    reducer = umap.UMAP(
        n_neighbors=indices.shape[1],
        # The distances are given; any other name would make UMAP cut edges by that metric's
        # largest distance, or refuse a metric that it does not know.
        metric="euclidean",
        precomputed_knn=(indices, distances, None),
        init=_with_extent(start, random_state),
        random_state=random_state,
        n_jobs=-1 if random_state is None else 1,
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
    """Give noise to an axis that has no extent: UMAP divides each axis by its range."""
    extent = np.ptp(start, axis=0)
    flat = extent <= 1e-6 * extent.max()
    noise = np.random.default_rng(random_state).standard_normal(start.shape)
    return np.where(flat, start + noise, start).astype(np.float32)
