"""What the screen asks of `EmbeddingCompare`, sets in it, and reads back in Python."""

import numpy as np
import pandas as pd
import pytest
from recorded_screen import RecordedScreen
from traitlets import TraitError
from widget_tools import N, nearest, shared_at

from embwidget.widget import EmbeddingCompare


def test_neighbors_are_those_of_brute_force(widget, screen):
    result, (indices_a, distances_a, indices_b, distances_b), error = screen.ask(
        "neighbors", item=7
    )
    assert (result, error) == ({}, "")
    comparison = widget.comparison
    for space, indices in ((comparison.a, indices_a), (comparison.b, indices_b)):
        expected = nearest(space.vectors, 20)[7]
        np.testing.assert_array_equal(np.frombuffer(indices, "<u4"), expected)
    for distances in (distances_a, distances_b):
        assert (np.diff(np.frombuffer(distances, "<f4")) >= 0).all()


def test_rows_carry_what_is_shown_of_an_item(widget, screen):
    result, buffers, _ = screen.ask("rows", items=[3, 0])
    group = widget.comparison.metadata["group"]
    assert result["rows"] == [
        {
            "item": 3,
            "id": "item-003",
            "label": group[3],
            "labels": [group[3]],
            "text": "the title of 3",
            "image": "image/png",
        },
        {
            "item": 0,
            "id": "item-000",
            "label": group[0],
            "labels": [group[0]],
            "text": None,
            "image": "image/png",
        },
    ]
    assert [bytes(buffer[:4]) for buffer in buffers] == [b"\x89PNG", b"\x89PNG"]


def test_columns_and_counts_are_sent_when_asked_for(widget, screen):
    header, (codes,), _ = screen.ask("column", name="group")
    texts = np.array([*header["categories"]])[np.frombuffer(codes, "<u2")]
    assert texts.tolist() == widget.comparison.metadata["group"].tolist()
    header, (values,), _ = screen.ask("column", name="score")
    assert header["missing"] == np.isnan(np.frombuffer(values, "<f4")).sum() > 0
    _, (counts,), _ = screen.ask("shared", k=4)
    np.testing.assert_array_equal(np.frombuffer(counts, np.uint8), shared_at(widget, 4))


def test_search_looks_into_ids_labels_and_texts(screen):
    assert screen.ask("search", query="ITEM-012", limit=5)[0] == {"items": [12], "total": 1}
    assert screen.ask("search", query="title of 7", limit=3)[0] == {
        "items": [7, 70, 71],
        "total": 11,
    }
    assert screen.ask("search", query="group", limit=2)[0]["total"] == 80


@pytest.mark.parametrize(
    ("kind", "args", "message"),
    [
        ("neighbors", {"item": 80}, "item=80: give a whole number from 0 to 79"),
        ("neighbors", {}, "item=None: give a whole number from 0 to 79"),
        ("rows", {"items": [True]}, "item=True: give a whole number from 0 to 79"),
        ("rows", {"items": list(range(80)) * 30}, "at most 2000"),
        ("column", {"name": "titel"}, "there is no column 'titel'"),
        ("column", {"name": "title"}, "79 of its 79 values are different"),
        ("shared", {"k": 21}, "k=21: give a whole number from 1 to 20"),
        ("search", {"query": 3, "limit": 1}, "query must be a text"),
        ("weather", {}, "question='weather' is not known: there are 'column', 'group_items'"),
    ],
)
def test_a_question_that_cannot_be_answered_gets_one_line(screen, kind, args, message):
    result, buffers, error = screen.ask(kind, **args)
    assert result is None
    assert buffers == []
    assert message in error
    assert "\n" not in error


def test_hostile_and_huge_texts_travel_as_short_data(recorded, spaces):
    script = "<script>alert(1)</script>"
    ids = [f"{script}{i}" for i in range(N - 1)] + ["x" * 100_000]
    frame = pd.DataFrame({script: [script] * N, "text": ["y" * 1_000_000] * N})
    widget = EmbeddingCompare(
        *spaces, ids=ids, metadata=frame, label=script, text="text", reducer="pca"
    )
    rows = RecordedScreen(widget).ask("rows", items=[0, N - 1])[0]["rows"]
    assert (rows[0]["id"], rows[0]["label"]) == (f"{script}0", script)
    assert len(rows[0]["text"]) <= 2000
    assert len(rows[1]["id"]) <= 200
    column = {"name": script, "title": script, "kind": "category", "source": "metadata"}
    assert column in widget.columns


def test_a_selection_set_in_python_is_sent_and_one_from_the_screen_is_not_sent_back(widget, screen):
    heard = []
    widget.observe(lambda change: heard.append(change["new"].tolist()), "selection")
    widget.selection = np.arange(80) % 2 == 0
    assert screen.state["selected"] == "mask:VVVVVVVVVVVVVQ=="
    assert screen.selected() == list(range(0, 80, 2))
    screen.forget()
    screen.select([3, 5])
    assert widget.selection.tolist() == [3, 5]
    assert heard == [list(range(0, 80, 2)), [3, 5]]
    assert "selected" not in screen.order()
    # The screen has [3, 5], so going back to what Python had before must reach it.
    widget.selection = np.arange(80) % 2 == 0
    assert screen.order().count("selected") == 1
    assert screen.selected() == list(range(0, 80, 2))


def test_an_observer_may_change_what_the_screen_selected(widget, screen):
    def only_even(change):
        widget.selection = [i for i in change["new"] if i % 2 == 0]

    widget.observe(only_even, "selection")
    screen.select([1, 2, 4])
    assert widget.selection.tolist() == [2, 4]
    assert screen.selected() == [2, 4]


def test_a_broken_selection_is_answered_with_the_one_that_holds(widget, screen):
    widget.selection = [1]
    screen.forget()
    screen.select([99])
    assert widget.selection.tolist() == [1]
    assert "position 99" in screen.state["error"]
    assert screen.selected() == [1]
    octets = ("mask:AA==", "positions:AAA", "positions:AAAA", "positions:ä", "x:AAAA")
    for text in ("99", *octets, 5, None):
        screen.set(selected=text)
        assert screen.selected() == [1]
        assert "select" in screen.state["error"] or "mask" in screen.state["error"]
        screen.set(error="")
    screen.set(selected="")
    assert widget.selection.tolist() == []


def test_focus_is_an_id_here_and_a_position_on_the_screen(widget, screen):
    widget.focus = "item-042"
    assert screen.state["focus"] == 42
    screen.forget()
    screen.set(focus=7)
    assert widget.focus == "item-007"
    assert screen.order() == []
    widget.focus = None
    assert screen.state["focus"] is None
    screen.set(focus=0)
    assert widget.focus == "item-000"


def test_integer_ids_can_be_in_focus(recorded, spaces):
    widget = EmbeddingCompare(*spaces, ids=np.arange(N) + 1000, reducer="pca")
    widget.focus = np.int64(1000)
    assert widget.focus == 1000
    assert type(widget.focus) is int
    assert RecordedScreen(widget).state["focus"] == 0
    with pytest.raises(TraitError, match="5"):
        widget.focus = 5


def test_an_unknown_focus_names_ids_that_are_near(widget):
    with pytest.raises(TraitError, match="item-04"):
        widget.focus = "item-04x"
    assert widget.focus is None


@pytest.mark.parametrize("value", [0, 21, -1, 2.5, "10", None, True])
def test_k_lies_between_1_and_k_max(widget, value):
    with pytest.raises(
        TraitError, match="give a whole number from 1 to 20, for k_max sets the limit"
    ):
        widget.k = value
    assert widget.k == 10


def test_color_by_takes_a_column_and_names_a_near_one(widget, screen):
    widget.color_by = "score"
    assert screen.state["color_by"] == "score"
    with pytest.raises(TraitError, match="did you mean 'score'"):
        widget.color_by = "scores"
    with pytest.raises(TraitError, match="'title' is not possible: 79 of its 79 values"):
        widget.color_by = "title"
    with pytest.raises(TraitError, match="is no column"):
        widget.color_by = 3
    assert widget.color_by == "score"


@pytest.mark.parametrize(
    "change", [{"k": 99}, {"color_by": "nothing"}, {"focus": 80}, {"focus": "a"}]
)
def test_a_value_that_the_screen_may_not_set_is_answered_with_what_holds(widget, screen, change):
    (name,) = change
    before = screen.state[name]
    screen.set(**change)
    assert screen.state[name] == before
    assert screen.state["error"] != ""
    screen.set(error="")
    assert widget.error == ""


def test_the_selected_frame_is_that_of_brute_force_at_the_current_k(widget, screen):
    screen.select([2, 70])
    screen.set(k=5)
    frame = widget.selected_frame()
    shared = shared_at(widget, 5)[[2, 70]]
    assert frame["id"].tolist() == ["item-002", "item-070"]
    np.testing.assert_allclose(frame["coincidence"], shared / (10 - shared), rtol=1e-6)
    assert np.isfinite(frame[["x_a", "y_a", "x_b", "y_b"]].to_numpy()).all()
    widget.selection = []
    assert widget.selected_frame().columns.tolist() == frame.columns.tolist()
    assert len(widget.selected_frame()) == 0


def test_the_neighbors_frame_follows_focus_and_k(widget, screen):
    empty = widget.neighbors_frame()
    assert len(empty) == 0
    screen.set(focus=4)
    screen.set(k=6)
    frame = widget.neighbors_frame()
    assert frame.columns.tolist() == empty.columns.tolist()
    for side, space in (("a", widget.comparison.a), ("b", widget.comparison.b)):
        expected = [f"item-{i:03d}" for i in nearest(space.vectors, 6)[4]]
        assert frame[f"id_{side}"].tolist() == expected
