"""All metrics of one space by label: retrieval and clusters, and their means."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.copies import content_order
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, silent
from embwidget.knn import KNNGraph
from embwidget.measures.labels.kmeans import cluster_scores
from embwidget.measures.labels.labels import Labels
from embwidget.measures.labels.match_ranks import find_match_ranks
from embwidget.measures.labels.nearest import Nearest, Ranked, ranked
from embwidget.measures.labels.retrieval import Depth, Retrieval, Rows, retrieve
from embwidget.metrics import Metric


@dataclass(frozen=True, eq=False)
class LabelScores:
    """What is known of one space by label.

    Attributes
    ----------
    items : (n_labelled,) intp
        Positions of the items that have a label; the others are left out altogether.
    labels : Labels
        Of those items.
    retrieval : Retrieval
        Of those items: its positions are those in ``items``.
    clusters : dict of str to (n_seeds,) float64
        "AMI" and "NMI" of several runs of k-means; empty where they were left out.
    """

    items: Rows
    labels: Labels
    retrieval: Retrieval
    clusters: dict[str, NDArray[np.float64]]


def score_labels(
    vectors: NDArray[np.float32],
    labels: Labels,
    *,
    metric: str | Metric,
    k: Depth = "max_bin_count",
    max_queries: int | None = None,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> LabelScores:
    """Rank a space by the labels of its items, without clusters; see `retrieve`.

    Parameters
    ----------
    vectors : (n_items, n_dims) float32
    labels : Labels
        Items without one are left out.
    metric : {"cosine", "euclidean", "inner_product"}
    k, max_queries, n_jobs, random_state, progress
        Arguments of `retrieve`.
    """
    items = labels.labelled
    if len(items) < len(vectors):
        vectors, labels = vectors[items], labels.take(items)
    nearest = Nearest(vectors, vectors, metric, same=True)
    retrieval = retrieve(
        nearest.search,
        labels,
        ranks_of=functools.partial(find_match_ranks, nearest),
        k=k,
        max_queries=max_queries,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )
    return LabelScores(items, labels, retrieval, {})


def cluster_labels(
    vectors: NDArray[np.float32],
    labels: Labels,
    *,
    metric: str | Metric,
    n_seeds: int = 5,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> dict[str, NDArray[np.float64]]:
    """AMI and NMI of the labelled items, see `cluster_scores`; none for sets of labels.

    An item with a set of labels has no single class that its cluster could be compared with. The
    items are clustered in an order of their vectors, so that their own order changes nothing.

    Parameters
    ----------
    vectors : (n_items, n_dims) float32
    labels : Labels
        Items without one are left out.
    metric, n_seeds, random_state, progress
        Arguments of `cluster_scores`.

    Returns
    -------
    dict of str to (n_seeds,) float64
    """
    if n_seeds < 1 or labels.is_multi:
        return {}
    items = labels.labelled
    if len(items) < len(vectors):
        vectors, labels = vectors[items], labels.take(items)
    order = content_order(vectors)
    return cluster_scores(
        vectors[order],
        labels.classes[order],
        metric=metric,
        n_seeds=n_seeds,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )


def search_of(graph: KNNGraph) -> Callable[[Rows, int], Ranked]:
    """Search that reads a kNN graph; ValueError when its lists are too short.

    Equal distances are ties, as far as the lists go.
    """

    def search(rows: Rows, k: int) -> Ranked:
        if k > graph.indices.shape[1]:
            msg = (
                f"the graph holds {graph.indices.shape[1]} neighbours and {k} are needed: "
                "give vectors, a longer graph or a smaller k"
            )
            raise ValueError(msg)
        return ranked(graph.distances[rows], graph.indices[rows].astype(np.intp), k)

    return search


def mean_of(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    influence: NDArray[np.float64] | None = None,
) -> Estimate:
    """Weighted mean over the queries that have a value; nan when none has.

    Parameters
    ----------
    values, weights : (n_queries,) float64
    influence : (n_queries,) float64, optional
        Whose spread gives the error, where that is more than the values' own.
    """
    known = ~np.isnan(values)
    spread = (values if influence is None else influence)[known]
    values, weights = values[known], weights[known]
    n = len(values)
    if n == 0:
        return Estimate(np.nan, standard_error=np.nan)
    total = weights.sum()
    mean = float((weights * values).sum() / total)
    if n == 1:
        return Estimate(mean, standard_error=np.nan)
    apart = spread - (weights * spread).sum() / total
    variance = (weights**2 * apart**2).sum() / total**2 * n / (n - 1)
    return Estimate(mean, standard_error=float(np.sqrt(variance)))


def n_known(values: NDArray[np.float64]) -> int:
    """Queries that have a value, of (n,) float64."""
    return int((~np.isnan(values)).sum())


def mean_over_labels(
    values: NDArray[np.float64], retrieval: Retrieval, labels: Labels
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Mean of each label over its queries, and their number.

    Parameters
    ----------
    values : (n_queries,) float64
    retrieval : Retrieval
    labels : Labels

    Returns
    -------
    means : (n_labels,) float64
        NaN for a label without queries.
    counts : (n_labels,) int64
    """
    query_of = np.full(labels.n_items, -1, np.intp)
    query_of[retrieval.queries] = np.arange(len(retrieval.queries))
    query = query_of[labels.items]
    query_values = np.where(query >= 0, values[query], np.nan)
    known = ~np.isnan(query_values)
    codes, n_labels = labels.codes[known], len(labels.names)
    counts = np.bincount(codes, minlength=n_labels)
    sums = np.bincount(codes, query_values[known], n_labels)
    with np.errstate(invalid="ignore"):
        return sums / counts, counts


def per_label(
    values: NDArray[np.float64],
    influence: NDArray[np.float64],
    retrieval: Retrieval,
    labels: Labels,
) -> dict[str, NDArray[Any]]:
    """Mean, standard error, number and number of non-zero values of each label.

    Parameters
    ----------
    values, influence : (n_queries,) float64
        The error is that of the influences.
    retrieval : Retrieval
    labels : Labels

    Returns
    -------
    dict of str to (n_labels,) float64 or int64
        "mean", "standard_error", "n", "n_nonzero".
    """
    mean, n = mean_over_labels(values, retrieval, labels)
    middle, _ = mean_over_labels(influence, retrieval, labels)
    square, _ = mean_over_labels(influence**2, retrieval, labels)
    nonzero, _ = mean_over_labels((values != 0) + 0.0 * values, retrieval, labels)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(square - middle**2, 0) * n / (n - 1)
        error = np.where(n > 1, np.sqrt(variance / n), np.nan)
    return {
        "mean": mean,
        "standard_error": error,
        "n": n,
        "n_nonzero": np.rint(np.nan_to_num(nonzero * n)).astype(np.int64),
    }
