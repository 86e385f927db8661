"""How many threads numba takes, which umap-learn and PaCMAP are compiled by."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from embwidget._core.threads import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator


def most_threads(n_jobs: int | None) -> int:
    """Threads to ask numba for: it refuses more than it has launched."""
    import numba

    return min(resolve(n_jobs), int(numba.config.NUMBA_NUM_THREADS))


@contextmanager
def numba_threads(n_jobs: int | None) -> Iterator[None]:
    """Hold numba to so many threads, in the calling thread alone."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(most_threads(n_jobs))
    try:
        yield
    finally:
        numba.set_num_threads(before)
