"""How long the work will still take, as a figure that does not jump."""

import math

# Before this much is done, time and share say nothing of the rest.
_LEAST_SHARE = 0.03
_LEAST_SECONDS = 2.0
# The pace is that of about this long. One stall, such as a compilation, counts for no more.
_PACE_SECONDS = 10.0
# A change of pace reaches the figure over this many seconds.
_CALM_SECONDS = 4.0


class TimeLeft:
    """Seconds left, from the share that is done and the pace of late.

    What is smoothed is the moment of the end: between two reports the figure falls as the clock
    goes.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._end = math.nan
        self._pace = math.nan
        self._last, self._last_share = start, 0.0

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
        passed = now - self._last
        if math.isnan(self._end):
            self._pace = share / elapsed
            self._end = now + (1 - share) / self._pace
        elif passed > 0:
            pace = max(0.0, share - self._last_share) / passed
            self._pace += (pace - self._pace) * _weight(min(passed, _PACE_SECONDS), _PACE_SECONDS)
            end = now + (1 - share) / self._pace
            self._end += (end - self._end) * _weight(passed, _CALM_SECONDS)
        self._last, self._last_share = now, share
        return max(0.0, self._end - now)


def _weight(passed: float, seconds: float) -> float:
    """What the newest value counts for in a mean over about so many seconds."""
    return 1 - math.exp(-passed / seconds)
