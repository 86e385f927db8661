"""Spaces and comparisons in runs of MLflow, and runs in a registry: the real package, on SQLite."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hostile_tracking import PATHS, serving
from typer.testing import CliRunner

import embwidget as ew

N = 40
RUN_NAME = "näme/with 'quotes' and\nlines"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A tracking store that is there for all tests; each makes an experiment of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
            "MLFLOW_TRACKING_URI": uri,
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        }.items():
            patch.setenv(name, value)
        import mlflow

        yield SimpleNamespace(
            uri=uri,
            folder=folder,
            mlflow=mlflow,
            client=mlflow.MlflowClient(uri),
            address=(folder / "artifacts").as_uri(),
        )


@pytest.fixture
def experiment(store: SimpleNamespace, request: pytest.FixtureRequest) -> str:
    name = request.node.name[:200]
    # As it was typed on a system that writes accents apart.
    name = f"e\u0301 {name}"
    store.id = store.client.create_experiment(name, artifact_location=store.address)
    return name


@pytest.fixture
def new_run(store: SimpleNamespace, experiment: str) -> Callable[..., str]:
    """Make a run with these arrays in its spaces/ and return its id."""

    def make(name: str | None = None, /, folder: str = "spaces", **arrays: Any) -> str:
        run = store.client.create_run(store.id, run_name=name).info.run_id
        for called, array in arrays.items():
            path = store.folder / f"{called}.npy"
            np.save(path, array, allow_pickle=True)
            store.client.log_artifact(run, str(path), folder)
        return run

    return make


@pytest.fixture
def space() -> ew.Space:
    rng = np.random.default_rng(0)
    ids = [f"id {i} ‰" for i in range(N)]
    return ew.Space(rng.normal(size=(N, 4)), ids=ids, name="gl/ove", metric="euclidean")


def taken(store: SimpleNamespace, experiment: str, tmp_path: Path, **options: Any) -> ew.Registry:
    return ew.Registry.from_mlflow(store.uri, experiment, path=tmp_path / "home", **options)


def names(registry: ew.Registry, kind: str) -> list[str]:
    return [row["name"] for row in registry.rows(kind)]


def test_a_space_comes_back_as_it_was_logged(
    store: SimpleNamespace, experiment: str, new_run: Callable, space: ew.Space, tmp_path: Path
) -> None:
    run = new_run("first")
    path = space.log_to_mlflow(run, uri=store.uri)
    # In another order, by the active run and by MLflow's own setting.
    backwards = space.take(np.arange(N)[::-1])
    with store.mlflow.start_run(new_run("second")):
        backwards.log_to_mlflow(name="backwards")
    registry = taken(store, experiment, tmp_path)
    back = registry["gl/ove"]
    assert (back.ids.tolist(), back.metric) == (space.ids.tolist(), "euclidean")
    np.testing.assert_array_equal(back.vectors, space.vectors)
    assert store.client.download_artifacts(run, path, str(tmp_path)).endswith(".npy")
    # One dataset, for they have the same items.
    assert len(registry.rows("dataset")) == 1
    np.testing.assert_array_equal(registry["backwards"].vectors, space.vectors)
    assert registry.compare("gl/ove", "backwards").similarity.value == 1
    [given] = store.client.get_run(run).inputs.dataset_inputs
    assert given.dataset.name == "gl/ove"
    assert registry.verify() == []


@pytest.mark.parametrize("ids", [np.arange(N) * 7, None], ids=["numbers", "none"])
def test_ids_of_each_kind_come_back(
    store: SimpleNamespace, experiment: str, new_run: Callable, tmp_path: Path, ids: Any
) -> None:
    vectors = np.random.default_rng(0).normal(size=(N, 3)).astype(np.float32)
    ew.Space(vectors, ids=ids, name="x").log_to_mlflow(new_run(), uri=store.uri)
    back = taken(store, experiment, tmp_path)["x"]
    assert back.has_ids == (ids is not None)
    assert back.ids.tolist() == (list(range(N)) if ids is None else ids.tolist())
    np.testing.assert_array_equal(back.vectors, vectors)


def test_params_tags_and_names_come_along(
    store: SimpleNamespace, experiment: str, new_run: Callable, tmp_path: Path
) -> None:
    run = new_run(RUN_NAME, emb=np.ones((3, 2)) * [[1], [2], [3]])
    params = {
        "lr": 0.1,
        "n": 3,
        "deep": True,
        "sha": "1e5",
        "zip": "007",
        "text": "‰\n'\"",
        "no": "",
    }
    for key, value in params.items():
        store.client.log_param(run, key, value)
    store.client.log_param(run, "model", "ResNet")
    store.client.set_tag(run, "best", "")
    store.client.set_tag(run, "team", "a/b")
    store.client.set_tag(run, "mlflow.note.content", "what it is")
    registry = taken(store, experiment, tmp_path)
    [row] = registry.rows("experiment")
    assert row["name"] == RUN_NAME
    assert row["params"] == params | {"model": "ResNet"}
    assert (row["model"], row["uri"]) == ("ResNet", f"mlflow:/runs/{run}")
    assert (sorted(row["tags"]), row["notes"]) == (["best", "team=a/b"], "what it is")
    assert registry.rows("space", params__lr=0.1)[0]["experiment"] == RUN_NAME


def test_the_same_call_again_adds_what_is_new(
    store: SimpleNamespace, experiment: str, new_run: Callable, tmp_path: Path
) -> None:
    array = np.random.default_rng(0).normal(size=(N, 3))
    same = [new_run("same", emb=array), new_run("same", emb=array + 1)]
    new_run("nothing")
    store.client.delete_run(new_run("deleted", gone=array))
    registry = taken(store, experiment, tmp_path)
    experiments = ["same", f"same ({same[1][:8]})", "nothing"]
    assert names(registry, "experiment") == experiments
    assert names(registry, "space") == ["same/emb", f"same/emb ({same[1][:8]})"]
    assert len(registry.rows("dataset")) == 1
    assert registry.import_mlflow(store.uri, experiment) == ([], [])
    new_run("later", other=array[:, :2])
    done = registry.import_mlflow(store.uri, experiment)
    assert done == ([("experiment", "later"), ("space", "other")], [])
    assert registry.verify() == []


def test_a_glob_says_which_and_a_dataset_of_what(
    store: SimpleNamespace, experiment: str, new_run: Callable, tmp_path: Path
) -> None:
    array = np.random.default_rng(0).normal(size=(N, 3))
    for folder in ("layers/1", "layers/2/deep", "other"):
        new_run("r", folder=folder, emb=array)
    registry = ew.Registry(tmp_path / "home")
    frame = pd.DataFrame({"id": [f"i{i}" for i in range(N)], "label": ["x", "y"] * (N // 2)})
    registry.add_dataset(frame, name="mine", id="id")
    again = taken(store, experiment, tmp_path, artifact_glob="layers/*/*.npy", dataset="mine")
    assert names(again, "space") == ["1/emb"]
    assert again["1/emb"].metadata["label"].tolist() == frame["label"].tolist()
    taken(store, experiment, tmp_path, artifact_glob="layers/**/*.npy", dataset="mine")
    assert names(again, "space") == ["1/emb", "2/deep/emb"]
    for wrong in ("/etc/*.npy", "../*.npy", "", 3):
        with pytest.raises(ValueError, match="artifact_glob="):
            taken(store, experiment, tmp_path, artifact_glob=wrong)


def test_what_cannot_be_a_space_is_told_and_the_rest_is_taken(
    store: SimpleNamespace, experiment: str, new_run: Callable, space: ew.Space, tmp_path: Path
) -> None:
    good = np.random.default_rng(0).normal(size=(N, 3))
    run = new_run(
        "r",
        good=good,
        objects=np.array([{"a": 1}, None], dtype=object),
        cube=np.zeros((2, 2, 2)),
        gaps=np.where(good > 2, np.nan, good),
        short=good[:-1],
    )
    (store.folder / "broken.npy").write_bytes(b"\x93NUMPY\x01\x00")
    store.client.log_artifact(run, str(store.folder / "broken.npy"), "spaces")
    # Vectors that were logged anew beside the ids of others.
    path = space.log_to_mlflow(run, uri=store.uri)
    other = store.folder / Path(path).name
    np.save(other, np.zeros((N, 4), np.float32))
    store.client.log_artifact(run, str(other), "spaces")
    registry = ew.Registry(tmp_path / "home")
    frame = pd.DataFrame({"id": range(N)})
    registry.add_dataset(frame, name="d")
    done = registry.import_mlflow(store.uri, experiment, dataset="d")
    assert names(registry, "space") == ["good"]
    problems = {each.name.removeprefix("r: spaces/"): each.problem for each in done.missing}
    told = {
        "objects.npy": "never unpickled",
        "cube.npy": "expected shape",
        "gaps.npy": "NaN|missing",
        "short.npy": str(N - 1),
        "broken.npy": "cannot be read",
        other.name: "of other vectors",
    }
    assert set(problems) == set(told)
    for name, words in told.items():
        assert any(word in problems[name] for word in words.split("|")), problems[name]
        assert len(problems[name]) < 300
    assert names(registry, "dataset") == ["d"]
    with pytest.warns(UserWarning, match="not taken over: space .* and 5 more"):
        taken(store, experiment, tmp_path, dataset="d")


def test_wrong_places_are_told_in_one_sentence(
    store: SimpleNamespace, experiment: str, tmp_path: Path, space: ew.Space
) -> None:
    store.client.delete_experiment(store.id)
    home = tmp_path / "home"
    for uri, name, error, words in (
        (f"sqlite:///{tmp_path}/none.db", "x", FileNotFoundError, "no tracking store"),
        ("http://127.0.0.1:9", "x", OSError, "does not answer"),
        (str(tmp_path), "x", OSError, "does not answer"),
        (3, "x", ValueError, "uri=3"),
        (store.uri, "no such", KeyError, "no MLflow experiment 'no such'"),
        (store.uri, experiment, ValueError, "was deleted"),
    ):
        with pytest.raises(error, match=words) as raised:
            ew.Registry.from_mlflow(uri, name, path=home)
        assert len(str(raised.value)) < 300
    assert not home.exists()
    assert not (tmp_path / "none.db").exists()
    for run in ("0" * 32, "../x"):
        with pytest.raises(ValueError, match="no such run"):
            space.log_to_mlflow(run, uri=store.uri)
    with pytest.raises(ValueError, match="no run is active"):
        space.log_to_mlflow(uri=store.uri)


def test_without_the_package_the_extra_is_named(
    space: ew.Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ImportError, match=r"embwidget\[mlflow\]"):
        space.log_to_mlflow("0" * 32)
    with pytest.raises(ImportError, match=r"embwidget\[mlflow\]"):
        ew.Registry.from_mlflow(None, "x", path=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_links_out_of_a_run_are_not_followed(
    store: SimpleNamespace, experiment: str, new_run: Callable, tmp_path: Path
) -> None:
    vectors = np.random.default_rng(0).normal(size=(N, 3))
    linked, looped = (
        store.folder / "artifacts" / new_run(name, emb=vectors) / "artifacts" / "spaces"
        for name in ("linked", "looped")
    )
    np.save(tmp_path / "private.npy", np.ones((N, 2)))
    (linked / "link.npy").symlink_to(tmp_path / "private.npy")
    (looped / "loop").symlink_to(looped, target_is_directory=True)
    registry = ew.Registry(tmp_path / "home")
    done = registry.import_mlflow(store.uri, experiment)
    assert names(registry, "space") == ["emb"]
    told = {each.name: each.problem for each in done.missing}
    assert set(told) == {"linked: spaces/link.npy", "looped"}
    assert "folders deep" in told["looped"]


def test_paths_of_a_hostile_server_leave_no_folder(store: SimpleNamespace, tmp_path: Path) -> None:
    registry = ew.Registry(tmp_path / "deep" / "home")
    with serving() as address:
        done = registry.import_mlflow(address, "x")
    assert names(registry, "space") == []
    assert len(done.missing) == len(PATHS)
    assert not list(tmp_path.rglob("evil*"))


def test_a_comparison_is_metrics_tables_and_pictures(
    store: SimpleNamespace, new_run: Callable, space: ew.Space
) -> None:
    run = new_run("r")
    label = [f"class {i % 3}" for i in range(N)]
    other = ew.Space(space.vectors[:, :2], ids=space.ids, name="$b$")
    c = ew.compare(space, other, label=label)
    start = c.log_to_mlflow(run, uri=store.uri, reducer="pca")
    assert c.log_to_mlflow(run, uri=store.uri, picture=False) == start
    found = store.client.get_run(run).data
    assert found.metrics[f"{start}/jaccard"] == pytest.approx(c.similarity.value)
    assert found.metrics[f"{start}/jaccard_low"] == pytest.approx(c.similarity.low)
    quality = c.quality().set_index(["metric", "space"])["value"]
    assert found.metrics[f"{start}/b/precision_at_1"] == pytest.approx(
        quality["precision_at_1", "b"]
    )
    steps = store.client.get_metric_history(run, f"{start}/jaccard_by_k")
    curve = c.curve().set_index("k")["jaccard"]
    assert {each.step: each.value for each in steps} == pytest.approx(curve.to_dict())
    assert found.tags[f"{start}/verdict"] == c.verdict()
    files = {each.path: each.file_size for each in store.client.list_artifacts(run, start)}
    assert {Path(path).name for path in files} == {
        *("table.json", "labels.json", "curve.png", "maps.png")
    }
    assert min(files.values()) > 500
    # Once, though it was logged twice; as MLflow itself reads it.
    table = store.client.load_table(store.id, f"{start}/table.json", run_ids=[run])
    assert (table["measure"] == "jaccard").sum() == 1
    assert {"a", "b", "b less a", "both"} == set(table["space"])
    text = store.mlflow.artifacts.load_text(
        f"{store.client.get_run(run).info.artifact_uri}/{start}/labels.json"
    )
    assert len(json.loads(text)["data"]) == len(c.quality(by="label"))


def test_the_command_takes_over_too(
    store: SimpleNamespace,
    experiment: str,
    new_run: Callable,
    space: ew.Space,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from embwidget.cli.program import app

    monkeypatch.setenv("EMBWIDGET_HOME", str(tmp_path / "home"))
    space.log_to_mlflow(new_run("r"), uri=store.uri)
    ended = CliRunner().invoke(app, ["import-mlflow", experiment, "--uri", store.uri, "--json"])
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert {"kind": "space", "name": "gl/ove"} in told["added"]
    assert told["missing"] == []
    ended = CliRunner().invoke(app, ["import-mlflow", "no such", "--uri", store.uri])
    assert ended.exit_code == 3
    assert "there is no MLflow experiment 'no such'" in ended.stderr
