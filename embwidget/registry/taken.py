"""What comes of taking over another tool's runs and files: what is new, and what could not come."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from embwidget._core.parsing import reason_of
from embwidget.registry.inspection import Problem


class TakenOver(NamedTuple):
    """What came of an import.

    Attributes
    ----------
    added : list of (kind, name)
    missing : list of Problem
        What was not taken over, and why: files that are gone or do not fit, names that are taken.
    """

    added: list[tuple[str, str]]
    missing: list[Problem]

    @contextmanager
    def telling(self, kind: str, name: str) -> Iterator[None]:
        """Write down why something is not taken over, and go on with the next."""
        try:
            yield
        except (ValueError, TypeError, KeyError, OSError) as error:
            why = str(error.args[0]) if isinstance(error, KeyError) else reason_of(error)
            self.missing.append(Problem(kind, name, why))
