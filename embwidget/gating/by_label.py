"""The rules label by label, corrected for how many labels there are, and the rows of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget.gating.bounds import ONE_SIDED, STRETCH, Bounds, holm, unseen
from embwidget.gating.check import Check, Verdict, at_most, worst
from embwidget.gating.drops import TITLES
from embwidget.gating.evidence import Evidence
from embwidget.measures.labels.labels import Labels
from embwidget.measures.labels.quality import paired_scores
from embwidget.measures.labels.scores import mean_over_labels, per_label

Float64 = NDArray[np.float64]
Row = dict[str, Any]

# Labels that a sentence names.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class LabelDrops:
    """By how much each label falls.

    Attributes
    ----------
    names : list
    n_items, asked, n_differing : (n_labels,) int
        Items with the label, those asked about, and those of them that differ.
    a, b, drop, error : (n_labels,) float64
        Of the model in use, of the candidate, the fall, and its standard error.
    """

    names: list[Any]
    n_items: NDArray[np.int64]
    asked: NDArray[np.int64]
    n_differing: NDArray[np.int64]
    a: Float64
    b: Float64
    drop: Float64
    error: Float64


def coincidence_of_labels(evidence: Evidence, asked: float) -> tuple[LabelDrops, Float64]:
    """How far the coincidence of each label's items is below that of the noise, or 1.

    Returns
    -------
    drops : LabelDrops
        The error is that of what goes beyond the limit.
    limits : (n_labels,) float64
        What of that is allowed.
    """
    labels = evidence.found.labels()
    least, most, noise = evidence.coincidence()
    # Where ties leave it open, what counts against the candidate has to be sure.
    mean, _, n, _ = _of_labels(most, labels)
    floor, _, _, _ = _of_labels(noise, labels)
    _, error, _, differing = _of_labels(asked * noise - most, labels, noise - most)
    lower, _, _, _ = _of_labels(least, labels)
    error = error + (mean - lower) / 2
    names, items = labels.names, np.bincount(labels.codes, minlength=len(labels.names))
    limits = (1 - asked) * floor
    return LabelDrops(names, items, n, differing, floor, mean, floor - mean, error), limits


def _of_labels(
    values: Float64, labels: Labels, changes: Float64 | None = None
) -> tuple[Float64, Float64, NDArray[np.int64], NDArray[np.int64]]:
    """Mean, standard error, number and number that changed of each label: (n_labels,) each."""
    order = np.lexsort((values[labels.items], labels.codes))
    items, codes, n_labels = labels.items[order], labels.codes[order], len(labels.names)
    n = np.bincount(codes, minlength=n_labels)
    mean = np.bincount(codes, values[items], n_labels) / n
    square = np.bincount(codes, (values[items] - mean[codes]) ** 2, n_labels)
    changed = np.zeros(len(items)) if changes is None else changes[items] != 0
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(n > 1, np.sqrt(square / (n - 1) / n), np.nan)
    return mean, error, n, np.bincount(codes, changed, n_labels).astype(np.int64)


def metric_of_labels(evidence: Evidence, metric: str, *, noise: bool) -> LabelDrops:
    """By how much a metric falls on each label, to the candidate or to the noise."""
    first, second = evidence.label_scores(noise=noise)
    labels, retrieval = first.labels, first.retrieval
    differences, _, influence = paired_scores(metric, first, second)
    both = per_label(differences, influence, retrieval, labels)
    a, b = (
        mean_over_labels(scores.retrieval.values[metric], retrieval, labels)[0]
        for scores in (first, second)
    )
    n_items = np.bincount(labels.codes, minlength=len(labels.names))
    errors = both["standard_error"]
    return LabelDrops(
        *(labels.names, n_items, both["n"], both["n_nonzero"], a, b, -both["mean"] + 0.0, errors)
    )


def label_rows(
    evidence: Evidence, metric: str, asked: float, *, judged: bool, fewest: int
) -> list[Row]:
    """One row for each label, those that most surely fall beyond what is allowed first.

    Parameters
    ----------
    evidence : Evidence
    metric : str
        "jaccard" or a metric of `Comparison.quality`.
    asked : float
    judged : bool
        Whether labels have verdicts.
    fewest : int
        Labels with fewer items have none.

    Notes
    -----
    The interval is that of the t distribution over the label's items. That the fall is beyond what
    is allowed is tested one-sided; the p-value is never below 2^-m for m items that differ at all,
    and adjusted by Holm's procedure for all labels of the metric.
    """
    from scipy.special import stdtr, stdtrit

    if metric == "jaccard":
        drops, least = coincidence_of_labels(evidence, asked)
        most = least
    else:
        drops = metric_of_labels(evidence, metric, noise=False)
        least = most = np.full(len(drops.names), asked)
        if evidence.noise is not None:
            floor = metric_of_labels(evidence, metric, noise=True)
            sizes = np.array([_bounds(floor, at, 1.0, stdtrit).size() for at in range(len(least))])
            least, most = (np.fmax(asked, sizes[:, end]) for end in (0, 1))
    stretch = STRETCH.get(metric, 1.0)
    freedom = np.maximum(drops.asked - 1, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = drops.drop - most
        p_values = stdtr(freedom, -beyond / (stretch * drops.error))
    p_values = np.where(drops.error == 0, np.where(beyond > 0, 0.0, 1.0), p_values)
    p_values = np.maximum(p_values, 2.0 ** -drops.n_differing.astype(np.float64))
    p_values[(drops.asked < max(2, fewest)) | np.isnan(drops.drop)] = np.nan
    adjusted = holm(p_values)
    rows = []
    for at, name in enumerate(drops.names):
        bounds = _bounds(drops, at, stretch, stdtrit, exact=evidence.is_same)
        verdict = _verdict(bounds, (float(least[at]), float(most[at])), float(adjusted[at]))
        rows.append(
            {
                "label": name,
                "metric": metric,
                "n": int(drops.n_items[at]),
                "asked": int(drops.asked[at]),
                "a": float(drops.a[at]),
                "b": float(drops.b[at]),
                "drop": bounds.value,
                "low": bounds.low,
                "high": bounds.high,
                "limit": float(least[at] if verdict == "pass" else most[at]),
                "p_value": float(adjusted[at]),
                "verdict": verdict if judged else "",
            }
        )
    return sorted(rows, key=surely_lost)


def surely_lost(row: Row) -> tuple[bool, bool, float]:
    """Key that puts first the labels that most surely fall beyond what is allowed."""
    beyond = row["low"] - row["limit"]
    return row["verdict"] != "regression", beyond != beyond, -beyond


def _bounds(
    drops: LabelDrops, at: int, stretch: float, quantile: Any, exact: bool = False
) -> Bounds:
    value, n = float(drops.drop[at]), int(drops.asked[at])
    if exact:
        return Bounds(value, value, value, n)
    half = float(quantile(max(n - 1, 1), 1 - ONE_SIDED) * stretch * drops.error[at])
    return unseen(Bounds(value, value - half, value + half, n), int(drops.n_differing[at]))


def _verdict(bounds: Bounds, limits: tuple[float, float], p_value: float) -> Verdict | str:
    """Verdict of one label, "" where it has too few items for any."""
    if p_value != p_value:
        return ""
    if p_value <= ONE_SIDED:
        return "regression"
    return "pass" if at_most(bounds, limits) == "pass" else "undecided"


def check_labels(rows: list[Row], metric: str, asked: float, *, why_not: str) -> Check:
    """Whether no label falls by more than is allowed.

    Parameters
    ----------
    rows : list of dict
        What `label_rows` gives.
    metric : str
    asked : float
    why_not : str
        Why nothing can be said of any label; "" = it can.
    """
    known = [row for row in rows if row["verdict"]]
    verdict = worst([row["verdict"] for row in known]) if known and not why_not else "undecided"
    title = TITLES.get(metric, metric)
    first = min(known, key=surely_lost) if known else None
    needed = None
    if why_not:
        said = why_not
    elif first is None:
        said = "undecided: no label has enough items"
    elif verdict == "regression":
        broken = [row for row in known if row["verdict"] == "regression"]
        worst_ones = ", ".join(f"{shown(row['label'])} by {_of(row)}" for row in broken[:_NAMED])
        verb = "falls" if len(broken) == 1 else "fall"
        said = f"{len(broken)} of {len(known)} labels {verb} beyond what is allowed: {worst_ones}"
        said += ", …" if len(broken) > _NAMED else ""
    elif verdict == "undecided":
        open_ones = [row for row in known if row["verdict"] == "undecided"]
        first = open_ones[0]
        bounds = Bounds(first["drop"], first["low"], first["high"], first["asked"])
        needed = bounds.needed(first["limit"])
        more = "" if needed is None else f"; about {needed:,} items of it would tell"
        said = f"undecided on {len(open_ones)} of {len(known)} labels: {shown(first['label'])} "
        said += f"falls by {_of(first)}{more}"
    else:
        said = f"none of {len(known)} labels falls beyond what is allowed"
    small = len(rows) - len(known)
    said += f"; {small} labels with too few items are not judged" if small and known else ""
    nan = float("nan")
    return Check(
        name=f"{metric} by label",
        asked=asked,
        limit=nan if first is None else first["limit"],
        value=nan if first is None else first["drop"],
        low=nan if first is None else first["low"],
        high=nan if first is None else first["high"],
        verdict=verdict,
        sentence=f"{title} by label, {_asked(metric, asked)}: {said}",
        n=len(known),
        needed=needed,
    )


def _asked(metric: str, asked: float) -> str:
    return f"at least {asked:g}" if metric == "jaccard" else f"at most {asked:g} lost"


def _of(row: Row) -> str:
    return f"{row['drop']:.4f} ({row['low']:.4f} to {row['high']:.4f})"
