"""Two-dimensional maps by name, by a scikit-learn object or by a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.checks import object_of, shown
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import resolve
from embwidget.metrics import Metric, asked_metric, metric_of, name_of
from embwidget.projection.layout import as_positions, lay_out
from embwidget.projection.reducer import DEAF_STEP, MapRequest, Reducer
from embwidget.projection.reducers import REDUCERS
from embwidget.projection.reducers.pca import PCA

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

_MOST_NAME_CHARS = 60

FEWEST_ITEMS = 10
"""Below this a map of neighbourhoods means nothing, and some reducers fail: PCA draws it."""


class FitTransform(Protocol):
    """What scikit-learn's reducers have in common."""

    def fit_transform(self, x: Any, /) -> Any:
        """Return positions of shape (n_samples, 2)."""


ReducerLike: TypeAlias = "str | Reducer | FitTransform | Callable[[Float32], ArrayLike]"

# As in js/src/views/work.ts.
_TITLES = {
    "pca": "PCA",
    "umap": "UMAP",
    "pca+umap": "PCA + UMAP",
    "umap-learn": "UMAP (umap-learn)",
    "pacmap": "PaCMAP",
    "tsne": "t-SNE",
}


def project(
    x: Any,
    reducer: ReducerLike = DEFAULT_REDUCER,
    *,
    graph: KNNGraph | None = None,
    n_neighbors: int = 15,
    metric: str | Metric | None = None,
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
        UMAP on `graph`, by a layout of our own: the weights are umap-learn's, and the epochs are
        shared between threads. Above 200,000 items a sample of 100,000 is laid out first and the
        others are placed among it. ``UMAP(min_dist=0.5)`` of ``embwidget.projection`` is one with
        other settings.
    "pca+umap"
        50 principal components first, then UMAP on the Euclidean neighbours there. `graph`
        belongs to the full space and is not used.
    "umap-learn"
        The same on one thread by the package umap-learn; needs the extra "umap-learn".
    "pacmap"
        PaCMAP with neighbour pairs out of `graph`; needs the extra "pacmap".
    "tsne"
        scikit-learn's t-SNE at perplexity 30, on `graph` if it has 91 neighbours, else on one
        computed here with the same metric. Slow above 10,000 items.
    a `Reducer` of your own
        Is given what it takes, as those with a name are: see ``projection/reducer.py``.
    an object with fit_transform
        ``reducer.fit_transform(x)`` is the map, as with scikit-learn's classes.
    a function
        ``reducer(x)`` is the map.

    A `Reducer` draws maps of ``n_components`` dimensions: ``UMAP(n_components=3)``.

    Those with a name, "pca" aside, start from principal components (of rows scaled to length 1
    when the metric is the cosine). Vectors of packed bits count as their bits. Fewer than 10 items,
    or rows that are all equal, are drawn by "pca" whatever the name. The same input gives the same
    map.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), Space or anything that makes one
    reducer : str, Reducer, object with fit_transform, or callable, default="umap"
    graph : KNNGraph, optional
        Neighbours of the rows of `x`; computed where a reducer needs them and none are given.
    n_neighbors : int, default=15
        Size of a neighbourhood as UMAP counts it: 15 are the item and 14 others. At least 2; a
        shorter `graph` is used as far as it goes.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, optional
        What nearness means; None = that of a space which has one, else the cosine. A given `graph`
        has a metric of its own, which wins.
    init : array-like of shape (n_samples, n_components), optional
        A map to start from, instead of principal components, and to stay near.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int or None, default=0
        None draws another map every time.
    progress : callable, optional
        Called as ``progress(step, share)``, with shares from 0 to 1, by UMAP before every epoch;
        what it raises stops the work. PaCMAP, t-SNE, objects and functions cannot be interrupted
        while they draw, which the step says.

    Returns
    -------
    positions : ndarray of shape (n_samples, n_components), float32
        Two dimensions, unless a `Reducer` has another number.

    Examples
    --------
    >>> import numpy as np
    >>> project(np.array([[0, 0, 1], [2, 0, 1], [4, 0, 1]]), "pca").tolist()
    [[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]]
    """
    from embwidget.space import as_space

    space = as_space(x)
    vectors = space.vectors
    n_samples = len(vectors)
    resolve(n_jobs)
    metric = name_of(asked_metric(metric, space.metric)) if graph is None else graph.metric
    reducer_name(reducer)
    if isinstance(reducer, str):
        reducer = REDUCERS[reducer]
    n_components = reducer.n_components if isinstance(reducer, Reducer) else 2
    shape = n_samples, n_components
    start = None if init is None else as_positions(init, shape, "init has")
    if not isinstance(reducer, Reducer):
        progress(DEAF_STEP, 0.0)
        positions = as_positions(
            _apply(reducer, metric_of(metric).unpacked(vectors)),
            shape,
            f"reducer {reducer_name(reducer)} returned",
        )
        progress("map laid out", 1.0)
        return positions
    if n_neighbors < 2:
        msg = f"n_neighbors is {n_neighbors}: a map needs at least 2, the item and one other"
        raise ValueError(msg)
    if graph is not None and graph.n_samples != n_samples:
        msg = f"graph has {graph.n_samples} items and x has {n_samples} rows: pass the graph of x"
        raise ValueError(msg)
    request = MapRequest(
        vectors,
        metric=metric,
        graph=graph,
        start=start,
        n_neighbors=n_neighbors,
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
    )
    return lay_out(used_for(reducer, vectors), request)


def used_for(reducer: Reducer, vectors: Float32) -> Reducer:
    """Return the reducer that draws vectors (n_samples, n_dims) float32: "pca" for too few.

    And for rows that are all equal.
    """
    equal_rows = (vectors[-1] == vectors[0]).all() and (vectors == vectors[0]).all()
    few = len(vectors) < FEWEST_ITEMS
    return PCA(reducer.n_components) if few or equal_rows else reducer


def takes_start(reducer: ReducerLike) -> bool:
    """Whether a reducer, or the one of this name, can start from a given map."""
    known = REDUCERS.get(reducer) if isinstance(reducer, str) else reducer
    return isinstance(known, Reducer) and known.takes_start


def reducer_title(reducer: Any) -> str:
    """Name of a reducer in a sentence: "UMAP" for "umap"."""
    name = reducer_name(reducer)
    return _TITLES.get(name, name)


def reducer_name(reducer: Any) -> str:
    """Name of a reducer for people.

    Raises
    ------
    ValueError
        For a name that is none.
    TypeError
        For what draws no maps, as a class, of which an object is meant.
    """
    if isinstance(reducer, Reducer):
        return reducer.name
    if isinstance(reducer, str):
        if reducer in REDUCERS:
            return reducer
    else:
        if object_of(reducer):
            msg = f"reducer is the class {reducer.__name__}: {object_of(reducer)}"
            raise TypeError(msg)
        is_type = isinstance(reducer, type)
        if not is_type and (hasattr(reducer, "fit_transform") or callable(reducer)):
            return str(getattr(reducer, "__name__", type(reducer).__name__))[:_MOST_NAME_CHARS]
    error = ValueError if isinstance(reducer, str) else TypeError
    msg = (
        f"reducer={shown(reducer)} is not known: use {', '.join(map(repr, REDUCERS))}, "
        "an object with fit_transform or a function"
    )
    raise error(msg)


def check_flat(reducer: ReducerLike) -> None:
    """Refuse a reducer whose maps have another number of dimensions than the 2 that are shown."""
    if isinstance(reducer, Reducer) and reducer.n_components != 2:
        msg = (
            f'reducer "{reducer.name}" draws maps of {reducer.n_components} dimensions: '
            "a comparison shows 2, so give one with n_components=2"
        )
        raise ValueError(msg)


def _apply(reducer: Any, x: Float32) -> Any:
    """Run a reducer that the caller brought on vectors (n_samples, n_dims)."""
    return reducer.fit_transform(x) if hasattr(reducer, "fit_transform") else reducer(x)
