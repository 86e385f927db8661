"""What is computed of registered spaces, and written down with them."""

from typing import TYPE_CHECKING

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget.registry.base import RegistryFolder
from embwidget.registry.labels import checked_label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embwidget._core.progress import Progress
    from embwidget.comparison.comparison import Comparison
    from embwidget.comparison.settings import Metrics
    from embwidget.knn import Engine, KNNGraph
    from embwidget.metrics import Metric


class Computations(RegistryFolder):
    """Graphs, maps and comparisons, found once for each question."""

    def graph(
        self,
        space: str,
        k: int = 50,
        *,
        metric: "str | Metric | None" = None,
        engine: "str | Engine" = "auto",
        n_jobs: int | None = None,
        random_state: int = 0,
        name: str | None = None,
        notes: str = "",
        progress: "Progress | bool" = False,
    ) -> "KNNGraph":
        """Neighbours of a space, out of the registry or computed and added to it.

        Parameters
        ----------
        space : str
        k : int, default=50
            What `compare` asks for.
        metric : str, optional
            By default the space's own, else cosine, and euclidean of two dimensions.
        engine, n_jobs, random_state, progress
            As for `embwidget.compare`. What engines and metrics of your own find is not added.
        name : str, optional
            By which it is listed and removed; by default by what it was asked for. One that is
            there under such a default gets it, too.
        notes : str

        Raises
        ------
        ValueError
            When another graph has the name, or these neighbours were given one before.
        """
        from embwidget._core.progress import reporting
        from embwidget.registry.graphs import graph_of

        with reporting(progress) as report:
            return graph_of(
                self._store,
                checked_label(space, "space"),
                k,
                metric=metric,
                engine=engine,
                n_jobs=n_jobs,
                random_state=random_state,
                notes=notes,
                progress=report,
                called=None if name is None else checked_label(name),
            )

    def map(
        self,
        space: str,
        reducer: str = DEFAULT_REDUCER,
        *,
        metric: "str | Metric | None" = None,
        n_neighbors: int = 15,
        n_jobs: int | None = None,
        random_state: int = 0,
        notes: str = "",
        progress: "Progress | bool" = False,
    ) -> "NDArray[np.float32]":
        """Draw a space as a map, or take the map out of the registry.

        Parameters
        ----------
        space : str
        reducer, metric, n_neighbors, n_jobs, random_state, progress
            As for `embwidget.project`; the metric is by default the space's own.
        notes : str

        Returns
        -------
        (n_samples, 2) float32
        """
        from embwidget._core.progress import reporting
        from embwidget.registry.maps import map_of

        with reporting(progress) as report:
            return map_of(
                self._store,
                checked_label(space, "space"),
                reducer,
                metric=metric,
                n_neighbors=n_neighbors,
                n_jobs=n_jobs,
                random_state=random_state,
                notes=notes,
                progress=report,
            )

    def compare(
        self,
        a: str,
        b: str,
        *,
        label: str | None = None,
        n_neighbors: int = 10,
        k_max: int = 50,
        metric: "Metrics" = None,
        engine: "str | Engine" = "auto",
        n_jobs: int | None = None,
        max_memory: int | None = None,
        random_state: int = 0,
        unique: bool = False,
        notes: str = "",
        progress: "Progress | bool" = False,
    ) -> "Comparison":
        """Compare two spaces, and write down what was found.

        Neighbours are taken out of the registry, or computed and added to it: the same question
        again searches for none, and adds no row.

        Parameters
        ----------
        a, b : str
            Spaces of this registry, of the same dataset or not; joined by id.
        label : str, optional
            Column of the metadata: the row then has the label metrics of both, too.
        n_neighbors, k_max, metric, engine, n_jobs, max_memory, random_state, unique, progress
            As for `embwidget.compare`.
        notes : str

        Returns
        -------
        Comparison
        """
        from embwidget.comparison.settings import Settings
        from embwidget.registry.comparisons import compare_stored

        settings = Settings(
            n_neighbors=n_neighbors,
            k_max=k_max,
            metric=metric,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            unique=unique,
        )
        return compare_stored(
            self._store,
            checked_label(a, "a"),
            checked_label(b, "b"),
            settings,
            label=label,
            notes=notes,
            progress=progress,
        )
