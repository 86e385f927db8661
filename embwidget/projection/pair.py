"""Two maps of the same items that can be read side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.progress import Progress, during, silent, span
from embwidget._core.vectors import as_vectors
from embwidget.metrics import metric_of
from embwidget.projection.alignment import procrustes
from embwidget.projection.maps import project, reducer_title, takes_start
from embwidget.projection.reducers.pca import pca

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from embwidget.knn.graph import KNNGraph
    from embwidget.metrics import Metric
    from embwidget.projection.maps import ReducerLike

    Float32 = NDArray[np.float32]

Given: TypeAlias = "tuple[Float32 | None, Float32 | None]"

_USUAL_RADIUS = 10.0

PREVIEW_ROWS = 5000
"""Rows that the axes of a first look come from: the map is then there within the first second."""


def project_pair(
    vectors_a: ArrayLike,
    vectors_b: ArrayLike,
    reducer: ReducerLike = DEFAULT_REDUCER,
    *,
    graph_a: KNNGraph | None = None,
    graph_b: KNNGraph | None = None,
    metric_a: str | Metric = "cosine",
    metric_b: str | Metric = "cosine",
    given: Given = (None, None),
    n_jobs: int | None = None,
    random_state: int | None = 0,
    progress: Progress = silent,
) -> tuple[Float32, Float32]:
    """Draw two spaces of the same items so that movement between the maps means something.

    A reducer that takes a start draws B from A's map: an item then moves because its neighbours
    changed. Two maps drawn apart differ by more than the spaces do. Reducers that take no start
    ("pca", an object, a function) draw both on their own. In the end B's map is turned, mirrored
    and scaled as a whole onto A's, and given its root-mean-square radius.

    Parameters
    ----------
    vectors_a, vectors_b : array-like of shape (n_samples, n_dims_a), (n_samples, n_dims_b)
        Row i of both is the same item.
    reducer : str, Reducer, object with fit_transform, or callable, default="umap"
        As in `project`; an object is fitted twice, A first.
    graph_a, graph_b : KNNGraph, optional
        Neighbours in A and in B; computed where they are needed and not given.
    metric_a, metric_b : str or Metric, default="cosine"
        What nearness means, as for `project`; a given graph has a metric of its own, which wins.
    given : pair of ndarray of shape (n_samples, 2), float32, or None
        Maps that are there already, and stay as they are.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int or None, default=0
    progress : callable (step, share), optional
        Called before each step, and by UMAP before each epoch; what it raises stops the work.

    Returns
    -------
    positions_a, positions_b : ndarray of shape (n_samples, n_components), float32
        Two dimensions, unless a `Reducer` has another number.
    """
    a, b = as_vectors(vectors_a, "vectors_a"), as_vectors(vectors_b, "vectors_b")
    if len(a) != len(b):
        msg = (
            f"A has {len(a)} items and B has {len(b)}: "
            "join the spaces first, so that row i of both is the same item"
        )
        raise ValueError(msg)
    progress("laying out map A", 0.0)
    given_a, given_b = given
    if given_a is None:
        with during(f"drawing map A by {reducer_title(reducer)}"):
            positions_a = project(
                a,
                reducer,
                graph=graph_a,
                metric=metric_a,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=_half(progress, "A", 0.0),
            )
    else:
        positions_a = given_a
    if given_b is not None:
        progress("both maps laid out", 1.0)
        return positions_a, given_b
    progress("laying out map B", 0.5)
    start = positions_a if given_a is None else _sized(given_a)
    with during(f"drawing map B by {reducer_title(reducer)}"):
        positions_b = project(
            b,
            reducer,
            graph=graph_b,
            metric=metric_b,
            init=start if takes_start(reducer) else None,
            n_jobs=n_jobs,
            random_state=random_state,
            progress=_half(progress, "B", 0.5),
        )
    progress("turning map B onto map A", 0.99)
    positions_b = procrustes(positions_a, positions_b, scale="spread")
    progress("both maps laid out", 1.0)
    return positions_a, positions_b


def preview_pair(
    vectors_a: Float32,
    vectors_b: Float32,
    *,
    metric_a: str | Metric = "cosine",
    metric_b: str | Metric = "cosine",
    given: Given = (None, None),
    n_jobs: int | None = None,
) -> tuple[Float32, Float32]:
    """Draw both spaces for a first look: principal components as a sample of the rows has them.

    Parameters
    ----------
    vectors_a, vectors_b : ndarray of shape (n_samples, n_dims_a), (n_samples, n_dims_b), float32
        Row i of both is the same item.
    metric_a, metric_b : str or Metric, default="cosine"
        Whether an entry of the vectors holds several numbers.
    given : pair of ndarray of shape (n_samples, 2), float32, or None
        Maps that are there already, and stay as they are.
    n_jobs : int, optional

    Returns
    -------
    positions_a, positions_b : ndarray of shape (n_samples, 2), float32
        B is turned, mirrored and scaled onto A.
    """
    positions_a, positions_b = (
        pca(metric_of(metric).unpacked(vectors), n_fitted=PREVIEW_ROWS, n_jobs=n_jobs)
        if known is None
        else known
        for vectors, metric, known in zip(
            (vectors_a, vectors_b), (metric_a, metric_b), given, strict=True
        )
    )
    if given[1] is not None:
        return positions_a, positions_b
    return positions_a, procrustes(positions_a, positions_b, scale="spread")


def _sized(positions: Float32) -> Float32:
    """Map (n_samples, 2) float32 of the size that reducers draw, whatever its units were."""
    centered = positions - positions.mean(axis=0, dtype=np.float64)
    radius = float(np.sqrt((centered**2).sum(axis=1).mean())) or 1.0
    return np.asarray(centered * (_USUAL_RADIUS / radius), np.float32)


def _half(progress: Progress, side: str, low: float) -> Progress:
    """Progress of one map; the turning is done at .99."""
    whole = span(progress, low, low + 0.49)
    return lambda step, share: whole(f"{step} {side}", share)
