"""How far a map can be believed: which neighbours it invents, and which it tears apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import check_n_neighbors, whole
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, silent, span
from embwidget._core.threads import most, resolve
from embwidget._core.vectors import as_vectors
from embwidget.measures.maps.ranks import neighbor_ranks, pair_distances
from embwidget.measures.neighbors.expected import expected_overlap
from embwidget.measures.neighbors.shared import shared_counts
from embwidget.metrics import Metric, metric_of

Float32 = NDArray[np.float32]
Ints = NDArray[np.int32]

# Pairs whose distances are correlated: the error of the correlation is then about .002.
_MOST_PAIRS = 200_000

_STEP = "neighbours on the map"
# Items looked up between two signs of progress.
_BLOCK_ROWS = 1 << 16


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """What a map keeps of the neighbours in the space that it draws.

    Attributes
    ----------
    trustworthiness : Estimate
        With its interval over the items and what a map at random gives, as the next two. Near 1
        when neighbours on the map are neighbours in the space (Venna & Kaski 2001).
    continuity : Estimate
        Near 1 when neighbours in the space are neighbours on the map: the same with roles swapped.
    kept : Estimate
        Mean over all items of `trust`.
    rank_correlation : float
        Spearman's correlation of the distances of pairs, -1 to 1: whether what is far apart on the
        map is far apart in the space. NaN when all distances on one side are equal.
    n_neighbors : int
        k of the figures.
    n_items : int
        Items that trustworthiness and continuity are means of.
    sampled : bool
        Whether those are a sample.
    trust : (n_samples,) float32
        Share of the item's k nearest neighbours that are among the k nearest on the map.
    false_neighbors : (n_samples,) float32
        Share of the k nearest on the map that are not near in the space: not among the neighbours
        given.
    missing_neighbors : (n_samples,) float32
        Share of the k nearest in the space that are not among as many on the map.
    """

    trustworthiness: Estimate
    continuity: Estimate
    kept: Estimate
    rank_correlation: float
    n_neighbors: int
    n_items: int
    sampled: bool
    trust: Float32
    false_neighbors: Float32
    missing_neighbors: Float32

    def __repr__(self) -> str:
        return (
            f"Faithfulness(trustworthiness {self.trustworthiness.value:.3f}, "
            f"continuity {self.continuity.value:.3f}, kept {self.kept.value:.3f}, "
            f"rank correlation {self.rank_correlation:.3f}, k={self.n_neighbors}, "
            f"{self.n_items} items{' sampled' if self.sampled else ''})"
        )


def map_faithfulness(
    indices: Ints,
    positions: Any,
    *,
    vectors: Float32,
    metric: str | Metric = "cosine",
    n_neighbors: int = 10,
    max_items: int = 2000,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> Faithfulness:
    """Compare the neighbours on a map with those in the space that it was made of.

    Parameters
    ----------
    indices : (n_samples, k_max) int32
        True neighbours, nearest first, the item itself excluded; -1 = not known.
    positions : array-like of shape (n_samples, 2)
        The map; its distances are euclidean.
    vectors : (n_samples, n_dims) float32
        The space.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, default="cosine"
        That of the space.
    n_neighbors : int, default=10
        k; at most k_max. It is cut to (n_samples - 1) // 2, for the figures are defined below
        n_samples / 2.
    max_items : int, default=2000
        Of more items a sample of so many is compared with all others for trustworthiness and
        continuity. What is there for each item, and its mean, always comes from all.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int, default=0
        Seed of the sampled items and pairs.
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the work.

    Returns
    -------
    Faithfulness

    Raises
    ------
    ValueError
        When there are fewer than 3 items, the arrays do not belong together or hold NaN, or an
        argument is out of range.

    Notes
    -----
    With r(i, j) the rank of j among the others by their distance from i, from 1, and U the k
    nearest on the map, trustworthiness is the mean over i of ``1 - 2 / (k (2 n - 3 k - 1)) sum_{j
    in U} max(0, r(i, j) - k)``. Items equally far have the same rank, the best of theirs.

    References
    ----------
    J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental
    study", ICANN 2001.
    """
    positions = as_vectors(positions, "positions")
    measure = metric_of(metric)
    k = _check(indices, positions, vectors, n_neighbors, max_items)
    measure.check(vectors)
    threads = resolve(n_jobs)
    n, k_max = indices.shape

    on_map = _map_neighbors(positions, k_max, threads, span(progress, 0.0, 0.2))
    trust = _share_in(indices[:, :k], on_map[:, :k], threads)
    false = 1 - _share_in(on_map[:, :k], indices, threads)
    missing = 1 - _share_in(indices[:, :k], on_map, threads)

    rng = np.random.default_rng(random_state)
    rows = np.arange(n) if n <= max_items else np.sort(rng.choice(n, max_items, replace=False))
    true_ranks = neighbor_ranks(
        vectors,
        measure,
        rows,
        on_map[rows, :k],
        n_threads=threads,
        progress=span(progress, 0.2, 0.65),
    )
    map_ranks = neighbor_ranks(
        positions,
        "euclidean",
        rows,
        indices[rows, :k],
        n_threads=threads,
        progress=span(progress, 0.65, 0.9),
    )
    progress("distances of pairs", 0.9)
    correlation = _rank_correlation(vectors, measure, positions, rng)
    progress("map compared", 1.0)
    chance = _expected_near_share(k, n)
    return Faithfulness(
        trustworthiness=Estimate.of_mean(_near_share(true_ranks, k, n), chance=chance),
        continuity=Estimate.of_mean(_near_share(map_ranks, k, n), chance=chance),
        kept=Estimate.of_mean(trust, chance=expected_overlap(n, k)),
        rank_correlation=correlation,
        n_neighbors=k,
        n_items=len(rows),
        sampled=len(rows) < n,
        trust=trust,
        false_neighbors=false,
        missing_neighbors=missing,
    )


def _check(indices: Ints, positions: Float32, vectors: Float32, n_neighbors: int, most: int) -> int:
    """Return k, cut to what is defined; ValueError for what does not belong together.

    Of neighbours (n, k_max), positions (n, 2) and vectors (n, n_dims).
    """
    n, k_max = indices.shape
    if n < 3:
        msg = f"{n} items: a map needs at least 3 to be more or less faithful"
        raise ValueError(msg)
    if len(positions) != n or len(vectors) != n:
        msg = f"{len(positions)} positions, {len(vectors)} vectors and neighbours of {n} items"
        raise ValueError(msg)
    whole(most, "max_items", 1)
    k = check_n_neighbors(n_neighbors, n)
    if k > k_max:
        msg = f"n_neighbors={k}: the graph has 1 to {k_max} neighbours"
        raise ValueError(msg)
    return int(min(k, (n - 1) // 2))


def share_on_map(
    indices: Ints, positions: Any, *, n_jobs: int | None = None, progress: Progress = silent
) -> Float32:
    """Share of each item's neighbours that are as near on a map: `Faithfulness.trust`, alone.

    Parameters
    ----------
    indices : (n_samples, k) int32
        True neighbours, nearest first, the item itself excluded; -1 = not known.
    positions : array-like of shape (n_samples, n_components)
        The map; its distances are euclidean.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    progress : callable, optional

    Returns
    -------
    (n_samples,) float32
    """
    threads = resolve(n_jobs)
    positions = as_vectors(positions, "positions")
    return _share_in(
        indices, _map_neighbors(positions, indices.shape[1], threads, progress), threads
    )


def _map_neighbors(positions: Float32, k: int, n_threads: int, progress: Progress) -> Ints:
    """The k nearest items on the map, (n, k) int32, the item itself excluded."""
    from scipy.spatial import cKDTree

    n = len(positions)
    # Doubles: the tree takes no others, and squares of float32 would tie.
    points = positions.astype(np.float64)
    progress(_STEP, 0.0)
    tree = cKDTree(points)
    found = np.empty((n, k + 1), np.int32)
    for start in range(0, n, _BLOCK_ROWS):
        progress(_STEP, start / n)
        some = slice(start, start + _BLOCK_ROWS)
        _, found[some] = tree.query(points[some], k + 1, workers=most(n_threads))
    # An item is not always the first of those that lie on it, and need not be among them at all:
    # then the last goes.
    own = found == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True
    neighbors: Ints = found[~own].reshape(n, k)
    return neighbors


def _share_in(lists: Ints, others: Ints, n_threads: int) -> Float32:
    """Share of each item's list (n, width) that stands in its other list, (n, k_max) int32.

    Of those known, 0 if none are: (n,) float32.
    """
    n, width = lists.shape
    wider = others.shape[1]
    padded = np.full((n, wider), -1, np.int32)
    padded[:, :width] = lists
    common = shared_counts(padded, others, n_jobs=n_threads)[:, -1]
    known = np.maximum((lists >= 0).sum(axis=1), 1)
    share: Float32 = (common / known).astype(np.float32)
    return share


def _near_share(ranks: NDArray[np.int64], k: int, n: int) -> NDArray[np.float64]:
    """Trustworthiness of each item from the true ranks (m, k) of its neighbours on the map."""
    beyond: NDArray[np.int64] = np.maximum(ranks - k, 0).sum(axis=1)
    return 1 - 2 / (k * (2 * n - 3 * k - 1)) * beyond.astype(np.float64)


def _expected_near_share(k: int, n: int) -> float:
    """Trustworthiness of a map that has nothing to do with the space, on average.

    Each neighbour on it then has every rank from 1 to n - 1 alike.
    """
    beyond = (n - 1 - k) * (n - k) / (2 * (n - 1))
    return 1 - 2 / (2 * n - 3 * k - 1) * beyond


def _rank_correlation(
    vectors: Float32, metric: Metric, positions: Float32, rng: np.random.Generator
) -> float:
    """Spearman's correlation of the distances of the same pairs in the space and on the map.

    Of vectors (n, n_dims) and positions (n, 2) float32.
    """
    from scipy.stats import spearmanr

    n = len(vectors)
    if n * (n - 1) // 2 <= _MOST_PAIRS:
        first, second = np.triu_indices(n, 1)
    else:
        first = rng.integers(0, n, _MOST_PAIRS)
        second = (first + rng.integers(1, n, _MOST_PAIRS)) % n
    true = pair_distances(vectors, metric, first, second)
    drawn = pair_distances(positions, "euclidean", first, second)
    if np.ptp(true) == 0 or np.ptp(drawn) == 0:
        return float("nan")
    return float(spearmanr(true, drawn).statistic)
