"""Hubs: items that are near to very many others, and orphans that are near to none."""

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown


def k_occurrence(indices: NDArray[np.int32], k: int | None = None) -> NDArray[np.int64]:
    """In how many of the lists of k nearest neighbours each item stands.

    Parameters
    ----------
    indices : (n_samples, k_max) int32
        Nearest first, the item itself excluded; -1 = no neighbour.
    k : int, optional
        1 <= k <= k_max; None = k_max.

    Returns
    -------
    (n_samples,) int64
        Its mean is k where no neighbour is missing.

    Raises
    ------
    ValueError
        When k is out of range.

    References
    ----------
    M. Radovanović, A. Nanopoulos, M. Ivanović, "Hubs in space: popular nearest neighbors in
    high-dimensional data", JMLR 11 (2010).
    """
    n, k_max = indices.shape
    k = k_max if k is None else k
    if not 1 <= k <= k_max:
        msg = f"k={shown(k)}: this graph has 1 to {k_max} neighbours"
        raise ValueError(msg)
    found = indices[:, :k]
    return np.bincount(found[found >= 0], minlength=n)


def hub_figures(indices: NDArray[np.int32], k: int | None = None) -> dict[str, float]:
    """Say how unevenly the items are neighbours of others.

    Parameters
    ----------
    indices : (n_samples, k_max) int32
        Nearest first, the item itself excluded; -1 = no neighbour.
    k : int, optional
        1 <= k <= k_max; None = k_max.

    Returns
    -------
    dict
        ``skew``: skewness of the k-occurrences, 0 = even, above 1 = strong hubs (Radovanović et al.
        2010), 0 when all are equal; ``orphans``: share of the items that are in no list, 0..1;
        ``largest``: the largest k-occurrence.
    """
    counts = k_occurrence(indices, k)
    deviation = counts - counts.mean()
    spread = float(np.sqrt((deviation**2).mean()))
    skew = float((deviation**3).mean()) / spread**3 if spread > 0 else 0.0
    return {"skew": skew, "orphans": float((counts == 0).mean()), "largest": int(counts.max())}
