"""Comparisons stored whole: in a file all but the vectors, which are those of registered spaces."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.checks import shown
from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import parsing
from embwidget._core.whole_file import open_regular
from embwidget.comparison.comparison import Comparison
from embwidget.comparison.saved import load_saved
from embwidget.registry.comparisons import numbers_of
from embwidget.registry.datasets import StoredDataset, read_dataset
from embwidget.registry.removal import short
from embwidget.registry.spaces import StoredSpace, read_space, space_of
from embwidget.registry.stamps import check_free, insert, row_named, stamp
from embwidget.registry.store import Store
from embwidget.space import Space

_SIDES = ("a", "b")
# Which file has the vectors of each side, and which of its rows: beside what `to_arrays` gives.
_VECTORS = "vectors_of"
_ROWS = "rows_"

RowsOfItems = NDArray[np.intp] | None
"""Row of each item in the file of a space, (n_items,) intp; None = all, as they lie."""


def add_comparison(store: Store, given: Any, *, name: str, notes: str) -> None:
    """Write a comparison down; arguments as for `Registry.add_comparison`, the name checked."""
    about = stamp(notes)
    with store.database.reading() as connection:
        check_free(connection, "comparison", name)
    if isinstance(given, (str, Path)):
        given = Comparison.load(given)
    found = given if isinstance(given, Comparison) else getattr(given, "comparison", None)
    if not isinstance(found, Comparison):
        msg = (
            f"comparison={shown(given)} ({type(given).__name__}): give a Comparison, a widget, or "
            "a file that save() of either wrote"
        )
        raise TypeError(msg)
    store.check_writable()
    sides = [_registered(store, found, side) for side in (0, 1)]
    arrays = given.to_arrays(vectors=False)
    files = json.dumps([held.row["file"] for held, _ in sides])
    arrays[_VECTORS] = np.frombuffer(files.encode(), np.uint8)
    for side, (_, rows) in zip(_SIDES, sides, strict=True):
        if rows is not None:
            arrays[f"{_ROWS}{side}"] = rows.astype(np.int64)
    numbers = numbers_of(found)
    with store.staging() as staging:
        with staging.writing(".npz") as (file, made):
            write_npz(file, arrays, sealed=True)
        with store.adding(made) as connection:
            values = {
                "name": name,
                "a": _again(connection, sides[0][0]),
                "b": _again(connection, sides[1][0]),
                **numbers,
                # Of its own name: two of the same numbers may show other maps and selections.
                "question": hashlib.sha256(f"stored as {name}".encode()).hexdigest(),
                "file": made[0].name,
                **about,
            }
            insert(connection, "comparison", values)


def read_comparison(store: Store, name: str) -> Comparison:
    """Read a comparison that was stored whole; errors as of `Registry.comparison`."""
    with store.database.reading() as connection:
        row = row_named(connection, "comparison", name)
        query = "SELECT name FROM space WHERE id = ?"
        spaces = [connection.execute(query, (row[side],)).fetchone()["name"] for side in _SIDES]
    if row["file"] is None:
        a, b = (shown(short(each)) for each in spaces)
        msg = (
            f"of comparison {shown(short(name))} there are numbers alone: compare({a}, {b}) makes "
            "it again out of stored graphs, and add_comparison() would store it whole"
        )
        raise ValueError(msg)
    try:
        return _read(store, row, [read_space(store, each) for each in spaces])
    except (OSError, KeyError):
        with store.database.reading() as connection:
            # Removed since: that is what there is to say.
            row_named(connection, "comparison", name)
        raise


def _read(store: Store, row: sqlite3.Row, held: list[StoredSpace]) -> Comparison:
    """Comparison of a row, of two spaces that are open."""
    path, called = store.sound(row["file"]), f"comparison {shown(short(row['name']))}"
    with (
        parsing(f"{called} cannot be read"),
        open_regular(path, follow=False) as file,
        npz_entries(file) as entries,
    ):
        files = json.loads(bytes(entries[_VECTORS].read().view(np.uint8)))
        rows = {
            side: entries[f"{_ROWS}{side}"].read() if f"{_ROWS}{side}" in entries else None
            for side in _SIDES
        }
    vectors = []
    for side, expected, each in zip(_SIDES, files, held, strict=True):
        if expected != each.row["file"]:
            msg = (
                f"{called} is of other vectors than space {shown(short(each.row['name']))} has "
                f"(hash {shown(str(expected)[:12])}): restore the registry from a copy"
            )
            raise ValueError(msg)
        vectors.append(_taken(each.space, rows[side], called))
    return load_saved(Comparison, path, vectors=(vectors[0], vectors[1]), called=called)


def _taken(space: Space, rows: Any, called: str) -> NDArray[np.float32]:
    """Vectors (n_items, n_dims) float32 of some rows (n_items,) int64 of a space, or of all."""
    if rows is None:
        return space.vectors
    if rows.dtype != np.int64 or rows.ndim != 1 or not len(rows):
        msg = f"{called} names {rows.dtype} of shape {rows.shape} for rows: restore it from a copy"
        raise ValueError(msg)
    if rows.min() < 0 or rows.max() >= len(space):
        msg = f"{called} names rows of a space that has {len(space)}: restore it from a copy"
        raise ValueError(msg)
    taken: NDArray[np.float32] = space.vectors[rows.astype(np.intp)]
    return taken


def _again(connection: sqlite3.Connection, held: StoredSpace) -> int:
    """Id of a space that was looked at; ValueError when it was replaced meanwhile."""
    row = row_named(connection, "space", held.row["name"])
    if row["file"] != held.row["file"]:
        msg = f"space {shown(short(row['name']))} was replaced meanwhile: add the comparison again"
        raise ValueError(msg)
    return int(row["id"])


def _registered(store: Store, found: Comparison, side: int) -> tuple[StoredSpace, RowsOfItems]:
    """Space of the registry that has the vectors of a side, and in which rows.

    Looked for by content, that of the same name first: names alone say nothing.
    """
    space = (found.a, found.b)[side]
    problem: Exception | None = None
    for row, dataset in _alike(store, space):
        try:
            held = StoredSpace(space_of(store, row, dataset()), row)
        except (OSError, ValueError) as error:
            # Of one with another name it says nothing about what was given.
            problem = error if row["name"] == space.name else problem
            continue
        for rows in _same_items(held.space, space):
            if _are_same(held.space, space, rows):
                return held, rows
    if problem is not None:
        raise problem
    letter, called = _SIDES[side], "" if space.name is None else f" ({shown(short(space.name))})"
    msg = (
        f"{letter}{called} is no space of this registry: add its vectors first, "
        f"add(c.{letter}, name=..., dataset=...), and then the comparison; save(path) needs none"
    )
    raise ValueError(msg)


def _alike(store: Store, space: Space) -> Iterator[tuple[dict[str, Any], Any]]:
    """Rows of spaces that may have the vectors of one, each with what reads its dataset."""
    query = """
        SELECT s.*, d.name AS of_dataset FROM space s JOIN dataset d ON d.id = s.dataset
        WHERE s.dims = ? AND s.n >= ? ORDER BY s.name IS NOT ?, s.id"""
    with store.database.reading() as connection:
        wanted = (space.n_dims, len(space), space.name)
        rows = [dict(row) for row in connection.execute(query, wanted)]
    known: dict[str, StoredDataset] = {}
    for row in rows:
        name = row.pop("of_dataset")

        def dataset(name: str = name) -> StoredDataset:
            if name not in known:
                known[name] = read_dataset(store, name)
            return known[name]

        yield row, dataset


def _same_items(held: Space, space: Space) -> Iterator[RowsOfItems]:
    """In which rows of a registered space the items may be: as they lie, or by their ids."""
    if len(held) == len(space):
        yield None
    row_of = {key: row for row, key in enumerate(held.ids.tolist())}
    rows = [row_of.get(key, -1) for key in space.ids.tolist()]
    if min(rows) >= 0:
        yield np.array(rows, np.intp)


def _are_same(held: Space, space: Space, rows: RowsOfItems) -> bool:
    """Whether all vectors are those of these rows."""
    theirs, mine = held.vectors, space.vectors
    return all(
        np.array_equal(theirs[some if rows is None else rows[some]], mine[some])
        for some in blocks(len(space), space.n_dims)
    )
