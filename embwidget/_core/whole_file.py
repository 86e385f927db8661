"""Files that are written whole or not at all, and opened only when they are files."""

import hashlib
import os
import re
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EINVAL, EISDIR, ENOENT
from pathlib import Path
from typing import IO

from embwidget._core.checks import shown

if sys.platform != "win32":
    import fcntl

PART_SUFFIX = ".part"
_WRITER = re.compile(r"\.[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8}\.part")
# Bytes of a name that a part keeps: with its own ending it must not be longer than names may be.
_MOST_STEM_BYTES = 180
_BLOCK_BYTES = 1 << 20

# Opened so, a pipe that nobody writes to does not wait for somebody who does.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path, *, follow: bool = True) -> IO[bytes]:
    """Open a file to read it; OSError for a folder, pipe, socket or device.

    And for a link, unless links are to be followed.
    """
    descriptor = os.open(path, _READ if follow else _READ | getattr(os, "O_NOFOLLOW", 0))
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(EISDIR, "it is a folder", str(path))
    raise OSError(EINVAL, "it is a pipe, socket or device, not a file", str(path))


def file_hash(path: Path) -> str:
    """SHA-256 of a file that is no link, read block by block; OSError when it cannot be read."""
    digest = hashlib.sha256()
    with open_regular(path, follow=False) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def named_file(path: str | Path) -> IO[bytes]:
    """Open a file that a user names, to read it; OSError or ValueError in one short line."""
    start = f"{shown(Path(path).name)} cannot be read"
    try:
        return open_regular(Path(path).expanduser())
    except (ValueError, RuntimeError) as error:
        msg = f"{start}: no file can have this path"
        raise ValueError(msg) from error
    except OSError as error:
        msg = f"{start}: {error.strerror}"
        raise OSError(error.errno, msg) from error


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name when it is complete, and vanishes after an error.

    Whoever else writes the same one, and whenever the machine stops, there is a whole file or none.
    What stands there by that name, a link too, is replaced, whoever may write it.
    """
    with _whole(path, None) as file:
        yield file


@contextmanager
def saved_file(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file that a user names, with the manners of a usual save; it is written whole too.

    Behind a link its target is written. Owner and mode stay, and a file that may not be written is
    not replaced. What killed writers of the same file left is deleted. OSError in one line.
    """
    name = shown(Path(path).name)
    try:
        # Of no user, with a null in it, or of characters that are none.
        target = Path(os.path.realpath(Path(path).expanduser()))
        os.fsencode(target)
    except (ValueError, RuntimeError) as error:
        msg = f"{name} is not saved: no file can have this path"
        raise ValueError(msg) from error
    try:
        before = _replaceable(target)
        _remove_parts(target)
        with _whole(target, before) as file:
            yield file
    except OSError as error:
        msg = f"{name} is not saved (nothing there has changed): {error.strerror or error}"
        raise OSError(error.errno, msg) from error


@contextmanager
def _whole(path: Path, before: os.stat_result | None) -> Iterator[IO[bytes]]:
    part, file = _new_part(path)
    try:
        with file:
            if before is not None:
                _resemble(file, before)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform != "win32":
                # Still locked, so that nobody takes it for abandoned.
                part.replace(path)
        if sys.platform == "win32":
            # Only a closed file can be renamed there.
            part.replace(path)
        sync_folder(path.parent)
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


def _replaceable(path: Path) -> os.stat_result | None:
    """What is said of the file that will be replaced; None if there is none."""
    if not path.parent.is_dir():
        raise FileNotFoundError(
            ENOENT, f"there is no folder {shown(path.parent.name)}: make it first"
        )
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, "it is a folder: give the path of a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(EINVAL, "it is a pipe, socket or device, not a file: give another path")
    if not os.access(path, os.W_OK):
        raise PermissionError(EACCES, "it is read-only: give another path, or let it be written")
    return found


def _resemble(file: IO[bytes], before: os.stat_result) -> None:
    """Give a file the owner and the mode of the one that it replaces, as far as one may."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        os.fchown(file.fileno(), before.st_uid, before.st_gid)
    with suppress(OSError):
        os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))


def _remove_parts(path: Path) -> None:
    """Delete what killed writers of a file left."""
    stem = _stem(path)
    with suppress(OSError):
        for part in path.parent.iterdir():
            if part.name.startswith(stem) and _WRITER.fullmatch(part.name, len(stem)):
                remove_abandoned(part)


def _stem(path: Path) -> str:
    """Name of a file, as far as the names of its parts keep it."""
    return os.fsencode(path.name)[:_MOST_STEM_BYTES].decode(errors="ignore")


def _new_part(path: Path) -> tuple[Path, IO[bytes]]:
    """Name and file of a part that is locked until it is closed."""
    while True:
        # A name of its own for every writer: processes on several machines may share a folder.
        writer = f"{os.getpid():x}-{threading.get_ident():x}-{os.urandom(4).hex()}"
        part = path.with_name(f"{_stem(path)}.{writer}{PART_SUFFIX}")
        file = part.open("x+b")
        if sys.platform != "win32":
            # Some file systems have no locks; nobody deletes what cannot be locked.
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
        # Another process may have thought it abandoned before it was locked.
        if part.exists():
            return part, file
        file.close()


def sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, as far as the system can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
