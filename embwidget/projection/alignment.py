"""Turn one map onto another, so that left is left in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def procrustes(
    reference: NDArray[np.floating],
    moving: NDArray[np.floating],
    *,
    scale: Literal["fit", "spread"] = "fit",
) -> NDArray[np.float32]:
    """Rotate or reflect, scale and shift `moving` onto `reference`.

    Minimises the sum of ``|r_i - (s m_i R + t)|²`` over the items i, by the orthogonal matrix R,
    the shift t and, with ``scale="fit"``, the factor s >= 0.
    Distances within `moving` keep their proportions. Where one of the two has no extent
    (all its rows are equal), only the shift is applied.

    Parameters
    ----------
    reference, moving : ndarray of shape (n_samples, n_components)
        Row i of both is the same item.
    scale : {"fit", "spread"}, default="fit"
        "fit" takes the factor with the smallest squared distance, which shrinks `moving` the less
        the two agree: two unrelated maps would leave it a dot. "spread" gives `moving` the
        root-mean-square radius of `reference`, as two maps drawn side by side should have;
        rotation and shift are the same.

    Returns
    -------
    moved : ndarray of shape (n_samples, n_components), float32

    References
    ----------
    .. [1] P. H. Schönemann, R. M. Carroll, "Fitting one matrix to another under choice of a
       central dilation and a rigid motion", Psychometrika 35, 1970.
    """
    if reference.shape != moving.shape:
        msg = (
            f"reference has the shape {reference.shape} and moving {moving.shape}: "
            "pass two maps of the same items"
        )
        raise ValueError(msg)
    target = np.asarray(reference, np.float64)
    source = np.asarray(moving, np.float64)
    center = target.mean(axis=0)
    target = target - center
    source = source - source.mean(axis=0)
    if not (np.ptp(target, axis=0).any() and np.ptp(source, axis=0).any()):
        return np.asarray(source + center, np.float32)
    target_size, source_size = np.linalg.norm(target), np.linalg.norm(source)

    left, strengths, right = np.linalg.svd(source.T @ target)
    factor = target_size / source_size
    if scale == "fit":
        factor = strengths.sum() / source_size**2
    return np.asarray(factor * source @ (left @ right) + center, np.float32)
