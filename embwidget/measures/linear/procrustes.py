"""Procrustes: the angle that is left when one space has been rotated onto the other."""

import numpy as np

from embwidget.measures.linear.moments import Moments
from embwidget.measures.measure import Measure


def procrustes_angular(both: Moments) -> float:
    """Angular Procrustes distance, in [0, pi / 2].

    ``arccos(nuclear norm of X'Y / (norm X norm Y))`` of the centred vectors.
    """
    # The mean squared length of both is 1, and so is the product of their norms.
    nuclear = np.linalg.svd(both.cross, compute_uv=False).sum()
    return float(np.arccos(np.clip(nuclear, 0.0, 1.0)))


PROCRUSTES_ANGULAR = Measure(
    name="procrustes_angular",
    title="Procrustes angle, in radians",
    high=np.pi / 2,
    identity=0.0,
    larger_is_closer=False,
    cost="n d^2",
    source="Williams et al. 2021, Generalized Shape Metrics on Neural Representations",
)
