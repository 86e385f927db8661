"""Named selections: what Python gives and reads, what a page does to them, and what is refused."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
import traitlets
from recorded_screen import RecordedScreen, rows_text
from session_host import PageHost
from traitlets import TraitError

from embwidget import EmbeddingCompare, Space
from embwidget.comparison import Settings
from embwidget.session.named import MAX_NAME_CHARS, MAX_NAMES
from embwidget.session.session import Session
from embwidget.session.shown import Shown
from embwidget.session.wire.encode import decode_selection

N = 40
RNG = np.random.default_rng(0)
A, B = (RNG.normal(size=(N, 5)).astype(np.float32) for _ in "ab")


def widget_of(ids) -> EmbeddingCompare:
    return EmbeddingCompare(A, B, ids=ids, reducer="pca", k_max=5, n_neighbors=5)


@pytest.fixture
def texts(recorded: None):
    widget = widget_of([f"id-{i}" for i in range(N)])
    yield widget
    widget.close()


@pytest.fixture
def numbers(recorded: None):
    widget = widget_of(np.arange(N) * 10)
    yield widget
    widget.close()


def told(screen: RecordedScreen) -> dict[str, list[int]]:
    """The named selections that the page heard of last."""
    content, buffers = screen.messages("selections")[-1]
    rows = zip(content["names"], content["encodings"], buffers, strict=True)
    return {name: decode_selection(how, data, N).tolist() for name, how, data in rows}


def name_on_page(screen: RecordedScreen, name: object, rows: list[int]) -> None:
    screen.send({"type": "name", "name": name, "rows": rows_text(rows)})


@pytest.mark.parametrize(
    "ids",
    [
        ["id-3", "id-1", "id-3"],
        ("id-1", "id-3"),
        {"id-1", "id-3"},
        iter(["id-1", "id-3"]),
        np.array(["id-3", "id-1"]),
        np.array(["id-3", "id-1"], object),
        pd.Series(["id-1", "id-3"], index=[7, 7]),
        pd.Index(["id-1", "id-3"]),
        pd.Series(["id-1", "id-3"], dtype="category"),
        np.isin(np.arange(N), [1, 3]),
        [i in (1, 3) for i in range(N)],
        pd.Series(np.isin(np.arange(N), [1, 3])),
    ],
    ids=lambda ids: type(ids).__name__,
)
def test_ids_and_masks_of_any_container_are_ids_in_row_order(texts, ids):
    texts.selections = {"rare": ids}
    assert texts.selections == {"rare": ["id-1", "id-3"]}
    assert told(RecordedScreen(texts)) == {"rare": [1, 3]}


@pytest.mark.parametrize(
    "ids", [[30, 10], np.array([10, 30], np.uint8), pd.Series([10.0, 30.0]), np.int64([10, 30])]
)
def test_whole_numbers_are_ids_and_not_rows(numbers, ids):
    numbers.selections = {"rare": ids}
    assert numbers.selections["rare"] == [10, 30]
    assert json.dumps(numbers.selections) == '{"rare": [10, 30]}'
    with pytest.raises(TraitError, match="no item has the id 3: ids are whole numbers from 0 to"):
        numbers.selections = {"rare": [3]}


def test_polars_and_narwhals_hold_ids_too(texts):
    pl = pytest.importorskip("polars")
    texts.selections = {
        "a": pl.Series(["id-1"]),
        "b": pl.Series(np.arange(N) < 2),
        "none": None,
        "empty": [],
    }
    assert texts.selections == {"a": ["id-1"], "b": ["id-0", "id-1"], "none": [], "empty": []}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"x": ["id-1", "id_2"]}, "no item has the id 'id_2'"),
        ({"x": ["nope", "id-1", "no", "not"]}, "'nope'.*2 more are unknown"),
        ({"x": [1, 2]}, "no item has the id 1"),
        ({"x": "id-1"}, "give a list or an array of ids"),
        ({"x": 5}, "give a list or an array of ids"),
        ({"x": {"id-1": 1}}, "give a list or an array of ids"),
        ({"x": pd.DataFrame({"id": ["id-1"]})}, "give a list or an array of ids"),
        ({"x": [["id-1"]]}, "flat list"),
        ({"x": np.zeros((N, 1), bool)}, "flat list"),
        ({"x": [True, False]}, "a mask has 40 values"),
        ({"x": [True] * (N - 1) + ["id-1"]}, "a mask has 40 values"),
        ({"x": pd.Series([True] * (N - 1) + [None], dtype="boolean")}, "a mask has 40 values"),
        ({"": ["id-1"]}, "is no name"),
        ({" \n": ["id-1"]}, "is no name"),
        ({"x" * (MAX_NAME_CHARS + 1): []}, "is no name"),
        ({"\ud83d": []}, "UTF-8"),
        ({3: []}, "names are texts"),
        ({None: []}, "names are texts"),
        ({str(i): [] for i in range(MAX_NAMES + 1)}, f"at most {MAX_NAMES}"),
        ([("x", ["id-1"])], "give a dict"),
        ("x", "give a dict"),
        ({"y" * 90: ["z" * 5000] * 3}, "no item has the id 'zz.*2 more"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence_and_nothing_is_taken(texts, value, why):
    before = {"old": ["id-5"]}
    texts.selections = before
    with pytest.raises(TraitError, match=why) as refused:
        texts.selections = {"first": ["id-1"], **value} if isinstance(value, dict) else value
    message = str(refused.value)
    assert "\n" not in message
    assert len(message) < 300
    assert texts.selections == before
    assert told(RecordedScreen(texts)) == {"old": [5]}


def test_a_change_in_place_is_refused_because_no_page_would_hear_of_it(texts):
    texts.selections = {"rare": ["id-1"]}
    named = texts.selections
    for change in (
        lambda: named.update(x=["id-2"]),
        lambda: named.__setitem__("x", ["id-2"]),
        lambda: named.pop("rare"),
        named.clear,
    ):
        with pytest.raises(TypeError, match="assign all of them"):
            change()
    texts.selections = {**named, "x": ["id-2"]}
    assert texts.selections == {"rare": ["id-1"], "x": ["id-2"]}
    texts.selections = texts.selections | {"x": ["id-3"]}
    assert texts.selections["x"] == ["id-3"]
    for of_it in (copy.copy(named), copy.deepcopy(named)):
        of_it["more"] = []
        assert type(of_it) is dict


def test_any_unicode_is_a_name(texts):
    names = ["שלום", "名前", "🦊 fox", "<b>bold</b>", "a\u202eb", "1", "__proto__", "constructor"]
    texts.selections = {name: [f"id-{i}"] for i, name in enumerate(names)}
    assert list(texts.selections) == names
    assert told(RecordedScreen(texts)) == {name: [i] for i, name in enumerate(names)}


def test_observers_hear_each_change_and_no_repetition(texts):
    heard = []
    texts.observe(
        lambda change: heard.append((dict(change["old"]), dict(change["new"]))), "selections"
    )
    texts.selections = {"rare": ["id-3", "id-1"]}
    texts.selections = {"rare": np.array(["id-1", "id-3"])}
    two = {"rare": ["id-1", "id-3"], "other": []}
    texts.selections = two
    texts.selections = dict(reversed(two.items()))
    assert list(texts.selections) == ["other", "rare"]
    texts.selections = {}
    texts.selections = None
    rare = {"rare": ["id-1", "id-3"]}
    assert heard == [({}, rare), (rare, two), (two, two), (two, {})]


def test_what_the_page_does_is_heard_in_python(texts):
    heard = []
    texts.observe(lambda change: heard.append(dict(change["new"])), "selections")
    screen = RecordedScreen(texts)
    name_on_page(screen, "rare", [3, 1])
    name_on_page(screen, "other", [5])
    screen.send({"type": "rename", "name": "rare", "to": "common"})
    name_on_page(screen, "other", [6])
    screen.send({"type": "forget", "name": "common"})
    rare, other = ["id-1", "id-3"], ["id-5"]
    assert heard == [
        {"rare": rare},
        {"rare": rare, "other": other},
        {"common": rare, "other": other},
        {"common": rare, "other": ["id-6"]},
        {"other": ["id-6"]},
    ]
    assert list(heard[2]) == ["common", "other"]
    # The page has done it itself.
    assert screen.messages("selections") == []
    screen.send({"type": "ready"})
    assert told(screen) == {"other": [6]}
    assert screen.state["error"] == ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"type": "name", "name": "", "rows": ""}, "is no name"),
        ({"type": "name", "name": {}, "rows": ""}, "is no name"),
        ({"type": "name", "rows": ""}, "is no name"),
        ({"type": "name", "name": "x", "rows": "ids:AA=="}, "encoding"),
        ({"type": "rename", "name": "gone", "to": "x"}, "there is no selection 'gone'"),
        ({"type": "rename", "name": "old", "to": "other"}, "already"),
        ({"type": "rename", "name": "old", "to": " "}, "is no name"),
        ({"type": "rename", "name": ["old"], "to": "x"}, "there is no selection"),
        ({"type": "forget", "name": "gone"}, "there is no selection 'gone'"),
        ({"type": "forget"}, "there is no selection None"),
    ],
)
def test_what_a_page_may_not_do_is_said_there_with_what_holds(texts, content, why):
    texts.selections = {"old": ["id-1"], "other": ["id-2"]}
    screen = RecordedScreen(texts)
    screen.forget()
    screen.send(content, np.array([1], "<u4"))
    assert why in screen.state["error"]
    assert told(screen) == {"old": [1], "other": [2]}
    assert texts.selections == {"old": ["id-1"], "other": ["id-2"]}


def test_rows_that_are_none_end_nothing(texts):
    screen = RecordedScreen(texts)
    name_on_page(screen, "x", [N])
    assert f"position {N}" in screen.state["error"]
    screen.send({"type": "name", "name": "x", "encoding": "mask"})
    assert texts.selections == {}


def test_two_widgets_are_linked_and_ids_find_their_own_rows(texts, recorded):
    order = np.arange(N)[::-1]
    other = EmbeddingCompare(
        A[order], B[order], ids=[f"id-{i}" for i in order], reducer="pca", k_max=5, n_neighbors=5
    )
    traitlets.link((texts, "selections"), (other, "selections"))
    texts.selections = {"rare": ["id-1", "id-3"]}
    assert {name: sorted(ids) for name, ids in other.selections.items()} == texts.selections
    assert told(RecordedScreen(other)) == {"rare": [N - 4, N - 2]}
    other.close()


def test_a_large_one_travels_as_a_mask(texts):
    texts.selections = {"all": [f"id-{i}" for i in range(N)]}
    content, (buffer,) = RecordedScreen(texts).messages("selections")[-1]
    assert content["encodings"] == ["mask"]
    assert buffer.nbytes == N / 8


def test_a_host_of_another_kind_hears_names_and_ids():
    ids = [f"id-{i}" for i in range(N)]
    spaces = Space(A, ids=ids), Space(B, ids=ids)
    session = Session.of_spaces(*spaces, Settings(k_max=5, n_neighbors=5), Shown(reducer="pca"))
    host = PageHost(session)
    session.start(host, watched=False)
    session.named.assign({"rare": ["id-1"]})
    assert host.state["selections"] == {"rare": ["id-1"]}
    host.say({"type": "forget", "name": "rare"})
    assert host.state["selections"] == {}
