"""Files that are being written: in a folder of their writer, which is locked while it lives."""

import errno
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from embwidget._core.whole_file import file_hash

if sys.platform != "win32":
    import fcntl

_LOCK = "lock"
_WRITER = re.compile(r"[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8}")
_TRIES = 100


class Staged(NamedTuple):
    """A file that is whole, and waits for a row that refers to it.

    Attributes
    ----------
    path : Path
    name : str
        The hash of its bytes, with its suffix.
    """

    path: Path
    name: str


class Staging:
    """Folder of one writer inside of a registry, to be used in a ``with`` statement.

    What is still in it at the end is deleted. That of a writer that was killed is not locked, and
    is deleted by `remove_abandoned_folders`.

    Parameters
    ----------
    parent : Path
        Holds the folders of all writers.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._n_files = 0

    def __enter__(self) -> Self:
        try:
            self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder, self._lock = _new_folder(self._parent)
        except OSError as error:
            raise _not_written(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _remove(self.folder, self._lock)

    @contextmanager
    def writing(self, suffix: str) -> Iterator[tuple[IO[bytes], list[Staged]]]:
        """Open a file, and give it its name when it was written: the list then holds it."""
        self._n_files += 1
        path = self.folder / f"{self._n_files}{suffix}"
        made: list[Staged] = []
        try:
            with path.open("x+b") as file:
                yield file, made
                file.flush()
                os.fsync(file.fileno())
            made.append(Staged(path, f"{file_hash(path)}{suffix}"))
        except OSError as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            if error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}:
                raise _not_written(error) from error
            raise


def remove_abandoned_folders(parent: Path) -> int:
    """Delete what killed writers left; returns the bytes that this frees."""
    freed = 0
    with suppress(OSError):
        for folder in parent.iterdir():
            if not _WRITER.fullmatch(folder.name) or folder.is_symlink():
                continue
            lock = _locked(folder)
            if lock is not None:
                freed += _remove(folder, lock)
    return freed


def _new_folder(parent: Path) -> tuple[Path, IO[bytes]]:
    for _ in range(_TRIES):
        # A name of its own for every writer: processes on several machines may share a folder.
        writer = f"{os.getpid():x}-{threading.get_ident():x}-{os.urandom(4).hex()}"
        folder = parent / writer
        folder.mkdir(mode=0o700)
        # Another process may think it abandoned before it is locked.
        with suppress(FileNotFoundError):
            lock = (folder / _LOCK).open("xb")
            if sys.platform != "win32":
                # Some file systems have no locks; nobody deletes what cannot be locked.
                with suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_EX)
            if (folder / _LOCK).exists():
                return folder, lock
            lock.close()
    raise OSError(errno.EBUSY, "its staging folder is deleted all the while")


def _locked(folder: Path) -> IO[bytes] | None:
    """Lock of a folder that nobody writes to any more; None while somebody does."""
    try:
        file = (folder / _LOCK).open("r+b")
    except FileNotFoundError:
        # Killed before there was a lock, or amid the deletion: then it is empty but for that.
        with suppress(OSError):
            folder.rmdir()
        return None
    except OSError:
        return None
    if sys.platform == "win32":
        file.close()
        with suppress(OSError):
            # Nobody can delete a file there that another has open.
            (folder / _LOCK).unlink()
            return (folder / _LOCK).open("xb")
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _remove(folder: Path, lock: IO[bytes]) -> int:
    """Delete a folder of files, the lock last; returns the bytes of the others."""
    freed = 0
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name != _LOCK:
                freed += path.lstat().st_size
                path.unlink()
        if sys.platform == "win32":
            lock.close()
        (folder / _LOCK).unlink()
        folder.rmdir()
    lock.close()
    return freed


def _not_written(error: OSError) -> OSError:
    """Error of a file that could not be written, as a sentence."""
    reasons = {
        errno.EROFS: "it is read-only: what is there can be read",
        errno.EACCES: "it is read-only: what is there can be read",
        errno.EPERM: "it is read-only: what is there can be read",
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk's quota is used up",
        errno.EFBIG: "files cannot be so large there, or the disk is full",
    }
    why = reasons.get(error.errno or 0, error.strerror or str(error))
    msg = f"nothing was written to the registry: {why}"
    kind = PermissionError if "read-only" in why else OSError
    return kind(error.errno, msg)
