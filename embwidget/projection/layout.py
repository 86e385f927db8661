"""Give a reducer what it takes, and check what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.optional import import_extra
from embwidget._core.progress import span
from embwidget._core.threads import limited
from embwidget.knn.search import knn_graph
from embwidget.projection.reducer import STEP, MapRequest, Reducer
from embwidget.projection.reducers.pca import pca

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]

_LEAST, _MOST = 1e-9, 1e9
# Principal components for the start take about this part of the time.
_START_SHARE = 0.05


def lay_out(reducer: Reducer, request: MapRequest) -> Float32:
    """Draw the map of a request; progress goes from 0 to 1.

    Parameters
    ----------
    reducer : Reducer
    request : MapRequest
        Its graph is used if the reducer can, its start is a map to stay near; what is missing of
        the two is made here.

    Returns
    -------
    (n_samples, n_components) float32, finite, C-contiguous
    """
    x, progress, done = request.vectors, request.progress, 0.0
    progress(STEP, done)
    if reducer.extra:
        import_extra(reducer.module, extra=reducer.extra)
    start = request.start if reducer.takes_start else None
    is_warm = start is not None
    if start is None and reducer.starts_from_pca:
        part = span(progress, done, _START_SHARE)
        start = pca(
            request.numbers,
            reducer.n_components,
            unit_length=request.ignores_length,
            n_jobs=request.n_jobs,
            progress=part,
        )
        done = _START_SHARE
    graph = request.graph
    n_searched = min(reducer.n_searched(request.n_neighbors), len(x) - 1)
    if n_searched < 1:
        graph = None
    elif graph is None or not reducer.can_use(graph):
        graph = knn_graph(
            x,
            n_searched,
            metric=request.metric,
            engine=reducer.engine,
            n_jobs=request.n_jobs,
            progress=span(
                progress, done, done + reducer.search_share, "finding neighbours for the map"
            ),
        )
        done += reducer.search_share
    # Of all that is far or near by as much, the same map is drawn.
    if graph is not None:
        graph = replace(graph, distances=_moderate(graph.distances))
    if start is not None:
        start = _moderate(start)
    whole = replace(
        request, graph=graph, start=start, is_warm=is_warm, progress=span(progress, done, 1.0)
    )
    with limited(request.n_jobs):
        drawn = reducer.fit(whole)
    shape = len(x), reducer.n_components
    positions = as_positions(drawn, shape, f'reducer "{reducer.name}" returned')
    progress("map laid out", 1.0)
    return positions


def _moderate(numbers: Float32) -> Float32:
    """Numbers (n, m) float32, times a power of two where their squares would leave float32."""
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest == 0 or _LEAST < largest < _MOST:
        return numbers
    return np.ldexp(numbers, -int(np.frexp(largest)[1]))


def as_positions(positions: Any, shape: tuple[int, int], whose: str) -> Float32:
    """Check a map at the door: (n_samples, n_components) float32, C order, finite."""
    n_samples, n_components = shape
    try:
        array = np.ascontiguousarray(positions, np.float32)
    except (TypeError, ValueError):
        kind = type(positions).__name__
        msg = f"{whose} a {kind} that is no array of numbers of shape (n, {n_components})"
        raise TypeError(msg) from None
    if array.shape != shape:
        msg = f"{whose} the shape {array.shape}: {shape} is needed, a row for each item"
        raise ValueError(msg)
    bad = n_samples - int(np.isfinite(array).all(axis=1).sum())
    if bad:
        msg = f"{whose} {bad} of {n_samples} positions with NaN or infinity: all must be finite"
        raise ValueError(msg)
    return array
