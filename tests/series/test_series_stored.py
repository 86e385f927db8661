"""A series out of a registry: ordered by epoch, splits together, and vectors that may go."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget import Series, project_series

N, DIMS = 40, 5


def vectors(seed, n=N):
    return np.random.default_rng(seed).normal(size=(n, DIMS)).astype(np.float32)


@pytest.fixture
def registry(tmp_path: Path):
    """Epochs 2, 0 and 1 of one layer, and one of another experiment."""
    registry = ew.Registry(tmp_path / "home")
    items = pd.DataFrame({"key": [f"i{row}" for row in range(N)], "kind": np.arange(N) % 3})
    registry.add_dataset(items, name="d", id="key")
    for name in ("run", "other"):
        registry.add_experiment(name, model="net")
    for epoch in (2, 0, 1):
        registry.add(
            vectors(epoch),
            name=f"run-{epoch}",
            dataset="d",
            experiment="run",
            layer="fc",
            epoch=epoch,
            split="val",
        )
    registry.add(vectors(9), name="other-0", dataset="d", experiment="other", epoch=0)
    return registry


def files_of(registry):
    return {path.name for path in (registry.path / "files").iterdir()}


def test_spaces_come_by_epoch_and_stay_in_their_files(registry):
    series = Series.from_registry(registry, experiment="run", layer="fc", split="val", label="kind")
    assert series.names == ("run-0", "run-1", "run-2")
    assert series.steps == (0, 1, 2)
    assert all(space.mapped_from for space in series)
    for at in range(3):
        np.testing.assert_array_equal(series[at].vectors, vectors(at))
    assert series.ids.tolist() == [f"i{row}" for row in range(N)]
    assert "precision_at_1" in series.curve(5)
    frame = project_series(series, "pca").frame()
    assert frame["step"].tolist() == [0] * N + [1] * N + [2] * N


def test_some_items_of_an_epoch(registry):
    some = ew.Space(vectors(3)[:30], ids=[f"i{row}" for row in range(30)])
    registry.add(
        some, name="run-3", dataset="d", experiment="run", layer="fc", epoch=3, split="val"
    )
    series = Series.from_registry(registry, experiment="run")
    assert series.n == 30
    assert series.join_report.left_out == {"run-0": 10, "run-1": 10, "run-2": 10}
    np.testing.assert_array_equal(series["run-2"].vectors, vectors(2)[:30])


def test_splits_of_an_epoch_are_one_step(registry):
    train = pd.DataFrame({"key": [f"t{row}" for row in range(20)]})
    registry.add_dataset(train, name="train", id="key")
    for epoch in range(3):
        registry.add(
            vectors(10 + epoch, 20),
            name=f"train-{epoch}",
            dataset="train",
            experiment="run",
            layer="fc",
            epoch=epoch,
            split="train",
        )
    series = Series.from_registry(registry, experiment="run")
    assert (series.names, series.n) == (("0", "1", "2"), 60)
    assert series.split.tolist() == ["train"] * 20 + ["val"] * 40
    np.testing.assert_array_equal(series[1].vectors, np.vstack([vectors(11, 20), vectors(1)]))
    assert {name: len(rows) for name, rows in series.datasets.items()} == {"d": 40, "train": 20}
    maps = project_series(series, "pca", by_dataset=True, k=5)
    assert set(maps.kept["dataset"]) == {"d", "train"}
    assert set(maps.frame()["split"]) == {"train", "val"}
    # One of the two alone.
    assert Series.from_registry(registry, experiment="run", split="train").n == 20
    registry.add(
        vectors(4), name="run-4", dataset="d", experiment="run", layer="fc", epoch=4, split="val"
    )
    with pytest.raises(
        ValueError, match="epoch 4 has 'val' and epoch 0 'train', 'val': give split="
    ):
        Series.from_registry(registry, experiment="run")


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"experiment": "none"}, "no space with experiment='none'"),
        ({}, "several experiments"),
        ({"layers": "fc"}, "layers='fc' is no column"),
    ],
)
def test_filters_that_name_no_series(registry, filters, message):
    with pytest.raises((ValueError, TypeError), match=message) as told:
        Series.from_registry(registry, **filters)
    assert len(str(told.value)) < 300


def test_an_epoch_that_is_not_plain(registry):
    registry.add(
        vectors(5), name="again", dataset="d", experiment="run", layer="fc", epoch=1, split="val"
    )
    with pytest.raises(ValueError, match=r"epoch 1 has several spaces \('run-1', 'again'\)"):
        Series.from_registry(registry, experiment="run")
    registry.remove("space", "again")
    registry.add(vectors(5), name="final", dataset="d", experiment="run", layer="fc", split="val")
    with pytest.raises(ValueError, match="'final' of 4 spaces have no epoch"):
        Series.from_registry(registry, experiment="run")
    registry.add(vectors(6), name="head", dataset="d", experiment="run", layer="head", epoch=1)
    with pytest.raises(ValueError, match=r"several layers \('fc', 'head'\): give layer="):
        Series.from_registry(registry, experiment="run", epoch=1)
    with pytest.raises(TypeError, match=r"registry is a PosixPath: give ew\.Registry"):
        Series.from_registry(registry.path)


def test_layers_without_an_epoch_are_steps_too(tmp_path):
    registry = ew.Registry(tmp_path / "home")
    registry.add_dataset({"kind": list(range(N))}, name="d")
    for at, layer in enumerate(["conv", "fc", "head"]):
        registry.add(vectors(at), name=f"net-{layer}", dataset="d", layer=layer)
    series = Series.from_registry(registry, dataset="d")
    assert series.names == ("net-conv", "net-fc", "net-head")


def test_vectors_leave_the_disk_once_the_maps_are_drawn(registry):
    before = files_of(registry)
    series = Series.from_registry(registry, experiment="run")
    graph = series.graph(0, 5)
    maps = project_series(series, "pca", drop_vectors=True)
    assert maps.positions.shape == (3, N, 2)
    assert registry.spaces()["name"].tolist() == ["other-0"]
    assert len(before - files_of(registry)) == 3
    assert registry.verify() == []
    # What was found of them is there; they are not.
    np.testing.assert_array_equal(series.graph(0, 5).indices, graph.indices)
    assert len(series.curve(5)) == 3
    with pytest.raises(ValueError, match="vectors of step 'run-1' were dropped"):
        series["run-1"]
    with pytest.raises(ValueError, match="were dropped"):
        project_series(series, "pca")


@pytest.mark.parametrize("refers", ["comparison", "graph", "map"])
def test_nothing_is_dropped_while_anything_refers_to_it(registry, refers):
    if refers == "comparison":
        registry.compare("run-1", "other-0")
    elif refers == "graph":
        registry.graph("run-1", 5)
    else:
        registry.map("run-1", "pca")
    before = files_of(registry)
    series = Series.from_registry(registry, experiment="run")
    drawn = []

    def reducer(x):
        drawn.append(len(x))
        return x[:, :2]

    with pytest.raises(ValueError, match=f"space 'run-1' is needed by .*{refers}"):
        project_series(series, reducer, drop_vectors=True)
    # It is refused before the work, and nothing has gone.
    assert drawn == []
    assert files_of(registry) == before
    assert len(registry.spaces(experiment="run")) == 3


def test_what_comes_to_refer_to_it_meanwhile_keeps_all_of_it(registry):
    series = Series.from_registry(registry, experiment="run")

    def reducer(x):
        registry.compare("run-2", "other-0")
        return x[:, :2]

    with pytest.raises(ValueError, match="space 'run-2' is needed by"):
        project_series(series, reducer, drop_vectors=True)
    assert len(registry.spaces(experiment="run")) == 3
    assert registry.verify() == []
    np.testing.assert_array_equal(series["run-0"].vectors, vectors(0))
