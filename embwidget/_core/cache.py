"""Graphs and maps on disk, under the hash of everything that they were computed from."""

import hashlib
import os
import re
import stat
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import printable
from embwidget._core.seal import is_sealed
from embwidget._core.whole_file import PART_SUFFIX, open_regular, remove_abandoned, whole_file

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

DEFAULT_LIMIT = 5_000_000_000
"""Bytes: a dozen graphs of a million items with 50 neighbours, a hundred of 100,000."""

_VARIABLE = "EMBWIDGET_CACHE"
_OFF = {"off", "0", "no", "false", "none", "disabled"}
# No folder either: the one that there is without a word.
_ON = {"", "on", "1", "yes", "true"}
_SUFFIX = ".npz"
_OWN_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{40}\.npz")
# Part of every key: to be raised when the same input is to give something else than before.
_FORMAT = 2
_BLOCK_BYTES = 1 << 24
_MOST_CHARS = 150
# Somebody may delete the folder while it is written to, but not for ever.
_TRIES = 5
_DAY = 86_400
_LAST_SECOND = 253_402_200_000
"""Of the year 9999, about: what comes after is no date."""
# What is raised for a folder that cannot be: too long, of no user, with a null in it.
_NO_FOLDER = (OSError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Key:
    """Name of one result: what it is, for people, and the hash of all that it was made from."""

    kind: str
    digest: str

    @property
    def file_name(self) -> str:
        """Name of its file in the cache's folder."""
        return f"{self.kind}-{self.digest[:40]}{_SUFFIX}"


def key_of(kind: str, *parts: Any) -> Key:
    """Name a result by what it is made from.

    Parameters
    ----------
    kind : str
        Letters, digits and hyphens; begins the name of the file.
    parts : ndarray, str, int, float, bool or None
        Every input and every parameter. Arrays count by dtype, shape and content.
    """
    digest = hashlib.sha256(f"{_FORMAT}\0{kind}".encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"\0array {part.dtype.str} {part.shape}\0".encode())
            _update(digest, part)
        else:
            digest.update(f"\0{type(part).__name__} {part!r}".encode())
    return Key(kind, digest.hexdigest())


def _update(digest: Any, array: NDArray[Any]) -> None:
    """Hash an array (n_rows, ...) by blocks of rows: a memmap is never in memory as a whole."""
    rows = max(1, _BLOCK_BYTES // max(1, array.nbytes // max(1, len(array))))
    for start in range(0, len(array), rows):
        digest.update(np.ascontiguousarray(array[start : start + rows]))


def _stored(path: Path, key: Key) -> dict[str, NDArray[Any]]:
    """Arrays of a key, each of its own shape (...,); raises anything if they are damaged."""
    # Behind a link would lie a file of somebody's, which is none of the cache's.
    with (
        open_regular(path, follow=False) as file,
        npz_entries(file, sealed=True) as entries,
    ):
        arrays = {name: entry.read() for name, entry in entries.items()}
    if arrays.pop("key").tolist() != key.digest:
        msg = "it belongs to another key"
        raise ValueError(msg)
    return arrays


class Cache:
    """Neighbour graphs and maps that were computed before, on this computer.

    ``embwidget.cache`` is the one there is. It lies in the user's cache folder, or where the
    environment variable ``EMBWIDGET_CACHE`` says; ``EMBWIDGET_CACHE=off`` switches it off. Several
    processes may use one folder. Files that are damaged, or are not what their name says, are
    computed anew. Only files that were written here are ever deleted.

    Attributes
    ----------
    enabled : bool
        Set to False to neither read nor write.
    limit : int, default=5e9
        Bytes; when a new file makes them more, those go first that were not used for longest.
        A result that is larger alone is not kept.

    Examples
    --------
    >>> import embwidget as ew
    >>> ew.cache.entries()  # doctest: +SKIP
    >>> ew.cache.clear()  # doctest: +SKIP
    >>> with ew.cache.off():  # doctest: +SKIP
    ...     ew.compare(a, b)
    """

    def __init__(self) -> None:
        self.limit = DEFAULT_LIMIT
        self._enabled: bool | None = None
        self._warned = False

    @property
    def folder(self) -> Path:
        """Where the files are; it need not exist yet."""
        given = os.environ.get(_VARIABLE, "").strip()
        if given.lower() not in _OFF | _ON:
            return Path(given).expanduser()
        from platformdirs import user_cache_path

        return user_cache_path("embwidget", appauthor=False)

    @property
    def enabled(self) -> bool:
        """Whether results are read and kept; what is assigned counts before the environment."""
        if self._enabled is not None:
            return self._enabled
        return os.environ.get(_VARIABLE, "").strip().lower() not in _OFF

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._enabled = bool(value)

    @contextmanager
    def off(self) -> Iterator[None]:
        """Neither read nor write inside of a ``with`` block."""
        before, self._enabled = self._enabled, False
        try:
            yield
        finally:
            self._enabled = before

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(found.st_size for _, found in self._files())

    def entries(self) -> "pd.DataFrame":
        """List what is kept, the last used first.

        Returns
        -------
        DataFrame
            ``kind, bytes, used, file``: what it is, its size, when it was last written or read
            (local time), and the name of its file in `folder`.
        """
        import pandas as pd

        files = sorted(self._files(), key=lambda found: -found[1].st_mtime)
        seconds = [min(max(int(found.st_mtime), 0), _LAST_SECOND) for _, found in files]
        # In seconds, for in nanoseconds no date is beyond 2262, which a wrong clock may say.
        used = np.array([datetime.fromtimestamp(each) for each in seconds], "datetime64[s]")
        return pd.DataFrame(
            {
                "kind": [path.name.rpartition("-")[0] for path, _ in files],
                "bytes": [found.st_size for _, found in files],
                "used": used,
                "file": [path.name for path, _ in files],
            }
        )

    def clear(self) -> int:
        """Delete every result; returns the bytes that this frees."""
        freed = 0
        for path, found in self._files():
            with suppress(OSError):
                path.unlink()
                freed += found.st_size
        self._sweep()
        return freed

    def get(
        self,
        key: Key,
        compute: Callable[[], T],
        *,
        pack: Callable[[T], Any],
        unpack: Callable[..., T],
    ) -> T:
        """Return what is kept under a key, else compute it and keep it.

        Parameters
        ----------
        key : Key
        compute : callable
            Makes the result; what it raises leaves nothing behind.
        pack : callable
            Turns a result into arrays by name.
        unpack : callable
            Turns them back, or raises ValueError for what is no such result.
        """
        if not self.enabled:
            return compute()
        # What is absent, damaged or foreign, at which a parser may raise anything, is replaced.
        with suppress(Exception):
            path = self.folder / key.file_name
            result = unpack(_stored(path, key))
            with suppress(OSError):
                os.utime(path)
            return result
        result = compute()
        self._keep(key, pack(result))
        return result

    def _keep(self, key: Key, arrays: dict[str, Any]) -> None:
        try:
            self._write(key, arrays)
        # Nothing of this is worth a result that may have taken an hour.
        except Exception as error:  # noqa: BLE001
            if not self._warned:
                self._warned = True
                why = printable(str(error) or type(error).__name__)[:_MOST_CHARS]
                warnings.warn(
                    f"results are not kept on disk ({why}): set {_VARIABLE} to a folder that "
                    "can be written, or to off",
                    stacklevel=2,
                )

    def _write(self, key: Key, arrays: dict[str, Any]) -> None:
        size = sum(np.asarray(array).nbytes for array in arrays.values())
        if size > self.limit:
            return
        for n_left in reversed(range(_TRIES)):
            try:
                path = self.folder / key.file_name
                # For the user alone: neighbours tell about the vectors.
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._sweep()
                self._make_room(size)
                with whole_file(path) as file:
                    write_npz(file, {**arrays, "key": key.digest}, sealed=True)
            except FileNotFoundError:
                # Somebody deleted the folder in between, or it cannot be made.
                if not n_left:
                    raise
            else:
                return

    def _make_room(self, size: int) -> None:
        """Delete what was not used for longest until `size` more bytes fit."""
        tomorrow = time.time() + _DAY
        # What a wrong clock says to have been used in days to come would stay for ever.
        files = sorted(
            self._files(), key=lambda each: (each[1].st_mtime < tomorrow, each[1].st_mtime)
        )
        total = sum(found.st_size for _, found in files) + size
        for path, found in files:
            if total <= self.limit:
                return
            # Another process may have deleted it, or be reading it.
            with suppress(OSError):
                path.unlink()
                total -= found.st_size

    def _sweep(self) -> None:
        """Delete what killed writers left."""
        for part in self._listed(PART_SUFFIX):
            if _OWN_NAME.match(part.name):
                remove_abandoned(part)

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        """What was written here; somebody's own files may lie in the folder that was chosen."""
        files = []
        for path in self._listed(_SUFFIX):
            if not _OWN_NAME.fullmatch(path.name):
                continue
            with suppress(OSError):
                found = path.lstat()
                if not stat.S_ISREG(found.st_mode):
                    continue
                with open_regular(path, follow=False) as file:
                    if is_sealed(file):
                        files.append((path, found))
        return files

    def _listed(self, suffix: str) -> list[Path]:
        """Files that end so; none where there can be no such folder."""
        try:
            return list(self.folder.glob(f"*{suffix}"))
        except _NO_FOLDER:
            return []

    def __repr__(self) -> str:
        files = self._files()
        size = sum(found.st_size for _, found in files) / 1e6
        state = "on" if self.enabled else "off"
        try:
            where = printable(str(self.folder))
        except RuntimeError:
            # The home of somebody who is not known here.
            where = os.environ[_VARIABLE]
        return (
            f"Cache({state}, {len(files)} files, {size:,.0f} of {self.limit / 1e6:,.0f} MB, "
            f"{where})"
        )


cache = Cache()
"""The cache of this computer's user."""
