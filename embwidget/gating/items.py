"""The items that lose most."""

from typing import Any

import numpy as np

from embwidget.gating.evidence import Evidence
from embwidget.measures.labels.quality import paired_scores


def item_rows(evidence: Evidence, metric: str | None, most: int) -> list[dict[str, Any]]:
    """Rows of the items that lose most: by a metric where one is asked for, then by coincidence.

    Parameters
    ----------
    evidence : Evidence
    metric : str or None
    most : int
        Rows; items that lose nothing have none.
    """
    found = evidence.found
    coincidence, noise = evidence.coincidence()[1:]
    drops = np.full(len(coincidence), np.nan)
    if metric is not None:
        first, second = evidence.label_scores(noise=False)
        differences, _, _ = paired_scores(metric, first, second)
        drops[first.items[first.retrieval.queries]] = -differences
    lost = noise - coincidence
    falls = np.nan_to_num(drops)
    by_id = np.empty(len(lost), np.intp)
    by_id[np.argsort(found.a.ids, kind="stable")] = np.arange(len(lost))
    order = np.lexsort((by_id, -lost, -falls))
    chosen = order[((falls > 0) | (lost > 0))[order]][:most]
    labels = None if found.label is None else found.labels().one_each()
    ids = found.a.ids[chosen].tolist()
    return [
        {
            "id": key,
            "label": None if labels is None else labels[row],
            "jaccard": float(coincidence[row]),
            "noise": None if evidence.noise is None else float(noise[row]),
            "drop": None if np.isnan(drops[row]) else float(drops[row]) + 0.0,
        }
        for key, row in zip(ids, chosen.tolist(), strict=True)
    ]
