"""A database of Vectory is taken over from the terminal, and what is missing is listed."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

WHEN = "2022-11-01 10:00:00"


def vectory_of(files: Path) -> Path:
    """One dataset, one experiment, and two spaces, of which one has lost its file."""
    path = files / "main.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE datasets (id, name, created, csv_path, id_field);"
            "CREATE TABLE experiments (id, name, model, created, params, train_dataset_id);"
            "CREATE TABLE embedding_spaces"
            " (id, name, created, npz_path, dims, experiment_id, dataset_id);"
        )
        rows = {
            "datasets": [(1, "digits", WHEN, str(files / "digits.csv"), "key")],
            "experiments": [(1, "resnet", "ResNet-50", WHEN, '{"lr": 0.1}', 1)],
            "embedding_spaces": [
                (1, "convnext", WHEN, str(files / "convnext.npz"), 5, 1, 1),
                (2, "lost", WHEN, str(files / "lost.npz"), 5, 1, 1),
            ],
        }
        for table, values in rows.items():
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    connection.close()
    return path


def test_what_exists_is_taken_over_and_the_rest_is_listed(
    files: Path, asked: Callable, cli: Callable
) -> None:
    path = vectory_of(files)
    said = asked("import-vectory", str(path))
    assert [each["name"] for each in said["added"]] == ["digits", "resnet", "convnext"]
    [lost] = said["missing"]
    assert (lost["kind"], lost["name"]) == ("space", "lost")
    assert "is gone" in lost["problem"]
    assert asked("show", "resnet")["found"][0]["row"]["params"] == {"lr": 0.1}
    ended = cli("import-vectory", str(path))
    assert ended.code == 0
    assert "There is nothing new in it." in ended.out
    assert "lost.npz' is gone" in ended.out
