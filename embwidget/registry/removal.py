"""Rows removed, with what refers to them or not at all."""

import sqlite3
from collections.abc import Iterable

from embwidget._core.checks import listed, shown
from embwidget.registry.rows import KINDS
from embwidget.registry.stamps import row_named
from embwidget.registry.store import Store

# Which column of which kind refers to a kind.
_REFERENCES = {
    "dataset": (("space", "dataset"), ("experiment", "train_dataset")),
    "experiment": (("space", "experiment"), ("experiment", "parent")),
    "space": (("graph", "space"), ("map", "space"), ("comparison", "a"), ("comparison", "b")),
}
_FILES = {
    "dataset": ("file",),
    "space": ("file", "rows_file"),
    "graph": ("file",),
    "map": ("file",),
    "comparison": ("file",),
}


def remove_rows(
    store: Store, kind: str, names: Iterable[str], *, recursive: bool
) -> list[tuple[str, str]]:
    """Remove rows of a kind, all or none, and their files if no other row has them.

    Parameters
    ----------
    store : Store
    kind : str
    names : iterable of str
        Checked, as the kind is.
    recursive : bool
        Whether what refers to them goes too, or keeps them from being removed.

    Returns
    -------
    list of (kind, name)
        What was removed, those that referred to others first.

    Raises
    ------
    KeyError
        When there is no such row.
    ValueError
        When something refers to one; says what.
    """
    with store.database.writing() as connection:
        found = _going(connection, kind, names, recursive=recursive)
        gone, files = [], set()
        for each, number in sorted(found, key=lambda one: -KINDS.index(one[0])):
            known = connection.execute(
                f"SELECT * FROM {each} WHERE id = ?",
                (number,),
            ).fetchone()
            gone.append((each, str(known["name"])))
            files |= {known[column] for column in _FILES.get(each, ()) if known[column]}
        # Experiments may stand for each other's parents, in any order.
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for each, number in found:
            connection.execute(f"DELETE FROM {each} WHERE id = ?", (number,))
    store.sweep(files)
    return gone


def check_unneeded(store: Store, kind: str, names: Iterable[str]) -> None:
    """Refuse what `remove_rows` would refuse; nothing is removed."""
    with store.database.reading() as connection:
        _going(connection, kind, names, recursive=False)


def _going(
    connection: sqlite3.Connection, kind: str, names: Iterable[str], *, recursive: bool
) -> list[tuple[str, int]]:
    """Rows of these names and all that refer to them; ValueError for others than asked for."""
    named = {(kind, int(row_named(connection, kind, name)["id"])): name for name in names}
    found: dict[tuple[str, int], None] = {}
    for (_, number), name in named.items():
        each = _dependents(connection, kind, number)
        others = [one for one in each if one not in named]
        if others and not recursive:
            raise _still_needed(connection, kind, name, others)
        found |= dict.fromkeys(each)
    return list(found)


def _dependents(connection: sqlite3.Connection, kind: str, number: int) -> list[tuple[str, int]]:
    """The row of this id and all that refer to it, over others too."""
    found, new = [(kind, number)], [(kind, number)]
    while new:
        known = set(found)
        next_ones = []
        for of, row in new:
            for each, column in _REFERENCES.get(of, ()):
                query = f"SELECT id FROM {each} WHERE {column} = ?"
                rows = connection.execute(query, (row,))
                next_ones += [(each, int(one["id"])) for one in rows]
        new = [one for one in dict.fromkeys(next_ones) if one not in known]
        found += new
    return found


def _still_needed(
    connection: sqlite3.Connection, kind: str, name: str, others: list[tuple[str, int]]
) -> ValueError:
    told = []
    for of in KINDS:
        numbers = [number for each, number in others if each == of]
        if numbers:
            query = f"SELECT name FROM {of} WHERE id = ?"
            names = [connection.execute(query, (one,)).fetchone()["name"] for one in numbers[:2]]
            more = f" and {len(numbers) - 2} more" if len(numbers) > 2 else ""
            told.append(f"{of} {listed([short(each) for each in names])}{more}")
    msg = f"{kind} {shown(short(name))} is needed by {'; '.join(told[:3])}"
    return ValueError(f"{msg[:240]}: remove these first, or recursive=True")


def short(name: str) -> str:
    """A name as it stands among others in a message."""
    return name if len(name) <= 30 else f"{name[:29]}…"
