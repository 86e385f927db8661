"""How well clusters found without the labels agree with them: AMI and NMI."""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent
from embwidget._core.threads import limited
from embwidget.metrics import Metric, metric_of
from embwidget.metrics.arithmetic import safe_scale

METRICS = ("AMI", "NMI")

MOST_ITEMS = 20_000
"""Items clustered; of more a sample."""

_STEP = "clustering"
_ROUNDS = 20


def cluster_scores(
    vectors: NDArray[np.float32],
    classes: NDArray[np.int32],
    *,
    metric: str | Metric = "cosine",
    n_seeds: int = 5,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> dict[str, NDArray[np.float64]]:
    """Cluster by k-means, as many clusters as there are labels, and compare with the labels.

    Of more than `MOST_ITEMS` a sample is clustered.

    Parameters
    ----------
    vectors : (n_items, n_dims) float32
    classes : (n_items,) int
    metric : str or Metric
        Its coordinates are clustered: unit rows for the cosine, the rows as they are for most.
    n_seeds : int
        Runs of k-means from random items, 20 rounds each, as pytorch-metric-learning has it. One
        run says little: its clusters change with the start, and with the order of the rows alone.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    random_state : int
    progress : callable

    Returns
    -------
    dict of str to (n_seeds,) float64
        "AMI", adjusted mutual information, 0 by chance and 1 at best, and "NMI", normalized, which
        is above 0 by chance; both with the arithmetic mean of the entropies.

    References
    ----------
    Vinh, Epps and Bailey, "Information theoretic measures for clusterings comparison", JMLR 2010.
    """
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    rng = np.random.default_rng(random_state)
    if len(vectors) > MOST_ITEMS:
        chosen = np.sort(rng.choice(len(vectors), MOST_ITEMS, replace=False))
        vectors, classes = vectors[chosen], classes[chosen]
    n_clusters = len(np.unique(classes))
    found = np.empty((len(METRICS), n_seeds))
    runs = cluster_runs(
        vectors, n_clusters, rng, metric=metric, n_seeds=n_seeds, n_jobs=n_jobs, progress=progress
    )
    for run, clusters in enumerate(runs):
        found[0, run] = adjusted_mutual_info_score(classes, clusters)
        found[1, run] = normalized_mutual_info_score(classes, clusters)
    return dict(zip(METRICS, found, strict=True))


def cluster_runs(
    vectors: NDArray[np.float32],
    n_clusters: int,
    rng: np.random.Generator,
    *,
    metric: str | Metric,
    n_seeds: int,
    n_jobs: int | None = None,
    progress: Progress = silent,
) -> Iterator[NDArray[np.int32]]:
    """Cluster by k-means from random items, several times.

    Parameters
    ----------
    vectors : (n_items, n_dims) float32
    n_clusters : int
    rng : numpy.random.Generator
        Draws the seed of each run.
    metric, n_seeds, n_jobs, progress
        As for `cluster_scores`.

    Returns
    -------
    iterator of (n_items,) int32
        The cluster of each item, once for each seed.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    vectors = np.asarray(vectors)
    measure = metric_of(metric)
    wide = measure.coordinates(vectors) - measure.center(vectors)
    # Clusters do not depend on the scale; squares of very large or small numbers would.
    rows = (wide * safe_scale(np.vecdot(wide, wide))).astype(np.float32)
    for run in range(n_seeds):
        progress(_STEP, run / n_seeds)
        seed = int(rng.integers(1 << 31))
        means = KMeans(n_clusters, init="random", n_init=1, max_iter=_ROUNDS, random_state=seed)
        with warnings.catch_warnings(), limited(n_jobs):
            # Fewer distinct rows than labels: the score says it.
            warnings.simplefilter("ignore", ConvergenceWarning)
            clusters: NDArray[np.int32] = means.fit_predict(rows)
        yield clusters
    progress(_STEP, 1.0)
