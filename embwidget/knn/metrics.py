"""What a metric has to provide for the exact search: fast float32 products and exact float64 keys.

A *similarity* is larger for nearer pairs and comes out of a float32 matrix product. A *key* is
smaller for nearer pairs, is evaluated pair by pair in float64 (the same operands give the same bits
wherever they stand), and is rounded so that pairs at the same mathematical distance get equal keys.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Rows = NDArray[np.intp]

# Unit roundoff of float32.
_ROUNDOFF = 2.0**-24
# What float32 underflow may take from a product, with room to spare, for each dimension.
_UNDERFLOW = 2.0**-126
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
# Elements of a block in float64: small enough to stay in the cache.
BLOCK_ELEMENTS = 1 << 19
# Squared length of the mean of the unit rows above which they are centred: there the bound on the
# rounding becomes smaller by it.
_COMMON_DIRECTION = 0.5
# Longer products are summed in parts: OpenBLAS spreads those of more than 10,000 over threads, and
# the order of the sum would depend on their number.
_DOT_DIMS = 8192


class Metric(ABC):
    """The rows of one space under one metric.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    prepare : bool, optional
        Hold all rows as they enter the product; else they are prepared tile by tile. By default not
        those of a memmap, which may not fit into memory.
    report : callable
        Called between blocks of rows while they are looked at and prepared.
    """

    # Whether the similarity is a product of rows of any length: then no distance has its order.
    by_product = False

    def __init__(
        self,
        vectors: Float32,
        *,
        prepare: bool | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        # A plain view: indexing a memmap makes an object with a file at each call.
        self._vectors = vectors.view(np.ndarray)
        self.n_samples, self.n_dims = vectors.shape
        self._prepared: Float32 | None = None
        self._setup(report)
        if prepare is None:
            prepare = not isinstance(vectors, np.memmap)
        if prepare:
            self._prepared = self._prepare_all(report)

    def similarity(self, top: int, bottom: int, left: int, right: int, *, out: Float32) -> None:
        """Float32 similarity of rows top..bottom to rows left..right."""
        rows = self.tile(slice(top, bottom))
        # The same array twice lets numpy compute one half of the product alone.
        columns = rows if (top, bottom) == (left, right) else self.tile(slice(left, right))
        np.matmul(rows, columns.T, out=out)
        self.shift(slice(top, bottom), slice(left, right), out)

    def similarity_between(self, rows: Rows, others: Rows) -> Float32:
        """Float32 similarity of some rows to some others, (len(rows), len(others))."""
        out: Float32 = self.tile(rows) @ self.tile(others).T
        self.shift(rows, others, out)
        return out

    def similarity_of(self, rows: Rows) -> Float32:
        """Float32 similarity of some rows to all, (len(rows), n_samples)."""
        out = np.empty((len(rows), self.n_samples), np.float32)
        mine = self.tile(rows)
        for some in _blocks(self.n_samples, self.n_dims):
            np.matmul(mine, self.tile(some).T, out=out[:, some])
            self.shift(rows, some, out[:, some])
        return out

    def prepared(self) -> Float32:
        """All rows as they enter the float32 product: such that no square over- or underflows.

        Their euclidean distances have the order of the metric, unless that is the inner product.
        """
        return self.tile(slice(None))

    def key(self, rows: Rows, candidates: Int32 | Rows) -> Float64:
        """Float64 keys of candidates (len(rows), m), one line of them for each row."""
        mine = self._vectors[rows].astype(np.float64)
        theirs = self._vectors[candidates].astype(np.float64)
        return self._key(mine, theirs, rows, candidates)

    def key_of(self, row: int, others: Rows) -> Float64:
        """Float64 keys of one row to others, (len(others),)."""
        block = max(1, BLOCK_ELEMENTS // self.n_dims)
        rows = np.array([row])
        return np.concatenate(
            [self.key(rows, others[None, i : i + block])[0] for i in range(0, len(others), block)]
        )

    def copies(self, report: Callable[[], None] = lambda: None) -> tuple[Rows, Rows]:
        """Group of each row among bit-identical rows, and the first row of each group."""
        # A sum of products modulo 2**64 stands for each row, so that no rows are copied to be
        # sorted.
        rng = np.random.default_rng(0)
        factors = rng.integers(0, 1 << 64, self.n_dims, np.uint64) | np.uint64(1)
        names = np.empty(self.n_samples, np.uint64)
        for some in self._all_blocks(report):
            bits = np.ascontiguousarray(self._vectors[some]).view(np.uint32).astype(np.uint64)
            # Spread to the upper half: a product with a high bit alone would keep few of the rest.
            bits |= bits << np.uint64(32)
            bits ^= bits >> np.uint64(29)
            bits *= factors
            bits ^= bits >> np.uint64(32)
            bits *= factors[::-1]
            names[some] = bits.sum(axis=1)
        _, first, group = np.unique(names, return_index=True, return_inverse=True)
        different = []
        for some in self._all_blocks(report):
            mine = np.ascontiguousarray(self._vectors[some]).view(np.uint32)
            theirs = np.ascontiguousarray(self._vectors[first[group[some]]]).view(np.uint32)
            different.append(some.start + np.flatnonzero((mine != theirs).any(axis=1)))
        apart = np.concatenate(different)
        # Should two unlike rows have the same sum, they count as rows without a copy.
        group[apart] = len(first) + np.arange(len(apart))
        return group, np.concatenate([first, apart])

    def tile(self, rows: slice | Rows) -> Float32:
        """Rows as they enter the float32 product."""
        return self._prepare(rows) if self._prepared is None else self._prepared[rows]

    def _all_blocks(self, report: Callable[[], None]) -> Iterator[slice]:
        for some in _blocks(self.n_samples, self.n_dims):
            report()
            yield some

    def _prepare_all(self, report: Callable[[], None]) -> Float32:
        prepared = np.empty(self._vectors.shape, np.float32)
        for some in self._all_blocks(report):
            prepared[some] = self._prepare(some)
        return prepared

    def _squared_norms(self, report: Callable[[], None], center: Float64 | None = None) -> Float64:
        """Squared norms (n,), in the same order of summation as the keys' products."""
        out = np.empty(self.n_samples)
        for some in self._all_blocks(report):
            rows = self._vectors[some].astype(np.float64)
            if center is not None:
                rows -= center
            out[some] = _dot(rows, rows)
        return out

    @abstractmethod
    def _setup(self, report: Callable[[], None]) -> None:
        """Compute what belongs to all rows, before anything is prepared."""

    @abstractmethod
    def _prepare(self, rows: slice | Rows) -> Float32:
        """Rows as they enter the float32 product."""

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:  # noqa: B027
        """Turn the product into the similarity, in place; by default they are the same."""

    @abstractmethod
    def _key(self, mine: Float64, theirs: Float64, rows: Rows, candidates: Int32 | Rows) -> Float64:
        """Rounded keys (r, m) of rows (r, d) and candidates (r, m, d)."""

    @abstractmethod
    def reach(self, rows: Rows, key: Float64) -> Float64:
        """Float32 similarity below which no item can have a key as small as ``key``."""

    @abstractmethod
    def distance(self, key: Float64) -> Float32:
        """Turn keys into what is returned."""


class _Centred:
    """Similarity of centred rows: half of the squared distance, negative.

    Parameters
    ----------
    squares : (n_samples,) float64
        Squared norms of the centred rows.
    n_dims : int
    """

    def __init__(self, squares: Float64, n_dims: int) -> None:
        self._norms = np.sqrt(squares)
        self._half = (squares / 2).astype(np.float32)
        self._n_dims = n_dims

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        """Turn products of centred rows into the similarity, in place."""
        out -= self._half[rows, None]
        out -= self._half[None, columns]

    def reach(self, rows: Rows, square: Float64) -> Float64:
        """Similarity below which no item is as near as the squared distance ``square``."""
        # An item that near has a norm of at most |row| + distance, which bounds what is rounded:
        # n_dims + 2 times their product, at most (size / 2)**2, and 6 times that in the shift.
        size = 2 * self._norms[rows] + np.sqrt(square)
        lost = 1.01 * (self._n_dims + 8) * (_ROUNDOFF * size**2 / 4 + _UNDERFLOW)
        reach: Float64 = -square / 2 - lost
        return reach


class Cosine(Metric):
    """Key: 1 - cosine, in steps of 2**-40."""

    def _setup(self, report: Callable[[], None]) -> None:
        self._squares = self._squared_norms(report)
        center = np.zeros(self.n_dims)
        for some in self._all_blocks(report):
            center += (1 / np.sqrt(self._squares[some])) @ self._vectors[some].astype(np.float64)
        center /= self.n_samples
        # Rows in much the same direction differ in the last digits of their products alone, and all
        # would be searched again. So what they have in common goes first, as for the euclidean
        # distance: that of unit rows has the same order.
        self._center: Float64 | None = None
        self._centred: _Centred | None = None
        if center @ center > _COMMON_DIRECTION:
            squares = np.empty(self.n_samples)
            for some in self._all_blocks(report):
                unit = self._vectors[some] / np.sqrt(self._squares[some])[:, None] - center
                squares[some] = np.vecdot(unit, unit)
            self._center, self._centred = center, _Centred(squares, self.n_dims)

    def _prepare(self, rows: slice | Rows) -> Float32:
        # In float64 up to the end: float32 squares of very large or small rows over- or underflow.
        scale = 1 / np.sqrt(self._squares[rows])
        center = 0.0 if self._center is None else self._center
        return _blockwise(lambda some, part: some * scale[part, None] - center, self._vectors[rows])

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        if self._centred is not None:
            self._centred.shift(rows, columns, out)

    def _key(self, mine: Float64, theirs: Float64, rows: Rows, candidates: Int32 | Rows) -> Float64:
        product = _dot(theirs, mine[:, None, :])
        # One root of the product, not a product of roots: exactly 1 for a row and its copy.
        norms = np.sqrt(self._squares[candidates] * self._squares[rows][:, None])
        steps: Float64 = np.round((1 - product / norms) * 2.0**40)
        key: Float64 = np.maximum(steps, 0) * 2.0**-40
        return key

    def reach(self, rows: Rows, key: Float64) -> Float64:
        if self._centred is not None:
            return self._centred.reach(rows, 2 * (key + 2.0**-40))
        # Products of unit rows: d + 4 roundings (n_dims products and sums, and the normalisation).
        lost = 1.01 * (self.n_dims + 4) * _ROUNDOFF + 2.0**-40
        reach: Float64 = (1 - key) - lost
        return reach

    def distance(self, key: Float64) -> Float32:
        return key.astype(np.float32)


class Euclidean(Metric):
    """Key: the squared distance, rounded to 40 bits; similarity: -key / 2 of centred rows."""

    def _setup(self, report: Callable[[], None]) -> None:
        # A common offset would cost the float32 product its digits, so it goes first.
        self._center = np.zeros(self.n_dims)
        for some in self._all_blocks(report):
            self._center += self._vectors[some].sum(axis=0, dtype=np.float64)
        self._center /= self.n_samples
        squares = self._squared_norms(report, self._center)
        self._scale = _safe_scale(squares)
        self._centred = _Centred(squares * self._scale**2, self.n_dims)

    def _prepare(self, rows: slice | Rows) -> Float32:
        return _blockwise(lambda some, _: (some - self._center) * self._scale, self._vectors[rows])

    def shift(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        self._centred.shift(rows, columns, out)

    def _key(self, mine: Float64, theirs: Float64, rows: Rows, candidates: Int32 | Rows) -> Float64:  # noqa: ARG002
        theirs -= mine[:, None, :]
        return _round_bits(_dot(theirs, theirs))

    def reach(self, rows: Rows, key: Float64) -> Float64:
        return self._centred.reach(rows, key * self._scale**2 * (1 + 2.0**-39))

    def distance(self, key: Float64) -> Float32:
        return _float32(np.sqrt(key))


class InnerProduct(Metric):
    """Key: minus the inner product, in steps of 2**-42 of the largest product a row can have."""

    by_product = True

    def _setup(self, report: Callable[[], None]) -> None:
        squares = self._squared_norms(report)
        self._scale = _safe_scale(squares)
        self._norms = np.sqrt(squares)
        self._largest = float(self._norms.max())

    def _prepare_all(self, report: Callable[[], None]) -> Float32:
        # As they are, when nothing is to be changed.
        return self._vectors if self._scale == 1 else super()._prepare_all(report)

    def _prepare(self, rows: slice | Rows) -> Float32:
        if self._scale == 1:
            return self._vectors[rows]
        return (self._vectors[rows] * self._scale).astype(np.float32)

    def _key(self, mine: Float64, theirs: Float64, rows: Rows, candidates: Int32 | Rows) -> Float64:  # noqa: ARG002
        key = -_dot(theirs, mine[:, None, :])
        step = np.exp2(np.ceil(np.log2(self._size(rows))) - 42)[:, None]
        # + 0 turns a -0.0 into the 0.0 that a zero product is.
        rounded: Float64 = np.round(key / step) * step + 0.0
        return rounded

    def reach(self, rows: Rows, key: Float64) -> Float64:
        size = self._size(rows) * self._scale**2
        lost = 1.01 * (self.n_dims + 4) * (_ROUNDOFF * size + _UNDERFLOW) + 2.0**-41 * size
        reach: Float64 = -key * self._scale**2 - lost
        return reach

    def distance(self, key: Float64) -> Float32:
        return _float32(key)

    def _size(self, rows: Rows) -> Float64:
        """Largest absolute product that each row can have; never 0."""
        return np.maximum(self._norms[rows] * self._largest, np.finfo(np.float64).tiny * 2.0**60)


_METRICS: dict[str, type[Metric]] = {
    "cosine": Cosine,
    "euclidean": Euclidean,
    "inner_product": InnerProduct,
}


def metric_of(
    vectors: Float32,
    metric: str,
    *,
    prepare: bool | None = None,
    report: Callable[[], None] = lambda: None,
) -> Metric:
    """Prepare the rows of a space for a metric's canonical name."""
    return _METRICS[metric](vectors, prepare=prepare, report=report)


def _float32(values: Float64) -> Float32:
    """Distances beyond the range of float32 become its largest number, not infinity."""
    return np.clip(values, -_LARGEST_FLOAT32, _LARGEST_FLOAT32).astype(np.float32)


def _dot(a: Float64, b: Float64) -> Float64:
    """Inner products along the last axis, each with the same bits wherever it stands."""
    width = a.shape[-1]
    out: Float64 = np.vecdot(a[..., :_DOT_DIMS], b[..., :_DOT_DIMS])
    for start in range(_DOT_DIMS, width, _DOT_DIMS):
        out += np.vecdot(a[..., start : start + _DOT_DIMS], b[..., start : start + _DOT_DIMS])
    return out


def _blockwise(convert: Callable[[Float32, slice], Float64], rows: Float32) -> Float32:
    """Convert rows in float64 without ever holding all of them in it."""
    out = np.empty(rows.shape, np.float32)
    for part in _blocks(*rows.shape):
        out[part] = convert(rows[part], part)
    return out


def _blocks(n_rows: int, n_dims: int) -> Iterator[slice]:
    size = max(1, BLOCK_ELEMENTS // n_dims)
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))


def _safe_scale(squares: Float64) -> float:
    """A power of two that keeps float32 squares from over- and underflow; 1 for usual data."""
    largest = float(np.sqrt(squares.max()))
    if largest == 0 or 1e-9 < largest < 1e9:
        return 1.0
    return float(np.exp2(-np.round(np.log2(largest))))


def _round_bits(values: Float64) -> Float64:
    """Round positive float64 to 40 significant bits."""
    bits = values.view(np.int64) + (1 << 11)
    bits &= ~((1 << 12) - 1)
    return bits.view(np.float64)
