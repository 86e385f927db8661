"""How many neighbours two graphs share, for every k at once."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.estimate import Z95
from embwidget._core.threads import mapped, resolve

# Rows sorted at once: few enough for the cache.
_BLOCK_ROWS = 2000


def shared_counts(
    indices_a: NDArray[np.int32], indices_b: NDArray[np.int32], *, n_jobs: int | None = None
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Count the neighbours that each item has in both graphs.

    Parameters
    ----------
    indices_a, indices_b : (n_samples, k_max) int32
        Nearest first; -1 = no neighbour.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.

    Returns
    -------
    (n_samples, k_max) uint8, or uint16 when k_max > 255
        Column k - 1 is the size of the intersection of the first k neighbours of both.

    Notes
    -----
    A neighbour at ranks r and s (from 0) is shared from k = max(r, s) + 1 on. Both lists of a row
    are packed as (index, rank) and sorted together, so that a shared one stands twice. Where both
    fit into 32 bits, the sort takes a third of the time.
    """
    if indices_a.shape != indices_b.shape:
        msg = f"the graphs differ in shape: {indices_a.shape} and {indices_b.shape}"
        raise ValueError(msg)
    n, k_max = indices_a.shape
    shared: NDArray[Any] = np.empty((n, k_max), np.uint8 if k_max <= 255 else np.uint16)
    rank_bits = max(1, (k_max - 1).bit_length())
    largest = max(int(indices_a.max(initial=0)), int(indices_b.max(initial=0)))
    dtype = np.dtype(np.int32 if (largest + 1) << rank_bits < 1 << 31 else np.int64)
    starts = range(0, n, _BLOCK_ROWS)
    blocks = mapped(
        lambda start: _shared_counts(
            indices_a[start : start + _BLOCK_ROWS],
            indices_b[start : start + _BLOCK_ROWS],
            rank_bits,
            dtype,
        ),
        starts,
        resolve(n_jobs),
    )
    for start, block in zip(starts, blocks, strict=True):
        shared[start : start + _BLOCK_ROWS] = block
    return shared


def _shared_counts(
    indices_a: NDArray[np.int32],
    indices_b: NDArray[np.int32],
    rank_bits: int,
    dtype: np.dtype[Any],
) -> NDArray[np.intp]:
    """Counts (n_rows, k_max) of the shared neighbours of a block of rows, see `shared_counts`."""
    height, k_max = indices_a.shape
    width = 2 * k_max
    ranks = np.arange(k_max, dtype=dtype)
    packed = np.empty((height, width), dtype)
    for columns, indices in ((slice(k_max), indices_a), (slice(k_max, width), indices_b)):
        packed[:, columns] = indices.astype(dtype) << rank_bits | ranks
    packed.sort(axis=1)
    flat = packed.reshape(-1)
    index = flat >> rank_bits
    first = np.flatnonzero((index[1:] == index[:-1]) & (index[1:] >= 0))
    # The last entry of a row and the first of the next one belong to different items.
    first = first[(first + 1) % width != 0]
    mask = (1 << rank_bits) - 1
    last = np.maximum(flat[first] & mask, flat[first + 1] & mask)
    found = np.bincount(first // width * k_max + last, minlength=height * k_max)
    return np.cumsum(found.reshape(height, k_max), axis=1)


def jaccard(shared: NDArray[Any], k: int) -> NDArray[np.float32]:
    """Jaccard index of two neighbourhoods of k items: intersection over union.

    Parameters
    ----------
    shared : (n_samples,) int
        Neighbours in both, 0..k.
    k : int

    Returns
    -------
    (n_samples,) float32
        ``shared / (2 k - shared)``, in [0, 1].
    """
    counts = shared.astype(np.float32)
    return counts / (2 * k - counts)


def jaccard_by_k(shared: NDArray[Any]) -> NDArray[np.float64]:
    """Mean Jaccard index of the k nearest and its 95 % interval, for every k at once.

    Parameters
    ----------
    shared : (n_samples, k_max) int
        What `shared_counts` gives, of at least 2 items.

    Returns
    -------
    (k_max, 3) float64
        ``value, low, high``, what `Estimate.of_mean` gives of `jaccard` at each k.

    Notes
    -----
    At k there are no more than k + 1 values, so that counts of items are enough.
    """
    n, k_max = shared.shape
    # One count of items for each k and number of shared neighbours.
    entries = shared + np.arange(k_max) * (k_max + 1)
    counts = np.bincount(entries.reshape(-1), minlength=k_max * (k_max + 1))
    counts = counts.reshape(k_max, k_max + 1)
    values = _jaccard_values(k_max)
    mean = (counts * values).sum(axis=1) / n
    square = (counts * (values - mean[:, None]) ** 2).sum(axis=1)
    error = np.sqrt(square / (n - 1) / n)
    return np.stack([mean, mean - Z95 * error, mean + Z95 * error], axis=1)


@lru_cache(maxsize=8)
def _jaccard_values(k_max: int) -> NDArray[np.float64]:
    """Jaccard index of 0, 1 ... shared neighbours at each k, (k_max, k_max + 1) float64."""
    numbers = np.arange(k_max + 1)
    rows = [jaccard(np.minimum(numbers, k), k) for k in range(1, k_max + 1)]
    values = np.array(rows, np.float64)
    values.flags.writeable = False
    return values


def overlap(shared: NDArray[Any], k: int) -> NDArray[np.float32]:
    """Share of the k neighbours that both spaces have, ``shared / k``.

    Parameters
    ----------
    shared : (n_samples,) int
        Neighbours in both, 0..k.
    k : int

    Returns
    -------
    (n_samples,) float32
    """
    return shared.astype(np.float32) / np.float32(k)
