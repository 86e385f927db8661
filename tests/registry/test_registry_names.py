"""Names are data: any text, and never a path."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embwidget import Registry

NAMES = ["a/../../b", "a'\"; DROP TABLE space; --", "two\nlines", "日本語 🎉", "x" * 300, "%_*[?]"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_data(registry: Registry, vectors: np.ndarray, name: str, tmp_path: Path) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    registry.add_dataset({"id": range(60)}, name=name)
    registry.add_experiment(name, tags=[name], train_dataset=name)
    registry.add(vectors, name=name, dataset=name, experiment=name)
    registry.add(vectors * [1, 2, 3, 1, 1, 1, 1, 1], name="other", dataset=name)
    assert np.array_equal(registry[name].vectors, vectors)
    assert [row["name"] for row in registry.rows("space", name=name, dataset=name)] == [name]
    assert registry.compare(name, "other", n_neighbors=5, k_max=5).a.name == name
    registry.export(tmp_path / "out")
    moved = Registry(tmp_path / "moved")
    moved.import_(tmp_path / "out")
    assert np.array_equal(moved[name].vectors, vectors)
    assert {path.name for path in tmp_path.iterdir()} == before | {"out", "moved"}
    assert registry.remove("dataset", name, recursive=True)[-1] == ("dataset", name)
    assert registry.verify() == moved.verify() == []


@pytest.mark.parametrize("name", ["", " \n", "a\0b", "\ud83d", 5, None, "x" * 1001])
def test_names_that_are_none(registry: Registry, vectors: np.ndarray, name: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="name="):
        registry.add(vectors, name=name, dataset="d")
    with pytest.raises((ValueError, TypeError), match="name="):
        registry.space(name)
    assert name not in registry


def test_a_name_is_the_same_however_its_characters_are_composed(
    registry: Registry, vectors: np.ndarray
) -> None:
    registry.add(vectors, name="caf\u0065\u0301", dataset="d")
    assert registry["caf\u00e9"].name == "caf\u00e9"
    assert "caf\u0065\u0301" in registry
    assert "cafe" not in registry
    with pytest.raises(ValueError, match="there is a space 'café' already"):
        registry.add(vectors, name="caf\u00e9", dataset="d")


def test_near_names_are_told(registry: Registry, vectors: np.ndarray) -> None:
    with pytest.raises(KeyError, match="there is no space 'resnet50': there is none"):
        registry["resnet50"]
    registry.add(vectors, name="resnet50", dataset="d")
    with pytest.raises(KeyError, match="there is no space 'resnet5': there are 'resnet50'"):
        registry["resnet5"]
    with pytest.raises(KeyError, match="there is no dataset 'D': there are 'd'"):
        registry.add(vectors, name="x", dataset="D")
