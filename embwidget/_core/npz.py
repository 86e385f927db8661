"""Arrays in .npy and .npz files: the one reader and the one writer. Nothing is ever unpickled."""

import os
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.lib.format import write_array, write_array_header_1_0
from numpy.typing import NDArray

from embwidget._core.archive_end import check_end, check_members
from embwidget._core.blocks import blocks
from embwidget._core.checks import shown
from embwidget._core.file_rows import FileRows, check_holes, map_above, plain
from embwidget._core.parsing import check_unpacked
from embwidget._core.parts import Entry
from embwidget._core.seal import check_seal, seal
from embwidget._core.whole_file import open_regular

_MAGIC = b"\x93NUMPY"
_SUFFIX = ".npy"
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

_BLOCK_BYTES = 1 << 20


class _Header(NamedTuple):
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


def read_npy(path: Path, *, above: int | None = None, follow: bool = True) -> NDArray[Any]:
    """Read an .npy file, or open it where it is large.

    Parameters
    ----------
    path : Path
    above : int, optional
        Bytes above which it is opened; by default `map_above`.
    follow : bool, default=True
        Whether a link is followed, or refused.

    Returns
    -------
    (...,) of any plain dtype
        Rows that stay in the file, `FileRows`, above so many bytes, and of other types than
        float32, which are converted where they are read.

    Raises
    ------
    OSError, ValueError, TypeError
        When there is no such file, or it is damaged or holds objects.
    """
    with open_regular(path, follow=follow) as file:
        header = _read_header(file)
        _check_plain(header)
        rest = _size(file) - header.n_bytes - header.entry_bytes
        if rest > 0:
            file.seek(header.n_bytes + header.entry_bytes)
        # Several arrays one behind the other are a habit of numpy; the first one counts.
        if rest < 0 or (rest > 0 and file.read(len(_MAGIC)) != _MAGIC):
            raise ValueError(_wrong_size(header, rest))
        check_holes(file)
        are_rows = header.shape and header.entry_bytes and not header.in_columns
        if not are_rows or header.dtype.kind not in "fiub":
            file.seek(header.n_bytes)
            return _read_whole(file, header)
        rows = FileRows(file, path.absolute(), header.dtype, header.n_bytes, header.shape)
        most = map_above() if above is None else above
        if header.dtype == np.float32 and header.entry_bytes <= most:
            read: NDArray[Any] = rows[:]
            return read
        return rows


def _read_whole(file: IO[bytes], header: _Header) -> NDArray[Any]:
    """Entries (...,) of any plain dtype, at which the file stands."""
    n_entries = prod(header.shape)
    empty = np.empty(0, header.dtype)
    flat = np.fromfile(file, header.dtype, n_entries) if header.entry_bytes else empty
    if header.entry_bytes and len(flat) < n_entries:
        msg = f"it ends after {len(flat):,} of {n_entries:,} numbers"
        raise EOFError(msg)
    return flat.reshape(header.shape, order="F" if header.in_columns else "C")


@contextmanager
def npz_entries(file: IO[bytes], *, sealed: bool = False) -> Iterator[dict[str, Entry]]:
    """Look into an archive; its arrays can be read inside of the ``with`` block.

    Parameters
    ----------
    file : open file
    sealed : bool, default=False
        Whether to refuse a file that is not, byte by byte, what `write_npz` sealed.

    Raises
    ------
    Exception
        Of any kind, by `zipfile` too, when the file is damaged.
    """
    if sealed:
        check_seal(file)
    n_members = check_end(file)
    with ZipFile(file) as archive:
        check_members(archive, n_members)
        yield _entries(archive, _size(file))


def write_npy(file: IO[bytes], array: NDArray[Any], rows: NDArray[np.intp] | None = None) -> None:
    """Write an array (n, ...) of any plain dtype, or some rows (n_rows,) intp of it, by blocks."""
    n, rest = len(array) if rows is None else len(rows), array.shape[1:]
    dtype = array.dtype.newbyteorder("<")
    array = plain(array)
    write_array_header_1_0(file, {"descr": dtype.str, "fortran_order": False, "shape": (n, *rest)})
    for some in blocks(n, max(1, prod(rest))):
        block = array[some if rows is None else rows[some]]
        file.write(np.ascontiguousarray(block, dtype).data)


def write_npz(file: IO[bytes], arrays: Mapping[str, Any], *, sealed: bool = False) -> None:
    """Write arrays into an empty file, as an .npz archive.

    Not by `numpy.savez`, which before numpy 2.2 pickles objects, and takes ``allow_pickle=False``
    for one more array.

    Parameters
    ----------
    file : open file
    arrays : mapping of str to array-like
        Of any shape and plain dtype; objects are refused.
    sealed : bool, default=False
        Whether to add a checksum over the whole file, which `npz_entries` looks at.
    """
    with ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}{_SUFFIX}", "w", force_zip64=True) as member:
                write_array(member, np.asanyarray(array), allow_pickle=False)
    if sealed:
        seal(file)


def _entries(archive: ZipFile, file_bytes: int) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(_SUFFIX)
        if name == member.filename:
            continue
        if name in entries:
            msg = f"it holds two arrays called {shown(name)}"
            raise ValueError(msg)
        entries[name] = Entry(
            _shape_of(archive, member, file_bytes),
            partial(_read_member, archive, member, file_bytes),
        )
    return entries


def _shape_of(archive: ZipFile, member: ZipInfo, file_bytes: int) -> tuple[int, ...] | None:
    """Shape of an array in the archive, from its header alone; None where that is damaged."""
    try:
        _check_member(member, file_bytes)
        with archive.open(member) as file:
            return _read_header(file).shape
    except Exception:  # noqa: BLE001 (whatever it is: reading the array raises it again)
        return None


def _read_member(archive: ZipFile, member: ZipInfo, file_bytes: int) -> NDArray[Any]:
    """Array of an archive, (...,) of any plain dtype."""
    _check_member(member, file_bytes)
    with archive.open(member) as file:
        header = _read_header(file)
        _check_plain(header)
        rest = member.file_size - header.n_bytes - header.entry_bytes
        if rest:
            raise ValueError(_wrong_size(header, rest))
        flat = np.empty(prod(header.shape), header.dtype)
        into = flat.view(np.uint8) if header.entry_bytes else np.empty(0, np.uint8)
        n_read = 0
        while n_read < header.entry_bytes:
            block = file.read(min(_BLOCK_BYTES, header.entry_bytes - n_read))
            if not block:
                msg = f"it ends after {n_read:,} of {header.entry_bytes:,} bytes"
                raise EOFError(msg)
            into[n_read : n_read + len(block)] = np.frombuffer(block, np.uint8)
            n_read += len(block)
        # The checksum of the archive is compared at its end.
        file.read(1)
    return flat.reshape(header.shape[::-1]).T if header.in_columns else flat.reshape(header.shape)


def _check_member(member: ZipInfo, file_bytes: int) -> None:
    """Refuse what lies about its size, or cannot be unpacked, before anything is."""
    name = shown(member.filename)
    if member.flag_bits & 1:
        msg = f"{name} is encrypted"
        raise ValueError(msg)
    if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        msg = f"{name} is packed by method {member.compress_type}: use numpy.savez_compressed"
        raise ValueError(msg)
    packed = member.compress_size
    stored = member.compress_type == ZIP_STORED
    if member.header_offset + packed > file_bytes or (stored and packed != member.file_size):
        msg = f"{name} is said to have {member.file_size:,} bytes, which are not there"
        raise ValueError(msg)
    check_unpacked(member.file_size, packed)


def _read_header(file: IO[bytes]) -> _Header:
    start = file.read(len(_MAGIC) + 2)
    if start[: len(_MAGIC)] != _MAGIC or len(start) < len(_MAGIC) + 2:
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
    return _Header(dtype, in_columns, shape, len(start) + len(packed_length) + length)


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


def _check_plain(header: _Header) -> None:
    if header.dtype.hasobject:
        msg = "it holds Python objects, which are never unpickled: save them as float32"
        raise ValueError(msg)


def _wrong_size(header: _Header, rest: int) -> str:
    much = f"{abs(rest):,}" if abs(rest) < 1 << 63 else "far"
    about = f"{header.dtype} of shape {shown(header.shape)}"
    return f"it has {much} bytes too {'many' if rest > 0 else 'few'} for its shape: {about}"


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size
