"""Files that are written whole or not at all, and opened only when they are files."""

import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, EISDIR
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

PART_SUFFIX = ".part"

# Opened so, a pipe that nobody writes to does not wait for somebody who does.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> IO[bytes]:
    """Open a file to read it; OSError for a folder, pipe, socket or device."""
    descriptor = os.open(path, _READ)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(EISDIR, "it is a folder", str(path))
    raise OSError(EINVAL, "it is a pipe, socket or device, not a file", str(path))


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name when it is complete, and vanishes after an error.

    Whoever else writes the same one, and whenever the machine stops, there is a whole file or none.
    """
    part, file = _new_part(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform != "win32":
                # Still locked, so that nobody takes it for abandoned.
                part.replace(path)
        if sys.platform == "win32":
            # Only a closed file can be renamed there.
            part.replace(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def remove_abandoned(part: Path) -> None:
    """Delete a partial file unless somebody still writes it."""
    with suppress(OSError):
        if sys.platform == "win32":
            # Nobody can delete a file there that another has open.
            part.unlink()
        else:
            with open_regular(part) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()


def _new_part(path: Path) -> tuple[Path, IO[bytes]]:
    """Name and file of a part that is locked until it is closed."""
    while True:
        # A name of its own for every writer: processes on several machines may share a folder.
        writer = f"{os.getpid():x}-{threading.get_ident():x}-{os.urandom(4).hex()}"
        part = path.with_name(f"{path.name}.{writer}{PART_SUFFIX}")
        file = part.open("x+b")
        if sys.platform != "win32":
            # Some file systems have no locks; nobody deletes what cannot be locked.
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
        # Another process may have thought it abandoned before it was locked.
        if part.exists():
            return part, file
        file.close()


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, as far as the system can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
