"""Second moments of two spaces, from which all measures of linear relations are computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.threads import in_threads, resolve, single_threaded_blas
from embwidget.measures.measure import NO_VALUE, Float64, Order, Outcome, Refused, Request

# Rows multiplied at once.
_BLOCK_NUMBERS = 1 << 20
# Relative rounding of float32 vectors, squared, with room to spare: directions of less variance
# than that are noise.
_NOISE = 2.0**-44
# Operations with which permutations may take up a few minutes, and those of all decompositions of a
# matrix for each cube of its width. Fewer permutations than that tell nothing of a spread.
MOST_OPERATIONS = 5e12
_SVD_OPERATIONS = 20
_FEWEST_PERMUTATIONS = 3


class Spread:
    """One space: its centred vectors, scaled to a mean squared length of 1.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    name : str
        How messages call the space.

    Attributes
    ----------
    n_dims : int
        Of the vectors, or of their span once it took their place.
    squares : (n_samples,) float64
        Squared lengths; their mean is 1.
    columns : (n_dims, n_columns) float64 or None
        The columns of the given vectors in that span.

    Raises
    ------
    Refused
        When all vectors are the same.
    """

    def __init__(self, vectors: NDArray[np.float32], name: str) -> None:
        self._vectors: NDArray[Any] = vectors
        self.n_samples: int = vectors.shape[0]
        self.n_dims: int = vectors.shape[1]
        self.name = name
        # Taken from the first row, so that the mean of a constant column is that constant.
        first = vectors[0].astype(np.float64)
        total = np.zeros(self.n_dims)
        for some in self.blocks():
            total += (vectors[some].astype(np.float64) - first).sum(axis=0)
        self._center = first + total / self.n_samples
        self._scale = 1.0
        squares = np.concatenate([np.vecdot(rows, rows) for rows in map(self.rows, self.blocks())])
        mean = float(squares.mean())
        if mean == 0:
            msg = f"all vectors of {name} are the same"
            raise Refused(msg)
        self._scale = 1 / np.sqrt(mean)
        self.squares: Float64 = squares / mean
        # float32 rounds in proportion to the vectors before they were centred.
        self._noise = _NOISE * (1 + float(np.square(self._center * self._scale).sum()))
        self.columns: Float64 | None = None

    def narrow(self) -> "Spread":
        """Take coordinates in the span of the items, where that has fewer dimensions."""
        if self.n_dims <= self.n_samples:
            return self
        rows = self.rows(slice(None))
        squares, left = np.linalg.eigh(rows @ rows.T)
        spanned = squares > self._noise * self.n_samples
        if not spanned.any():
            return self
        sizes = np.sqrt(squares[spanned])
        self.columns = (left[:, spanned] / sizes).T @ rows
        self._vectors = left[:, spanned] * sizes
        self._center, self._scale = np.zeros(len(sizes)), 1.0
        self.n_dims = len(sizes)
        return self

    def blocks(self) -> list[slice]:
        """Slices of all rows, in order."""
        step = max(1, _BLOCK_NUMBERS // self.n_dims)
        return [slice(start, start + step) for start in range(0, self.n_samples, step)]

    def rows(self, some: slice | NDArray[np.intp], dtype: type = np.float64) -> NDArray[Any]:
        """Some of the centred and scaled rows, (n, n_dims); `some` is a slice or (n,) intp."""
        rows: NDArray[Any] = np.asarray(self._vectors[some]) - self._center
        rows *= self._scale
        return rows.astype(dtype, copy=False)

    @cached_property
    def covariance(self) -> Float64:
        """Covariance of the columns, (n_dims, n_dims); its trace is 1."""
        total: Float64 = np.zeros((self.n_dims, self.n_dims))
        for some in self.blocks():
            rows = self.rows(some)
            total += rows.T @ rows
        total /= self.n_samples
        return total

    @cached_property
    def axes(self) -> tuple[Float64, Float64]:
        """Variances along the principal axes, descending, (rank,), and the axes, (n_dims, rank).

        Without those along which there is no more than rounding.

        Raises
        ------
        Refused
            When that leaves none.
        """
        variances, axes = np.linalg.eigh(self.covariance)
        lost = max(self._noise, variances[-1] * self.n_dims * np.finfo(np.float64).eps)
        real = variances > lost
        if not real.any():
            msg = (
                f"the vectors of {self.name} differ by little more than float32 rounds them: "
                "subtract their mean in float64"
            )
            raise Refused(msg)
        return variances[real][::-1], axes[:, real][:, ::-1]


@dataclass(frozen=True, eq=False)
class Moments:
    """Two spaces of the same items, and how they vary together.

    Attributes
    ----------
    a, b : Spread
    cross : (n_dims_a, n_dims_b) float64
        Covariance of the columns of A with those of B.
    square_product : float
        Mean product of the squared lengths of an item's vectors.
    """

    a: Spread
    b: Spread
    cross: Float64
    square_product: float

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return self.a.n_samples

    def permuted(self, order: Order) -> "Moments":
        """Return those with the items of B in another order, (n_samples,) intp.

        Products are rounded to float32, far finer than what one permutation tells.
        """
        return replace(
            self,
            cross=_cross(self.a, self.b, order, np.float32),
            square_product=float(np.mean(self.a.squares * self.b.squares[order])),
        )


def _cross(a: Spread, b: Spread, order: Order | None, dtype: type) -> Float64:
    """Covariance (n_dims_a, n_dims_b) float64 of the columns of A with those of B, reordered."""
    total: Float64 = np.zeros((a.n_dims, b.n_dims))
    # As many as fit of the wider space.
    wider = a if a.n_dims > b.n_dims else b
    for some in wider.blocks():
        others = some if order is None else order[some]
        total += a.rows(some, dtype).T @ b.rows(others, dtype)
    total /= a.n_samples
    return total


def moments(
    vectors_a: NDArray[np.float32],
    vectors_b: NDArray[np.float32],
    *,
    n_jobs: int | None = None,
    report: Callable[[int], None] = lambda _: None,
) -> Moments:
    """Compute the second moments of two spaces of the same items.

    Parameters
    ----------
    vectors_a, vectors_b : (n_samples, n_dims) float32, each with its own n_dims
    n_jobs : int, optional
        Threads, at most 3 of use; None = one for each CPU that the process may use.
    report : callable
        Called with the number of products done, of 3.

    Raises
    ------
    Refused
        When all vectors of a space are the same.
    """
    a, b = Spread(vectors_a, "A").narrow(), Spread(vectors_b, "B").narrow()
    crossed: list[Float64] = []
    work: list[Callable[[], Any]] = [
        lambda: crossed.append(_cross(a, b, None, np.float64)),
        lambda: a.covariance,
        lambda: b.covariance,
    ]
    n_threads = resolve(n_jobs)
    with single_threaded_blas():
        in_threads(work, lambda: lambda task: task(), n_threads, report)
    return Moments(a, b, crossed[0], float(np.mean(a.squares * b.squares)))


def linear_outcomes(
    names: list[str], request: Request, values: Mapping[str, Callable[[Moments], float]]
) -> dict[str, Outcome]:
    """Compute measures of the moments, and the same for permutations of B's items.

    Parameters
    ----------
    names : list of str
        Those that are wanted.
    request : Request
    values : mapping
        Each measure's function; it may raise `Refused`.
    """
    what = "linear relations"
    request.progress(what, 0.0)
    sides = request.sides
    here = moments(
        sides.numbers_a,
        sides.numbers_b,
        n_jobs=request.n_jobs,
        report=lambda _: request.progress(what, 0.0),
    )
    outcomes: dict[str, Outcome] = {}
    for name in names:
        try:
            outcomes[name] = Outcome(values[name](here), here.n_samples)
        except NO_VALUE as reason:
            outcomes[name] = Outcome.refused(reason)
    given = [name for name in names if outcomes[name].n]

    def compute(order: Order) -> Float64:
        there = here.permuted(order)
        return np.array([values[name](there) for name in given])

    asked = request.n_permutations
    n_permutations = min(asked, _affordable(here))
    if given and n_permutations:
        with single_threaded_blas():
            fewer = replace(request, n_permutations=n_permutations)
            permuted = fewer.permuted(here.n_samples, what, compute)
        note = f"chance from {n_permutations} permutations" if n_permutations < asked else ""
        for column, name in enumerate(given):
            outcomes[name] = replace(outcomes[name], permuted=permuted[:, column], note=note)
    return outcomes


def _affordable(both: Moments) -> int:
    """Permutations that a few minutes are enough for."""
    widths = both.a.n_dims, both.b.n_dims
    each = 2 * both.n_samples * widths[0] * widths[1] + _SVD_OPERATIONS * max(widths) ** 3
    return max(_FEWEST_PERMUTATIONS, int(MOST_OPERATIONS / each))
