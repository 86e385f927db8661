"""One protocol for progress and cancelling: a function that long computations call now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]
"""Called as ``progress(step, share)``: what is being done, and the share in [0, 1] that is done.

Whatever it raises goes through the computation, which then stops without leaving anything behind.
"""


_STEP = "_embwidget_step"


class Cancelled(Exception):  # noqa: N818 (not an error: somebody asked for it)
    """Raised by a progress function to stop the computation that called it."""


def silent(step: str, share: float) -> None:
    """Show nothing, stop nothing."""


def span(progress: Progress, low: float, high: float, name: str = "") -> Progress:
    """Progress of one part, whose 0..1 are `low`..`high` of the whole, under one name if given."""

    def part(step: str, share: float) -> None:
        progress(name or step, low + share * (high - low))

    return part


@contextmanager
def during(step: str) -> Iterator[None]:
    """Keep with errors what was being done, "while drawing map A by PCA"; `step_of` reads it."""
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        # No note of Python's, which would end every traceback of a script.
        if not step_of(error):
            vars(error)[_STEP] = f"while {step}"
        raise


def step_of(error: BaseException) -> str:
    """What was being done when an error came, as the innermost `during` has it; "" = not known."""
    return str(getattr(error, _STEP, ""))


@contextmanager
def reporting(progress: Progress | bool) -> Iterator[Progress]:
    """Turn what a caller gave into a progress function: True is a bar, False is silence."""
    if not isinstance(progress, bool):
        yield progress
        return
    if not progress:
        yield silent
        return
    from tqdm.auto import tqdm

    layout = "{percentage:3.0f}% |{bar}| {desc}, {elapsed} < {remaining}"
    with tqdm(total=1.0, bar_format=layout, mininterval=0.2) as bar:

        def show(step: str, share: float) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(max(0.0, share - bar.n))

        yield show
        show("done", 1.0)
