"""The metrics by label the slow plain way: one query at a time, as the definitions read."""

from math import comb

import numpy as np
from sklearn.metrics import pairwise_distances


def ranked(x, references, metric, same):
    """Groups of references in order of distance for each query; no query for itself."""
    distances = pairwise_distances(x.astype(np.float64), references.astype(np.float64), metric)
    distances = np.round(distances, 9)
    rows = []
    for i, line in enumerate(distances):
        others = np.delete(np.arange(len(line)), i) if same else np.arange(len(line))
        _, group = np.unique(line[others], return_inverse=True)
        rows.append([others[group == which].tolist() for which in range(group.max() + 1)])
    return rows


def plain_scores(orders, matches, k):
    """Five metrics of each query, nan where nothing matches it; the mean over orders of equals.

    `matches(i, j)` says whether reference j matches query i; `k` is a number. A group of equals may
    be given as one reference.
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
        groups = [group if isinstance(group, list) else [group] for group in order]
        sizes = [len(group) for group in groups]
        hits = [sum(bool(matches(i, j)) for j in group) for group in groups]
        r = sum(hits)
        if r == 0:
            continue
        place = [g for g, size in enumerate(sizes) for _ in range(size)][:k]
        share = np.array([hits[g] / sizes[g] for g in place])
        # Chance that a place holds a match, and that two of a group do; groups are independent.
        pair = np.array(
            [hits[g] * (hits[g] - 1) / max(1, sizes[g] * (sizes[g] - 1)) for g in place]
        )
        group = np.array(place)
        if max(sizes) == 1:
            expected = share * np.cumsum(share) / np.arange(1, len(place) + 1)
        else:
            both = np.where(group[:, None] == group, pair[:, None], share[:, None] * share)
            np.fill_diagonal(both, share)
            expected = np.tril(both).sum(axis=1) / np.arange(1, len(place) + 1)
        depth = min(r, k)
        out["mean_average_precision"][i] = expected.sum() / r
        out["mean_average_precision_at_r"][i] = expected[:depth].sum() / r
        out["precision_at_1"][i] = share[0]
        out["r_precision"][i] = share[:depth].sum() / depth
        out["mean_reciprocal_rank"][i] = _reciprocal(sizes, hits, k)
    return out


def _reciprocal(sizes, hits, k):
    """Mean of 1 / the place of the first match, 0 behind place k."""
    start, size, hit = 0, sizes[0], hits[0]
    for size, hit in zip(sizes, hits, strict=True):
        if hit:
            break
        start += size
    none = [comb(size - i, hit) / comb(size, hit) for i in range(size + 1)]
    return sum((none[i] - none[i + 1]) / (start + i + 1) for i in range(size) if start + i + 1 <= k)
