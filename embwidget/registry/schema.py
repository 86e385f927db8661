"""The tables of a registry, and the steps that bring one of an older release to them."""

import sqlite3
from functools import cache

APPLICATION = 0x45776267
"""What tells a registry's database from other programs' (``PRAGMA application_id``)."""


class UnusableError(ValueError):
    """Why a database cannot be worked with."""


_OF_EVERY_ROW = """
    created TEXT NOT NULL,
    created_by TEXT,
    notes TEXT NOT NULL DEFAULT ''
"""

_FIRST = (
    """CREATE TABLE file (
    name TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    written INTEGER NOT NULL,
    changed INTEGER NOT NULL
)""",
    f"""CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    n INTEGER NOT NULL,
    id_column TEXT,
    file TEXT NOT NULL REFERENCES file(name),
    ids_hash TEXT NOT NULL,{_OF_EVERY_ROW})""",
    f"""CREATE TABLE experiment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    model TEXT,
    params TEXT NOT NULL,
    train_dataset INTEGER REFERENCES dataset(id),
    parent INTEGER REFERENCES experiment(id),
    tags TEXT NOT NULL,
    uri TEXT,{_OF_EVERY_ROW})""",
    f"""CREATE TABLE space (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES dataset(id),
    experiment INTEGER REFERENCES experiment(id),
    layer TEXT,
    epoch REAL,
    split TEXT,
    n INTEGER NOT NULL,
    dims INTEGER NOT NULL,
    dtype TEXT NOT NULL,
    metric TEXT,
    file TEXT NOT NULL REFERENCES file(name),
    rows_file TEXT REFERENCES file(name),
    report TEXT NOT NULL,{_OF_EVERY_ROW})""",
    f"""CREATE TABLE graph (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    space INTEGER NOT NULL REFERENCES space(id),
    items TEXT NOT NULL,
    metric TEXT NOT NULL,
    k INTEGER NOT NULL,
    engine TEXT NOT NULL,
    exact INTEGER NOT NULL,
    recall REAL,
    random_state INTEGER NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES file(name),{_OF_EVERY_ROW},
    UNIQUE (space, items, metric, k, engine, random_state, version))""",
    f"""CREATE TABLE map (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    space INTEGER NOT NULL REFERENCES space(id),
    reducer TEXT NOT NULL,
    metric TEXT NOT NULL,
    n_neighbors INTEGER NOT NULL,
    random_state INTEGER NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES file(name),{_OF_EVERY_ROW},
    UNIQUE (space, reducer, metric, n_neighbors, random_state, version))""",
    f"""CREATE TABLE comparison (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    a INTEGER NOT NULL REFERENCES space(id),
    b INTEGER NOT NULL REFERENCES space(id),
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    metric TEXT NOT NULL,
    value REAL NOT NULL,
    low REAL,
    high REAL,
    chance REAL NOT NULL,
    verdict TEXT NOT NULL,
    quality TEXT,
    settings TEXT NOT NULL,
    question TEXT NOT NULL,
    version TEXT NOT NULL,{_OF_EVERY_ROW},
    UNIQUE (a, b, question))""",
)

_SECOND = ("ALTER TABLE comparison ADD COLUMN file TEXT REFERENCES file(name)",)

STEPS: dict[int, tuple[str, ...]] = {1: _FIRST, 2: _SECOND}
"""By number, the statements that bring a registry of the number before to it. Once released, a step
stays as it is: what changes afterwards is one more step."""


def newest() -> int:
    """Number of the last step, which this program knows."""
    return max(STEPS)


def number_of(connection: sqlite3.Connection) -> int:
    """Number of the step that a registry stands at; 0 for an empty one.

    Raises
    ------
    UnusableError
        When it is a newer one, another program's, or has tables that no registry has.
    """
    number = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    found = _tables(connection)
    if number == 0 and not found:
        return 0
    if application != APPLICATION:
        msg = "it is a database of another program: give a folder of its own"
        raise UnusableError(msg)
    if number > newest():
        msg = (
            f"it is of version {number}, and this release of embwidget knows {newest()}: "
            "pip install --upgrade embwidget"
        )
        raise UnusableError(msg)
    # A trigger or a view would run somebody else's statements under our names.
    if found != _expected(number, tuple(STEPS)):
        msg = "its tables are not those of a registry: restore it from a copy"
        raise UnusableError(msg)
    return number


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a registry to the newest step, inside of a transaction that the caller holds."""
    for number in range(number_of(connection) + 1, newest() + 1):
        for statement in STEPS[number]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {newest()}")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")


def _tables(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Everything that a database holds, with the statements that made it."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return {tuple(row) for row in connection.execute(query)}


@cache
def _expected(number: int, steps: tuple[int, ...]) -> set[tuple[str, ...]]:
    """What a registry at a step holds, of so many steps that there are."""
    connection = sqlite3.connect(":memory:")
    try:
        for step in steps:
            for statement in STEPS[step] if step <= number else ():
                connection.execute(statement)
        return _tables(connection)
    finally:
        connection.close()
