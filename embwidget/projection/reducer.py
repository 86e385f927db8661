"""What a reducer is: it takes vectors, mostly a graph and a start too, and draws a map."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from embwidget._core.progress import Progress, silent
from embwidget.metrics import metric_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph
    from embwidget.metrics import Metric

    Float32 = NDArray[np.float32]

STEP = "laying out the map"
DEAF_STEP = f"cannot be cancelled while {STEP}"
"""Of a package that tells nothing while it draws."""


@dataclass(frozen=True, eq=False)
class MapRequest:
    """What a reducer makes a map of.

    Attributes
    ----------
    vectors : (n_samples, n_dims) float32
        Finite; maybe a memmap.
    metric : str or Metric
        What nearness means; that of the graph, where there is one.
    graph : KNNGraph or None
        Neighbours of the rows, for a reducer that asks for some; a given one may be shorter than
        that or longer, and -1 stands where an approximate search found nobody.
    start : (n_samples, n_components) float32 or None
        Positions to start from, for a reducer that takes them.
    is_warm : bool
        Whether the start is a finished map to stay near, and no mere arrangement.
    n_neighbors : int
        Size of a neighbourhood as UMAP counts it: the item and n_neighbors - 1 others.
    random_state : int or None
        None = another map every time.
    n_jobs : int or None
        Threads; None = one for each CPU that the process may use.
    progress : callable
        Its 0..1 are this map's own.
    """

    vectors: Float32
    metric: str | Metric = "cosine"
    graph: KNNGraph | None = None
    start: Float32 | None = None
    is_warm: bool = False
    n_neighbors: int = 15
    random_state: int | None = 0
    n_jobs: int | None = None
    progress: Progress = silent

    @cached_property
    def numbers(self) -> NDArray[Any]:
        """What the vectors stand for: they themselves, or (n_samples, n_bits) uint8 of packed bits.

        Principal components are made of these.
        """
        return metric_of(self.metric).unpacked(self.vectors)

    @property
    def ignores_length(self) -> bool:
        """Whether only the direction of a vector counts for the metric."""
        return metric_of(self.metric).ignores_length

    def graph_and_start(self) -> tuple[KNNGraph, Float32]:
        """Return both, for a reducer that takes them; the start is (n_samples, n_components)."""
        if self.graph is None or self.start is None:
            msg = "the graph or the start is missing: `lay_out` gives a reducer what it takes"
            raise ValueError(msg)
        return self.graph, self.start


class Reducer(ABC):
    """A way to draw a map; those in ``reducers/`` end in ``REDUCER = ...`` and have a name.

    Attributes
    ----------
    name : str
        How callers ask for it, and messages call it.
    module, extra : str
        The package that it needs and the extra of embwidget that brings it; "" = none.
    n_components : int
        Dimensions of its maps; a comparison draws 2.
    takes_start : bool
        Whether it can start from a given map, as B is drawn from A's.
    starts_from_pca : bool
        Whether it is given principal components to start from where no map is given.
    engine : str
        Engine that searches its neighbours.
    search_share : float
        Part of the time that the search takes, for progress.
    """

    name: str
    module: str = ""
    extra: str = ""
    n_components: int = 2
    takes_start: bool = False
    starts_from_pca: bool = False
    engine: str = "auto"
    search_share: float = 0.2

    @property
    def has_transform(self) -> bool:
        """Whether it can draw new items on a map that is there."""
        return type(self).transform is not Reducer.transform

    def n_searched(self, n_neighbors: int) -> int:  # noqa: ARG002 (others look)
        """Neighbours to search where no graph is given; 0 = it takes no graph.

        Parameters
        ----------
        n_neighbors : int
            As in `MapRequest`, the item included.
        """
        return 0

    def can_use(self, graph: KNNGraph) -> bool:  # noqa: ARG002 (others look)
        """Whether a given graph will do; else one is searched."""
        return True

    @abstractmethod
    def fit(self, request: MapRequest) -> Float32:
        """Draw the map.

        Parameters
        ----------
        request : MapRequest
            With the graph and the start that this reducer takes. Progress may be called; what it
            raises has to go through.

        Returns
        -------
        (n_samples, n_components) float32, finite
        """

    def of_components(self, n_components: int) -> Reducer:
        """Return the reducer that draws maps of so many dimensions; ValueError if none does."""
        if n_components == self.n_components:
            return self
        msg = (
            f'reducer "{self.name}" draws maps of {self.n_components} dimensions, not of '
            f'{n_components}: use "pca", "umap" or "pacmap"'
        )
        raise ValueError(msg)

    def transform(self, vectors: Float32, request: MapRequest, positions: Float32) -> Float32:
        """Draw new items on the map of a request.

        Parameters
        ----------
        vectors : (m, n_dims) float32
            The new items.
        request : MapRequest
            What the map was made of.
        positions : (n_samples, n_components) float32
            The map, which stays as it is.

        Returns
        -------
        (m, n_components) float32

        Raises
        ------
        NotImplementedError
            Where `has_transform` is false.
        """
        msg = f'reducer "{self.name}" draws no new items on a map: draw all items anew'
        raise NotImplementedError(msg)
