"""How sure a difference of two values of the same items is."""

import numpy as np
from numpy.typing import NDArray

from embwidget._core.estimate import Estimate

# Values drawn at once by the bootstrap.
_BLOCK_DRAWS = 1 << 21


def paired_bootstrap(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    *,
    n_bootstrap: int = 2000,
    random_state: int = 0,
) -> Estimate:
    """Mean difference of two values of the same items, and its bootstrap interval.

    The items are drawn anew, with replacement, and both values of an item go together. No graph is
    made anew: copies of an item would be each other's neighbours.

    Parameters
    ----------
    first, second : (n_samples,) float
        Values of the same items; items where one is NaN are left out.
    n_bootstrap : int, default=2000
        Samples of items.
    random_state : int, default=0

    Returns
    -------
    Estimate
        Mean of ``first - second``; low and high are the 2.5th and 97.5th percentile of its
        bootstrap samples, its chance is 0. All NaN when no item is left.

    Raises
    ------
    ValueError
        When the lengths differ.
    """
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1:
        msg = f"values have shapes {np.shape(first)} and {np.shape(second)}: give one for each item"
        raise ValueError(msg)
    differences = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    differences = differences[~np.isnan(differences)]
    if not len(differences):
        nan = float("nan")
        return Estimate(nan, standard_error=nan)
    means = _bootstrap_means(differences, n_bootstrap, np.random.default_rng(random_state))
    low, high = np.percentile(means, [2.5, 97.5])
    plain = Estimate.of_mean(differences)
    return Estimate(plain, standard_error=plain.standard_error, low=low, high=high)


def _bootstrap_means(
    values: NDArray[np.float64], n_bootstrap: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Means of samples drawn with replacement, (n_bootstrap,)."""
    n = len(values)
    distinct, counts = np.unique(values, return_counts=True)
    # How often each of a few values is drawn is one draw of a multinomial for all items.
    if 16 * len(distinct) <= n:
        drawn = random.multinomial(n, counts / n, size=n_bootstrap)
        exact: NDArray[np.float64] = drawn @ distinct / n
        return exact
    step = max(1, _BLOCK_DRAWS // n)
    return np.concatenate(
        [
            values[random.integers(n, size=(min(step, n_bootstrap - start), n))].mean(axis=1)
            for start in range(0, n_bootstrap, step)
        ]
    )
