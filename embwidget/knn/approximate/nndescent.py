"""Approximate neighbours by PyNNDescent, with a recall that was measured, not promised."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent
from embwidget.knn.approximate.recall import (
    WANTED_RECALL,
    complete,
    draw_sample,
    measured_recall,
    true_reach,
)
from embwidget.knn.engine import Engine
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import Metric, MetricRows, metric_of
from embwidget.metrics.arithmetic import BLOCK_ELEMENTS, Float32, Float64, Int32
from embwidget.metrics.products import ProductRows

if TYPE_CHECKING:
    from embwidget._core.estimate import Estimate

# How many times the neighbours wanted are asked for. PyNNDescent's defaults fall to a recall of .89
# on some real data; longer lists raise it.
_FACTORS = (1, 2, 4)
_STEP = "finding neighbours, approximately"


def nndescent_graph(
    vectors: Float32,
    n_neighbors: int,
    *,
    metric: str | Metric,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> KNNGraph:
    """Build the graph, with longer lists until the sampled recall is at least .99.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    n_neighbors : int
        1 <= n_neighbors < n_samples.
    metric : str or Metric
        One whose rows euclidean distances put in its order.
    n_jobs : int, optional
    random_state : int, default=0
    progress : callable
        Called before each attempt alone: PyNNDescent compiles for a minute in every process, and
        then runs, without a call that could report or stop it. ``engine="ivf"`` does both.

    Returns
    -------
    KNNGraph
        Of the best attempt; its ``recall`` stays below .99 where even long lists miss neighbours.
    """
    measure = metric_of(metric)
    ENGINE.check(measure)
    import numba
    from pynndescent import NNDescent

    # numba refuses more threads than the machine has.
    n_jobs = None if n_jobs is None else min(n_jobs, numba.config.NUMBA_NUM_THREADS)
    space = measure.rows(vectors, report=lambda: progress(_STEP, 0.0))
    assert isinstance(space, ProductRows)  # noqa: S101 (what is euclidean is)
    sample = draw_sample(len(vectors), np.random.default_rng(random_state))
    reach = true_reach(space, sample, n_neighbors, lambda: progress(_STEP, 0.0))
    best: tuple[Estimate, Int32, Float64] | None = None
    for attempt, factor in enumerate(_FACTORS):
        progress(_STEP, attempt / (len(_FACTORS) + 1))
        index = NNDescent(
            space.prepared(),
            # Of every metric: its rows come as this one sees them. One is compiled once.
            metric="euclidean",
            n_neighbors=min(factor * n_neighbors + 1, len(vectors)),
            n_jobs=n_jobs,
            random_state=random_state,
            low_memory=True,
        )
        indices, keys = _ranked(space, index.neighbor_graph[0].astype(np.int32), n_neighbors)
        recall = measured_recall(space, sample, reach, indices)
        if best is None or recall > best[0]:
            best = recall, indices, keys
        if recall >= WANTED_RECALL:
            break
    assert best is not None  # noqa: S101 (there is at least one attempt)
    recall, indices, keys = best
    distances = space.distance(keys)
    short = np.flatnonzero((indices < 0).any(axis=1))
    share = len(_FACTORS) / (len(_FACTORS) + 1)
    complete(space, short, indices, distances, lambda: progress(_STEP, share))
    return KNNGraph(indices, distances, measure.name, "nndescent", recall)


def _ranked(space: MetricRows, found: Int32, n_neighbors: int) -> tuple[NDArray[np.int32], Float64]:
    """Order what was found by exact key, the row itself dropped by its position.

    Where fewer than n_neighbors were found, the rest is -1 at an infinite key.
    """
    n, width = found.shape
    found.sort(axis=1)
    indices = np.full((n, n_neighbors), -1, np.int32)
    keys = np.full((n, n_neighbors), np.inf)
    block = max(1, BLOCK_ELEMENTS // (width * space.n_dims))
    for start in range(0, n, block):
        some = found[start : start + block]
        rows = np.arange(start, start + len(some))
        key = space.key(rows, np.maximum(some, 0))
        key[(some < 0) | (some == rows[:, None])] = np.inf
        order = np.argsort(key, axis=1, kind="stable")[:, :n_neighbors]
        kept = np.take_along_axis(key, order, 1)
        keys[start : start + block, : order.shape[1]] = kept
        indices[start : start + block, : order.shape[1]] = np.where(
            np.isinf(kept), -1, np.take_along_axis(some, order, 1)
        )
    return indices, keys


class NNDescentEngine(Engine):
    """Neighbours of neighbours, by PyNNDescent."""

    name = "nndescent"

    def can(self, metric: Metric) -> bool:
        return metric.is_euclidean

    def search(
        self,
        vectors: Float32,
        n_neighbors: int,
        *,
        metric: Metric,
        n_jobs: int | None = None,
        max_memory: int | None = None,  # noqa: ARG002
        random_state: int = 0,
        progress: Progress = silent,
    ) -> KNNGraph:
        return nndescent_graph(
            vectors,
            n_neighbors,
            metric=metric,
            n_jobs=n_jobs,
            random_state=random_state,
            progress=progress,
        )


ENGINE = NNDescentEngine()
