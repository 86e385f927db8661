"""All measures of two spaces by name, and a table of their values beside chance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, silent, span
from embwidget._core.threads import resolve, single_threaded_blas
from embwidget.measures.linear.family import LINEAR
from embwidget.measures.measure import Family, Measure, Outcome, Request, Sides
from embwidget.measures.neighbors.cknna import CKNNA
from embwidget.measures.neighbors.ranked import RANKED, ranked_items
from embwidget.measures.neighbors.second_order import SECOND_ORDER, second_order_items
from embwidget.measures.pairs.pairwise import PAIRWISE
from embwidget.measures.pairs.rsa import RSA
from embwidget.measures.permutation import mean_and_deviation, z_scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "Measure", "Sides", "item_values", "measure_table"]

_FAMILIES: tuple[Family, ...] = (RANKED, SECOND_ORDER, CKNNA, LINEAR, PAIRWISE, RSA)

MEASURES: dict[str, Measure] = {
    measure.name: measure for family in _FAMILIES for measure in family.measures
}


def measure_table(
    sides: Sides,
    names: str | Sequence[str] | None = None,
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
    names : str or list of str, optional
        Keys of `MEASURES`; by default all.
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

    names = _check_names(names)
    _check_k(k, sides)
    resolve(n_jobs)
    whole(n_permutations, "n_permutations", 0)
    whole(max_items, "max_items", 10)
    request = Request(sides, int(k), n_permutations, max_items, n_jobs, random_state)
    wanted = [
        (family, own)
        for family in _FAMILIES
        if (own := [measure.name for measure in family.measures if measure.name in names])
    ]
    shares = sum(family.share for family, _ in wanted)
    outcomes: dict[str, Outcome] = {}
    done = 0.0
    for family, own in wanted:
        part = span(progress, done, done + family.share / shares)
        # Threads share permutations; those of the BLAS would change the last digits.
        with single_threaded_blas():
            outcomes |= family.outcomes(own, replace(request, progress=part))
        done += family.share / shares
    progress("measures", 1.0)
    table = pd.DataFrame([_row(MEASURES[name], outcomes[name], int(k)) for name in names])
    return table.astype({"k": "Int64"})


def item_values(sides: Sides, name: str, *, k: int) -> NDArray[np.float32]:
    """Value of a measure for each item, of which the measure is the mean.

    Parameters
    ----------
    sides : Sides
    name : str
        A measure whose ``per_item`` is true.
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
    (name,) = _check_names(name)
    _check_k(k, sides)
    if not MEASURES[name].per_item:
        having = (measure.name for measure in MEASURES.values() if measure.per_item)
        msg = f"{name} has one value for both spaces, none for each item: use {', '.join(having)}"
        raise ValueError(msg)
    if name == "second_order_cosine":
        values = second_order_items(sides, int(k), np.arange(sides.n_samples))
    else:
        values = ranked_items(sides, name, int(k))
    return values.astype(np.float32)


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


def _check_names(names: str | Sequence[str] | None) -> list[str]:
    """Names of measures, each once; all for None."""
    if names is None:
        return list(MEASURES)
    given = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    for name in given:
        if name not in MEASURES:
            msg = f"measure {shown(name)} is not known: {near_names(name, MEASURES)}"
            raise ValueError(msg)
    if not given:
        msg = "names is empty: give some of MEASURES, or None for all"
        raise ValueError(msg)
    return given


def _check_k(k: int, sides: Sides) -> None:
    whole(k, "k", 1, sides.indices_a.shape[1], why="k_max of the graphs")
