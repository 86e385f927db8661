"""Arrays in .npy and .npz files: the one reader and the one writer. Nothing is ever unpickled."""

import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.lib.format import write_array, write_array_header_1_0
from numpy.typing import NDArray

from embwidget._core.archive_end import check_end, check_members
from embwidget._core.blocks import blocks
from embwidget._core.checks import shown
from embwidget._core.file_rows import FileRows, check_holes, map_above, plain
from embwidget._core.npy_header import MAGIC, Header, check_plain, read_header, wrong_size
from embwidget._core.parsing import check_unpacked
from embwidget._core.parts import Entry
from embwidget._core.seal import check_seal, seal
from embwidget._core.whole_file import open_regular

_SUFFIX = ".npy"
_BLOCK_BYTES = 1 << 20

# What stands before each member of an archive, ahead of its name.
_LOCAL_BYTES = 30
# The field that `zipfile` puts ahead of others, for large members; and the one that fills up.
_ZIP64_BYTES, _PADDING, _ALIGNED = 20, 0xD935, 64


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
        header = read_header(file)
        check_plain(header)
        rest = _size(file) - header.n_bytes - header.entry_bytes
        if rest > 0:
            file.seek(header.n_bytes + header.entry_bytes)
        # Several arrays one behind the other are a habit of numpy; the first one counts.
        if rest < 0 or (rest > 0 and file.read(len(MAGIC)) != MAGIC):
            raise ValueError(wrong_size(header, rest))
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


def _read_whole(file: IO[bytes], header: Header) -> NDArray[Any]:
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
            with archive.open(_aligned(file, f"{name}{_SUFFIX}"), "w", force_zip64=True) as member:
                if isinstance(array, FileRows) and array.is_open:
                    write_npy(member, array)
                else:
                    write_array(member, np.asanyarray(array), allow_pickle=False)
    if sealed:
        seal(file)


def _aligned(file: IO[bytes], name: str) -> ZipInfo:
    """Member of an archive whose bytes will begin where a map of the file likes them to."""
    info = ZipInfo(name)
    # A field that other readers pass over; numpy's header is a multiple of this itself.
    info.extra = struct.pack("<HH", _PADDING, 0)
    before = file.tell() + _LOCAL_BYTES + len(name.encode()) + _ZIP64_BYTES + len(info.extra)
    n_more = -before % _ALIGNED
    info.extra = struct.pack("<HH", _PADDING, n_more) + bytes(n_more)
    return info


def npz_rows(file: IO[bytes], path: Path, name: str) -> NDArray[Any]:
    """Read an array of an archive that is not packed, or open it where it is large.

    Parameters
    ----------
    file : open file
        Whose arrays were looked at by `npz_entries`.
    path : Path
        How messages call it.
    name : str

    Returns
    -------
    (n, ...) of any plain dtype
        Rows that stay in the file, `FileRows`, above `map_above` bytes.

    Raises
    ------
    Exception
        Of any kind, when there is no such array, or it is packed or damaged.
    """
    with ZipFile(file) as archive:
        member = archive.getinfo(f"{name}{_SUFFIX}")
    _check_member(member, _size(file))
    if member.compress_type != ZIP_STORED:
        msg = f"{shown(name)} is packed"
        raise ValueError(msg)
    file.seek(member.header_offset)
    local = file.read(_LOCAL_BYTES)
    # Name and further fields stand before the entry, and may differ from those at the end.
    start = member.header_offset + _LOCAL_BYTES + sum(struct.unpack("<HH", local[-4:]))
    file.seek(start)
    header = read_header(file)
    check_plain(header)
    if not header.shape or header.in_columns:
        msg = f"{shown(name)} does not lie row by row"
        raise ValueError(msg)
    rest = member.file_size - header.n_bytes - header.entry_bytes
    if rest:
        raise ValueError(wrong_size(header, rest))
    rows = FileRows(file, path, header.dtype, start + header.n_bytes, header.shape)
    read: NDArray[Any] = rows if header.entry_bytes > map_above() else rows[:]
    return read


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
            return read_header(file).shape
    except Exception:  # noqa: BLE001 (whatever it is: reading the array raises it again)
        return None


def _read_member(archive: ZipFile, member: ZipInfo, file_bytes: int) -> NDArray[Any]:
    """Array of an archive, (...,) of any plain dtype."""
    _check_member(member, file_bytes)
    with archive.open(member) as file:
        header = read_header(file)
        check_plain(header)
        rest = member.file_size - header.n_bytes - header.entry_bytes
        if rest:
            raise ValueError(wrong_size(header, rest))
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


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size
