"""Groups of items: communities of a space's neighbour graph."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent
from embwidget._core.threads import mapped, resolve

if TYPE_CHECKING:
    from scipy.sparse import csr_array

N_NEIGHBORS = 15
"""Neighbours of each item that the groups come from: more blur small groups, fewer break large."""
SMALLEST_GROUP = 5
"""Items that a group has at least: of fewer, nothing can be said that is not said of the items."""

# Rows weighted at once: the lists of their neighbours' neighbours stay in the cache.
_BLOCK_ROWS = 2000


def find_groups(
    indices: NDArray[np.int32],
    *,
    resolution: float = 1.0,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> NDArray[np.int32]:
    """Find the groups of a neighbour graph: parts with more edges inside than chance would put.

    Parameters
    ----------
    indices : (n_samples, k_max) int32
        Nearest first, the item itself excluded; -1 = no neighbour. The first 15 columns are used.
    resolution : float, default=1.0
        Above 0. More gives more and smaller groups.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int, default=0
        Seed of the item that is visited first; the same seed gives the same groups.
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the work between two steps.

    Returns
    -------
    (n_samples,) int32
        Group of each item, 0 = the largest, equal sizes by their first item; -1 = in no group of at
        least 5 items. Each group is connected.

    Raises
    ------
    ValueError
        When the resolution is not above 0.

    References
    ----------
    V. D. Blondel et al., "Fast unfolding of communities in large networks", J. Stat. Mech. (2008).
    Weights by shared neighbours: J. H. Levine et al., "Data-driven phenotypic dissection of AML
    reveals progenitor-like cells that correlate with prognosis", Cell 162 (2015).
    """
    if not resolution > 0:
        msg = f"resolution={resolution!r}: give a number above 0; more makes more groups"
        raise ValueError(msg)
    progress("weighing the neighbours", 0.0)
    graph = neighbor_weights(indices[:, :N_NEIGHBORS], n_jobs=n_jobs)
    progress("grouping the items", 0.2)
    found = _communities(graph, resolution, random_state)
    progress("grouping the items", 0.9)
    groups = _by_size(_connected(graph, found))
    progress("items grouped", 1.0)
    return groups


def neighbor_weights(indices: NDArray[np.int32], *, n_jobs: int | None = None) -> "csr_array":
    """Weigh each pair of neighbours by what they have in common.

    Parameters
    ----------
    indices : (n_samples, k) int32
        -1 = no neighbour.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.

    Returns
    -------
    csr_array (n_samples, n_samples) float32, symmetric
        For a pair of which either lists the other, in (0, 1]: the cube root of the Jaccard index of
        the two lists, each with its own item in it; twice that when both list the other.

    Notes
    -----
    Equal weights leave small groups in one piece with their neighbours when there are many items,
    and the index itself breaks large groups into many. On digits (10 classes) and on 100,000 items
    of 200 classes, equal weights give an adjusted Rand index of .84-.90 and .89, the index itself
    .73-.75 and .92, and its root .90 and .91.
    """
    from scipy.sparse import csr_array

    n, k = indices.shape
    # What is missing on one side must not equal what is missing on the other.
    own = np.arange(n, dtype=np.int32)[:, None]
    ours = np.hstack([own, indices])
    theirs = np.where(ours < 0, np.int32(-2), ours)
    weights = np.empty((n, k), np.float32)

    def weigh(start: int) -> None:
        block = slice(start, start + _BLOCK_ROWS)
        lists = theirs[indices[block]]
        common = np.zeros(lists.shape, np.bool_)
        for column in range(k + 1):
            common |= lists == ours[block, column, None, None]
        shared = common.sum(axis=2, dtype=np.float32)
        weights[block] = np.cbrt(shared / (2 * (k + 1) - shared))

    list(mapped(weigh, range(0, n, _BLOCK_ROWS), resolve(n_jobs)))
    known = indices >= 0
    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    directed = csr_array((weights[known], indices[known], starts), shape=(n, n))
    return (directed + directed.T).tocsr()


def _communities(graph: "csr_array", resolution: float, random_state: int) -> NDArray[np.intp]:
    """Community of each item, (n,); an item without neighbours is one of its own."""
    if graph.nnz == 0:
        return np.arange(graph.shape[0])
    from scipy.sparse import csr_matrix

    try:
        from sknetwork.clustering import Louvain
    except ImportError as error:
        msg = "groups need scikit-network, which has no wheels for Python 3.14: install it yourself"
        raise ImportError(msg) from error

    # Louvain and not Leiden: that of scikit-network draws from the C library's generator, which no
    # seed of ours reaches.
    louvain = Louvain(
        resolution=resolution,
        modularity="newman",
        sort_clusters=False,
        return_probs=False,
        return_aggregate=False,
    )
    order = _visits(graph, random_state)
    labels = np.empty(len(order), np.intp)
    labels[order] = louvain.fit_predict(csr_matrix(graph[order][:, order]))
    return labels


def _visits(graph: "csr_array", random_state: int) -> NDArray[np.intp]:
    """Order in which items are visited, (n,): from a random one on to its neighbours, and so on.

    What is near then lies near in memory: at a million items that takes half the time of an order
    at random, to the same groups. The order of the rows would not do, for it is often by class.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    n = graph.shape[0]
    shuffled = np.random.default_rng(random_state).permutation(n)
    n_pieces, piece = connected_components(graph, directed=False)
    _, first = np.unique(piece[shuffled], return_index=True)
    starts = shuffled[first]
    if n_pieces > 1:
        # Edges from one start to all others bring the visits to every piece.
        bridges = (
            np.ones(n_pieces - 1, np.float32),
            (np.repeat(starts[:1], n_pieces - 1), starts[1:]),
        )
        graph = graph + csr_array(bridges, shape=(n, n))
    order: NDArray[np.intp] = breadth_first_order(graph, starts[0], return_predecessors=False)
    return order


def _connected(graph: "csr_array", groups: NDArray[Any]) -> NDArray[np.int32]:
    """Pieces of the groups (n_samples,) that hang together, (n_samples,) int32.

    Moving single items can cut a community in two.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = graph.tocoo()
    inside = groups[edges.row] == groups[edges.col]
    edges_inside = (np.ones(int(inside.sum()), np.bool_), (edges.row[inside], edges.col[inside]))
    pieces: NDArray[np.int32]
    _, pieces = connected_components(coo_array(edges_inside, shape=graph.shape), directed=False)
    return pieces


def _by_size(groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the groups (n_samples,) int32 by size, -1 for those too small: (n_samples,) int32."""
    _, first, group, size = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort([first, -size])
    number = np.empty(len(size), np.int32)
    number[order] = np.arange(len(size), dtype=np.int32)
    number[size < SMALLEST_GROUP] = -1
    return number[group]
