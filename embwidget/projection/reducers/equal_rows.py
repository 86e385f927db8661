"""New items that have the vector of an item on the map already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]


def at_their_equals(
    drawn: Float32,
    vectors: Float32,
    fitted: Float32,
    positions: Float32,
    nearest: NDArray[np.int32],
) -> Float32:
    """Put new items that are equal to a fitted one where that one lies.

    Parameters
    ----------
    drawn : (m, n_components) float32
        Where the new items would lie; changed.
    vectors : (m, n_dims) float32
        The new items.
    fitted : (n_samples, n_dims) float32
        What the map was made of.
    positions : (n_samples, n_components) float32
        The map.
    nearest : (m,) int32
        The fitted item that is nearest to each new one.

    Returns
    -------
    (m, n_components) float32
    """
    equal = (np.asarray(fitted[nearest]) == vectors).all(axis=1)
    drawn[equal] = positions[nearest[equal]]
    return drawn
