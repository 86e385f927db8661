"""What there is to say of a series whose steps were brought to the same items."""

from dataclasses import dataclass, field
from typing import Any

from embwidget._core.checks import listed, shown
from embwidget._core.join_report import EXAMPLES


@dataclass(frozen=True)
class SeriesReport:
    """How many items all steps have in common, and which ones were left out of which step.

    Attributes
    ----------
    matched : int
        Items in all steps.
    left_out : dict of str to int
        By the name of a step, how many of its items are not in all; only steps with any.
    examples : dict of str to tuple
        A few ids of these.
    without_vector : dict of str to int
        By the name of a step, how many items had no vector; only steps with any.
    paired_by : str
        What told which rows belong together.
    notes : tuple of str
        What was guessed, and what looks wrong.
    noun : str
        What a step is called.
    """

    matched: int
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    without_vector: dict[str, int] = field(default_factory=dict)
    paired_by: str = "by position"
    notes: tuple[str, ...] = ()
    noun: str = "step"

    @property
    def parts(self) -> list[str]:
        """Clauses of what there is to say, the items in all of them first."""
        parts = [f"{self.matched} items in all {self.noun}s, {self.paired_by}"]
        for name, count in self.left_out.items():
            some = listed(self.examples[name], EXAMPLES)
            more = ", …" if count > EXAMPLES else ""
            parts.append(
                f"{count} of {shown(name)} dropped, not in all {self.noun}s ({some}{more})"
            )
        for name, count in self.without_vector.items():
            parts.append(f"{count} without a vector in {shown(name)}")
        return [*parts, *self.notes]

    def __str__(self) -> str:
        return "; ".join(self.parts)
