"""Where the colours of numbers end: a few far out are not to leave one colour for the rest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Items that may lie beyond an end, of fifty one; what is not far out is never cut off.
_MOST_BEYOND = 0.02
# How far beyond the middle is far, in upper (or lower) quartiles of the distances from it.
_FAR = 4.0
# Ends are cut where that makes the range beside the middle this much shorter.
_WORTH = 2.0
_LEAST_VALUES = 5


class Ends(NamedTuple):
    """Ends of the colours.

    Attributes
    ----------
    low, high : float
        Values that occur; 0 and 0 where there are none.
    below, above : int
        Items beyond them.
    """

    low: float
    high: float
    below: int
    above: int


def ends_of(values: NDArray[np.float32]) -> Ends:
    """Least and largest of values (n_known,) float32 that are finite, without what lies far out.

    At most one value of fifty (of few, a single one) is left out on each side, and only those more
    than four times as far from the median as three quarters of all that lie on that side of it.
    That leaves out the one price of a billion, and the long tail of others, but no bell curve's
    ends, and no second cluster.
    """
    if len(values) < _LEAST_VALUES:
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
        return Ends(low, high, 0, 0)
    ordered = np.sort(values).astype(np.float64)
    high = _upper_end(ordered)
    low = -_upper_end(-ordered[::-1])
    below, above = int((ordered < low).sum()), int((ordered > high).sum())
    return Ends(low, high, below, above)


def _upper_end(ordered: NDArray[np.float64]) -> float:
    """Upper end of values (n_known,) float64, ascending."""
    n, most = len(ordered), float(ordered[-1])
    middle = float(ordered[(n - 1) // 2])
    beyond = max(1, int(_MOST_BEYOND * n))
    further = ordered[np.searchsorted(ordered, middle, "right") :] - middle
    # What may be far out does not say what is far.
    further = further[: len(further) - min(beyond, (len(further) + 1) // 2)]
    if len(further) == 0:
        further = np.sort(middle - ordered[: np.searchsorted(ordered, middle)])
    if len(further) == 0:
        return most
    far = middle + _FAR * float(np.percentile(further, 75, method="lower"))
    least = float(ordered[n - 1 - beyond])
    end = float(ordered[np.searchsorted(ordered, max(far, least), "right") - 1])
    return end if most - middle >= _WORTH * (end - middle) and end > ordered[0] else most
