"""The rows of one space under one metric, as every search takes them.

A *similarity* is float32 and larger for nearer pairs. A *key* is smaller for nearer pairs, is
evaluated pair by pair in float64 (the same operands give the same bits wherever they stand), and is
rounded so that pairs at the same mathematical distance get equal keys.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embwidget.metrics.arithmetic import BLOCK_ELEMENTS, Float32, Float64, Int32, Rows, blocks


class MetricRows(ABC):
    """The rows of one space under one metric, and the rows that they are compared with.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    among : MetricRows of the same class, optional
        Rows that are searched; by default these rows themselves. What all rows have in common is
        then taken from those, so that a row finds the same whoever else asks.
    report : callable
        Called between blocks of rows while they are looked at.

    Attributes
    ----------
    width : int
        Numbers that a row has where it is compared; n_dims unless several are packed into one.
    """

    exact_similarity = False
    """Whether the similarity is never rounded: then it ties where the keys do."""

    def __init__(
        self,
        vectors: Float32,
        *,
        among: Self | None = None,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        # A plain view: indexing a memmap makes an object with a file at each call.
        self._vectors = vectors.view(np.ndarray)
        self._among = among
        self.n_samples, self.n_dims = vectors.shape
        self.width: int = self.n_dims
        self._setup(report)

    @property
    def among(self) -> Self:
        """The rows that are searched."""
        # No attribute: an object that holds itself would keep its arrays until the next collection.
        return self if self._among is None else self._among

    def similarity(self, top: int, bottom: int, left: int, right: int, *, out: Float32) -> None:
        """Float32 similarity of rows top..bottom to rows left..right, (bottom - top, right - left).

        Written to ``out``.
        """
        self._compare(slice(top, bottom), slice(left, right), out)

    def similarity_between(self, rows: Rows, others: Rows) -> Float32:
        """Float32 similarity of some rows to some others, (len(rows), len(others))."""
        out = np.empty((len(rows), len(others)), np.float32)
        self._compare(rows, others, out)
        return out

    def similarity_of(self, rows: Rows) -> Float32:
        """Float32 similarity of some rows to all that are searched, (len(rows), n)."""
        n = self.among.n_samples
        out = np.empty((len(rows), n), np.float32)
        for some in blocks(n, self.width):
            self._compare(rows, some, out[:, some])
        return out

    def key(self, rows: Rows, candidates: Int32 | Rows) -> Float64:
        """Float64 keys of candidates (len(rows), m), one line of them for each row."""
        mine = self._numbers(self._vectors[rows])
        theirs = self._numbers(self.among._vectors[candidates])
        return self._keys(mine, theirs, rows, candidates)

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
        for some in self.all_blocks(report):
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
        for some in self.all_blocks(report):
            mine = np.ascontiguousarray(self._vectors[some]).view(np.uint32)
            theirs = np.ascontiguousarray(self._vectors[first[group[some]]]).view(np.uint32)
            different.append(some.start + np.flatnonzero((mine != theirs).any(axis=1)))
        apart = np.concatenate(different)
        # Should two unlike rows have the same sum, they count as rows without a copy.
        group[apart] = len(first) + np.arange(len(apart))
        return group, np.concatenate([first, apart])

    def all_blocks(self, report: Callable[[], None]) -> Iterator[slice]:
        """Slices of all rows; `report` is called before each."""
        for some in blocks(self.n_samples, self.n_dims):
            report()
            yield some

    def _setup(self, report: Callable[[], None]) -> None:  # noqa: B027
        """Compute what belongs to all rows, before any are compared."""

    def _numbers(self, vectors: Float32) -> NDArray[Any]:
        """Vectors (..., n_dims) as keys are made of: in float64."""
        return vectors.astype(np.float64)

    @abstractmethod
    def _compare(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        """Write the similarity (n_rows, n_columns) of rows to those searched."""

    @abstractmethod
    def _keys(
        self, mine: NDArray[Any], theirs: NDArray[Any], rows: Rows, candidates: Int32 | Rows
    ) -> Float64:
        """Rounded keys (r, m) of rows (r, d) and candidates (r, m, d), which may be changed."""

    @abstractmethod
    def reach(self, rows: Rows, key: Float64) -> Float64:
        """Float32 similarity (r,) below which no item can have a key as small as ``key`` (r,)."""

    @abstractmethod
    def distance(self, key: Float64) -> Float32:
        """Turn keys of any shape into what is returned."""
