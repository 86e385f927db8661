"""What `EmbeddingCompare` refuses, and what goes wrong behind it."""

import io
import threading

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from recorded_screen import RecordedComm, RecordedScreen
from widget_tools import SECONDS, N

import embwidget as ew
from embwidget.comparison import comparison as comparison_module
from embwidget.widget import EmbeddingCompare


def test_an_error_of_the_worker_is_shown_and_raised_and_leaves_the_rest_usable(recorded, spaces):
    def broken(x):
        msg = "no map today\nmore lines"
        raise ValueError(msg)

    widget = EmbeddingCompare(*spaces, reducer=broken)
    with pytest.raises(ValueError, match="no map today"):
        widget.wait(SECONDS)
    screen = RecordedScreen(widget)
    assert screen.state["error"] == "while drawing map A by broken: no map today"
    assert screen.state["progress"]["step"] == ""
    assert widget.reducer == "pca"
    assert len(widget.comparison.curve()) == widget.k_max


def test_a_search_that_fails_is_raised_by_comparison_too(recorded, monkeypatch, spaces):
    def broken(*args, **options):
        raise MemoryError

    monkeypatch.setattr(comparison_module, "knn_graph", broken)
    widget = EmbeddingCompare(*spaces)
    for read in (widget.wait, widget.selected_frame, lambda: widget.comparison):
        with pytest.raises(MemoryError):
            read()
    assert widget.error == "while searching the neighbours in A: MemoryError"


def test_a_comm_that_fails_ends_nothing_and_the_page_gets_all_when_it_is_ready(monkeypatch, spaces):
    class FailingComm(RecordedComm):
        broken = True

        def publish_msg(self, msg_type, **message):
            if self.broken and msg_type != "comm_open":
                raise ConnectionError
            super().publish_msg(msg_type, **message)

    monkeypatch.setattr("comm.create_comm", FailingComm)
    heard = []
    widget = EmbeddingCompare(*spaces, reducer="pca")
    widget.observe(lambda change: heard.append(change["new"]), "k")
    widget.wait(SECONDS).k = 3
    assert heard == [3]
    screen = RecordedScreen(widget)
    assert (screen.state["curve"], screen.state["k"]) == ([], 10)
    widget.comm.broken = False
    screen.send({"type": "ready"})
    assert (screen.state["curve"], screen.state["k"]) == (widget.curve, 3)
    assert screen.state["progress"]["share"] == 1.0
    versions = screen.messages("holds")[0][0]["versions"]
    assert versions == {"positions": 1, "shared": 1, "graph": 1}


@pytest.mark.parametrize("how", ["method", "message"])
def test_cancelling_leaves_what_is_there(gate, spaces, how):
    widget = EmbeddingCompare(*spaces)
    screen = RecordedScreen(widget)
    widget.cancel() if how == "method" else screen.send({"type": "cancel"})
    gate.open()
    assert widget.wait(SECONDS) is widget
    assert screen.state["progress"]["step"] == ""
    assert screen.state["error"] == ""
    widget.selection = [1]
    assert screen.ask("search", query="1", limit=1)[0]["items"] == [1]
    with pytest.raises(RuntimeError, match="cancelled before the nearest neighbours"):
        _ = widget.comparison


def test_waiting_ends_after_its_time(gate, spaces):
    widget = EmbeddingCompare(*spaces)
    with pytest.raises(TimeoutError, match=r"not done after 0\.01 s"):
        widget.wait(0.01)


def test_an_observer_may_wait_for_what_the_worker_finds(gate, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca")
    frames = []
    widget.observe(lambda _: frames.append(widget.selected_frame()), "selection")
    lasso = threading.Thread(target=RecordedScreen(widget).select, args=([3],))
    lasso.start()
    gate.open()
    lasso.join(SECONDS)
    assert [frame["id"].tolist() for frame in frames] == [[3]]


def with_value(x, value):
    return np.where(np.arange(x.size).reshape(x.shape) == 3, value, x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda a, b: {"a": a[0]},
            r"a: vectors: expected shape .*, got \(12,\)",
        ),
        (lambda a, b: {"a": [[1.0], [1.0, 2.0]]}, r"row 0 has shape \(1,\) and row 1 \(2,\)"),
        (lambda a, b: {"a": with_value(a, np.nan)}, "a: vectors: row 0, column 3 is nan"),
        (lambda a, b: {"b": with_value(b, np.inf)}, "b: vectors: row 0, column 3 is inf"),
        (lambda a, b: {"b": b[:-1]}, "a has 60 rows and b has 59, and neither has ids: give ids"),
        (lambda a, b: {"a": a[:0], "b": b[:0]}, r"shape \(0, 12\) holds nothing: at least 1 row"),
        (
            lambda a, b: {"a": np.full(a.shape, "x", object)},
            "'x' is not a number",
        ),
        (lambda a, b: {"ids": [0] * N}, "ids: not unique: 0"),
        (lambda a, b: {"ids": range(3)}, "ids: 60 are needed, one for each row"),
        (lambda a, b: {"n_neighbors": N}, "n_neighbors=60: "),
        (lambda a, b: {"k_max": 0}, "k_max=0: give a whole number of at least 1"),
        (lambda a, b: {"metric": "manhattan"}, "metric='manhattan' is not known"),
        (lambda a, b: {"engine": "magic"}, "engine='magic' is not known"),
        (lambda a, b: {"label": "kind"}, "label='kind': there is no metadata"),
        (lambda a, b: {"label": ["x"] * 3}, "label: 3 values for 60 rows of a"),
        (lambda a, b: {"metadata": pd.DataFrame({"x": [1, 2]})}, "metadata: 2 rows for 60 items"),
        (lambda a, b: {"color_by": "kind"}, "color_by='kind' is no column"),
        (lambda a, b: {"text": "title"}, "there is no column 'title'"),
        (lambda a, b: {"image": "thumb"}, "there is no column 'thumb'"),
        (lambda a, b: {"image": np.zeros((3, 8, 8))}, "3 pictures for 60 rows of a"),
        (lambda a, b: {"image": [b"<svg>"] * N}, "allowed: PNG"),
        (lambda a, b: {"reducer": "mds"}, "reducer='mds' is not known"),
        (lambda a, b: {"reducer": 3}, "reducer=3 is not known: .*fit_transform"),
        (lambda a, b: {"height": 10}, "height=10: give a whole number from 240 to 4000"),
    ],
)
def test_bad_input_is_refused_in_the_cell_with_one_line(recorded, spaces, change, message):
    a, b = spaces
    arguments = {"a": a, "b": b, **change(a, b)}
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        EmbeddingCompare(arguments.pop("a"), arguments.pop("b"), **arguments)
    assert "\n" not in str(caught.value)


def test_ids_that_have_nothing_in_common_are_refused(recorded, spaces):
    a = ew.Space(spaces[0], ids=[f"a{i}" for i in range(N)])
    b = ew.Space(spaces[1], ids=[f"b{i}" for i in range(N)])
    with pytest.raises(ValueError, match="a0"):
        EmbeddingCompare(a, b)


def test_lists_longer_than_the_screen_can_count_are_refused(recorded):
    many = np.random.default_rng(0).normal(size=(300, 3))
    with pytest.raises(ValueError, match="k_max=255: the widget takes at most 254"):
        EmbeddingCompare(many, many, k_max=255)


def test_pictures_by_row_belong_to_the_rows_of_a(recorded, spaces):
    a = ew.Space(spaces[0], ids=np.arange(N))
    b = ew.Space(spaces[1], ids=(np.arange(N) + 2)[::-1])
    pictures = [np.full((1, 1), row, np.uint8) for row in range(N)]
    widget = EmbeddingCompare(a, b, image=pictures, reducer="pca")
    assert widget.n_items == N - 2
    result, (png,), _ = RecordedScreen(widget).ask("rows", items=[0])
    assert result["rows"][0]["id"] == "2"
    assert np.asarray(Image.open(io.BytesIO(png))).tolist() == [[2]]
