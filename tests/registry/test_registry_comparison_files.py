"""Stored comparisons and the registries of other releases, and files that somebody changed."""

import hashlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stored_comparisons import assert_same, file_of

from embwidget import Registry
from embwidget.registry import schema

HERE = Path(__file__).parent


def as_version_1(registry: Registry) -> None:
    """Give a registry the database that the first release would have made of it."""
    path, old = registry.path / "registry.db", registry.path / "old.db"
    connection = sqlite3.connect(old)
    connection.executescript((HERE / "version_1.sql").read_text())
    connection.execute("ATTACH ? AS new", (str(path),))
    for kind in ("file", "dataset", "experiment", "space", "graph", "map", "comparison"):
        columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({kind})"))
        connection.execute(f"INSERT INTO {kind} ({columns}) SELECT {columns} FROM new.{kind}")
    connection.commit()
    connection.close()
    for each in registry.path.glob("registry.db*"):
        each.unlink()
    old.rename(path)


def version_of(registry: Registry) -> int:
    connection = sqlite3.connect(registry.path / "registry.db")
    number = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return int(number)


def test_a_registry_of_the_first_release_opens(
    filled: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = filled.compare("a", "b", label="label")
    before = {kind: filled.rows(kind) for kind in ("dataset", "space", "graph", "comparison")}
    as_version_1(filled)
    assert version_of(filled) == 1
    assert {kind: filled.rows(kind) for kind in before} == before
    assert version_of(filled) == schema.newest() == 2
    assert filled.compare("a", "b", label="label").similarity == found.similarity
    assert filled.rows("comparison") == before["comparison"]
    filled.add_comparison(found, name="mine")
    assert_same(filled.comparison("mine"), found)
    assert filled.verify() == []
    # The first release, which knew of one step.
    monkeypatch.delitem(schema.STEPS, 2)
    for use in (lambda: filled["a"], lambda: filled.gc(), lambda: filled.remove("space", "a")):
        with pytest.raises(ValueError, match=r"is of version 2, and this release .* knows 1: pip"):
            use()


def test_one_that_cannot_be_written_is_read_all_the_same(
    filled: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    filled.compare("a", "b")
    before = filled.rows("comparison")
    as_version_1(filled)
    content = (filled.path / "registry.db").read_bytes()
    # Who is root may write everywhere: sqlite is asked to look only.
    connected = "embwidget.registry.database.Database._connected"
    theirs = filled._store.database._connected
    monkeypatch.setattr(connected, lambda self, mode: theirs("ro"))
    monkeypatch.setattr("embwidget.registry.database._in_wal", lambda connection: None)
    assert filled.rows("comparison") == before
    assert filled.comparisons(k=10).hash.tolist() == [None]
    with pytest.raises(PermissionError, match="is read-only: what is there can be read"):
        filled.remove("comparison", before[0]["name"])
    monkeypatch.undo()
    assert (filled.path / "registry.db").read_bytes() == content
    target = Registry(tmp_path / "target")
    assert ("space", "a") in target.import_(filled.path)


# -- what others did to it -------------------------------------------------------------------------


def execute(registry: Registry, statement: str, *arguments: Any) -> None:
    connection = sqlite3.connect(registry.path / "registry.db")
    connection.execute(statement, arguments)
    connection.commit()
    connection.close()


def test_a_changed_or_missing_file_is_noticed(filled: Registry) -> None:
    filled.add_comparison(filled.compare("a", "b"), name="mine")
    path = file_of(filled, "mine")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(OSError, match="was changed since it was written: restore files/"):
        filled.comparison("mine")
    [problem] = filled.verify()
    assert (problem.kind, problem.name) == ("comparison", "mine")
    path.unlink()
    with pytest.raises(OSError, match="is missing: restore files/"):
        filled.comparison("mine")
    path.symlink_to(shutil.copy(Path(__file__), path.with_name("elsewhere")))
    with pytest.raises(OSError, match="restore files/"):
        filled.comparison("mine")
    path.unlink()
    path.write_bytes(content)
    assert filled.comparison("mine").similarity > 0
    assert filled.verify() == []
    space = next(row for row in filled.rows("space") if row["name"] == "b")
    (filled.path / "files" / f"{space['hash']}.npy").write_bytes(b"another")
    with pytest.raises(OSError, match="was changed since it was written"):
        filled.comparison("mine")


@pytest.mark.parametrize("file", ["../../secret.npz", "/etc/passwd", "a" * 63 + "/.npz", "", "x"])
def test_no_path_leaves_the_folder(filled: Registry, tmp_path: Path, file: str) -> None:
    filled.add_comparison(filled.compare("a", "b"), name="mine")
    execute(filled, "INSERT INTO file VALUES (?, 0, 0, 0)", file)
    execute(filled, "UPDATE comparison SET file = ? WHERE name = 'mine'", file)
    with pytest.raises(ValueError, match="which is no hash: it was tampered with"):
        filled.comparison("mine")
    assert "tampered" in filled.verify()[0].problem
    with pytest.raises(ValueError, match="which is no hash"):
        Registry(tmp_path / "target").import_(filled.path)


def changed(registry: Registry, **arrays: Any) -> None:
    """Put another file in the place of a stored comparison, rightly sealed, hashed and written."""
    from embwidget._core.npz import write_npz

    with np.load(file_of(registry, "mine")) as file:
        held = {**file, **arrays}
    path = registry.path / "files" / "new"
    with path.open("w+b") as file:
        write_npz(file, {k: v for k, v in held.items() if v is not None}, sealed=True)
    put(registry, path.read_bytes())


def put(registry: Registry, content: bytes) -> None:
    name = f"{hashlib.sha256(content).hexdigest()}.npz"
    (registry.path / "files" / name).write_bytes(content)
    execute(registry, "INSERT OR IGNORE INTO file VALUES (?, 0, 0, 0)", name)
    execute(registry, "UPDATE comparison SET file = ? WHERE name = 'mine'", name)


def test_a_file_of_something_else_is_refused(
    filled: Registry, other: np.ndarray, tmp_path: Path
) -> None:
    found = filled.compare("a", "b")
    filled.add_comparison(found, name="mine")
    for changes, said in (
        ({"rows_a": np.arange(60) + 1}, "rows of a space that has 60"),
        ({"rows_a": -np.arange(60)}, "rows of a space that has 60"),
        ({"rows_b": np.arange(59)}, "have shape"),
        ({"rows_b": np.arange(60.0)}, "names float64 of shape"),
        ({"vectors_of": None}, "cannot be read.*vectors_of"),
        ({"vectors_of": np.frombuffer(b'["a", 3]', np.uint8)}, "of other vectors than space 'a'"),
        ({"indices_a": np.full((60, 50), 60, np.int32)}, "outside of"),
        ({"about": np.frombuffer(b"{}", np.uint8)}, "not one that save"),
    ):
        before = file_of(filled, "mine").read_bytes()
        changed(filled, **changes)
        with pytest.raises(ValueError, match=rf"(?s)comparison 'mine'.*({said})") as caught:
            filled.comparison("mine")
        assert len(str(caught.value)) < 300
        put(filled, before)
    found.save(tmp_path / "plain.zip")
    for content in (b"", b"x" * 1000, (tmp_path / "plain.zip").read_bytes()):
        put(filled, content)
        with pytest.raises(ValueError, match="comparison 'mine' cannot be read"):
            filled.comparison("mine")
    # A row that refers to other spaces than the file was made of.
    filled.remove("comparison", "mine")
    filled.add_comparison(found, name="mine")
    execute(filled, "UPDATE comparison SET a = b WHERE name = 'mine'")
    with pytest.raises(ValueError, match="is of other vectors than space 'b' has"):
        filled.comparison("mine")
