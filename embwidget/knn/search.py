"""One entry to all engines: who is nearest to whom in a space."""

from typing import Any

import numpy as np

from embwidget._core.checks import check_metric, check_n_neighbors, check_zero_rows, shown
from embwidget._core.progress import Progress, silent
from embwidget.knn.cached import kept_graph
from embwidget.knn.exact.search import exact_neighbors
from embwidget.knn.graph import KNNGraph
from embwidget.knn.metrics import Float32

ENGINES = ("auto", "exact", "nndescent", "ivf")

# Multiplications above which "auto" no longer compares all pairs: about 100,000 x 384, less than a
# minute on two CPUs. The clusters take less time from about 20,000 items on, but all neighbours are
# worth a minute.
_MOST_EXACT_PRODUCTS = 4e12


def knn_graph(
    x: Any,
    n_neighbors: int = 15,
    *,
    metric: str = "cosine",
    engine: str = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> KNNGraph:
    """Find the nearest neighbours of every item, the item itself excluded.

    What was found before, for the same vectors, comes out of `embwidget.cache`.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), Space or anything that makes one
    n_neighbors : int, default=15
        1 <= n_neighbors < n_samples.
    metric : {"cosine", "euclidean", "inner_product"}, default="cosine"
    engine : {"auto", "exact", "ivf", "nndescent"}, default="auto"
        "exact" compares all pairs. "ivf" compares clusters that are near, and "nndescent" is
        PyNNDescent (not for the inner product): both are approximate, and the graph says their
        recall. "auto" is exact up to about 100,000 items of 384 dimensions, then "ivf".
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    max_memory : int, optional
        Bytes that may be allocated, the result included and the vectors not: those of an
        ``np.memmap`` may be larger than the memory. Such a search is exact. None = no bound.
    random_state : int, default=0
        Seed of the approximate engines and of their sampled recall.
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
    """
    from embwidget.space import as_space

    vectors = as_space(x).vectors
    metric = check_metric(metric)
    n_neighbors = check_n_neighbors(n_neighbors, len(vectors))
    check_zero_rows(vectors, metric)
    check_n_jobs(n_jobs)
    check_max_memory(max_memory)
    check_engine(engine)
    if max_memory is not None and engine not in {"auto", "exact"}:
        msg = (
            f'engine={engine!r} has no bound of memory: leave out max_memory or use engine="exact"'
        )
        raise ValueError(msg)
    if engine == "auto":
        affordable = len(vectors) ** 2 * vectors.shape[1] <= _MOST_EXACT_PRODUCTS
        engine = "exact" if affordable or max_memory is not None else "ivf"
    return kept_graph(
        vectors,
        n_neighbors,
        metric=metric,
        engine=engine,
        random_state=random_state,
        search=lambda: _search(
            vectors, n_neighbors, metric, engine, n_jobs, max_memory, random_state, progress
        ),
    )


def _search(
    vectors: Float32,
    n_neighbors: int,
    metric: str,
    engine: str,
    n_jobs: int | None,
    max_memory: int | None,
    random_state: int,
    progress: Progress,
) -> KNNGraph:
    """Run the engine of that name."""
    if engine == "exact":
        indices, distances = exact_neighbors(
            vectors,
            n_neighbors,
            metric=metric,
            n_jobs=n_jobs,
            max_memory=max_memory,
            progress=progress,
        )
        return KNNGraph(indices, distances, metric, "exact")
    if engine == "ivf":
        from embwidget.knn.approximate.ivf import ivf_graph as approximate
    else:
        from embwidget.knn.approximate.nndescent import nndescent_graph as approximate
    return approximate(
        vectors,
        n_neighbors,
        metric=metric,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )


def check_engine(engine: str) -> str:
    """Return the engine's name; ValueError for what is none."""
    if engine not in ENGINES:
        msg = f"engine={shown(engine)} is not known: use {', '.join(map(repr, ENGINES))}"
        raise ValueError(msg)
    return engine


def check_n_jobs(n_jobs: int | None) -> int | None:
    """Return the number of threads; ValueError unless it is None or at least 1."""
    if n_jobs is not None and (not isinstance(n_jobs, (int, np.integer)) or n_jobs < 1):
        msg = f"n_jobs={shown(n_jobs)}: give 1 or more threads, or None for all"
        raise ValueError(msg)
    return n_jobs


def check_max_memory(max_memory: int | None) -> int | None:
    """Return the number of bytes; ValueError unless it is None or a whole number."""
    if max_memory is not None and (
        isinstance(max_memory, bool) or not isinstance(max_memory, (int, np.integer))
    ):
        msg = f"max_memory={shown(max_memory)}: give a number of bytes, or None for no bound"
        raise ValueError(msg)
    return max_memory
