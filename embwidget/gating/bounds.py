"""Values with the intervals that a gate judges by, and how many items would narrow them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embwidget._core.estimate import Z95
from embwidget.measures.bootstrap import paired_bootstrap

Float64 = NDArray[np.float64]

ONE_SIDED = 0.025
"""Chance that an interval ends on the wrong side of what it is about, at each of its two ends."""

# Items that hide behind those that were seen: of n without a case, the share of cases is at most
# about this over n, with a probability of 97.5 %: (1 - p)^n = ONE_SIDED.
_UNSEEN = -math.log(ONE_SIDED)
# So many that the draws themselves move an end by less than a fortieth of the half width.
_DRAWS = 10_000

# With fewer items that differ at all, their spread says nothing of the others.
_FEWEST_DIFFERING = 10

STRETCH = {
    "jaccard": 4 / 3,
    "mean_average_precision": 1.4,
    "mean_average_precision_at_r": 1.25,
    "mean_reciprocal_rank": 1.4,
    "precision_at_1": 1.4,
}
"""How much wider the interval of a new collection is than that of the items asked."""


@dataclass(frozen=True)
class Bounds:
    """A value and its interval.

    Attributes
    ----------
    value, low, high : float
    n : int
        Items that it was found of.
    """

    value: float
    low: float
    high: float
    n: int

    def shifted(self, by: float) -> "Bounds":
        """The same on a scale that begins elsewhere."""
        return Bounds(self.value + by, self.low + by, self.high + by, self.n)

    def size(self) -> tuple[float, float]:
        """Least and largest size, whatever the sign, of what lies in the interval."""
        largest = max(abs(self.low), abs(self.high))
        return (0.0 if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))), largest

    def needed(self, limit: float) -> int | None:
        """Roughly how many items would put all of the interval on one side of a limit.

        The width falls with the root of the number. None where the value is at the limit, or
        unknown, so that no number is known to.
        """
        margin = abs(self.value - limit)
        if not margin > 1e-6 or not math.isfinite(self.high - self.low):
            return None
        half = self.high - self.value if self.value < limit else self.value - self.low
        by_spread = math.ceil(self.n * (half / margin) ** 2)
        return max(by_spread, self.n + 1, math.ceil(_UNSEEN / margin) if half else 0)


def bootstrapped(differences: Float64, *, random_state: int, stretch: float = 1.0) -> Bounds:
    """Mean of values of items, with the interval of the bootstrap over the items.

    Parameters
    ----------
    differences : (n_items,) float64
        In [-1, 1]. Their order changes nothing.
    random_state : int
    stretch : float
        Factor by which the interval of the bootstrap is too narrow.

    Notes
    -----
    Percentiles 2.5 and 97.5 of the bootstrap (Efron 1979) that `Comparison.difference` has. Where
    fewer than ten items differ from the most frequent value, the ends are moved by what items that
    were not seen could add (`unseen`).
    """
    ordered = np.sort(differences)
    found = paired_bootstrap(
        ordered, np.zeros(len(ordered)), n_bootstrap=_DRAWS, random_state=random_state
    )
    value = found.value
    low, high = value - stretch * (value - found.low), value + stretch * (found.high - value)
    _, counts = np.unique(ordered, return_counts=True)
    return unseen(Bounds(value, low, high, len(ordered)), len(ordered) - int(counts.max()))


def of_error(value: float, error: float, n: int, n_differing: int, stretch: float = 1.0) -> Bounds:
    """Value with the normal interval of its standard error, and `unseen`."""
    half = Z95 * stretch * error
    return unseen(Bounds(value, value - half, value + half, n), n_differing)


def unseen(bounds: Bounds, n_differing: int) -> Bounds:
    """Bounds that do not trust a spread of fewer than ten items.

    Of n items none of which shows something, up to 3.7 / n of all items still may with 97.5 %
    certainty (the rule of three, 3 / n at 95 %: Hanley and Lippman-Hand 1983), each by 1 at most.
    """
    if n_differing >= _FEWEST_DIFFERING or bounds.n == 0:
        return bounds
    more = _UNSEEN / bounds.n
    low, high = min(bounds.low, bounds.value - more), max(bounds.high, bounds.value + more)
    return Bounds(bounds.value, low, high, bounds.n)


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n, also of all or none of them (Wilson 1927)."""
    z2 = Z95**2 / n
    middle, half = share + z2 / 2, Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n))
    return max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2))


def holm(p_values: Float64) -> Float64:
    """P-values adjusted for their number, (n,) float64, NaN staying NaN (Holm 1979).

    Of all that are at most alpha, none is false with a probability of 1 - alpha, whatever hangs
    together with what.

    Parameters
    ----------
    p_values : (n,) float64
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p_values[order]))
    return adjusted
