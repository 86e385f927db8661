"""Arrays in a file: written whole or not at all, and nothing in it is ever unpickled."""

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

PART_SUFFIX = ".part"

# What numpy and zipfile raise on damaged files and on those of another kind.
_UNREADABLE = (
    ValueError,
    TypeError,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    MemoryError,
    RuntimeError,
    BadZipFile,
    struct.error,
    zlib.error,
)


def write_npz(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays as an .npz file, whole or not at all, whoever else writes the same one."""
    # A name of its own for every writer: processes on several machines may share a folder.
    writer = f"{os.getpid():x}-{threading.get_ident():x}-{os.urandom(4).hex()}"
    part = path.with_name(f"{path.name}.{writer}{PART_SUFFIX}")
    try:
        # A file object, for to a path numpy appends ".npz".
        with part.open("xb") as file, _locked(file):
            np.savez(file, allow_pickle=False, **arrays)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a file that `write_npz` wrote; ValueError for anything else."""
    with path.open("rb") as file:
        try:
            with ZipFile(file) as members:
                # A few packed bytes can stand for more than fits into memory.
                if any(member.compress_type != ZIP_STORED for member in members.infolist()):
                    msg = "its arrays are compressed"
                    raise ValueError(msg)
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except _UNREADABLE as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ValueError(reason) from error


def is_abandoned(part: Path) -> bool:
    """Whether nobody writes this partial file any more: its writer was killed."""
    try:
        with part.open("rb") as file, _locked(file):
            return True
    except OSError:
        return False


@contextmanager
def _locked(file: IO[bytes]) -> Iterator[None]:
    """Hold a lock that ends with the process; OSError when another holds it."""
    try:
        import fcntl
    except ImportError:
        # Windows does not let anybody delete a file that is open: no lock is needed.
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield
