"""Whatever a page says, by messages or traits: a widget lives on, and keeps its facts.

`make test` sends 200 messages; ``EMBWIDGET_FUZZ`` says how many there are otherwise.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_screen import RecordedComm, RecordedScreen

from embwidget import EmbeddingCompare
from embwidget.session.answers.answers import QUESTIONS
from embwidget.session.choices import CHOSEN

N = 60
N_MESSAGES = int(os.environ.get("EMBWIDGET_FUZZ", "200"))
# The rows of all items with their texts, and the largest numbers that are answered; or the whole
# state, with the code of the page.
MOST_BYTES = 150_000
# What the page may have changed, beside what it chose: an error, or how many of it there are.
TOLD = {*CHOSEN, "error", "_view_count"}

texts = st.text(max_size=8) | st.sampled_from(
    ["", "\ud83d", "\0", "__proto__", "constructor", "__class__", "../../etc/passwd", "x" * 5000]
)
numbers = (
    st.integers(-3, N + 3)
    | st.integers()
    | st.sampled_from([2**31, 2**53, 2**64, -(10**400), 10**4000])
    | st.floats()
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
words = st.sampled_from(
    [
        *("type", "request", "kind", "args", "item", "items", "name", "k", "query", "limit"),
        *("row", "code", "parts", "encoding", "content", "state", "method", "buffer_paths"),
    ]
)
kinds = st.sampled_from([*QUESTIONS]) | values
arguments = st.dictionaries(words, values | st.lists(numbers, max_size=4), max_size=4)
questions = st.fixed_dictionaries(
    {"type": st.just("ask"), "kind": kinds, "args": arguments | values},
    optional={"request": values},
)
rows = st.sampled_from(["", "mask:AA==", "positions:AwAAAA==", "positions:////", "mask:"]) | values
selections = st.fixed_dictionaries(
    {"type": st.just("name"), "name": values}, optional={"rows": rows}
)
fetches = st.fixed_dictionaries({"type": st.just("fetch"), "parts": values})
known_types = st.sampled_from(["ready", "drawn", "cancel", "fetch", "name", "ask"])
others = st.dictionaries(words, values, max_size=4) | st.fixed_dictionaries(
    {"type": known_types | values}
)
contents = questions | selections | fetches | others | values
names = st.sampled_from(
    [
        *(*CHOSEN, "error", "_view_count", "n_items", "columns", "numbers", "progress", "layout"),
        *("_esm", "_css", "_model_name", "_view_module", "_dom_classes", "comm", "session", "keys"),
    ]
)
states = st.dictionaries(names | texts, values, max_size=4) | st.fixed_dictionaries(
    {"selected": rows}
)
methods = st.sampled_from(["custom", "update", "request_state", "request_states"]) | values
messages = (
    contents.map(lambda content: {"method": "custom", "content": content})
    | states.map(lambda state: {"method": "update", "state": state, "buffer_paths": []})
    | st.fixed_dictionaries(
        {"method": methods},
        optional={"state": values, "content": values, "buffer_paths": values},
    )
    | values
)
buffers = st.lists(st.binary(max_size=N) | st.just(b"\xff" * 38), max_size=3)


@pytest.fixture(scope="module")
def alive() -> Iterator[EmbeddingCompare]:
    """One widget, which takes all messages."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, 6)).astype(np.float32)
    metadata = pd.DataFrame({"kind": [f"kind {i % 4}" for i in range(N)], "size": rng.random(N)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comm.create_comm", RecordedComm)
        widget = EmbeddingCompare(
            vectors,
            vectors[:, :3],
            ids=[f"item {i}" for i in range(N)],
            metadata=metadata,
            label="kind",
            text="kind",
            image=[np.full((2, 2), i, np.uint8) for i in range(N)],
            k_max=9,
            reducer="pca",
        )
        widget.wait(60)
        yield widget
        widget.close()


def facts(widget: EmbeddingCompare) -> dict[str, Any]:
    """Traits that no page may change."""
    return {name: getattr(widget, name) for name in widget.keys if name not in TOLD}


@settings(max_examples=N_MESSAGES, suppress_health_check=list(HealthCheck))
@given(message=messages, buffers=buffers)
def test_a_widget_outlives_every_message_and_keeps_its_facts(
    alive: EmbeddingCompare, message: Any, buffers: list[bytes]
) -> None:
    screen = RecordedScreen(alive)
    screen.set(error="")
    before = facts(alive)
    screen.forget()
    screen.say(message, *buffers)
    # What it made of that is JSON, which the comm here insists on; images and maps are buffers.
    log = screen.log()
    assert sum(len(str(data)) for data, _ in log) < MOST_BYTES
    assert sum(len(buffer) for _, sent in log for buffer in sent) < MOST_BYTES
    # A sentence for each thing that it may not set.
    told = message.get("state") if isinstance(message, dict) else None
    n_wrong = len(told) if isinstance(told, dict) else 1
    assert sum("error" in data.get("state", {}) for data, _ in log) <= max(1, n_wrong)
    assert len(screen.messages("reply")) <= 1
    assert facts(alive) == before
    assert 1 <= alive.k <= alive.k_max
    assert alive.focus is None or alive.focus in alive.comparison.a.ids
    assert alive.color_by in {column["name"] for column in alive.columns}
    assert isinstance(alive.error, str)
    assert len(alive.selection) == 0 or (0 <= alive.selection[0] <= alive.selection[-1] < N)
    result, _, error = screen.ask("rows", items=[3])
    assert (result["rows"][0]["id"], error) == ("item 3", "")


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ({}, "was not understood: {}"),
        (None, "was not understood: None"),
        ([1, 2], "was not understood: [1, 2]"),
        ({"method": "nope"}, "was not understood: {'method': 'nope'}"),
        ({"method": "update", "state": 5}, "was not understood"),
        ({"method": "custom", "content": ["ask"]}, "was not understood"),
        ({"method": "custom", "content": {"type": "nope"}}, "a message of type 'nope'"),
        ({"method": "custom", "content": {"type": {"a": 1}}}, "a message of type {'a': 1}"),
        ({"method": "update", "state": {"selected": "mask:AA=="}}, "a mask of "),
        ({"method": "update", "state": {"selected": "y" * 10**6}}, "and base64, not as 'yyy"),
        ({"method": "update", "state": {"k": "x" * 10**6}}, "k='xxx"),
        ({"method": "update", "state": {"color_by": ["\ud83d"] * 10**5}}, "color_by=['"),
    ],
)
def test_what_is_wrong_with_a_message_is_said_once_and_shortly(
    alive: EmbeddingCompare, message: Any, part: str
) -> None:
    screen = RecordedScreen(alive)
    screen.set(error="")
    screen.forget()
    screen.say(message)
    told = [data["state"]["error"] for data, _ in screen.log() if "error" in data.get("state", {})]
    assert len(told) == 1
    assert part in told[0]
    assert len(told[0]) < 300
    screen.set(error="")
    assert alive.error == ""


def test_an_error_may_be_cleared_by_a_page_but_not_made_up(alive: EmbeddingCompare) -> None:
    screen = RecordedScreen(alive)
    screen.set(error="<b>all is lost</b>")
    assert alive.error == ""
    assert screen.state["error"] == ""


@pytest.mark.parametrize("request_", [7, "page-3f:7", -1, 2**53])
def test_a_question_is_answered_by_its_number_or_name(
    alive: EmbeddingCompare, request_: Any
) -> None:
    screen = RecordedScreen(alive)
    screen.send({"type": "ask", "request": request_, "kind": "quality"})
    assert screen.messages("reply")[-1][0]["request"] == request_


@pytest.mark.parametrize("request_", [None, 10**400, "x" * 10**6, [1] * 10**5, {"a": 1}, 0.5])
def test_what_is_no_number_of_a_question_is_not_sent_back(
    alive: EmbeddingCompare, request_: Any
) -> None:
    screen = RecordedScreen(alive)
    screen.send({"type": "ask", "request": request_, "kind": "nope"})
    reply = screen.messages("reply")[-1][0]
    assert reply["request"] is None
    assert "question='nope' is not known" in reply["error"]
