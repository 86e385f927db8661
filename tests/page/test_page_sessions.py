"""What a page sees over the line: a comparison, its progress, its end, and the same one again."""

import asyncio
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from served import NASTY, SECONDS, N, Served, registered, serving
from widget_tools import Gate

import embwidget as ew
from embwidget.page.asked import METRICS, reducers
from embwidget.page.catalogue import Catalogue
from embwidget.page.turns import Turns
from embwidget.registry import Registry


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Searches that wait until the test lets them go on."""
    from embwidget.comparison import comparison

    gate = Gate(comparison.knn_graph)
    monkeypatch.setattr(comparison, "knn_graph", gate)
    yield gate
    gate.open()


@pytest.fixture
def quick(registry: Registry) -> Iterator[Served]:
    """A server that stops what nobody looks at at once, and keeps it."""
    with serving(Catalogue(registry, {}, {}), stop_seconds=0.0) as served:
        yield served


def text_of(positions: np.ndarray) -> str:
    return f"positions:{b64encode(positions.astype('<u4').tobytes()).decode()}"


def selected(page: Any, positions: np.ndarray) -> None:
    page.say("traits", state={"selected": text_of(positions)})


def test_a_page_sees_what_compare_finds(served: Served, registry: Registry) -> None:
    with served.page() as page:
        opened = page.open(k=7, label="kind", text="title")
        assert opened["asked"]["reducer"] == "pca"
        page.until_done()
        expected = ew.compare(registry["one"], registry["two"], n_neighbors=7, label="kind")
        assert page.state["k"] == 7
        assert page.state["curve"][6][0] == pytest.approx(expected.similarity.value)
        assert {each["state"] for each in page.state["numbers"].values()} == {"known"}
        _, (indices, *_), _ = page.ask("neighbors", item=3)
        assert np.frombuffer(indices, "<u4").tolist() == expected.graph_a.indices[3].tolist()
        assert page.ask("rows", items=[3])[0]["rows"][0]["text"] == "the title of 3"
        page.say("custom", content={"type": "weather"})
        while "'weather' is not known" not in page.state["error"]:
            page.hear()


def test_what_a_person_chooses_is_held_and_what_is_wrong_is_answered(served: Served) -> None:
    with served.page() as page:
        page.open()
        page.until_done()
        page.say("traits", state={"k": 5, "focus": 3})
        page.say("traits", state={"k": 0})
        while "k=0" not in page.state["error"]:
            page.hear()
        assert page.until("traits")["state"] == {"k": 5}
        for wrong in ({"n_items": 4}, {"error": "<b>"}, {"self": 1}, {"color_by": ["kind"]}):
            page.say("traits", state={"error": ""})
            page.say("traits", state=wrong)
            while page.until("traits")["state"].get("error", "") == "":
                pass
        assert page.is_answered()


def test_a_page_that_is_loaded_again_goes_on(served: Served) -> None:
    chosen = np.array([3, 8, 60])
    with served.page() as page:
        key = page.open()["session"]
        page.until_done()
        page.say("traits", state={"k": 5, "focus": 4, "color_by": "kind"})
        selected(page, chosen)
        assert page.is_answered()
    with served.page() as page:
        assert page.open(session=key)["session"] == key
        assert page.state["progress"] == {"step": "", "share": 1.0, "seconds_left": None}
        assert [page.state[name] for name in ("k", "focus", "color_by")] == [5, 4, "kind"]
        page.say("custom", content={"type": "ready"})
        head, _ = page.hear()
        assert head["content"]["versions"] == {"positions": 1, "shared": 1, "graph": 1}
        assert page.state["selected"] == text_of(chosen)
        # Another key, or another question, is another session.
        assert page.open(session=key, k=9)["session"] != key
    with served.page() as page:
        assert page.open(session="x" * 20)["session"] not in (key, "x" * 20)


def test_two_pages_of_one_key_do_not_share_a_session(served: Served) -> None:
    with served.page() as page, served.page() as copied:
        key = page.open()["session"]
        assert copied.open(session=key)["session"] != key
        assert page.ask("rows", items=[])[2] == ""


def test_work_that_nobody_looks_at_stops_and_begins_again(quick: Served, held: Gate) -> None:
    before = set(threading.enumerate())
    with quick.page() as page:
        key = page.open(metric="euclidean")["session"]
        page.say("traits", state={"k": 6})
        selected(page, np.array([2]))
        while not page.state["progress"]["step"].startswith("waiting"):
            page.hear()
        assert page.is_answered()
    begun = set(threading.enumerate()) - before
    (worker,) = (each for each in begun if each.name == "embwidget")
    # The search goes on, and is stopped where it says so next.
    with quick.page() as other:
        assert other.is_answered()
    held.open()
    worker.join(SECONDS)
    assert not worker.is_alive()
    with quick.page() as page:
        # What was stopped begins anew, with what a person had chosen in it.
        assert page.open(metric="euclidean", session=key)["session"] != key
        page.until_done()
        assert page.state["progress"]["share"] == 1
        assert page.state["k"] == 6
        assert page.state["selected"] == text_of(np.array([2]))


def test_cancel_stops_and_close_forgets(served: Served, held: Gate) -> None:
    with served.page() as page:
        key = page.open(metric="euclidean", k=11)["session"]
        while not page.state["progress"]["step"].startswith("waiting"):
            page.hear()
        page.say("custom", content={"type": "cancel"})
        assert page.is_answered()
        held.open()
        page.until_done()
        assert page.state["progress"]["share"] < 1
        assert page.state["error"] == ""
        page.say("close")
        assert page.open(metric="euclidean", k=11, session=key)["session"] != key
        page.until_done()
        assert page.state["progress"]["share"] == 1


def test_two_compute_at_once_and_a_third_waits(served: Served, held: Gate) -> None:
    pages = [served.page() for _ in range(4)]
    try:
        for k, page in enumerate(pages[:2], 12):
            page.open(k=k, metric="inner_product")
        for waiting, others in zip(pages[2:], (2, 3), strict=True):
            waiting.say(
                "open", asked={"a": "one", "b": NASTY, "metric": "euclidean", "reducer": "pca"}
            )
            assert waiting.until("waiting", "opened")["others"] == others
        # Whoever does not want to wait any longer lets the next one through.
        pages[2].say("close")
        assert pages[3].until("waiting", "opened")["others"] == 2
        held.open()
        assert pages[3].until("opened", "failed")["type"] == "opened"
        for page in (pages[0], pages[1], pages[3]):
            page.until_done()
            assert page.state["progress"]["share"] == 1
    finally:
        for page in pages:
            page.close()


def test_what_cannot_be_opened_is_said_and_the_next_can_be(served: Served) -> None:
    with served.page() as page:
        for asked, said in (
            ({"b": "tow"}, "there is no space 'tow'"),
            ({"k": 200}, "with 120 items give 1 to 119"),
            ({"label": "sort"}, "sort"),
            ({"metric": "hamming"}, "hamming"),
        ):
            assert said in page.open(**asked)["error"]
        assert page.open()["type"] == "opened"


def test_pages_share_comparisons(
    served: Served, monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    asked = {"a": "two", "b": NASTY, "label": "kind"}
    with served.page() as page:
        page.open(**asked)
        page.until_done()
    from embwidget.comparison import comparison

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(comparison, "knn_graph", never)
    for other in ({}, {"k": 4}, {"label": ""}, {"text": "title"}):
        with served.page() as page:
            page.open(**{**asked, **other})
            page.until_done()
            assert (page.state["error"], page.state["progress"]["share"]) == ("", 1.0)
            assert page.state["k"] == other.get("k", 10)


def test_a_space_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    registry = registered(tmp_path / "home")
    with serving(Catalogue(registry, {}, {})) as served, served.page() as page:
        page.open(b="one", k=5)
        page.until_done()
        assert page.state["curve"][4][0] == 1
        registry.remove("space", "one")
        assert "there is no space 'one'" in page.open(b="one", k=5)["error"]
        rng = np.random.default_rng(5)
        registry.add(rng.normal(size=(N, 3)).astype(np.float32), name="one", dataset="things")
        page.open(a="one", b="two", k=5)
        page.until_done()
        assert page.state["space_a"]["n_dims"] == 3


def test_the_server_only_reads_the_registry(tmp_path: Path) -> None:
    registry = registered(tmp_path / "home")

    def all_of_it() -> dict[str, bytes]:
        files = [path for path in registry.path.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in files}

    before = all_of_it()
    with serving(Catalogue(registry, {}, {})) as served, served.page() as page:
        page.open(label="kind")
        page.until_done()
    after = all_of_it()
    # What the database keeps beside itself while it is read is its own.
    assert {name: after[name] for name in before} == before
    assert all(name.endswith(("-shm", "-wal")) for name in after.keys() - before.keys())


def test_what_is_offered_can_be_had(registry: Registry) -> None:
    from embwidget.metrics.names import METRICS as ALL_METRICS
    from embwidget.projection.reducers import REDUCERS

    assert set(METRICS) <= set(ALL_METRICS)
    assert set(reducers()) <= set(REDUCERS)
    found = Catalogue(registry, {}, {}).columns("one")
    assert found == {"labels": ["kind"], "texts": ["kind", "title"], "label": "kind"}


@pytest.mark.parametrize("leaving", [[0], [1], [2], [0, 1], [2, 1, 0]])
def test_turns_come_in_their_order(leaving: list[int]) -> None:
    async def play() -> None:
        turns = Turns(2)
        tickets = [turns.join() for _ in range(5)]
        assert [turns.before(each) for each in tickets] == [0, 0, 2, 3, 4]
        for each in leaving:
            turns.leave(tickets[each])
            turns.leave(tickets[each])
        left = [each for at, each in enumerate(tickets) if at not in leaving]
        assert [turns.before(each) for each in left] == [0, 0, 2, 3, 4][: len(left)]

    # On a thread of its own: where a browser was driven before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, play()).result(SECONDS)
