"""Files of one or several arrays: which of them holds the vectors, and which the ids."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from embwidget._core.checks import near_names, shown
from embwidget._core.parsing import parsing
from embwidget._core.parts import Entry, Parts
from embwidget.files.format import Format, Wanted

_MOST_NAMED = 6
_MOST_CHARS = 90


@dataclass(frozen=True)
class Arrays:
    """What a file of arrays holds.

    Attributes
    ----------
    entries : mapping of str to Entry
        All its arrays by name, read while the file is open; under the name None alone if it holds
        one that has no name.
    name, metric : str, optional
        What the file says of the space.
    default : str, optional
        Name of the vectors where none is asked for, if it is no matter of choice.
    metadata : frame, optional
    """

    entries: Mapping[str | None, Entry] = field(default_factory=dict)
    name: str | None = None
    metric: str | None = None
    default: str | None = None
    metadata: Any = None


@dataclass(frozen=True)
class ArrayFormat(Format):
    """A kind of file that holds arrays.

    Attributes
    ----------
    open : callable
        Called with the path; a context manager that gives `Arrays`. It may raise anything.
    """

    open: Callable[[Path], AbstractContextManager[Arrays]]

    gives: ClassVar[str] = "arrays"

    def parts(self, path: Path, wanted: Wanted) -> Parts:
        start = f"{shown(path.name)} cannot be read"
        with ExitStack() as stack:
            with parsing(start):
                arrays = stack.enter_context(self.open(path))
            vectors, ids = _chosen(path, arrays, wanted)
            with parsing(start):
                return Parts(
                    vectors.read(),
                    None if ids is None else ids.read(),
                    arrays.metadata,
                    name=arrays.name,
                    metric=arrays.metric,
                )


def _chosen(path: Path, arrays: Arrays, wanted: Wanted) -> tuple[Entry, Entry | None]:
    """Return the vectors, and the ids if there are some."""
    entries = arrays.entries
    for option, name in (("key", wanted.key), ("id", wanted.id)):
        if name is None or name in entries:
            continue
        if None in entries:
            msg = (
                f"{option}={shown(name)}: {shown(path.name)} holds one array, which has no name: "
                f"leave {option}= out"
            )
            raise ValueError(msg)
        there = near_names(name, entries)
        msg = f"{shown(path.name)} has no array {option}={shown(name)}: {there}"
        raise ValueError(msg)
    key = wanted.key or arrays.default or _vectors_name(path, entries, wanted.id)
    return entries[key], entries.get("ids" if wanted.id is None else wanted.id)


def _vectors_name(
    path: Path,
    entries: Mapping[str | None, Entry],
    id: str | None,  # noqa: A002 (the word of every frame)
) -> str | None:
    """Name of the array that is meant when none is named."""
    if "vectors" in entries:
        return "vectors"
    names = [name for name in entries if name is None or name not in {id, "ids"}]
    tables = [name for name in names if len(entries[name].shape or ()) == 2]
    # A single array of another shape is taken too: the check of the vectors says what is wrong.
    for choice in (tables, names):
        if len(choice) == 1:
            return choice[0]
    # Two where they are long: messages are.
    most = _MOST_NAMED if sum(len(str(name)) for name in names[:_MOST_NAMED]) < _MOST_CHARS else 2
    shapes = {name: entries[name].shape for name in names[:most]}
    there = ", ".join(
        f"{shown(name)} {'(damaged)' if shape is None else shown(shape)}"
        for name, shape in shapes.items()
    )
    more = f" and {len(names) - most} more" if len(names) > most else ""
    msg = f"{shown(path.name)} holds {there or 'no array'}{more}: choose the vectors with key="
    raise ValueError(msg)
