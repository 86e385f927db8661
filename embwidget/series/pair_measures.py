"""A measure of every two of several spaces, and of what chance would give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.progress import Progress, span
from embwidget.comparison import Comparison
from embwidget.measures.measure import Family, Measure
from embwidget.measures.registry import measure_of

Square = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MeasuredPairs:
    """Values of a measure for every two spaces.

    Attributes
    ----------
    measure : str
    needs_graph : bool
        Whether it looks at neighbours.
    values, adjusted : (n_spaces, n_spaces) float64
        As they are, and on a scale where chance is 0 and identity is 1.
    chance : (n_spaces, n_spaces) float64
        NaN where it is not known.
    chance_by : str or None
        "formula" or "permutation"; None = it was not computed.
    notes : dict of (int, int) to str
        By the positions of a pair, why there is no value, or what was sampled.
    """

    measure: str
    needs_graph: bool
    values: Square
    adjusted: Square
    chance: Square
    chance_by: str | None
    notes: dict[tuple[int, int], str]

    def said(self, names: Sequence[str], k: int) -> dict[str, Any]:
        """What is to say of the values beside them; see `Comparisons.matrix`."""
        off = ~np.eye(len(names), dtype=bool)
        known = self.chance[off & ~np.isnan(self.chance)]
        chance: Any = None
        if len(known):
            chance = float(known[0])
            if (known != known[0]).any():
                chance = _by_name(
                    {(a, b): float(self.chance[a, b]) for a, b in np.argwhere(off)}, names
                )
        return {
            "measure": self.measure,
            "k": k if self.needs_graph else None,
            "chance": chance,
            "chance_by": self.chance_by,
            "notes": _by_name(self.notes, names),
        }


def _by_name(of_pairs: Mapping[tuple[int, int], Any], names: Sequence[str]) -> dict[str, Any]:
    """What there is of pairs of positions, by the name of one and then of the other."""
    out: dict[str, dict[str, Any]] = {}
    for (a, b), one in of_pairs.items():
        out.setdefault(names[a], {})[names[b]] = one
    return out


def measured_pairs(
    compared: Callable[[int, int], Comparison],
    names: Sequence[str],
    measure: str | Measure | Family,
    progress: Progress,
    *,
    n_permutations: int,
    **options: Any,
) -> MeasuredPairs:
    """Compute a measure of every two spaces; of both orders where it is not symmetric.

    Parameters
    ----------
    compared : callable
        Gives the comparison of two positions.
    names : sequence of str
        Names of the spaces.
    measure : str, Measure or Family
    progress : callable
    n_permutations : int
        For a measure whose chance has no formula; 0 = its chance is not asked.
    **options
        Of `Comparison.measures`.
    """
    about = measure_of(measure)
    n = len(names)
    pairs = list((combinations if about.symmetric else permutations)(range(n), 2))
    values, adjusted = np.full((2, n, n), np.nan)
    chance = np.full((n, n), np.nan)
    np.fill_diagonal(values, about.identity)
    np.fill_diagonal(adjusted, 1.0)
    notes: dict[tuple[int, int], str] = {}
    by: str | None = None
    for done, (a, b) in enumerate(pairs):
        called = f"{about.name} of {shown(names[a])} and {shown(names[b])}"
        part = span(progress, done / len(pairs), (done + 1) / len(pairs), called)
        pair = compared(a, b)

        def row_of(n_permutations: int, pair: Any = pair, part: Progress = part) -> dict[str, Any]:
            table = pair.measures(measure, n_permutations=n_permutations, progress=part, **options)
            row: dict[str, Any] = table.iloc[0].to_dict()
            return row

        row = row_of(0) if by != "permutation" else row_of(n_permutations)
        if by is None and not np.isnan(row["value"]):
            if not np.isnan(row["chance"]):
                by = "formula"
            elif n_permutations:
                by, row = "permutation", row_of(n_permutations)
        for where in {(a, b), (b, a)} if about.symmetric else {(a, b)}:
            values[where], chance[where] = row["value"], row["chance"]
            adjusted[where] = row["adjusted"]
            if row["note"]:
                notes[where] = row["note"]
    return MeasuredPairs(about.name, about.needs_graph, values, adjusted, chance, by, notes)
