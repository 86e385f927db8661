"""Graphs and maps on disk, under the hash of everything that they were computed from."""

import hashlib
import os
import re
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
from embwidget._core.whole_file import PART_SUFFIX, open_regular, remove_abandoned

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

DEFAULT_LIMIT = 5_000_000_000
"""Bytes: a dozen graphs of a million items with 50 neighbours, a hundred of 100,000."""

_VARIABLE = "EMBWIDGET_CACHE"
_OFF = {"off", "0", "no", "false"}
_SUFFIX = ".npz"
_OWN_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{40}\.npz")
# Part of every key: to be raised when the same input is to give something else than before.
_FORMAT = 2
_BLOCK_BYTES = 1 << 24
_MOST_CHARS = 300
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
    with open_regular(path) as file, npz_entries(file, sealed=True) as entries:
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
    computed anew.

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
        given = os.environ.get(_VARIABLE, "")
        if given and given.lower() not in _OFF:
            return Path(given).expanduser()
        from platformdirs import user_cache_path

        return user_cache_path("embwidget", appauthor=False)

    @property
    def enabled(self) -> bool:
        """Whether results are read and kept; what is assigned counts before the environment."""
        if self._enabled is not None:
            return self._enabled
        return os.environ.get(_VARIABLE, "").lower() not in _OFF

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
        return sum(stat.st_size for _, stat in self._files())

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
        used = [datetime.fromtimestamp(int(stat.st_mtime)) for _, stat in files]
        return pd.DataFrame(
            {
                "kind": [path.name.rpartition("-")[0] for path, _ in files],
                "bytes": [stat.st_size for _, stat in files],
                "used": pd.to_datetime(used),
                "file": [path.name for path, _ in files],
            }
        )

    def clear(self) -> int:
        """Delete every result; returns the bytes that this frees."""
        freed = 0
        for path, stat in self._files():
            with suppress(OSError):
                path.unlink()
                freed += stat.st_size
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
        size = sum(np.asarray(array).nbytes for array in arrays.values())
        if size > self.limit:
            return
        try:
            path = self.folder / key.file_name
            # For the user alone: neighbours tell about the vectors.
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sweep()
            self._make_room(size)
            write_npz(path, {**arrays, "key": key.digest}, sealed=True)
        except _NO_FOLDER as error:
            if not self._warned:
                self._warned = True
                why = printable(str(error))[:_MOST_CHARS]
                warnings.warn(
                    f"results are not kept on disk ({why}): set {_VARIABLE} to a folder that "
                    "can be written, or to off",
                    stacklevel=2,
                )

    def _make_room(self, size: int) -> None:
        """Delete what was not used for longest until `size` more bytes fit."""
        files = sorted(self._files(), key=lambda found: found[1].st_mtime)
        total = sum(stat.st_size for _, stat in files) + size
        for path, stat in files:
            if total <= self.limit:
                return
            # Another process may have deleted it, or be reading it.
            with suppress(OSError):
                path.unlink()
                total -= stat.st_size

    def _sweep(self) -> None:
        """Delete what killed writers left."""
        for part in self._listed(PART_SUFFIX):
            if _OWN_NAME.match(part.name):
                remove_abandoned(part)

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._listed(_SUFFIX):
            # Somebody's own arrays may lie in the folder that was chosen: they are not ours.
            if not _OWN_NAME.fullmatch(path.name):
                continue
            with suppress(OSError):
                found.append((path, path.stat()))
        return found

    def _listed(self, suffix: str) -> list[Path]:
        """Files that end so; none where there can be no such folder."""
        try:
            return list(self.folder.glob(f"*{suffix}"))
        except _NO_FOLDER:
            return []

    def __repr__(self) -> str:
        files = self._files()
        size = sum(stat.st_size for _, stat in files) / 1e6
        state = "on" if self.enabled else "off"
        try:
            where = str(self.folder)
        except RuntimeError:
            # The home of somebody who is not known here.
            where = os.environ[_VARIABLE]
        return (
            f"Cache({state}, {len(files)} files, {size:,.0f} of {self.limit / 1e6:,.0f} MB, "
            f"{where})"
        )


cache = Cache()
"""The cache of this computer's user."""
