"""Vectors of all steps in one frame of axes: turned, scaled and shifted onto each other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.threads import blas_threads, resolve
from embwidget.metrics import metric_of

if TYPE_CHECKING:
    from embwidget.series.base import SeriesBase

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

PROCRUSTES = "procrustes"


class Frame(NamedTuple):
    """What the vectors of the steps are once they can be drawn together.

    Attributes
    ----------
    metric : str
        What nearness means of them.
    n_dims : int
        Their dimensions.
    """

    metric: str
    n_dims: int


def frame_of(series: "SeriesBase", align: str | None) -> Frame:
    """Say what `placed` gives; ValueError where the steps cannot be brought to one frame."""
    metrics = [step.metric for step in series._steps]
    dims = [step.n_dims for step in series._steps]
    different = next((at for at, one in enumerate(metrics) if one != metrics[0]), None)
    if align is None:
        apart = next((at for at, one in enumerate(dims) if one != dims[0]), None)
        if apart is not None:
            msg = (
                f"step {shown(series.names[0])} has {dims[0]} dimensions and "
                f"{shown(series.names[apart])} {dims[apart]}: one reducer takes both with "
                'align="procrustes", which turns one onto the other'
            )
            raise ValueError(msg)
        if different is not None:
            msg = (
                f"step {shown(series.names[0])} is by {metrics[0]} and "
                f'{shown(series.names[different])} by {metrics[different]}: give align="procrustes"'
            )
            raise ValueError(msg)
        return Frame(metrics[0], dims[0])
    kinds = [metric_of(name) for name in metrics]
    if all(kind.is_euclidean for kind in kinds):
        name = "euclidean"
    elif all(kind.is_product for kind in kinds):
        name = "inner_product"
    else:
        wrong = next(
            (kind.name for kind in kinds if not (kind.is_euclidean or kind.is_product)), metrics[0]
        )
        msg = (
            f"metric {shown(wrong)} of a step has no lengths that could be turned onto those of "
            'the others: give align=None, or one metric for all: Series(..., metric="cosine")'
        )
        raise ValueError(msg)
    return Frame(
        name, max(width * kind.numbers_per_entry for width, kind in zip(dims, kinds, strict=True))
    )


def placed(
    series: "SeriesBase", align: str | None, anchor: int, n_jobs: int | None
) -> Iterator[tuple[int, Float32]]:
    """Vectors of the steps in one frame, one step at a time: first the anchor, then outwards.

    Each step is turned onto the one before it on the way from the anchor, whose axes the frame has.

    Parameters
    ----------
    series : SeriesBase
    align : {"procrustes", None}
        None gives the vectors as they are.
    anchor : int
        Position of the step that is not turned.
    n_jobs : int, optional

    Yields
    ------
    position, vectors : int, (n_items, n_dims) float32
        In the order of neighbours of each step: coordinates in which euclidean distances, or
        products, have the order of its metric. Narrower ones get zeros behind, which changes no
        distance.
    """
    frame = frame_of(series, align)
    last = len(series) - 1
    held: Float64 | None = None
    for way in (range(anchor, last + 1), range(anchor - 1, -1, -1)):
        onto: Float64 | None = None if way.step > 0 else held
        for position in way:
            vectors = series.spaces[position].vectors
            if align is None:
                yield position, vectors
                continue
            own = _own_frame(vectors, series._steps[position].metric, frame)
            with blas_threads(resolve(n_jobs)):
                own = own if onto is None else _turned(own, onto)
            if position == anchor:
                held = own
            onto = own
            yield position, own.astype(np.float32)


def _own_frame(vectors: Float32, metric: str, frame: Frame) -> Float64:
    """Coordinates (n_items, n_dims) float64 of vectors (n_items, n_own): centred, of radius 1."""
    own = metric_of(metric).coordinates(np.asarray(vectors))
    if metric_of(frame.metric).is_euclidean:
        own = own - own.mean(axis=0)
    radius = float(np.sqrt((own**2).sum(axis=1).mean()))
    own = own / (radius or 1.0)
    missing = frame.n_dims - own.shape[1]
    return np.pad(own, ((0, 0), (0, missing))) if missing > 0 else own


def _turned(own: Float64, onto: Float64) -> Float64:
    """Turn or mirror vectors about the origin onto others, both (n_items, n_dims) float64.

    The rotation of least squared distance, Schönemann 1966; distances and products stay.
    """
    left, _, right = np.linalg.svd(own.T @ onto, full_matrices=False)
    turned: Float64 = own @ (left @ right)
    return turned


def check_align(align: Any) -> str | None:
    """Return how steps are aligned; ValueError for what is no way."""
    if align is None or (isinstance(align, str) and align == PROCRUSTES):
        return align
    msg = f'align={shown(align)}: give "procrustes", or None for the vectors as they are'
    raise ValueError(msg)
