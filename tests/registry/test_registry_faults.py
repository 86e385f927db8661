"""Nothing is lost or half there: kills, crowds, full disks, read-only folders, other releases.

``EMBWIDGET_FUZZ`` makes it 1,000 kills and a minute of a crowd.
"""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from child_tools import child
from file_tools import full_disk

from embwidget import Registry
from embwidget.registry import schema

IS_LONG = "EMBWIDGET_FUZZ" in os.environ
N_KILLS = 250 if IS_LONG else 5
SECONDS = 60.0 if IS_LONG else 1.0
HERE = Path(__file__).parent


def contents(registry: Registry) -> dict[str, Any]:
    return {
        "rows": [registry.rows(kind) for kind in ("dataset", "experiment", "space")],
        "files": sorted(path.name for path in (registry.path / "files").iterdir()),
        "staging": list((registry.path / "staging").iterdir()),
    }


@pytest.mark.parametrize("what", ["add", "remove", "gc", "import", "compare"])
def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path, what: str) -> None:
    found = child(HERE / "killed_registries.py", tmp_path, what, N_KILLS)
    if IS_LONG:
        assert found["amid"] > N_KILLS // 10
    del found["amid"]
    assert found == {
        **{"problems": [], "lost": 0, "back": 0, "wrong": 0, "orphans": 0, "left": 0},
    }


def test_four_processes_at_one_registry_hear_of_nothing(tmp_path: Path) -> None:
    found = child(HERE / "crowded_registries.py", tmp_path / "home", SECONDS)
    assert found.pop("added") > 1
    assert found == {"errors": [], "lost": 0, "back": 0, "problems": [], "freed": 0}


def test_a_reader_sees_the_last_whole_state(registry: Registry, vectors: np.ndarray) -> None:
    registry.add(vectors, name="a", dataset="d")
    writer = sqlite3.connect(registry.path / "registry.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM space")
    assert [row["name"] for row in registry.rows("space")] == ["a"]
    assert np.array_equal(registry["a"].vectors, vectors)
    writer.execute("ROLLBACK")
    writer.close()


def test_who_waits_in_vain_hears_why(
    registry: Registry, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(registry)
    monkeypatch.setattr("embwidget.registry.database.PATIENCE", 0.1)
    writer = sqlite3.connect(registry.path / "registry.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(TimeoutError, match="another process writes for"):
        registry.add(vectors, name="a", dataset="d")
    writer.close()
    assert contents(registry) == before


# -- disks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_bytes", [0, 1000, 5_000, 50_000])
def test_a_full_disk_leaves_nothing(registry: Registry, vectors: np.ndarray, n_bytes: int) -> None:
    registry.add(vectors, name="a", dataset="d")
    before = contents(registry)
    with full_disk(n_bytes), pytest.raises(OSError, match="full") as caught:
        registry.add(np.tile(vectors, (1, 100)), name="b", dataset="d")
    assert caught.value.errno in {errno.EFBIG, errno.ENOSPC, errno.EIO}
    assert contents(registry) == before
    assert registry.verify() == []
    registry.add(np.tile(vectors, (1, 100)), name="b", dataset="d")
    assert np.array_equal(registry["b"].vectors[:, :8], vectors)


def test_a_disk_that_fills_up_at_the_last_step_leaves_nothing(
    registry: Registry, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(registry)
    # The file is there by then, and only the row is missing.
    monkeypatch.setattr(
        "embwidget.registry.spaces.insert",
        lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("database or disk is full")),
    )
    with pytest.raises((OSError, sqlite3.OperationalError), match="full"):
        registry.add(vectors, name="b", dataset="d")
    assert contents(registry) == before


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may look into, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


# Who is root may write everywhere, and looks as somebody else once all is imported.
READ_ONLY = """
import os, sys, numpy as np
from embwidget import Registry
registry, scratch = Registry(sys.argv[1]), Registry(sys.argv[2])
scratch.import_(sys.argv[1])
scratch.add(np.ones((60, 2)), name="c", dataset="d")
scratch.compare("a", "b", k_max=10)
scratch.compare("a", "b", k_max=20)
scratch.remove("dataset", "d", recursive=True)
if os.geteuid() == 0:
    os.seteuid(65534)
assert [row["name"] for row in registry.rows("space")] == ["a", "b"]
assert registry["a"].vectors.shape == (60, 8)
assert registry.compare("a", "b", k_max=10).similarity > 0
assert registry.verify() == []
for write in (
    lambda: registry.add(np.ones((60, 2)), name="c", dataset="d"),
    lambda: registry.add_experiment("e"),
    lambda: registry.add_dataset({"id": [1]}, name="x"),
    lambda: registry.remove("dataset", "d", recursive=True),
    lambda: registry.compare("a", "b", k_max=20),
    lambda: registry.graph("a", 20),
):
    try:
        write()
    except PermissionError as error:
        assert "is read-only: what is there can be read" in str(error), error
    else:
        raise AssertionError
print("well")
"""


def test_a_registry_that_is_read_only_can_be_read(
    registry: Registry, vectors: np.ndarray, open_folder: Path, tmp_path: Path
) -> None:
    registry.add(vectors, name="a", dataset="d")
    registry.add(vectors**3, name="b", dataset="d")
    registry.compare("a", "b", k_max=10)
    home = registry.export(open_folder / "home")
    for path in [*home.rglob("*"), home]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    run = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(home), str(tmp_path / "scratch")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "EMBWIDGET_CACHE": "off"},
        check=False,
    )
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755)
    assert run.stdout == "well\n", run.stderr[-2000:]


# -- files that changed ----------------------------------------------------------------------------


def vectors_file(registry: Registry) -> Path:
    [path] = (registry.path / "files").glob("*.npy")
    return path


@pytest.mark.parametrize("keeps_time", [True, False])
def test_a_changed_file_is_noticed(
    registry: Registry, vectors: np.ndarray, keeps_time: bool
) -> None:
    registry.add(vectors, name="a", dataset="d")
    path = vectors_file(registry)
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    if keeps_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(OSError, match="was changed since it was written: restore files/"):
        registry["a"]
    [problem] = registry.verify()
    assert (problem.kind, problem.name) == ("space", "a")
    content[-1] ^= 1
    path.write_bytes(content)
    assert registry.verify() == []
    assert np.array_equal(registry["a"].vectors, vectors)


def test_a_file_that_is_gone_is_told_and_comes_back_by_adding_it(
    registry: Registry, vectors: np.ndarray
) -> None:
    registry.add(vectors, name="a", dataset="d")
    vectors_file(registry).unlink()
    with pytest.raises(OSError, match="is missing"):
        registry["a"]
    assert [problem.name for problem in registry.verify()] == ["a"]
    registry.add(vectors, name="b", dataset="d")
    assert np.array_equal(registry["a"].vectors, vectors)
    assert registry.verify() == []


def test_orphans_go_and_foreign_files_stay(registry: Registry, vectors: np.ndarray) -> None:
    registry.add(vectors, name="a", dataset="d")
    files = registry.path / "files"
    (files / f"{'0' * 64}.npy").write_bytes(b"x" * 100)
    (files / "mine.txt").write_text("mine")
    assert registry.gc() == 100
    assert registry.gc() == 0
    assert (files / "mine.txt").exists()
    assert np.array_equal(registry["a"].vectors, vectors)


def test_a_copy_of_the_folder_is_the_same(
    registry: Registry, vectors: np.ndarray, tmp_path: Path
) -> None:
    registry.add(vectors, name="a", dataset="d")
    shutil.copytree(registry.path, tmp_path / "copy")
    copied = Registry(tmp_path / "copy")
    assert np.array_equal(copied["a"].vectors, vectors)
    assert copied.verify() == []


# -- databases -------------------------------------------------------------------------------------


def execute(registry: Registry, *statements: str) -> None:
    connection = sqlite3.connect(registry.path / "registry.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_newer_registry_is_left_alone(registry: Registry, vectors: np.ndarray) -> None:
    execute(registry, "PRAGMA user_version = 99")
    before = (registry.path / "registry.db").read_bytes()
    for use in (
        lambda: registry.rows("space"),
        lambda: registry.add(vectors, name="a", dataset="d"),
        lambda: registry.gc(),
    ):
        with pytest.raises(ValueError, match=r"is of version 99, .* knows 2: pip install"):
            use()
    assert (registry.path / "registry.db").read_bytes() == before
    assert "version 99" in registry.verify()[0].problem


def test_an_older_registry_is_brought_up_in_one_step(
    registry: Registry, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add(vectors, name="a", dataset="d")
    good, number = "ALTER TABLE space ADD COLUMN color TEXT", schema.newest() + 1
    monkeypatch.setitem(schema.STEPS, number, (good, "ALTER TABLE no_such ADD COLUMN x"))
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        registry.rows("space")
    monkeypatch.setitem(schema.STEPS, number, (good,))
    assert np.array_equal(registry["a"].vectors, vectors)
    registry.add(vectors, name="b", dataset="d")
    connection = sqlite3.connect(registry.path / "registry.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (number,)
    assert connection.execute("SELECT name, color FROM space").fetchall() == [
        *[("a", None), ("b", None)]
    ]
    connection.close()
    monkeypatch.delitem(schema.STEPS, number)
    with pytest.raises(ValueError, match=f"is of version {number}, .* knows {number - 1}: pip"):
        registry.rows("space")


@pytest.mark.parametrize("damage", ["text", "half", "zeros", "middle", "folder", "pipe"])
def test_a_damaged_database_is_told_in_a_sentence(
    registry: Registry, vectors: np.ndarray, damage: str
) -> None:
    for i in range(5):
        registry.add(vectors, name=f"a{i}", dataset="d", notes="x" * 3000)
    path = registry.path / "registry.db"
    content = path.read_bytes()
    if damage in {"folder", "pipe"}:
        path.unlink()
        path.mkdir() if damage == "folder" else os.mkfifo(path)
    else:
        page = slice(len(content) // 2, len(content) - 5000)
        path.write_bytes(
            {
                "text": b"this is no database" * 500,
                "half": content[: len(content) // 2],
                "zeros": bytes(len(content)),
                "middle": content[: page.start]
                + bytes(page.stop - page.start)
                + content[page.stop :],
            }[damage]
        )
    with pytest.raises(ValueError, match=r"damaged|cannot be opened") as caught:
        registry.remove("dataset", "d", recursive=registry.rows("space") != [])
    assert len(str(caught.value)) < 300
    assert len(registry.verify()) >= 1
