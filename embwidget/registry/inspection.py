"""Whether all that a registry holds is what it was when it was added."""

from typing import Any, NamedTuple

from embwidget.registry.rows import KINDS, rows_of
from embwidget.registry.store import Store

_FILES = """
SELECT 'dataset' AS kind, name, file FROM dataset UNION ALL SELECT 'space', name, file FROM space
UNION ALL SELECT 'space', name, rows_file FROM space WHERE rows_file IS NOT NULL
UNION ALL SELECT 'graph', name, file FROM graph UNION ALL SELECT 'map', name, file FROM map
UNION ALL SELECT 'comparison', name, file FROM comparison WHERE file IS NOT NULL
"""


class Problem(NamedTuple):
    """Something that is not as it was when it was added.

    Attributes
    ----------
    kind, name : str
        The row that it is about; "registry" and "" = the database as a whole.
    problem : str
        What is wrong, and what to do.
    """

    kind: str
    name: str
    problem: str


def problems_of(store: Store) -> list[Problem]:
    """Look at the database, and hash every file that a row refers to."""
    try:
        found = _of_database(store)
        with store.database.reading() as connection:
            referring = [tuple(row) for row in connection.execute(_FILES)]
    except (ValueError, OSError) as error:
        return [Problem("registry", "", str(error))]
    known: dict[str, str] = {}
    for kind, name, file in referring:
        problem = known.get(file) or _of_file(store, file)
        known[file] = problem
        if problem and _still_refers(store, kind, name, file):
            found.append(Problem(kind, name, problem))
    return found


def _of_database(store: Store) -> list[Problem]:
    """What sqlite finds, rows that refer to none, and values that cannot be read."""
    found = []
    with store.database.reading() as connection:
        for row in connection.execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                found.append(Problem("registry", "", f"{row[0]}: restore it from a copy"))
        for row in connection.execute("PRAGMA foreign_key_check"):
            problem = f"row {row['rowid']} refers to a {row['parent']} that is not there"
            found.append(Problem(str(row["table"]), "", problem))
        for kind in KINDS:
            try:
                rows_of(connection, kind)
            except ValueError as error:
                found.append(Problem(kind, "", str(error)))
    return found


def _of_file(store: Store, file: Any) -> str:
    try:
        problem = store.problem_of(file)
    except ValueError as error:
        return str(error)
    return f"its file {file} {problem}: restore it from a copy" if problem else ""


def _still_refers(store: Store, kind: str, name: str, file: Any) -> bool:
    """Whether a row still has a file, which another process may have removed meanwhile."""
    with store.database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(_FILES)]
    return (kind, name, file) in rows
