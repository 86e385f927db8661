"""How much of which metric a candidate may lose: what `max_drop` may be, read in one place."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from embwidget._core.checks import near_names, shown

TITLES = {
    "mean_average_precision_at_r": "MAP@R",
    "precision_at_1": "precision@1",
    "r_precision": "R-precision",
    "mean_average_precision": "mean average precision",
    "mean_reciprocal_rank": "mean reciprocal rank",
    "AMI": "AMI",
    "NMI": "NMI",
}
"""The metrics of `Comparison.quality`, and how sentences call them."""

OF_CLUSTERS = ("AMI", "NMI")
"""Those whose interval is over starts of k-means, and that no label has of its own."""

SHORT = {
    "map_at_r": "mean_average_precision_at_r",
    "map": "mean_average_precision",
    "mrr": "mean_reciprocal_rank",
    "ami": "AMI",
    "nmi": "NMI",
}


def _plain(name: Any) -> str:
    """Name as it is looked up, however it is spelt."""
    return re.sub(r"[\s-]+", "_", str(name).strip().lower().replace("@", "_at_"))


_METRIC_OF = {_plain(name): name for name in TITLES} | SHORT
_METRIC_OF |= {_plain(title): name for name, title in TITLES.items()}


def parse_drops(given: Any) -> dict[str, float]:
    """Read how much of each metric may be lost.

    Parameters
    ----------
    given : mapping, str, list of str or None
        ``{"map_at_r": 0.02}``, ``"map_at_r=.02"``, several of these with commas between, or a list
        of them. Metrics are those of `Comparison.quality`, by their names there, by the titles of
        docs/numbers.md ("MAP@R"), or short: map_at_r, map, mrr, ami, nmi.

    Returns
    -------
    dict of str to float
        By the names of `Comparison.quality`, from 0 to 1; .02 are two points of a hundred.

    Raises
    ------
    ValueError
        When a metric is unknown, named twice, or its number none from 0 to 1.
    """
    if given is None:
        return {}
    drops: dict[str, float] = {}
    for name, value in _pairs(given):
        metric = _metric(name)
        if metric in drops:
            msg = f"max_drop names {metric} twice, the second time as {shown(name)}: give it once"
            raise ValueError(msg)
        drops[metric] = share_of(value, f"max_drop of {metric}")
    return drops


def share_of(value: Any, what: str, *, above_zero: bool = False) -> float:
    """Check a number from 0 to 1, 0 itself allowed or not."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if 0 <= number <= 1 and (number > 0 or not above_zero):
        return number
    bounds = "above 0, at most 1" if above_zero else "from 0 to 1"
    msg = f"{what} is {shown(value)}: give a number {bounds}; .02 are two points of a hundred"
    raise ValueError(msg)


def _pairs(given: Any) -> list[tuple[Any, Any]]:
    """Names and numbers as they were given."""
    if isinstance(given, Mapping):
        return list(given.items())
    if isinstance(given, str):
        given = [part for part in given.split(",") if part.strip()] or [given]
    if not isinstance(given, Iterable) or not all(isinstance(part, str) for part in given):
        msg = f'max_drop={shown(given)}: give {{"map_at_r": 0.02}} or "map_at_r=.02"'
        raise ValueError(msg)
    pairs: list[tuple[Any, Any]] = []
    for part in given:
        name, sign, value = part.partition("=")
        if not sign:
            msg = f'max_drop={shown(part)}: give a metric and what it may lose, "map_at_r=.02"'
            raise ValueError(msg)
        pairs.append((name.strip(), value.strip()))
    return pairs


def _metric(name: Any) -> str:
    """Name of a metric as `Comparison.quality` has it."""
    plain = _plain(name)
    known = _METRIC_OF.get(plain)
    if known is None:
        msg = f"max_drop: no metric is called {shown(name)}: {near_names(plain, [*TITLES, *SHORT])}"
        raise ValueError(msg)
    return known
