"""PaCMAP with the neighbour pairs of a kNN graph that is already there."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from embwidget._core.progress import span
from embwidget.knn.search import query
from embwidget.projection.cached import cached_layout
from embwidget.projection.reducer import DEAF_STEP, MapRequest, Reducer
from embwidget.projection.reducers.equal_rows import at_their_equals
from embwidget.projection.reducers.graph_lengths import lengths, without_gaps
from embwidget.projection.reducers.numba_threads import numba_threads
from embwidget.projection.reducers.pca import pca

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

PAIRS_PER_NEIGHBOR = 3.5
"""PaCMAP draws half a mid-near and two further pairs for each neighbour pair, and the item."""

PHASES = (100, 100, 250)
WARM_PHASES = (0, 100, 250)
"""Iterations; the first phase arranges the whole map anew and would forget a start."""


MAX_DIMS = 100
_ROUNDS = 30
_BLOCK_ROWS = 8192
N_SPARE = 50
"""PaCMAP chooses its neighbour pairs among this many more than it needs."""


class PaCMAP(Reducer):
    """PaCMAP, of at most 100 principal components; it tells nothing while it draws."""

    name = "pacmap"
    module = extra = "pacmap"
    takes_start = starts_from_pca = True

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components

    def of_components(self, n_components: int) -> PaCMAP:
        return PaCMAP(n_components)

    def n_searched(self, n_neighbors: int) -> int:
        """The item's neighbours, and some to choose among."""
        return n_neighbors - 1 + N_SPARE

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, n_components) float32."""
        graph, start = request.graph_and_start()
        graph = without_gaps(graph)
        narrow = pca(
            request.numbers,
            max(2, min(MAX_DIMS, request.numbers.shape[1])),
            unit_length=request.ignores_length,
            n_jobs=request.n_jobs,
            progress=span(request.progress, 0.0, 0.1),
        )
        n_others, warm, seed = request.n_neighbors - 1, request.is_warm, request.random_state
        request.progress(DEAF_STEP, 0.1)
        return cached_layout(
            self.name,
            version("pacmap"),
            graph,
            start,
            narrow,
            n_others,
            warm,
            seed,
            compute=lambda: layout(
                narrow,
                graph,
                start,
                n_neighbors=n_others,
                warm=warm,
                random_state=seed,
                n_jobs=request.n_jobs,
            ),
        )

    def transform(self, vectors: Float32, request: MapRequest, positions: Float32) -> Float32:
        """Draw new items where PaCMAP's loss for them is least.

        Parameters
        ----------
        vectors : (m, n_dims) float32
        request : MapRequest
        positions : (n_samples, n_components) float32

        Returns
        -------
        (m, n_components) float32

        Notes
        -----
        PaCMAP moves a new item by its pairs with its nearest fitted items alone, each of which adds
        ``d / (10 + d)`` with ``d = 1 + |y - p|^2``. At the least of their sum y is the mean of the
        p, weighted by ``1 / (10 + d)^2``, which is found by taking that mean again and again. The
        package itself would need the object that drew the map, and its approximate index.
        """
        n_pairs = min(request.n_neighbors - 1, len(request.vectors))
        indices, _ = query(
            request.vectors,
            vectors,
            n_pairs,
            metric=request.metric,
            n_jobs=request.n_jobs,
            progress=request.progress,
        )
        out = np.empty((len(vectors), positions.shape[1]), np.float32)
        for start in range(0, len(vectors), _BLOCK_ROWS):
            some = slice(start, start + _BLOCK_ROWS)
            ends = positions[indices[some]].astype(np.float64)
            middle = ends.mean(axis=1)
            for _ in range(_ROUNDS):
                apart = ((middle[:, None] - ends) ** 2).sum(axis=2)
                weights = (11 + apart) ** -2.0
                weights /= weights.sum(axis=1, keepdims=True)
                middle = np.einsum("ij,ijk->ik", weights, ends)
            out[some] = middle
        return at_their_equals(out, vectors, request.vectors, positions, indices[:, 0])


def layout(
    x: Float32,
    graph: KNNGraph,
    start: Float32,
    *,
    n_neighbors: int,
    warm: bool,
    random_state: int | None,
    n_jobs: int | None = None,
) -> Float32:
    """Lay out `graph` from `start`.

    Parameters
    ----------
    x : ndarray of shape (n_samples, at most 100), float32
        Vectors whose Euclidean distances pick the mid-near pairs. Wider ones PaCMAP would reduce
        itself, once more.
    graph : KNNGraph
        Candidates for the neighbour pairs: PaCMAP prefers, of more than it needs, those that
        are near for both ends.
    start : ndarray of shape (n_samples, n_components), float32
        Its arrangement counts, not its size.
    n_neighbors : int
        Neighbour pairs per item; fewer when there are not enough items for the other pairs.
    warm : bool
        Whether `start` is a finished map to stay near.
    random_state : int or None
    n_jobs : int or None

    Returns
    -------
    positions : ndarray of shape (n_samples, n_components), float32
    """
    import pacmap

    n_pairs = int((graph.n_samples - 1) / PAIRS_PER_NEIGHBOR)
    n_pairs = min(n_neighbors, n_pairs, graph.n_neighbors)
    logger = logging.getLogger("pacmap.pacmap")
    level = logger.level
    # It warns of every seed that it is given.
    logger.setLevel(logging.ERROR)
    try:
        reducer = pacmap.PaCMAP(
            n_components=start.shape[1],
            n_neighbors=n_pairs,
            pair_neighbors=neighbor_pairs(graph, n_pairs),
            num_iters=WARM_PHASES if warm else PHASES,
            random_state=random_state,
        )
        with numba_threads(n_jobs):
            return np.ascontiguousarray(reducer.fit_transform(x, init=start), np.float32)
    finally:
        logger.setLevel(level)


def neighbor_pairs(graph: KNNGraph, n_pairs: int) -> NDArray[np.int32]:
    """Choose the neighbours with the smallest scaled distance, as PaCMAP does.

    Parameters
    ----------
    graph : KNNGraph
    n_pairs : int
        At most graph.n_neighbors.

    Returns
    -------
    pairs : ndarray of shape (n_samples * n_pairs, 2), int32
        Item and neighbour, all pairs of an item in a run.
    """
    distances = lengths(graph)
    third = min(3, graph.n_neighbors - 1)
    scale = np.maximum(distances[:, third : third + 3].mean(axis=1), 1e-10)
    scaled = distances**2 / scale[:, None] / scale[graph.indices]
    chosen = np.argsort(scaled, axis=1, kind="stable")[:, :n_pairs]
    neighbors = np.take_along_axis(graph.indices, chosen, axis=1)
    items = np.repeat(np.arange(graph.n_samples, dtype=np.int32), n_pairs)
    return np.column_stack([items, neighbors.ravel()])


REDUCER = PaCMAP()
