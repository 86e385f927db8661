"""One step of a series: a space, or several of its splits, and the rows that all steps have."""

from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items
from embwidget._core.checks import near_names, shown
from embwidget._core.progress import Progress, silent
from embwidget.comparison import Settings
from embwidget.knn import KNNGraph, knn_graph
from embwidget.space import Space


@dataclass(frozen=True, eq=False)
class SeriesItems:
    """What is known of the items of a series.

    Attributes
    ----------
    ids : (n_items,) int64, uint64 or object (of str)
    has_ids : bool
    metadata : pandas frame with n_items rows, or None
    split : (n_items,) object (of str) or None
        "train", "val" ... of each item.
    dataset : (n_items,) object (of str) or None
        The dataset of each item, as far as it is not what the split says.
    """

    ids: NDArray[Any]
    has_ids: bool
    metadata: Any = None
    split: NDArray[Any] | None = None
    dataset: NDArray[Any] | None = None

    @property
    def told(self) -> Items:
        """What tells the items apart for what else is said of them."""
        return Items(len(self.ids), self.ids if self.has_ids else None)

    def check_column(self, column: str, what: str) -> None:
        """Refuse a name that is no column of the metadata, by ValueError."""
        names = [] if self.metadata is None else list(self.metadata.columns)
        if column not in names:
            has = near_names(column, names) if names else "there is no metadata, pass metadata="
            msg = f"{what}={shown(column)} is no column of the metadata: {has}"
            raise ValueError(msg)

    def take(self, rows: NDArray[np.intp]) -> "SeriesItems":
        """Some of the items, at (n_rows,) intp."""
        frame = self.metadata
        return SeriesItems(
            self.ids[rows],
            self.has_ids,
            None if frame is None else frame.iloc[rows].reset_index(drop=True),
            None if self.split is None else self.split[rows],
            None if self.dataset is None else self.dataset[rows],
        )


@dataclass(eq=False)
class Step:
    """A step, whose vectors are read when they are asked for.

    Attributes
    ----------
    name : str
    number : int, float or str
        What stands for it on an axis: its epoch, else its name.
    spaces : tuple of Space
        One, or one for each split, whose rows follow each other; empty once they were dropped.
    rows : (n_items,) intp or None
        Of those, the items that all steps have; None = all, as they lie.
    sources : tuple of (registry, str)
        Where the spaces came from, and their names there.
    asked : str, Metric or None
        What nearness was asked to mean; None = the space's own.
    noun : str
        What messages call it.
    """

    name: str
    number: Any
    spaces: tuple[Space, ...]
    rows: NDArray[np.intp] | None = None
    sources: tuple[tuple[Any, str], ...] = ()
    asked: Any = None
    noun: str = "step"
    graph: KNNGraph | None = field(default=None, repr=False)

    def space(self, items: SeriesItems) -> Space:
        """Space of the items of the series; vectors in a file stay there where all are taken."""
        made = copy(self._first())
        # What is known of the items stands with the series, and is not taken anew for each step.
        made.metadata = made.index = None
        if len(self.spaces) > 1:
            vectors = np.concatenate([space.vectors for space in self.spaces])
            made = Space(vectors, metric=made.metric)
        if self.rows is not None:
            made = made.take(self.rows)
        made.ids, made.has_ids, made.metadata = items.ids, items.has_ids, items.metadata
        made.name = self.name
        return made

    @property
    def n_dims(self) -> int:
        """Dimensions of its vectors."""
        return self._first().n_dims

    @property
    def metric(self) -> str:
        """Name of what nearness means: what was asked for, else the space's own."""
        first = self._first()
        return Settings(metric=self.asked).metrics_of(first, first)[0]

    def neighbors(
        self,
        items: SeriesItems,
        k: int,
        settings: Settings,
        *,
        n_jobs: int | None = None,
        progress: Progress = silent,
    ) -> KNNGraph:
        """Graph of at least the k nearest, searched when it is asked for the first time.

        The k_max of the settings is searched at least, so that one search serves whatever is asked
        later.
        """
        known = self.graph
        if known is None or known.n_neighbors < k:
            most = min(max(k, settings.k_max), len(items.ids) - 1)
            try:
                self.graph = known = knn_graph(
                    self.space(items),
                    most,
                    metric=self.metric,
                    engine=settings.engine,
                    max_memory=settings.max_memory,
                    random_state=settings.random_state,
                    n_jobs=n_jobs,
                    progress=progress,
                )
            except ValueError as error:
                # Vectors that the metric has no distances for: a network that is dead gives zeros.
                if type(error) is not ValueError or not self.spaces:
                    raise
                msg = f"{self.noun} {shown(self.name)[:40]}: {error}"
                raise ValueError(msg) from error
        return known

    def take(self, rows: NDArray[np.intp]) -> "Step":
        """The step of some of the items, at (n_rows,) intp; their neighbours are others."""
        return replace(self, rows=rows if self.rows is None else self.rows[rows], graph=None)

    def drop(self) -> None:
        """Let go of the vectors; a graph that is there stays."""
        self.spaces = ()

    def _first(self) -> Space:
        if not self.spaces:
            msg = (
                f"the vectors of {self.noun} {shown(self.name)} were dropped: its maps, and what "
                "was computed of it before, are what is left"
            )
            raise ValueError(msg)
        return self.spaces[0]


def with_metrics(steps: list[Step], metric: Any) -> list[Step]:
    """Steps that are asked for one metric, or each for its own; None = that of its space.

    Raises
    ------
    ValueError, TypeError
        When one is no metric, or there are not as many as steps.
    """
    each = metric if isinstance(metric, (tuple, list)) else [metric] * len(steps)
    if len(each) != len(steps):
        noun = steps[0].noun
        msg = (
            f"metric={shown(metric)}: give one name for all {noun}s, or one for each of the "
            f"{len(steps)}"
        )
        raise ValueError(msg)
    for one in each:
        if isinstance(one, (tuple, list)):
            msg = f"metric={shown(metric)}: {shown(one)} is none: give a name for each"
            raise TypeError(msg)
        Settings(metric=one)
    return [
        step if step.asked == one else replace(step, asked=one, graph=None)
        for step, one in zip(steps, each, strict=True)
    ]
