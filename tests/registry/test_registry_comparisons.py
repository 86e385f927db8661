"""Comparisons stored whole: opened by name as they were, on the vectors of registered spaces."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from stored_comparisons import assert_same, file_of, state_of

import embwidget as ew
from embwidget import Registry
from embwidget.metrics import Metric


def test_it_comes_back_by_its_name(filled: Registry) -> None:
    found = filled.compare("a", "b", label="label")
    filled.add_comparison(found, name="one/../two\n'", notes="why")
    again = Registry(filled.path)
    opened = again.comparison("one/../two\n'")
    assert_same(opened, found)
    pd.testing.assert_frame_equal(opened.quality(), found.quality())
    assert opened.label == "label"
    assert opened.frame["seen"].tolist() == found.frame["seen"].tolist()
    files = {row["name"]: f"{row['hash']}.npy" for row in again.rows("space")}
    assert Path(opened.a.mapped_from).name == files["a"]
    assert Path(opened.b.mapped_from).name == files["b"]
    numbers, stored = again.rows("comparison")
    assert (numbers["hash"], numbers["bytes"]) == (None, None)
    assert stored["bytes"] == file_of(again, "one/../two\n'").stat().st_size
    for column in ("a", "b", "n", "k", "metric", "value", "low", "high", "chance", "verdict"):
        assert stored[column] == numbers[column]
    assert stored["quality"] == numbers["quality"]
    assert (stored["notes"], stored["settings"]["label"]) == ("why", "label")
    assert list(again.comparisons().name) == ["a and b, k=10", "one/../two\n'"]
    with np.load(file_of(again, "one/../two\n'")) as file:
        assert not [name for name in file.files if name in {"vectors_a", "vectors_b"}]
    assert again.verify() == []
    assert again.gc() == 0


@pytest.mark.parametrize("metric", ["cosine", ("euclidean", "inner_product")])
def test_spaces_are_known_by_their_vectors(
    filled: Registry, vectors: np.ndarray, other: np.ndarray, items: pd.DataFrame, metric: Any
) -> None:
    rows = np.random.default_rng(5).permutation(60)[:35]
    keys = items.key.to_numpy(str)
    for name, found in {
        "as they lie": ew.compare(vectors, other, metric=metric, names=("b", "a")),
        "by other ids": ew.compare(vectors, other, ids=np.arange(60) + 7, metric=metric),
        "some, in another order": ew.compare(
            vectors[rows], other[rows], ids=keys[rows], metric=metric, unique=True
        ),
        "with itself": ew.compare(vectors, vectors, metric=metric),
    }.items():
        filled.add_comparison(found, name=name)
        assert_same(filled.comparison(name), found)
    sides = {row["name"]: (row["a"], row["b"]) for row in filled.rows("comparison")}
    assert sides.pop("with itself") == ("a", "a")
    assert set(sides.values()) == {("a", "b")}


def test_a_widget_comes_back_as_it_was_left(
    filled: Registry, items: pd.DataFrame, recorded: None, tmp_path: Path
) -> None:
    widget = ew.EmbeddingCompare(
        *(filled["a"], filled["b"]), label="label", text="text", show=["score"], reducer="pca"
    ).wait(60)
    widget.k, widget.color_by, widget.focus = 7, "score", "item-04"
    widget.selection, widget.selections = [3, 5, 8], {"rare </script>": ["item-01", "item-09"]}
    filled.add_comparison(widget, name="left")
    widget.save(tmp_path / "pair.zip")
    filled.add_comparison(tmp_path / "pair.zip", name="from a file")
    # What is changed afterwards changes nothing that is stored.
    widget.selection = [1]
    for name in ("left", "from a file"):
        opened = ew.EmbeddingCompare.load(filled.comparison(name)).wait(60)
        assert (opened.k, opened.color_by, opened.focus) == (7, "score", "item-04")
        assert opened.selection.tolist() == [3, 5, 8]
        assert dict(opened.selections) == {"rare </script>": ["item-01", "item-09"]}
        assert np.array_equal(opened.positions_a, widget.positions_a)
        assert np.array_equal(opened.positions_b, widget.positions_b)
        assert opened.comparison.a.mapped_from
        opened.close()
    shown = ew.EmbeddingCompare.from_comparison(filled.comparison("left"), reducer="pca").wait(60)
    assert shown.comparison.similarity == widget.comparison.similarity
    shown.close()
    widget.close()


class Far(Metric):
    name = "far"

    def distances(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.abs(x.astype(np.float64) - y).max(axis=-1)


def test_what_cannot_be_stored_is_refused_whole(
    filled: Registry, vectors: np.ndarray, other: np.ndarray, tmp_path: Path
) -> None:
    found = filled.compare("a", "b")
    filled.add_comparison(found, name="there")
    ew.compare(vectors, other).save(tmp_path / "bare.zip", vectors=False)
    changed = other.copy()
    changed[-1, -1] += 1
    before = state_of(filled)
    for given, name, error, said in (
        (found, "there", ValueError, r"there is a comparison 'there' already \(of .*remove it"),
        (found, " ", ValueError, "is empty"),
        (found, 3, TypeError, "give a text"),
        (3, "x", TypeError, r"comparison=3 \(int\): give a Comparison, a widget"),
        (vectors, "x", TypeError, "give a Comparison"),
        (ew.compare_many([vectors, other]), "x", TypeError, "give a Comparison"),
        (tmp_path / "none.zip", "x", OSError, "none.zip"),
        (tmp_path / "bare.zip", "x", ValueError, "saved without them"),
        (ew.compare(vectors * 2, other), "x", ValueError, r"a is no space of .*add\(c\.a, name="),
        (
            ew.compare(vectors, changed, names=("a", "b")),
            *("x", ValueError, r"b \('b'\) is no space of this registry: add its vectors first"),
        ),
        (ew.compare(vectors, other[:, :4]), "x", ValueError, "b is no space"),
        (ew.compare(vectors, other, metric=Far()), "x", ValueError, "your own"),
    ):
        with pytest.raises(error, match=rf"(?s){said}") as caught:
            filled.add_comparison(given, name=name)
        assert len(str(caught.value)) < 300
    assert state_of(filled) == before


def test_what_is_not_there_is_told(filled: Registry) -> None:
    found = filled.compare("a", "b")
    filled.add_comparison(found, name="mine")
    with pytest.raises(KeyError, match=r"there is no comparison 'mien': there .*'mine'"):
        filled.comparison("mien")
    with pytest.raises(ValueError, match=r"'a and b, k=10' there are numbers alone: compare\('a'"):
        filled.comparison("a and b, k=10")


def test_its_spaces_stay_while_it_is_there(filled: Registry) -> None:
    filled.add_comparison(filled.compare("a", "b"), name="mine")
    for kind, name in (("comparison", "a and b, k=10"), ("graph", "a cosine 50 exact")):
        filled.remove(kind, name)
    with pytest.raises(ValueError, match="space 'a' is needed by comparison 'mine': remove these"):
        filled.remove("space", "a")
    with pytest.raises(ValueError, match="comparison 'mine'"):
        filled.check_unneeded("space", ["a", "b"])
    path = file_of(filled, "mine")
    assert filled.comparison("mine").similarity > 0
    assert filled.remove("space", "a", recursive=True) == [("comparison", "mine"), ("space", "a")]
    assert not path.exists()
    assert filled.rows("comparison") == filled.verify() == []
    with pytest.raises(KeyError):
        filled.comparison("mine")


def test_of_two_at_once_one_gets_the_name(filled: Registry) -> None:
    found = filled.compare("a", "b")

    def add(_: int) -> str:
        try:
            filled.add_comparison(found, name="mine")
        except ValueError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(add, range(4)))
    assert said.count("") == 1
    assert all("there is a comparison 'mine' already" in each for each in said if each)
    assert len(filled.rows("comparison")) == 2
    assert filled.gc() == 0
    assert filled.verify() == []


def test_it_moves_with_the_registry(filled: Registry, tmp_path: Path, other: np.ndarray) -> None:
    found = filled.compare("a", "b", label="label")
    filled.add_comparison(found, name="mine")
    folder = filled.export(tmp_path / "out")
    target = Registry(tmp_path / "target")
    assert ("comparison", "mine") in target.import_(folder)
    assert target.import_(folder) == []
    assert_same(target.comparison("mine"), found)
    assert target.verify() == []
    assert target.rows("comparison") == filled.rows("comparison")
    # A person's name stands for one thing, unlike those that the program gave.
    target.remove("comparison", "mine")
    target.add_comparison(target.compare("b", "a"), name="mine")
    before = state_of(target)
    with pytest.raises(ValueError, match=r"nothing was taken over.* same name: comparison 'mine'"):
        target.import_(folder)
    assert state_of(target) == before
