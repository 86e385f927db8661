"""One entry to all engines: who is nearest to whom in a space, and to vectors that are new."""

from dataclasses import replace
from typing import Any

from embwidget._core.checks import check_n_neighbors, whole
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import resolve
from embwidget.knn.cached import cached_graph
from embwidget.knn.engine import AUTO, ENGINES, Engine
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import Metric, OwnName, asked_metric, name_of
from embwidget.metrics.arithmetic import Float32, Int32
from embwidget.space import as_space

# Multiplications above which "auto" no longer compares all pairs: about 100,000 x 384, less than a
# minute on two CPUs. The clusters take less time from about 20,000 items on, but all neighbours are
# worth a minute.
_MOST_EXACT_PRODUCTS = 4e12
_STEP = "neighbours found"


def knn_graph(
    x: Any,
    n_neighbors: int = 15,
    *,
    metric: str | Metric | None = None,
    engine: str | Engine = AUTO,
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> KNNGraph:
    """Find the nearest neighbours of every item, the item itself excluded.

    What was found before, for the same vectors, comes out of `embwidget.cache`; what metrics and
    engines of your own find is not cached.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), Space or anything that makes one
    n_neighbors : int, default=15
        1 <= n_neighbors < n_samples.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, optional
        None = that of a space which has one, else the cosine.
        "hamming" is for packed bits, uint8 rows as ``np.packbits(x > 0, axis=1)`` or
        sentence-transformers' "ubinary" give them: the number of bits that differ.
    engine : {"auto", "exact", "ivf", "nndescent"} or Engine, default="auto"
        "exact" compares all pairs. "ivf" compares clusters that are near, and "nndescent" is
        PyNNDescent (an extra; not for the inner product): both are approximate, and the graph says
        their recall. "auto" is exact up to about 100,000 items of 384 dimensions, then "ivf".
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    max_memory : int, optional
        Bytes that may be allocated, the result included and the vectors not: those of an
        ``np.memmap`` may be larger than the memory. Such a search is exact. None = no bound.
    random_state : int, default=0
        Seed of the approximate engines and of their sampled recall. "nndescent" gives the same
        graph on the same number of threads.
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the search.

    Returns
    -------
    KNNGraph

    Raises
    ------
    ValueError
        When an argument is not among the allowed ones, a row is zero and the metric cosine, or
        ``max_memory`` is too small; it then says how many bytes are needed.

    Notes
    -----
    An exact graph has the nearest by the distances of the float32 vectors, evaluated in float64.
    Items that are equally near, copies above all, come in the order of their rows; where a list
    ends among them, which of them it holds says nothing: `Comparison.ties` counts such lists.
    """
    space = as_space(x)
    vectors, measure = space.vectors, asked_metric(metric, space.metric)
    n_neighbors = check_n_neighbors(n_neighbors, len(vectors))
    measure.check(vectors)
    resolve(n_jobs)
    check_max_memory(max_memory)
    chosen = engine_for(vectors, measure, check_engine(engine), max_memory)

    def search() -> KNNGraph:
        found = chosen.search(
            vectors,
            n_neighbors,
            metric=measure,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            progress=progress,
        )
        # The name of an own metric has to lead to it.
        name = name_of(measure)
        return replace(found, metric=name) if isinstance(name, OwnName) else found

    graph = cached_graph(
        vectors,
        n_neighbors,
        metric=measure,
        engine=chosen,
        random_state=random_state,
        search=search,
    )
    progress(_STEP, 1.0)
    return graph


def query(
    x: Any,
    new: Any,
    n_neighbors: int = 15,
    *,
    metric: str | Metric | None = None,
    engine: str | Engine = AUTO,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> tuple[Int32, Float32]:
    """Find the items that are nearest to new vectors.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), Space or anything that makes one
    new : array-like of shape (m, n_dims), or as x
        Vectors of the same model. An item among them finds itself.
    n_neighbors : int, default=15
        1 <= n_neighbors <= n_samples.
    metric, engine, n_jobs, random_state, progress
        As for `knn_graph`.

    Returns
    -------
    indices : (m, n_neighbors) int32
        Positions in x, nearest first, ties by position.
    distances : (m, n_neighbors) float32

    Raises
    ------
    ValueError
        When an argument is not among the allowed ones, or the dimensions differ.
    """
    space = as_space(x)
    vectors, measure = space.vectors, asked_metric(metric, space.metric)
    asking = as_space(new).vectors
    if asking.shape[1] != vectors.shape[1]:
        msg = (
            f"new has {asking.shape[1]} dimensions and x has {vectors.shape[1]}: "
            "give vectors of the same model"
        )
        raise ValueError(msg)
    n_neighbors = whole(n_neighbors, "n_neighbors", 1, len(vectors), why="the number of items")
    measure.check(vectors, "x")
    measure.check(asking, "new")
    resolve(n_jobs)
    chosen = engine_for(vectors, measure, check_engine(engine), None)
    return chosen.query(
        vectors,
        asking,
        n_neighbors,
        metric=measure,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )


def check_engine(engine: str | Engine) -> str | Engine:
    """Return the engine of this name or the caller's own, or "auto"; ValueError for none."""
    if isinstance(engine, str) and engine == AUTO:
        return engine
    return ENGINES.find(engine)


def check_max_memory(max_memory: int | None) -> int | None:
    """Return the number of bytes; ValueError unless it is None or a whole number."""
    if max_memory is None:
        return None
    return whole(max_memory, "max_memory", 1, why="the bytes, or None for no bound")


def engine_for(
    vectors: Float32, metric: Metric, engine: str | Engine, max_memory: int | None
) -> Engine:
    """The engine that is meant for ``vectors`` (n_samples, n_dims) float32.

    ValueError when it cannot do what is asked.
    """
    if isinstance(engine, Engine):
        engine.check(metric, max_memory)
        return engine
    n_products = len(vectors) ** 2 * vectors.shape[1] * metric.numbers_per_entry
    approximate = ENGINES["ivf"]
    if n_products <= _MOST_EXACT_PRODUCTS or max_memory is not None or not approximate.can(metric):
        return ENGINES["exact"]
    return approximate
