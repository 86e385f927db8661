"""The share of the true neighbours that an approximate search has found, on a sample of rows."""

from collections.abc import Callable

import numpy as np

from embwidget._core.estimate import Estimate
from embwidget.knn.exact.few import BLOCK_PRODUCTS, most_similar, nearest_of
from embwidget.metrics import MetricRows
from embwidget.metrics.arithmetic import Float64, Int32, Rows

WANTED_RECALL = 0.99
_SAMPLE_ROWS = 500


def draw_sample(n_samples: int, rng: np.random.Generator) -> Rows:
    """Rows on which the recall is measured, (m,) intp, ascending."""
    return np.sort(rng.choice(n_samples, min(_SAMPLE_ROWS, n_samples), replace=False))


def measured_recall(space: MetricRows, sample: Rows, last: Float64, indices: Int32) -> Estimate:
    """Mean share of found neighbours that are no farther than the true last one.

    A sample without a miss does not prove that there is none, and its spread is 0. So the spread
    is that of the sample with one row more, half of whose neighbours are missed: as the interval
    of Agresti and Coull [1]_ adds to what was seen rather than trusting an estimate of 0 or 1. The
    value itself is that of the sample.

    Parameters
    ----------
    space : MetricRows
    sample : (m,) intp
    last : (m,) float64
        Keys of their true last neighbours: `true_last`.
    indices : (n_samples, n_neighbors) int32
        -1 = not found.

    References
    ----------
    .. [1] A. Agresti, B. A. Coull, "Approximate is better than 'exact' for interval estimation of
       binomial proportions", The American Statistician 52 (1998), 119-126.
    """
    found = indices[sample]
    key = space.key(sample, np.maximum(found, 0))
    key[found < 0] = np.inf
    return recall_of((key <= last[:, None]).mean(axis=1))


def recall_of(parts: Float64) -> Estimate:
    """Mean of each row's part that was found, (m,) float64; see `measured_recall`.

    Its interval is never empty.
    """
    more = np.append(parts, 0.5)
    error = float(more.std(ddof=1) / np.sqrt(len(more)))
    return Estimate(float(parts.mean()), standard_error=error)


def true_last(
    space: MetricRows, sample: Rows, n_neighbors: int, report: Callable[[], None] = lambda: None
) -> Float64:
    """Key (m,) float64 of the true last neighbour of each sampled row, (m,) intp."""
    _, keys = nearest_of(space, sample, n_neighbors, own=sample, report=lambda _: report())
    return keys[:, -1]


def true_nearest(
    space: MetricRows, sample: Rows, n_neighbors: int, report: Callable[[], None] = lambda: None
) -> Rows:
    """Nearest (m, n_neighbors) intp of sampled rows (m,) intp by float32 similarity, unordered."""
    block = max(1, BLOCK_PRODUCTS // space.n_samples)
    nearest = []
    for start in range(0, len(sample), block):
        report()
        some = sample[start : start + block]
        nearest.append(most_similar(space, some, n_neighbors, own=some)[1])
    return np.concatenate(nearest)
