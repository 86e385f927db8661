"""CKNNA: kernel alignment that looks at shared nearest neighbours alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.measure import (
    ROTATION_AND_SCALE,
    Family,
    Float64,
    Measure,
    Order,
    Outcome,
    Refused,
    Request,
    Sides,
)
from embwidget.measures.neighbors.shared_ranks import SharedRankFinder, SharedRanks
from embwidget.measures.pairs.products import pair_products
from embwidget.metrics import metric_of


class _Edges(NamedTuple):
    """Entries of two kernels, (n_edges,) each; all others are zero."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    kernel_a: Float64
    kernel_b: Float64


def _hsic(edges: _Edges, n: int) -> float:
    """Unbiased HSIC, n (n - 3) times, of two kernels that are zero on the diagonal."""
    # What is left of a kernel is not symmetric: an entry meets that of the other on the far side of
    # the diagonal, if that is left too.
    there, back = edges.rows * n + edges.columns, edges.columns * n + edges.rows
    order = np.argsort(there)
    at = np.minimum(np.searchsorted(there, back, sorter=order), len(there) - 1)
    mirror = order[at]
    met = there[mirror] == back
    trace = np.dot(edges.kernel_a[met], edges.kernel_b[mirror[met]])
    into = np.bincount(edges.columns, edges.kernel_a, minlength=n)
    out_of = np.bincount(edges.rows, edges.kernel_b, minlength=n)
    total = edges.kernel_a.sum() * edges.kernel_b.sum() / ((n - 1) * (n - 2))
    return float(trace + total - 2 * np.dot(into, out_of) / (n - 2))


class _Kernels:
    """The kernels of both spaces on the edges of their neighbour graphs, (n_samples, k) each."""

    def __init__(self, sides: Sides, k: int) -> None:
        self.n, self.k = sides.n_samples, k
        if self.n < 4 or k < 2:
            msg = f"{self.n} items with {k} neighbours: 4 or more items and k of 2 or more needed"
            raise Refused(msg)
        self.indices_a = np.ascontiguousarray(sides.indices_a[:, :k])
        self.indices_b = np.ascontiguousarray(sides.indices_b[:, :k])
        own = np.arange(self.n)
        inner_a, inner_b = (metric_of(m).is_product for m in (sides.metric_a, sides.metric_b))
        self.kernel_a = pair_products(sides.numbers_a, own, self.indices_a, cosine=not inner_a)
        self.kernel_b = pair_products(sides.numbers_b, own, self.indices_b, cosine=not inner_b)
        self.finder = SharedRankFinder(self.indices_a, self.indices_b)
        of_a = self._alone(self.indices_a, self.kernel_a)
        of_b = self._alone(self.indices_b, self.kernel_b)
        if min(of_a, of_b) <= 0:
            msg = "the alignment of a space with itself is not positive"
            raise Refused(msg)
        self.norm = np.sqrt(of_a) * np.sqrt(of_b)

    def _alone(self, indices: NDArray[np.int32], kernel: Float64) -> float:
        rows, ranks = np.nonzero(indices >= 0)
        values = kernel[rows, ranks]
        return _hsic(_Edges(rows, indices[rows, ranks].astype(np.intp), values, values), self.n)

    def value(self, order: Order | None = None) -> float:
        """CKNNA, of B in another order, (n_samples,) intp, if one is given."""
        shared: SharedRanks = self.finder.find(order)
        if not len(shared.rows):
            return 0.0
        columns = self.indices_a[shared.rows, shared.ranks_a].astype(np.intp)
        in_b = shared.rows if order is None else order[shared.rows]
        kernel_a = self.kernel_a[shared.rows, shared.ranks_a]
        kernel_b = self.kernel_b[in_b, shared.ranks_b]
        return _hsic(_Edges(shared.rows, columns, kernel_a, kernel_b), self.n) / float(self.norm)


def cknna(sides: Sides, k: int) -> float:
    """Centred kernel nearest-neighbour alignment; see `Measure.source`.

    Raises
    ------
    Refused
        For fewer than 4 items or k = 1, or where a space has no alignment with itself.
    """
    return _Kernels(sides, k).value()


def cknna_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    """Compute it from all items: their graphs have all entries that are not zero."""
    request.progress("CKNNA", 0.0)
    kernels = _Kernels(request.sides, request.k)
    permuted = request.permuted(
        kernels.n, "CKNNA", lambda order: np.array([kernels.value(order)])
    ).reshape(-1)
    return dict.fromkeys(names, Outcome(kernels.value(), kernels.n, permuted=permuted))


FAMILY = Family(
    (
        Measure(
            name="cknna",
            title="Kernel alignment of nearest neighbours",
            low=-np.inf,
            high=np.inf,
            # What is left of a kernel is not symmetric, and so is not quite what comes of two.
            symmetric=False,
            invariances=ROTATION_AND_SCALE,
            needs_graph=True,
            cost="n k d",
            source="Huh et al. 2024, The Platonic Representation Hypothesis: of cosines (of inner "
            "products, if that is the metric), with Song's unbiased HSIC",
        ),
    ),
    cknna_outcomes,
    0.1,
)
