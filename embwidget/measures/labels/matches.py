"""Where the matches of queries stand, and what they score: equally near ones in every order."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Rows = NDArray[np.intp]
Integers = NDArray[np.signedinteger]


class Matches(NamedTuple):
    """Matching references of a few queries: by query, then the nearest first.

    Attributes
    ----------
    query : (n_matches,) int
        Which query it matches, ascending.
    nearer : (n_matches,) int
        References that are nearer to the query than it.
    matched : (n_matches,) int
        Position of the reference.
    tied, tied_matches : (n_matches,) int
        References that are as near as it, and how many of these match; both count itself. All that
        match and are tied stand here.
    """

    query: Integers
    nearer: Integers
    matched: Integers
    tied: Integers
    tied_matches: Integers


def matches_of(query: Rows, matched: Rows, nearer: Rows, tied: Rows) -> Matches:
    """Matches with the number of those that are tied counted.

    Parameters
    ----------
    query, matched, nearer, tied : (n_matches,) intp
        As in `Matches`.
    """
    if tied.max(initial=1) == 1:
        return Matches(query, nearer, matched, tied, tied)
    starts = np.flatnonzero((np.diff(query, prepend=-1) != 0) | (np.diff(nearer, prepend=-1) != 0))
    counts = np.diff(starts, append=len(query))
    return Matches(query, nearer, matched, tied, np.repeat(counts, counts))


def scores(found: Matches, k: int, n_relevant: NDArray[np.int64]) -> tuple[Float64, Float64]:
    """Metrics of queries with R > 0, and what each match adds to those that are sums.

    Parameters
    ----------
    found : Matches
        All with fewer than k nearer references, and others that are tied with these.
    k : int
        Number of nearest references that count.
    n_relevant : (n_queries,) int64
        R of each query.

    Returns
    -------
    (n_metrics, n_queries) and (n_sums, n_matches) float64

    Notes
    -----
    References that are equally near have no order. Each metric is then its mean over all orders of
    these: of t of them behind s nearer ones and c matches, m match. At rank s + i there is a
    match in m / t of the orders, in which i - 1 of the others stand before it, (m - 1) / (t - 1) of
    them matches.
    """
    query, nearer, _, tied, tied_matches = found
    n_queries = len(n_relevant)
    before = np.searchsorted(query, np.arange(n_queries + 1))
    nth = np.arange(1, len(query) + 1) - before[query]
    depth = np.minimum(n_relevant, k)
    within = nearer < depth[query]
    precision = nth / (nearer + 1)
    parts = np.stack([precision, precision * within, within])
    several = np.flatnonzero(tied > 1)
    if len(several):
        depths = np.stack([np.full(len(several), k), depth[query[several]]])
        parts[:, several] = _tied_parts(found, several, nth[several], depths)
    wholes = np.stack([n_relevant, n_relevant, depth])
    # Divided after they are added, so that what is perfect is exactly 1.
    sums = np.stack([np.bincount(query, part, n_queries) for part in parts]) / wholes
    asked = np.flatnonzero(np.diff(before))
    first = before[asked]
    reciprocal, at_first = np.zeros((2, n_queries))
    reciprocal[asked] = 1 / (nearer[first] + 1.0)
    at_first[asked] = np.where(nearer[first] == 0, tied_matches[first] / tied[first], 0.0)
    drawn = np.flatnonzero(tied[first] > 1)
    if len(drawn):
        some = first[drawn]
        reciprocal[asked[drawn]] = _tied_reciprocal(
            np.stack([nearer[some], tied[some], tied_matches[some]]), k
        )
    return np.stack([sums[0], sums[1], reciprocal, at_first, sums[2]]), parts / wholes[:, query]


def _tied_parts(found: Matches, several: Rows, nth: Rows, depths: Rows) -> Float64:
    """What tied matches add to the three sums, each its share of what its group adds.

    Parameters
    ----------
    several, nth : (m,) intp
        Which matches they are, and each one's number among those of its query.
    depths : (2, m) intp
        Ranks that count for average precision, and for the two that go down to R.

    Returns
    -------
    (n_sums, m) float64
    """
    nearer, tied, of_these = (
        np.asarray(numbers[several], np.int64)
        for numbers in (found.nearer, found.tied, found.tied_matches)
    )
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1.0, (nearer + tied).max() + 1))])
    # The group's first match: those of a group follow each other.
    new = np.diff(found.query[several], prepend=-1) != 0
    new |= np.diff(nearer, prepend=-1) != 0
    start = np.flatnonzero(new)
    matches_before = np.repeat(nth[start] - 1, np.diff(start, append=len(several)))
    counted = np.clip(depths - nearer, 0, tied)
    spread = harmonic[nearer + counted] - harmonic[nearer]
    share = (of_these - 1) / np.maximum(tied - 1, 1)
    # Sums over the ranks s + i: of 1 / (s + i), and of (i - 1) / (s + i).
    added = (matches_before + 1) * spread + share * (counted - (nearer + 1) * spread)
    parts: Float64 = np.concatenate([added, counted[1:]]) / tied
    return parts


def _tied_reciprocal(groups: NDArray[np.int64], k: int) -> Float64:
    """Mean of 1 / the first match's rank, (m,) float64, where it is among tied ones.

    ``groups`` (3, m) int64 are how many are nearer, tied and tied matches.
    """
    distinct, of_query = np.unique(groups, axis=1, return_inverse=True)
    out: Float64 = np.empty(distinct.shape[1])
    for column, (nearer, tied, matching) in enumerate(distinct.T.tolist()):
        i = np.arange(1, min(tied - matching + 1, k - nearer) + 1)
        left = tied - i + 1.0
        missed = np.concatenate([[1.0], np.cumprod((left - matching) / left)[:-1]])
        out[column] = (missed * matching / left / (nearer + i)).sum()
    reciprocal: Float64 = out[of_query.reshape(-1)]
    return reciprocal
