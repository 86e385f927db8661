"""How a file looked, to tell later whether anybody wrote to it."""

import sys
from pathlib import Path
from time import clock_getres, sleep, time_ns
from typing import NamedTuple, Self

# Steps in nanoseconds of the clock that gives files their times: on Linux CLOCK_REALTIME_COARSE.
_STEP = round(clock_getres(5) * 1e9) if sys.platform == "linux" else 16_000_000


class SeenFile(NamedTuple):
    """A file at a moment after which every writing to it shows.

    Attributes
    ----------
    device, inode, n_bytes, written, changed : int
        Which file the name leads to, its size, and the nanoseconds of its last writing and of the
        last change of what is known of it.
    """

    device: int
    inode: int
    n_bytes: int
    written: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Look at a file; None for one that is not there, or was written just now, and again."""
        first = cls._now(path)
        if first is None:
            return None
        age = time_ns() - first.written
        if 0 <= age < _STEP:
            # What is written in the same step of the clock would leave the same time.
            sleep((_STEP - age) / 1e9)
        return first if cls._now(path) == first else None

    @classmethod
    def _now(cls, path: Path) -> Self | None:
        try:
            found = path.stat()
        except OSError:
            return None
        times = found.st_mtime_ns, found.st_ctime_ns
        return cls(found.st_dev, found.st_ino, found.st_size, *times)
