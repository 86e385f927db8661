"""Graphs, maps and comparisons are found once, and written down with their spaces."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget import Registry


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many neighbours were searched for, each time."""
    from embwidget.knn.exact import engine

    theirs, calls = engine.exact_neighbors, []

    def counted(vectors: np.ndarray, n_neighbors: int, **options: Any) -> Any:
        calls.append(n_neighbors)
        return theirs(vectors, n_neighbors, **options)

    monkeypatch.setattr(engine, "exact_neighbors", counted)
    return calls


def test_a_comparison_is_found_once(
    registry: Registry, vectors: np.ndarray, searched: list[int]
) -> None:
    other = vectors + np.random.default_rng(3).normal(scale=0.5, size=vectors.shape)
    registry.add(vectors, name="a", dataset="d")
    registry.add(other, name="b", dataset="d")
    first = registry.compare("a", "b", label="label", k_max=20)
    assert searched == [20, 20]
    again = Registry(registry.path).compare("a", "b", label="label", k_max=20)
    assert searched == [20, 20]
    plain = ew.compare(vectors, other.astype(np.float32), k_max=20)
    searched.clear()
    for found in (first, again):
        assert (found.similarity.value, found.similarity.low) == (
            *(plain.similarity.value, plain.similarity.low),
        )
        assert np.array_equal(found.graph_b.indices, plain.graph_b.indices)
    [row] = registry.rows("comparison")
    assert (row["a"], row["b"], row["n"], row["k"], row["metric"]) == ("a", "b", 60, 10, "jaccard")
    assert (row["value"], row["low"], row["high"], row["chance"]) == (
        *(first.similarity.value, first.similarity.low),
        *(first.similarity.high, first.similarity.chance),
    )
    assert row["verdict"] == first.verdict()
    assert {each["metric"] for each in row["quality"]} >= {"precision_at_1"}
    assert row["settings"]["label"] == "label"
    assert row["version"] == ew.__version__
    registry.compare("a", "b", n_neighbors=5, k_max=10)
    registry.graph("a", 7)
    assert searched == []
    assert len(registry.rows("graph")) == 2
    assert len(registry.rows("comparison")) == 2
    registry.compare("a", "b", metric="euclidean", k_max=10)
    assert searched == [10, 10]
    assert registry.graphs(metric="euclidean").k.tolist() == [10, 10]


def test_spaces_of_other_items_are_compared_by_id(
    registry: Registry, items: pd.DataFrame, vectors: np.ndarray, searched: list[int]
) -> None:
    registry.add(vectors, name="a", dataset="d")
    some = ew.Space(vectors[:40] ** 3, ids=items.key[:40].tolist())
    registry.add(some, name="b", dataset="d")
    found = registry.compare("a", "b")
    registry.compare("a", "b")
    assert len(searched) == 2
    assert len(found.a) == 40
    assert found.similarity == ew.compare(vectors[:40], vectors[:40] ** 3).similarity
    assert registry.graphs().of_some_items.tolist() == [True, False]
    copies = np.repeat(vectors[:30], 2, axis=0)
    registry.add(copies, name="c", dataset="d")
    assert registry.compare("c", "c", unique=True).similarity == 1
    n_searched = len(searched)
    registry.compare("c", "c", unique=True)
    assert len(searched) == n_searched


def test_a_damaged_graph_is_found_anew(
    registry: Registry, vectors: np.ndarray, searched: list[int]
) -> None:
    registry.add(vectors, name="a", dataset="d")
    graph = registry.graph("a", 10)
    [path] = (registry.path / "files").glob("*.npz")
    path.write_bytes(path.read_bytes()[:-40])
    assert [problem.kind for problem in registry.verify()] == ["graph"]
    assert np.array_equal(registry.graph("a", 10).indices, graph.indices)
    assert searched == [10, 10]
    assert registry.verify() == []
    assert len(registry.rows("graph")) == 1


def test_what_is_ones_own_is_not_stored(registry: Registry, vectors: np.ndarray) -> None:
    from embwidget.metrics import Metric

    class Far(Metric):
        name = "far"

        def distances(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
            return np.abs(x.astype(np.float64) - y).max(axis=-1)

    registry.add(vectors, name="a", dataset="d")
    registry.add(vectors**3, name="b", dataset="d")
    assert registry.compare("a", "b", metric=Far()).similarity > 0.1
    assert registry.rows("graph") == registry.rows("comparison") == []
    with pytest.raises(ValueError, match="is an object of your own"):
        registry.add(vectors, name="c", dataset="d", metric=Far())


def test_a_map_is_drawn_once(registry: Registry, vectors: np.ndarray) -> None:
    registry.add(vectors, name="a", dataset="d")
    first = registry.map("a", "pca")
    assert np.array_equal(registry.map("a", "pca"), first)
    assert np.array_equal(first, ew.project(vectors, "pca"))
    assert registry.maps().reducer.tolist() == ["pca"]
    with pytest.raises(ValueError, match="reducer='no': a registry holds maps by"):
        registry.map("a", "no")


def test_the_widget_opens_registered_spaces(
    registry: Registry, vectors: np.ndarray, recorded: None
) -> None:
    registry.add(vectors, name="a", dataset="d")
    registry.add(vectors**3, name="b", dataset="d")
    widget = ew.EmbeddingCompare(registry["a"], registry["b"], label="label", reducer="pca")
    widget.wait(60)
    assert widget.comparison.similarity == registry.compare("a", "b").similarity
    widget.close()
