"""The metrics by label the slow plain way: one query at a time, as the definitions read."""

import numpy as np
from sklearn.metrics import pairwise_distances


def ranked(x, references, metric, same):
    """References in order of distance for each query, ties by position; no query for itself."""
    distances = pairwise_distances(x.astype(np.float64), references.astype(np.float64), metric)
    distances = np.round(distances, 9)
    rows = []
    for i, line in enumerate(distances):
        order = np.argsort(line, kind="stable")
        rows.append(order[order != i] if same else order)
    return rows


def plain_scores(orders, matches, k):
    """Five metrics of each query, nan where nothing matches it.

    `matches(i, j)` says whether reference j matches query i; `k` is a number.
    """
    out = {
        name: np.full(len(orders), np.nan)
        for name in (
            "mean_average_precision",
            "mean_average_precision_at_r",
            "mean_reciprocal_rank",
            "precision_at_1",
            "r_precision",
        )
    }
    for i, order in enumerate(orders):
        relevant = [bool(matches(i, j)) for j in order]
        r = sum(relevant)
        if r == 0:
            continue
        relevant = relevant[:k]
        precisions = [sum(relevant[: j + 1]) / (j + 1) for j in range(len(relevant))]
        depth = min(r, k)
        hits = [j for j, hit in enumerate(relevant) if hit]
        out["mean_average_precision"][i] = sum(precisions[j] for j in hits) / r
        out["mean_average_precision_at_r"][i] = sum(precisions[j] for j in hits if j < depth) / r
        out["mean_reciprocal_rank"][i] = 1 / (hits[0] + 1) if hits else 0.0
        out["precision_at_1"][i] = relevant[0]
        out["r_precision"][i] = sum(relevant[:depth]) / depth
    return out
