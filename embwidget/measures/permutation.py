"""Permutations of the items, and how far a value is from what they give."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def shuffled(
    n_samples: int, random: np.random.Generator, codes: NDArray[Any] | None = None
) -> NDArray[np.intp]:
    """Draw a permutation of the items, (n_samples,) intp.

    Parameters
    ----------
    n_samples : int
    random : Generator
    codes : (n_samples,) int, optional
        Items change places with items of the same code alone.
    """
    order = random.permutation(n_samples)
    if codes is None:
        return order
    within = np.empty(n_samples, np.intp)
    within[np.argsort(codes, kind="stable")] = order[np.argsort(codes[order], kind="stable")]
    return within


def mean_and_deviation(
    permuted: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation over permutations.

    Parameters
    ----------
    permuted : (n_permutations, ...) float64
        At least 2.

    Returns
    -------
    mean, deviation : (...,) float64
    """
    # The mean of equal numbers may differ from them in the last digit, which is no deviation.
    same = (permuted == permuted[0]).all(axis=0)
    mean = np.where(same, permuted[0], permuted.mean(axis=0))
    return mean, np.where(same, 0.0, permuted.std(axis=0, ddof=1))


def z_scores(value: Any, mean: Any, deviation: Any) -> NDArray[np.float64]:
    """Standard deviations above the mean, (...,) float64.

    Without any deviation, 0 for the mean itself, else infinite.
    """
    above = np.asarray(value, np.float64) - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        z: NDArray[np.float64] = np.where(above == 0, 0.0, above / deviation)
    return z
