"""Measured numbers as the screen reads them, in JSON; types in ``js/src/wire/model.ts``."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.unicode import readable
from embwidget.session.wire.state import (
    ChanceInfo,
    FaithfulnessInfo,
    MapFaithfulness,
    QualityInfo,
)
from embwidget.session.wire.text import MAX_CATEGORY_CHARS, MISSING_CODE, as_text

if TYPE_CHECKING:
    import pandas as pd

    from embwidget.measures.labels.labels import Labels
    from embwidget.measures.labels.lead import Lead
    from embwidget.measures.maps.faithfulness import Faithfulness
    from embwidget.measures.neighbors.chance import Chance

# The first is the one that the verdict is about unless another is asked for.
SHOWN_METRICS = ("mean_average_precision_at_r", "precision_at_1")

# A row is some 100 bytes, and the page makes 500 of them: the rest is for its filter.
MAX_LABEL_ROWS = 5000
MAX_GROUP_ROWS = 1000

_DIGITS = 5
# Few items stand in very many lists: the colours end where all but one in a hundred lie below.
_SHOWN_PERCENTILE = 99.0


def number(value: Any) -> float | None:
    """Round to what a screen shows; None for what is no number in JSON."""
    return round(float(value), _DIGITS) if math.isfinite(value) else None


def chance_info(chance: "Chance", within: "Chance | None", verdicts: list[str]) -> ChanceInfo:
    """What the permutations gave."""
    return {
        "n_permutations": chance.n_permutations,
        "z": [number(z) for z in chance.z],
        "within": None if within is None else [round(float(mean), _DIGITS) for mean in within.mean],
        "verdicts": verdicts,
    }


def quality_info(lead: "Lead | None") -> QualityInfo | None:
    """Which space is better by the labels; None when no two items share one."""
    if lead is None:
        return None
    return {
        "metric": lead.metric,
        "a": round(lead.a, _DIGITS),
        "b": round(lead.b, _DIGITS),
        "difference": round(lead.difference, _DIGITS),
        "low": number(lead.low),
        "high": number(lead.high),
        "better": lead.better,
        "labels": lead.labels,
    }


def faithfulness_info(a: "Faithfulness", b: "Faithfulness") -> FaithfulnessInfo:
    """How far each of the final maps can be believed."""
    return {"a": _map_info(a), "b": _map_info(b)}


def _map_info(measured: "Faithfulness") -> MapFaithfulness:
    return {
        "kept": number(measured.kept.value),
        "trustworthiness": number(measured.trustworthiness.value),
        "continuity": number(measured.continuity.value),
        "rank_correlation": number(measured.rank_correlation),
        "n_neighbors": measured.n_neighbors,
        "n_items": measured.n_items,
        "sampled": measured.sampled,
    }


def quality_table(
    overall: "pd.DataFrame", by_label: "pd.DataFrame", labels: "Labels", verdicts: dict[str, str]
) -> dict[str, Any]:
    """``QualityTable`` of what `Comparison.quality` gives for all items and for each label."""
    code_of = {name: code for code, name in enumerate(labels.names)}
    metrics = []
    for metric in SHOWN_METRICS:
        rows = by_label[by_label["metric"] == metric]
        both = overall[overall["metric"] == metric].set_index("space")
        first = both.iloc[0]
        ends = first["difference"], first["difference_low"], first["difference_high"]
        values = both["value"]["a"], both["value"]["b"], *ends
        whole = ["all labels", -1, int(first["n"]), *map(number, values), first["better"]]
        columns = ["label", "n", "a", "b", "difference", "low", "high", "better"]
        listed = [
            [
                as_text(label)[:MAX_CATEGORY_CHARS],
                code_of[label],
                int(n),
                *map(_or_zero, figures),
                better,
            ]
            for label, n, *figures, better in rows[columns]
            .head(MAX_LABEL_ROWS)
            .itertuples(index=False)
        ]
        metrics.append(
            {
                "metric": metric,
                "verdict": verdicts[metric],
                "overall": whole,
                "rows": listed,
                "total": len(rows),
            }
        )
    return {"metrics": metrics}


def group_table(
    changes: "pd.DataFrame", groups_a: NDArray[np.int32], groups_b: NDArray[np.int32]
) -> dict[str, Any]:
    """``GroupTable`` of what `Comparison.groups` gives.

    Parameters
    ----------
    changes : DataFrame
    groups_a, groups_b : (n_samples,) int32
        What `Comparison.clusters` gives.
    """
    kept = changes["change"] == "kept"
    changed = changes[~kept]
    rows = [
        {
            "row": at,
            "change": row["change"],
            "name": row["name"],
            "label": "" if row["label"] is None else as_text(row["label"])[:MAX_CATEGORY_CHARS],
            "label_share": _or_zero(row["label_share"]),
            "parts": len(row["parts"]),
            "n_items": int(row["n_items"]),
            "share_changed": number(row["share_changed"]),
            "evidence": number(row["evidence"]),
        }
        for at, row in zip(
            np.flatnonzero(~kept).tolist(),
            changed.head(MAX_GROUP_ROWS).to_dict("records"),
            strict=False,
        )
    ]
    return {
        "rows": rows,
        "total": len(changed),
        "kept": int(kept.sum()),
        # An item that is in either group of two kept pairs would count twice.
        "kept_items": round((kept * changes["n_items"] * (1 - changes["share_changed"])).sum()),
        "n_groups_a": int(groups_a.max(initial=-1)) + 1,
        "n_groups_b": int(groups_b.max(initial=-1)) + 1,
    }


def difference_column(
    name: str, a: NDArray[np.float32], b: NDArray[np.float32], k: int
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """``Column`` of a difference.

    Parameters
    ----------
    name : str
    a, b : (n_samples,) float32
        Of each item, a share of k neighbours.
    k : int

    Returns
    -------
    header : dict
    values : (n_samples,) float32
        b - a.
    """
    values = (b - a).astype("<f4")
    return _header("difference", name, values, -1.0, 1.0, 2 * k), values


def share_column(
    name: str, values: NDArray[np.float32], k: int | None
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """``Column`` of values in 0..1.

    Parameters
    ----------
    name : str
    values : (n_samples,) float32
    k : int or None
        Steps that they lie on; None = anywhere.

    Returns
    -------
    header : dict
    values : (n_samples,) float32
    """
    values = values.astype("<f4")
    return _header("numeric", name, values, 0.0, 1.0, k), values


def count_column(
    name: str, counts: NDArray[np.int64]
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """``Column`` of counts, most of them small.

    Parameters
    ----------
    name : str
    counts : (n_samples,) int64

    Returns
    -------
    header : dict
    values : (n_samples,) float32
    """
    values = counts.astype("<f4")
    high = max(1, math.ceil(np.percentile(counts, _SHOWN_PERCENTILE)))
    return _header("numeric", name, values, 0.0, float(high), high), values


def group_column(
    name: str, groups: NDArray[np.int32], names: Sequence[str]
) -> tuple[dict[str, Any], NDArray[np.uint16]]:
    """``Column`` of the group of each item, (n_samples,) int32, the largest first; -1 is missing.

    The codes that are sent, (n_samples,) uint16, have 65535 for that.
    """
    sizes = np.bincount(groups[groups >= 0], minlength=len(names))
    header = {
        "kind": "category",
        "name": name,
        "categories": distinct(names),
        "counts": sizes.tolist(),
        "missing": int((groups < 0).sum()),
    }
    return header, np.where(groups < 0, MISSING_CODE, groups).astype("<u2")


def distinct(names: Iterable[str]) -> list[str]:
    """Number the names that come again on the screen: "food", "food (2)"."""
    seen: dict[str, int] = {}
    found: dict[str, None] = {}
    for name in map(readable, names):
        seen[name] = seen.get(name, 0) + 1
        new = name if seen[name] == 1 else f"{name} ({seen[name]})"
        while new in found:
            seen[name] += 1
            new = f"{name} ({seen[name]})"
        found[new] = None
    return list(found)


def _header(
    kind: str, name: str, values: NDArray[np.float32], low: float, high: float, steps: int | None
) -> dict[str, Any]:
    """Header of numbers, (n_samples,) float32, from low to high in so many steps."""
    header = {
        "kind": kind,
        "name": name,
        "min": low,
        "max": high,
        "missing": int(np.isnan(values).sum()),
        "above": int((values > high).sum()),
    }
    return header if steps is None else header | {"steps": steps}


def _or_zero(value: Any) -> float:
    return number(value) or 0.0
