"""Which neighbours two graphs share, when the items of one are renamed again and again."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Neighbours looked up at once: a block of them stays in the cache.
_BLOCK_ENTRIES = 1 << 17
# Candidates compared with the whole list of their row at once.
_BLOCK_CANDIDATES = 1 << 13
# Bits of a row's filter for each of its neighbours: 1 in 32 of the others passes.
_BITS_PER_NEIGHBOR = 32
# All filters together stay below this, or pass more.
MOST_FILTER_BYTES = 1 << 27
# No position of an item, and not the -1 of a missing neighbour either.
_NOBODY = -2


class SharedRanks(NamedTuple):
    """Neighbours that items have in both graphs, one entry each, by item.

    Attributes
    ----------
    rows : (n_shared,) intp
        The item, ascending.
    ranks_a, ranks_b : (n_shared,) intp
        Rank of the neighbour in the lists of A and of B, from 0.
    """

    rows: NDArray[np.intp]
    ranks_a: NDArray[np.intp]
    ranks_b: NDArray[np.intp]


class SharedRankFinder:
    """Finds the neighbours shared by A and by B under any order of B's items.

    Unrelated lists share almost nothing. So each row of A has a filter of bits, which a few of B's
    neighbours pass; those alone are compared with the list itself.

    Parameters
    ----------
    indices_a, indices_b : (n_samples, k_max) int32
        Nearest first; -1 = no neighbour.
    """

    def __init__(self, indices_a: NDArray[np.int32], indices_b: NDArray[np.int32]) -> None:
        if indices_a.shape != indices_b.shape:
            msg = f"the graphs differ in shape: {indices_a.shape} and {indices_b.shape}"
            raise ValueError(msg)
        self.n_samples, self.k_max = indices_a.shape
        missing = indices_a < 0
        self._a = np.where(missing, np.int32(_NOBODY), indices_a) if missing.any() else indices_a
        self._b = indices_b
        n_bits = 1 << (_BITS_PER_NEIGHBOR * self.k_max - 1).bit_length()
        while n_bits > 64 and self.n_samples * n_bits // 8 > MOST_FILTER_BYTES:
            n_bits //= 2
        self._mask = n_bits - 1
        self._width = n_bits // 8
        self._filter = self._make_filter().reshape(-1)

    def _make_filter(self) -> NDArray[np.uint8]:
        """One bit for each neighbour in A, (n_samples, width)."""
        filters = np.zeros((self.n_samples, self._width), np.uint8)
        rows = np.arange(self.n_samples)
        for rank in range(self.k_max):
            slot = self._a[:, rank] & self._mask
            filters[rows, slot >> 3] |= np.left_shift(1, slot & 7).astype(np.uint8)
        return filters

    def find(self, order: NDArray[np.intp] | None = None) -> SharedRanks:
        """Find what is shared when item i has in B the neighbours that item ``order[i]`` has.

        Parameters
        ----------
        order : (n_samples,) intp, optional
            A permutation of the items; by default none is moved. The neighbours are renamed by it
            too, so that B keeps its shape.
        """
        renamed = np.empty(self.n_samples + 1, np.int32)
        renamed[slice(self.n_samples) if order is None else order] = np.arange(self.n_samples)
        renamed[self.n_samples] = -1
        n_rows = max(1, _BLOCK_ENTRIES // self.k_max)
        found: list[SharedRanks] = []
        for start in range(0, self.n_samples, n_rows):
            rows = slice(start, min(start + n_rows, self.n_samples))
            lists = self._b[rows] if order is None else self._b.take(order[rows], axis=0)
            # The -1 of a missing neighbour is the last entry.
            theirs = renamed.take(lists)
            found += self._verified(start, theirs, self._passing(start, theirs))
        return SharedRanks(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _passing(self, start: int, theirs: NDArray[np.int32]) -> NDArray[np.intp]:
        """Entries of a block (n_rows, k_max) that pass the filter, in the flat block: (m,) intp."""
        slot = theirs & np.int32(self._mask)
        offset = np.arange(start, start + len(theirs), dtype=np.intp)[:, None] * self._width
        byte = self._filter.take(offset + (slot >> 3))
        byte >>= (slot & 7).astype(np.uint8)
        byte &= 1
        return np.flatnonzero(byte.view(np.bool_))

    def _verified(
        self, start: int, theirs: NDArray[np.int32], entries: NDArray[np.intp]
    ) -> list[SharedRanks]:
        """Those of the entries (m,) of a block (n_rows, k_max) that A has, and their ranks."""
        found = []
        for first in range(0, max(1, len(entries)), _BLOCK_CANDIDATES):
            some = entries[first : first + _BLOCK_CANDIDATES]
            rows, ranks_b = np.divmod(some, self.k_max)
            rows += start
            equal = self._a.take(rows, axis=0) == theirs.take(some)[:, None]
            which, ranks_a = np.divmod(np.flatnonzero(equal), self.k_max)
            found.append(SharedRanks(rows[which], ranks_a, ranks_b[which]))
        return found


def mean_jaccard(shared: SharedRanks, n_samples: int, k_max: int) -> NDArray[np.float64]:
    """Mean Jaccard index of the k nearest for each k = 1..k_max, (k_max,).

    A neighbour at ranks r and s (from 0) is shared from k = max(r, s) + 1 on. The j-th such k of an
    item is where it goes from j - 1 shared neighbours to j, so that counts of items are enough.
    """
    last = np.maximum(shared.ranks_a, shared.ranks_b)
    by_row = np.sort(shared.rows * k_max + last)
    rows, last = np.divmod(by_row, k_max)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    nth = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    most = int(nth.max(initial=-1)) + 1
    begins = np.bincount(nth * k_max + last, minlength=most * k_max).reshape(most, k_max)
    at_least = np.cumsum(begins, axis=1)
    exactly = at_least - np.concatenate([at_least[1:], np.zeros((min(1, most), k_max), np.intp)])
    n_shared = np.arange(1, most + 1)[:, None]
    # No item shares more than k of k: those counts are 0, whatever they are divided by.
    union = np.maximum(2 * np.arange(1, k_max + 1) - n_shared, 1)
    mean: NDArray[np.float64] = (exactly * (n_shared / union)).sum(axis=0) / n_samples
    return mean
