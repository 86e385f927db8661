"""What chance alone would give: what the number of shared neighbours is read against."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, resolve
from embwidget.measures.neighbors.shared_ranks import SharedRankFinder, mean_jaccard
from embwidget.measures.permutation import mean_and_deviation, shuffled, z_scores

# Standard deviations above the mean of unrelated spaces from which on two spaces agree.
Z_ABOVE_CHANCE = 3.0
_MOST_PERMUTATIONS, _LEAST_PERMUTATIONS = 100, 10
# Pairs of an item and a neighbour that all permutations together look up.
_MOST_LOOKUPS = 1_000_000_000


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
    drawn : bool
        Whether items that are equally near were put in random orders, of which the spaces have
        nothing in common; ``value`` is then that of these lists.
    """

    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    value: NDArray[np.float64]
    z: NDArray[np.float64]
    n_permutations: int
    within: bool
    drawn: bool = False


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
    finder = SharedRankFinder(indices_a, indices_b)
    n, k_max = finder.n_samples, finder.k_max
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
        permuted[which] = mean_jaccard(finder.find(order), n, k_max)

    in_threads(
        range(n_permutations),
        lambda: permute,
        resolve(n_jobs),
        lambda n_done: progress("permuting the items", n_done / n_permutations),
    )
    value = mean_jaccard(finder.find(), n, k_max)
    mean, deviation = mean_and_deviation(permuted)
    return Chance(
        mean, deviation, value, z_scores(value, mean, deviation), n_permutations, codes is not None
    )


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
