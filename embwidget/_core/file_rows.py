"""Rows of an array that stay in their file, read in a way that outlives what becomes of it."""

import os
import sys
import weakref
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.mappings import mapping_under
from embwidget._core.whole_file import open_regular

MAP_ABOVE = 1_000_000_000
"""Bytes above which an array stays in its file, where ``EMBWIDGET_MAP_ABOVE`` says no other."""

_VARIABLE = "EMBWIDGET_MAP_ABOVE"
_BLOCK_BYTES = 1 << 24
_NONE = -1
_SHOWN_CHARS = 50
# Bytes that may be holes, and how many times what is there, as in an archive.
_MOST_HOLES, _MOST_TIMES = 100_000_000, 200


def map_above() -> int:
    """Bytes above which an array stays in its file."""
    given = os.environ.get(_VARIABLE, "").strip()
    if not given:
        return MAP_ABOVE
    if not given.isdecimal():
        msg = f"{_VARIABLE}={shown(given)}: give the bytes above which files are mapped, 1000000000"
        raise ValueError(msg)
    return int(given)


class FileRows(np.memmap[Any, Any]):
    """A read-only memmap whose rows are copied out of the open file, not touched in the map.

    Who touches a page that is no longer in the file is killed by the system, whatever was checked
    before; a file that is read ends early, and that is an error. Rows that are indexed are plain
    arrays of what was in the file when it was opened, for its size and time are compared after each
    reading. What takes the array as a whole goes through the map like any other.

    Parameters
    ----------
    file : open file
        May be closed then. A file that took its name since, or its deletion, changes nothing.
    path : Path
        How messages call it.
    dtype : dtype
    offset : int
        Of the first entry.
    shape : tuple of int
        Of at least one dimension and one entry, row by row.
    """

    path: Path
    _descriptor: int

    def __new__(
        cls, file: IO[bytes], path: Path, dtype: np.dtype[Any], offset: int, shape: tuple[int, ...]
    ) -> Self:
        """Map the file as it is now."""
        state = _state(file.fileno())
        if state[0] < offset + prod(shape) * dtype.itemsize:
            raise _changed(path)
        made: Any = super().__new__(cls, file, dtype, "r", offset, shape)
        made.path, made.filename = path, str(path)
        made._descriptor, made._state, made._start = os.dup(file.fileno()), state, offset
        weakref.finalize(made, os.close, made._descriptor)
        found: Self = made
        return found

    def __array_finalize__(self, obj: Any) -> None:
        # Views and copies know no rows of a file.
        super().__array_finalize__(obj)
        self._descriptor, self._state, self._start = _NONE, (0, 0), 0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute with the array as a whole, as with a plain one, while its file is unchanged."""
        mine = [each for each in inputs if isinstance(each, FileRows)]
        for each in mine:
            each.check()
        options |= {"out": _all_plain(options["out"])} if "out" in options else {}
        found = getattr(ufunc, method)(*_all_plain(inputs), **options)
        for each in mine:
            each.check()
        return found

    def __deepcopy__(self, memo: dict[int, Any] | None) -> Any:
        """Copy the numbers (...,), of its dtype, into memory."""
        return np.array(self[:])

    def __reduce__(self) -> Any:
        """Pickle the numbers: the file may be gone where they are read."""
        return np.asarray(self[:]).__reduce__()

    def __getitem__(self, key: Any) -> Any:
        """Copy rows (...,) of its dtype out of the file; OSError when it has changed."""
        if not self.is_open or sys.platform == "win32":
            # There nobody can change the size of a file that is mapped.
            return super().__getitem__(key)
        if isinstance(key, tuple) and key and isinstance(key[0], slice):
            return self._columns(key[0], key[1:])
        rows = _row_numbers(key, len(self))
        if isinstance(rows, slice):
            found = self._run(rows.start, rows.stop)
        elif rows is not None:
            found = self._gathered(rows)
        else:
            # Some other key, such as an ellipsis.
            found = super().__getitem__(key)
        self.check()
        return found

    @property
    def is_open(self) -> bool:
        """Whether rows are read from a file: views of the whole array are not."""
        return self._descriptor != _NONE

    def check(self) -> None:
        """Raise OSError when the file has another size or time than when it was opened."""
        if self.is_open and _state(self._descriptor) != self._state:
            raise _changed(self.path)

    def _columns(self, rows: slice, rest: tuple[Any, ...]) -> NDArray[Any]:
        """Rows by a slice, and of each what the rest of a key says, (n_rows, ...) of its dtype."""
        start, stop, step = rows.indices(len(self))
        size = max(1, _BLOCK_BYTES // self._row_bytes) * abs(step)
        ends = [*range(start, stop, size if step > 0 else -size), stop]
        # By blocks, for a few columns may be of more rows than fit into memory.
        parts = [
            self[np.arange(first, last, step)][(slice(None), *rest)]
            for first, last in pairwise(ends)
        ]
        return np.concatenate(parts) if parts else self[:0][(slice(None), *rest)]

    @property
    def _row_bytes(self) -> int:
        return int(prod(self.shape[1:])) * int(self.dtype.itemsize)

    def _run(self, start: int, stop: int) -> NDArray[Any]:
        """Rows one behind the other, (stop - start, ...)."""
        found = np.empty((max(0, stop - start), *self.shape[1:]), self.dtype)
        self._read(start, found.reshape(-1).view(np.uint8))
        return found

    def _gathered(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Rows (...,) intp of any place and shape."""
        flat = rows.reshape(-1)
        found = np.empty((len(flat), *self.shape[1:]), self.dtype)
        into = found.reshape(-1).view(np.uint8)
        size = self._row_bytes
        firsts = np.flatnonzero(np.diff(flat, prepend=-2) != 1)
        ends = [*firsts.tolist(), len(flat)]
        for row, (first, last) in zip(flat[firsts].tolist(), pairwise(ends), strict=True):
            self._read(row, into[first * size : last * size])
        return found.reshape(*rows.shape, *self.shape[1:])

    def _read(self, row: int, into: Any) -> None:
        """Fill ``into`` (n_bytes,) uint8 from a row on; OSError when the file ends before."""
        at = self._start + row * self._row_bytes
        while len(into):
            # At most two gigabytes come at a time.
            n_read = os.preadv(self._descriptor, [into], at)
            if not n_read:
                raise _changed(self.path)
            into, at = into[n_read:], at + n_read


def rows_in_file(array: NDArray[Any]) -> NDArray[Any]:
    """Let an array whose memory is that of a file be read out of the file.

    Parameters
    ----------
    array : (...,) of any dtype
        A memmap of anybody's; or what a tensor or a table of Arrow has, that was mapped.

    Returns
    -------
    (...,) of the same dtype
        A `FileRows` for a memmap. Else a copy up to `map_above` bytes, or where the file does not
        have the same numbers. What is in no file, or cannot be told from it, is returned as it is.

    Raises
    ------
    OSError
        When the file is too short by now.
    """
    if isinstance(array, FileRows) and array.is_open:
        return array
    found = mapping_under(array) if array.size else None
    if found is None:
        return array
    try:
        file = open_regular(found.path)
    except OSError:
        # Deleted or not to be read: nobody can shorten it by its name.
        return array
    with file:
        if os.fstat(file.fileno()).st_size < found.offset + found.n_bytes:
            raise _changed(found.path)
        if found.is_private or not array.flags.c_contiguous or array.ndim == 0:
            return np.array(array) if array.nbytes <= map_above() else array
        rows = FileRows(file, found.path, array.dtype, found.offset, array.shape)
    is_small = not isinstance(array, np.memmap) and array.nbytes <= map_above()
    return rows[:] if is_small else rows


def check_holes(file: IO[bytes]) -> None:
    """Refuse a file that is made of next to nothing but holes, which are read as zeros."""
    found = os.fstat(file.fileno())
    # Windows does not say, and some file systems do not know.
    on_disk = 512 * getattr(found, "st_blocks", 0)
    if on_disk and found.st_size > max(_MOST_HOLES, _MOST_TIMES * on_disk):
        msg = f"of its {found.st_size:,} bytes no more than {on_disk:,} were ever written"
        raise ValueError(msg)


def plain(vectors: NDArray[Any]) -> NDArray[Any]:
    """Return vectors (n_samples, n_dims) of any dtype as what is quick to index: the same (n, d).

    Indexing a memmap makes an object with a file at each call; rows of a file are plain already.
    """
    return vectors if isinstance(vectors, FileRows) else vectors.view(np.ndarray)


def _all_plain(arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arrays (...,) of any dtype as what numpy computes with by itself; all else as it is."""
    return tuple(x.view(np.ndarray) if isinstance(x, FileRows) else x for x in arrays)


def _row_numbers(key: Any, n_rows: int) -> slice | NDArray[np.intp] | None:
    """Rows that a key asks for, a slice without a step or (...,) intp; None for other keys."""
    if isinstance(key, slice):
        start, stop, step = key.indices(n_rows)
        return slice(start, stop) if step == 1 else np.arange(start, stop, step)
    if key is None or key is Ellipsis or isinstance(key, tuple):
        return None
    rows = np.asarray(key)
    if rows.dtype == np.bool_ and rows.shape == (n_rows,):
        return np.flatnonzero(rows)
    if rows.size and rows.dtype.kind not in "iu":
        return None
    rows = rows.astype(np.intp)
    if rows.size and not (-n_rows <= rows.min() and rows.max() < n_rows):
        msg = f"rows from {rows.min()} to {rows.max()} are asked of {n_rows}"
        raise IndexError(msg)
    return np.where(rows < 0, rows + n_rows, rows)


def _state(descriptor: int) -> tuple[int, int]:
    """Size and time, which every writer changes; not what a new name or a deletion changes."""
    found = os.fstat(descriptor)
    return found.st_size, found.st_mtime_ns


def _changed(path: Path) -> OSError:
    name = str(path)
    short = name if len(name) <= _SHOWN_CHARS else f"…{name[-_SHOWN_CHARS:]}"
    return OSError(
        f"{shown(short)} was changed after it was opened, so that its former vectors are gone: "
        "load it again"
    )
