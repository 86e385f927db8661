"""How a series is drawn: all steps together, by one that was fitted, or each from the next one.

The reducer is one of `projection`, an object in the manner of scikit-learn, or a function.
"""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, during, span
from embwidget.metrics import metric_of
from embwidget.projection import MapRequest, Reducer, procrustes, project
from embwidget.projection.layout import as_positions
from embwidget.projection.maps import reducer_name, takes_start, used_for
from embwidget.projection.reducer import DEAF_STEP
from embwidget.projection.reducers import REDUCERS
from embwidget.series.aligned import frame_of, placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from embwidget.series.base import SeriesBase

Float32 = NDArray[np.float32]

ALIGNED_UMAP = "aligned_umap"


@dataclass(frozen=True, eq=False)
class SeriesDrawing:
    """How a series is drawn.

    Attributes
    ----------
    reducer : str (aligned_umap), Reducer, object or callable
    fit_on : "all", "each" or int
        Or the position of the step that the reducer is fitted on.
    align : "procrustes" or None
    n_components, n_neighbors : int
    random_state, n_jobs : int or None
    progress : callable
    """

    reducer: Any
    fit_on: Any
    align: str | None
    n_components: int
    n_neighbors: int
    random_state: int | None
    n_jobs: int | None
    progress: Progress

    def draw(self, series: "SeriesBase") -> Float32:
        """Positions (n_steps, n_items, n_components) float32 of all steps."""
        with during(f"drawing the series by {name_of_reducer(self.reducer)}"):
            if isinstance(self.reducer, str):
                return self._together(series)
            if self.fit_on == "all":
                return self._stacked(series)
            if self.fit_on == "each":
                return self._one_by_one(series)
            return self._fitted(series)

    def _stacked(self, series: "SeriesBase") -> Float32:
        """One fit of the items of all steps, as (n_steps, n_items, n_components) float32."""
        frame = frame_of(series, self.align)
        n = series.n
        stack = np.empty((len(series) * n, frame.n_dims), np.float32)
        for at, vectors in placed(series, self.align, len(series) - 1, self.n_jobs):
            stack[at * n : (at + 1) * n] = vectors
        drawn = self._project(stack, frame.metric, self.progress)
        return drawn.reshape(len(series), n, -1)

    def _fitted(self, series: "SeriesBase") -> Float32:
        """A fit of one step, and all others drawn on it: (n_steps, n_items, n_components)."""
        frame, anchor = frame_of(series, self.align), self.fit_on
        steps = placed(series, self.align, anchor, self.n_jobs)
        _, first = next(steps)
        progress = span(self.progress, 0.0, 0.5)
        positions = self._project(first, frame.metric, progress)
        transform: Callable[[Float32], Any]
        if isinstance(self.reducer, Reducer):
            reducer = used_for(self.reducer, first)
            request = MapRequest(
                first,
                metric=frame.metric,
                n_neighbors=self.n_neighbors,
                random_state=self.random_state,
                n_jobs=self.n_jobs,
            )

            def transform(vectors: Float32) -> Float32:
                return reducer.transform(vectors, request, positions)
        else:
            metric = metric_of(frame.metric)

            def transform(vectors: Float32) -> Any:
                return self.reducer.transform(np.array(metric.unpacked(vectors)))

        out = np.empty((len(series), *positions.shape), np.float32)
        out[anchor] = positions
        for done, (at, vectors) in enumerate(steps):
            if at == anchor:
                continue
            self.progress(f"drawing step {shown(series.names[at])}", 0.5 + done / len(series) / 2)
            name = f"the transform of {name_of_reducer(self.reducer)} returned"
            out[at] = as_positions(transform(vectors), positions.shape, name)
        return out

    def _one_by_one(self, series: "SeriesBase") -> Float32:
        """A fit of each step, from the map of the next one: (n_steps, n_items, n_components)."""
        out: Float32 | None = None
        last = len(series) - 1
        for at in range(last, -1, -1):
            done = (last - at) / len(series)
            part = span(self.progress, done, done + 1 / len(series))
            # Neighbors are those of the step itself: nothing has to be turned for them.
            graph = series.graph(at, self._n_searched(series.n), n_jobs=self.n_jobs)
            start = None if out is None or not takes_start(self.reducer) else out[at + 1]
            drawn = self._project(series.spaces[at].vectors, None, part, graph, start)
            if out is None:
                out = np.empty((len(series), *drawn.shape), np.float32)
                out[at] = drawn
            else:
                out[at] = procrustes(out[at + 1], drawn, scale="spread")
        assert out is not None  # noqa: S101 (a series has steps)
        return out

    def _n_searched(self, n: int) -> int:
        """Neighbours that the reducer wants of each item, at least one."""
        wanted = 1
        if isinstance(self.reducer, Reducer):
            wanted = self.reducer.n_searched(self.n_neighbors)
        return max(1, min(wanted, n - 1))

    def _together(self, series: "SeriesBase") -> Float32:
        """AlignedUMAP, which ties an item's steps together: (n_steps, n_items, n_components)."""
        umap = import_extra("umap", extra="umap-learn")
        steps = dict(placed(series, self.align, len(series) - 1, self.n_jobs))
        if len(series) < 2:
            msg = (
                'reducer "aligned_umap" ties the maps of several steps: give at least 2, or "umap"'
            )
            raise ValueError(msg)
        self.progress(DEAF_STEP, 0.0)
        same = {row: row for row in range(series.n)}
        metrics = {step.metric for step in series._steps}
        if self.align is None and len(metrics) > 1:
            msg = (
                f'the steps have the metrics {", ".join(sorted(metrics))}: give align="procrustes"'
            )
            raise ValueError(msg)
        metric = metrics.pop() if self.align is None else frame_of(series, self.align).metric
        reducer = umap.AlignedUMAP(
            n_components=self.n_components,
            n_neighbors=min(self.n_neighbors, series.n - 1),
            metric=metric,
            random_state=self.random_state,
        )
        # It sets one job for each step and warns of that. For the process, as in `umap_learn.py`.
        warnings.filterwarnings("ignore", message="n_jobs value", category=UserWarning)
        reducer.fit(
            [np.ascontiguousarray(steps[at]) for at in range(len(series))],
            relations=[same] * (len(series) - 1),
        )
        drawn = np.stack([np.asarray(each) for each in reducer.embeddings_])
        shape = len(series) * series.n, self.n_components
        flat = as_positions(drawn.reshape(shape), shape, 'reducer "aligned_umap" returned')
        return flat.reshape(len(series), series.n, -1)

    def _project(
        self,
        vectors: Float32,
        metric: str | None,
        progress: Progress,
        graph: Any = None,
        start: Float32 | None = None,
    ) -> Float32:
        """Map (n_rows, n_components) float32 of vectors (n_rows, n_dims), from a start if given.

        The start is (n_rows, n_components) float32.
        """
        reducer, metric = self.reducer, metric or graph.metric
        if not isinstance(reducer, Reducer):
            progress(DEAF_STEP, 0.0)
            # An object may write into what it is given.
            numbers = np.array(metric_of(metric).unpacked(vectors))
            return self._as_map(_applied(reducer, numbers), len(vectors))
        return project(
            vectors,
            reducer,
            graph=graph,
            metric=metric,
            n_neighbors=self.n_neighbors,
            init=start,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
            progress=progress,
        )

    def _as_map(self, drawn: Any, n_rows: int) -> Float32:
        """Check a map (n_rows, n_components) float32 that an object drew, of 3 if it chose so."""
        shape = np.shape(drawn)
        n_components = self.n_components
        if n_components == 2 and len(shape) == 2 and shape[1] == 3:
            n_components = 3
        name = f"reducer {name_of_reducer(self.reducer)} returned"
        return as_positions(drawn, (n_rows, n_components), name)


def name_of_reducer(reducer: Any) -> str:
    """Name of a reducer for people; ValueError or TypeError for what is none."""
    if isinstance(reducer, str) and reducer == ALIGNED_UMAP:
        return ALIGNED_UMAP
    if hasattr(reducer, "fit") and hasattr(reducer, "transform") and not isinstance(reducer, type):
        return reducer.name if isinstance(reducer, Reducer) else type(reducer).__name__[:60]
    try:
        return reducer_name(reducer)
    except (ValueError, TypeError) as error:
        if isinstance(reducer, type):
            raise
        names = ", ".join(map(repr, [*REDUCERS, ALIGNED_UMAP]))
        msg = (
            f"reducer={shown(reducer)} is not known: use {names}, an object with fit and transform "
            "or fit_transform, or a function"
        )
        raise type(error)(msg) from None


def _applied(reducer: Any, vectors: Float32) -> Any:
    """What an object or function of the caller's makes of vectors (n_rows, n_dims) float32."""
    if hasattr(reducer, "fit_transform"):
        return reducer.fit_transform(vectors)
    if hasattr(reducer, "fit"):
        fitted = reducer.fit(vectors)
        return (reducer if fitted is None else fitted).transform(vectors)
    return reducer(vectors)
