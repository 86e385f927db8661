"""Rows of an array a block at a time, so that what is made of them stays in the cache."""

from collections.abc import Iterator

BLOCK_ELEMENTS = 1 << 19
"""Elements of a block in float64."""


def blocks(n_rows: int, n_dims: int) -> Iterator[slice]:
    """Slices of all rows, each of about `BLOCK_ELEMENTS` elements."""
    size = max(1, BLOCK_ELEMENTS // n_dims)
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))
