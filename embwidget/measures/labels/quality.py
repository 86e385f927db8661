"""Which of two spaces is better by label, and for which labels: tables and a verdict."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names
from embwidget._core.estimate import Z95
from embwidget.measures.labels.kmeans import MOST_ITEMS
from embwidget.measures.labels.retrieval import METRICS
from embwidget.measures.labels.scores import (
    LabelScores,
    mean_of,
    mean_over_labels,
    n_known,
    per_label,
)

if TYPE_CHECKING:
    import pandas as pd

VERDICT_METRIC = "mean_average_precision_at_r"

# Share of the labels called better or worse that may be so by chance alone.
_FALSE_DISCOVERIES = 0.05


def overall_table(a: LabelScores, b: LabelScores) -> "pd.DataFrame":
    """One row for each metric and space, with the paired difference b - a on both.

    Returns
    -------
    DataFrame
        ``metric, space`` ("a" or "b"), ``value, standard_error, low, high`` (95 % interval, see
        `Retrieval.influence`; for AMI and NMI the range over the seeds of k-means, which for the
        difference is widened by what chance gives), ``chance``
        (exact, for references in random order), ``n`` queries, ``difference, difference_low,
        difference_high`` (paired by query), ``better``: "A", "B", or "" where the interval of the
        difference holds 0 (for NMI also where AMI, which has no such chance, does not agree).
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    by_ami = ""
    for name in METRICS:
        difference = mean_of(*paired_scores(name, a, b))
        ends = difference.value, difference.low, difference.high
        for side, scores in (("a", a), ("b", b)):
            retrieval = scores.retrieval
            values, weights = retrieval.values[name], retrieval.weights
            mean = mean_of(values, weights, retrieval.influence(name))
            chance = mean_of(retrieval.chance[name], weights).value
            four = mean.value, mean.standard_error, mean.low, mean.high
            rows.append(_row(name, side, four, chance, n_known(values)))
            rows[-1] |= _differing(*ends)
    for name in a.clusters:
        mine, theirs = a.clusters[name], b.clusters[name]
        middle = float(theirs.mean() - mine.mean())
        # The runs of the two spaces have nothing in common, so that every pair counts. Those of a
        # space may agree on a score that is there by chance.
        room = _chance_room(a)
        low, high = theirs.min() - mine.max() - room, theirs.max() - mine.min() + room
        ends = middle, float(low), float(high)
        differing = _differing(*ends)
        # NMI is above 0 by chance, more so with more clusters: AMI has to show it, too.
        if name == "AMI":
            by_ami = differing["better"]
        elif by_ami != differing["better"]:
            differing["better"] = ""
        for side, values in (("a", mine), ("b", theirs)):
            chance = 0.0 if name == "AMI" else np.nan
            four = values.mean(), np.nan, values.min(), values.max()
            rows.append(_row(name, side, four, chance, min(len(a.items), MOST_ITEMS)) | differing)
    return pd.DataFrame(rows)


def _chance_room(scores: LabelScores) -> float:
    """How far AMI and NMI of two spaces differ by chance, with a probability of 95 %.

    Of independent labels and clusters, 2 n times the mutual information follows the chi-square law
    of (c - 1)^2 degrees of freedom, whose variance is twice these.
    """
    n = min(len(scores.items), MOST_ITEMS)
    share = np.bincount(scores.labels.classes) / len(scores.items)
    share = share[share > 0]
    entropy = -(share * np.log(share)).sum()
    if not entropy:
        return 0.0
    spread = (len(share) - 1) / (np.sqrt(2) * n * entropy)
    return float(Z95 * np.sqrt(2) * spread)


def label_table(a: LabelScores, b: LabelScores) -> "pd.DataFrame":
    """One row for each label and metric, the largest differences of a metric first.

    Returns
    -------
    DataFrame
        ``metric, label, n`` (items with the label), ``asked`` (queries), ``a, b, difference``
        (b - a), ``low, high`` (95 %, paired t), ``p_value``, ``better``: "A" or "B" where a
        difference is shown, else "".

    Notes
    -----
    Items of a label are each other's references, so that their values hang together: a test that
    takes them as independent finds a difference between equally good spaces in up to a third of the
    labels instead of a twentieth. So the error counts each item both as query and as reference
    (`Retrieval.influence`). The p-value is that of the paired t test, but never below 2^(1 - m) for
    m queries that differ at all: by signs alone no fewer can show more. Of all labels of a metric
    those count as better that the procedure of Benjamini and Hochberg (1995) keeps at a false
    discovery rate of 5 %.
    """
    import pandas as pd
    from scipy.special import stdtr, stdtrit

    labels = a.labels
    n_items = np.bincount(labels.codes, minlength=len(labels.names))
    tables = []
    for name in METRICS:
        paired, _, influence = paired_scores(name, a, b)
        both = per_label(paired, influence, a.retrieval, labels)
        difference, error, n = both["mean"], both["standard_error"], both["n"]
        with np.errstate(invalid="ignore", divide="ignore"):
            freedom = np.maximum(n - 1, 1)
            p_value = 2 * stdtr(freedom, -np.abs(difference) / error)
            half = stdtrit(freedom, 0.975) * error
        p_value = np.where(difference == 0, 1.0, np.nan_to_num(p_value, nan=0.0))
        p_value = np.maximum(p_value, np.minimum(1.0, 2.0 ** (1 - both["n_nonzero"])))
        p_value[n < 2] = np.nan
        shown = _discoveries(p_value)
        table = pd.DataFrame(
            {
                "metric": name,
                "label": pd.Series(labels.names, dtype=object),
                "n": n_items,
                "asked": n,
                "a": mean_over_labels(a.retrieval.values[name], a.retrieval, labels)[0],
                "b": mean_over_labels(b.retrieval.values[name], b.retrieval, labels)[0],
                "difference": difference,
                "low": difference - half,
                "high": difference + half,
                "p_value": p_value,
                "better": np.where(shown, np.where(difference > 0, "B", "A"), ""),
            }
        )
        order = np.argsort(-np.abs(np.nan_to_num(difference)), kind="stable")
        tables.append(table.iloc[order])
    return pd.concat(tables, ignore_index=True)


def label_verdict(table: "pd.DataFrame", metric: str = VERDICT_METRIC) -> str:
    """Sentence that counts the labels of a `label_table` for which a space is shown to be better.

    "B is better on 31 of 200 labels, A on 12, no difference shown on 157": the space with more
    labels comes first.
    """
    lead, rest = labels_won(table, metric)
    return f"{lead}, no difference shown on {rest:,}" if rest else lead


def labels_won(table: "pd.DataFrame", metric: str = VERDICT_METRIC) -> tuple[str, int]:
    """First half of `label_verdict`, and the labels that it leaves out.

    "A is better on 27 of 40 labels, B on none", 13.
    """
    if metric not in METRICS:
        msg = f"metric={metric!r}: {near_names(metric, METRICS)}"
        raise ValueError(msg)
    better = table.loc[table["metric"] == metric, "better"]
    counts = {side: int((better == side).sum()) for side in "AB"}
    n = len(better)
    noun = "label" if n == 1 else "labels"
    if not any(counts.values()):
        return f"no difference shown on any of {n:,} {noun}", 0
    first, second = sorted("AB", key=lambda side: -counts[side])
    others = f"{counts[second]:,}" if counts[second] else "none"
    lead = f"{first} is better on {counts[first]:,} of {n:,} {noun}, {second} on {others}"
    return lead, n - sum(counts.values())


def paired_scores(
    name: str, a: LabelScores, b: LabelScores
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Differences b - a by query, the queries' weights, and what each item adds to the mean.

    Parameters
    ----------
    name : str
        One of `METRICS`.
    a, b : LabelScores
        Of the same items, asked about the same ones.

    Returns
    -------
    differences, weights, influence : (n_queries,) float64
        See `Retrieval.influence`.
    """
    first, second = a.retrieval, b.retrieval
    values = second.values[name] - first.values[name]
    return values, first.weights, second.influence(name) - first.influence(name)


def _row(
    metric: str, side: str, four: tuple[float, float, float, float], chance: float, n: int
) -> dict[str, Any]:
    names = ("value", "standard_error", "low", "high")
    numbers = dict(zip(names, map(float, four), strict=True))
    return {"metric": metric, "space": side} | numbers | {"chance": chance, "n": n}


def _differing(difference: float, low: float, high: float) -> dict[str, Any]:
    better = "B" if low > 0 else "A" if high < 0 else ""
    return {
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
        "better": better,
    }


def _discoveries(p_values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Those that Benjamini and Hochberg's procedure keeps, nan never: (n_labels,) bool."""
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    limits = _FALSE_DISCOVERIES * np.arange(1, len(order) + 1) / max(1, len(order))
    passed = np.flatnonzero(p_values[order] <= limits)
    found = np.zeros(len(p_values), bool)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found
