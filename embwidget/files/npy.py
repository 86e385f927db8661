"""One array in numpy's own format, which stays in the file if it is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embwidget._core.npz import read_npy
from embwidget._core.parts import Entry
from embwidget.files.arrays import ArrayFormat, Arrays


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    array = read_npy(path)
    yield Arrays({None: Entry(array.shape, lambda: array)})


FORMAT = ArrayFormat((".npy",), _open)
