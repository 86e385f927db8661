"""`label_metrics`: the metrics of one space by label, as a frame."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.arguments import told_by_name
from embwidget._core.checks import shown
from embwidget._core.progress import Progress, reporting, span
from embwidget._core.threads import resolve
from embwidget.knn import KNNGraph
from embwidget.measures.labels.kmeans import MOST_ITEMS
from embwidget.measures.labels.labels import Labels, encode_labels
from embwidget.measures.labels.nearest import Nearest
from embwidget.measures.labels.retrieval import METRICS, Depth, retrieve
from embwidget.measures.labels.scores import (
    LabelScores,
    cluster_labels,
    mean_of,
    mean_over_labels,
    n_known,
    per_label,
    score_labels,
    search_of,
)
from embwidget.metrics import Metric, asked_metric
from embwidget.space import Space, as_space

if TYPE_CHECKING:
    import pandas as pd

_AVERAGES = ("queries", "labels")
# Part of the time that ranking takes beside the clusters.
_RANKING_SHARE = 0.7


@told_by_name
def label_metrics(
    x: Any,
    label: Any,
    *,
    k: Depth = "max_bin_count",
    metric: str | Metric | None = None,
    reference: Any = None,
    reference_labels: Any = None,
    includes_queries: bool = False,
    average: str = "queries",
    by: str | None = None,
    n_seeds: int = 5,
    max_queries: int | None = None,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress | bool = False,
) -> "pd.DataFrame":
    """Say how well a space brings items of the same label together.

    Parameters
    ----------
    x : Space, array-like of shape (n_items, n_dims), tensor, frame, path or KNNGraph
        What is asked. Of a graph the first k neighbours are read, so it needs as many.
    label : array-like of length n_items
        One label for each item, any hashable; or a set of labels for each, where two items match
        when they share one. Items without a label (None, NaN, an empty set) are left out.
    k : int, "max_bin_count" or None, default="max_bin_count"
        How many of the nearest count: "max_bin_count" is the size of the largest class less the
        item itself, None is all. With fewer than an item's class has, the metrics that sum over
        the class are cut, as in pytorch-metric-learning.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, optional
        By default the space's own, else cosine.
    reference : as x, optional
        What is searched; by default x, each item without itself.
    reference_labels : array-like, optional
        Labels of the reference, needed with it.
    includes_queries : bool, default=False
        Whether the first rows of the reference are those of x, which are then not their own
        neighbours.
    average : {"queries", "labels"}, default="queries"
        "labels" takes the mean over the labels of the means over their items, so that small labels
        count as much as large ones.
    by : {"label"}, optional
        One row for each label and metric.
    n_seeds : int, default=5
        Runs of k-means for AMI and NMI; 0 leaves them out. They are also left out with sets of
        labels and with a graph.
    max_queries : int, optional
        Ask a sample of about so many; None = all.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int, default=0
    progress : bool or callable, default=False
        As for `embwidget.compare`.

    Returns
    -------
    DataFrame
        ``metric, value, standard_error, low, high, chance, n``: the mean, its 95 % interval over
        the queries (for AMI and NMI the range over the seeds), what references in random order
        would give, and the number of queries. With ``by="label"``: ``metric, label, value,
        standard_error, n``. NaN where nothing matches anything.

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above; before anything is computed.

    Notes
    -----
    The metrics are those of pytorch-metric-learning's AccuracyCalculator, to 1e-6: formulas in
    `retrieve` (``measures/labels/retrieval.py``) and `cluster_scores` (``kmeans.py`` there). Items
    that are equally near, which that package lists in any order, score the mean over all orders.

    On top of two copies of the vectors each thread holds some rows of all distances. Where every
    item is asked among the others, up to half a gigabyte of products is kept instead, so that each
    is computed once for both of its items.
    """
    if average not in _AVERAGES:
        msg = f"average={shown(average)}: give one of {', '.join(map(repr, _AVERAGES))}"
        raise ValueError(msg)
    if by not in (None, "label"):
        msg = f'by={shown(by)}: give None or "label"'
        raise ValueError(msg)
    if (reference is None) != (reference_labels is None):
        msg = "reference and reference_labels belong together: give both or none"
        raise ValueError(msg)
    resolve(n_jobs)
    options: dict[str, Any] = {
        "k": k,
        "max_queries": max_queries,
        "n_jobs": n_jobs,
        "random_state": random_state,
    }
    with reporting(progress) as report:
        if isinstance(x, KNNGraph):
            scores = _score_graph(x, label, options | {"progress": report}, reference)
        else:
            space = as_space(x)
            encoded = encode_labels(label, len(space))
            measure = asked_metric(metric, space.metric)
            measure.check(space.vectors, "x")
            ranked = 1.0 if encoded.is_multi or n_seeds < 1 else _RANKING_SHARE
            options |= {"progress": span(report, 0.0, ranked)}
            if reference is None:
                scores = score_labels(space.vectors, encoded, metric=measure, **options)
            else:
                others = as_space(reference)
                measure.check(others.vectors, "reference")
                theirs = encode_labels(reference_labels, len(others), "reference_labels")
                scores = _score_against(
                    space, encoded, others, theirs, includes_queries, measure, options
                )
            clusters = cluster_labels(
                space.vectors,
                encoded,
                metric=measure,
                n_seeds=n_seeds,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=span(report, ranked, 1.0),
            )
            scores = replace(scores, clusters=clusters)
    return _label_frame(scores) if by == "label" else _frame(scores, average)


def _score_graph(
    graph: KNNGraph, label: Any, options: dict[str, Any], reference: Any
) -> LabelScores:
    if reference is not None:
        msg = "a graph has its neighbours already: give vectors to search a reference"
        raise ValueError(msg)
    encoded = encode_labels(label, len(graph.indices))
    unlabelled = len(graph.indices) - len(encoded.labelled)
    if unlabelled:
        msg = (
            f"label: {unlabelled} items have none, and stand in the graph as neighbours: "
            "give vectors, from which they are left out"
        )
        raise ValueError(msg)
    retrieval = retrieve(search_of(graph), encoded, **options)
    return LabelScores(encoded.labelled, encoded, retrieval, {})


def _score_against(
    space: Space,
    labels: Labels,
    others: Space,
    theirs: Labels,
    includes_queries: bool,
    metric: Metric,
    options: dict[str, Any],
) -> LabelScores:
    if space.n_dims != others.n_dims:
        msg = f"reference has {others.n_dims} dimensions, x has {space.n_dims}: give the same space"
        raise ValueError(msg)
    asked, there = labels.labelled, theirs.labelled
    if includes_queries:
        n = len(space)
        if len(others) < n or not np.array_equal(others.vectors[:n], space.vectors):
            msg = "includes_queries: the first rows of reference must be those of x"
            raise ValueError(msg)
        if len(asked) < n or len(there) < len(others):
            msg = "includes_queries: every item and reference needs a label"
            raise ValueError(msg)
    queries, labels = space.vectors[asked], labels.take(asked)
    references, theirs = others.vectors[there], theirs.take(there)
    nearest = Nearest(queries, references, metric, same=includes_queries)
    retrieval = retrieve(
        nearest.search,
        labels,
        reference_labels=theirs,
        includes_queries=includes_queries,
        **options,
    )
    return LabelScores(asked, labels, retrieval, {})


def _frame(scores: LabelScores, average: str) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    retrieval = scores.retrieval
    for name in METRICS:
        values, expected = retrieval.values[name], retrieval.chance[name]
        weights, influence = retrieval.weights, retrieval.influence(name)
        if average == "labels":
            values, _ = mean_over_labels(values, retrieval, scores.labels)
            expected, _ = mean_over_labels(expected, retrieval, scores.labels)
            weights, influence = np.ones(len(values)), values
        mean = mean_of(values, weights, influence)
        chance = mean_of(expected, weights).value
        numbers = (mean.value, mean.standard_error, mean.low, mean.high, chance, n_known(values))
        rows.append((name, *numbers))
    for name, runs in scores.clusters.items():
        chance = 0.0 if name == "AMI" else np.nan
        n = min(len(scores.items), MOST_ITEMS)
        rows.append((name, runs.mean(), np.nan, runs.min(), runs.max(), chance, n))
    columns = ["metric", "value", "standard_error", "low", "high", "chance", "n"]
    return pd.DataFrame(rows, columns=columns)


def _label_frame(scores: LabelScores) -> "pd.DataFrame":
    import pandas as pd

    tables = []
    for name in METRICS:
        retrieval = scores.retrieval
        values, influence = retrieval.values[name], retrieval.influence(name)
        found = per_label(values, influence, retrieval, scores.labels)
        tables.append(
            pd.DataFrame(
                {
                    "metric": name,
                    "label": pd.Series(scores.labels.names, dtype=object),
                    "value": found["mean"],
                    "standard_error": found["standard_error"],
                    "n": found["n"],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
