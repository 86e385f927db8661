"""Labels, texts and ids in any container give what plain lists of the same values give."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_screen import RecordedScreen
from value_makers import MAKERS

import embwidget as ew
from embwidget.measures.labels.labels import encode_labels

LARGE = 2**60
N = 60
RNG = np.random.default_rng(0)
A, B = (RNG.standard_normal((N, 4)) for _ in "ab")
KINDS = RNG.integers(0, 5, N).tolist()
VALUES = {
    "int": st.sampled_from([LARGE, LARGE + 1, -3, 0, 7]),
    "str": st.sampled_from(["b", "a", "", "ä", "10", "9"]),
    "bool": st.booleans(),
    "float": st.sampled_from([0.5, -1.0, 1e300, 2.0]),
    "datetime": st.sampled_from([dt.datetime(2020, 1, day, 3) for day in (3, 1, 2)]),
    "date": st.sampled_from([dt.date(2020, 1, day) for day in (3, 1, 2)]),
}


@st.composite
def columns(draw: st.DrawFn) -> list[Any]:
    """Values of one type, some missing, at least one known, in any order."""
    kind = VALUES[draw(st.sampled_from(sorted(VALUES)))]
    known = draw(st.lists(kind, min_size=1, max_size=8))
    missing = draw(st.sampled_from([0, 1, 3]))
    return draw(st.permutations([*known, *[None] * missing]))


@settings(max_examples=150, deadline=None)
@given(plain=columns(), container=st.sampled_from(sorted(MAKERS)))
def test_labels_are_those_of_a_plain_list(plain: list[Any], container: str) -> None:
    expected = encode_labels(plain, len(plain))
    found = encode_labels(MAKERS[container](plain), len(plain))
    assert found.names == expected.names
    assert found.classes.tolist() == expected.classes.tolist()
    assert [type(name) for name in found.names] == [type(name) for name in expected.names]


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(N)), container=st.sampled_from(sorted(MAKERS)))
def test_a_comparison_by_label_is_that_of_a_plain_list(order: list[int], container: str) -> None:
    plain = [None if row == 0 else [LARGE, LARGE + 1, LARGE + 2][KINDS[row] % 3] for row in order]
    a, b = A[order], B[order]
    expected = ew.compare(a, b, label=plain, k_max=5, n_neighbors=5)
    found = ew.compare(a, b, label=MAKERS[container](plain), k_max=5, n_neighbors=5)
    assert found.labels().names == [LARGE, LARGE + 1, LARGE + 2]
    assert found.labels().classes.tolist() == expected.labels().classes.tolist()
    assert found.frame["label"].isna().tolist() == [row == 0 for row in order]
    np.testing.assert_array_equal(found.label_agreement(), expected.label_agreement())


@settings(max_examples=100, deadline=None)
@given(plain=columns(), container=st.sampled_from(sorted(MAKERS)))
def test_ids_are_those_of_a_plain_list_or_refused(plain: list[Any], container: str) -> None:
    vectors = np.eye(len(plain))
    good = None not in plain and len(set(plain)) == len(plain)
    if good and type(plain[0]) in (int, str):
        assert ew.Space(vectors, ids=MAKERS[container](plain)).ids.tolist() == plain
        return
    with pytest.raises((ValueError, TypeError), match=r"^ids: .{10,290}$") as refused:
        ew.Space(vectors, ids=MAKERS[container](plain))
    if None in plain:
        assert f"row {plain.index(None)} is missing" in str(refused.value)


# -- by name -----------------------------------------------------------------------------------


def by_label(vectors: Any, label: Any) -> pd.DataFrame:
    return ew.label_metrics(vectors, label=label, n_seeds=0)


def tensors() -> dict[str, Any]:
    torch = pytest.importorskip("torch")
    kinds = torch.tensor(KINDS)
    return {
        "int": kinds,
        "column": kinds.reshape(-1, 1),
        "gradient": kinds.double().requires_grad_(),
        "bfloat16": kinds.to(torch.bfloat16),
        "each": list(kinds),
        "each in bfloat16": list(kinds.to(torch.bfloat16)),
        "bits": kinds.to(torch.uint8),
    }


def test_a_tensor_of_labels_finds_the_better_space() -> None:
    torch = pytest.importorskip("torch")
    r = np.random.default_rng(0)
    label = torch.tensor(r.integers(0, 10, 500))
    centers = r.standard_normal((10, 64))
    a = centers[label] + 0.5 * r.standard_normal((500, 64))
    b = centers[label] + 3 * r.standard_normal((500, 64))
    comparison = ew.compare(a, b, label=label)
    assert comparison.quality_verdict().startswith("A is better on 10 of 10 labels")
    assert comparison.quality_verdict(list(label)) == comparison.quality_verdict()
    assert comparison.chance(label).z.tolist() == comparison.chance(True).z.tolist()


def test_labels_of_tensors_are_those_of_their_numbers_everywhere() -> None:
    comparison = ew.compare(A, B, label=KINDS)
    expected = by_label(A, KINDS)
    for name, label in tensors().items():
        pd.testing.assert_frame_equal(by_label(A, label), expected, obj=name)
        pd.testing.assert_frame_equal(
            comparison.quality(label, n_seeds=0), comparison.quality(n_seeds=0), obj=name
        )
        assert comparison.labels(label).names == comparison.labels().names == [0, 1, 2, 3, 4]
        assert comparison.verdict(label) == comparison.verdict()
        groups, same = comparison.groups(label=label), comparison.groups()
        assert groups["label"].tolist() == same["label"].tolist()


def test_sets_of_labels_in_tensors_and_columns_are_sets() -> None:
    plain = [[1, 2], [2], [], [1, 3]]
    torch = pytest.importorskip("torch")
    for label in (
        pl.Series(plain),
        pa.array(plain),
        pd.Series(plain),
        [np.array(entry, int) for entry in plain],
        [torch.tensor(entry, dtype=torch.int64) for entry in plain],
        [[1, np.int64(2), float("nan")], {2}, None, frozenset([1, 3])],
    ):
        found = encode_labels(label, 4)
        assert (found.names, found.is_multi) == ([1, 2, 3], True)
        assert found.one_each() == ["1, 2", "2", None, "1, 3"]


@pytest.mark.parametrize(
    "convert",
    [
        lambda frame: frame,
        lambda frame: frame.to_arrow(),
        lambda frame: frame.with_columns(pl.col.u.cast(pl.UInt64)),
        lambda frame: frame.to_arrow().to_pandas(types_mapper=pd.ArrowDtype),
        lambda frame: pd.DataFrame({"u": pd.array(frame["u"].to_list(), dtype="Int64")}),
        lambda frame: pd.DataFrame({"u": frame["u"].to_list()}, dtype=object),
        lambda frame: {"u": frame["u"].to_list()},
        lambda frame: {"u": np.ma.masked_equal(frame["u"].fill_null(0).to_numpy(), 0)},
    ],
    ids=[
        "polars",
        "Arrow",
        "unsigned",
        "pandas over Arrow",
        "nullable",
        "objects",
        "dict",
        "dict of masked",
    ],
)
def test_integers_beside_a_missing_one_stay_integers(convert: Any) -> None:
    r = np.random.default_rng(0)
    vectors = r.standard_normal((100, 8))
    frame = pl.DataFrame({"u": [None] + [LARGE + i % 3 for i in range(99)]})
    comparison = ew.compare(vectors, vectors, metadata=convert(frame), label="u")
    assert comparison.labels().names == [LARGE, LARGE + 1, LARGE + 2]
    assert comparison.to_frame()["u"].isna().tolist() == [True, *[False] * 99]
    assert comparison.to_frame()["u"][1:].tolist() == frame["u"].to_list()[1:]
    asked = comparison.quality(by="label")
    assert set(asked["label"]) == {LARGE, LARGE + 1, LARGE + 2}


def test_frames_become_pandas_with_their_types() -> None:
    zone = pl.Datetime("us", "Europe/Berlin")
    frame = pl.DataFrame(
        {
            "day": [dt.date(2020, 1, 1), None],
            "moment": pl.Series([dt.datetime(2020, 7, 1), None], dtype=zone),
            "seen": [True, None],
            "share": [0.5, None],
            "size": pl.Series(["small", None], dtype=pl.Enum(["small", "large"])),
            "kind": pl.Series(["x", None], dtype=pl.Categorical),
            "tags": [["a"], None],
        }
    )
    for metadata in (frame, frame.to_arrow()):
        found = ew.compare(np.eye(2), np.eye(2), n_neighbors=1, metadata=metadata).frame
        kinds = [str(dtype).partition("[")[0] for dtype in found.dtypes]
        assert kinds[:4] == ["datetime64", "datetime64", "boolean", "float64"]
        assert kinds[5:] == ["category", "object"]
        assert str(found["moment"][0].tz) == "Europe/Berlin"
        assert found.isna().iloc[1].all()
        assert found["tags"][0] == ["a"]
    ordered = ew.compare(np.eye(2), np.eye(2), n_neighbors=1, metadata=frame).frame["size"]
    assert ordered.cat.ordered
    assert ordered.cat.categories.tolist() == ["small", "large"]


def test_ordered_categories_keep_their_order() -> None:
    names = ["low", "mid", "high", "none of these"]
    values = [names[kind % 3] for kind in KINDS]
    for label in (
        pd.Categorical(values, categories=names, ordered=True),
        pl.Series(values, dtype=pl.Enum(names)),
        pl.Series(values, dtype=pl.Enum(names)).to_frame("x"),
    ):
        comparison = ew.compare(A, B, label=label)
        assert comparison.labels().names == comparison.labels(label).names == names[:3]
        metadata = comparison.frame.rename(columns={"label": "kind"})
        again = ew.compare(A, B, metadata=metadata, label="kind")
        assert again.labels().names == names[:3]
    in_frame = ew.compare(A, B, metadata=pl.DataFrame({"kind": label["x"]}), label="kind")
    assert in_frame.labels().names == names[:3]


TEXTS = [None if row == 1 else f"text {row}" for row in range(N)]


@pytest.mark.parametrize(
    "text",
    [TEXTS, np.array(TEXTS, object), pd.Series(TEXTS), pl.Series(TEXTS), pa.array(TEXTS)],
    ids=["list", "numpy", "pandas", "polars", "Arrow"],
)
def test_texts_may_be_one_for_each_item(recorded: None, text: Any) -> None:
    ids = list(range(N))
    made = ew.EmbeddingCompare(
        ew.Space(A, ids=ids), ew.Space(B[::-1], ids=ids[::-1]), text=text, reducer="pca"
    )
    shown = ew.EmbeddingCompare.from_comparison(ew.compare(A, B), text=text, reducer="pca")
    for widget in (made, shown):
        assert widget.text == "text"
        screen = RecordedScreen(widget)
        found = screen.ask("rows", items=[0, 1, 2])[0]["rows"]
        assert [row["text"] for row in found] == ["text 0", None, "text 2"]
        assert screen.ask("search", query="text 59", limit=5)[0]["items"] == [59]


def test_texts_follow_the_rows_of_a_when_some_are_left_out(recorded: None) -> None:
    ids = list(range(N))
    b = ew.Space(B[10:], ids=ids[10:])
    widget = ew.EmbeddingCompare(ew.Space(A, ids=ids), b, text=TEXTS, reducer="pca")
    found = RecordedScreen(widget).ask("rows", items=[0, 49])[0]["rows"]
    assert [row["text"] for row in found] == ["text 10", "text 59"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (["a"], "text: 1 values for 60"),
        ({"a": "b"}, "text: expected one value for each item, got a dict"),
        ({"a"}, "got a set"),
        (np.zeros((N, 2)), r"got \(60, 2\)"),
        ("title", "there is no column 'title'"),
        (3, "there is no column '3'"),
    ],
)
def test_what_is_no_text_for_each_item_is_refused(text: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        ew.EmbeddingCompare(A, B, text=text)
    with pytest.raises((ValueError, TypeError), match=words):
        ew.EmbeddingCompare.from_comparison(ew.compare(A, B), text=text)


def test_a_column_of_the_same_name_is_not_written_over() -> None:
    for name in ("text", "label"):
        with pytest.raises(ValueError, match=f'has a column "{name}" already: use {name}="{name}"'):
            ew.EmbeddingCompare(A, B, metadata={name: TEXTS}, **{name: TEXTS})


def test_groups_are_named_by_texts_that_are_given() -> None:
    comparison = ew.compare(A, B)
    texts = ["apple tree"] * N
    assert comparison.groups(text=pl.Series(texts))["name"].str.startswith("group").all()
    column = ew.compare(A, B, metadata={"said": TEXTS})
    assert column.groups(text="said").equals(comparison.groups(text=pa.array(TEXTS)))
    with pytest.raises(ValueError, match="2 texts for 60 items"):
        comparison.groups(text=["a", "b"])


@pytest.mark.parametrize(
    "label", [{"a": 1}, {"a", "b"}, 5, np.eye(N)[:, :3], [object() for _ in range(N)], "nothing"]
)
def test_what_is_no_label_is_refused_wherever_it_is_given(label: Any) -> None:
    comparison = ew.compare(A, B)
    doors = [
        lambda: ew.compare(A, B, label=label).labels(),
        lambda: ew.label_metrics(A, label),
        lambda: comparison.quality(label),
        lambda: comparison.quality(label=label),
        lambda: comparison.labels(label),
        lambda: comparison.chance(label),
        lambda: comparison.groups(label=label),
        lambda: ew.EmbeddingCompare(A, B, label=label, reducer="pca").comparison.labels(),
    ]
    for door in doors:
        with pytest.raises((ValueError, TypeError), match=r"^label.{10,290}$"):
            door()


def test_the_argument_is_called_label() -> None:
    with pytest.raises(TypeError, match=r"label_metrics\(\) has no argument labels=: give label="):
        ew.label_metrics(A, labels=KINDS)
    with pytest.raises(TypeError, match="no argument metrics=: give metric="):
        ew.label_metrics(A, KINDS, metrics="cosine")


PICTURES = RNG.integers(0, 255, (N, 4, 4)).astype(np.uint8)


@pytest.mark.parametrize(
    "convert",
    [
        lambda files: files,
        lambda files: pa.array(files),
        lambda files: pa.chunked_array([files[:5], files[5:]]),
        lambda files: pl.Series(files),
        lambda files: pd.Series(files),
        lambda files: np.array(files, object).reshape(-1, 1),
        lambda files: (file for file in files),
        lambda files: PICTURES,
        lambda files: list(PICTURES),
        lambda files: pytest.importorskip("torch").tensor(PICTURES),
        lambda files: list(pytest.importorskip("torch").tensor(PICTURES)),
    ],
)
def test_pictures_may_lie_in_any_container(recorded: None, convert: Any) -> None:
    from embwidget.session.answers.pixels import encode_png

    files = [encode_png(picture) for picture in PICTURES]
    widget = ew.EmbeddingCompare(A, B, image=convert(files), reducer="pca")
    _, buffers, _ = RecordedScreen(widget).ask("rows", items=[0, 7])
    assert [bytes(buffer) for buffer in buffers] == [files[0], files[7]]


@pytest.mark.parametrize("image", [{"a": b""}, {b"a"}, np.zeros((N, 3)), 5])
def test_what_is_no_picture_for_each_item_is_refused(image: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"^image: .{10,290}$"):
        ew.EmbeddingCompare(A, B, image=image)
