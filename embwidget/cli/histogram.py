"""A histogram in the terminal: how many neighbours items have in common."""

import sys
from shutil import get_terminal_size

from embwidget.cli.output import say

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def say_histogram(counts: list[int]) -> None:
    """Draw a bar for each number of shared neighbours.

    Parameters
    ----------
    counts : list of int
        Items that share 0, 1, ... k neighbours.
    """
    total, most = sum(counts), max(counts)
    labels = [f"{shared} of {len(counts) - 1}" for shared in range(len(counts))]
    ends = [f"{count:,} ({count / total:.0%})" for count in counts]
    wide = max(map(len, labels)) + max(map(len, ends)) + 4
    width = max(10, min(60, get_terminal_size((80, 24)).columns - wide))
    say("Items by how many neighbours are the same:")
    for label, count, end in zip(labels, counts, ends, strict=True):
        say(f"{label.rjust(max(map(len, labels)))}  {_bar(count / most, width)}  {end}")


def _bar(share: float, width: int) -> str:
    """A bar of so much of a width, in eighths of a letter where the terminal has these."""
    eighths = round(share * width * 8)
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        return ("#" * round(share * width)).ljust(width)
    if share > 0:
        eighths = max(1, eighths)
    return (_EIGHTHS[8] * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(width)
