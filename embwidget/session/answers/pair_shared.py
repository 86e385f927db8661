"""Neighbours that any two of several spaces share, at one k."""

from typing import Any

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer


def pair_shared(sources: Sources, args: dict[str, Any]) -> Answer:
    """Counts, (n_items,) uint8, of the spaces at two positions."""
    several = sources.several
    if several is None:
        msg = "there are two spaces alone: ask for what they share"
        raise ValueError(msg)
    a, b = (whole(args.get(side), side, 0, len(several) - 1) for side in "ab")
    k = whole(args.get("k"), "k", 1, several.k_max)
    return {}, [several.shared((a, b), k)]


ANSWERS = {"pair_shared": pair_shared}
