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

from embwidget._core.blocks import BLOCK_ELEMENTS, blocks
from embwidget._core.copies import copies_of
from embwidget._core.file_rows import plain
from embwidget.metrics.arithmetic import Float32, Float64, Int32, Rows


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
        self._vectors: Float32 = plain(vectors)
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
        """Write the similarity of rows top..bottom to rows left..right to ``out``.

        It is (bottom - top, right - left) float32.
        """
        self._compare(slice(top, bottom), slice(left, right), out)

    def similarity_between(self, rows: Rows, others: Rows) -> Float32:
        """Similarity (r, m) float32 of rows (r,) intp to others (m,) intp."""
        out = np.empty((len(rows), len(others)), np.float32)
        self._compare(rows, others, out)
        return out

    def similarity_of(self, rows: Rows) -> Float32:
        """Similarity (r, n) float32 of rows (r,) intp to all n that are searched."""
        n = self.among.n_samples
        out = np.empty((len(rows), n), np.float32)
        for some in blocks(n, self.width):
            self._compare(rows, some, out[:, some])
        return out

    def key(self, rows: Rows, candidates: Int32 | Rows) -> Float64:
        """Keys (r, m) float64 of rows (r,) intp to their candidates, (r, m) int32 or intp."""
        mine = self._numbers(self._vectors[rows])
        theirs = self._numbers(self.among._vectors[candidates])
        return self._keys(mine, theirs, rows, candidates)

    def key_of(self, row: int, others: Rows) -> Float64:
        """Keys (m,) float64 of one row to others (m,) intp."""
        block = max(1, BLOCK_ELEMENTS // self.n_dims)
        rows = np.array([row])
        return np.concatenate(
            [self.key(rows, others[None, i : i + block])[0] for i in range(0, len(others), block)]
        )

    def copies(self, report: Callable[[], None] = lambda: None) -> tuple[Rows, Rows]:
        """Group of each row among bit-identical rows, (n_samples,) intp, and each one's first row.

        The first rows are (n_groups,) intp.
        """
        return copies_of(self._vectors, report)

    def all_blocks(self, report: Callable[[], None]) -> Iterator[slice]:
        """Slices of all rows; `report` is called before each."""
        for some in blocks(self.n_samples, self.n_dims):
            report()
            yield some

    def _setup(self, report: Callable[[], None]) -> None:  # noqa: B027
        """Compute what belongs to all rows, before any are compared."""

    def _numbers(self, vectors: Float32) -> NDArray[Any]:
        """Numbers (..., n_dims) that keys are made of, by default float64, of such vectors."""
        return vectors.astype(np.float64)

    @abstractmethod
    def _compare(self, rows: slice | Rows, columns: slice | Rows, out: Float32) -> None:
        """Write the similarity (r, m) float32 of rows (r,) to those searched (m,) to ``out``."""

    @abstractmethod
    def _keys(
        self, mine: NDArray[Any], theirs: NDArray[Any], rows: Rows, candidates: Int32 | Rows
    ) -> Float64:
        """Rounded keys (r, m) float64 of numbers mine (r, d) and theirs (r, m, d).

        Those of ``rows`` (r,) and ``candidates`` (r, m), as `_numbers` gives them; theirs may be
        changed.
        """

    @abstractmethod
    def least_similarity(self, rows: Rows, key: Float64) -> Float64:
        """Similarity (r,) float64 below which no item has a key as small as its row's.

        ``rows`` are (r,) intp, ``key`` is (r,) float64.
        """

    @abstractmethod
    def distance(self, key: Float64) -> Float32:
        """Turn keys (...,) float64 into the distances that are returned, (...,) float32."""
