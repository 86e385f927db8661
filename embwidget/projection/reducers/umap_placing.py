"""New items on a map that UMAP drew: placed among their neighbours, then moved as UMAP would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embwidget._core.progress import span
from embwidget.knn.search import query
from embwidget.metrics import metric_of
from embwidget.projection.reducer import STEP
from embwidget.projection.reducers.equal_rows import at_their_equals
from embwidget.projection.reducers.fuzzy import directed_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.projection.reducer import MapRequest

    Float32 = NDArray[np.float32]
    Int32 = NDArray[np.int32]

# A quarter of those that a map is drawn by, as umap-learn has it. From a rate of .06 to .25 the
# share of neighbors that are true differs by less than .005 (digits).
_RATE = 0.125
_N_EPOCHS = 100
_NEGATIVES = 5
_MOST_MOVES = 2.0
_SEARCH_SHARE = 0.5


def place(
    vectors: Float32,
    request: MapRequest,
    positions: Float32,
    *,
    curve: tuple[float, float],
) -> Float32:
    """Draw new items on a map; the items that it was made of stay where they are.

    Parameters
    ----------
    vectors : (m, n_dims) float32
        The new items; one whose vector a fitted item has lies where that one lies.
    request : MapRequest
        What the map was made of.
    positions : (n_samples, n_components) float32
        The map.
    curve : (float, float)
        What weighs a distance on the map.

    Returns
    -------
    (m, n_components) float32
        It does not depend on the number of threads.

    Notes
    -----
    As the transform of umap-learn: a new item begins at the mean of its nearest fitted items,
    weighted by its edges to them, is pulled along these and pushed away from fitted items drawn by
    chance. New items know nothing of each other.
    """
    n_nearest = min(request.n_neighbors - 1, len(request.vectors))
    indices, distances = query(
        request.vectors,
        vectors,
        n_nearest,
        metric=request.metric,
        n_jobs=request.n_jobs,
        progress=span(request.progress, 0.0, _SEARCH_SHARE),
    )
    distances = metric_of(request.metric).nonnegative(distances)
    weights = directed_weights(distances)
    parts = weights / weights.sum(axis=1, keepdims=True)
    begun = np.einsum("ij,ijk->ik", parts, positions[indices], dtype=np.float64)
    moved = _moved(indices, weights, begun.astype(np.float32), request, positions, curve)
    return at_their_equals(moved, vectors, request.vectors, positions, indices[:, 0])


def _moved(
    indices: Int32,
    weights: Float32,
    begun: Float32,
    request: MapRequest,
    positions: Float32,
    curve: tuple[float, float],
) -> Float32:
    """New items (m, n_components) float32 after all epochs, from where they begin.

    Neighbours among the fitted items are (m, k) int32, as their weights float32, and positions
    (n_samples, n_components) float32.
    """
    from embwidget.projection.kernels import RUN, Epoch

    n_fitted, (n_new, k) = len(positions), indices.shape
    rng = np.random.default_rng(request.random_state)
    row_starts = np.concatenate([np.zeros(n_fitted), np.arange(n_new + 1) * k]).astype(np.int32)
    order = np.argsort(indices, axis=1, kind="stable")
    neighbors = np.take_along_axis(indices, order, axis=1).ravel().astype(np.int32)
    sorted_weights = np.take_along_axis(weights, order, axis=1).ravel().astype(np.float64)
    steps = np.minimum(sorted_weights * 2**32, 2**32 - 1).astype(np.uint32)
    phases = rng.integers(0, 2**32, len(steps), dtype=np.uint32)
    degrees = np.concatenate([np.ones(n_fitted), weights.sum(axis=1)])
    most_moves = (_MOST_MOVES / np.maximum(degrees, 1)).astype(np.float32)
    epoch_of = Epoch(row_starts, neighbors, phases, steps, most_moves, curve, positions.shape[1])
    drawn = np.resize(rng.permutation(n_fitted), -(-n_fitted // RUN) * RUN)
    # Fitted items do not move, so that those drawn are looked up for all epochs.
    runs = np.ascontiguousarray(positions[drawn].T)
    now = np.ascontiguousarray(np.concatenate([positions, begun]), np.float32)
    out = now.copy()
    for number, seed in enumerate(rng.integers(0, 2**63, size=_N_EPOCHS).tolist()):
        done = number / _N_EPOCHS
        request.progress(STEP, _SEARCH_SHARE + (1 - _SEARCH_SHARE) * done)
        move = epoch_of.of(
            *(now, runs, out),
            number=number,
            seed=seed,
            rate=_RATE * (1 - done),
            repulsion=_NEGATIVES / RUN,
        )
        move(n_fitted, n_fitted + n_new)
        now, out = out, now
    return now[n_fitted:].copy()
