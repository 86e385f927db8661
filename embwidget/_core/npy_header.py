"""The header of an array in the .npy format. Nothing is ever unpickled."""

import re
import struct
from math import prod
from typing import IO, Any, NamedTuple

import numpy as np

from embwidget._core.checks import shown

MAGIC = b"\x93NUMPY"
# By version: how the length of the header is written, and in which encoding the header.
_VERSIONS = {(1, 0): ("<H", "latin1"), (2, 0): ("<I", "latin1"), (3, 0): ("<I", "utf-8")}
# Of a plain array; longer ones tell of records.
_MOST_HEADER = 10_000
# Not by Python's own parser, which nested brackets can make fail in any way.
_FIELD = re.compile(
    r"""\s*(['"])(?P<name>\w+)\1\s*:\s*"""
    r"""(?:(['"])(?P<text>[<>=|]?\w+(?:\[\w+\])?)\3|(?P<flag>True|False)|\((?P<shape>[\dL,\s]*)\))"""
    r"""\s*(?:,|(?=\}))""",
    re.ASCII,
)
_MOST_DIMENSIONS = 32
# Entries of no bytes, which the size of a file cannot bound.
_MOST_EMPTY_ENTRIES = 1_000_000


class Header(NamedTuple):
    """What stands before the entries of an array."""

    dtype: np.dtype[Any]
    in_columns: bool
    shape: tuple[int, ...]
    n_bytes: int
    """Of the header itself."""

    @property
    def entry_bytes(self) -> int:
        """Bytes of all entries."""
        return prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes]) -> Header:
    """Read what stands at the place of a file; ValueError when it is damaged."""
    start = file.read(len(MAGIC) + 2)
    if start[: len(MAGIC)] != MAGIC or len(start) < len(MAGIC) + 2:
        msg = "it does not begin like an array of numpy"
        raise ValueError(msg)
    version = (start[-2], start[-1])
    if version not in _VERSIONS:
        msg = f"version {version[0]}.{version[1]} of numpy's format is not known"
        raise ValueError(msg)
    form, encoding = _VERSIONS[version]
    packed_length = file.read(struct.calcsize(form))
    if len(packed_length) < struct.calcsize(form):
        msg = "its header is damaged"
        raise ValueError(msg)
    [length] = struct.unpack(form, packed_length)
    if length > _MOST_HEADER:
        msg = f"its header is said to have {length:,} bytes: no plain array needs so many"
        raise ValueError(msg)
    header = file.read(length)
    # The end of line tells that the length, and so where the entries begin, is right.
    if len(header) != length or not header.endswith(b"\n"):
        msg = "its header is damaged"
        raise ValueError(msg)
    dtype, in_columns, shape = _parsed(header.decode(encoding).strip())
    return Header(dtype, in_columns, shape, len(start) + len(packed_length) + length)


def _parsed(text: str) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    """Dtype, order and shape out of the text of a header."""
    fields: dict[str, re.Match[str]] = {}
    start = 1
    while found := _FIELD.match(text, start):
        fields[found["name"]] = found
        start = found.end()
    try:
        descr, order, shape = (fields.pop(name) for name in ("descr", "fortran_order", "shape"))
        sizes = _sizes(shape["shape"])
        dtype, in_columns = np.dtype(descr["text"]), {"True": True, "False": False}[order["flag"]]
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        msg = "its header is damaged, or tells of records, not of a plain array"
        raise ValueError(msg) from error
    if fields or text[:1] != "{" or text[start:].strip() != "}" or len(sizes) > _MOST_DIMENSIONS:
        msg = "its header is damaged"
        raise ValueError(msg)
    if dtype.itemsize == 0 and prod(sizes) > _MOST_EMPTY_ENTRIES:
        msg = f"it is said to have {prod(sizes)} entries of no bytes"
        raise ValueError(msg)
    return dtype, in_columns, sizes


def _sizes(text: str) -> tuple[int, ...]:
    """Numbers of a tuple without its brackets; an L that Python 2 wrote behind them is no harm."""
    if not text.strip():
        return ()
    *numbers, last = (number.strip().rstrip("L") for number in text.split(","))
    if not numbers:
        msg = "a number alone is no tuple"
        raise ValueError(msg)
    return tuple(int(number) for number in ([*numbers, last] if last else numbers))


def check_plain(header: Header) -> None:
    """Refuse Python objects."""
    if header.dtype.hasobject:
        msg = "it holds Python objects, which are never unpickled: save them as float32"
        raise ValueError(msg)


def wrong_size(header: Header, rest: int) -> str:
    """Say how many bytes an array has more, or below 0 fewer, than its header says."""
    much = f"{abs(rest):,}" if abs(rest) < 1 << 63 else "far"
    about = f"{header.dtype} of shape {shown(header.shape)}"
    return f"it has {much} bytes too {'many' if rest > 0 else 'few'} for its shape: {about}"
