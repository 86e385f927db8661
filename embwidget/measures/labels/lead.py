"""Which of two spaces is better by label, in the few figures that come first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from embwidget.measures.labels.quality import VERDICT_METRIC, labels_won

if TYPE_CHECKING:
    import pandas as pd

# Labels that are named.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Lead:
    """One metric of both spaces, and whether a difference is shown.

    Attributes
    ----------
    metric : str
    a, b : float
        Of all items with a label.
    difference, low, high : float
        b - a and its 95 % interval.
    better : {"A", "B", ""}
        "" where the interval holds 0.
    labels : str
        "A is better on 27 of 40 labels, B on none".
    most : tuple of (label, difference)
        Labels on which a difference is shown, the largest first; few of them.
    asked : int
        Items that were asked about.
    """

    metric: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    better: Literal["A", "B", ""]
    labels: str
    most: tuple[tuple[Any, float], ...]
    asked: int


def lead_of(overall: "pd.DataFrame", by_label: "pd.DataFrame") -> Lead | None:
    """The lead by mean average precision at R; None when no two items share a label.

    Parameters
    ----------
    overall, by_label : DataFrame
        What `overall_table` and `label_table` give.
    """
    a, b = (
        overall[(overall["metric"] == VERDICT_METRIC) & (overall["space"] == side)].iloc[0]
        for side in "ab"
    )
    if not np.isfinite([a["value"], b["value"]]).all():
        return None
    rows = by_label[(by_label["metric"] == VERDICT_METRIC) & (by_label["better"] != "")]
    named = rows.head(_MOST_NAMED)
    return Lead(
        metric=VERDICT_METRIC,
        a=float(a["value"]),
        b=float(b["value"]),
        difference=float(a["difference"]),
        low=float(a["difference_low"]),
        high=float(a["difference_high"]),
        better=a["better"],
        labels=labels_won(by_label)[0],
        most=tuple(zip(named["label"].tolist(), named["difference"].tolist(), strict=True)),
        asked=int(a["n"]),
    )
