"""Maps that are laid out epoch by epoch on a kNN graph; of many items a sample comes first."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from embwidget._core.progress import Progress, span
from embwidget.knn.search import knn_graph
from embwidget.projection.reducer import MapRequest, Reducer
from embwidget.projection.reducers.coarse import place_among, sample_rows
from embwidget.projection.reducers.graph_lengths import without_gaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]
    Rows = NDArray[np.intp]

N_EPOCHS = 200
"""UMAP's own number above 10,000 items. Below, its 500 gain .001 of trustworthiness (digits)."""

MANY_ITEMS = 200_000
"""Above, a layout starts from the map of a sample, with fewer epochs the more items there are."""

SAMPLE_ITEMS = 100_000
FEWEST_EPOCHS = 40


@dataclass(frozen=True, eq=False)
class Begun:
    """Where a layout begins, and how far it is to go.

    Attributes
    ----------
    positions : (n_samples, n_components) float32
    is_map : bool
        Whether it is a map already, of another space or by a sample, and no mere arrangement.
    is_warm : bool
        Whether it is a map to stay near.
    n_epochs : int
    random_state, n_jobs, progress
        As in `MapRequest`.
    """

    positions: Float32
    is_map: bool
    is_warm: bool
    n_epochs: int
    random_state: int | None
    n_jobs: int | None
    progress: Progress


class NeighborLayout(Reducer):
    """A reducer that moves a start along the edges of a kNN graph."""

    takes_start = starts_from_pca = True
    search_share = 0.15
    n_epochs: int | None = None
    random_state: int | None = None

    def n_searched(self, n_neighbors: int) -> int:
        """All but the item itself, which UMAP counts too."""
        return n_neighbors - 1

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, n_components) float32."""
        graph, start = request.graph_and_start()
        n_samples, n_others = len(request.vectors), request.n_neighbors - 1
        progress, seed = request.progress, request.random_state
        n_epochs, is_map = N_EPOCHS, request.is_warm
        if self.random_state is not None:
            seed = self.random_state
        if n_samples > MANY_ITEMS:
            n_epochs = max(FEWEST_EPOCHS, n_epochs * MANY_ITEMS // n_samples)
            if not is_map:
                rows = sample_rows(n_samples, SAMPLE_ITEMS, seed)
                positions = self._of_sample(request, rows, n_others, start[rows])
                start = place_among(graph, rows, positions, seed)
                progress, is_map = span(progress, 0.3, 1.0), True
        near = without_gaps(graph.first(min(n_others, graph.n_neighbors)))
        begun = Begun(
            start,
            is_map=is_map,
            is_warm=request.is_warm,
            n_epochs=self.n_epochs or n_epochs,
            random_state=seed,
            n_jobs=request.n_jobs,
            progress=progress,
        )
        return self.laid_out(near, begun)

    @abstractmethod
    def laid_out(self, graph: KNNGraph, begun: Begun) -> Float32:
        """Lay out a graph without gaps; returns (n_samples, n_components) float32."""

    def _of_sample(self, request: MapRequest, rows: Rows, n_others: int, start: Float32) -> Float32:
        """Positions of some rows, (n_sampled,) intp, from their start.

        Both are (n_sampled, n_components) float32.
        """
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
