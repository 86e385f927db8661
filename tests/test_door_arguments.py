"""`vectors=`, `id=`, `names=`, `positions=`: one table, columns by name, maps that are given."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from recorded_screen import RecordedScreen
from widget_tools import SECONDS

import embwidget as ew

N = 40
RNG = np.random.default_rng(0)
ROWS, ORDER = np.arange(N), RNG.permutation(N)
V, U = (np.c_[ROWS, RNG.normal(size=(N, 3))].astype(np.float32) for _ in "ab")
KEYS = [f"i{k}" for k in range(N)]
XY_A, XY_B = RNG.normal(size=(N, 2)) * 1e4, RNG.normal(500, size=(N, 2))
K = {"n_neighbors": 3, "k_max": 5}
TABLE = {"key": KEYS, "emb_a": V.tolist(), "emb_b": U.tolist(), "label": ROWS.tolist()}
MAKERS = {
    "pandas": pd.DataFrame,
    "pandas in another order": lambda table: pd.DataFrame(table).iloc[ORDER],
    "polars": pl.DataFrame,
    "arrow": pa.table,
}


def labels_and_vectors_agree(found: ew.Comparison) -> bool:
    rows = found.a.vectors[:, 0].tolist()
    return found.b.vectors[:, 0].tolist() == rows == found.frame["label"].tolist()


@pytest.mark.parametrize("maker", MAKERS)
def test_two_columns_of_one_table_are_two_spaces(maker: str) -> None:
    table = MAKERS[maker](TABLE)
    found = ew.compare(table, vectors=("emb_a", "emb_b"), label="label", **K)
    assert labels_and_vectors_agree(found)
    assert (found.a.name, found.b.name) == ("emb_a", "emb_b")
    assert list(found.frame.columns) == ["key", "label"]
    named = ew.compare(table, vectors=["emb_a", "emb_b"], id="key", names=("OpenAI", "MiniLM"), **K)
    assert (named.a.name, named.b.name) == ("OpenAI", "MiniLM")
    assert sorted(named.a.ids.tolist()) == sorted(KEYS)
    assert "'OpenAI' and 'MiniLM'" in repr(named)
    assert list(named.frame.columns) == ["label"]


def test_a_widget_and_a_file_take_one_table_too(tmp_path: Path) -> None:
    pd.DataFrame(TABLE).to_parquet(tmp_path / "both.parquet")
    found = ew.compare(str(tmp_path / "both.parquet"), vectors=("emb_a", "emb_b"), **K)
    assert (found.a.name, found.b.name) == ("emb_a", "emb_b")
    widget = ew.EmbeddingCompare(
        pd.DataFrame(TABLE), vectors=("emb_a", "emb_b"), label="label", reducer="pca", **K
    )
    assert (widget.space_a["name"], widget.space_b["name"]) == ("emb_a", "emb_b")
    assert labels_and_vectors_agree(widget.comparison)


def test_a_dimension_for_each_column_of_one_table() -> None:
    wide = pd.DataFrame(np.c_[V, U], columns=[f"{s}{i}" for s in "ab" for i in range(4)])
    columns = tuple([f"{s}{i}" for i in range(4)] for s in "ab")
    found = ew.compare(wide.assign(label=ROWS), vectors=columns, **K)
    assert found.b.vectors.tolist() == U.tolist()
    assert labels_and_vectors_agree(found)


def test_columns_of_two_tables_are_named_for_both_or_for_each() -> None:
    a, b = pd.DataFrame(TABLE), pl.DataFrame(TABLE)[ORDER.tolist()]
    each = ew.compare(a, b, vectors=("emb_a", "emb_b"), id="key", label="label", **K)
    assert labels_and_vectors_agree(each)
    assert (each.a.name, each.b.name) == ("emb_a", "emb_b")
    both = ew.compare(a, b, vectors="emb_a", id="key", **K)
    assert both.similarity == 1
    renamed = a.rename(columns={"key": "name"})
    assert ew.compare(renamed, b, vectors="emb_a", id=("name", "key"), **K).similarity == 1
    mixed = ew.compare(a, U, vectors="emb_a", label="label", **K)
    assert labels_and_vectors_agree(mixed)
    assert ew.compare(V, a, vectors=(None, "emb_a"), **K).similarity == 1


BAD = {
    "no b": ((TABLE,), {}, "b is missing: give two spaces, or one table with the two columns"),
    "one column": ((TABLE,), {"vectors": "emb_a"}, "b is missing"),
    "one twice": ((TABLE,), {"vectors": ("emb_a", "emb_a")}, "two different columns of it"),
    "no table": ((V,), {"vectors": ("x", "y")}, "vectors=('x', 'y') of ndarray: without b, a is"),
    "unknown": ((TABLE,), {"vectors": ("emb_a", "emb_c")}, "the frame has no column 'emb_c'"),
    "near": ((TABLE,), {"vectors": ("emb_a", "emb_c")}, "there are 'emb_b', 'emb_a'"),
    "arrays": ((V, U), {"vectors": "emb"}, "vectors='emb': a is no table with columns but ndarray"),
    "three": ((TABLE, TABLE), {"vectors": ("a", "b", "c")}, "give one column for both, or"),
    "of an array": ((TABLE, U), {"vectors": ("emb_a", "x")}, "b is no table with columns but"),
    "id of arrays": ((V, U), {"id": "key"}, "neither a nor b has columns: use ids="),
    "three ids": ((TABLE, TABLE), {"id": ("a", "b", "c")}, "id=('a', 'b', 'c'): give one for both"),
    "names alike": ((V, U), {"names": ("x", "x")}, "names=('x', 'x'): give two different ones"),
    "names as text": ((V, U), {"names": "ab"}, "names='ab': give two different ones"),
    "three names": ((V, U), {"names": ("a", "b", "c")}, "give two different ones"),
    "no names": ((V, U), {"names": ("a", "")}, "give two different ones"),
    "missing": ((V, U), {"missing": "ignore"}, 'missing=\'ignore\': give "raise", or "drop"'),
    "long": ((V, U), {"names": "x" * 9999}, "…"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused_with_what_to_do(case: str) -> None:
    given, options, message = BAD[case]
    given = [pd.DataFrame(x) if isinstance(x, dict) else x for x in given]
    for ask in (ew.compare, ew.EmbeddingCompare):
        with pytest.raises((ValueError, TypeError)) as refused:
            ask(*given, **options, **K)
        assert message in str(refused.value)
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("several", [[ew.Space(V), ew.Space(V)], ew.Series([V, V])])
def test_compare_takes_two_and_says_so_of_several(several: object) -> None:
    message = f"b is missing: {type(several).__name__} holds several spaces"
    with pytest.raises(TypeError, match=message):
        ew.compare(several, **K)


# -- maps that no reducer draws --------------------------------------------------------------------


def drawn_by(x: np.ndarray) -> np.ndarray:
    msg = "no reducer runs"
    raise AssertionError(msg)


def test_given_maps_are_drawn_as_they_are() -> None:
    shown = ew.EmbeddingCompare(V, U, positions=(XY_A, XY_B), reducer=drawn_by, **K)
    assert (shown.reducer, shown.as_given) == ("as given", ["a", "b"])
    np.testing.assert_allclose(shown.positions_a, XY_A, rtol=1e-6)
    np.testing.assert_allclose(shown.positions_b, XY_B, rtol=1e-6)
    found = ew.EmbeddingCompare.from_comparison(shown.comparison, positions=[XY_B, XY_A])
    np.testing.assert_allclose(found.positions_a, XY_B, rtol=1e-6)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("reducer", ["pca", "tsne"])
def test_a_map_that_is_not_given_is_drawn_beside_it(side: int, reducer: str) -> None:
    given: list[Any] = [None, None]
    given[side] = XY_A
    shown = ew.EmbeddingCompare(V, U, positions=given, reducer=reducer, **K)
    assert (shown.reducer, shown.as_given) == (reducer, ["ab"[side]])
    maps = shown.positions_a, shown.positions_b
    np.testing.assert_allclose(maps[side], XY_A, rtol=1e-6)
    assert np.isfinite(maps[1 - side]).all()
    if side == 0:  # B is turned onto it, and as large.
        radius, known = (np.linalg.norm(xy.std(axis=0)) for xy in (maps[1], XY_A))
        assert radius == pytest.approx(known, rel=1e-3)


def test_given_maps_follow_the_items() -> None:
    some = np.delete(ROWS, [1, 5])
    a = ew.Space(V, ids=KEYS)
    b = ew.Space(U[some][::-1], ids=[KEYS[row] for row in some][::-1])
    by_row = (XY_A, XY_B[some[::-1]])
    by_index = tuple(pd.DataFrame(xy, index=KEYS).iloc[ORDER] for xy in (XY_A, XY_B))
    tensors = tuple(map(torch.tensor, by_row))
    for positions in (by_row, by_index, tensors):
        shown = ew.EmbeddingCompare(a, b, positions=positions, **K)
        np.testing.assert_allclose(shown.positions_a, XY_A[some], rtol=1e-6)
        np.testing.assert_allclose(shown.positions_b, XY_B[some], rtol=1e-6)


def test_a_space_of_two_dimensions_is_its_own_map() -> None:
    flat = V[:, :2]
    shown = ew.EmbeddingCompare(flat, U, reducer="pca", **K)
    assert shown.as_given == ["a"]
    assert np.array_equal(shown.positions_a, flat)
    assert (shown.space_a["metric"], shown.space_b["metric"]) == ("euclidean", "cosine")
    note = "a has 2 dimensions: compared by euclidean distance"
    assert shown.join_report["notes"] == [note]
    assert note in str(ew.compare(flat, U, **K).join_report)
    told = ew.EmbeddingCompare(flat, flat, metric="cosine", reducer=drawn_by, **K)
    assert (told.space_a["metric"], told.join_report["notes"]) == ("cosine", [])
    assert told.reducer == "as given"
    own = ew.compare(ew.Space(flat, metric="cosine"), U, **K)
    assert (own.graph_a.metric, own.join_report.notes) == ("cosine", ())
    bits = np.packbits(RNG.normal(size=(N, 16)) > 0, axis=1)
    packed = ew.EmbeddingCompare(bits, U, metric=("hamming", "cosine"), reducer="pca", **K)
    assert packed.as_given == []


BAD_MAPS = {
    "one map": (XY_A, "positions= are two maps, (xy_a, xy_b)"),
    "three": ((XY_A, XY_A, XY_A), "positions= are two maps, (xy_a, xy_b)"),
    "few rows": ((XY_A, XY_B[:5]), "positions of b: 5 positions for 40 rows of b: give one for"),
    "three numbers": ((V[:, :3], XY_B), "positions of a: shape (40, 3): x and y are needed"),
    "nan": ((np.where(XY_A > 1e4, np.nan, XY_A), XY_B), "positions of a: row "),
    "text": ((np.full((N, 2), "x"), XY_B), "positions of a: dtype <U1 is not a number"),
}


@pytest.mark.parametrize("case", BAD_MAPS)
def test_what_is_no_map_is_refused(case: str) -> None:
    positions, message = BAD_MAPS[case]
    with pytest.raises((ValueError, TypeError)) as refused:
        ew.EmbeddingCompare(V, U, positions=positions, **K)
    assert message in str(refused.value)


# -- what is shown of each item --------------------------------------------------------------------


def row_on_screen(widget: ew.EmbeddingCompare, item: int) -> tuple[dict[str, Any], list[bytes]]:
    """A row and its pictures."""
    found, pictures, _ = RecordedScreen(widget).ask("rows", items=[item])
    return found["rows"][0], [bytes(picture) for picture in pictures]


def test_texts_and_pictures_of_each_row_follow_the_items(recorded: None) -> None:
    some = ROWS[5:]
    a, b = ew.Space(V, ids=KEYS), ew.Space(U[some], ids=[KEYS[row] for row in some])
    texts = [f"text {k}" for k in range(N)]
    pictures = [np.full((2, 2), k / N) for k in range(N)]
    by_index = [pd.Series(x, index=KEYS).iloc[ORDER] for x in (texts, pictures)]
    seen = []
    for text, image in ((texts, pictures), (np.array(texts), np.stack(pictures)), by_index):
        widget = ew.EmbeddingCompare(a, b, text=text, image=image, reducer="pca", **K)
        assert widget.text == "text"
        row, shown_pictures = row_on_screen(widget, 3)
        assert (row["id"], row["text"]) == ("i8", "text 8")
        seen.append(shown_pictures)
    assert seen[0] == seen[1] == seen[2] != []
    found = ew.compare(a, b, **K)
    shown = ew.EmbeddingCompare.from_comparison(
        found, text=by_index[0], names=("X", "Y"), reducer="pca"
    )
    assert row_on_screen(shown, 3)[0]["text"] == "text 8"
    assert (shown.space_a["name"], shown.space_b["name"]) == ("X", "Y")
    assert found.a.name is None
    assert shown.wait(SECONDS).join_report["paired_by"] == "by id"


def test_texts_that_fit_no_row_are_refused() -> None:
    for text, message in (
        (["x"] * 3, "text: 3 values for 40 rows of a: give one for each"),
        (["x"] * N, 'text: the metadata has a column "text" already: use text="text"'),
    ):
        with pytest.raises(ValueError, match=message):
            ew.EmbeddingCompare(V, U, metadata={"text": KEYS}, text=text, **K)
