"""How long the work will still take, as a figure that does not jump."""

import math

# Before this much is done, time and share say nothing of the rest.
_LEAST_SHARE = 0.03
_LEAST_SECONDS = 2.0
# A change of pace reaches the figure over this many seconds.
_CALM_SECONDS = 4.0


class TimeLeft:
    """Seconds left, from the share that is done and the time that it took.

    What is smoothed is the moment of the end: between two reports the figure falls as the clock
    goes.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._end = math.nan
        self._last = start

    def at(self, now: float, share: float) -> float | None:
        """Seconds left at a moment; None while it cannot be known.

        Parameters
        ----------
        now : float
            Seconds of the clock that `start` was read from.
        share : float
            0..1 of the work that is done.
        """
        elapsed = now - self._start
        if elapsed < _LEAST_SECONDS or share < _LEAST_SHARE:
            return None
        end = now + elapsed * (1 - share) / share
        if math.isnan(self._end):
            self._end = end
        else:
            self._end += (end - self._end) * (1 - math.exp((self._last - now) / _CALM_SECONDS))
        self._last = now
        return max(0.0, self._end - now)
