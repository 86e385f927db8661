"""GULP: how differently ridge regressions on the two spaces predict, at worst over all targets."""

import numpy as np

from embwidget.measures.linear.moments import Moments
from embwidget.measures.measure import Measure

# Beside a total variance of 1.
RIDGE = 0.01


def gulp(both: Moments, ridge: float = RIDGE) -> float:
    """GULP distance.

    Parameters
    ----------
    both : Moments
        Of centred vectors, scaled to a total variance of 1.
    ridge : float, default=0.01
        Lambda of the regressions, above 0.

    Returns
    -------
    float
        The root of ``tr(P_a cov(A) P_a cov(A)) + tr(P_b cov(B) P_b cov(B)) - 2 tr(P_a cov(A, B) P_b
        cov(B, A))``, where ``P = (cov + lambda)^-1``.
    """
    shrunk = []
    own = 0.0
    for space in (both.a, both.b):
        variances, axes = space.axes
        own += float(np.sum((variances / (variances + ridge)) ** 2))
        shrunk.append(axes / np.sqrt(variances + ridge))
    shared = float(np.sum((shrunk[0].T @ both.cross @ shrunk[1]) ** 2))
    return float(np.sqrt(max(own - 2 * shared, 0.0)))


GULP = Measure(
    name="gulp",
    title="GULP distance, lambda = 0.01",
    high=np.inf,
    identity=0.0,
    larger_is_closer=False,
    cost="n d^2",
    source="Boix-Adsera et al. 2022: of centred vectors with a total variance of 1",
)
