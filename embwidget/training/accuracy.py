"""The figures of pytorch-metric-learning by our neighbours and our k-means, without faiss."""

from typing import Any

import numpy as np

from embwidget._core.checks import whole
from embwidget._core.copies import content_order
from embwidget._core.optional import import_extra
from embwidget.measures.labels.kmeans import cluster_runs
from embwidget.measures.labels.nearest import Nearest

# A block of so many similarities is searched at a time.
_MOST_ENTRIES = 20_000_000


def knn_func(query: Any, k: int, reference: Any, ref_includes_query: bool) -> tuple[Any, Any]:
    """Find exact neighbours: ``knn_func`` of an AccuracyCalculator of pytorch-metric-learning.

    Parameters
    ----------
    query : tensor of shape (n_queries, n_dims) float32
    k : int
    reference : tensor of shape (n_references, n_dims) float32
    ref_includes_query : bool
        Whether the first references are the queries, none of which then finds itself.

    Returns
    -------
    distances : tensor of shape (n_queries, k) float32
        Euclidean.
    indices : tensor of shape (n_queries, k) int64
        Nearest first; the equally near by position.
    """
    torch = import_extra("torch", extra="train")
    asked, there = (np.asarray(x.detach().cpu(), np.float32) for x in (query, reference))
    nearest = Nearest(asked, there, "euclidean", same=ref_includes_query)
    k = min(k, len(there) - bool(ref_includes_query))
    height = max(1, _MOST_ENTRIES // max(1, len(there)))
    parts = [
        nearest.search(np.arange(start, min(start + height, len(asked))), k).found[:, :k]
        for start in range(0, len(asked), height)
    ]
    indices = np.concatenate(parts).astype(np.int64)
    distances = np.empty(indices.shape, np.float32)
    for start in range(0, len(asked), height):
        rows = slice(start, start + height)
        for column in range(k):
            apart = there[indices[rows, column]] - asked[rows]
            distances[rows, column] = np.linalg.norm(apart, axis=1)
    found = torch.from_numpy(distances), torch.from_numpy(indices)
    return found[0].to(query.device), found[1].to(query.device)


def kmeans_func(x: Any, n_clusters: int, *, n_seeds: int | None = None, seed: int = 0) -> Any:
    """Cluster items: ``kmeans_func`` of an AccuracyCalculator of pytorch-metric-learning.

    Parameters
    ----------
    x : tensor of shape (n_items, n_dims) float32
        Clustered in an order of its own, so that the order of the items changes nothing.
    n_clusters : int
    n_seeds : int, optional
        Runs of k-means; None = one, without an axis for it.
    seed : int

    Returns
    -------
    tensor of shape (n_items,), or (n_seeds, n_items), int64
    """
    torch = import_extra("torch", extra="train")
    vectors = np.asarray(x.detach().cpu(), np.float32)
    order = content_order(vectors)
    rng = np.random.default_rng(seed)
    runs = cluster_runs(
        vectors[order], n_clusters, rng, metric="euclidean", n_seeds=n_seeds or 1, n_jobs=1
    )
    clusters = np.empty((n_seeds or 1, len(vectors)), np.int64)
    for run, found in enumerate(runs):
        clusters[run, order] = found
    return torch.from_numpy(clusters if n_seeds is not None else clusters[0]).to(x.device)


def accuracy_calculator(
    k: int | str | None = "max_bin_count", *, n_seeds: int = 5, **options: Any
) -> Any:
    """Make an AccuracyCalculator whose seven figures are those of `embwidget.label_metrics`.

    Parameters
    ----------
    k : int, "max_bin_count" or None, default="max_bin_count"
        As for `embwidget.label_metrics`.
    n_seeds : int, default=5
        Runs of k-means, of which AMI and NMI are the means.
    **options
        Of the AccuracyCalculator: include, exclude, avg_of_avgs ...

    Returns
    -------
    pytorch_metric_learning.utils.accuracy_calculator.AccuracyCalculator
        To be given to a tester, or used alone.
    """
    torch = import_extra("torch", extra="train")
    package = "pytorch_metric_learning.utils.accuracy_calculator"
    theirs: Any = import_extra(package, extra="train").AccuracyCalculator
    runs = whole(n_seeds, "n_seeds", 1)

    class OrderFreeCalculator(theirs):  # type: ignore[misc]
        def calculate_NMI(self, query_labels: Any, cluster_labels: Any, **_: Any) -> float:  # noqa: N802
            score = super().calculate_NMI
            return float(np.mean([score(query_labels, one) for one in cluster_labels]))

        def calculate_AMI(self, query_labels: Any, cluster_labels: Any, **_: Any) -> float:  # noqa: N802
            score = super().calculate_AMI
            return float(np.mean([score(query_labels, one) for one in cluster_labels]))

    return OrderFreeCalculator(
        k=k,
        device=options.pop("device", torch.device("cpu")),
        knn_func=knn_func,
        kmeans_func=lambda x, n_clusters: kmeans_func(x, n_clusters, n_seeds=runs),
        **options,
    )
