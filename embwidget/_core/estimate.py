"""A mean with its interval and its chance level."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
"""Standard deviations that hold 95 % of the normal distribution, on both sides."""


class Estimate(float):
    """A mean over items: a float that also knows its interval and its chance level.

    Attributes
    ----------
    low, high : float
        95 % interval: normal, unless other bounds were given. It is the error over the items asked,
        with the items they are compared with fixed: neighbourhoods overlap, so that the error of
        drawing all items anew is somewhat larger.
    standard_error : float
        Standard deviation over the items, divided by the root of their number.
    chance : float
        What two unrelated spaces give on average.
    """

    low: float
    high: float
    standard_error: float
    chance: float

    def __new__(
        cls,
        value: float,
        *,
        standard_error: float = 0.0,
        chance: float = 0.0,
        low: float | None = None,
        high: float | None = None,
    ) -> Self:
        made = super().__new__(cls, value)
        made.standard_error = float(standard_error)
        made.low = float(value) - Z95 * made.standard_error if low is None else float(low)
        made.high = float(value) + Z95 * made.standard_error if high is None else float(high)
        made.chance = float(chance)
        return made

    @classmethod
    def of_mean(cls, values: NDArray[np.floating], *, chance: float = 0.0) -> Self:
        """Mean of one value per item, (n_samples,); the error is nan for a single item."""
        exact = np.asarray(values, np.float64)
        error = exact.std(ddof=1) / np.sqrt(len(exact)) if len(exact) > 1 else float("nan")
        return cls(float(exact.mean()), standard_error=float(error), chance=chance)

    @property
    def value(self) -> float:
        """The mean itself."""
        return float(self)

    @property
    def adjusted(self) -> float:
        """The value on a scale where chance is 0 and identity is 1."""
        return (self.value - self.chance) / (1 - self.chance) if self.chance < 1 else float("nan")

    def __getnewargs_ex__(self) -> tuple[tuple[float], dict[str, Any]]:
        named = ("standard_error", "chance", "low", "high")
        return (float(self),), {name: getattr(self, name) for name in named}

    def __repr__(self) -> str:
        return (
            f"{self.value:.4g} (95 % {self.low:.4g} to {self.high:.4g}, chance {self.chance:.2g})"
        )

    __str__ = __repr__
