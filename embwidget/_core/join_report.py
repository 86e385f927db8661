"""What there is to say of two spaces that were brought to the same items."""

from dataclasses import dataclass, field
from typing import Any

from embwidget._core.checks import listed

EXAMPLES = 3
"""Ids that are named of those that are in one space alone, or had no vector."""


@dataclass(frozen=True)
class JoinReport:
    """How many items two spaces have in common, and how that was found.

    Two reports are equal when they tell of the same items.

    Attributes
    ----------
    matched, only_a, only_b : int
        Items in both, and in one alone.
    examples_a, examples_b : tuple
        A few ids of those that are in one alone.
    dropped_a, dropped_b : int
        Items that had no vector and were left out before.
    dropped_examples_a, dropped_examples_b : tuple
        A few ids of these.
    paired_by : str
        What told which rows belong together: "by id", "by index", "by position" ...
    metadata_by : str
        How the metadata was brought to the order of the items; "" = there is none.
    notes : tuple of str
        What was guessed, and what looks wrong.
    """

    matched: int
    only_a: int = 0
    only_b: int = 0
    examples_a: tuple[Any, ...] = ()
    examples_b: tuple[Any, ...] = ()
    dropped_a: int = 0
    dropped_b: int = 0
    dropped_examples_a: tuple[Any, ...] = ()
    dropped_examples_b: tuple[Any, ...] = ()
    paired_by: str = field(default="by position", compare=False)
    metadata_by: str = field(default="", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        parts = [f"{self.matched} items in both, {self.paired_by}"]
        for side, count, examples in (
            ("a", self.only_a, self.examples_a),
            ("b", self.only_b, self.examples_b),
        ):
            if count:
                parts.append(f"{count} only in {side} ({_some(examples, count)})")
        for side, count, examples in (
            ("a", self.dropped_a, self.dropped_examples_a),
            ("b", self.dropped_b, self.dropped_examples_b),
        ):
            if count:
                parts.append(f"{count} without a vector in {side} ({_some(examples, count)})")
        if self.metadata_by:
            parts.append(f"metadata {self.metadata_by}")
        return "; ".join([*parts, *self.notes])


def _some(examples: tuple[Any, ...], count: int) -> str:
    return f"{listed(examples, EXAMPLES)}{', …' if count > EXAMPLES else ''}"
