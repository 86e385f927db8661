"""A page, or a callback of the user's, can break nothing but what it asked for itself."""

import logging

import numpy as np
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS

from embwidget import EmbeddingCompare


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_items", 3),
        ("columns", []),
        ("space_a", {"name": "<b>"}),
        ("_esm", "export default {}"),
        ("_code", ""),
        ("_spaces_code", "more"),
        ("_model_module", "elsewhere"),
        ("layout", "IPY_MODEL_none"),
    ],
)
def test_a_page_sets_no_facts_and_is_told_what_holds(widget, screen, name, value):
    before = getattr(widget, name)
    screen.set(**{name: value, "k": 7})
    assert getattr(widget, name) == before
    assert widget.k == 7
    assert screen.state[name] != value


def test_a_page_still_sets_what_a_person_chooses(widget, screen):
    screen.set(k=3, color_by="group", focus=5, height=500)
    assert (widget.k, widget.color_by, widget.focus, widget.height) == (
        3,
        "group",
        "item-005",
        500,
    )
    screen.set(k=0)
    assert "k=0" in widget.error
    assert screen.state["k"] == 3
    screen.set(error="")
    assert widget.error == ""


def test_bulk_is_sent_once_however_often_it_is_asked_for_at_a_time(screen):
    screen.forget()
    screen.send({"type": "fetch", "parts": ["positions"] * 200 + ["graph", None, 7, "nothing"]})
    assert sorted(screen.order()) == ["graph", "positions"]


def test_an_observer_that_fails_ends_neither_the_work_nor_its_neighbours(recorded, spaces, caplog):
    def fail(change):
        msg = "an error of the user's"
        raise RuntimeError(msg)

    widget = EmbeddingCompare(*spaces, label=np.arange(len(spaces[0])) % 3, reducer="pca")
    heard = []
    for name in ("curve", "chance", "progress", "columns", "numbers"):
        widget.observe(fail, name)
    widget.observe(lambda change: heard.append(change["name"]), "faithfulness")
    with caplog.at_level(logging.WARNING, "embwidget"):
        widget.wait(SECONDS)
    assert widget.error == ""
    assert heard == ["faithfulness"]
    assert {number["state"] for number in widget.numbers.values()} == {"known"}
    state = RecordedScreen(widget).state
    assert (len(state["curve"]), state["chance"] is None) == (50, False)
    assert "an observer of" in caplog.text
    with pytest.raises(RuntimeError, match="an error of the user's"):
        widget.set_trait("progress", {})
