"""The bar: when parts of the work end, the time left, and the end of it."""

from itertools import pairwise

import numpy as np
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS

import embwidget as ew
from embwidget.comparison import prepare
from embwidget.session.schedule import schedule_of
from embwidget.session.time_left import TimeLeft
from embwidget.widget import EmbeddingCompare


def test_the_time_left_is_unknown_at_first_and_then_that_of_an_even_pace():
    left = TimeLeft(100.0)
    assert left.at(101.0, 0.5) is None
    assert left.at(103.0, 0.02) is None
    assert left.at(110.0, 0.1) == pytest.approx(90)
    assert left.at(150.0, 0.5) == pytest.approx(50)
    assert left.at(200.0, 1.0) == pytest.approx(0)


def test_the_time_left_does_not_jump_when_the_pace_does():
    left = TimeLeft(0.0)
    assert left.at(10.0, 0.1) == pytest.approx(90)
    # All at once half is done: at this pace 10.1 seconds are left.
    first = left.at(10.1, 0.5)
    assert 80 < first < 90
    assert 10 < left.at(40.0, 0.75) < 30
    assert left.at(1000.0, 0.999) >= 0


def test_a_stall_is_forgotten_when_the_work_goes_on():
    left = TimeLeft(0.0)
    assert left.at(5.0, 0.05) == pytest.approx(95)
    assert left.at(65.0, 0.06) > 95
    # From here on one in a hundred each half second: 47 seconds to go at the start.
    for step in range(1, 61):
        seconds = left.at(65.0 + step / 2, 0.06 + step / 100)
    assert seconds == pytest.approx(17, rel=0.3)


def length(span):
    low, high = span
    return high - low


def test_the_bar_follows_the_time_that_parts_take():
    def pair(n):
        x = np.random.default_rng(0).normal(size=(n, 8))
        return prepare(x, x)

    few, many = (schedule_of(pair(n), graphs=True, maps=True, numbers=True) for n in (1000, 50_000))
    assert [*few][:2] == ["first map", "graphs"]
    ends = [0.0, *(end for _, end in few.values())]
    assert [*few.values()] == [*pairwise(ends)]
    assert ends == sorted(ends)
    assert ends[-1] == 1
    assert length(few["faithfulness"]) > 0 == length(few["quality"])
    assert length(many["first map"]) < length(few["first map"])
    assert length(many["graphs"]) > length(few["graphs"])
    no_graphs = schedule_of(pair(1000), graphs=False, maps=True, numbers=False)
    assert {name for name, of in no_graphs.items() if length(of) > 0} == {"first map", "maps"}
    alone = schedule_of(pair(1000), graphs=False, maps=False, numbers=False)
    assert {name for name, of in alone.items() if length(of) > 0} == {"first map"}


def test_progress_says_how_long_the_rest_takes(gate, spaces, monkeypatch):
    monkeypatch.setattr(
        "embwidget.session.worker.TimeLeft", lambda start: type("", (), {"at": lambda *_: 12.5})
    )
    widget = EmbeddingCompare(*spaces, reducer="pca")
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "progress")
    gate.open()
    widget.wait(SECONDS)
    assert 12.5 in [progress["seconds_left"] for progress in seen]
    assert seen[-1] == {"step": "", "share": 1.0, "seconds_left": None}


def test_cancelling_what_is_done_changes_nothing(widget):
    before = dict(widget.progress)
    widget.cancel()
    assert widget.wait(SECONDS).progress == before
    assert len(widget.positions_a) == 80


def test_a_failing_first_map_is_shown_and_raised(recorded, monkeypatch, spaces):
    def broken(*args, **options):
        msg = "no map at all"
        raise ValueError(msg)

    monkeypatch.setattr("embwidget.session.work.preview_pair", broken)
    widget = EmbeddingCompare(*spaces)
    for read in (widget.wait, lambda: widget.positions_b, lambda: widget.comparison):
        with pytest.raises(ValueError, match="no map at all"):
            read()
    assert RecordedScreen(widget).state["error"].endswith(": no map at all")
    assert ew.compare(*spaces).similarity >= 0
