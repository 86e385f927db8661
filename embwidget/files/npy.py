"""One array in numpy's own format, which stays on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embwidget._core.npz import open_npy
from embwidget._core.parts import Entry
from embwidget.files.arrays import ArrayFormat, Arrays


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    array = open_npy(path)
    yield Arrays({None: Entry(array.shape, lambda: array)})


FORMAT = ArrayFormat((".npy",), _open)
