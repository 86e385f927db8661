"""The bar: its shares, the time left, and what cancelling at any moment leaves."""

import numpy as np
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS, N

import embwidget as ew
from embwidget.comparison.comparison import prepare
from embwidget.session.time_left import TimeLeft
from embwidget.session.work_shares import shares_of
from embwidget.session.worker import Worker
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


def test_the_bar_follows_the_time_that_parts_take():
    def pair(n):
        x = np.random.default_rng(0).normal(size=(n, 8))
        return prepare(x, x)

    few, many = (shares_of(pair(n), graphs=True, maps=True, numbers=True) for n in (1000, 50_000))
    assert [*few] == sorted(few)
    assert 0 < few.first_map < few.graphs < few.maps < 1
    assert many.first_map < few.first_map
    assert many.graphs - many.first_map > few.graphs - few.first_map
    no_graphs = shares_of(pair(1000), graphs=False, maps=True, numbers=False)
    assert no_graphs.groups == no_graphs.graphs == no_graphs.first_map < no_graphs.maps == 1
    assert {*shares_of(pair(1000), graphs=False, maps=False, numbers=False)} == {1}


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


def flat(x: np.ndarray) -> np.ndarray:
    return x[:, :2]


class StopAt:
    """Stops the work of the widgets made while it is set, at their n-th sign of progress."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, n: int) -> None:
        self.heard: list[str] = []
        report = Worker._progress

        def counted(worker: Worker, step: str, share: float) -> None:
            self.heard.append(step)
            if len(self.heard) == n:
                worker.cancel()
            report(worker, step, share)

        monkeypatch.setattr(Worker, "_progress", counted)


def signs_of_a_whole_run(monkeypatch, spaces) -> list[str]:
    with monkeypatch.context() as patch:
        count = StopAt(patch, -1)
        EmbeddingCompare(*spaces, reducer=flat).wait(SECONDS)
    return count.heard


def test_cancelling_at_any_sign_of_progress_leaves_a_usable_widget(recorded, monkeypatch, spaces):
    monkeypatch.setattr("embwidget.comparison.chance.permutations_for", lambda *_: 2)
    signs = signs_of_a_whole_run(monkeypatch, spaces)
    assert len(signs) > 6
    without_map = without_graphs = without_final = without_numbers = 0
    for n in range(1, len(signs) + 1):
        with monkeypatch.context() as patch:
            stop = StopAt(patch, n)
            widget = EmbeddingCompare(*spaces, reducer=flat)
            assert widget.wait(SECONDS) is widget
        # Threads that end together give one sign, so that the last ones may not come.
        if len(stop.heard) < n:
            continue
        screen = RecordedScreen(widget)
        progress = screen.state["progress"]
        assert (progress["step"], progress["seconds_left"]) == ("", None)
        assert progress["share"] < 1
        assert screen.state["error"] == ""
        screen.send({"type": "selection", "encoding": "positions"}, np.array([3], "<u4"))
        assert widget.selection.tolist() == [3]
        assert screen.ask("rows", items=[3])[0]["rows"][0]["id"] == "3"
        if not screen.messages("positions"):
            without_map += 1
            with pytest.raises(RuntimeError, match="cancelled before the first map"):
                _ = widget.positions_a
        elif not widget.curve:
            without_graphs += 1
            with pytest.raises(RuntimeError, match="cancelled before the nearest neighbours"):
                _ = widget.comparison
        else:
            assert len(widget.selected_frame()) == 1
            without_final += widget.reducer == "pca"
            states = {info["state"] for info in screen.state["numbers"].values()}
            assert states <= {"known", "stopped", "none"}
            without_numbers += "stopped" in states
    assert without_map
    assert without_graphs
    assert 0 < without_final < without_numbers


def test_cancelling_what_is_done_changes_nothing(widget):
    before = dict(widget.progress)
    widget.cancel()
    assert widget.wait(SECONDS).progress == before
    assert len(widget.positions_a) == 80


def test_maps_of_a_cancelled_widget_can_be_made_anew(recorded, monkeypatch, spaces):
    with monkeypatch.context() as patch:
        StopAt(patch, 1)
        EmbeddingCompare(*spaces).wait(SECONDS)
    assert EmbeddingCompare(*spaces, reducer="pca").wait(SECONDS).positions_a.shape == (N, 2)


def test_a_failing_first_map_is_shown_and_raised(recorded, monkeypatch, spaces):
    def broken(*args, **options):
        msg = "no map at all"
        raise ValueError(msg)

    monkeypatch.setattr("embwidget.widget.live.preview_pair", broken)
    widget = EmbeddingCompare(*spaces)
    for read in (widget.wait, lambda: widget.positions_b, lambda: widget.comparison):
        with pytest.raises(ValueError, match="no map at all"):
            read()
    assert RecordedScreen(widget).state["error"] == "no map at all"
    assert ew.compare(*spaces).similarity >= 0
