"""The engine that compares all pairs."""

from embwidget._core.progress import Progress, silent
from embwidget.knn.engine import Engine
from embwidget.knn.exact.search import exact_neighbors
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import Metric
from embwidget.metrics.arithmetic import Float32


class ExactEngine(Engine):
    """All pairs, with numpy alone; see `exact_neighbors`."""

    name = "exact"
    is_exact = True
    bounds_memory = True

    def search(
        self,
        vectors: Float32,
        n_neighbors: int,
        *,
        metric: Metric,
        n_jobs: int | None = None,
        max_memory: int | None = None,
        random_state: int = 0,  # noqa: ARG002
        progress: Progress = silent,
    ) -> KNNGraph:
        indices, distances = exact_neighbors(
            vectors,
            n_neighbors,
            metric=metric,
            n_jobs=n_jobs,
            max_memory=max_memory,
            progress=progress,
        )
        return KNNGraph(indices, distances, metric.name, self.name)


ENGINE = ExactEngine()
