"""UMAP by a layout of our own, on a kNN graph that is already there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

from embwidget._core.checks import shown, whole
from embwidget.projection.cached import cached_layout
from embwidget.projection.reducers.fuzzy import curve
from embwidget.projection.reducers.neighbor_layout import Begun, NeighborLayout
from embwidget.projection.reducers.umap_layout import LAYOUT_VERSION, layout
from embwidget.projection.reducers.umap_placing import place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph
    from embwidget.projection.reducer import MapRequest

    Float32 = NDArray[np.float32]

LEARNING_RATE = 0.5
"""From a map .4 leaves merged classes further apart (bench: .055 of a radius, not .045)."""

_SPREADS = (0.01, 100.0)


@dataclass(frozen=True, kw_only=True)
class UMAP(NeighborLayout):
    """UMAP with settings: ``project(x, UMAP(min_dist=0.5))``; ``reducer="umap"`` has these.

    The map is the same for any number of threads. It is cancelled within an epoch.

    Parameters
    ----------
    n_components : {2, 3}, default=2
        Dimensions of the map. A comparison draws 2.
    min_dist : float, default=0.1
        How near items may lie; 0 <= min_dist <= spread. Less packs groups more tightly.
    spread : float, default=1
        The scale of the map that min_dist is held against, from 0.01 to 100.
    n_epochs : int, optional
        Rounds that move every item; by default 200, and down to 40 above 200,000 items.
    random_state : int, optional
        Seed; by default that of `project`.
    """

    n_components: int = 2
    min_dist: float = 0.1
    spread: float = 1.0
    n_epochs: int | None = None
    random_state: int | None = None

    name = "umap"

    def __post_init__(self) -> None:
        """Check what was given."""
        whole(self.n_components, "n_components", 2, 3, why="the dimensions of a map")
        if self.n_epochs is not None:
            whole(self.n_epochs, "n_epochs", 1, why="or None for as many as the items need")
        if self.random_state is not None:
            whole(self.random_state, "random_state", 0, why="or None for that of `project`")
        least, most = _SPREADS
        _check(self.spread, "spread", least, most)
        _check(self.min_dist, "min_dist", 0.0, self.spread, why="the spread")

    def of_components(self, n_components: int) -> UMAP:
        return replace(self, n_components=n_components)

    def transform(self, vectors: Float32, request: MapRequest, positions: Float32) -> Float32:
        """Draw new items on a map, by their edges to the items that it was made of.

        Vectors are (m, n_dims), positions (n_samples, n_components) float32; they give
        (m, n_components) float32. See `place`.
        """
        seed = request.random_state if self.random_state is None else self.random_state
        return place(
            vectors,
            replace(request, random_state=seed),
            positions,
            curve=curve(self.min_dist, self.spread),
        )

    def laid_out(self, graph: KNNGraph, begun: Begun) -> Float32:
        """Lay out a graph without gaps; returns (n_samples, n_components) float32."""
        return cached_layout(
            self.name,
            str(LAYOUT_VERSION),
            graph,
            begun.positions,
            begun.is_map,
            int(begun.n_epochs),
            float(self.min_dist),
            float(self.spread),
            begun.random_state,
            compute=lambda: layout(
                graph,
                begun.positions,
                is_map=begun.is_map,
                learning_rate=LEARNING_RATE,
                n_epochs=begun.n_epochs,
                curve=curve(self.min_dist, self.spread),
                random_state=begun.random_state,
                n_jobs=begun.n_jobs,
                progress=begun.progress,
            ),
        )


def _check(value: Any, name: str, least: float, most: float, why: str = "") -> None:
    """ValueError unless a number lies within bounds."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not least <= value <= most:
        because = f", {why}" if why else ""
        msg = f"{name}={shown(value)}: give a number from {least:g} to {most:g}{because}"
        raise ValueError(msg)


REDUCER = UMAP()
