"""The rows of a registry as dicts, and which of them are asked for; needs no pandas."""

import json
import sqlite3
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any
from unicodedata import normalize

from embwidget._core.checks import near_names, shown
from embwidget.registry.schema import migrate

_OF_EVERY_ROW = "t.created, t.created_by, t.notes"

_QUERIES = {
    "dataset": f"""
        SELECT t.name, t.n, t.id_column, t.ids_hash, substr(t.file, 1, 64) AS hash,
        {_OF_EVERY_ROW} FROM dataset t ORDER BY t.id""",
    "experiment": f"""
        SELECT t.name, t.model, t.params, d.name AS train_dataset, p.name AS parent, t.tags, t.uri,
        {_OF_EVERY_ROW} FROM experiment t LEFT JOIN dataset d ON d.id = t.train_dataset
        LEFT JOIN experiment p ON p.id = t.parent ORDER BY t.id""",
    "space": f"""
        SELECT t.name, d.name AS dataset, e.name AS experiment, e.model, e.params, t.layer, t.epoch,
        t.split, t.n, t.dims, t.dtype, t.metric, substr(t.file, 1, 64) AS hash, t.report,
        {_OF_EVERY_ROW} FROM space t JOIN dataset d ON d.id = t.dataset
        LEFT JOIN experiment e ON e.id = t.experiment ORDER BY t.id""",
    "graph": f"""
        SELECT t.name, s.name AS space, t.metric, t.k, t.engine, t.exact, t.recall, t.random_state,
        t.items <> '' AS of_some_items, t.version, substr(t.file, 1, 64) AS hash,
        {_OF_EVERY_ROW} FROM graph t JOIN space s ON s.id = t.space ORDER BY t.id""",
    "map": f"""
        SELECT t.name, s.name AS space, t.reducer, t.metric, t.n_neighbors, t.random_state,
        t.version, substr(t.file, 1, 64) AS hash, {_OF_EVERY_ROW}
        FROM map t JOIN space s ON s.id = t.space ORDER BY t.id""",
    "comparison": f"""
        SELECT t.name, a.name AS a, b.name AS b, t.n, t.k, t.metric, t.value, t.low, t.high,
        t.chance, t.verdict, t.quality, t.settings, t.version, substr(t.file, 1, 64) AS hash,
        f.bytes, {_OF_EVERY_ROW}
        FROM comparison t JOIN space a ON a.id = t.a JOIN space b ON b.id = t.b
        LEFT JOIN file f ON f.name = t.file ORDER BY t.id""",
}

KINDS = tuple(_QUERIES)
"""What a registry holds, each kind after those that it refers to."""

_JSON = {"params", "tags", "quality", "settings"}
_FLAGS = {"exact", "of_some_items"}
_PARAMETER = "params__"


def checked_kind(kind: object) -> str:
    """Return the name of a kind; ValueError for none."""
    if isinstance(kind, str) and kind in _QUERIES:
        return kind
    msg = f"kind={shown(kind)}: give one of {', '.join(KINDS)}"
    raise ValueError(msg)


def columns_of(kind: str) -> list[str]:
    """Names of the columns of a kind, whether there are rows or not."""
    connection = sqlite3.connect(":memory:")
    try:
        migrate(connection)
        return [column[0] for column in connection.execute(_QUERIES[kind]).description]
    finally:
        connection.close()


def rows_of(
    connection: sqlite3.Connection, kind: str, filters: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a kind that fit all filters, in the order in which they were added.

    Parameters
    ----------
    connection : sqlite3.Connection
    kind : str
        One of `KINDS`.
    filters : dict, optional
        By column: a value, a list of them, or a text with the wildcards of file names.
        ``params__x`` is the parameter x of an experiment; what is asked of lists, such as tags,
        has to be in them.
    """
    cursor = connection.execute(_QUERIES[checked_kind(kind)])
    columns = [column[0] for column in cursor.description]
    tests = [_test(columns, key, wanted) for key, wanted in (filters or {}).items()]
    found = (_read(dict(row)) for row in cursor)
    return [row for row in found if all(test(row) for test in tests)]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Turn what sqlite has no type for into Python's own."""
    for key in row.keys() & _JSON:
        if row[key] is not None:
            try:
                row[key] = json.loads(row[key])
            except (ValueError, TypeError, RecursionError) as error:
                msg = f"{key} of {shown(row['name'])} in the registry is damaged: {shown(row[key])}"
                raise ValueError(msg) from error
    for key in row.keys() & _FLAGS:
        row[key] = bool(row[key])
    return row


def _test(columns: list[str], key: str, wanted: Any) -> Callable[[dict[str, Any]], bool]:
    """Say whether a row fits one filter."""
    if key.startswith(_PARAMETER) and "params" in columns:
        name = key.removeprefix(_PARAMETER)
        return lambda row: _fits((row["params"] or {}).get(name), wanted)
    if key not in columns:
        msg = f"{key}={shown(wanted)} is no column: {near_names(key, columns)}"
        raise TypeError(msg)
    return lambda row: _fits(row[key], wanted)


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, (list, tuple, set, frozenset)):
        return any(_fits(value, each) for each in wanted)
    if isinstance(value, list):
        return any(_fits(each, wanted) for each in value)
    if isinstance(value, str) and isinstance(wanted, str):
        pattern = normalize("NFC", wanted)
        return value == pattern or fnmatchcase(value, pattern)
    return bool(value == wanted)
