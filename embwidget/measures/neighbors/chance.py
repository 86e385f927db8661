"""What chance alone would give, and how sure a difference is: what numbers are read against."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, n_cpus
from embwidget.measures.neighbors.matches import Matcher, mean_jaccard, shuffled

# Standard deviations above the mean of unrelated spaces from which on two spaces agree.
Z_ABOVE_CHANCE = 3.0
# Values drawn at once by the bootstrap.
_BLOCK_DRAWS = 1 << 21
_MOST_PERMUTATIONS, _LEAST_PERMUTATIONS = 100, 10
# Pairs of an item and a neighbour that all permutations together look up.
_MOST_LOOKUPS = 1_000_000_000


def expected_overlap(n_samples: int, k: int) -> float:
    """Mean overlap of two unrelated spaces: k / (n_samples - 1)."""
    return k / (n_samples - 1)


def expected_jaccard(n_samples: int, k: int) -> float:
    """Mean Jaccard index of the k neighbours in two unrelated spaces, exactly.

    The number m of shared neighbours is hypergeometric: k are drawn from n_samples - 1 items, of
    which k are neighbours in the other space. This holds whatever the spaces are like, hubs
    included, when the rows of one are permuted.

    Parameters
    ----------
    n_samples : int
        Items compared, more than k.
    k : int
        Number of neighbours, at least 1.

    Returns
    -------
    float
        Sum over m of ``pmf(m) m / (2 k - m)``; near ``k / (2 (n_samples - 1))``.
    """
    population = n_samples - 1
    shared = np.arange(max(0, 2 * k - population), k + 1, dtype=np.float64)
    # Ratios of successive probabilities, multiplied up from the largest one on: factorials of a
    # million would leave no digits.
    before = shared[:-1]
    ratio = (k - before) ** 2 / ((before + 1) * (population - 2 * k + before + 1))
    mode = int((ratio > 1).sum())
    weight = np.concatenate(
        [np.cumprod(1 / ratio[:mode][::-1])[::-1], [1.0], np.cumprod(ratio[mode:])]
    )
    return float((weight * shared / (2 * k - shared)).sum() / weight.sum())


@dataclass(frozen=True, eq=False)
class Chance:
    """Mean Jaccard index of two spaces beside what it would be if they were unrelated.

    Attributes
    ----------
    mean, standard_deviation : (k_max,) float64
        Of the mean Jaccard index for k = 1..k_max, over permutations of B's items.
    value : (k_max,) float64
        The mean Jaccard index of the spaces as they are.
    z : (k_max,) float64
        Standard deviations by which the value is above that mean. Where all permutations give the
        same, 0 for a value that is the same too, else infinite.
    n_permutations : int
    within : bool
        Whether items changed places inside their classes alone: what is above that chance is more
        than the classes have in common.
    """

    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    value: NDArray[np.float64]
    z: NDArray[np.float64]
    n_permutations: int
    within: bool


def permutations_for(n_samples: int, k_max: int) -> int:
    """As many permutations as take a short time: 100, and less than that above 200,000 items."""
    most = _MOST_LOOKUPS // (n_samples * k_max)
    return min(_MOST_PERMUTATIONS, max(_LEAST_PERMUTATIONS, most))


def permuted_chance(
    indices_a: NDArray[np.int32],
    indices_b: NDArray[np.int32],
    *,
    codes: NDArray[Any] | None = None,
    n_permutations: int | None = None,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> Chance:
    """Compare two graphs with permutations of themselves, for every k at once.

    A permutation gives the neighbourhoods of B to other items, and renames their members alike: B
    keeps its shape, hubs and all, and loses what it has to do with A.

    Parameters
    ----------
    indices_a, indices_b : (n_samples, k_max) int32
        Nearest first; -1 = no neighbour.
    codes : (n_samples,) int, optional
        Class of each item; -1 = it has none. Items then change places inside their classes alone
        (those without one among themselves), so that chance includes all that the classes explain.
    n_permutations : int, optional
        At least 2; by default see `permutations_for`. The standard deviation is known to 1 in the
        root of twice their number.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use. The result is the same.
    random_state : int, default=0
    progress : callable
        Called after each permutation.

    Returns
    -------
    Chance

    Raises
    ------
    ValueError
        When the graphs or the codes differ in length, or there are fewer than 2 permutations.
    """
    matcher = Matcher(indices_a, indices_b)
    n, k_max = matcher.n_samples, matcher.k_max
    if codes is not None and np.shape(codes) != (n,):
        msg = f"codes have shape {np.shape(codes)}: give one for each of the {n} items"
        raise ValueError(msg)
    if n_permutations is None:
        n_permutations = permutations_for(n, k_max)
    if n_permutations < 2:
        msg = f"n_permutations={shown(n_permutations)}: a spread needs 2 or more"
        raise ValueError(msg)
    seeds = np.random.SeedSequence(random_state).spawn(n_permutations)
    permuted = np.empty((n_permutations, k_max))

    def permute(which: int) -> None:
        order = shuffled(n, np.random.default_rng(seeds[which]), codes)
        permuted[which] = mean_jaccard(matcher.find(order), n, k_max)

    in_threads(
        range(n_permutations),
        lambda: permute,
        n_cpus() if n_jobs is None else n_jobs,
        lambda n_done: progress("permuting the items", n_done / n_permutations),
    )
    value = mean_jaccard(matcher.find(), n, k_max)
    mean, deviation = mean_and_deviation(permuted)
    return Chance(
        mean, deviation, value, z_scores(value, mean, deviation), n_permutations, codes is not None
    )


def mean_and_deviation(
    permuted: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation over the first axis, whose length is at least 2."""
    # The mean of equal numbers may differ from them in the last digit, which is no deviation.
    same = (permuted == permuted[0]).all(axis=0)
    mean = np.where(same, permuted[0], permuted.mean(axis=0))
    return mean, np.where(same, 0.0, permuted.std(axis=0, ddof=1))


def z_scores(value: Any, mean: Any, deviation: Any) -> NDArray[np.float64]:
    """Standard deviations above the mean; without any, 0 for the mean itself, else infinite."""
    above = np.asarray(value, np.float64) - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        z: NDArray[np.float64] = np.where(above == 0, 0.0, above / deviation)
    return z


def verdict(value: float, chance: Chance, within: Chance | None = None, *, k: int) -> str:
    """Say in words whether two spaces agree on neighbours.

    Parameters
    ----------
    value : float
        Mean Jaccard index of the k nearest.
    chance : Chance
        What permutations of all items give.
    within : Chance, optional
        What permutations inside classes give.
    k : int
        Neighbours compared, 1..k_max.

    Returns
    -------
    str
        "the same neighbours everywhere" when the value is exactly 1; "no more than chance" when it
        is less than 3 standard deviations above it; "no more than their shared classes explain"
        when that holds inside the classes; else "more than chance".
    """
    if value == 1:
        return "the same neighbours everywhere"
    if chance.z[k - 1] < Z_ABOVE_CHANCE:
        return "no more than chance"
    if within is not None and within.z[k - 1] < Z_ABOVE_CHANCE:
        return "no more than their shared classes explain"
    return "more than chance"


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
