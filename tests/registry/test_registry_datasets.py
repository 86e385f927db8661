"""Datasets of any table come back as they were, or are refused."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import embwidget as ew
from embwidget import Registry


def files_of(registry: Registry) -> list[str]:
    return sorted(path.name for path in (registry.path / "files").iterdir())


@pytest.mark.parametrize("kind", ["pandas", "polars", "dict", "csv", "parquet", "index"])
def test_a_dataset_of_any_table(
    tmp_path: Path, items: pd.DataFrame, vectors: np.ndarray, kind: str
) -> None:
    given: Any = items[["key", "label", "score"]].astype({"label": str})
    if kind == "polars":
        given = pl.DataFrame(given.to_dict("list"))
    elif kind == "dict":
        given = given.to_dict("list")
    elif kind == "index":
        given = given.set_index("key")
    elif kind in {"csv", "parquet"}:
        path = tmp_path / f"items.{kind}"
        given.to_csv(path, index=False) if kind == "csv" else given.to_parquet(path)
        given = path
    registry = Registry(tmp_path / "home")
    registry.add_dataset(given, name="d", id="key")
    registry.add(vectors, name="s", dataset="d")
    space = registry["s"]
    assert space.ids.tolist() == items.key.tolist()
    assert space.metadata.label.tolist() == items.label.tolist()
    assert np.allclose(space.metadata.score, items.score, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("has_arrow", [True, False])
def test_metadata_comes_back_as_it_was(
    tmp_path: Path,
    items: pd.DataFrame,
    vectors: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    has_arrow: bool,
) -> None:
    if not has_arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    registry = Registry(tmp_path / "home")
    registry.add_dataset(items, name="d", id="key")
    assert files_of(registry)[0].endswith(".parquet" if has_arrow else ".json")
    registry.add(vectors, name="s", dataset="d")
    frame = registry["s"].metadata
    assert registry["s"].ids.tolist() == items.key.tolist()
    assert frame.columns.tolist() == items.columns.tolist()[1:]
    assert isinstance(frame.label.dtype, pd.CategoricalDtype)
    assert frame.good.dtype == bool
    for name in frame.columns:
        there, given = frame[name].tolist(), items[name].tolist()
        assert [x for x in there if pd.notna(x)] == [x for x in given if pd.notna(x)]
        assert frame[name].isna().tolist() == items[name].isna().tolist()


def test_what_json_has_no_word_for_needs_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    registry = Registry(tmp_path / "home")
    with pytest.raises(TypeError, match=r"column 'x' has .*embwidget\[files\]"):
        registry.add_dataset({"id": [1, 2], "x": [[1.0], [2.0]]}, name="d")
    assert not registry.rows("dataset")


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["a", "b", "a"], "id column 'id': not unique: 'a' \\(rows 2\\)"),
        (["a", None, "b"], "id column 'id': row 1 is missing"),
        ([0.5, 1.0, 2.0], "dtype float64"),
    ],
)
def test_ids_that_are_none_are_refused_with_the_first(
    registry: Registry, ids: list[Any], said: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        registry.add_dataset({"id": ids}, name="bad")
    assert [row["name"] for row in registry.rows("dataset")] == ["d"]


def test_ids_of_all_kinds_come_back(tmp_path: Path, vectors: np.ndarray) -> None:
    registry = Registry(tmp_path)
    for name, ids in {
        "negative": [-5, 2**62, 7],
        "large": [2**63, 2**64 - 1, 0],
        "texts": ["007", "NA", "é\n/'\""],
    }.items():
        registry.add_dataset({"id": ids}, name=name)
        registry.add(vectors[:3], name=name, dataset=name)
        assert registry[name].ids.tolist() == ids
    (tmp_path / "x.csv").write_text("id,y\n007,1\nNA,2\n10,3\n")
    registry.add_dataset(tmp_path / "x.csv", name="csv")
    registry.add(ew.Space(vectors[:3], ids=["NA", "10", "007"]), name="csv", dataset="csv")
    assert registry["csv"].vectors.tolist() == vectors[[2, 0, 1]].tolist()


@pytest.mark.parametrize("bad", ["x.npy", "x.pkl", "missing.csv"])
def test_what_is_no_table_is_no_dataset(tmp_path: Path, registry: Registry, bad: str) -> None:
    with pytest.raises((ValueError, FileNotFoundError), match=r"no table|there is no file"):
        registry.add_dataset(tmp_path / bad, name="x")


@pytest.mark.parametrize("kind", ["categories", "strings", "numbers for names"])
def test_ids_of_any_column(tmp_path: Path, vectors: np.ndarray, kind: str) -> None:
    ids = [f"é{i}" for i in range(60)]
    column: Any = pd.Categorical(ids) if kind == "categories" else pd.array(ids, dtype="string")
    name: Any = 0 if kind == "numbers for names" else "key"
    registry = Registry(tmp_path)
    registry.add_dataset(pd.DataFrame({name: column, "x": range(60)}), name="d", id=name)
    registry.add(ew.Space(vectors[::-1], ids=ids[::-1]), name="s", dataset="d")
    assert registry["s"].ids.tolist() == ids
    assert np.array_equal(registry["s"].vectors, vectors)


@pytest.mark.parametrize("values", [[1, "a"] * 30, [np.zeros((3, 3))] * 60])
def test_columns_that_no_file_holds_are_named(registry: Registry, values: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError), match=r"cannot be stored.*column x"):
        registry.add_dataset({"id": range(60), "x": values}, name="bad")
    assert len(registry.rows("dataset")) == len(files_of(registry)) == 1
