"""Graphs that were computed before, out of the cache."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from embwidget._core.cache import cache, key_of
from embwidget._core.version import __version__
from embwidget.knn.engine import ENGINES, Engine
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import METRICS, Metric
from embwidget.metrics.arithmetic import Float32

# Multiplications below which computing takes no longer than hashing and reading.
_LEAST_PRODUCTS = 2e8
# Raised when distances, and with them the true neighbours, are computed in another way.
_ARITHMETIC = 2


def cached_graph(
    vectors: Float32,
    n_neighbors: int,
    *,
    metric: Metric,
    engine: Engine,
    random_state: int,
    search: Callable[[], KNNGraph],
) -> KNNGraph:
    """Return what `search` would find in ``vectors`` (n_samples, n_dims) float32.

    It is only called when that is not known yet.

    An exact graph serves for every smaller number of neighbours too. An approximate one does not:
    it depends on how many were asked for. Metrics and engines of the caller's own may change under
    the same name, so that nothing of theirs is cached.
    """
    own = METRICS.get(metric.name) is not metric or ENGINES.get(engine.name) is not engine
    if own or len(vectors) ** 2 * vectors.shape[1] < _LEAST_PRODUCTS:
        return search()
    # Another release may approximate in another way; what is exact stays what it is, as long as
    # distances are computed in the same way.
    how = (_ARITHMETIC,) if engine.is_exact else (n_neighbors, random_state, __version__)
    kind = f"graph-{len(vectors)}-{metric.name.replace('_', '-')}-{engine.name}"

    # Where clusters would not help, an approximate engine compares all pairs.
    allowed = {engine.name} | {name for name, each in ENGINES.items() if each.is_exact}

    def unpack(arrays: dict[str, NDArray[Any]]) -> KNNGraph:
        graph = KNNGraph.from_arrays(arrays)
        found = graph.n_samples, graph.metric, graph.n_neighbors >= n_neighbors
        if found != (len(vectors), metric.name, True) or graph.engine not in allowed:
            msg = f"it is {graph}"
            raise ValueError(msg)
        return graph

    key = key_of(kind, vectors, *how)

    def searched() -> KNNGraph:
        graph = search()
        # Neighbours of vectors that are half of one kind would be found under the hash of another.
        if key_of(kind, vectors, *how) != key:
            msg = (
                "the vectors changed while their neighbours were searched: start again when "
                "nothing writes to their array or file"
            )
            raise ValueError(msg)
        return graph

    graph = cache.get(key, searched, pack=KNNGraph.to_arrays, unpack=unpack)
    return graph if graph.n_neighbors == n_neighbors else graph.first(n_neighbors)
