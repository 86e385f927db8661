"""Centred kernel alignment with a linear kernel."""

import numpy as np

from embwidget.measures.linear.moments import Moments
from embwidget.measures.measure import Measure, Refused

# Of two kernels of unit size: below this an HSIC is what rounding leaves.
_NO_ALIGNMENT = 1e-12


def linear_cka_biased(both: Moments) -> float:
    """Linear CKA with HSIC as Gretton estimated it: far above 0 for unrelated spaces of many dims.

    ``norm(cov(A, B))**2 / (norm(cov(A)) norm(cov(B)))``, Frobenius norms.
    """
    own = np.linalg.norm(both.a.covariance) * np.linalg.norm(both.b.covariance)
    return min(float(np.sum(both.cross**2) / own), 1.0)


def linear_cka(both: Moments) -> float:
    """Linear CKA with Song's unbiased estimate of HSIC, near 0 for unrelated spaces.

    The sums over pairs of items that Song's formula has become sums over columns: of the centred
    vectors x_i and y_i, ``sum_ij x_i.x_j y_i.y_j`` is the squared norm of ``X'Y``, from which the
    terms with i = j are taken off.

    Raises
    ------
    Refused
        For fewer than 4 items, or where all items of a space are equally far apart.
    """
    n = both.n_samples
    if n < 4:
        msg = f"{n} items: the unbiased estimate needs 4 or more"
        raise Refused(msg)
    own_a = _hsic(np.sum(both.a.covariance**2), float(np.mean(both.a.squares**2)), n)
    own_b = _hsic(np.sum(both.b.covariance**2), float(np.mean(both.b.squares**2)), n)
    for own, name in ((own_a, "A"), (own_b, "B")):
        if own <= _NO_ALIGNMENT:
            msg = f"all items of {name} are equally far apart"
            raise Refused(msg)
    shared = _hsic(np.sum(both.cross**2), both.square_product, n)
    return float(np.clip(shared / (np.sqrt(own_a) * np.sqrt(own_b)), -1.0, 1.0))


def _hsic(squared_cross: float, square_product: float, n: int) -> float:
    """Unbiased HSIC, (n - 3) / n times, of spaces whose mean squared length is 1."""
    pairs = squared_cross - square_product / n
    return pairs + 1 / ((n - 1) * (n - 2)) - 2 * square_product / (n * (n - 2))


LINEAR_CKA = Measure(
    name="linear_cka",
    title="Linear CKA, unbiased",
    low=-1.0,
    cost="n d^2",
    source="Kornblith et al. 2019, with the HSIC of Song et al. 2012, equation 5",
)
LINEAR_CKA_BIASED = Measure(
    name="linear_cka_biased",
    title="Linear CKA, biased (far above 0 by chance when dims are many)",
    cost="n d^2",
    source="Kornblith et al. 2019, with the HSIC of Gretton et al. 2005",
)
