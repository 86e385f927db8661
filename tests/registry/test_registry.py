"""What is added to a registry is found again, and what does not fit is refused."""

import getpass
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget import Registry


def files_of(registry: Registry) -> list[str]:
    return sorted(path.name for path in (registry.path / "files").iterdir())


# -- where it is -----------------------------------------------------------------------------------


def test_the_folder_is_the_argument_then_the_variable_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBWIDGET_HOME", str(tmp_path / "variable"))
    assert Registry(tmp_path / "argument").path == tmp_path / "argument"
    assert Registry().path == tmp_path / "variable"
    monkeypatch.setenv("EMBWIDGET_HOME", "~/there")
    assert Registry().path == Path.home() / "there"
    monkeypatch.delenv("EMBWIDGET_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Registry().path.name == "embwidget"
    assert not Registry(tmp_path / "argument").rows("space")
    assert not (tmp_path / "argument").exists()  # looking makes nothing


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(NotADirectoryError, match="is a file: give a folder"):
        Registry(tmp_path / "x")


# -- spaces ----------------------------------------------------------------------------------------


def test_a_space_is_joined_by_id_and_reported(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray
) -> None:
    order = np.random.default_rng(2).permutation(len(vectors))
    shuffled = ew.Space(vectors[order], ids=items.key[order].tolist(), metric="euclidean")
    report = registry.add(shuffled, name="s", dataset="d")
    assert (report.matched, report.only_a, report.only_b) == (60, 0, 0)
    assert report.paired_by == "by id"
    space = registry.space("s")
    assert np.array_equal(space.vectors, vectors)
    assert space.ids.tolist() == items.key.tolist()
    assert space.metadata.score.tolist()[1:3] == items.score.tolist()[1:3]
    assert (space.name, space.metric) == ("s", "euclidean")
    assert isinstance(space.vectors, np.memmap)


def test_some_items_of_a_dataset(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray
) -> None:
    ids = [*items.key[10:30][::-1], "unknown"]
    report = registry.add(ew.Space(vectors[:21], ids=ids), name="s", dataset="d")
    assert (report.matched, report.only_a, report.only_b) == (20, 40, 1)
    assert report.examples_b == ("unknown",)
    assert "a is the dataset 'd', b the space" in str(report)
    space = registry["s"]
    assert space.ids.tolist() == items.key[10:30].tolist()
    assert np.array_equal(space.vectors, vectors[:20][::-1])
    assert space.metadata.text.tolist() == items.text[10:30].tolist()
    assert registry.rows("space")[0]["report"] == str(report)


def test_without_ids_rows_meet_by_position_where_there_are_as_many(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray
) -> None:
    report = registry.add(vectors, name="s", dataset="d")
    assert "by position" in report.paired_by
    assert registry["s"].ids.tolist() == items.key.tolist()
    with pytest.raises(ValueError, match=r"a is the dataset 'd', b the space: a has 60 rows .* 59"):
        registry.add(vectors[:59], name="few", dataset="d")


def test_a_dataset_without_ids_takes_rows_alone(tmp_path: Path, vectors: np.ndarray) -> None:
    registry = Registry(tmp_path)
    registry.add_dataset({"label": list("ab") * 30}, name="d")
    registry.add(vectors, name="s", dataset="d")
    assert not registry["s"].has_ids
    with pytest.raises(ValueError, match=r"the space has ids .* and the dataset 'd' has none"):
        registry.add(ew.Space(vectors, ids=range(60)), name="t", dataset="d")
    with pytest.raises(ValueError, match="a has 60 rows and b has 59"):
        registry.add(vectors[1:], name="t", dataset="d")


@pytest.mark.parametrize("bad", ["nan", "inf", "copies"])
def test_bad_vectors_are_refused_with_the_first(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray, bad: str
) -> None:
    ids = items.key.tolist()
    if bad == "copies":
        ids[5] = ids[3]
        said = "not unique: 'item-03'"
    else:
        vectors[7, 2] = float(bad)
        vectors[9, 2] = float(bad)
        said = f"row 7.*column 2 is {bad}"
    with pytest.raises(ValueError, match=said):
        registry.add(vectors, ids=ids, name="s", dataset="d")
    assert not registry.rows("space")
    assert len(files_of(registry)) == 1


def test_the_same_array_twice_is_one_file(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray
) -> None:
    registry.add(vectors, name="a", dataset="d")
    registry.add(vectors.astype(np.float64), name="b", dataset="d")
    registry.add(ew.Space(vectors[::-1], ids=items.key[::-1].tolist()), name="c", dataset="d")
    assert sum(name.endswith(".npy") for name in files_of(registry)) == 1
    registry.remove("space", "a")
    assert np.array_equal(registry["b"].vectors, registry["c"].vectors)
    registry.remove("space", "b")
    registry.remove("space", "c")
    assert [name[-8:] for name in files_of(registry)] == [".parquet"]


@pytest.mark.parametrize("suffix", ["npy", "npz", "parquet", "csv"])
def test_a_space_of_a_file(
    registry: Registry, tmp_path: Path, items: pd.DataFrame, vectors: np.ndarray, suffix: str
) -> None:
    path = tmp_path / f"x.{suffix}"
    if suffix == "npy":
        np.save(path, vectors)
    elif suffix == "npz":
        np.savez(path, vectors=vectors, ids=items.key.to_numpy(str))
    else:
        frame = pd.DataFrame(vectors, columns=[f"x{i}" for i in range(8)])
        frame.insert(0, "key", items.key)
        frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)
    options = {"id": "key"} if suffix in {"parquet", "csv"} else {}
    registry.add(path, name="s", dataset="d", **options)
    path.unlink()
    assert np.allclose(registry["s"].vectors, vectors)


def test_who_and_when_and_what_else(
    registry: Registry, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add_experiment(
        "e",
        model="M",
        params={"lr": np.float32(0.1), "steps": np.int64(3), "sizes": [1, 2], "x": None},
        train_dataset="d",
        tags=["good", "old"],
        uri="mlflow:/runs/1",
    )
    registry.add_experiment("e2", parent="e")
    registry.add(
        *(vectors,),
        **{"name": "s", "dataset": "d", "experiment": "e", "layer": "blocks.3", "epoch": 2},
        **{"split": "test", "metric": "l2", "notes": "the\nbest"},
    )
    [row] = registry.rows("space")
    assert (row["model"], row["layer"], row["epoch"], row["split"]) == ("M", "blocks.3", 2, "test")
    assert (row["n"], row["dims"], row["dtype"], row["metric"]) == (60, 8, "float32", "euclidean")
    assert row["notes"] == "the\nbest"
    assert row["created_by"] == getpass.getuser()
    age = datetime.now(UTC) - datetime.fromisoformat(row["created"])
    assert timedelta(seconds=-1) <= age < timedelta(minutes=5)
    assert f"{row['hash']}.npy" in files_of(registry)
    first, second = registry.rows("experiment")
    assert first["params"] == {"lr": 0.1, "steps": 3, "sizes": [1, 2], "x": None}
    assert (first["train_dataset"], first["tags"]) == ("d", ["good", "old"])
    assert second["parent"] == "e"


@pytest.mark.parametrize(
    "wrong",
    [
        {"dataset": "e"},
        {"dataset": "d", "experiment": "no"},
        {"dataset": "d", "epoch": "three"},
        {"dataset": "d", "metric": "manhattan"},
        {"dataset": "d", "notes": 3},
        {"dataset": "d", "layer": ["x"]},
        {"dataset": 5},
    ],
)
def test_wrong_arguments_leave_nothing(
    registry: Registry, vectors: np.ndarray, wrong: dict[str, Any]
) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)) as caught:
        registry.add(vectors, name="s", **wrong)
    assert len(str(caught.value)) < 300
    assert not registry.rows("space")
    assert len(files_of(registry)) == 1
    assert list((registry.path / "staging").iterdir()) == []


@pytest.mark.parametrize("params", [[1], {"f": print}, {"a": {1: object()}}, {1: 2, "1": 3}])
def test_parameters_are_what_json_has(registry: Registry, params: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="params"):
        registry.add_experiment("e", params=params)


# -- tables ----------------------------------------------------------------------------------------


def test_tables_and_filters(registry: Registry, vectors: np.ndarray) -> None:
    assert registry.spaces().empty
    assert "metric" in registry.spaces().columns
    for i, lr in enumerate((0.1, 0.2, None)):
        params = {} if lr is None else {"lr": lr}
        registry.add_experiment(f"e{i}", model=f"M{i}", params=params, tags=[f"t{i}", "all"])
        for epoch in (1, 2):
            registry.add(
                vectors * (i + epoch),
                **{"name": f"s{i}-{epoch}", "dataset": "d", "experiment": f"e{i}", "epoch": epoch},
            )
    registry.add(vectors, name="[s]*", dataset="d")
    names = lambda **filters: registry.spaces(**filters).name.tolist()  # noqa: E731
    assert names(dataset="d", epoch=2) == ["s0-2", "s1-2", "s2-2"]
    assert names(name="s1*") == ["s1-1", "s1-2"]
    assert names(name="[s]*") == ["s0-1", "s0-2", "s1-1", "s1-2", "s2-1", "s2-2", "[s]*"]
    assert names(name=["s0-1", "s2-?"]) == ["s0-1", "s2-1", "s2-2"]
    assert names(params__lr=0.1) == names(model="M0") == ["s0-1", "s0-2"]
    assert names(experiment=None) == ["[s]*"]
    assert names(dataset="other") == []
    assert registry.experiments(tags="t1").name.tolist() == ["e1"]
    assert registry.experiments(tags="all", params__lr=[0.1, 0.2]).name.tolist() == ["e0", "e1"]
    assert registry.datasets().n.tolist() == [60]
    with pytest.raises(TypeError, match="modle='x' is no column: there are 'model'"):
        registry.spaces(modle="x")
    with pytest.raises(ValueError, match="kind='spaces': give one of dataset, experiment, space"):
        registry.rows("spaces")
    assert repr(registry).startswith("Registry(1 dataset, 3 experiments, 7 spaces, ")


def test_listing_needs_no_large_library(registry: Registry, vectors: np.ndarray) -> None:
    registry.add(vectors, name="s", dataset="d")
    code = (
        "import sys, json; from embwidget.registry import Registry; "
        "rows = Registry(sys.argv[1]).rows('space'); "
        "print(json.dumps([len(rows), sorted(set(sys.modules) & {'numba', 'scipy', 'pandas', "
        "'narwhals', 'pyarrow', 'sklearn', 'platformdirs'})]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(registry.path)],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert json.loads(done.stdout) == [1, []]
