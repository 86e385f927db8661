"""A registry from elsewhere is other people's data: nothing leaves the folder, nothing is run."""

import hashlib
import pickle
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from embwidget import Registry


class Ran:
    """An object that tells when it is unpickled."""

    def __reduce__(self) -> tuple:
        return (Path("/tmp/embwidget-was-unpickled").touch, ())


@pytest.fixture
def exported(registry: Registry, vectors: np.ndarray, tmp_path: Path) -> Path:
    registry.add_experiment("e", params={"lr": 1})
    registry.add(vectors, name="a", dataset="d", experiment="e")
    registry.add(vectors[:, ::-1].copy(), name="b", dataset="d")
    registry.compare("a", "b")
    return registry.export(tmp_path / "out")


def execute(folder: Path, *statements: str, arguments: tuple = ()) -> None:
    connection = sqlite3.connect(folder / "registry.db")
    for statement in statements:
        connection.execute(statement, arguments)
    connection.commit()
    connection.close()


def refused(folder: Path, tmp_path: Path, said: str) -> None:
    """Neither taken over nor read, and nothing written."""
    target = Registry(tmp_path / "target")
    target.add_dataset({"id": [1]}, name="mine")
    before = sorted(path.name for path in target.path.rglob("*"))
    with pytest.raises((ValueError, OSError), match=said) as caught:
        target.import_(folder)
    assert len(str(caught.value)) < 300
    assert sorted(path.name for path in target.path.rglob("*")) == before
    assert [row["name"] for row in target.rows("dataset")] == ["mine"]
    assert Registry(folder).verify()


@pytest.mark.parametrize(
    "name", ["../../secret.npy", "/etc/passwd", "x" * 64 + ".npy", "A" * 64 + ".npy", "", "\n"]
)
def test_no_path_leaves_the_folder(exported: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.npy").write_bytes(b"secret")
    execute(exported, "INSERT INTO file VALUES (?, 0, 0, 0)", arguments=(name,))
    execute(exported, "UPDATE space SET file = ? WHERE name = 'a'", arguments=(name,))
    with pytest.raises(ValueError, match="which is no hash"):
        Registry(exported)["a"]
    refused(exported, tmp_path, "which is no hash")


def test_no_link_is_followed(exported: Path, tmp_path: Path) -> None:
    for path in (exported / "files").glob("*.npy"):
        elsewhere = tmp_path / path.name
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
    with pytest.raises(OSError, match="cannot be read"):
        Registry(exported)["a"]
    refused(exported, tmp_path, "cannot be read")


def swapped(folder: Path, content: bytes) -> None:
    """Give space a the file of another content, under its own hash."""
    name = f"{hashlib.sha256(content).hexdigest()}.npy"
    (folder / "files" / name).write_bytes(content)
    execute(folder, "INSERT INTO file VALUES (?, 0, 0, 0)", arguments=(name,))
    execute(folder, "UPDATE space SET file = ? WHERE name = 'a'", arguments=(name,))


def npy(array: np.ndarray, tmp_path: Path) -> bytes:
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    return (tmp_path / "x.npy").read_bytes()


def test_nothing_is_unpickled(exported: Path, tmp_path: Path) -> None:
    swapped(exported, npy(np.array([[Ran()]], object), tmp_path))
    with pytest.raises(ValueError, match="never unpickled"):
        Registry(exported)["a"]
    swapped(exported, pickle.dumps(Ran()))
    with pytest.raises(ValueError, match="does not begin like an array"):
        Registry(exported)["a"]
    assert not Path("/tmp/embwidget-was-unpickled").exists()


@pytest.mark.parametrize("shape", [(59, 8), (60, 9), (60, 8, 1), (0, 8)])
def test_sizes_are_those_of_the_row(exported: Path, tmp_path: Path, shape: tuple[int, ...]) -> None:
    swapped(exported, npy(np.ones(shape, np.float32), tmp_path))
    with pytest.raises(ValueError, match=r"shape|holds nothing"):
        Registry(exported)["a"]


def test_other_rows_than_the_datasets_are_refused(exported: Path, tmp_path: Path) -> None:
    swapped(exported, npy(np.ones((3, 8), np.float32), tmp_path))
    for rows in ([0, 1, 60], [-1, 1, 2], [2, 1, 0], [0, 0, 1], [0, 1]):
        content = npy(np.array(rows, np.int64), tmp_path)
        name = f"{hashlib.sha256(content).hexdigest()}.npy"
        (exported / "files" / name).write_bytes(content)
        execute(exported, "INSERT INTO file VALUES (?, 0, 0, 0)", arguments=(name,))
        execute(
            exported, "UPDATE space SET n = 3, rows_file = ? WHERE name = 'a'", arguments=(name,)
        )
        with pytest.raises(ValueError, match="no rows of a dataset of 60"):
            Registry(exported)["a"]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON space BEGIN DELETE FROM space; END",
        "CREATE VIEW v AS WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT 1 FROM x) SELECT 1",
        "ALTER TABLE space ADD COLUMN more TEXT",
        "DROP TABLE map",
    ],
)
def test_tables_of_others_are_refused(exported: Path, tmp_path: Path, statement: str) -> None:
    execute(exported, statement)
    refused(exported, tmp_path, "its tables are not those of a registry")


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    execute(tmp_path / "home", "CREATE TABLE mine (x)")
    with pytest.raises(ValueError, match="is a database of another program"):
        Registry(tmp_path / "home").add_experiment("e")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE experiment SET params = '[1]'",
        "UPDATE experiment SET params = '{'",
        "UPDATE experiment SET params = x'00'",
        "UPDATE space SET name = '' WHERE name = 'a'",
        "UPDATE space SET n = 'many' WHERE name = 'a'",
        "UPDATE comparison SET value = 'high'",
        "UPDATE experiment SET parent = id",
        "UPDATE space SET notes = char(0) WHERE name = 'a'",
    ],
)
def test_values_that_no_release_writes_are_refused(
    exported: Path, tmp_path: Path, change: str
) -> None:
    execute(exported, change)
    target = Registry(tmp_path / "target")
    with pytest.raises((ValueError, TypeError)) as caught:
        target.import_(exported)
    assert len(str(caught.value)) < 300
    assert target.rows("dataset") == target.rows("experiment") == []


def test_a_file_that_is_not_its_name_is_not_taken_over(exported: Path, tmp_path: Path) -> None:
    path = next((exported / "files").glob("*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    refused(exported, tmp_path, "is not what its name says: copy it anew")
    path.unlink()
    with pytest.raises(OSError, match="cannot be read"):
        Registry(tmp_path / "other").import_(exported)
