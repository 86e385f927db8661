"""What is written of every row: when it was made, by whom, and its notes; rows found by name."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from embwidget._core.checks import shown
from embwidget.registry.labels import checked_text, no_such

_MOST_NOTES = 100_000


def stamp(notes: Any) -> dict[str, Any]:
    """Columns of a row that is made now."""
    if not isinstance(notes, str):
        msg = f"notes={shown(notes)} ({type(notes).__name__}): give a text"
        raise TypeError(msg)
    if len(notes) > _MOST_NOTES:
        msg = f"notes have {len(notes):,} characters: {_MOST_NOTES:,} are the most"
        raise ValueError(msg)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"created": now, "created_by": _user(), "notes": checked_text(notes, "notes")}


def _user() -> str | None:
    """Name of who runs this, as far as the system knows it."""
    from getpass import getuser

    try:
        return checked_text(getuser(), "user")
    except (KeyError, OSError, ImportError, ValueError):
        # A container's user need not be listed anywhere.
        return None


def insert(connection: sqlite3.Connection, kind: str, values: dict[str, Any]) -> int:
    """Add a row and return its id; ValueError when there is one of this name."""
    check_free(connection, kind, values["name"])
    return write(connection, kind, values)


def check_free(connection: sqlite3.Connection, kind: str, name: str) -> None:
    """Raise ValueError when there is a row of this name."""
    query = f"SELECT created FROM {kind} WHERE name = ?"
    found = connection.execute(query, (name,)).fetchone()
    if found is not None:
        msg = (
            f"there is a {kind} {shown(name)} already (of {shown(found['created'])}): "
            f"give another name, or remove it first, remove({kind!r}, name)"
        )
        raise ValueError(msg)


def write(connection: sqlite3.Connection, kind: str, values: dict[str, Any]) -> int:
    """Add a row whose name is known to be free, and return its id."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    query = f"INSERT INTO {kind} ({columns}) VALUES ({marks})"
    return int(connection.execute(query, tuple(values.values())).lastrowid or 0)


def row_named(connection: sqlite3.Connection, kind: str, name: str) -> sqlite3.Row:
    """Row of a kind by its name; KeyError that tells near names."""
    query = f"SELECT * FROM {kind} WHERE name = ?"
    row: sqlite3.Row | None = connection.execute(query, (name,)).fetchone()
    if row is None:
        names = [each[0] for each in connection.execute(f"SELECT name FROM {kind}")]
        raise no_such(kind, name, names)
    return row


def free_label(connection: sqlite3.Connection, kind: str, wanted: str) -> str:
    """Name that no row of a kind has yet: what is wanted, or that with a number behind it."""
    number, name = 1, wanted
    query = f"SELECT 1 FROM {kind} WHERE name = ?"
    while connection.execute(query, (name,)).fetchone() is not None:
        number += 1
        name = f"{wanted} ({number})"
    return name
