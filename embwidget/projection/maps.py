"""Two-dimensional maps by name, by a scikit-learn object or by a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, silent, span
from embwidget._core.threads import limited, resolve
from embwidget.knn.search import knn_graph
from embwidget.metrics import Metric, metric_of, name_of
from embwidget.projection.cached import kept_layout
from embwidget.projection.reducers import pacmap, tsne, umap
from embwidget.projection.reducers.coarse import place_among, sample_rows
from embwidget.projection.reducers.graph_lengths import complete
from embwidget.projection.reducers.pca import pca

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

REDUCERS = ("pca", "umap", "pca+umap", "pacmap", "tsne")
"""Names that `project` knows; all but "pca" take a start."""

FEWEST_ITEMS = 10
"""Below this a map of neighbourhoods means nothing, and some reducers fail: PCA draws it."""

PCA_DIMS = 50
PACMAP_DIMS = 100
PACMAP_SPARE = 50
"""PaCMAP chooses its neighbour pairs among this many more than it needs."""

MANY_ITEMS = 200_000
"""Above, UMAP starts from the map of a sample, and takes fewer epochs the more items there are."""

SAMPLE_ITEMS = 100_000
FEWEST_EPOCHS = 40
COARSE_LEARNING_RATE = 0.5


class FitTransform(Protocol):
    """What scikit-learn's reducers have in common."""

    def fit_transform(self, x: Any, /) -> Any:
        """Return positions of shape (n_samples, 2)."""


Reducer: TypeAlias = "str | FitTransform | Callable[[Float32], ArrayLike]"


def project(
    x: Any,
    reducer: Reducer = "umap",
    *,
    graph: KNNGraph | None = None,
    n_neighbors: int = 15,
    metric: str | Metric = "cosine",
    init: ArrayLike | None = None,
    n_jobs: int | None = None,
    random_state: int | None = 0,
    progress: Progress = silent,
) -> Float32:
    """Draw a space as a map.

    What was laid out before comes out of `embwidget.cache`.

    "pca"
        Principal components of the vectors as they are.
    "umap"
        UMAP on `graph`. Above 200,000 items a sample of 100,000 is laid out first and the others
        are placed among it, since UMAP's time grows faster than the number of items.
    "pca+umap"
        50 principal components first, then UMAP on the Euclidean neighbours there. `graph`
        belongs to the full space and is not used.
    "pacmap"
        PaCMAP with neighbour pairs out of `graph`; needs the extra "pacmap".
    "tsne"
        scikit-learn's t-SNE at perplexity 30, on `graph` if it has 91 neighbours, else on one
        computed here with the same metric. Slow above 10,000 items.
    an object with fit_transform
        ``reducer.fit_transform(x)`` is the map, as with scikit-learn's classes.
    a function
        ``reducer(x)`` is the map.

    Those with a name, "pca" aside, start from principal components (of rows scaled to length 1
    when the metric is the cosine). Vectors of packed bits count as their bits. Fewer than 10 items,
    or rows that are all equal, are drawn by "pca" whatever the name. The same input gives the same
    map.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), Space or anything that makes one
    reducer : str, object with fit_transform, or callable, default="umap"
    graph : KNNGraph, optional
        Neighbours of the rows of `x`; computed where a reducer needs them and none are given.
    n_neighbors : int, default=15
        Size of a neighbourhood as UMAP counts it: 15 are the item and 14 others. At least 2; a
        shorter `graph` is used as far as it goes.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, default="cosine"
        What nearness means. A given `graph` has a metric of its own, which wins.
    init : array-like of shape (n_samples, 2), optional
        A map to start from, instead of principal components, and to stay near.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int or None, default=0
        None lets UMAP run on all cores, with another map every time.
    progress : callable, optional
        Called as ``progress(step, share)``, by UMAP before every epoch; what it raises stops the
        work. The other reducers cannot be interrupted while they draw.

    Returns
    -------
    positions : ndarray of shape (n_samples, 2), float32

    Examples
    --------
    >>> import numpy as np
    >>> project(np.array([[0, 0, 1], [2, 0, 1], [4, 0, 1]]), "pca").tolist()
    [[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]]
    """
    from embwidget.space import as_space

    vectors = as_space(x).vectors
    n_samples = len(vectors)
    start = None if init is None else _as_positions(init, n_samples, "init has")
    resolve(n_jobs)
    metric = name_of(metric) if graph is None else graph.metric
    numbers = metric_of(metric).unpacked(vectors)
    if not isinstance(reducer, str):
        return _as_positions(_apply(reducer, numbers), n_samples, f"{_name(reducer)} returned")
    if reducer not in REDUCERS:
        known = ", ".join(f'"{name}"' for name in REDUCERS)
        msg = f"reducer {reducer!r} is unknown: use {known}, a fit_transform object or a function"
        raise ValueError(msg)
    if n_neighbors < 2:
        msg = f"n_neighbors is {n_neighbors}: a map needs at least 2, the item and one other"
        raise ValueError(msg)
    if graph is not None and graph.n_samples != n_samples:
        msg = f"graph has {graph.n_samples} items and x has {n_samples} rows: pass the graph of x"
        raise ValueError(msg)

    equal_rows = (vectors[-1] == vectors[0]).all() and (vectors == vectors[0]).all()
    if reducer == "pca" or n_samples < FEWEST_ITEMS or equal_rows:
        return pca(numbers, n_jobs=n_jobs)
    with limited(n_jobs):
        positions = _lay_out(
            vectors,
            numbers,
            reducer,
            graph,
            n_neighbors,
            metric,
            start,
            n_jobs,
            random_state,
            progress,
        )
    return _as_positions(positions, n_samples, f'reducer "{reducer}" returned')


def _lay_out(
    x: Float32,
    numbers: NDArray[Any],
    reducer: str,
    graph: KNNGraph | None,
    n_neighbors: int,
    metric: str,
    init: Float32 | None,
    n_jobs: int | None,
    random_state: int | None,
    progress: Progress,
) -> Float32:
    """Give a named reducer its graph and its start."""
    if reducer == "pca+umap":
        n_dims = max(2, min(PCA_DIMS, numbers.shape[1]))
        unit_length = metric_of(metric).ignores_length
        x = numbers = pca(numbers, n_dims, unit_length=unit_length, n_jobs=n_jobs)
        graph, metric = None, "euclidean"
    unit_length = metric_of(metric).ignores_length
    start = pca(numbers, unit_length=unit_length, n_jobs=n_jobs) if init is None else init
    warm = init is not None
    n_others = n_neighbors - 1

    if reducer == "tsne":
        n_wanted = min(tsne.N_NEIGHBORS, len(x) - 1)
        if graph is None or graph.n_neighbors < n_wanted or (graph.indices < 0).any():
            # Where this t-SNE is not too slow, exact neighbours take little time.
            graph = knn_graph(
                x, n_wanted, metric=metric, engine="exact", n_jobs=n_jobs, progress=progress
            )
        near = graph
        progress("laying out the map", 0.0)
        return kept_layout(
            "tsne",
            "scikit-learn",
            near,
            start,
            warm,
            random_state,
            compute=lambda: tsne.layout(near, start, warm=warm, random_state=random_state),
        )
    if reducer == "pacmap":
        if graph is None:
            n_wanted = min(n_others + PACMAP_SPARE, len(x) - 1)
            graph = knn_graph(x, n_wanted, metric=metric, n_jobs=n_jobs, progress=progress)
        n_dims = max(2, min(PACMAP_DIMS, numbers.shape[1]))
        narrow = pca(numbers, n_dims, unit_length=unit_length, n_jobs=n_jobs)
        near = complete(graph)
        import_extra("pacmap", extra="pacmap")
        progress("laying out the map", 0.0)
        return kept_layout(
            "pacmap",
            "pacmap",
            near,
            start,
            narrow,
            n_others,
            warm,
            random_state,
            compute=lambda: pacmap.layout(
                narrow,
                near,
                start,
                n_neighbors=n_others,
                warm=warm,
                random_state=random_state,
            ),
        )
    if graph is None:
        progress("finding neighbours for the map", 0.0)
        graph = knn_graph(x, min(n_others, len(x) - 1), metric=metric, n_jobs=n_jobs)
    return _umap_layout(x, graph, n_others, start, warm, n_jobs, random_state, progress)


def _umap_layout(
    x: Float32,
    graph: KNNGraph,
    n_others: int,
    start: Float32,
    warm: bool,
    n_jobs: int | None,
    random_state: int | None,
    progress: Progress,
) -> Float32:
    """UMAP; of many items, in two levels."""
    n_samples = len(x)
    n_epochs, rate = umap.N_EPOCHS, umap.WARM_LEARNING_RATE if warm else 1.0
    if n_samples > MANY_ITEMS:
        n_epochs = max(FEWEST_EPOCHS, n_epochs * MANY_ITEMS // n_samples)
        if not warm:
            rows = sample_rows(n_samples, SAMPLE_ITEMS, random_state)
            progress("finding the neighbours of a sample", 0.0)
            sample = np.ascontiguousarray(x[rows])
            few = knn_graph(sample, n_others, metric=graph.metric, n_jobs=n_jobs)
            part = span(progress, 0.05, 0.3)
            places = _umap_layout(
                sample, few, n_others, start[rows], False, n_jobs, random_state, part
            )
            start = place_among(graph, rows, places, random_state)
            progress, rate = span(progress, 0.3, 1.0), COARSE_LEARNING_RATE
    near = complete(graph.first(min(n_others, graph.n_neighbors)))
    return kept_layout(
        "umap",
        "umap-learn",
        near,
        start,
        rate,
        n_epochs,
        random_state,
        compute=lambda: umap.layout(
            near,
            start,
            learning_rate=rate,
            n_epochs=n_epochs,
            random_state=random_state,
            progress=progress,
        ),
    )


def _apply(reducer: Any, x: Float32) -> Any:
    """Run a reducer that the caller brought."""
    if isinstance(reducer, type) and hasattr(reducer, "fit_transform"):
        msg = f"reducer is the class {reducer.__name__}: pass an object, {reducer.__name__}(...)"
        raise TypeError(msg)
    if hasattr(reducer, "fit_transform"):
        return reducer.fit_transform(x)
    if callable(reducer):
        return reducer(x)
    msg = (
        f"reducer is of type {type(reducer).__name__}: "
        "use a name, an object with fit_transform or a function"
    )
    raise TypeError(msg)


def _name(reducer: Any) -> str:
    return f"reducer {getattr(reducer, '__name__', type(reducer).__name__)}"


def _as_positions(positions: Any, n_samples: int, whose: str) -> Float32:
    """Check a map at the door: (n_samples, 2) float32, C order, finite."""
    try:
        array = np.ascontiguousarray(positions, np.float32)
    except (TypeError, ValueError):
        msg = f"{whose} a {type(positions).__name__} that is no array of numbers of shape (n, 2)"
        raise TypeError(msg) from None
    if array.shape != (n_samples, 2):
        msg = f"{whose} the shape {array.shape}: ({n_samples}, 2) is needed, a row for each item"
        raise ValueError(msg)
    bad = n_samples - int(np.isfinite(array).all(axis=1).sum())
    if bad:
        msg = f"{whose} {bad} of {n_samples} positions with NaN or infinity: all must be finite"
        raise ValueError(msg)
    return array
