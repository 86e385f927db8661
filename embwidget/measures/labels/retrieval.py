"""How well the nearest items of a space have the label that was asked for.

Definitions are those of pytorch-metric-learning's AccuracyCalculator, and where references are
equally near their mean over all orders: Musgrave et al., "A metric
learning reality check", ECCV 2020, https://arxiv.org/abs/2003.08505.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import whole
from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, resolve, single_threaded_blas
from embwidget.measures.labels.labels import Labels
from embwidget.measures.labels.match_ranks import MatchRanks
from embwidget.measures.labels.matches import Matches, matches_of, scores
from embwidget.measures.labels.matching import matching_of
from embwidget.measures.labels.nearest import Ranked

Float64 = NDArray[np.float64]
Rows = NDArray[np.intp]
Depth = int | str | None
Search = Callable[[Rows, int], Ranked]
RanksOf = Callable[[NDArray[np.int32], int, int, Callable[[float], None]], MatchRanks | None]

METRICS = (
    "mean_average_precision",
    "mean_average_precision_at_r",
    "mean_reciprocal_rank",
    "precision_at_1",
    "r_precision",
)

# Those that are a sum over all matching references.
SUMS = ("mean_average_precision", "mean_average_precision_at_r", "r_precision")

_STEP = "ranking by label"
# Similarities that one thread holds at once: few enough for the cache, enough rows for the BLAS.
_BLOCK_ELEMENTS = 1 << 22
# Of many references so many queries share the reading, which takes longer than the products.
_FEWEST_ROWS = 16


@dataclass(frozen=True, eq=False)
class Retrieval:
    """How each query fared, made by `retrieve`.

    Attributes
    ----------
    queries : (n_queries,) intp
        Positions of the items that were asked, ascending.
    weights : (n_queries,) float64
        How many items each stands for: 1 unless they were sampled.
    n_relevant : (n_queries,) int64
        R, the number of references that match the query, without itself.
    values : dict of str to (n_queries,) float64
        By the names of `METRICS`; NaN where R = 0.
    credits : dict of str to (n_references,) float64
        By the names of `SUMS`: what each reference adds to the values of all queries together.
        References that are not the queries have none.
    k : int
        Number of nearest references that were looked at.
    n_others : int
        Number of references, without the query itself.
    """

    queries: Rows
    weights: Float64
    n_relevant: NDArray[np.int64]
    values: dict[str, Float64]
    credits: dict[str, Float64]
    k: int
    n_others: int

    @cached_property
    def chance(self) -> dict[str, Float64]:
        """What references in random order would give each query on average, exactly.

        By the names of `METRICS`, (n_queries,) float64 each.
        """
        return expected_scores(self.n_relevant, self.n_others, self.k)

    def influence(self, name: str) -> Float64:
        """What each query adds to a metric as query and as reference, (n_queries,) float64.

        Its spread over the queries is that of the mean when all items are drawn anew, to first
        order: a sum over pairs of items varies with both [1]_. The metrics that look at the first
        match alone are no such sums; for them it is the value itself.

        Returns
        -------
        (n_queries,) float64

        References
        ----------
        .. [1] Hoeffding, "A class of statistics with asymptotically normal distribution", 1948.
        """
        values = self.values[name]
        return values + self.credits[name][self.queries] if name in self.credits else values


def retrieve(
    search: Search,
    labels: Labels,
    *,
    ranks_of: RanksOf | None = None,
    reference_labels: Labels | None = None,
    includes_queries: bool = True,
    k: Depth = "max_bin_count",
    max_queries: int | None = None,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> Retrieval:
    """Rank the references for each query and see which of them match.

    With rel_j = 1 where the j-th nearest reference matches the query, and P_j the share of matches
    among the first j::

        precision_at_1               rel_1
        r_precision                  sum of rel_j over j <= min(R, k), / min(R, k)
        mean_average_precision_at_r  sum of rel_j P_j over j <= min(R, k), / R
        mean_average_precision       sum of rel_j P_j over j <= k, / R
        mean_reciprocal_rank         1 / the first j with rel_j = 1; 0 if there is none up to k

    References that are equally near have no order: each metric is its mean over all of their
    orders, see `matches.scores`. So the order of the items changes nothing.

    Parameters
    ----------
    search : callable
        ``search(rows, k)`` returns the k nearest references of the queries at these positions (a
        `Ranked`), no query being its own.
    labels : Labels
        Of the queries, all of which have one.
    ranks_of : callable, optional
        ``ranks_of(classes, k, n_threads, report)`` returns the ranks of the matches of all items
        among themselves, or None where it has no shorter way than lists; see `find_match_ranks`.
    reference_labels : Labels, optional
        Of the references; by default the queries are the references too.
    includes_queries : bool
        Whether the first references are the queries, in that order.
    k : int, "max_bin_count" or None
        How many of the nearest references count. "max_bin_count" is the largest R of any query; it
        gives the same as None, which is all of them, but for mean_average_precision, and for
        mean_reciprocal_rank where no match comes that early.
    max_queries : int, optional
        Ask a sample of about so many, of each label its share but at least a few; None = all.
    n_jobs : int, optional
    random_state : int
        Seed of the sample.
    progress : callable
    """
    references = labels if reference_labels is None else reference_labels
    matching = matching_of(labels, references, own=includes_queries)
    n_others = references.n_items - includes_queries
    depth = check_depth(k, n_others, int(matching.n_relevant.max(initial=0)))
    queries, weights = _sample(labels, max_queries, random_state)
    n_relevant = matching.n_relevant[queries]
    n_threads = resolve(n_jobs)
    out = np.full((len(METRICS), len(queries)), np.nan)
    total = _Total((len(SUMS), references.n_items))
    size = max(_FEWEST_ROWS, _BLOCK_ELEMENTS // references.n_items)
    asked = np.flatnonzero(n_relevant > 0)

    def listed(rows: Rows) -> Matches:
        near = search(rows, depth)
        counted = (near.nearer < depth) & (near.found >= 0)
        query, column = np.nonzero(matching.relevant(rows, near.found) & counted)
        nearer = near.nearer[query, column]
        return matches_of(query, near.found[query, column], nearer, near.tied(query, nearer))

    def do(start: int) -> None:
        some = asked[start : start + size]
        rows = queries[some]
        found = listed(rows) if ranks is None else ranks.of(rows)
        out[:, some], parts = scores(found, depth, n_relevant[some])
        if includes_queries:
            parts *= weights[some][found.query]
            total.add(
                start // size,
                np.stack([np.bincount(found.matched, part, references.n_items) for part in parts]),
            )

    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        told = share
        progress(_STEP, share)

    def report(n_done: int) -> None:
        # After products that were too many to store, the lists take up what is left.
        if ranks is None:
            share = min(1.0, n_done * size / max(1, len(asked)))
            progress(_STEP, told + share * (1 - told))

    # All ranks come from half of the products: that pays when more than half are asked.
    among_themselves = reference_labels is None and not labels.is_multi
    most = among_themselves and 2 * len(asked) > labels.n_items
    with single_threaded_blas():
        ranks = None
        if ranks_of is not None and most:
            ranks = ranks_of(labels.classes, depth, n_threads, tell)
        in_threads(range(0, len(asked), size), lambda: do, n_threads, report)
    progress(_STEP, 1.0)
    values = dict(zip(METRICS, out, strict=True))
    added = dict(zip(SUMS, total.sum, strict=True)) if includes_queries else {}
    return Retrieval(queries, weights, n_relevant, values, added, depth, n_others)


class _Total:
    """Sum of parts that threads find: always added in one order, so that the digits agree."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.sum = np.zeros(shape)
        self._parts: dict[int, Float64] = {}
        self._next = 0
        self._lock = threading.Lock()

    def add(self, which: int, part: Float64) -> None:
        """Add part number `which`, (n_sums, n_references) float64, once all before it are there."""
        with self._lock:
            self._parts[which] = part
            while self._next in self._parts:
                self.sum += self._parts.pop(self._next)
                self._next += 1


def check_depth(k: Depth, n_others: int, largest: int) -> int:
    """Number of nearest references that k stands for; ValueError when it is none."""
    if k is None:
        return n_others
    if isinstance(k, str) and k == "max_bin_count":
        return max(1, largest)
    return whole(k, "k", 1, n_others, why='"max_bin_count" or None')


def expected_scores(n_relevant: NDArray[np.int64], n_others: int, k: int) -> dict[str, Float64]:
    """Mean of each metric over all orders of the references.

    Parameters
    ----------
    n_relevant : (n_queries,) int64
        R of each query.
    n_others, k : int
        Number of references N, and how many of the first count.

    Returns
    -------
    dict of str to (n_queries,) float64
        NaN where R = 0.

    Notes
    -----
    rel_j and the matches before j follow the hypergeometric law: the expected rel_j P_j is
    ``R / N (1 + (j - 1)(R - 1) / (N - 1)) / j``.
    """
    known = n_relevant > 0
    n_others = max(1, n_others)
    relevant = np.where(known, n_relevant, 1).astype(np.float64)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1.0, k + 1))])
    depth = np.minimum(relevant, k).astype(np.intp)
    share = (relevant - 1) / max(1, n_others - 1)

    def average_precision(depth: NDArray[np.intp] | int) -> Float64:
        mean: Float64 = (harmonic[depth] + share * (depth - harmonic[depth])) / n_others
        return mean

    found = {
        "mean_average_precision": average_precision(k),
        "mean_average_precision_at_r": average_precision(depth),
        "mean_reciprocal_rank": _expected_reciprocal_rank(relevant, n_others, k),
        "precision_at_1": relevant / n_others,
        "r_precision": relevant / n_others,
    }
    return {name: np.where(known, values, np.nan) for name, values in found.items()}


def _expected_reciprocal_rank(relevant: Float64, n_others: int, k: int) -> Float64:
    """Mean over all orders, (n_queries,) float64, for R (n_queries,) float64 of each query."""
    distinct, of_query = np.unique(relevant, return_inverse=True)
    # No match among the first j - 1, whose ranks are taken from N - R others.
    j = np.arange(1.0, k + 1)
    out: Float64 = np.empty(len(distinct))
    for i, some in enumerate(distinct):
        left = n_others - j + 1
        missed = np.concatenate([[1.0], np.cumprod(np.maximum(0, left - some) / left)[:-1]])
        out[i] = (missed * (some / left) / j)[left >= some].sum()
    expected: Float64 = out[of_query]
    return expected


# Of each label at least so many are asked, where it has them.
_FEWEST = 10


def _sample(labels: Labels, most: int | None, random_state: int) -> tuple[Rows, Float64]:
    """Queries (n_queries,) intp, ascending, and how many items each stands for."""
    n = labels.n_items
    if most is None or most >= n:
        return np.arange(n), np.ones(n)
    rng = np.random.default_rng(random_state)
    if labels.is_multi:
        chosen = np.sort(rng.choice(n, most, replace=False))
        return chosen, np.full(most, n / most)
    classes = labels.classes
    order = np.argsort(classes + rng.random(n))
    counts = np.bincount(classes)
    fewest = min(_FEWEST, max(1, most // len(counts)))
    wanted = np.minimum(counts, np.maximum(fewest, np.ceil(counts * most / n))).astype(np.intp)
    nth = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = order[nth < np.repeat(wanted, counts)]
    weights = (counts / np.maximum(wanted, 1))[classes[chosen]]
    ascending = np.argsort(chosen)
    return chosen[ascending], weights[ascending]
