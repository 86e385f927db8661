"""One rule of a gate: what was asked, what was found, and the verdict of its interval."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from embwidget.gating.bounds import Bounds

Verdict = Literal["pass", "regression", "undecided"]

EXIT_CODES: dict[str, int] = {"pass": 0, "regression": 1, "undecided": 2}


@dataclass(frozen=True)
class Check:
    """One rule and what became of it.

    Attributes
    ----------
    name : str
        "items", "jaccard", the name of a metric, such a name with " by label", or "canary".
    asked : float
        As it was given: a least value, a largest drop, or a number of items.
    limit : float
        What the value is held to: what was asked, with what the noise takes from it.
    value, low, high : float
        What was found, and its interval.
    verdict : {"pass", "regression", "undecided"}
    sentence : str
    chance : float or None
        What unrelated spaces give.
    noise, noise_low, noise_high : float or None
        The same for the model embedded twice, where it was given.
    n : int
        Items, labels or canaries that were asked about.
    needed : int or None
        Of what is undecided, roughly how many items would decide it; None = not known.
    """

    name: str
    asked: float
    limit: float
    value: float
    low: float
    high: float
    verdict: Verdict
    sentence: str
    chance: float | None = None
    noise: float | None = None
    noise_low: float | None = None
    noise_high: float | None = None
    n: int = 0
    needed: int | None = None


def at_least(bounds: Bounds, limit: float) -> Verdict:
    """Verdict of a value that has to be at least so much; NaN decides nothing."""
    return _by(bounds.low >= limit, bounds.high < limit)


def at_most(bounds: Bounds, limits: tuple[float, float]) -> Verdict:
    """Verdict of a value that may be at most so much, where that itself lies between two limits."""
    return _by(bounds.high <= limits[0], bounds.low > limits[1])


def worst(verdicts: list[Any]) -> Verdict:
    """Verdict of all together: one regression is one, else one that is undecided leaves it so."""
    return _by(all(each == "pass" for each in verdicts), "regression" in verdicts)


def _by(holds: bool | np.bool_, breaks: bool | np.bool_) -> Verdict:
    return "regression" if breaks else "pass" if holds else "undecided"


def in_words(verdict: Verdict, needed: int | None) -> str:
    """What a sentence says of a verdict at its end."""
    if verdict == "pass":
        return "it holds"
    if verdict == "regression":
        return "it is broken"
    if needed is None:
        return "undecided, at the limit itself"
    return f"undecided: about {needed:,} items like these would tell"
