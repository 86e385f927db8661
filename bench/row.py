"""What a row of the benchmark is, and what is read off its results."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.store import Cases


@dataclass(frozen=True)
class Options:
    """What the command line asks for; None = the row's own."""

    sizes: tuple[int, ...] | None = None
    repeats: int | None = None


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes
    ----------
    what : str
        What was measured, with its size.
    ours, peer : str
        Figures with their units; "" = there is none.
    peer_name : str
    ratio : float or None
        Ours / the peer's; smaller is better.
    target : float or None
        What the ratio must not exceed.
    met : bool or None
        None where there is no target.
    case : str
        The case that it was read off.
    """

    what: str
    ours: str
    peer: str
    peer_name: str
    case: str
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes
    ----------
    name : str
        As on the command line.
    title : str
        What is asked, in a sentence.
    minutes : int
        About how long all of it takes on two idle cores.
    run : callable
        Measures and stores.
    findings : callable
        Lines of the table from what is stored.
    """

    name: str
    title: str
    minutes: int
    run: Callable[[Options], None]
    findings: Callable[[Cases], list[Finding]]


def compared(
    what: str,
    peer_name: str,
    case: str,
    ours: float,
    theirs: float,
    show: Callable[[float], str],
    target: float | None = None,
) -> Finding:
    """Return the line that holds our figure against a peer's."""
    ratio = ours / theirs if theirs > 0 else None
    met = None if target is None or ratio is None else ratio <= target
    return Finding(what, show(ours), show(theirs), peer_name, case, ratio, target, met)


def seconds(value: float) -> str:
    """Seconds with three digits that count; NaN is a run that did not end."""
    if math.isnan(value):
        return "not done"
    return f"{value:.3g} s" if value < 1000 else f"{value:.0f} s"


def milliseconds(value: float) -> str:
    """Milliseconds, from seconds; NaN is an action that could not be done."""
    if math.isnan(value):
        return "none"
    return f"{1000 * value:.3g} ms"


def size(value: float) -> str:
    """Bytes as MB or GB; NaN is a run that did not end."""
    if math.isnan(value):
        return "unknown"
    return f"{value / 1e9:.2f} GB" if value >= 1e9 else f"{value / 1e6:.3g} MB"


def short(n: int) -> str:
    """20000 as 20k, 1000000 as 1M."""
    if n % 1_000_000 == 0:
        return f"{n // 1_000_000}M"
    return f"{n // 1000}k" if n % 1000 == 0 else str(n)
