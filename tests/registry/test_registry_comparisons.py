"""Comparisons stored whole: opened by name as they were, on the vectors of registered spaces."""

import hashlib
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget import Registry
from embwidget.metrics import Metric
from embwidget.registry import schema

HERE = Path(__file__).parent


@pytest.fixture
def other(vectors: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(3).normal(scale=0.5, size=vectors.shape)
    return (vectors + noise).astype(np.float32)


@pytest.fixture
def filled(registry: Registry, vectors: np.ndarray, other: np.ndarray) -> Registry:
    """A registry with spaces "a" and "b"."""
    registry.add(vectors, name="a", dataset="d")
    registry.add(other, name="b", dataset="d")
    return registry


def assert_same(found: ew.Comparison, expected: ew.Comparison) -> None:
    assert repr(found) == repr(expected)
    assert found.join_report == expected.join_report
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), check_dtype=False)
    pd.testing.assert_series_equal(found.figures(), expected.figures())
    for side in "ab":
        graph, known = getattr(found, f"graph_{side}"), getattr(expected, f"graph_{side}")
        assert np.array_equal(graph.indices, known.indices)
        mine, theirs = getattr(found, side), getattr(expected, side)
        assert np.array_equal(mine.vectors, theirs.vectors)
        assert mine.ids.tolist() == theirs.ids.tolist()


def file_of(registry: Registry, name: str) -> Path:
    [row] = registry.rows("comparison", name=[name])
    return registry.path / "files" / f"{row['hash']}.npz"


def state_of(registry: Registry) -> tuple[list[str], list[dict[str, Any]]]:
    files = sorted(path.name for path in registry.path.rglob("*") if path.suffix != ".db-shm")
    return files, registry.rows("comparison")


def test_it_comes_back_by_its_name(filled: Registry) -> None:
    found = filled.compare("a", "b", label="label")
    filled.add_comparison(found, name="one/../two\n'", notes="why")
    again = Registry(filled.path)
    opened = again.comparison("one/../two\n'")
    assert_same(opened, found)
    pd.testing.assert_frame_equal(opened.quality(), found.quality())
    assert opened.label == "label"
    assert opened.frame["seen"].tolist() == found.frame["seen"].tolist()
    files = {row["name"]: f"{row['hash']}.npy" for row in again.rows("space")}
    assert Path(opened.a.mapped_from).name == files["a"]
    assert Path(opened.b.mapped_from).name == files["b"]
    numbers, stored = again.rows("comparison")
    assert (numbers["hash"], numbers["bytes"]) == (None, None)
    assert stored["bytes"] == file_of(again, "one/../two\n'").stat().st_size
    for column in ("a", "b", "n", "k", "metric", "value", "low", "high", "chance", "verdict"):
        assert stored[column] == numbers[column]
    assert stored["quality"] == numbers["quality"]
    assert (stored["notes"], stored["settings"]["label"]) == ("why", "label")
    assert list(again.comparisons().name) == ["a and b, k=10", "one/../two\n'"]
    with np.load(file_of(again, "one/../two\n'")) as file:
        assert not [name for name in file.files if name in {"vectors_a", "vectors_b"}]
    assert again.verify() == []
    assert again.gc() == 0


@pytest.mark.parametrize("metric", ["cosine", ("euclidean", "inner_product")])
def test_spaces_are_known_by_their_vectors(
    filled: Registry, vectors: np.ndarray, other: np.ndarray, items: pd.DataFrame, metric: Any
) -> None:
    rows = np.random.default_rng(5).permutation(60)[:35]
    keys = items.key.to_numpy(str)
    for name, found in {
        "as they lie": ew.compare(vectors, other, metric=metric, names=("b", "a")),
        "by other ids": ew.compare(vectors, other, ids=np.arange(60) + 7, metric=metric),
        "some, in another order": ew.compare(
            vectors[rows], other[rows], ids=keys[rows], metric=metric, unique=True
        ),
        "with itself": ew.compare(vectors, vectors, metric=metric),
    }.items():
        filled.add_comparison(found, name=name)
        assert_same(filled.comparison(name), found)
    sides = {row["name"]: (row["a"], row["b"]) for row in filled.rows("comparison")}
    assert sides.pop("with itself") == ("a", "a")
    assert set(sides.values()) == {("a", "b")}


def test_a_widget_comes_back_as_it_was_left(
    filled: Registry, items: pd.DataFrame, recorded: None, tmp_path: Path
) -> None:
    widget = ew.EmbeddingCompare(
        *(filled["a"], filled["b"]), label="label", text="text", show=["score"], reducer="pca"
    ).wait(60)
    widget.k, widget.color_by, widget.focus = 7, "score", "item-04"
    widget.selection, widget.selections = [3, 5, 8], {"rare </script>": ["item-01", "item-09"]}
    filled.add_comparison(widget, name="left")
    widget.save(tmp_path / "pair.zip")
    filled.add_comparison(tmp_path / "pair.zip", name="from a file")
    # What is changed afterwards changes nothing that is stored.
    widget.selection = [1]
    for name in ("left", "from a file"):
        opened = ew.EmbeddingCompare.load(filled.comparison(name)).wait(60)
        assert (opened.k, opened.color_by, opened.focus) == (7, "score", "item-04")
        assert opened.selection.tolist() == [3, 5, 8]
        assert dict(opened.selections) == {"rare </script>": ["item-01", "item-09"]}
        assert np.array_equal(opened.positions_a, widget.positions_a)
        assert np.array_equal(opened.positions_b, widget.positions_b)
        assert opened.comparison.a.mapped_from
        opened.close()
    shown = ew.EmbeddingCompare.from_comparison(filled.comparison("left"), reducer="pca").wait(60)
    assert shown.comparison.similarity == widget.comparison.similarity
    shown.close()
    widget.close()


class Far(Metric):
    name = "far"

    def distances(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.abs(x.astype(np.float64) - y).max(axis=-1)


def test_what_cannot_be_stored_is_refused_whole(
    filled: Registry, vectors: np.ndarray, other: np.ndarray, tmp_path: Path
) -> None:
    found = filled.compare("a", "b")
    filled.add_comparison(found, name="there")
    ew.compare(vectors, other).save(tmp_path / "bare.zip", vectors=False)
    changed = other.copy()
    changed[-1, -1] += 1
    before = state_of(filled)
    for given, name, error, said in (
        (found, "there", ValueError, r"there is a comparison 'there' already \(of .*remove it"),
        (found, " ", ValueError, "is empty"),
        (found, 3, TypeError, "give a text"),
        (3, "x", TypeError, r"comparison=3 \(int\): give a Comparison, a widget"),
        (vectors, "x", TypeError, "give a Comparison"),
        (ew.compare_many([vectors, other]), "x", TypeError, "give a Comparison"),
        (tmp_path / "none.zip", "x", OSError, "none.zip"),
        (tmp_path / "bare.zip", "x", ValueError, "saved without them"),
        (ew.compare(vectors * 2, other), "x", ValueError, r"a is no space of .*add\(c\.a, name="),
        (
            ew.compare(vectors, changed, names=("a", "b")),
            *("x", ValueError, r"b \('b'\) is no space of this registry: add its vectors first"),
        ),
        (ew.compare(vectors, other[:, :4]), "x", ValueError, "b is no space"),
        (ew.compare(vectors, other, metric=Far()), "x", ValueError, "your own"),
    ):
        with pytest.raises(error, match=rf"(?s){said}") as caught:
            filled.add_comparison(given, name=name)
        assert len(str(caught.value)) < 300
    assert state_of(filled) == before


def test_what_is_not_there_is_told(filled: Registry) -> None:
    found = filled.compare("a", "b")
    filled.add_comparison(found, name="mine")
    with pytest.raises(KeyError, match=r"there is no comparison 'mien': there .*'mine'"):
        filled.comparison("mien")
    with pytest.raises(ValueError, match=r"'a and b, k=10' there are numbers alone: compare\('a'"):
        filled.comparison("a and b, k=10")


def test_its_spaces_stay_while_it_is_there(filled: Registry) -> None:
    filled.add_comparison(filled.compare("a", "b"), name="mine")
    for kind, name in (("comparison", "a and b, k=10"), ("graph", "a cosine 50 exact")):
        filled.remove(kind, name)
    with pytest.raises(ValueError, match="space 'a' is needed by comparison 'mine': remove these"):
        filled.remove("space", "a")
    with pytest.raises(ValueError, match="comparison 'mine'"):
        filled.check_unneeded("space", ["a", "b"])
    path = file_of(filled, "mine")
    assert filled.comparison("mine").similarity > 0
    assert filled.remove("space", "a", recursive=True) == [("comparison", "mine"), ("space", "a")]
    assert not path.exists()
    assert filled.rows("comparison") == filled.verify() == []
    with pytest.raises(KeyError):
        filled.comparison("mine")


def test_of_two_at_once_one_gets_the_name(filled: Registry) -> None:
    found = filled.compare("a", "b")

    def add(_: int) -> str:
        try:
            filled.add_comparison(found, name="mine")
        except ValueError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(add, range(4)))
    assert said.count("") == 1
    assert all("there is a comparison 'mine' already" in each for each in said if each)
    assert len(filled.rows("comparison")) == 2
    assert filled.gc() == 0
    assert filled.verify() == []


def test_it_moves_with_the_registry(filled: Registry, tmp_path: Path, other: np.ndarray) -> None:
    found = filled.compare("a", "b", label="label")
    filled.add_comparison(found, name="mine")
    folder = filled.export(tmp_path / "out")
    target = Registry(tmp_path / "target")
    assert ("comparison", "mine") in target.import_(folder)
    assert target.import_(folder) == []
    assert_same(target.comparison("mine"), found)
    assert target.verify() == []
    assert target.rows("comparison") == filled.rows("comparison")
    # A person's name stands for one thing, unlike those that the program gave.
    target.remove("comparison", "mine")
    target.add_comparison(target.compare("b", "a"), name="mine")
    before = state_of(target)
    with pytest.raises(ValueError, match=r"nothing was taken over.* same name: comparison 'mine'"):
        target.import_(folder)
    assert state_of(target) == before


# -- releases --------------------------------------------------------------------------------------


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
