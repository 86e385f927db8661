"""What finds neighbours: an engine, and all of them by name."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, silent
from embwidget._core.table import Table
from embwidget._core.threads import resolve
from embwidget.knn.exact.few import BLOCK_PRODUCTS, nearest_of
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import Metric
from embwidget.metrics.arithmetic import Float32, Int32

AUTO = "auto"
"""Stands for the engine that fits the number of items."""


class Engine(ABC):
    """One way to find neighbours; it has no state that a search changes.

    A subclass needs a name and `search`. One that asks an approximate index has what came back put
    in order by `approximate.ranked`, and its recall measured by `approximate.recall`.

    Attributes
    ----------
    name : str
    is_exact : bool
        Whether it finds the true neighbours; else its graphs say their recall.
    bounds_memory : bool
        Whether it keeps to ``max_memory``.
    seeds_threads : bool
        Whether each thread draws numbers of its own, so that the same seed gives the same graph on
        the same number of threads alone.
    needs : tuple of (module, extra)
        What has to be installed: ``("faiss", "faiss")`` says to install the extra "faiss".
    """

    name: str
    is_exact: bool = False
    bounds_memory: bool = False
    seeds_threads: bool = False
    needs: tuple[tuple[str, str], ...] = ()

    def can(self, metric: Metric) -> bool:
        """Whether it searches by a metric."""
        del metric
        return True

    @abstractmethod
    def search(
        self,
        vectors: Float32,
        n_neighbors: int,
        *,
        metric: Metric,
        n_jobs: int | None = None,
        max_memory: int | None = None,
        random_state: int = 0,
        progress: Progress = silent,
    ) -> KNNGraph:
        """Find the neighbours of every row among all other rows.

        Parameters
        ----------
        vectors : (n_samples, n_dims) float32
            Finite, and as the metric takes them; a memmap is not read whole.
        n_neighbors : int
            1 <= n_neighbors < n_samples.
        metric : Metric
            One that it `can`.
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use. The graph does not depend on
            it, unless `seeds_threads`.
        max_memory : int, optional
            Bytes that may be allocated; None = no bound, and without `bounds_memory` always.
        random_state : int
            The same seed gives the same graph.
        progress : callable
            Called as ``progress(step, share)``, the share rising from 0 to 1; what it raises stops
            the search.

        Returns
        -------
        KNNGraph
            With the name of the metric and of the engine, and its recall unless it is exact.
        """

    def query(
        self,
        vectors: Float32,
        new_vectors: Float32,
        n_neighbors: int,
        *,
        metric: Metric,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress = silent,
    ) -> tuple[Int32, Float32]:
        """Find the nearest rows of new vectors, none of which is left out.

        By default each is compared with all rows: no index pays for a few. Arguments as for
        `search`; 1 <= n_neighbors <= n_samples.

        Parameters
        ----------
        vectors : (n_samples, n_dims) float32
        new_vectors : (m, n_dims) float32

        Returns
        -------
        indices : (m, n_neighbors) int32
            Nearest first, ties by position.
        distances : (m, n_neighbors) float32
        """
        del random_state
        step = "looking up neighbours"
        # Held as they are multiplied only where they are multiplied more than once.
        prepare = None if len(vectors) * len(new_vectors) > BLOCK_PRODUCTS else False
        space = metric.rows(vectors, prepare=prepare, report=lambda: progress(step, 0.0))
        asking = metric.rows(new_vectors, among=space, report=lambda: progress(step, 0.0))
        indices, keys = nearest_of(
            asking,
            np.arange(len(new_vectors)),
            n_neighbors,
            n_threads=resolve(n_jobs),
            report=lambda share: progress(step, share),
        )
        return indices, asking.distance(keys)

    def check(self, metric: Metric, max_memory: int | None = None) -> None:
        """Refuse what it cannot do, and say what can.

        Raises
        ------
        ValueError
            For a metric that it cannot search by, or a bound that it would not keep to.
        ImportError
            When something that it needs is not installed.
        """
        if not self.can(metric):
            others = sorted(engine.name for engine in ENGINES.values() if engine.can(metric))
            allowed = " or ".join(f'engine="{name}"' for name in others)
            msg = f'engine="{self.name}" has no metric="{metric.name}": use {allowed}'
            raise ValueError(msg)
        if max_memory is not None and not self.bounds_memory:
            allowed = " or ".join(
                f'engine="{engine.name}"' for engine in ENGINES.values() if engine.bounds_memory
            )
            msg = (
                f"engine={self.name!r} has no bound of memory: leave out max_memory or use "
                f"{allowed}"
            )
            raise ValueError(msg)
        for module, extra in self.needs:
            import_extra(module, extra=extra)


def _is_engine(given: Any) -> bool:
    return isinstance(given, Engine)


ENGINES: Table[Engine] = Table(
    "engine",
    "embwidget.knn",
    "ENGINE",
    is_one=_is_engine,
    wanted="an object of a subclass of embwidget.knn.Engine",
    first=("exact", "nndescent", "ivf"),
    also=(AUTO,),
)
"""All engines by name."""
