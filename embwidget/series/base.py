"""What all that is asked of a series stands on: its steps, their items and their graphs."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import in_order
from embwidget._core.checks import near_names, shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.names import as_name
from embwidget._core.progress import Progress, silent
from embwidget.comparison import Comparison, Settings, compare_pair, prepare
from embwidget.knn import KNNGraph
from embwidget.measures.neighbors.expected import expected_jaccard
from embwidget.measures.neighbors.shared import jaccard, shared_counts
from embwidget.metrics import metric_of
from embwidget.series.report import SeriesReport
from embwidget.series.step import SeriesItems, Step
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd


class StepSpaces(Sequence[Space]):
    """The spaces of a series, by name and by position, each read when it is asked for."""

    def __init__(self, base: "SeriesBase") -> None:
        self._base = base

    def __len__(self) -> int:
        return len(self._base)

    @overload
    def __getitem__(self, which: int | str) -> Space: ...
    @overload
    def __getitem__(self, which: slice) -> Sequence[Space]: ...
    def __getitem__(self, which: Any) -> Any:
        if isinstance(which, slice):
            return [self[position] for position in range(len(self))[which]]
        return self._base._space(self._base.position_of(which))

    def __repr__(self) -> str:
        return f"StepSpaces({', '.join(map(shown, self._base.names[:5]))})"


class SeriesBase:
    """Steps of the same items, read and searched one at a time.

    Attributes
    ----------
    name : str or None
    label : str or None
        Column of the metadata that says what an item is.
    join_report : SeriesReport
    settings : Settings
        How neighbours are searched and compared; its metric is that of each step.
    """

    name: str | None
    label: str | None
    join_report: SeriesReport
    _steps: list[Step]
    _items: SeriesItems
    settings: Settings

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the steps, in their order."""
        return tuple(step.name for step in self._steps)

    @property
    def steps(self) -> tuple[Any, ...]:
        """What stands for each step on an axis: its epoch or number, else its name."""
        return tuple(step.number for step in self._steps)

    @property
    def metric(self) -> Any:
        """Metric that was asked for, a tuple where steps differ; None = the space's own."""
        asked = tuple(step.asked for step in self._steps)
        return asked[0] if all(one == asked[0] for one in asked) else asked

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self._items.ids)

    @property
    def ids(self) -> NDArray[Any]:
        """Ids of the items, (n_items,) int64, uint64 or object (of str)."""
        return self._items.ids

    @property
    def metadata(self) -> "pd.DataFrame | None":
        """One row for each item, or None."""
        frame: pd.DataFrame | None = self._items.metadata
        return frame

    @property
    def split(self) -> NDArray[Any] | None:
        """Split of each item, (n_items,) object (of str), or None."""
        return self._items.split

    @property
    def datasets(self) -> dict[str, NDArray[np.intp]]:
        """Positions of the items of each dataset, or split, by its name, (n_rows,) intp each."""
        of_each = self._items.split if self._items.dataset is None else self._items.dataset
        if of_each is None:
            return {}
        names = sorted({name for name in of_each.tolist() if name is not None})
        return {name: np.flatnonzero(of_each == name) for name in names}

    @property
    def spaces(self) -> StepSpaces:
        """The spaces, by name and by position."""
        return StepSpaces(self)

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Space]:
        return iter(self.spaces)

    @overload
    def __getitem__(self, which: slice) -> Self: ...
    @overload
    def __getitem__(self, which: int | str) -> Space: ...
    def __getitem__(self, which: Any) -> Any:
        if not isinstance(which, slice):
            return self.spaces[which]
        made = copy(self)
        made._steps = self._steps[which]
        if not made._steps:
            msg = f"no step is in that slice of {len(self)} steps"
            raise IndexError(msg)
        return made

    def position_of(self, which: Any) -> int:
        """Position of a step by its name, or by its position, from the end if negative.

        Raises
        ------
        KeyError
            When there is no step of this name; tells near ones.
        IndexError
            When there is no such position.
        TypeError
            For anything else.
        """
        if isinstance(which, str):
            if which in self.names:
                return self.names.index(which)
            msg = f"no {self._noun} is called {shown(which)}: {near_names(which, self.names)}"
            raise KeyError(msg)
        if isinstance(which, (int, np.integer)) and not isinstance(which, bool):
            if -len(self) <= which < len(self):
                return int(which) % len(self)
            last = len(self) - 1
            msg = f"{self._noun} {which} of {len(self)}: give a position from 0 to {last}"
            raise IndexError(msg)
        msg = f"{self._noun} {shown(which)}: give a name or a position"
        raise TypeError(msg)

    def graph(
        self,
        which: Any,
        k: int = 10,
        *,
        n_jobs: int | None = None,
        progress: Progress = silent,
    ) -> KNNGraph:
        """Neighbours of the items in a step, searched once for whatever asks for them.

        Parameters
        ----------
        which : str or int
            Name or position of the step.
        k : int, default=10
            Neighbours; at most n_items - 1.
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use.
        progress : callable, optional
            Called as ``progress(step, share)``; what it raises stops the search.
        """
        k = self.checked_k(k)
        step = self._steps[self.position_of(which)]
        known = step.neighbors(self._items, k, self.settings, n_jobs=n_jobs, progress=progress)
        return known.first(k)

    def n_dims_at(self, which: Any) -> int:
        """Dimensions of a step's vectors, which are not read."""
        return self._steps[self.position_of(which)].n_dims

    def metric_at(self, which: Any) -> str:
        """Name of what nearness means in a step: what was asked for, else the space's own."""
        return self._steps[self.position_of(which)].metric

    def checked_k(self, k: Any) -> int:
        """Return a number of neighbours; ValueError unless 1 <= k < n_items."""
        if self.n < 2:
            msg = f"{self.n} item has no neighbours: at least 2 items are needed"
            raise ValueError(msg)
        return whole(k, "k", 1, self.n - 1, why="as an item is not its own neighbour")

    def compare(self, a: Any, b: Any, *, n_neighbors: int = 10, **options: Any) -> Comparison:
        """Compare two steps as `embwidget.compare` does, by the graphs that are there.

        Parameters
        ----------
        a, b : str or int
            Names or positions of the steps.
        n_neighbors : int, default=10
        **options
            k_max, n_jobs and random_state of `embwidget.compare`.
        """
        first, second = self.position_of(a), self.position_of(b)
        metrics = self.metric_at(first), self.metric_at(second)
        settings = replace(self.settings, n_neighbors=n_neighbors, metric=metrics, **options)
        pair = prepare(self._space(first), self._space(second), settings, label=self.label)
        graph_a, graph_b = (
            self.graph(which, pair.k_max, n_jobs=settings.n_jobs) for which in (first, second)
        )
        return compare_pair(pair, settings, graphs=(graph_a, graph_b))

    def labels(self, label: Any = None) -> Any:
        """Values of the labels, one for each item, or None.

        Parameters
        ----------
        label : str or array-like of shape (n_items,), optional
            By default the series' own; a pandas Series is brought to the order of the ids.

        Raises
        ------
        ValueError
            When there is no such column, or not one value for each item.
        """
        label = self.label if label is None else as_name(label)
        if not isinstance(label, str):
            label = None if label is None else in_order(label, self._items.told, "label")
            if label is not None and len(label) != self.n:
                items = f"{self.n} items in all {self._noun}s"
                msg = f"label: {len(label)} values for {items}: give one each"
                raise ValueError(msg)
            return label
        self._items.check_column(label, "label")
        return self._items.metadata[label]

    def check_vectors(self) -> None:
        """Refuse vectors that their metric has no distances for, of steps without a graph."""
        for at, step in enumerate(self._steps):
            if step.graph is None:
                vectors = self._space(at).vectors
                metric_of(step.metric).check(vectors, f"{step.noun} {shown(step.name)[:40]}")

    @property
    def _noun(self) -> str:
        """What messages call a step."""
        return self._steps[0].noun

    def _space(self, position: int) -> Space:
        return self._steps[position].space(self._items)

    def _jaccard(self, a: int, b: int, k: int, n_jobs: int | None) -> Estimate:
        """Mean Jaccard index of the k nearest in two steps, as `Comparison.similarity` has it."""
        lists = [self.graph(which, k, n_jobs=n_jobs).indices for which in (a, b)]
        shared = shared_counts(*lists, n_jobs=n_jobs)[:, k - 1]
        return Estimate.of_mean(jaccard(shared, k), chance=expected_jaccard(self.n, k))

    def _of(self, rows: NDArray[np.intp]) -> Self:
        """The series of some items, at (n_rows,) intp; their neighbours are found anew."""
        made = copy(self)
        made._steps = [step.take(rows) for step in self._steps]
        made._items = self._items.take(rows)
        return made
