"""One protocol for progress and cancelling: a function that long computations call now and then."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called as ``progress(step, share)``: what is being done, and the share in [0, 1] that is done.

Whatever it raises goes through the computation, which then stops without leaving anything behind.
"""


class Cancelled(Exception):  # noqa: N818 (not an error: somebody asked for it)
    """Raised by a progress function to stop the computation that called it."""


def silent(step: str, share: float) -> None:
    """Show nothing, stop nothing."""


def span(progress: Progress, low: float, high: float) -> Progress:
    """Progress of one part, whose 0..1 are `low`..`high` of the whole."""

    def part(step: str, share: float) -> None:
        progress(step, low + share * (high - low))

    return part
