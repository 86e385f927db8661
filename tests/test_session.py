"""A session without a widget: what any host of it gets, and what it survives."""

import contextvars
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from session_host import PageHost
from widget_tools import SECONDS, N

from embwidget.comparison import Settings, compare
from embwidget.session.session import Session
from embwidget.session.shown import Shown
from embwidget.session.worker import Worker

PAGE = contextvars.ContextVar("page")


def flat(x: np.ndarray) -> np.ndarray:
    return x[:, :2]


def session_of(spaces, reducer="pca", **options) -> Session:
    return Session.of_spaces(*spaces, Settings(), Shown(reducer=reducer), **options)


WITHOUT_WIDGETS = """
import sys
blocked = ("traitlets", "anywidget", "ipywidgets", "comm", "IPython", "ipykernel")
sys.modules.update(dict.fromkeys(blocked))
import session_alone
print([sys.modules[name] for name in blocked])
"""


def test_a_screen_is_played_where_no_widget_library_can_be_imported():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_WIDGETS],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.stdout, done.returncode) == (f"{[None] * 6}\n", 0), done.stderr


def test_where_nobody_looks_on_all_is_done_at_once_and_numbers_wait(spaces):
    session = session_of(spaces, label=np.arange(N) % 3)
    host = PageHost(session)
    session.start(host, watched=False)
    assert host.state["progress"]["share"] == 1.0
    assert host.state["chance"] is None
    assert session.comparison.k_max == 50
    assert host.ask("quality")[0]["metrics"][0]["total"] == 3

    def broken(x):
        msg = "no map today"
        raise ValueError(msg)

    session = session_of(spaces, broken)
    with pytest.raises(ValueError, match="no map today"):
        session.start(PageHost(session), watched=False)


def test_a_comparison_is_shown_with_pictures_for_each_item(spaces):
    found = compare(*spaces)
    pictures = np.arange(N, dtype=np.uint8)[:, None, None]
    session = Session(found, Settings(), Shown(reducer="pca", image=pictures))
    host = PageHost(session)
    session.start(host, watched=False)
    assert session.comparison is found
    assert host.state["image"] == "image"
    assert host.ask("rows", items=[2])[0]["rows"][0]["image"] == "image/png"


def test_a_session_that_nobody_shows_says_so(spaces):
    session = session_of(spaces)
    with pytest.raises(RuntimeError, match="never started: give it a host"):
        session.wait()
    session.cancel()
    session.select([1, 2])
    assert session.selection.tolist() == [1, 2]


def test_the_work_runs_in_the_context_of_whoever_started_it(spaces):
    seen = []

    class Server(PageHost):
        def send(self, content, buffers):
            seen.append(PAGE.get("none"))
            super().send(content, buffers)

    session = session_of(spaces)
    token = PAGE.set("the page of this visitor")
    session.start(Server(session), watched=True)
    PAGE.reset(token)
    session.wait(SECONDS)
    assert seen == ["the page of this visitor"] * 3


class Deaf(PageHost):
    """A page that cannot be reached until it is mended."""

    broken = True

    def send(self, content, buffers):
        self.check()
        super().send(content, buffers)

    def publish(self, changes):
        self.check()
        super().publish(changes)

    def check(self):
        if self.broken:
            raise ConnectionError


def test_a_screen_that_cannot_be_reached_ends_nothing_and_catches_up(spaces):
    session = session_of(spaces, label=np.arange(N) % 3)
    host = Deaf(session)
    session.start(host, watched=True)
    session.wait(SECONDS)
    session.select([3])
    assert len(session.comparison.curve()) == 50
    assert host.state["curve"] == host.messages == []
    host.broken = False
    host.say({"type": "ready"})
    assert host.state == vars(session.state)
    assert {info["state"] for info in host.state["numbers"].values()} == {"known"}
    assert host.got("holds")[0][0]["versions"] == {"positions": 1, "shared": 1, "graph": 1}
    assert host.state["selected"] == "positions:AwAAAA=="
    host.say({"type": "fetch", "parts": ["positions"]})
    assert len(host.got("positions")) == 1


def test_what_is_not_to_be_changed_is_refused_and_none_of_it_taken(spaces):
    session = session_of(spaces)
    for values, message in (
        (
            {"k": 3, "n_items": 5},
            "n_items cannot be changed: k, color_by, focus, height, pair, error",
        ),
        ({"k": 3, "height": 10}, "height=10: give a whole number from 240 to 4000"),
        ({"k": 3, "color_by": "weather"}, "color_by='weather' is no column"),
        ({"k": 0}, "k=0: give a whole number from 1 to 50"),
    ):
        with pytest.raises(ValueError, match=message):
            session.change(**values)
        assert session.state.k == 10


def test_progress_waits_for_nobody_who_holds_the_lock():
    changed = threading.Condition(threading.RLock())
    passed = threading.Event()

    def job(progress):
        progress("searching", 0.5)
        passed.set()

    worker = Worker(job, on_progress=lambda *_: None, on_end=lambda _error: None, changed=changed)
    with changed:
        worker.start()
        assert passed.wait(SECONDS)
    worker.wait(SECONDS)


# -- cancelling ------------------------------------------------------------------------------------


class Impatient(PageHost):
    """Cancels at the first sign of a step.

    Attributes
    ----------
    steps : list of str
        Those that were told of, in their order.
    """

    def __init__(self, session: Session, stop_at: str = "") -> None:
        super().__init__(session)
        self.stop_at = stop_at
        self.steps: list[str] = []

    def publish(self, changes):
        super().publish(changes)
        step = changes.get("progress", {}).get("step")
        if step:
            self.steps.append(step)
            if step == self.stop_at:
                self.session.cancel()

    @classmethod
    def watch(cls, spaces, stop_at: str = "") -> "Impatient":
        session = session_of(spaces, flat, label=np.arange(N) % 3)
        host = cls(session, stop_at)
        session.start(host, watched=True)
        session.wait(SECONDS)
        return host


def test_cancelling_at_any_step_leaves_a_usable_session(spaces):
    steps = list(dict.fromkeys(Impatient.watch(spaces).steps))
    assert len(steps) > 6
    without = {"map": 0, "graphs": 0, "final map": 0, "numbers": 0}
    for step in steps:
        host = Impatient.watch(spaces, step)
        session = host.session
        assert host.steps[-1] == step
        progress = host.state["progress"]
        assert (progress["step"], progress["seconds_left"]) == ("", None)
        assert progress["share"] < 1
        assert host.state["error"] == ""
        session.change(selected="positions:AwAAAA==")
        assert host.selection == [3]
        assert host.ask("rows", items=[3])[0]["rows"][0]["id"] == "3"
        if not host.got("positions"):
            without["map"] += 1
            with pytest.raises(RuntimeError, match="cancelled before the first map"):
                _ = session.maps
        elif not host.state["curve"]:
            without["graphs"] += 1
            with pytest.raises(RuntimeError, match="cancelled before the nearest neighbours"):
                _ = session.comparison
        else:
            assert len(session.selected_frame()) == 1
            without["final map"] += host.state["reducer"] == "pca"
            states = {info["state"] for info in host.state["numbers"].values()}
            assert states <= {"known", "stopped", "none"}
            without["numbers"] += "stopped" in states
    assert without["map"]
    assert without["graphs"]
    assert 0 < without["final map"] < without["numbers"]


def test_what_was_cancelled_can_be_opened_anew(spaces):
    host = Impatient.watch(spaces, "drawing the first map")
    assert host.got("positions") == []
    session = session_of(spaces)
    session.start(PageHost(session), watched=True)
    session.wait(SECONDS)
    assert session.maps[0].shape == (N, 2)
