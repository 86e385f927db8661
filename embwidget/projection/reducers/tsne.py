"""t-SNE, as scikit-learn has it, on a kNN graph that is already there."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from embwidget.projection.cached import cached_layout
from embwidget.projection.reducer import DEAF_STEP, MapRequest, Reducer
from embwidget.projection.reducers.graph_lengths import lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

PERPLEXITY = 30
N_NEIGHBORS = 3 * PERPLEXITY + 1
"""What scikit-learn takes per item at this perplexity; a shorter graph lowers the perplexity."""

START_DEVIATION = 1e-4
"""Standard deviation of the first axis at the start: t-SNE unfolds from a dot."""

WARM_ITERATIONS = 500


class TSNE(Reducer):
    """scikit-learn's t-SNE at perplexity 30; it tells nothing while it draws."""

    name = "tsne"
    takes_start = starts_from_pca = True
    # Where this t-SNE is not too slow, exact neighbours take little time.
    engine = "exact"
    search_share = 0.05

    def n_searched(self, n_neighbors: int) -> int:  # noqa: ARG002 (others look)
        """As many as the perplexity asks for, whatever `n_neighbors` is."""
        return N_NEIGHBORS

    def can_use(self, graph: KNNGraph) -> bool:
        """Whether the graph has as many, and nothing is missing."""
        enough = graph.n_neighbors >= min(N_NEIGHBORS, graph.n_samples - 1)
        return enough and not (graph.indices < 0).any()

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, 2) float32."""
        graph, start = request.graph_and_start()
        warm, seed = request.is_warm, request.random_state
        request.progress(DEAF_STEP, 0.0)
        return cached_layout(
            self.name,
            version("scikit-learn"),
            graph,
            start,
            warm,
            seed,
            compute=lambda: layout(
                graph, start, warm=warm, random_state=seed, n_jobs=request.n_jobs
            ),
        )


def layout(
    graph: KNNGraph,
    start: Float32,
    *,
    warm: bool,
    random_state: int | None,
    n_jobs: int | None = None,
) -> Float32:
    """Lay out `graph` from `start`.

    Parameters
    ----------
    graph : KNNGraph
        Nothing missing; 91 neighbours give the perplexity 30, fewer give a third of their number.
    start : ndarray of shape (n_samples, 2), float32
    warm : bool
        Whether `start` is a finished map to stay near. It then keeps its size and there is no
        early exaggeration, which would pull the groups of the start through each other (measured
        on digits: half the movement, the same trustworthiness).
    random_state : int or None
    n_jobs : int or None

    Returns
    -------
    positions : ndarray of shape (n_samples, 2), float32
    """
    from scipy.sparse import csr_matrix
    from sklearn import manifold

    graph = graph.first(min(graph.n_neighbors, N_NEIGHBORS))
    indices, distances = replace(graph, distances=lengths(graph)).with_self()
    row_ends = np.arange(0, indices.size + 1, indices.shape[1])
    # Rows sorted by distance, the item itself first: scikit-learn takes such a matrix as it is.
    neighbors = csr_matrix(
        (distances.ravel(), indices.ravel(), row_ends), shape=(graph.n_samples, graph.n_samples)
    )
    gentle = {"early_exaggeration": 1.0, "max_iter": WARM_ITERATIONS} if warm else {}
    if not warm:
        start = start * np.float32(START_DEVIATION / (start[:, 0].std() or 1))
    reducer = manifold.TSNE(
        metric="precomputed",
        perplexity=(graph.n_neighbors - 1) / 3,
        init=start,
        random_state=random_state,
        n_jobs=n_jobs,
        **gentle,
    )
    return np.ascontiguousarray(reducer.fit_transform(neighbors), np.float32)


REDUCER = TSNE()
