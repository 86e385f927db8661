"""Slow plain references for what a widget shows, and a search that waits."""

import threading
from collections.abc import Callable

import numpy as np

from embwidget.widget import EmbeddingCompare

N = 60
SECONDS = 60


class Gate:
    """A neighbour search that begins when it is let, so that what comes before can be seen."""

    def __init__(self, search: Callable) -> None:
        self._search = search
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def __call__(self, *args, progress, **options):
        progress("waiting", 0.0)
        assert self._open.wait(SECONDS)
        progress("searching", 0.5)
        return self._search(*args, progress=progress, **options)


def nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    """Cosine neighbours by the definition, (n, k)."""
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    distances = 1 - unit @ unit.T
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def shared_at(widget: EmbeddingCompare, k: int) -> np.ndarray:
    pair = widget.comparison
    lists = zip(nearest(pair.a.vectors, k), nearest(pair.b.vectors, k), strict=True)
    return np.array([len(set(a) & set(b)) for a, b in lists])
