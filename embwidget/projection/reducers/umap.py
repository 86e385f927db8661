"""UMAP on a kNN graph that is already there."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.progress import Progress, silent, span
from embwidget.knn.search import knn_graph
from embwidget.projection.cached import cached_layout
from embwidget.projection.reducer import STEP, MapRequest, Reducer
from embwidget.projection.reducers.coarse import place_among, sample_rows
from embwidget.projection.reducers.graph_lengths import nonnegative, without_gaps
from embwidget.projection.reducers.numba_threads import most_threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]
    Rows = NDArray[np.intp]

N_EPOCHS = 200
"""UMAP's own number above 10,000 items. Below, its 500 gain .001 of trustworthiness (digits)."""

WARM_LEARNING_RATE = 0.25
"""Measured on digits: the items move .25 of the map's radius, .41 when both maps start anew."""

MANY_ITEMS = 200_000
"""Above, UMAP starts from the map of a sample, and takes fewer epochs the more items there are."""

SAMPLE_ITEMS = 100_000
FEWEST_EPOCHS = 40
COARSE_LEARNING_RATE = 0.5

# The fuzzy graph and the first call's compilation, which report nothing, are about this share.
_EPOCHS_FROM = 0.05


class UMAP(Reducer):
    """UMAP; of many items a sample is laid out first, and the others are placed among it."""

    name = "umap"
    takes_start = starts_from_pca = True
    search_share = 0.15

    def n_searched(self, n_neighbors: int) -> int:
        """All but the item itself, which UMAP counts too."""
        return n_neighbors - 1

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, 2) float32."""
        graph, start = request.graph_and_start()
        n_samples, n_others = len(request.vectors), request.n_neighbors - 1
        progress, seed = request.progress, request.random_state
        n_epochs, rate = N_EPOCHS, WARM_LEARNING_RATE if request.is_warm else 1.0
        if n_samples > MANY_ITEMS:
            n_epochs = max(FEWEST_EPOCHS, n_epochs * MANY_ITEMS // n_samples)
            if not request.is_warm:
                rows = sample_rows(n_samples, SAMPLE_ITEMS, seed)
                positions = self._of_sample(request, rows, n_others, start[rows])
                start = place_among(graph, rows, positions, seed)
                progress, rate = span(progress, 0.3, 1.0), COARSE_LEARNING_RATE
        near = without_gaps(graph.first(min(n_others, graph.n_neighbors)))
        return cached_layout(
            self.name,
            "umap-learn",
            near,
            start,
            rate,
            n_epochs,
            seed,
            compute=lambda: layout(
                near,
                start,
                learning_rate=rate,
                n_epochs=n_epochs,
                random_state=seed,
                n_jobs=request.n_jobs,
                progress=progress,
            ),
        )

    def _of_sample(self, request: MapRequest, rows: Rows, n_others: int, start: Float32) -> Float32:
        """Positions (n_sampled, 2) float32 of some rows, (n_sampled,) intp, from their start."""
        sample = np.ascontiguousarray(request.vectors[rows])
        graph = knn_graph(
            sample,
            n_others,
            metric=request.metric,
            n_jobs=request.n_jobs,
            progress=span(request.progress, 0.0, 0.05, "finding the neighbours of a sample"),
        )
        part = span(request.progress, 0.05, 0.3)
        return self.fit(replace(request, vectors=sample, graph=graph, start=start, progress=part))


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
    start : ndarray of shape (n_samples, 2), float32
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
    positions : ndarray of shape (n_samples, 2), float32
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


REDUCER = UMAP()
