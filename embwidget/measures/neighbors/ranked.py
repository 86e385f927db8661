"""Measures of two ranked lists of neighbours: what they share, and at which ranks."""

from collections.abc import Callable

import numpy as np

from embwidget.measures.measure import (
    ROTATION_AND_SCALE,
    Family,
    Float64,
    Measure,
    Order,
    Outcome,
    Request,
    Sides,
)
from embwidget.measures.neighbors.expected import expected_jaccard, expected_overlap
from embwidget.measures.neighbors.shared_ranks import SharedRankFinder, SharedRanks

# Weight of each further rank in the rank-biased overlap.
PERSISTENCE = 0.9


def _sums(shared: SharedRanks, n_samples: int, each: Float64) -> Float64:
    """Sum of what each shared neighbour counts, (n_samples,)."""
    return np.asarray(np.bincount(shared.rows, each, minlength=n_samples), np.float64)


def _counts(shared: SharedRanks, n_samples: int) -> Float64:
    return np.bincount(shared.rows, minlength=n_samples).astype(np.float64)


def _jaccard(shared: SharedRanks, n_samples: int, k: int) -> Float64:
    counts = _counts(shared, n_samples)
    return counts / (2 * k - counts)


def _overlap(shared: SharedRanks, n_samples: int, k: int) -> Float64:
    return _counts(shared, n_samples) / k


def _by_depth(shared: SharedRanks, n_samples: int, at_depth: Float64) -> Float64:
    """Sum over the depths d = 1..k of ``at_depth[d - 1]`` times what is shared at that depth.

    ``at_depth`` is (k,) float64, the sum (n_samples,).
    """
    # A neighbour at ranks r and s (from 0) is shared at every depth from max(r, s) + 1 on.
    weights = np.cumsum(at_depth[::-1])[::-1]
    last = np.maximum(shared.ranks_a, shared.ranks_b)
    return _sums(shared, n_samples, weights[last])


def _rbo(shared: SharedRanks, n_samples: int, k: int) -> Float64:
    depths = np.arange(1, k + 1)
    at_depth = (1 - PERSISTENCE) * PERSISTENCE ** (depths - 1) / depths
    # Beyond the lists, they are taken to agree as they do at depth k.
    at_depth[-1] += PERSISTENCE**k / k
    return _by_depth(shared, n_samples, at_depth)


def _average_overlap(shared: SharedRanks, n_samples: int, k: int) -> Float64:
    return _by_depth(shared, n_samples, 1 / (k * np.arange(1, k + 1)))


def _rank_similarity(shared: SharedRanks, n_samples: int, k: int) -> Float64:
    """How alike the ranks of the shared neighbours are, (n_samples,) float64."""
    rank_a, rank_b = shared.ranks_a + 1, shared.ranks_b + 1
    each = 2 / ((1 + np.abs(rank_a - rank_b)) * (rank_a + rank_b))
    total = _sums(shared, n_samples, each)
    harmonic = np.concatenate([[1.0], np.cumsum(1 / np.arange(1, k + 1))])
    similarity: Float64 = total / harmonic[_counts(shared, n_samples).astype(np.intp)]
    return similarity


_VALUES: dict[str, Callable[[SharedRanks, int, int], Float64]] = {
    "jaccard": _jaccard,
    "overlap": _overlap,
    "mutual_knn": _overlap,
    "rbo": _rbo,
    "average_overlap": _average_overlap,
    "rank_similarity": _rank_similarity,
}
_EXACT_CHANCE = {
    "jaccard": expected_jaccard,
    "overlap": expected_overlap,
    "mutual_knn": expected_overlap,
}
_NOTES = {"overlap": "equals mutual_knn", "mutual_knn": "equals overlap"}


def ranked_items(sides: Sides, name: str, k: int) -> Float64:
    """Values of one of these measures for each item, (n_samples,), in [0, 1]."""
    shared = SharedRankFinder(sides.indices_a[:, :k], sides.indices_b[:, :k]).find()
    return _VALUES[name](shared, sides.n_samples, k)


def ranked_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    """Compute all of them from the neighbours that both lists have."""
    sides, n, k = request.sides, request.sides.n_samples, request.k
    request.progress("comparing lists of neighbours", 0.0)
    finder = SharedRankFinder(sides.indices_a[:, :k], sides.indices_b[:, :k])

    def means(order: Order) -> Float64:
        shared = finder.find(order)
        return np.array([_VALUES[name](shared, n, k).mean() for name in names])

    permuted = request.permuted(n, "comparing lists of neighbours", means)
    shared = finder.find()
    outcomes = {}
    for column, name in enumerate(names):
        items = _VALUES[name](shared, n, k)
        outcomes[name] = Outcome(
            float(items.mean()),
            n,
            permuted=permuted[:, column] if len(permuted) else np.empty(0),
            items=items,
            chance=_EXACT_CHANCE[name](n, k) if name in _EXACT_CHANCE else None,
            note=_NOTES.get(name, ""),
        )
    return outcomes


def _ranked(name: str, title: str, source: str) -> Measure:
    return Measure(
        name=name,
        title=title,
        cost="n k",
        source=source,
        # More when the neighbours are euclidean: those do not change under a translation either.
        invariances=ROTATION_AND_SCALE,
        needs_graph=True,
        per_item=True,
    )


FAMILY = Family(
    (
        _ranked(
            "jaccard",
            "Jaccard index of the neighbours",
            "Boggust, Carter and Satyanarayan 2022, Embedding Comparator: shared / (2 k - shared)",
        ),
        _ranked(
            "overlap", "Share of the neighbours", "shared / k; what mutual_knn is, by another name"
        ),
        _ranked(
            "mutual_knn",
            "Mutual nearest neighbours",
            "Huh et al. 2024, The Platonic Representation Hypothesis: shared / k, as overlap",
        ),
        _ranked(
            "rbo",
            "Rank-biased overlap, p = 0.9",
            "Webber, Moffat and Zobel 2010, equation 32: extrapolated from depth k",
        ),
        _ranked(
            "average_overlap",
            "Average overlap",
            "Fagin, Kumar and Sivakumar 2003: mean of the overlaps at depths 1 to k",
        ),
        _ranked(
            "rank_similarity",
            "Rank similarity of the shared neighbours",
            "Wang et al. 2022, Towards Understanding the Instability of Network Embedding",
        ),
    ),
    ranked_outcomes,
    0.02,
    ranked_items,
)
