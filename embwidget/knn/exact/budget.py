"""How to search within a bound of memory: the sizes of tiles and panels, and the threads."""

from dataclasses import dataclass

import numpy as np

from embwidget._core.blocks import BLOCK_ELEMENTS
from embwidget._core.threads import resolve
from embwidget.metrics.arithmetic import Float32

# Large enough for the BLAS, small enough for the cache and to cancel soon. No multiple of a large
# power of two: what lies below each other would share the same few lines of the cache.
TILE_ROWS = 1200
_SMALLEST_TILE_ROWS = 128
# Bytes for each element of a tile: the product, two masks, and what is better, which may be all.
_TILE_BYTES = 64
# Bytes for each element of a block in float64, with what it was made of and its differences.
_BLOCK_BYTES = 32
# Bytes for each row of the space: norms, and the search of a row among all with its copies.
_ROW_BYTES = 192
# Multiplications below which another thread is not worth its start.
_LEAST_PRODUCTS = 1e8


@dataclass(frozen=True)
class Plan:
    """Sizes that do not change the result.

    Attributes
    ----------
    n_threads : int
    tile_rows : int
        Rows of a tile.
    panel_rows : int
        Rows whose candidates are held at a time; a multiple of ``tile_rows``, or all.
    prepare : bool
        Whether all rows are held as they enter the product.
    spare : int or None
        Bytes that are left for the search of single rows; None = no bound.
    """

    n_threads: int
    tile_rows: int
    panel_rows: int
    prepare: bool
    spare: int | None = None


def plan(
    vectors: Float32,
    n_neighbors: int,
    n_candidates: int,
    *,
    width: int,
    n_jobs: int | None,
    tile_size: int | None = None,
    max_memory: int | None = None,
) -> Plan:
    """Choose the sizes; the largest that the bound allows.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    n_neighbors, n_candidates : int
        Of each row.
    width : int
        Numbers that a row has in a product.
    n_jobs : int, optional
    tile_size : int, optional
    max_memory : int, optional
        Bytes that may be allocated, the result included; None = no bound.

    Raises
    ------
    ValueError
        When the result and one smallest tile do not fit.
    """
    n, d = (int(size) for size in vectors.shape)
    n_threads = resolve(n_jobs)
    if n_jobs is None and n * n * width < _LEAST_PRODUCTS:
        n_threads = 1
    mapped = isinstance(vectors, np.memmap)
    # Of two tiles; what is mapped is read from the file before it is prepared.
    tile_bytes = 12 if mapped else 8
    if max_memory is None:
        return Plan(n_threads, min(n, tile_size or TILE_ROWS), n, prepare=not mapped)

    def of_thread(rows: int) -> int:
        blocks = _BLOCK_BYTES * max(BLOCK_ELEMENTS, n_candidates * d)
        return _TILE_BYTES * rows**2 + tile_bytes * width * rows + blocks

    of_candidate_row = 8 * (n_candidates + 1)
    fixed = n * (8 * n_neighbors + _ROW_BYTES)
    sizes = [TILE_ROWS >> i for i in range(4)]
    least = fixed + of_thread(_SMALLEST_TILE_ROWS) + _SMALLEST_TILE_ROWS * of_candidate_row
    free = max_memory - fixed
    if max_memory < least:
        msg = f"max_memory={max_memory}: this search needs at least {least} bytes"
        raise ValueError(msg)
    # All candidates at once, if at all possible: else pairs of tiles are multiplied twice.
    for rows in sizes:
        for threads in range(n_threads, 0, -1):
            left = free - threads * of_thread(rows) - n * of_candidate_row
            if left >= 0:
                prepare = not mapped and left >= 4 * n * width
                return Plan(threads, min(n, rows), n, prepare, left - prepare * 4 * n * width)
    for rows in sizes:
        for threads in range(n_threads, 0, -1):
            left = free - threads * of_thread(rows)
            panel = left // of_candidate_row // rows * rows
            if panel >= threads * rows and left >= free // 2:
                return Plan(threads, rows, panel, prepare=False, spare=left)
    panel = (free - of_thread(_SMALLEST_TILE_ROWS)) // of_candidate_row
    panel = panel // _SMALLEST_TILE_ROWS * _SMALLEST_TILE_ROWS
    return Plan(1, _SMALLEST_TILE_ROWS, panel, prepare=False, spare=0)
