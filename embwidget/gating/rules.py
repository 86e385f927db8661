"""The rules about all items: how many there are, their neighbours, and the metrics by label."""

import math

import numpy as np

from embwidget.gating.bounds import STRETCH, Bounds, Float64, bootstrapped, of_error
from embwidget.gating.check import Check, Verdict, at_least, at_most, in_words
from embwidget.gating.drops import OF_CLUSTERS, TITLES
from embwidget.gating.evidence import Evidence
from embwidget.measures.labels.quality import paired_scores
from embwidget.measures.labels.scores import LabelScores, mean_of, n_known
from embwidget.measures.neighbors.expected import expected_jaccard

NO_ORDER = "undecided: all items of the model in use are equally far from each other"
TOO_FEW = "undecided: there are too few items"


def check_items(evidence: Evidence, min_items: int, min_joined: float) -> Check:
    """Whether enough of the items are in both spaces for anything to be said."""
    report = evidence.found.join_report
    n = report.matched
    of_a = n + report.only_a + report.dropped_a
    share, needed = n / of_a, None
    said = f"items: {n:,} are in both spaces, {share:.0%} of those of the model in use"
    verdict: Verdict = "pass"
    if n < min_items:
        verdict, needed = "undecided", min_items
        said += f"; of fewer than {min_items} no interval can be relied on"
    elif share < min_joined:
        verdict = "undecided"
        said += f"; {min_joined:.0%} are asked, for those that are missing may be the hard ones"
    return Check(*("items", min_items, min_items, n, n, n, verdict, said), n=n, needed=needed)


def check_jaccard(evidence: Evidence, asked: float, *, enough: bool) -> Check:
    """Whether enough neighbours stay, of those that stay when the model is embedded twice.

    With J of the candidate and N of the noise (1 without) for each item, the mean of J - asked N is
    at least 0. Both are of the same items, so that what is hard for both cancels out.
    """
    found = evidence.found
    least, most, noise = evidence.coincidence()
    limit = asked * float(np.sort(noise).mean())

    def interval(values: Float64) -> Bounds:
        seed = evidence.settings.random_state
        return bootstrapped(values, random_state=seed, stretch=STRETCH["jaccard"])

    if evidence.is_same:
        value = float(np.sort(most).mean())
        bounds = Bounds(value, value, value, len(most))
    else:
        upper = interval(most - asked * noise)
        lower = upper if least is most else interval(least - asked * noise)
        bounds = Bounds(upper.value, min(lower.low, upper.low), upper.high, upper.n).shifted(limit)
        bounds = Bounds(bounds.value, max(0.0, bounds.low), min(1.0, bounds.high), bounds.n)
    floor = None if evidence.noise is None else interval(noise)
    chance = expected_jaccard(len(most), found.n_neighbors)
    verdict, needed = at_least(bounds, limit), bounds.needed(limit)
    end = in_words(verdict, needed)
    if not enough:
        verdict, end = "undecided", TOO_FEW
    elif evidence.says_nothing:
        verdict, needed, end = "undecided", None, NO_ORDER
    elif verdict == "pass" and limit <= chance:
        verdict, needed = "undecided", None
        end = f"undecided: unrelated spaces give {chance:.3f}, so ask for more"
    said = (
        f"jaccard: the mean coincidence of the {found.n_neighbors} nearest is "
        f"{_interval(bounds)}; at least {_limit_of_jaccard(asked, limit, floor)} is asked: {end}"
    )
    return _check("jaccard", asked, limit, bounds, verdict, said, chance, floor, needed)


def check_drop(evidence: Evidence, metric: str, asked: float, *, enough: bool) -> Check:
    """Whether a metric by label falls by more than is allowed, and than the noise has it fall."""
    bounds, chance = drop_of(evidence, metric, noise=False)
    floor = None if evidence.noise is None else drop_of(evidence, metric, noise=True)[0]
    least, most = (0.0, 0.0) if floor is None else floor.size()
    limits = max(asked, least), max(asked, most)
    verdict = at_most(bounds, limits)
    limit = limits[0] if verdict == "pass" else limits[1]
    needed = bounds.needed(limit)
    end = in_words(verdict, needed)
    if not enough:
        verdict, end = "undecided", TOO_FEW
    elif evidence.says_nothing:
        verdict, needed, end = "undecided", None, NO_ORDER
    elif math.isnan(bounds.value):
        verdict, needed, end = "undecided", None, "undecided: these labels have no such value"
    allowed = f"{asked:g}"
    if floor is not None:
        allowed += f" or what the noise differs by, {least:.4f} to {most:.4f},"
    said = f"{TITLES[metric]}: it falls by {_interval(bounds)}; at most {allowed} is allowed: {end}"
    return _check(metric, asked, limit, bounds, verdict, said, chance, floor, needed)


def drop_of(evidence: Evidence, metric: str, *, noise: bool) -> tuple[Bounds, float | None]:
    """By how much a metric falls from the model in use to the candidate, or to the noise.

    The interval is that of `Comparison.quality`, with each item as query and as reference,
    stretched where that is too narrow; of AMI and NMI it is over starts of k-means.
    """
    if metric in OF_CLUSTERS:
        which = evidence.noise if noise and evidence.noise is not None else evidence.found
        table = which.quality(
            max_queries=evidence.max_queries,
            n_jobs=evidence.settings.n_jobs,
            random_state=evidence.settings.random_state,
        )
        rows = table[table["metric"] == metric]
        if rows.empty:
            return Bounds(math.nan, math.nan, math.nan, 0), None
        row = rows.iloc[0]
        ends = -row["difference"], -row["difference_high"], -row["difference_low"]
        exact = not noise and evidence.is_same
        value, low, high = (0.0, 0.0, 0.0) if exact else map(float, ends)
        return Bounds(value, low, high, int(row["n"])), None
    first, second = evidence.label_scores(noise=noise)
    return _drop(metric, first, second, exact=not noise and evidence.is_same)


def _drop(
    metric: str, first: LabelScores, second: LabelScores, *, exact: bool
) -> tuple[Bounds, float]:
    """Fall of a metric with its interval, and what items in random order would give."""
    differences, weights, influence = paired_scores(metric, first, second)
    # Sorted, the items add up to the same digits in whatever order they come.
    order = np.lexsort((weights, influence, differences))
    mean = mean_of(differences[order], weights[order], influence[order])
    expected = first.retrieval.chance[metric]
    chance = mean_of(expected[order], weights[order]).value
    n = n_known(differences)
    if exact:
        return Bounds(0.0 if n else math.nan, 0.0, 0.0, n), chance
    n_differing = int((np.nan_to_num(differences) != 0).sum())
    stretch = STRETCH.get(metric, 1.0)
    drop = of_error(-mean.value + 0.0, mean.standard_error, n, n_differing, stretch)
    return drop, chance


def _check(
    name: str,
    asked: float,
    limit: float,
    bounds: Bounds,
    verdict: Verdict,
    said: str,
    chance: float | None,
    floor: Bounds | None,
    needed: int | None,
) -> Check:
    return Check(
        name=name,
        asked=asked,
        limit=limit,
        value=bounds.value,
        low=bounds.low,
        high=bounds.high,
        verdict=verdict,
        sentence=said,
        chance=chance,
        noise=None if floor is None else floor.value,
        noise_low=None if floor is None else floor.low,
        noise_high=None if floor is None else floor.high,
        n=bounds.n,
        needed=needed if verdict == "undecided" else None,
    )


def _limit_of_jaccard(asked: float, limit: float, floor: Bounds | None) -> str:
    if floor is None:
        return f"{asked:g}"
    return f"{limit:.4f}, which is {asked:g} of the {floor.value:.4f} that the noise has,"


def _interval(bounds: Bounds) -> str:
    # Without the sign of what is nothing after rounding.
    value, low, high = (round(end, 4) + 0.0 for end in (bounds.value, bounds.low, bounds.high))
    return f"{value:.4f} ({low:.4f} to {high:.4f})"
