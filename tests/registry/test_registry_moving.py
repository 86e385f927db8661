"""Rows are removed with what needs them or not at all, and registries move as a whole."""

from pathlib import Path

import numpy as np
import pytest

from embwidget import Registry


def files_of(registry: Registry) -> list[str]:
    return sorted(path.name for path in (registry.path / "files").iterdir())


def test_what_is_needed_is_not_removed(registry: Registry, vectors: np.ndarray) -> None:
    registry.add_experiment("e", train_dataset="d")
    registry.add_experiment("child", parent="e")
    registry.add(vectors, name="s", dataset="d", experiment="e")
    registry.add(vectors[:, ::-1] ** 3, name="t", dataset="d")
    registry.compare("s", "t")
    for kind, name, said in (
        ("dataset", "d", "experiment 'e'.*space 's', 't'"),
        ("experiment", "e", "experiment 'child'; space 's'"),
        ("space", "s", "graph .*comparison 's and t, k=10'"),
    ):
        with pytest.raises(ValueError, match=f"{kind} '{name}' is needed by {said}") as caught:
            registry.remove(kind, name)
        assert len(str(caught.value)) < 300
    assert len(registry.rows("space")) == 2
    gone = registry.remove("space", "s", recursive=True)
    assert gone[-1] == ("space", "s")
    assert ("comparison", "s and t, k=10") in gone
    assert [row["space"] for row in registry.rows("graph")] == ["t"]
    registry.remove("dataset", "d", recursive=True)
    assert not any(
        registry.rows(kind)
        for kind in ("dataset", "experiment", "space", "graph", "map", "comparison")
    )
    assert files_of(registry) == []
    with pytest.raises(KeyError, match="there is no space 's'"):
        registry.remove("space", "s")


def test_all_of_it_moves(registry: Registry, vectors: np.ndarray, tmp_path: Path) -> None:
    registry.add_experiment("e", train_dataset="d", params={"lr": 0.1})
    registry.add_experiment("child", parent="e")
    registry.add(vectors, name="a", dataset="d", experiment="child")
    registry.add(vectors**3, name="b", dataset="d")
    found = registry.compare("a", "b")
    registry.map("a", "pca")
    folder = registry.export(tmp_path / "out")
    other = Registry(tmp_path / "other")
    other.add_dataset({"id": [1, 2]}, name="mine")
    new = other.import_(folder)
    assert ("space", "a") in new
    assert other.import_(folder) == []
    assert other.verify() == Registry(folder).verify() == []
    for kind in ("experiment", "space", "graph", "map", "comparison"):
        assert other.rows(kind) == registry.rows(kind)
    assert other.compare("a", "b").similarity == found.similarity
    assert len(other.rows("comparison")) == 1
    registry.add(vectors, name="c", dataset="d")
    registry.export(folder)
    assert other.import_(folder) == [("space", "c")]


def test_names_that_clash_are_not_taken_over(
    registry: Registry, vectors: np.ndarray, tmp_path: Path
) -> None:
    registry.add(vectors, name="a", dataset="d")
    registry.add(vectors, name="same", dataset="d")
    folder = registry.export(tmp_path / "out")
    other = Registry(tmp_path / "other")
    other.import_(folder)
    other.remove("space", "a")
    other.add(vectors * 2, name="a", dataset="d")
    registry.add(vectors * 3, name="new", dataset="d")
    registry.export(folder)
    before = files_of(other)
    with pytest.raises(ValueError, match=r"nothing was taken over.* same name: space 'a'"):
        other.import_(folder)
    assert files_of(other) == before
    assert [row["name"] for row in other.rows("space")] == ["same", "a"]


def test_only_a_registry_is_taken_over(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    with pytest.raises(FileNotFoundError, match="holds no registry"):
        registry.import_(tmp_path / "empty")
    with pytest.raises(FileExistsError, match="holds other files"):
        registry.export(tmp_path / "full")
    with pytest.raises(ValueError, match="is this registry itself"):
        registry.export(registry.path)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["x"]
