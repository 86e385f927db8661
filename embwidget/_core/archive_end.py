"""What stands at the end of a zip archive, looked at before `zipfile` believes it."""

import os
import struct
from typing import IO, NamedTuple
from zipfile import ZipFile

# The last record: mark, disks, members on this disk and in all, bytes of the directory, where it
# begins, length of the comment behind it.
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\5\6"
# Of archives beyond 4 GB the record before it, and a pointer to that, which stands between.
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
_POINTER = struct.Struct("<4sLQL")
_POINTER_MARK = b"PK\6\7"
_MOST_COMMENT = 0xFFFF

_MOST_MEMBERS = 10_000
# Each member is an object of half a kilobyte or more while its archive is open.
_MOST_BYTES = 4_000_000


class _End(NamedTuple):
    n_members: int
    directory_bytes: int


def check_end(file: IO[bytes]) -> int:
    """Return how many members an archive is said to have; ValueError for what no archive needs.

    Whoever reads a directory of a million members has no memory left.
    """
    end = _end(file)
    if end.n_members > _MOST_MEMBERS or end.directory_bytes > _MOST_BYTES:
        msg = (
            f"it is said to hold {end.n_members:,} files, listed in {end.directory_bytes:,} bytes: "
            f"at most {_MOST_MEMBERS:,} are read: save all vectors as one array, with their ids"
        )
        raise ValueError(msg)
    return end.n_members


def check_members(archive: ZipFile, n_members: int) -> None:
    """Refuse an archive whose directory is not what lies in it.

    A flipped bit in the directory makes a member have another name, or no place in the list at
    all: read like that, vectors would lose their ids without a word.
    """
    members = archive.infolist()
    if n_members != len(members):
        msg = f"it is damaged: it should hold {n_members:,} files, and {len(members):,} are listed"
        raise ValueError(msg)
    for member in members:
        try:
            # It compares the two places at which the name stands.
            archive.open(member).close()
        except RuntimeError:
            # Encrypted or packed in another way, which is said when somebody asks for it.
            continue


def _end(file: IO[bytes]) -> _End:
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _MOST_COMMENT - _END.size - _POINTER.size - _LARGE_END.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        msg = "File is not a zip file"
        raise ValueError(msg)
    _, _, _, _, n_members, directory_bytes, _, comment = _END.unpack_from(tail, at)
    extra = len(tail) - at - _END.size - comment
    if extra:
        msg = f"it is damaged: {abs(extra):,} bytes are too {'many' if extra > 0 else 'few'}"
        raise ValueError(msg)
    pointer = at - _POINTER.size
    large = pointer - _LARGE_END.size
    if large >= 0 and tail.startswith(_POINTER_MARK, pointer):
        found = _LARGE_END.unpack_from(tail, large)
        return _End(*found[7:9])
    return _End(n_members, directory_bytes)
