"""A start for maps of many items: a sample is laid out, the others are placed among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]
    Rows = NDArray[np.intp]

# Neighbours that an item is placed between: more would pull everything to the middle.
_PLACED_BY = 3
_MOST_ROUNDS = 20
_BLOCK_ROWS = 65_536


def sample_rows(n_samples: int, n_sampled: int, random_state: int | None) -> Rows:
    """Ascending rows of a random sample, (n_sampled,)."""
    rng = np.random.default_rng(random_state)
    return np.sort(rng.choice(n_samples, n_sampled, replace=False))


def place_among(
    graph: KNNGraph, rows: Rows, positions: Float32, random_state: int | None
) -> Float32:
    """Place every item at the mean of its nearest placed neighbours, round by round.

    Parameters
    ----------
    graph : KNNGraph
        Of all items; the longer, the nearer are the neighbours that are placed already.
    rows : (n_sampled,) int
        Items that are placed already.
    positions : (n_sampled, n_components) float32
        Where they are.
    random_state : int or None

    Returns
    -------
    positions : ndarray of shape (n_samples, n_components), float32
        Items that no path of neighbours leads from to a placed one lie where a random one lies.
    """
    n = graph.n_samples
    rng = np.random.default_rng(random_state)
    out = np.zeros((n, positions.shape[1]), np.float32)
    placed = np.zeros(n, bool)
    out[rows], placed[rows] = positions, True
    # Items placed alike would move alike: each gets a little of its own.
    jitter = 0.01 * float(positions.std())
    for _ in range(_MOST_ROUNDS):
        waiting = np.flatnonzero(~placed)
        found = [
            _place(graph, waiting[i : i + _BLOCK_ROWS], out, placed)
            for i in range(0, len(waiting), _BLOCK_ROWS)
        ]
        if not any(len(some) for some, _ in found):
            break
        # After the whole round, so that the order of the rows does not matter.
        for some, means in found:
            noise = jitter * rng.standard_normal(means.shape)
            out[some], placed[some] = means + noise, True
    lost = np.flatnonzero(~placed)
    out[lost] = positions[rng.integers(len(positions), size=len(lost))]
    return out


def _place(
    graph: KNNGraph, waiting: Rows, positions: Float32, placed: NDArray[np.bool_]
) -> tuple[Rows, Float32]:
    """Rows of those waiting that have a placed neighbour, and the mean of their nearest three.

    Rows are (n_waiting,), positions (n_samples, n_components), flags (n_samples,); they give (n,)
    and (n, n_components).
    """
    indices = graph.indices[waiting]
    usable = placed[indices] & (indices >= 0)
    usable &= np.cumsum(usable, axis=1) <= _PLACED_BY
    count = usable.sum(axis=1)
    able = count > 0
    usable, indices = usable[able], indices[able]
    total = np.where(usable[:, :, None], positions[indices], 0).sum(axis=1, dtype=np.float64)
    return waiting[able], (total / count[able, None]).astype(np.float32)
