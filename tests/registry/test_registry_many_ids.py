"""Datasets of many texts as ids: spaces are joined to them by block, as if all were looked at."""

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embwidget as ew

# More than a block of texts, and no whole number of them.
N = 70_001


@pytest.fixture(scope="module")
def ids() -> list[str]:
    return ["", *(f"{i:06d} {'‰🐢é'[i % 3] * (i % 5)}" for i in range(1, N))]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> ew.Registry:
    registry = ew.Registry(tmp_path_factory.mktemp("home"))
    registry.add_dataset(pd.DataFrame({"id": ids}), name="d", id="id")
    return registry


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)


def test_vectors_without_ids_need_no_text_of_each(
    registry: ew.Registry, vectors: np.ndarray
) -> None:
    registry.add(vectors[:, :1], name="imports what is needed", dataset="d")
    tracemalloc.start()
    try:
        report = registry.add(vectors, name="by row", dataset="d")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (report.matched, report.only_a, report.only_b) == (N, 0, 0)
    assert "by position, with the ids of a" in str(report)
    # The texts alone are 70 bytes each, and a set of them as much.
    assert most < 60 * N


def test_ids_of_any_order_are_matched(
    registry: ew.Registry, vectors: np.ndarray, ids: list[str]
) -> None:
    order = np.random.default_rng(1).permutation(N)
    registry.add(ew.Space(vectors, ids=ids), name="in order", dataset="d")
    shuffled = ew.Space(vectors[order], ids=[ids[row] for row in order])
    report = registry.add(shuffled, name="shuffled", dataset="d")
    assert (report.matched, report.paired_by) == (N, "by id")
    for name in ("in order", "shuffled"):
        np.testing.assert_array_equal(registry[name].vectors, vectors)
    # The same array is one file, whatever its way.
    assert len({row["hash"] for row in registry.rows("space", name=["in order", "shuffled"])}) == 1
    some = registry.add(ew.Space(vectors[5:9], ids=ids[5:9]), name="some", dataset="d")
    assert (some.matched, some.only_a) == (4, N - 4)
    assert registry["some"].ids.tolist() == ids[5:9]


def test_one_other_id_is_told_and_one_row_less_refused(
    registry: ew.Registry, vectors: np.ndarray, ids: list[str]
) -> None:
    report = registry.add(ew.Space(vectors, ids=[*ids[:-1], "another"]), name="other", dataset="d")
    assert (report.matched, report.only_a, report.only_b) == (N - 1, 1, 1)
    with pytest.raises(ValueError, match=f"{N - 1} rows without"):
        registry.add(vectors[1:], name="short", dataset="d")
    gaps = vectors.copy()
    gaps[3] = np.nan
    dropped = registry.add(gaps, name="dropped", dataset="d", missing="drop")
    assert (dropped.matched, dropped.only_a) == (N - 1, 1)
    assert dropped.examples_a == (ids[3],)
    assert registry["dropped"].ids.tolist() == [*ids[:3], *ids[4:]]


def test_a_dataset_that_was_changed_is_not_joined_to(
    tmp_path: Path, vectors: np.ndarray, ids: list[str]
) -> None:
    registry = ew.Registry(tmp_path / "home")
    registry.add_dataset(pd.DataFrame({"id": ids}), name="d", id="id")
    [file] = (tmp_path / "home" / "files").glob("*.parquet")
    pd.DataFrame({"id": [*ids[:-1], "another"]}).to_parquet(file)
    with pytest.raises(OSError, match="was changed"):
        registry.add(vectors, name="x", dataset="d")
