"""Registries moved between machines: rows and files of one taken over into another."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.whole_file import open_regular
from embwidget.registry.labels import checked_label, checked_text
from embwidget.registry.removal import short
from embwidget.registry.rows import KINDS
from embwidget.registry.staging import Staged, Staging
from embwidget.registry.stamps import free_label, write
from embwidget.registry.store import DATABASE, Store, home_of, names_referred

_REFERENCES = {
    "experiment": {"train_dataset": "dataset", "parent": "experiment"},
    "space": {"dataset": "dataset", "experiment": "experiment"},
    "graph": {"space": "space"},
    "map": {"space": "space"},
    "comparison": {"a": "space", "b": "space"},
}
# What may differ between two rows that are the same.
_ABOUT = {"id", "created", "created_by", "notes", "report"}
# Found anew from the others, and named by the program: what differs in these is no clash.
_FOUND = {
    "graph": ("space", "items", "metric", "k", "engine", "random_state", "version"),
    "map": ("space", "reducer", "metric", "n_neighbors", "random_state", "version"),
    "comparison": ("a", "b", "question"),
}
_JSON = {"params": dict, "tags": list, "quality": list, "settings": dict}
_MOST_TEXT = 2_000_000
_COPIED_BYTES = 1 << 22

RowValues = dict[str, Any]


def export_to(store: Store, folder: str | Path) -> Path:
    """Copy a registry into a folder that is empty, or holds one already; returns the folder."""
    target = home_of(folder)
    if target.resolve() == store.folder.resolve():
        msg = f"{shown(str(folder))} is this registry itself: give another folder"
        raise ValueError(msg)
    if target.exists() and any(target.iterdir()) and not (target / DATABASE).is_file():
        msg = f"{shown(str(folder))} holds other files: give an empty folder, or a new one"
        raise FileExistsError(msg)
    take_over(Store(target), store)
    return target


def import_from(store: Store, folder: str | Path) -> list[tuple[str, str]]:
    """Take over what an exported folder holds; returns kind and name of each row that is new."""
    source = home_of(folder)
    if not (source / DATABASE).is_file() or (source / DATABASE).is_symlink():
        msg = f"{shown(str(folder))} holds no registry: give a folder that export() wrote"
        raise FileNotFoundError(msg)
    return take_over(store, Store(source))


def take_over(target: Store, source: Store) -> list[tuple[str, str]]:
    """Copy all rows and files of a registry into another, all or none.

    Raises
    ------
    ValueError
        When names clash, or the source is damaged.
    """
    with source.database.reading() as connection:
        rows = {kind: _read(connection, kind) for kind in KINDS}
        files = names_referred(connection)
    with target.staging() as staging:
        with target.database.reading() as connection:
            there = {row["name"] for row in connection.execute("SELECT name FROM file")}
        made = [
            _copy(staging, source, file)
            for file in sorted(files)
            if file not in there or target.problem_of(file)
        ]
        try:
            with target.adding(made) as connection:
                return _merge(connection, rows)
        except sqlite3.IntegrityError as error:
            msg = "nothing was taken over, for the registry changed meanwhile: try again"
            raise OSError(msg) from error


def _read(connection: sqlite3.Connection, kind: str) -> list[RowValues]:
    """Rows of a kind in the order in which they were added, each value looked at."""
    query = f"SELECT * FROM {kind} ORDER BY id"
    found = [dict(row) for row in connection.execute(query)]
    types = {row["name"]: row["type"] for row in connection.execute(f"PRAGMA table_info({kind})")}
    for row in found:
        for column, value in row.items():
            _check_value(kind, column, value, types[column])
        row["name"] = checked_label(row["name"])
    return found


def _check_value(kind: str, column: str, value: Any, kind_of_value: str) -> None:
    """Refuse what no release of this program writes."""
    allowed = {"TEXT": (str,), "INTEGER": (int,), "REAL": (int, float)}[kind_of_value]
    wrong = value is not None and not isinstance(value, allowed)
    wrong = wrong or (isinstance(value, str) and len(value) > _MOST_TEXT)
    if not wrong and isinstance(value, str):
        checked_text(value, column)
        if column in _JSON:
            try:
                wrong = not isinstance(json.loads(value), _JSON[column])
            except (ValueError, RecursionError):
                wrong = True
    if wrong:
        msg = f"the folder's {kind} rows have {column}={shown(value)}, which no export writes"
        raise ValueError(msg)


def _copy(staging: Staging, source: Store, file: str) -> Staged:
    """Copy a file; ValueError unless its content is what its name says."""
    path = source.path_of(file)
    try:
        opened = open_regular(path, follow=False)
    except OSError as error:
        msg = f"files/{file} of the folder cannot be read ({error.strerror or error}): copy it anew"
        raise OSError(error.errno, msg) from error
    with opened, staging.writing(path.suffix) as (into, made):
        shutil.copyfileobj(opened, into, _COPIED_BYTES)
    if made[0].name != file:
        msg = f"files/{file} of the folder is not what its name says: copy it anew"
        raise ValueError(msg)
    return made[0]


def _merge(
    connection: sqlite3.Connection, rows: dict[str, list[RowValues]]
) -> list[tuple[str, str]]:
    """Add the rows that are not there; ValueError names those that clash."""
    # By kind, the row here for each row there.
    known: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
    added: list[tuple[str, str]] = []
    clashes: list[str] = []
    for kind in KINDS:
        for row in _parents_first(rows[kind]) if kind == "experiment" else rows[kind]:
            values = _referring(kind, row, known)
            same = _same_row(connection, kind, values)
            is_found = _is_found(kind, row)
            if same is None and not is_found and _is_taken(connection, kind, row["name"]):
                clashes.append(f"{kind} {shown(short(row['name']))}")
                # So that what refers to it is looked at, too.
                same = 0
            if same is None:
                if is_found:
                    values["name"] = free_label(connection, kind, row["name"])
                same = write(connection, kind, values)
                added.append((kind, values["name"]))
            known[kind][row["id"]] = same
        if clashes:
            msg = (
                f"nothing was taken over, for this registry has others of the same name: "
                f"{', '.join(clashes[:3])}{' ...' if len(clashes) > 3 else ''}: remove one of each"
            )
            raise ValueError(msg)
    return added


def _referring(kind: str, row: RowValues, known: dict[str, dict[int, int]]) -> RowValues:
    """RowValues of a row, with references to the rows here."""
    values = {column: value for column, value in row.items() if column != "id"}
    for column, other in _REFERENCES.get(kind, {}).items():
        if values[column] is not None:
            if values[column] not in known[other]:
                msg = f"the folder's {kind} {shown(row['name'])} refers to no {other}: copy it anew"
                raise ValueError(msg)
            values[column] = known[other][values[column]]
    return values


def _same_row(connection: sqlite3.Connection, kind: str, values: RowValues) -> int | None:
    """Id of a row here that says the same; None where there is none."""
    columns = _FOUND[kind] if _is_found(kind, values) else tuple(values.keys() - _ABOUT)
    same = " AND ".join(f"{column} IS ?" for column in columns)
    query = f"SELECT id FROM {kind} WHERE {same}"
    row = connection.execute(query, tuple(values[column] for column in columns)).fetchone()
    return None if row is None else int(row["id"])


def _is_found(kind: str, row: RowValues) -> bool:
    """Whether the program named a row; a comparison that is stored whole was named by a person."""
    return kind in _FOUND and not (kind == "comparison" and row["file"])


def _is_taken(connection: sqlite3.Connection, kind: str, name: str) -> bool:
    query = f"SELECT 1 FROM {kind} WHERE name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def _parents_first(rows: list[RowValues]) -> list[RowValues]:
    """Experiments in an order in which each comes after its parent; ValueError for a circle."""
    found: list[RowValues] = []
    done: set[int] = set()
    left = rows
    while left:
        ready = [row for row in left if row["parent"] is None or row["parent"] in done]
        if not ready:
            msg = f"the folder's experiment {shown(left[0]['name'])} has itself for an ancestor"
            raise ValueError(msg)
        found += ready
        done |= {row["id"] for row in ready}
        left = [row for row in left if row["id"] not in done]
    return found
