"""All references in order of their distance to a few queries at a time, or the first k of them."""

import functools
import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.copies import copies_of
from embwidget.metrics import Metric, metric_of
from embwidget.metrics.arithmetic import round_bits

Rows = NDArray[np.intp]
Keys = NDArray[np.int64]

# Products up to which float64 costs little: half a second.
FEW_PRODUCTS = 5e9
# Steps of what a row's similarities span; what falls into one step is a tie.
_STEPS = 2.0**40
# Bits of an integer that are left for a squared distance beside a column; those of its exponent.
_DISTANCE_BITS, _EXPONENT_BITS = 63, 6
_MANTISSA_BITS = 40
_MOST_COLUMNS = 1 << 22
HALF = 32
"""Bits below the similarity in a key of `nearest_first`."""
FARTHEST = (1 << HALF) - 1
"""Position behind all others of the same similarity, see `nearest_first`."""
LAST = np.iinfo(np.int64).max
"""Key behind all others."""


class Ranked(NamedTuple):
    """The nearest references of some queries, and all that are as near as the last of these.

    Attributes
    ----------
    found : (n_rows, width) intp
        Positions, nearest first. What is farther than the last stands behind it, to fill the rows.
    nearer : (n_rows, width) int32 or intp
        How many references are nearer to the query: equal for those that are equally near.
    has_ties : bool
        Whether some are.
    """

    found: Rows
    nearer: NDArray[np.signedinteger]
    has_ties: bool = False

    def tied(self, rows: Rows, nearer: Rows) -> Rows:
        """References as near as those in rows (m,) with ``nearer`` (m,) nearer ones: (m,) intp.

        Each counts itself.
        """
        if not self.has_ties:
            return np.ones(len(rows), np.intp)
        height, width = self.nearer.shape
        group = self.nearer + np.arange(height)[:, None] * width
        counts = np.bincount(group.ravel(), minlength=height * width)
        tied: Rows = counts[rows * width + nearer]
        return tied


def nearer_ones(names: NDArray[Any]) -> NDArray[np.int32]:
    """How many stand before the first of the same name in ascending rows.

    From (n_rows, m) int64 or float to (n_rows, m) int32.
    """
    nearer = np.zeros(names.shape, np.int32)
    new = names[:, 1:] != names[:, :-1]
    places = np.arange(1, names.shape[1], dtype=np.int32)
    np.maximum.accumulate(np.where(new, places, 0), axis=1, out=nearer[:, 1:])
    return nearer


def ranked(names: NDArray[Any], found: Rows, k: int) -> Ranked:
    """Put together what was found.

    Parameters
    ----------
    names : (n_rows, width) int64, float32 or float64
        Ascending, and equal where references are equally near; k of them or more.
    found : (n_rows, width) intp
        -1 = nobody.
    k : int
    """
    nearer = nearer_ones(names)
    # No list goes on beyond k where none is cut through equals.
    width = max(k, int((nearer < k).sum(axis=1).max(initial=0)))
    found, nearer = found[:, :width], nearer[:, :width]
    return Ranked(found, nearer, bool((nearer != np.arange(width)).any()))


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
    distances that agree to 40 bits are ties, as they are in a kNN graph; large ones in float32,
    which rounds no products of bits, and where copies are compared once.

    Attributes
    ----------
    is_exact : bool
        Whether it is float64.
    rounding : float
        How far the same product may be off when it is computed along with others.
    n_copies : int
        References that are copies of an earlier one; only counted where it is not float64.
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
        self.n_copies = 0
        if not (measure.is_euclidean or measure.is_product):
            self.is_exact, self.rounding = True, 0.0
            self._distances = functools.partial(_plain_distances, measure, queries, references)
            return
        n_references, n_dims = references.shape
        n_dims *= measure.numbers_per_entry
        exact = len(queries) * n_references * n_dims <= FEW_PRODUCTS
        self.is_exact = exact and n_references < _MOST_COLUMNS
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
            # What a squared distance is measured by: the row's own, for that is what rounding
            # takes its share of. A row in the middle has none.
            least = (longest[0] ** 2 or 1.0) * 2.0 ** (4 - (1 << _EXPONENT_BITS))
            self._scales = np.maximum(own_squares, least)
        else:
            self._references, self._queries = theirs, mine
            self._scales = np.sqrt(own_squares) * longest[0]
        self._of_distances = measure.is_euclidean
        self._distinct: NDArray[np.floating] | None = None
        if not self.is_exact:
            self._copy_of, first = copies_of(references)
            self.n_copies = n_references - len(first)
            if self.n_copies:
                self._distinct = self._references[first]

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

    def search(self, rows: Rows, k: int) -> Ranked:
        """Find the k nearest references of the queries at rows (n_rows,)."""
        if self._distances is not None:
            return self._first_of(self._distances(rows), rows, k)
        if self._distinct is None:
            similarity = self._queries[rows] @ self._references.T
        else:
            similarity = (self._queries[rows] @ self._distinct.T)[:, self._copy_of]
        if self._same:
            similarity[np.arange(len(rows)), rows] = -np.inf
        if self.is_exact:
            return self._first_exactly(similarity, rows, k)
        return _first(similarity, k)

    def _first_of(self, distances: NDArray[np.float64], rows: Rows, k: int) -> Ranked:
        """Order by distances, (len(rows), n_references)."""
        if self._same:
            distances[np.arange(len(rows)), rows] = np.inf
        found: Rows = np.argsort(distances, axis=1, kind="stable")
        return ranked(np.take_along_axis(distances, found, 1), found, k)

    def _first_exactly(self, similarity: NDArray[np.float64], rows: Rows, k: int) -> Ranked:
        """Order by 40 bits of the distance; of (n_rows, n) similarities of queries (n_rows,)."""
        n = similarity.shape[1]
        scales = self._scales[rows]
        # Infinite for the query itself, which comes behind all others.
        if self._of_distances:
            apart = np.maximum(similarity * -2, 0)
            apart += scales
            apart /= scales
            names = _named(apart)
        else:
            steps = np.rint((scales - similarity) * (_STEPS / 2 / np.where(scales > 0, scales, 1)))
            names = np.minimum(steps, _STEPS + 1).astype(np.int64)
        bits = max(1, (n - 1).bit_length())
        packed = names << bits
        packed |= np.arange(n)
        if k < n:
            packed = _partitioned(packed, k, bits)
        packed.sort(axis=1)
        return ranked(packed >> bits, packed & ((1 << bits) - 1), k)


def _named(ratios: NDArray[np.float64]) -> Keys:
    """Integers (n_rows, n) int64 in the order of ratios from 1 on, by their first 40 bits."""
    bits = max(1, (ratios.shape[1] - 1).bit_length())
    kept = min(_MANTISSA_BITS, _DISTANCE_BITS - _EXPONENT_BITS - bits)
    lost = 52 - kept
    names: Keys = ratios.view(np.int64) - (1023 << 52)
    names += 1 << (lost - 1)
    names >>= lost
    np.minimum(names, (1 << (kept + _EXPONENT_BITS)) - 1, out=names)
    return names


def _partitioned(packed: Keys, k: int, bits: int) -> Keys:
    """The k smallest of each row, and all that are named as the largest of these.

    From (n_rows, n) int64 to (n_rows, k or more), in no order. The names stand above so many bits.
    """
    # At one place alone: numpy takes four times as long for two.
    packed.partition(k, axis=1)
    last = packed[:, :k].max(axis=1, keepdims=True) >> bits
    if (packed[:, k, None] >> bits != last).all():
        return packed[:, :k]
    # Those at the end are farther, so that the longest row says how many columns are enough.
    width = int((packed >> bits <= last).sum(axis=1).max())
    if width < packed.shape[1]:
        packed.partition(width - 1, axis=1)
    return packed[:, :width]


def _first(similarity: NDArray[np.float32], k: int) -> Ranked:
    """Order the k largest of each row (n_rows, n) float32, the largest first."""
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
    return ranked(names_of(keys), np.minimum(positions_of(keys), n - 1), k)


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
    keys: Keys = (~ordered).astype(np.int64) << HALF
    keys |= positions
    return keys


def names_of(keys: Keys) -> Keys:
    """Names (..., n) int64 that keys (..., n) int64 share when they are equally similar."""
    return keys >> HALF


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
