"""Measures of all pairs of a sample of items: RBF CKA and distance correlation."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import span
from embwidget._core.threads import single_threaded_blas
from embwidget.measures.linear.moments import Spread
from embwidget.measures.measure import (
    NO_VALUE,
    Family,
    Float64,
    Measure,
    Order,
    Outcome,
    Refused,
    Request,
)

# Of a kernel with entries near 1: below this a mean square is what rounding leaves.
_NO_SPREAD = 1e-20
# Of a squared length: squared distances below that are rounding.
_ROUNDING = 2.0**-47
_BLOCK_ROWS = 256


def squared_distances(vectors: NDArray[np.float32], name: str = "A") -> Float64:
    """Squared euclidean distances of all pairs, where the mean squared length is 1.

    Parameters
    ----------
    vectors : (n, n_dims) float32
    name : str
        How messages call the space.

    Returns
    -------
    (n, n) float64

    Raises
    ------
    Refused
        When all vectors are the same.
    """
    space = Spread(vectors, name)
    rows = space.rows(slice(None))
    squares = space.squares
    distances: Float64 = rows @ rows.T
    distances *= -2
    distances += squares[:, None]
    distances += squares
    # Copies are at no distance: what rounding leaves of it is not more than float32 can tell.
    distances[distances < _ROUNDING * squares[:, None]] = 0
    np.fill_diagonal(distances, 0)
    return distances


def _rbf(distances: Float64, name: str) -> Float64:
    """RBF kernel of distances (n, n), so centred as unbiased HSIC is: (n, n) float64.

    Its bandwidth is the median distance.
    """
    n = len(distances)
    if n < 4:
        msg = f"{n} items: the unbiased estimate needs 4 or more"
        raise Refused(msg)
    median = np.median(distances[np.tri(n, k=-1, dtype=bool)])
    if median == 0:
        msg = f"more than half of the pairs of {name} are the same vector: no bandwidth"
        raise Refused(msg)
    kernel = np.exp(distances / (-2 * median))
    np.fill_diagonal(kernel, 0)
    sums = kernel.sum(axis=1) / (n - 2)
    kernel += sums.sum() / (n - 1)
    kernel -= sums[:, None]
    kernel -= sums
    np.fill_diagonal(kernel, 0)
    return _with_spread(kernel, name)


def _double_centred(distances: Float64, name: str) -> Float64:
    """Distances (n, n) less the means of their row and column, plus the mean of all."""
    centred = np.sqrt(distances)
    means = centred.mean(axis=1)
    centred += means.mean()
    centred -= means[:, None]
    centred -= means
    return _with_spread(centred, name)


def _with_spread(centred: Float64, name: str) -> Float64:
    if np.vdot(centred, centred) <= _NO_SPREAD * centred.size:
        msg = f"all items of {name} are equally far apart"
        raise Refused(msg)
    return centred


def _alignment(a: Float64, b: Float64, order: Order | None = None) -> float:
    """Cosine of two (n, n) matrices, one with rows and columns in another order, (n,) intp."""
    norms = np.sqrt(np.vdot(a, a)) * np.sqrt(np.vdot(b, b))
    if order is None:
        return float(np.clip(np.vdot(a, b) / norms, -1.0, 1.0))
    total = 0.0
    for start in range(0, len(a), _BLOCK_ROWS):
        some = slice(start, start + _BLOCK_ROWS)
        total += float(np.vdot(a[some], b[order[some]].take(order, axis=1)))
    return total / float(norms)


def rbf_cka(vectors_a: NDArray[np.float32], vectors_b: NDArray[np.float32]) -> float:
    """CKA with an RBF kernel and unbiased HSIC.

    Parameters
    ----------
    vectors_a, vectors_b : (n, n_dims) float32, each with its own n_dims
        All pairs are computed from: n * n numbers for each.

    Raises
    ------
    Refused
        For fewer than 4 items, or vectors that do not differ enough.
    """
    in_a = _rbf(squared_distances(vectors_a, "A"), "A")
    return _alignment(in_a, _rbf(squared_distances(vectors_b, "B"), "B"))


def distance_correlation(vectors_a: NDArray[np.float32], vectors_b: NDArray[np.float32]) -> float:
    """Distance correlation, of euclidean distances.

    Parameters
    ----------
    vectors_a, vectors_b : (n, n_dims) float32, each with its own n_dims
        All pairs are computed from: n * n numbers for each.

    Raises
    ------
    Refused
        When all vectors of a space are the same, or all pairs equally far apart.
    """
    in_a = _double_centred(squared_distances(vectors_a, "A"), "A")
    return _root(_alignment(in_a, _double_centred(squared_distances(vectors_b, "B"), "B")))


def _root(ratio: float) -> float:
    # A mean product of double-centred distances is never below 0 but for rounding.
    return float(np.sqrt(max(ratio, 0.0)))


def _same(ratio: float) -> float:
    return ratio


_VALUES: dict[str, tuple[Callable[[Float64, str], Float64], Callable[[float], float]]] = {
    "rbf_cka": (_rbf, _same),
    "distance_correlation": (_double_centred, _root),
}


def pairwise_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    """Compute them from all pairs of a sample of the items."""
    outcomes = {}
    for n_done, name in enumerate(names):
        part = span(request.progress, n_done / len(names), (n_done + 1) / len(names))
        try:
            outcomes[name] = _outcome(name, replace(request, progress=part))
        except NO_VALUE as reason:
            outcomes[name] = Outcome.refused(reason)
    return outcomes


def _outcome(name: str, request: Request) -> Outcome:
    sides, sample = request.sides, request.sample()
    center, finish = _VALUES[name]
    what = "pairs of items"
    request.progress(what, 0.0)
    n, sampled = len(sample), len(sample) < sides.n_samples
    a = center(squared_distances(sides.numbers_a[sample], "A"), "A")
    b = center(squared_distances(sides.numbers_b[sample], "B"), "B")
    with single_threaded_blas():
        permuted = request.permuted(
            n, what, lambda order: np.array([finish(_alignment(a, b, order))])
        )
    return Outcome(
        finish(_alignment(a, b)),
        n,
        permuted=permuted.reshape(-1),
        sampled=sampled,
        note=f"all pairs of {n} sampled items" if sampled else "",
    )


FAMILY = Family(
    (
        Measure(
            name="rbf_cka",
            title="RBF CKA, unbiased",
            low=-1.0,
            cost="m^2 d",
            source="Kornblith et al. 2019: sigma^2 = the median squared distance; with the HSIC of "
            "Song et al. 2012, equation 5",
        ),
        Measure(
            name="distance_correlation",
            title="Distance correlation (above 0 by chance when dims are many)",
            cost="m^2 d",
            source="Szekely, Rizzo and Bakirov 2007",
        ),
    ),
    pairwise_outcomes,
    0.15,
)
