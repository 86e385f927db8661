"""When a widget knows what is measured after the neighbours, and what it says until then."""

import numpy as np
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS, N

import embwidget as ew
from embwidget.measures.neighbors.chance import permutations_for
from embwidget.session.answers.numbers import queries_for
from embwidget.widget import EmbeddingCompare


def test_numbers_follow_the_neighbours_and_bring_their_columns(gate, spaces):
    labels = np.arange(N) % 3
    widget = EmbeddingCompare(*spaces, label=labels, reducer="pca", color_by="wins")
    screen = RecordedScreen(widget)
    assert {info["state"] for info in screen.state["numbers"].values()} == {"coming"}
    assert [c["name"] for c in screen.state["columns"]] == ["coincidence", "label"]
    assert (screen.state["chance"], screen.state["faithfulness"]) == (None, None)
    assert screen.state["color_by"] == "wins"
    assert screen.ask("quality")[2] == "the nearest neighbours are not known yet"
    gate.open()
    widget.wait(SECONDS)
    assert {info["state"] for info in screen.state["numbers"].values()} == {"known"}
    assert [(c["name"], c["source"]) for c in screen.state["columns"]] == [
        ("coincidence", "measured_at_k"),
        ("wins", "measured_at_k"),
        ("faithfulness_a", "measured"),
        ("faithfulness_b", "measured"),
        ("group_a", "measured"),
        ("group_b", "measured"),
        ("k_occurrence_a", "measured_at_k"),
        ("k_occurrence_b", "measured_at_k"),
        ("rbo", "measured_at_k"),
        ("rank_similarity", "measured_at_k"),
        ("label", "metadata"),
    ]


@pytest.mark.parametrize("soon", [True, False], ids=["umap", "another"])
def test_maps_that_are_drawn_soon_come_before_chance(gate, spaces, soon):
    def another(x):
        return x[:, :2]

    widget = EmbeddingCompare(*spaces, reducer="umap" if soon else another)
    steps = []
    widget.observe(
        lambda change: steps.append(
            (widget.reducer not in {"", "pca"}, widget.numbers["chance"]["state"] == "known")
        ),
        ["reducer", "numbers"],
    )
    gate.open()
    widget.wait(SECONDS)
    assert ((True, False) if soon else (False, True)) in steps
    assert ((False, True) if soon else (True, False)) not in steps
    assert steps[-1] == (True, True)


def test_without_a_label_there_is_no_quality_and_the_panel_says_what_to_do(recorded, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca").wait(SECONDS)
    screen = RecordedScreen(widget)
    assert screen.state["numbers"]["quality"]["state"] == "none"
    assert "pass label=" in screen.state["numbers"]["quality"]["note"]
    assert screen.state["chance"]["within"] is None
    assert "wins" not in [column["name"] for column in screen.state["columns"]]
    assert "pass label=" in screen.ask("quality")[2]


@pytest.mark.parametrize("number", ["chance", "groups", "faithfulness", "quality"])
def test_an_error_in_one_number_leaves_the_others(recorded, monkeypatch, spaces, number):
    def fail(*args, **options):
        msg = f"no {number} today\nmore lines"
        raise MemoryError(msg)

    monkeypatch.setattr(ew.comparison.Comparison, number, fail)
    widget = EmbeddingCompare(*spaces, label=np.arange(N) % 3, reducer="pca").wait(SECONDS)
    numbers = RecordedScreen(widget).state["numbers"]
    assert numbers.pop(number) == {"state": "failed", "note": f"MemoryError: no {number} today"}
    assert {info["state"] for info in numbers.values()} == {"known"}
    assert widget.error == ""
    assert widget.progress["share"] == 1.0


def test_a_script_measures_nothing_that_is_not_asked_for(monkeypatch, spaces):
    monkeypatch.setattr(ew.comparison.Comparison, "chance", None)
    monkeypatch.setattr(ew.comparison.Comparison, "faithfulness", None)
    widget = EmbeddingCompare(*spaces, label=np.arange(N) % 3, reducer="pca", color_by="wins")
    assert widget.progress["share"] == 1.0
    assert widget.chance is None
    assert set(widget.comparison.quality(by="label")["label"]) == {0, 1, 2}


def test_of_a_million_items_less_is_looked_at():
    assert permutations_for(10_000, 50) == 100
    assert 10 <= permutations_for(1_000_000, 50) < 50
    assert queries_for(100_000) == 20_000
    assert 1000 < queries_for(1_000_000) < 20_000


def test_what_was_sampled_is_said(recorded, monkeypatch, spaces):
    monkeypatch.setattr("embwidget.session.answers.numbers.queries_for", lambda _n: 30)
    monkeypatch.setattr("embwidget.comparison.chance.permutations_for", lambda *_: 7)
    widget = EmbeddingCompare(*spaces, label=np.arange(N) % 3, reducer="pca").wait(SECONDS)
    assert widget.numbers["quality"]["note"] == "Measured on 30 of 60 items with a label."
    assert "7 permutations" in widget.numbers["chance"]["note"]
    assert widget.chance["n_permutations"] == 7
