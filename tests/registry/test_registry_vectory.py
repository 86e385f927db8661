"""A database of Vectory's own schema is taken over, and what is missing is listed."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embwidget import Registry

# As peewee makes them of the models of Vectory 0.1.7.
SCHEMA = (
    """CREATE TABLE "datasets" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL,
    "created" DATETIME NOT NULL, "csv_path" VARCHAR(255) NOT NULL,
    "id_field" VARCHAR(255) NOT NULL)""",
    """CREATE TABLE "experiments" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL,
    "model" VARCHAR(255) NOT NULL, "created" DATETIME NOT NULL, "params" JSON NOT NULL,
    "train_dataset_id" INTEGER, FOREIGN KEY ("train_dataset_id") REFERENCES "datasets" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE)""",
    """CREATE TABLE "embedding_spaces" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL, "created" DATETIME NOT NULL, "npz_path" VARCHAR(255) NOT NULL,
    "dims" INTEGER NOT NULL, "experiment_id" INTEGER NOT NULL, "dataset_id" INTEGER NOT NULL,
    FOREIGN KEY ("experiment_id") REFERENCES "experiments" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("dataset_id") REFERENCES "datasets" ("id") ON DELETE CASCADE)""",
)
WHEN = "2022-11-01 10:00:00.123456"


@pytest.fixture
def vectory(tmp_path: Path) -> Path:
    """Two datasets, three experiments, and spaces of which some lost their files."""
    rng = np.random.default_rng(0)
    tables, arrays = tmp_path / "data", tmp_path / "vectors"
    tables.mkdir()
    arrays.mkdir()
    frame = pd.DataFrame({"key": [f"k{i}" for i in range(30)], "label": list("abc") * 10})
    frame.to_csv(tables / "named.csv", index=False)
    frame.rename(columns={"key": "id"}).to_csv(tables / "counted.csv", index=False)
    for name, shape in {"a": (30, 4), "b": (30, 6), "short": (29, 4), "wide": (30, 5)}.items():
        np.savez(arrays / f"{name}.npz", rng.normal(size=shape))
    np.savez(arrays / "two.npz", z=rng.normal(size=(30, 4)), ids=np.arange(30))
    np.save(arrays / "c.npy", rng.normal(size=(30, 4)).astype(np.float32))
    path = tmp_path / "main.db"
    connection = sqlite3.connect(path)
    for statement in SCHEMA:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO datasets VALUES (?, ?, ?, ?, ?)",
        [
            (1, "named", WHEN, str(tables / "named.csv"), "key"),
            (2, "counted", WHEN, str(tables / "counted.csv"), "_idx"),
            (3, "gone", WHEN, str(tables / "gone.csv"), "_idx"),
        ],
    )
    connection.executemany(
        "INSERT INTO experiments VALUES (?, ?, ?, ?, ?, ?)",
        [
            (1, "e1", "resnet50", WHEN, json.dumps({"lr": 0.1}), 1),
            (2, "e2", "convnext", WHEN, json.dumps({}), None),
            (3, "e3", "vit", WHEN, json.dumps({}), 3),
        ],
    )
    connection.executemany(
        "INSERT INTO embedding_spaces VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (1, "a", WHEN, str(arrays / "a.npz"), 4, 1, 1),
            (2, "b", WHEN, str(arrays / "b.npz"), 6, 2, 2),
            (3, "c", WHEN, str(arrays / "c.npy"), 4, 3, 1),
            (4, "two", WHEN, str(arrays / "two.npz"), 4, 1, 1),
            (5, "no file", WHEN, str(arrays / "no.npz"), 4, 1, 1),
            (6, "no dataset", WHEN, str(arrays / "a.npz"), 4, 1, 3),
            (7, "short", WHEN, str(arrays / "short.npz"), 4, 1, 1),
            (8, "wide", WHEN, str(arrays / "wide.npz"), 4, 1, 1),
        ],
    )
    connection.commit()
    connection.close()
    return path


def test_all_that_exists_comes_along_and_the_rest_is_listed(tmp_path: Path, vectory: Path) -> None:
    registry = Registry(tmp_path / "home")
    before = vectory.read_bytes()
    found = registry.import_vectory(vectory)
    assert vectory.read_bytes() == before
    assert found.added == [
        *[("dataset", "named"), ("dataset", "counted")],
        *[("experiment", "e1"), ("experiment", "e2"), ("experiment", "e3")],
        *[("space", "a"), ("space", "b"), ("space", "c"), ("space", "two")],
    ]
    why = {(kind, name): problem for kind, name, problem in found.missing}
    assert set(why) == {
        *[("dataset", "gone"), ("experiment", "e3"), ("space", "no file")],
        *[("space", "no dataset"), ("space", "short"), ("space", "wide")],
    }
    assert "gone.csv' is gone" in why["dataset", "gone"]
    assert why["space", "no dataset"] == "its dataset was not taken over"
    assert "30 rows with ids, and b 29 rows" in why["space", "short"]
    assert "5 dimensions, and Vectory says 4" in why["space", "wide"]
    space = registry["a"]
    with np.load(tmp_path / "vectors" / "a.npz") as arrays:
        assert np.array_equal(space.vectors, arrays["arr_0"].astype(np.float32))
    assert space.ids[:2].tolist() == ["k0", "k1"]
    assert space.metadata.label[:3].tolist() == list("abc")
    assert not registry["b"].has_ids
    [row] = registry.rows("experiment", name="e1")
    assert (row["model"], row["params"], row["train_dataset"]) == ("resnet50", {"lr": 0.1}, "named")
    assert row["notes"] == f"from Vectory, of {WHEN}"
    assert registry.verify() == []


def test_again_it_takes_over_what_was_found_since(tmp_path: Path, vectory: Path) -> None:
    registry = Registry(tmp_path / "home")
    registry.import_vectory(vectory)
    np.savez(tmp_path / "vectors" / "no.npz", np.ones((30, 4)))
    found = registry.import_vectory(vectory)
    assert found.added == [("space", "no file")]
    told = {problem.name: problem.problem for problem in found.missing}
    assert told["a"] == "there is a space of this name already, which is left as it is"


def test_names_that_stand_for_something_else_are_left(tmp_path: Path, vectory: Path) -> None:
    registry = Registry(tmp_path / "home")
    registry.add_dataset({"key": ["x", "y"]}, name="named", id="key")
    registry.add_experiment("e2", model="other")
    found = registry.import_vectory(vectory)
    told = {(problem.kind, problem.name): problem.problem for problem in found.missing}
    assert "another dataset of this name" in told["dataset", "named"]
    assert "another experiment of this name" in told["experiment", "e2"]
    assert told["space", "a"] == "its dataset was not taken over"
    assert [row["experiment"] for row in registry.rows("space")] == [None]


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000])
def test_what_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "main.db").write_bytes(content)
    with pytest.raises((FileNotFoundError, ValueError), match=r"main.db") as caught:
        Registry(tmp_path / "home").import_vectory(tmp_path / "main.db")
    assert len(str(caught.value)) < 300
