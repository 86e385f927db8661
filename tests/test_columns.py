"""Which columns are vectors: read or refused by name, and what was guessed is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import embwidget as ew

R = np.random.default_rng(0)
V = R.standard_normal((100, 8)).astype(np.float32)
T = R.integers(1, 99, 100)
N = R.standard_normal((300, 16))
LABEL = R.integers(0, 5, 300)
FRAMES: list[Callable[[dict[str, Any]], Any]] = [pd.DataFrame, pl.DataFrame, pa.table]
every_frame = pytest.mark.parametrize("make", FRAMES, ids=["pandas", "polars", "arrow"])


def numbered(**more: Any) -> dict[str, Any]:
    return {**{f"x{i}": N[:, i] for i in range(N.shape[1])}, **more}


def refused(call: Callable[[], Any], *parts: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) < 300
    for part in parts:
        assert part in text


def names_of(space: ew.Space) -> list[str]:
    return list(getattr(space.metadata, "column_names", space.metadata.columns))


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
@pytest.mark.parametrize("text", [lambda row: row.tolist(), str, lambda row: list(row)])
def test_vectors_as_text_in_a_csv_go_before_numbers(
    sep: str, text: Callable[[Any], Any], tmp_path: Path
) -> None:
    with np.printoptions(floatmode="unique"):
        frame = pd.DataFrame({"n_tokens": T, "embedding": [str(text(row)) for row in V]})
    frame.to_csv(tmp_path / "e.csv", index=False, sep=sep)
    space = ew.Space.load(tmp_path / "e.csv")
    assert np.array_equal(space.vectors, V)
    assert space.metadata["n_tokens"].tolist() == T.tolist()
    assert "'embedding'" in repr(space)
    assert "'n_tokens'" in space.read_from


@pytest.mark.parametrize("nothing", [np.nan, None, pd.NA, pd.NaT, ""])
@pytest.mark.parametrize("row", [0, 57])
def test_a_missing_vector_is_named_or_left_out(nothing: Any, row: int) -> None:
    frame = pd.DataFrame({"n_tokens": T, "embedding": list(V)}).astype({"embedding": object})
    frame.at[row, "embedding"] = nothing
    left = np.delete(np.arange(100), row)
    refused(lambda: ew.as_space(frame), "'embedding'", f"row {row} has no vector", 'missing="drop"')
    for call in (ew.as_space, ew.Space.from_frame, ew.Space):
        space = call(frame, missing="drop")
        assert np.array_equal(space.vectors, V[left])
        assert space.dropped.tolist() == [row]
        assert space.ids.tolist() == left.tolist()
        assert not space.has_ids
        assert space.metadata["n_tokens"].tolist() == T[left].tolist()
    named = frame.assign(id=[f"item {i}" for i in range(100)])
    refused(lambda: ew.as_space(named), f"row {row} (id 'item {row}') has no vector")
    assert ew.as_space(named, missing="drop").dropped.tolist() == [f"item {row}"]


def test_missing_vectors_in_files_and_arrays(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": list("abc"), "v": [[1.0, 2.0], None, [3.0, 4.0]]})
    for name in ("x.parquet", "x.feather"):
        getattr(frame, f"to_{name[2:]}")(tmp_path / name)
        path = tmp_path / name
        refused(lambda path=path: ew.load(path), f"'{name}'", "row 1 (id 'b') has no vector")
        for call in (ew.load, ew.as_space):
            space = call(tmp_path / name, missing="drop")
            assert space.vectors.tolist() == [[1, 2], [3, 4]]
            assert space.dropped.tolist() == ["b"]
    array = np.array([[1, 2], [np.nan, np.nan], [3, np.nan], [5, 6]], np.float32)
    np.save(tmp_path / "x.npy", array)
    kinds = (array, array.astype(">f8"), np.ma.masked_invalid(array), array.tolist())
    for given in (*kinds, [None if row[0] != row[0] else row for row in array], tmp_path / "x.npy"):
        space = ew.as_space(given, ids=list("abcd"), missing="drop")
        assert space.vectors.tolist() == [[1, 2], [5, 6]]
        assert space.dropped.tolist() == ["b", "c"]
        refused(lambda x=given: ew.as_space(x, ids=list("abcd")), "row 1 (id 'b')", "missing=")
    refused(lambda: ew.as_space(array[1:3], missing="drop"), "none has a vector")
    refused(lambda: ew.as_space(array, missing="skip"), "missing='skip'", '"raise" or "drop"')
    refused(lambda: ew.as_space(np.array([[np.inf, 1]]), missing="drop"), "column 0 is inf")


@every_frame
@pytest.mark.parametrize("name", ["label", "kind", "Y", "digit", "x_true", "cluster", "score"])
def test_a_label_beside_numbered_columns_is_no_dimension(make: Any, name: str) -> None:
    space = ew.as_space(make(numbered(**{name: LABEL})))
    assert np.array_equal(space.vectors, N.astype(np.float32))
    assert names_of(space) == [name]
    assert name in space.read_from
    assert name in repr(space)
    metrics = ew.label_metrics(space, LABEL).set_index("metric")["value"]
    assert metrics["precision_at_1"] < 0.4


def test_columns_of_an_array_have_numbers_for_names() -> None:
    space = ew.as_space(pd.DataFrame(N).assign(label=LABEL))
    assert np.array_equal(space.vectors, N.astype(np.float32))


@every_frame
@pytest.mark.parametrize(
    "name", ["label", "true_label", "targets", "doc_id", "n_tokens", "num_words", "split", "y"]
)
def test_names_that_say_what_they_are_are_no_dimensions(make: Any, name: str) -> None:
    frame = make({"width": N[:, 0], "height": N[:, 1], name: LABEL})
    space = ew.as_space(frame)
    assert np.array_equal(space.vectors, N[:, :2].astype(np.float32))
    assert names_of(space) == [name]
    assert "'width', 'height'" in space.read_from


@every_frame
def test_other_names_are_taken_and_said(make: Any) -> None:
    frame = make({"age": R.integers(18, 80, 300), "price": N[:, 0], "x": N[:, 1], "y": LABEL * 1.5})
    assert ew.as_space(frame).n_dims == 4
    assert "'age', 'price'" in ew.as_space(frame).read_from
    codes = make({"age": N[:, 0], "price": N[:, 1], "kind": LABEL})
    refused(lambda: ew.as_space(codes), "column 'kind'", "5 whole numbers", "vectors=")
    assert ew.as_space(codes, apart=("kind",)).n_dims == 2
    assert ew.as_space(codes, vectors=["age", "kind"]).n_dims == 2
    counts = make({"left": LABEL, "right": LABEL[::-1].copy()})
    assert ew.as_space(counts).n_dims == 2


@every_frame
def test_columns_that_are_named_apart_are_no_dimensions(make: Any) -> None:
    frame = make(numbered(x16=LABEL, id=np.arange(300)))
    space = ew.as_space(frame, apart=("x16", "id"))
    assert np.array_equal(space.vectors, N.astype(np.float32))
    assert names_of(space) == ["x16", "id"]
    lists = make({"tokens": V.tolist(), "v": V.tolist()})
    assert names_of(ew.as_space(lists, apart=("tokens",))) == ["tokens"]
    assert names_of(ew.as_space(lists)) == ["tokens"]


@pytest.mark.parametrize("index", ["Unnamed: 0", "__index_level_0__", "", "index", "level_0"])
def test_an_index_without_a_name_is_no_dimension(index: str) -> None:
    assert ew.as_space(pd.DataFrame({index: range(300), **numbered()})).n_dims == 16
    mixed = {index: np.arange(300) / 7, "width": N[:, 0], "height": N[:, 1]}
    assert ew.as_space(pd.DataFrame(mixed)).n_dims == 2


@every_frame
def test_truth_values_and_dates_are_no_dimensions_unless_named(make: Any) -> None:
    days = pd.date_range("2020-01-01", periods=300).to_pydatetime().tolist()
    frame = make({"a": N[:, 0], "b": N[:, 1], "good": LABEL > 2, "day": days})
    assert ew.as_space(frame).n_dims == 2
    assert ew.as_space(frame, vectors=["a", "good"]).vectors[:, 1].tolist() == (LABEL > 2).tolist()


UNREADABLE = {
    "bytes": ([row.tobytes() for row in V], "32 bytes each"),
    "text that numpy cut": (["[0.1 0.2 ... 0.9]"] * 100, "shortened"),
    "lists of text": ([["0.1", "0.2"]] * 100, "lists of text"),
    "lists in text, of text": (['["0.1", "0.2"]'] * 100, "is not a number"),
    "lists of lists": ([[[1.0, 2.0], [3.0, 4.0]]] * 100, "several rows"),
    "base64": (["AACAPwAAAEA="] * 100, "'AACAPwAAAEA='"),
    "nothing": ([None] * 100, "has nothing in it"),
    "text without brackets": (["0.1 0.2 0.3"] * 100, "vectors= reads them"),
}


@every_frame
@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_by_name(make: Any, kind: str) -> None:
    values, why = UNREADABLE[kind]
    frame = make({"price": T * 1.5, "embedding": values})
    refused(lambda: ew.as_space(frame), "column 'embedding'", why)
    assert ew.as_space(frame, vectors="price").n_dims == 1


@every_frame
def test_text_without_brackets_is_read_when_it_is_named(make: Any) -> None:
    frame = make({"price": T, "pixels": [" ".join(map(str, row)) for row in V.tolist()]})
    assert np.array_equal(ew.as_space(frame, vectors="pixels").vectors, V)


@pytest.mark.parametrize(
    "entry",
    [{1.0, 2.0}, {"values": [1.0, 2.0]}, np.ones((2, 2)), [1j, 2.0], pd.DataFrame({"a": [1, 2]})],
    ids=["set", "dict", "matrix", "complex", "frame"],
)
def test_objects_that_are_no_vectors_are_refused_by_name(entry: Any) -> None:
    frame = pd.DataFrame({"price": [1.5, 2, 3], "v": np.fromiter([entry] * 3, object)})
    refused(lambda: ew.as_space(frame), "column 'v'")


@pytest.mark.parametrize(
    "column",
    [pd.arrays.SparseArray([0, 1.5, 0]), np.array([1j, 2, 3])],
    ids=["sparse", "complex"],
)
def test_numbers_of_other_kinds_are_refused_by_name(column: Any) -> None:
    refused(lambda: ew.as_space(pd.DataFrame({"price": [1.5, 2, 3], "v": column})), "column 'v'")


def test_what_is_no_vector_is_passed_over() -> None:
    frame = pd.DataFrame(
        {
            "text": ["[deleted]", "(see 1, 2)", "{a, b}"],
            "tags": [["a"], [], ["b", "c"]],
            "thumb": [b"\x89PNG" + bytes(12)] * 3,
            "picture": [{"bytes": b"\x89PNG", "path": "x"}] * 3,
            "zip": ["01234", "12345", "23456"],
            "image": [np.ones((2, 2))] * 3,
            "price": [1.5, 2.5, 3],
        }
    )
    assert ew.as_space(frame).vectors.ravel().tolist() == [1.5, 2.5, 3]


@every_frame
def test_where_there_is_a_choice_it_is_to_be_made(make: Any) -> None:
    two = make({"text_emb": V.tolist(), "image_emb": V.tolist(), "n": T})
    refused(lambda: ew.as_space(two), "several columns of vectors", "vectors='text_emb'")
    assert np.array_equal(ew.as_space(two, vectors="image_emb").vectors, V)
    beside = make({"box": [[1.0, 2.0]] * 300, **numbered()})
    refused(lambda: ew.as_space(beside), "'box'", "16 columns 'x0' … 'x15'")
    runs = make({f"{stem}{i}": N[:, i] for stem in "pq" for i in range(4)})
    refused(lambda: ew.as_space(runs), "'p0' … 'p3'", "'q0' … 'q3'")
    broken = make(numbered(x3=["?"] * 300))
    refused(lambda: ew.as_space(broken), "column 'x3'", "holds no numbers")
    only = make({"label": LABEL, "n_tokens": LABEL})
    refused(lambda: ew.as_space(only), "'label', 'n_tokens'", "vectors=")
    few = make({"a1": N[:, 0], "a2": N[:, 1], "b": N[:, 2], "c": N[:, 3], "d": N[:, 4]})
    refused(lambda: ew.as_space(few), "'a1' … 'a2'", "'b', 'c', 'd'")


@every_frame
def test_a_null_in_a_list_is_named(make: Any) -> None:
    frame = make({"id": ["a", "b", "c"], "v": [[1.0, 2.0], [1.0, None], [3.0, 4.0]]})
    refused(lambda: ew.as_space(frame), "column 'v'", "row 1 (id 'b'), column 1 is nan")
    assert ew.as_space(frame, missing="drop").dropped.tolist() == ["b"]


def test_integers_beyond_64_bits_are_numbers() -> None:
    frame = pd.DataFrame({"a": [10**19, 2, 3], "b": [10**20, -1, 5], "c": [1.5, 2, 2**63]})
    expected = np.array([[1e19, 1e20, 1.5], [2, -1, 2], [3, 5, 2.0**63]], np.float32)
    assert np.array_equal(ew.as_space(frame).vectors, expected)
    assert np.array_equal(
        ew.as_space([[10**19, 1], [1, 10**25]]).vectors[:, 0], np.float32([1e19, 1])
    )


def test_levels_of_columns() -> None:
    columns = pd.MultiIndex.from_product([["emb"], range(8)])
    assert np.array_equal(ew.as_space(pd.DataFrame(V, columns=columns)).vectors, V)
    two = pd.DataFrame(V, columns=pd.MultiIndex.from_product([["a", "b"], range(4)]))
    refused(lambda: ew.as_space(two), "several rows of numbered columns")


def test_errors_say_what_was_guessed() -> None:
    frame = pd.DataFrame({"width": [1.5, np.nan], "height": [1.0, 2.5]})
    refused(lambda: ew.as_space(frame), "row 1, column 0 is nan", "'width', 'height'")
    refused(lambda: ew.Space.from_frame(frame, vectors="widht"), "vectors=", "'width'")
    refused(lambda: ew.Space.from_frame(frame, id="kye"), "id=", "no column 'kye'")


def test_a_path_has_one_word_for_columns_and_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", first=V, second=2 * V)
    assert np.array_equal(ew.as_space(tmp_path / "x.npz", vectors="second").vectors, 2 * V)
    pd.DataFrame({"v": V.tolist(), "w": (2 * V).tolist()}).to_parquet(tmp_path / "x.parquet")
    assert np.array_equal(ew.as_space(tmp_path / "x.parquet", vectors="w").vectors, 2 * V)
