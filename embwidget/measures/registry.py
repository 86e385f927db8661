"""All measures of two spaces by name, and a table of their values beside chance."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, silent, span
from embwidget._core.table import Table
from embwidget._core.threads import resolve, single_threaded_blas
from embwidget.measures.measure import NO_VALUE, Family, Measure, Outcome, Request, Sides
from embwidget.measures.permutation import mean_and_deviation, z_scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "Measure", "Sides", "item_values", "measure_of", "measure_table"]

_ROOM = "embwidget.measures"

MEASURES: Table[Measure] = Table(
    "measure",
    _ROOM,
    "FAMILY",
    members_of=lambda family: [(measure.name, measure) for measure in family.measures],
    # What is known item by item first, then what compares neighbours.
    order=lambda measure: (not measure.per_item, not measure.needs_graph),
)
"""All measures by name, in the order of the rows of `measure_table`."""

_FAMILIES: Table[Family] = Table(
    "measure",
    _ROOM,
    "FAMILY",
    members_of=lambda family: [(measure.name, family) for measure in family.measures],
    is_one=lambda given: isinstance(given, Family),
    wanted="a Family of your own",
)

Names = str | Measure | Family | Sequence[str | Measure | Family] | None
"""Measures by name, as they stand in `MEASURES`, or families of the caller's own."""


def measure_table(
    sides: Sides,
    names: Names = None,
    *,
    k: int,
    n_permutations: int = 20,
    max_items: int = 4000,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> "pd.DataFrame":
    """Compute measures of two spaces, each beside what it would be if they were unrelated.

    Parameters
    ----------
    sides : Sides
    names : str, Measure, Family or sequence of these, optional
        Keys of `MEASURES`, entries of it, or families of your own; by default all of `MEASURES`.
    k : int
        Neighbours that measures of neighbours look at, 1..k_max.
    n_permutations : int, default=20
        Permutations of B's items that show what chance gives; 0 = none.
    max_items : int, default=4000
        Measures of all pairs, and of lists of similarities, take a sample of at most so many items.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int, default=0
    progress : callable

    Returns
    -------
    DataFrame, one row for each measure
        ``measure``, ``value``; ``low``, ``high`` and ``standard_error`` for means over items (95 %
        interval, over the items asked), else NaN; ``chance``, the mean over permutations, exact
        where a formula is known; ``adjusted``, 0 at chance and 1 at identity; ``z``, by how many
        standard deviations of the permutations it is nearer to identity than chance; ``k``, for
        measures of neighbours; ``n``, items computed from; ``sampled``, whether those, or pairs,
        are a sample; ``note``, what was sampled, or why there is no value.

    Raises
    ------
    ValueError
        For a name or number that is not among the allowed ones.
    """
    import pandas as pd

    wanted = _wanted(names)
    _check_k(k, sides)
    resolve(n_jobs)
    whole(n_permutations, "n_permutations", 0)
    whole(max_items, "max_items", 10)
    request = Request(sides, int(k), n_permutations, max_items, n_jobs, random_state)
    together: dict[Family, list[str]] = {}
    for name, (family, _) in wanted.items():
        together.setdefault(family, []).append(name)
    ends = list(accumulate(family.share for family in together))
    outcomes: dict[str, Outcome] = {}
    low = 0.0
    progress("measures", low)
    for (family, own), end in zip(together.items(), ends, strict=True):
        part = span(progress, low, low := end / ends[-1])
        # Threads share permutations; those of the BLAS would change the last digits.
        with single_threaded_blas():
            outcomes |= _outcomes(family, own, replace(request, progress=part))
    progress("measures", 1.0)
    table = pd.DataFrame(
        [_row(measure, outcomes[name], int(k)) for name, (_, measure) in wanted.items()]
    )
    return table.astype({"k": "Int64"})


def item_values(sides: Sides, name: str | Measure | Family, *, k: int) -> NDArray[np.float32]:
    """Value of a measure for each item, of which the measure is the mean.

    Parameters
    ----------
    sides : Sides
    name : str, Measure or Family
        A measure whose ``per_item`` is true, or a family of one such measure.
    k : int
        Neighbours, 1..k_max.

    Returns
    -------
    (n_samples,) float32

    Raises
    ------
    ValueError
        When the measure has no values for items, and it says which have.
    """
    family, measure = _one(name)
    _check_k(k, sides)
    if family.items is None or not measure.per_item:
        having = (measure.name for measure in MEASURES.values() if measure.per_item)
        msg = (
            f"{measure.name} has one value for both spaces, none for each item: "
            f"use {', '.join(having)}"
        )
        raise ValueError(msg)
    return np.asarray(family.items(sides, measure.name, int(k)), np.float32)


def measure_of(given: str | Measure | Family) -> Measure:
    """Return what is known of a measure, by its name or of a family of one; else ValueError."""
    return _one(given)[1]


def _one(given: str | Measure | Family) -> tuple[Family, Measure]:
    """Family and description of one measure; ValueError where it is none, or several."""
    is_one = isinstance(given, (str, Measure, Family))
    wanted = _wanted(given if is_one else [given])
    if len(wanted) > 1:
        msg = f"the family has {len(wanted)} measures ({', '.join(wanted)}): give a family of one"
        raise ValueError(msg)
    (found,) = wanted.values()
    return found


def _outcomes(family: Family, names: list[str], request: Request) -> dict[str, Outcome]:
    """What a family gives; where it refuses, the reason for each of its measures."""
    try:
        return family.outcomes(names, request)
    except NO_VALUE as reason:
        return dict.fromkeys(names, Outcome.refused(reason))


def _row(measure: Measure, outcome: Outcome, k: int) -> dict[str, Any]:
    nan = float("nan")
    low = high = error = chance = z = nan
    if outcome.items is not None:
        estimate = Estimate.of_mean(outcome.items)
        low, high, error = estimate.low, estimate.high, estimate.standard_error
    if len(outcome.permuted):
        chance = float(outcome.permuted.mean())
    if outcome.chance is not None:
        chance = outcome.chance
    if len(outcome.permuted) > 1:
        mean, deviation = mean_and_deviation(outcome.permuted)
        z = float(z_scores(outcome.value, mean if outcome.chance is None else chance, deviation))
        z = z if measure.larger_is_closer else -z
    room = measure.identity - chance
    return {
        "measure": measure.name,
        "value": outcome.value,
        "low": low,
        "high": high,
        "standard_error": error,
        "chance": chance,
        "adjusted": (outcome.value - chance) / room if room else nan,
        "z": z,
        "k": k if measure.needs_graph else None,
        "n": outcome.n,
        "sampled": outcome.sampled,
        "note": outcome.note,
    }


def _wanted(names: Names) -> dict[str, tuple[Family, Measure]]:
    """Family and description of each measure that is asked for, once each; all for None."""
    if names is None:
        names = list(MEASURES)
    elif isinstance(names, (str, Measure, Family)):
        names = [names]
    wanted: dict[str, tuple[Family, Measure]] = {}
    for given in names:
        name = given.name if isinstance(given, Measure) else given
        family = _FAMILIES.find(name)
        own = family.measures if isinstance(given, Family) else (MEASURES[str(name)],)
        for measure in own:
            if wanted.setdefault(measure.name, (family, measure))[0] is not family:
                msg = f"two measures are called {shown(measure.name)}: give yours another name"
                raise ValueError(msg)
    if not wanted:
        msg = "names is empty: give some of MEASURES, or None for all"
        raise ValueError(msg)
    return wanted


def _check_k(k: int, sides: Sides) -> None:
    whole(k, "k", 1, sides.indices_a.shape[1], why="k_max of the graphs")
