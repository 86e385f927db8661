"""All references in order of their distance to a few queries at a time, or the first k of them."""

import numpy as np
from numpy.typing import NDArray

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
    metric : {"cosine", "euclidean", "inner_product"}
    same : bool
        Whether the first references are the queries: no query then finds itself.

    Notes
    -----
    The order of the distances is that of ``x . y - |x|^2 / 2 - |y|^2 / 2`` of centred rows, or of
    unit rows for the cosine: the same for both items. Small spaces are compared in float64, where
    distances that agree to 40 bits of the largest are ties, as they are in a kNN graph; large ones
    in float32. Ties come in the order of their positions.

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
        metric: str,
        *,
        same: bool,
    ) -> None:
        n_references, n_dims = references.shape
        exact = len(queries) * n_references * n_dims <= FEW_PRODUCTS
        self.is_exact = exact and n_references < 1 << _COLUMN_BITS
        self._same = same
        dtype = np.float64 if self.is_exact else np.float32
        unit, centred = metric == "cosine", metric != "inner_product"
        center = _mean(references, unit=unit) if centred else np.zeros(n_dims)
        theirs = _prepared(references, unit, center, dtype)
        mine = theirs if queries is references else _prepared(queries, unit, center, dtype)
        squares = np.vecdot(theirs, theirs)[:, None]
        own_squares = np.vecdot(mine, mine)[:, None]
        longest = float(np.sqrt(squares.max())), float(np.sqrt(own_squares.max()))
        # Of sums of n_dims + 2 terms, twice: |x| |y| + (|x|^2 + |y|^2) / 2 is what they add up.
        self.rounding = 2 * (n_dims + 2) * float(np.finfo(dtype).eps) * max(longest) ** 2
        if centred:
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
        similarity = self._queries[rows] @ self._references.T
        if self._same:
            similarity[np.arange(len(rows)), rows] = -np.inf
        if self.is_exact:
            return self._first_exactly(similarity, k)
        return _first(similarity, k)

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
    vectors: NDArray[np.float32], unit: bool, center: NDArray[np.float64], dtype: type
) -> NDArray[np.floating]:
    """Rows as they enter the product, (n, n_dims) of the dtype."""
    out: NDArray[np.floating] = np.empty(vectors.shape, dtype)
    for some in _blocks(vectors):
        out[some] = _shaped(vectors[some], unit) - center
    return out


def _mean(vectors: NDArray[np.float32], *, unit: bool) -> NDArray[np.float64]:
    """Mean (n_dims,) float64 of the rows (n, n_dims), or of the unit rows.

    What rows have in common costs digits.
    """
    total = np.zeros(vectors.shape[1])
    for some in _blocks(vectors):
        total += _shaped(vectors[some], unit).sum(axis=0)
    return total / len(vectors)


def _shaped(rows: NDArray[np.float32], unit: bool) -> NDArray[np.float64]:
    wide = rows.astype(np.float64)
    return wide / np.sqrt(np.vecdot(wide, wide))[:, None] if unit else wide


def _blocks(vectors: NDArray[np.float32]) -> list[slice]:
    size = max(1, (1 << 20) // vectors.shape[1])
    return [slice(start, start + size) for start in range(0, len(vectors), size)]
