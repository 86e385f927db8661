"""What was found, in three sentences: which space is better, where they differ, how sure that is.

Plain text: whoever shows it elsewhere escapes it there.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.estimate import Estimate
from embwidget._core.unicode import readable
from embwidget.joining import JoinReport
from embwidget.knn import KNNGraph
from embwidget.measures.labels.lead import Lead

_MOST_CHARS = 60
# They differ most in the items of the lowest counts, which are at least so many of all.
_LEAST_SHARE = 0.05
# A share of lists below this reads as 0 %.
_SOME = 0.005


@dataclass(frozen=True)
class Agreement:
    """How many neighbours are the same, at one k.

    Attributes
    ----------
    k : int
    mean : Estimate
        Neighbours that an item has in both spaces, on average.
    histogram : (k + 1,) int64
        Items with 0, 1, ..., k of them.
    exact : bool
        Whether both graphs are.
    recalls : tuple of float
        Sampled recall of those that are not.
    cut : float
        Share of the lists that are cut through items that are equally near.
    """

    k: int
    mean: Estimate
    histogram: NDArray[np.int64]
    exact: bool
    recalls: tuple[float, ...]
    cut: float


@dataclass(frozen=True)
class Finding:
    """What is known of a comparison, and why the rest is not.

    Attributes
    ----------
    names : (str, str)
        What the spaces are called.
    n_items : int
    join_report : JoinReport
    agreement : Agreement or str
    verdict : str
        Of `Comparison.verdict`; "" = not known.
    z : float or None
        Standard deviations above chance.
    no_verdict : str
        Why there is no verdict.
    label : str
        What holds the labels; "" = there are none.
    n_labelled : int
        Items with a label.
    lead : Lead or str or None
        None = no two items share a label.

    Notes
    -----
    A text in place of something says why it is not known.
    """

    names: tuple[str, str]
    n_items: int
    join_report: JoinReport
    agreement: Agreement | str
    verdict: str
    z: float | None
    no_verdict: str
    label: str
    n_labelled: int
    lead: Lead | str | None


def agreement_of(
    k: int,
    mean: Estimate,
    shared: NDArray[np.int64],
    graphs: tuple[KNNGraph, KNNGraph],
    cut: Iterable[NDArray[np.bool_]],
) -> Agreement:
    """How many neighbours are the same.

    Parameters
    ----------
    k : int
    mean : Estimate
    shared : (n_samples,) int64
        Neighbours of each item that are the same.
    graphs : pair of KNNGraph
    cut : pair of (n_samples,) bool
        Whether each list ends among items that are equally near.
    """
    return Agreement(
        k=k,
        mean=mean,
        histogram=np.bincount(shared, minlength=k + 1),
        exact=all(graph.exact for graph in graphs),
        recalls=tuple(float(graph.recall) for graph in graphs if graph.recall is not None),
        cut=max(float(lists.mean()) for lists in cut),
    )


def three_sentences(found: Finding) -> str:
    """Which space is better; where they differ; how sure that is and what was sampled."""
    parts = (_better(found), _where(found), _how_sure(found))
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts)


def same_words(mean: float, k: int) -> str:
    """How many neighbours are the same: "about 4.3 of 10 neighbours are the same"."""
    if k == 1:
        return f"the nearest neighbour is the same for {percent(mean)} of the items"
    if mean in (0, k):
        return f"{'all' if mean else 'none'} of the {k} neighbours are the same"
    if mean < 0.05:
        return f"fewer than 0.1 of {k} neighbours are the same"
    if mean > k - 0.05:
        return f"more than {k - 0.1:.1f} of {k} neighbours are the same"
    return f"about {mean:.1f} of {k} neighbours are the same"


def percent(share: float) -> str:
    """A share in [0, 1] as "12 %"; what is little but not nothing is "less than 1 %"."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return "more than 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def _better(found: Finding) -> str:
    a, b = _called(found)
    lead = found.lead
    if not found.label:
        words = f"without labels neither {a} nor {b} can be called better (label= takes them)"
        if isinstance(found.agreement, str):
            return f"{words}, and what coincides is not known: {found.agreement}"
        return f"{words}; what coincides: {_same(found.agreement)}"
    by = f"by the labels of {shown(found.label)}"
    if lead is None:
        return f"neither {a} nor {b} can be called better {by}: no two items share a label"
    if isinstance(lead, str):
        return f"whether {a} or {b} is better {by} is not known: {lead}"
    figures = f"MAP@R is {lead.a:.3f} in A and {lead.b:.3f} in B"
    if math.isfinite(lead.low) and math.isfinite(lead.high):
        figures += f" (B less A, 95 %: {lead.low:+.3f} to {lead.high:+.3f})"
    if not lead.better:
        return f"between {a} and {b} there is no difference shown {by}: {figures}; {lead.labels}"
    better = b if lead.better == "B" else a
    return f"{better} is better {by}: {figures}; {lead.labels}"


def _where(found: Finding) -> str:
    if isinstance(found.agreement, str):
        return f"where they differ is not known: {found.agreement}"
    in_lists = _where_in_lists(found.agreement)
    if not isinstance(found.lead, Lead):
        return in_lists if not found.label else f"{in_lists}; {_same(found.agreement)}"
    if not found.lead.most:
        labels = "no single label shows a difference"
    else:
        named = [
            f"{shown(label)} ({'B' if difference > 0 else 'A'} {points(difference)})"
            for label, difference in found.lead.most
        ]
        labels = f"of the labels they differ most on {', '.join(named)}"
    return f"{labels}; {_same(found.agreement)}, and {in_lists}"


def _where_in_lists(agreement: Agreement) -> str:
    k, counts = agreement.k, agreement.histogram
    if counts[k] == counts.sum():
        return f"they differ in no list of the {k} nearest neighbours"
    below = np.cumsum(counts) / counts.sum()
    most = int(np.argmax(below >= _LEAST_SHARE))
    few = "none" if most == 0 else f"at most {most}"
    return (
        f"they differ most in the {percent(below[most])} of the items that have {few} of their "
        f"{k} neighbours in both, while {percent(counts[k] / counts.sum())} have all"
    )


def _how_sure(found: Finding) -> str:
    agreement = found.agreement
    if isinstance(agreement, str):
        return f"how sure that is can be said when the neighbours are known: {agreement}"
    k, mean = agreement.k, agreement.mean
    figures = f"chance gives {mean.chance:.2g} of {k}"
    if math.isfinite(mean.low):
        ends = f"{max(0.0, mean.low):.2f} to {min(k, mean.high):.2f}"
        figures = f"{ends} of {k} are the same (95 %) where {figures}"
    said = [
        f"{_verdict_words(found)}: {figures}",
        f"compared were {found.n_items:,} items by {_neighbors_words(agreement)}",
    ]
    if isinstance(found.lead, Lead) and found.lead.asked < found.n_labelled:
        said.append(
            f"the labels were asked of a sample, {found.lead.asked:,} of {found.n_labelled:,}"
        )
    if agreement.cut >= _SOME:
        said.append(f"{percent(agreement.cut)} of the lists are cut through items equally near")
    left_out = _left_out(found.join_report)
    return "; ".join([*said, left_out] if left_out else said)


def _verdict_words(found: Finding) -> str:
    verdict, z = found.verdict, found.z
    if not verdict:
        return f"whether the agreement is more than chance is not known ({found.no_verdict})"
    if verdict.startswith("cannot be told"):
        return f"whether the agreement is more than chance {verdict}"
    how = "" if z is None or not math.isfinite(z) else f" (z = {z:,.{int(abs(z) < 10)}f})"
    return (
        f"the spaces have {verdict}{how}"
        if "everywhere" in verdict
        else (f"the agreement is {verdict}{how}")
    )


def _neighbors_words(agreement: Agreement) -> str:
    if agreement.exact:
        return "their exact neighbours"
    recalls = " and ".join(f"{recall:.3f}" for recall in agreement.recalls)
    return "approximate neighbours" + (f" (sampled recall {recalls})" if recalls else "")


def _left_out(report: JoinReport) -> str:
    counts = {
        "only in A": report.only_a,
        "only in B": report.only_b,
        "without a vector in A": report.dropped_a,
        "without a vector in B": report.dropped_b,
    }
    parts = [f"{n:,} {where}" for where, n in counts.items() if n]
    return f"left out were {', '.join(parts)}" if parts else ""


def _same(agreement: Agreement) -> str:
    return same_words(agreement.mean.value, agreement.k)


def points(difference: float) -> str:
    """The size of a difference in [-1, 1] in points of a hundred: "+12", "+2.2", "+0.04"."""
    size = 100 * abs(difference)
    if size >= 0.1:
        return f"+{size:.{0 if size >= 9.95 else 1}f}"
    return f"+{size:.1g}"


def _called(found: Finding) -> tuple[str, str]:
    a, b = (
        side if name == side else f"{side} ({_plain(name)})"
        for side, name in zip("AB", found.names, strict=True)
    )
    return a, b


def _plain(text: Any) -> str:
    words = readable(" ".join(str(text).split()))
    return words if len(words) <= _MOST_CHARS else f"{words[: _MOST_CHARS - 1]}…"
