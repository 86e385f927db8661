"""All references in order of their distance to a few queries at a time, or the first k of them."""

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics import Metric, metric_of
from embwidget.metrics.arithmetic import blocks, round_bits

Rows = NDArray[np.intp]
Keys = NDArray[np.int64]

# Products up to which float64 costs little: half a second.
FEW_PRODUCTS = 5e9
# Steps of the largest distance there can be; what falls into one step is a tie.
_STEPS = 2.0**40
_COLUMN_BITS = 22
_HALF = 32

FARTHEST = (1 << _HALF) - 1
"""Position behind all others of the same similarity, see `nearest_first`."""
LAST = np.iinfo(np.int64).max
"""Key behind all others."""


class Nearest:
    """Search of exact neighbours for retrieval: deep lists, of which only the order counts.

    Parameters
    ----------
    queries : (n_queries, n_dims) float32
    references : (n_references, n_dims) float32
    metric : str or Metric
    same : bool
        Whether the first references are the queries: no query then finds itself.

    Notes
    -----
    The order of the distances is that of ``x . y - |x|^2 / 2 - |y|^2 / 2`` of the metric's
    coordinates, centred: the same for both items. Of a metric without coordinates all distances are
    computed one by one. Small spaces are compared in float64, where
    distances that agree to 40 bits of the largest are ties, as they are in a kNN graph; large ones
    in float32, which rounds no products of bits. Ties come in the order of their positions.

    Attributes
    ----------
    is_exact : bool
        Whether it is float64.
    rounding : float
        How far the same product may be off when it is computed along with others.
    """

    def __init__(
        self,
        queries: NDArray[np.float32],
        references: NDArray[np.float32],
        metric: str | Metric,
        *,
        same: bool,
    ) -> None:
        measure = metric_of(metric)
        self._same = same
        self._distances = None
        if not (measure.is_euclidean or measure.is_product):
            self.is_exact, self.rounding = True, 0.0
            self._distances = functools.partial(_plain_distances, measure, queries, references)
            return
        n_references, n_dims = references.shape
        n_dims *= measure.numbers_per_entry
        exact = len(queries) * n_references * n_dims <= FEW_PRODUCTS
        self.is_exact = exact and n_references < 1 << _COLUMN_BITS
        dtype = np.float64 if self.is_exact else np.float32
        center = measure.center(references)
        theirs = _prepared(references, measure, center, dtype)
        mine = theirs if queries is references else _prepared(queries, measure, center, dtype)
        squares = np.vecdot(theirs, theirs)[:, None]
        own_squares = np.vecdot(mine, mine)[:, None]
        longest = float(np.sqrt(squares.max())), float(np.sqrt(own_squares.max()))
        # Of sums of n_dims + 2 terms, twice: |x| |y| + (|x|^2 + |y|^2) / 2 is what they add up.
        self.rounding = 2 * (n_dims + 2) * float(np.finfo(dtype).eps) * max(longest) ** 2
        if measure.exact_products:
            self.rounding = 0.0
        if measure.is_euclidean:
            # Two coordinates more bring the squares into the product.
            self._references = np.hstack([theirs, np.ones_like(squares), -squares / 2])
            self._queries = np.hstack([mine, -own_squares / 2, np.ones_like(own_squares)])
            # The largest product there can be, and how far below it others may be.
            self._top, self._spread = 0.0, sum(longest) ** 2 / 2
        else:
            self._references, self._queries = theirs, mine
            self._top = longest[0] * longest[1]
            self._spread = 2 * self._top

    def products(
        self, rows: Rows, columns: Rows, out: NDArray[np.floating] | None = None
    ) -> NDArray[np.floating]:
        """Similarity of some queries to some references.

        Parameters
        ----------
        rows : (n_rows,) intp
            The queries.
        columns : (n_columns,) intp
            The references.
        out : (n_rows, n_columns) floating, optional
            Where to put it.

        Returns
        -------
        (n_rows, n_columns) float64 or float32
        """
        return np.matmul(self._queries[rows], self._references[columns].T, out=out)

    def search(self, rows: Rows, k: int) -> Rows:
        """Positions (n_rows, k) of the k nearest references of the queries at rows (n_rows,)."""
        if self._distances is not None:
            return self._first_of(self._distances(rows), rows, k)
        similarity = self._queries[rows] @ self._references.T
        if self._same:
            similarity[np.arange(len(rows)), rows] = -np.inf
        if self.is_exact:
            return self._first_exactly(similarity, k)
        return _first(similarity, k)

    def _first_of(self, distances: NDArray[np.float64], rows: Rows, k: int) -> Rows:
        """Order by distances, (len(rows), n_references), then by position."""
        if self._same:
            distances[np.arange(len(rows)), rows] = np.inf
        found: Rows = np.argsort(distances, axis=1, kind="stable")[:, :k]
        return found

    def _first_exactly(self, similarity: NDArray[np.float64], k: int) -> Rows:
        """Columns (n_rows, k) by 40 bits of the distance, then by position; of (n_rows, n)."""
        scale = _STEPS / (self._spread or 1.0)
        steps = np.rint((self._top - similarity) * scale)
        # Infinite for the query itself, which comes behind all others.
        packed = np.minimum(steps, _STEPS + 1).astype(np.int64) << _COLUMN_BITS
        packed |= np.arange(similarity.shape[1])
        if k < packed.shape[1]:
            packed = np.partition(packed, k - 1, axis=1)[:, :k]
        packed.sort(axis=1)
        columns: Rows = packed & ((1 << _COLUMN_BITS) - 1)
        return columns


def _first(similarity: NDArray[np.float32], k: int) -> Rows:
    """Columns of the k largest of each row, the largest first, the same by position.

    From (n_rows, n) float32 to (n_rows, k) intp.
    """
    n_rows, n = similarity.shape
    row, column = None, np.arange(n)
    values = similarity
    if k <= n // 2:
        # Only what is not below the k-th is sorted: more than k where that is a tie.
        floor = np.partition(similarity, n - k, axis=1)[:, n - k]
        entry = np.flatnonzero(similarity >= floor[:, None])
        row, column = np.divmod(entry, n)
        values = similarity.ravel()[entry]
    keys = nearest_first(values, column)
    if row is not None:
        counts = np.bincount(row, minlength=n_rows)
        if (counts == k).all():
            keys = keys.reshape(n_rows, k)
        else:
            nth = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
            filled = np.full((n_rows, int(counts.max())), LAST)
            filled[row, nth] = keys
            keys = filled
    keys.sort(axis=1)
    return positions_of(keys[:, :k])


def nearest_first(similarity: NDArray[np.float32], positions: Rows | int) -> Keys:
    """Integers in the order of neighbours: the most similar first, the same by position.

    Parameters
    ----------
    similarity : (..., n) float32
    positions : (n,) intp or int
        Those of the references.

    Returns
    -------
    (..., n) int64
    """
    # Bits of a float are in its order when those of negative ones are turned round.
    bits = similarity.view(np.int32)
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    keys: Keys = (~ordered).astype(np.int64) << _HALF
    keys |= positions
    return keys


def positions_of(keys: Keys) -> Rows:
    """Positions (n_rows, k) intp that keys (n_rows, k) int64 of `nearest_first` were made of."""
    found: Rows = keys & FARTHEST
    return found


def _prepared(
    vectors: NDArray[np.float32], metric: Metric, center: NDArray[np.float64], dtype: type
) -> NDArray[np.floating]:
    """Coordinates as they enter the product, (n, n_coordinates) of the dtype."""
    parts = (metric.coordinates(vectors[some]) - center for some in blocks(*vectors.shape))
    first = next(parts)
    out: NDArray[np.floating] = np.empty((len(vectors), first.shape[1]), dtype)
    start = 0
    for part in itertools.chain([first], parts):
        out[start : start + len(part)] = part
        start += len(part)
    return out


def _plain_distances(
    metric: Metric, queries: NDArray[np.float32], references: NDArray[np.float32], rows: Rows
) -> NDArray[np.float64]:
    """Rounded distances of queries (n, n_dims) at rows (n_rows,) to references (m, n_dims).

    Returns
    -------
    (n_rows, m) float64
    """
    return round_bits(metric.table(queries[rows], references) + 0.0)
