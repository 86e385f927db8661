"""Vectors of words as text: word2vec, GloVe and fastText, and rows of numbers without words."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.parts import Entry
from embwidget._core.whole_file import open_regular
from embwidget.files.arrays import ArrayFormat, Arrays

_MOST_LINE_BYTES = 16_000_000
_BLOCK_ROWS = 4096
# Lines by which the number of dimensions is told where no line says it.
_FIRST_LINES = 100
_HEADER = re.compile(rb"\s*(\d{1,15})\s+(\d{1,15})\s*")
_DECIMAL = re.compile(rb"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+")
_WHOLE = re.compile(rb"[-+]?\d+")


class _Shape(NamedTuple):
    """How the lines are written; n_rows is None where no line says it."""

    n_rows: int | None
    n_dims: int
    mark: bytes
    has_words: bool


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    with open_regular(path) as file:
        words, vectors = _read(file, path.stat().st_size)
    entries: dict[str | None, Entry] = {"vectors": Entry(vectors.shape, lambda: vectors)}
    if words is not None:
        entries["ids"] = Entry((len(words),), lambda: words)
    yield Arrays(entries)


FORMAT = ArrayFormat((".vec", ".txt"), _open)


def _read(file: IO[bytes], n_bytes: int) -> tuple[list[str] | None, NDArray[np.float32]]:
    """Words, if there are some, and vectors (n_samples, n_dims) float32."""
    lines = _lines(file)
    head = list(islice(lines, _FIRST_LINES + 1))
    if not head:
        msg = "it is empty"
        raise ValueError(msg)
    shape = _shape_of(head, n_bytes)
    body = chain(head if shape.n_rows is None else head[1:], lines)
    words: list[str] = []
    blocks: list[NDArray[np.float32]] = []
    # Block by block: a list of numbers of Python would take eight times the room.
    while block := list(islice(body, _BLOCK_ROWS)):
        rows = [_row(number, line, shape, words) for number, line in block]
        blocks.append(np.array(rows).astype(np.float32))
    vectors = np.concatenate(blocks) if blocks else np.empty((0, shape.n_dims), np.float32)
    if shape.n_rows not in (None, len(vectors)):
        msg = f"its first line says {shape.n_rows} vectors, and it holds {len(vectors)}"
        raise ValueError(msg)
    return words if shape.has_words else None, vectors


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their numbers."""
    number = 0
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)
    while line := file.readline(_MOST_LINE_BYTES):
        number += 1
        if len(line) == _MOST_LINE_BYTES:
            msg = f"line {number} has more than {_MOST_LINE_BYTES // 1_000_000} MB"
            raise ValueError(msg)
        # A word may be a space of another kind, which a plain strip would take away.
        if line := line.rstrip(b" \t\r\n"):
            yield number, line


def _shape_of(head: list[tuple[int, bytes]], n_bytes: int) -> _Shape:
    first = head[0][1]
    header = _HEADER.fullmatch(first)
    # Two whole numbers may be a word and its only dimension, but nobody has such vectors.
    if header is not None:
        n_rows, n_dims = int(header[1]), int(header[2])
        if 2 * n_rows * n_dims > n_bytes or not n_dims:
            msg = f"its first line says {n_rows} x {n_dims} numbers, which it has no room for"
            raise ValueError(msg)
        mark = b"\t" if len(head) > 1 and b"\t" in head[1][1] else b" "
        return _Shape(n_rows, n_dims, mark, has_words=True)
    mark = b"\t" if b"\t" in first else b" "
    n_tokens = min(line.count(mark) for _, line in head) + 1
    if n_tokens < 2:
        remedy = "with commas it is a table, name it .csv" if b"," in first else "it is none"
        msg = f"line 1, {shown(first[:60].decode('latin-1'))}, has no word and numbers: {remedy}"
        raise ValueError(msg)
    starts = [line.split(mark, 1)[0] for _, line in head]
    if all(map(_DECIMAL.fullmatch, starts)):
        return _Shape(None, n_tokens, mark, has_words=False)
    # The first number of every line may be the end of "item 7", or a whole line's first dimension.
    seconds = [line.rsplit(mark, n_tokens - 1)[1] for _, line in head]
    lasts = [line.rsplit(mark, 1)[1] for _, line in head]
    for begins in (starts, seconds):
        if all(map(_WHOLE.fullmatch, begins)) and not all(map(_WHOLE.fullmatch, lasts)):
            msg = (
                "its lines have whole numbers in front, which may be ids or a dimension: write how "
                "many vectors and dimensions there are into a first line, as word2vec does"
            )
            raise ValueError(msg)
    if all(map(_WHOLE.fullmatch, starts)):
        msg = "its lines are whole numbers alone, and the first may be ids: use numpy.save"
        raise ValueError(msg)
    return _Shape(None, n_tokens - 1, mark, has_words=True)


def _row(number: int, line: bytes, shape: _Shape, words: list[str]) -> Any:
    """Numbers (n_dims,) float64 of a line; what stands before them is added to the words."""
    if not shape.has_words:
        tokens = line.split(shape.mark)
    else:
        # A word may have spaces in it, as in GloVe of 840B.
        word, *tokens = line.rsplit(shape.mark, shape.n_dims)
        if _DECIMAL.fullmatch(word.rsplit(shape.mark, 1)[-1]) and shape.mark in word:
            tokens = line.split(shape.mark)[1:]
        words.append(word.decode())
    if len(tokens) != shape.n_dims:
        msg = f"line {number} has {len(tokens)} numbers, and others have {shape.n_dims}"
        raise ValueError(msg)
    try:
        # A mark between digits is of Python's own code, and of no data.
        if b"_" in line and any(b"_" in token for token in tokens):
            raise ValueError  # noqa: TRY301
        return np.array(tokens, np.float64)
    except ValueError as error:
        msg = f"line {number}: {shown(line[-60:].decode('latin-1'))} are no {shape.n_dims} numbers"
        raise ValueError(msg) from error
