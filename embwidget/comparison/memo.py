"""What was found before, so that it is found once."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Found = TypeVar("Found")

_SIMPLE = (str, int, float, np.generic, type(None))


class Memo:
    """Results by what was asked; two threads that ask the same have it found once.

    The second of them waits for the first. A search that fails or is cancelled leaves nothing
    behind: whoever waited searches on its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[tuple[Any, ...], _Entry] = {}

    def get(self, find: Callable[[], Found], *asked: Any) -> Found:
        """Return what `find` returns, or what it returned when the same was asked before.

        Parameters
        ----------
        find : callable
        *asked
            What makes the result what it is: its name and every argument. Results are kept where
            all of them are texts, numbers, bools or None, and not where one is of another type,
            such as labels that are given as values.
        """
        if not all(isinstance(part, _SIMPLE) for part in asked):
            return find()
        with self._lock:
            entry = self._entries.setdefault(asked, _Entry())
        # Reentrant, for a progress function that asks the same.
        with entry.lock:
            if not entry.known:
                entry.found, entry.known = find(), True
            found: Found = entry.found
            return found

    def put(self, found: Any, *asked: Any) -> None:
        """Know what is found when this is asked."""
        with self._lock:
            entry = self._entries.setdefault(asked, _Entry())
        with entry.lock:
            entry.found, entry.known = found, True

    def __reduce__(self) -> tuple[type["Memo"], tuple[()]]:
        """Copies and pickles of a comparison begin with an empty one, for a lock cannot travel."""
        return Memo, ()


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.known = False
        self.found: Any = None
