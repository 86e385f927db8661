"""Which file the memory of an array is, if it is one: what the system says, whoever mapped it."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_MAPS = Path("/proc/self/maps")
# First and last address, rights, offset, device, inode, path.
_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ +(/.*)")
# Files in no folder, of which each process has its own.
_NO_FILES = ("/dev/", "/memfd:", "/SYSV", "/proc/")
_DELETED = " (deleted)"


class Mapping(NamedTuple):
    """Where the memory of an array lies in a file.

    Attributes
    ----------
    path : Path
    offset : int
        Of the array's first byte.
    n_bytes : int
        From there to its last.
    is_private : bool
        Whether the numbers may differ from those in the file.
    """

    path: Path
    offset: int
    n_bytes: int
    is_private: bool


def mapping_under(array: NDArray[Any]) -> Mapping | None:
    """Find the file under an array (...,) of any dtype; None where there is none, or no telling.

    A file that was deleted, or replaced by another of its name, is out of everybody's reach.
    """
    root: Any = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if root.base is None:
        # Numpy's own memory, as nearly always.
        return None
    first, end = np.lib.array_utils.byte_bounds(array)
    try:
        with _MAPS.open(encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                found = _LINE.match(line)
                if found and int(found[1], 16) <= first and end <= int(found[2], 16):
                    return _mapping(found, first, end)
    except OSError:
        # Systems without such a list.
        return None
    return None


def _mapping(found: re.Match[str], first: int, end: int) -> Mapping | None:
    """Read a line of the list, for an array between two addresses."""
    path, rights = found[5], found[3]
    if path.endswith(_DELETED) or path.startswith(_NO_FILES) or not Path(path).exists():
        return None
    offset = int(found[4], 16) + first - int(found[1], 16)
    return Mapping(Path(path), offset, end - first, "p" in rights and "w" in rights)
