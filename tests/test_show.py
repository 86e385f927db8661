"""`show=`: metadata columns beside each item, on the screen and in `neighbors_frame`."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from nasty_texts import NASTY
from recorded_screen import RecordedScreen

import embwidget as ew

N = 40
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(N, 5)).astype(np.float32), RNG.normal(size=(N, 4)).astype(np.float32)
FAST = {"n_neighbors": 4, "k_max": 6, "reducer": "pca"}
TABLE = {
    "question": [f"question {i}" for i in range(N)],
    "kind": [f"kind {i % 3}" for i in range(N)],
    "answer": [None if i % 5 == 0 else f"answer {i}" for i in range(N)],
    "price": [None if i % 7 == 0 else 0.25 * i for i in range(N)],
    "when": [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=i) for i in range(N)],
    "tags": [[f"tag {i}", "all"] for i in range(N)],
    "number": [2**60 + i for i in range(N)],
}
SHOW = ["answer", "price", "when", "tags", "number"]


def opened(metadata: Any = None, **options: Any) -> ew.EmbeddingCompare:
    return ew.EmbeddingCompare(A, B, metadata=metadata, **FAST, **options)


def shown_of(widget: ew.EmbeddingCompare, *items: int) -> list[list[str | None]]:
    result, _, error = RecordedScreen(widget).ask("rows", items=list(items))
    assert error == ""
    return [row["shown"] for row in result["rows"]]


@pytest.mark.parametrize("maker", [pd.DataFrame, pl.DataFrame, pa.table])
def test_each_row_has_the_values_of_the_shown_columns(
    maker: Callable[..., Any], recorded: None
) -> None:
    widget = opened(maker(TABLE), label="kind", text="question", show=SHOW).wait(60)
    assert widget.show == SHOW
    assert shown_of(widget, 7, 5, 7) == [
        ["answer 7", None, "2024-01-08", "tag 7, all", str(2**60 + 7)],
        [None, "1.25", "2024-01-06", "tag 5, all", str(2**60 + 5)],
        ["answer 7", None, "2024-01-08", "tag 7, all", str(2**60 + 7)],
    ]
    widget.close()


@pytest.mark.parametrize("maker", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_neighbors_frame_has_text_and_shown_columns(maker: Callable[..., Any]) -> None:
    widget = opened(maker(TABLE), label="kind", text="question", show=SHOW)
    columns = widget.neighbors_frame().columns.tolist()
    widget.focus = 3
    frame = widget.neighbors_frame()
    assert frame.columns.tolist() == columns
    for side in "ab":
        rows = frame[f"id_{side}"].tolist()
        assert frame[f"text_{side}"].tolist() == [TABLE["question"][row] for row in rows]
        assert frame[f"number_{side}"].tolist() == [TABLE["number"][row] for row in rows]
        assert frame[f"when_{side}"].tolist() == [TABLE["when"][row] for row in rows]
        answers = [value if isinstance(value, str) else None for value in frame[f"answer_{side}"]]
        assert answers == [TABLE["answer"][row] for row in rows]
        np.testing.assert_array_equal(
            frame[f"price_{side}"].to_numpy(float, na_value=np.nan),
            np.array([TABLE["price"][row] for row in rows], float),
        )


def test_a_frame_without_texts_is_that_of_the_comparison() -> None:
    widget = opened()
    widget.focus = 3
    pd.testing.assert_frame_equal(
        widget.neighbors_frame(), widget.comparison.neighbors(3, FAST["n_neighbors"])
    )


def test_columns_of_taken_names_stand_beside_those_that_have_them() -> None:
    table = {name: [f"{name} {i}" for i in range(N)] for name in ("distance", "text", "text_", "q")}
    widget = opened(pd.DataFrame(table), text="q", show=["distance", "text", "text_"])
    widget.focus = 0
    frame = widget.neighbors_frame()
    rows = frame["id_a"].tolist()
    for column, name in {"text": "q", "distance_": "distance", "text_": "text"}.items():
        assert frame[f"{column}_a"].tolist() == [table[name][row] for row in rows]
    assert frame["text___a"].tolist() == [table["text_"][row] for row in rows]
    assert frame["distance_a"].dtype == np.float32


def test_columns_follow_the_items_and_are_no_dimensions() -> None:
    order = RNG.permutation(N)
    a = pd.DataFrame(A).add_prefix("d").assign(price=np.arange(N) * 2.0, key=range(N))
    widget = ew.EmbeddingCompare(a.iloc[order], a, id="key", show="price", **FAST)
    assert (widget.space_a["n_dims"], widget.show) == (5, ["price"])
    widget.focus = 3
    frame = widget.neighbors_frame()
    assert frame["price_b"].tolist() == [2.0 * name for name in frame["id_b"]]


def test_what_is_shown_anyway_is_not_shown_twice() -> None:
    found = opened(
        pd.DataFrame(TABLE), label="kind", text="question", show=("kind", "price", "question")
    )
    assert found.show == ["price"]
    again = ew.EmbeddingCompare.from_comparison(
        found.comparison, show=iter(["answer", "answer"]), reducer="pca"
    )
    assert again.show == ["answer"]


@pytest.mark.parametrize(
    ("show", "message"),
    [
        ("answr", "show='answr' is no column of the metadata: there are 'answer'"),
        (["price", "prise"], "show='prise' is no column of the metadata: there are 'price'"),
        (["wins"], "show='wins' is measured and no column of the metadata"),
        ([None], "show='None' is no column"),
        ([["price"]], "is no column"),
        (5, "show='5' is no column"),
        (["price"] * 99, "at most 20 columns"),
        ({"price"}, 'as in show=["answer", "price"]'),
        ({"price": "Price"}, 'as in show=["answer", "price"]'),
        (b"price", 'as in show=["answer", "price"]'),
        (pd.DataFrame(TABLE)[["price"]], 'as in show=["answer", "price"]'),
        ("x" * 10_000, "is no column"),
    ],
)
def test_what_is_no_column_is_refused_at_the_door(show: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        opened(pd.DataFrame(TABLE), show=show)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 300


def test_without_metadata_there_is_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="show='price': there is no metadata: pass metadata="):
        opened(show=["price"])


def test_values_of_any_kind_are_texts_that_a_page_can_read(recorded: None) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    odd = [Broken(), {"a": 1}, b"\x89PNG", np.array([2, 0, 2]), float("nan"), pd.NaT, 1e300, *NASTY]
    metadata = pd.DataFrame({name: pd.Series(odd, dtype=object) for name in NASTY[:9]})
    vectors = RNG.normal(size=(len(odd), 4)).astype(np.float32)
    widget = ew.EmbeddingCompare(
        vectors, vectors[:, :3], metadata=metadata, show=NASTY[:9], **FAST
    ).wait(60)
    assert len(widget.show) == 9
    shown = shown_of(widget, *range(len(odd)))
    assert [row[0] for row in shown[:6]] == [
        *("<Broken>", "{'a': 1}", "b'\\x89PNG'", "2, 0, 2", None, None)
    ]
    assert all(text is None or len(text) <= 2000 for row in shown for text in row)
    widget.focus = widget.comparison.a.ids[3]
    assert len(widget.neighbors_frame()) == 4
    widget.close()
