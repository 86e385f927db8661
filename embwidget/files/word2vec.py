"""Vectors of words in word2vec's binary format."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from embwidget._core.parts import Entry
from embwidget._core.whole_file import open_regular
from embwidget.files.arrays import ArrayFormat, Arrays

_HEADER = re.compile(rb"(\d{1,15}) (\d{1,15})[ \r]*\n")
_MOST_WORD_BYTES = 10_000
_BLOCK_BYTES = 1 << 24
# A model of fastText, and pickles and archives, which have the same suffix.
_OTHERS = {
    b"\xba\x16O/": "it is a model of fastText: save its vectors as text, model.vec",
    b"PK": "it is an archive, as torch writes them: save the tensor alone as .pt",
    b"\x80": "pickles are never opened, for they can run code",
}


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    with open_regular(path) as file:
        words, vectors = _read(file, os.fstat(file.fileno()).st_size)
    yield Arrays(
        {
            "vectors": Entry(vectors.shape, lambda: vectors),
            "ids": Entry((len(words),), lambda: words),
        }
    )


FORMAT = ArrayFormat((".bin",), _open)


def _read(file: IO[bytes], n_bytes: int) -> tuple[list[str], NDArray[np.float32]]:
    """Words, and their vectors (n_samples, n_dims) float32, of a file of so many bytes."""
    data = file.read(_BLOCK_BYTES)
    for start, why in _OTHERS.items():
        if data.startswith(start):
            raise ValueError(why)
    header = _HEADER.match(data)
    if header is None:
        msg = "it does not begin with two numbers, as word2vec's binary files do"
        raise ValueError(msg)
    n_rows, n_dims = int(header[1]), int(header[2])
    if n_rows * (4 * n_dims + 1) > n_bytes or not n_rows * n_dims:
        msg = f"it says that it holds {n_rows} x {n_dims} numbers, which it has no room for"
        raise ValueError(msg)
    vectors = np.empty((n_rows, n_dims), np.float32)
    words = []
    at = header.end()
    most = _MOST_WORD_BYTES + 4 * n_dims
    for row in range(n_rows):
        if at + most > len(data):
            data, at = data[at:] + file.read(max(_BLOCK_BYTES, most)), 0
        end = data.find(b" ", at, at + _MOST_WORD_BYTES)
        if end < 0 or end + 1 + 4 * n_dims > len(data):
            msg = f"it ends, or has no word, in vector {row} of {n_rows}"
            raise ValueError(msg)
        # Some writers end each vector with a line.
        words.append(data[at:end].lstrip(b"\n").decode())
        at = end + 1 + 4 * n_dims
        vectors[row] = np.frombuffer(data, "<f4", n_dims, end + 1)
    if (data[at:] + file.read(_BLOCK_BYTES)).strip(b"\n"):
        msg = f"it goes on behind its {n_rows} vectors of {n_dims} numbers"
        raise ValueError(msg)
    return words, vectors
