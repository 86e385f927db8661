"""Canonical correlations: how well linear functions of one space follow those of the other."""

import numpy as np

from embwidget.measures.linear.moments import Moments, Spread
from embwidget.measures.measure import AFFINE, RIGID, Float64, Measure, Refused

# Share of the variance that SVCCA's principal components have.
SVCCA_VARIANCE = 0.99


def _whitening(space: Spread, variance: float = 1.0) -> Float64:
    """Map to principal components of variance 1, (n_dims, rank)."""
    variances, axes = space.axes
    if variance < 1:
        explained = np.cumsum(variances) / variances.sum()
        rank = int(np.searchsorted(explained, variance)) + 1
        variances, axes = variances[:rank], axes[:, :rank]
    return axes / np.sqrt(variances)


def _whitened(both: Moments, variance: float = 1.0) -> Float64:
    """Correlations of the principal components of A with those of B, (rank_a, rank_b)."""
    in_a, in_b = _whitening(both.a, variance), _whitening(both.b, variance)
    rank_a, rank_b, free = in_a.shape[1], in_b.shape[1], both.n_samples - 1
    if free <= rank_a + rank_b:
        msg = (
            f"{both.n_samples} items are too few for {rank_a} and {rank_b} independent dimensions: "
            f"some correlations are 1 whatever the data; {rank_a + rank_b + 2} or more are needed"
        )
        raise Refused(msg)
    return in_a.T @ both.cross @ in_b


def cca(both: Moments) -> float:
    """Mean of the squared canonical correlations.

    Raises
    ------
    Refused
        When there are no more items than dimensions of both together, plus 1.
    """
    whitened = _whitened(both)
    # The sum of their squares is that of all entries.
    return min(float(np.sum(whitened**2) / min(whitened.shape)), 1.0)


def svcca(both: Moments) -> float:
    """Mean canonical correlation of the principal components that have 99 % of the variance.

    Raises
    ------
    Refused
        When there are no more items than such components of both together, plus 1.
    """
    correlations = np.linalg.svd(_whitened(both, SVCCA_VARIANCE), compute_uv=False)
    return min(float(np.mean(correlations)), 1.0)


def pwcca(both: Moments) -> float:
    """Mean of the canonical correlations, weighted by how much of A lies along each.

    The weight of a canonical variate h of A is the sum over the columns x of A of ``|h.x|``.

    Raises
    ------
    Refused
        When there are no more items than dimensions of both together, plus 1.
    """
    left, correlations, _ = np.linalg.svd(_whitened(both), full_matrices=False)
    variances, axes = both.a.axes
    # Variates are white, so that their products with the columns are along the principal axes.
    products = left.T @ (np.sqrt(variances)[:, None] * axes.T)
    if both.a.columns is not None:
        products = products @ both.a.columns
    weights = np.abs(products).sum(axis=1)
    return float(np.average(np.clip(correlations, 0.0, 1.0), weights=weights))


CCA = Measure(
    name="cca",
    title="Squared canonical correlations",
    invariances=AFFINE,
    cost="n d^2",
    source="Hotelling 1936; the mean of their squares: Kornblith et al. 2019, section 4",
)
SVCCA = Measure(
    name="svcca",
    title="SVCCA, 99 % of the variance",
    cost="n d^2",
    source="Raghu et al. 2017",
)
PWCCA = Measure(
    name="pwcca",
    title="Projection-weighted CCA",
    symmetric=False,
    invariances=RIGID - {"orthogonal"},
    cost="n d^2",
    source="Morcos, Raghu and Bengio 2018, section 2.3: weighted by the columns of A",
)
