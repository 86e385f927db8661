"""`EmbeddingCompare` with a real comm, whose messages are read here instead of on a screen."""

import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from recorded_screen import RecordedScreen
from traitlets import TraitError

import embwidget as ew
from embwidget import comparison as comparison_module
from embwidget.widget import EmbeddingCompare

N = 60
SECONDS = 60


@pytest.fixture
def spaces() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(N, 12)).astype(np.float32)
    return a, a[:, :5] + rng.normal(size=(N, 5)).astype(np.float32)


@pytest.fixture
def screen(widget) -> RecordedScreen:
    return RecordedScreen(widget)


class Gate:
    """A neighbour search that begins when it is let, so that what comes before can be seen."""

    def __init__(self, search: Callable) -> None:
        self._search = search
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def __call__(self, *args, progress, **options):
        progress("waiting", 0.0)
        assert self._open.wait(SECONDS)
        progress("searching", 0.5)
        return self._search(*args, progress=progress, **options)


@pytest.fixture
def gate(monkeypatch, recorded):
    gate = Gate(comparison_module.knn_graph)
    monkeypatch.setattr(comparison_module, "knn_graph", gate)
    yield gate
    gate.open()


def nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    """Cosine neighbours by the definition, (n, k)."""
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    distances = 1 - unit @ unit.T
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def shared_at(widget: EmbeddingCompare, k: int) -> np.ndarray:
    pair = widget.comparison
    lists = zip(nearest(pair.a.vectors, k), nearest(pair.b.vectors, k), strict=True)
    return np.array([len(set(a) & set(b)) for a, b in lists])


# -- what is there at once, and what follows -------------------------------------------------------


def test_the_first_map_is_there_before_any_neighbour_is_known(gate, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca")
    screen = RecordedScreen(widget)
    assert screen.state["n_items"] == N
    assert screen.state["space_a"] == {
        "name": "A",
        "n_dims": 12,
        "metric": "cosine",
        "engine": "",
        "recall": None,
    }
    assert screen.state["curve"] == []
    assert (screen.state["k"], screen.state["k_max"]) == (10, 50)
    header, (a, b) = screen.messages("positions")[0]
    assert header["reducer"] == "pca"
    assert (len(a.cast("B")), len(b.cast("B"))) == (N * 4, N * 4)
    assert screen.ask("neighbors", item=0)[2] == "the nearest neighbours are not known yet"
    assert screen.ask("rows", items=[0])[0]["rows"][0]["id"] == "0"


def test_counts_curve_and_graph_follow(gate, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca", k_max=20)
    screen = RecordedScreen(widget)
    gate.open()
    assert widget.wait(SECONDS) is widget
    header, (counts,) = screen.messages("shared")[0]
    assert header["k_max"] == 20
    counts = np.frombuffer(counts, np.uint8).reshape(20, N)
    for k in (1, 10, 20):
        np.testing.assert_array_equal(counts[k - 1], shared_at(widget, k))
    header, (indices_a, distances_a, indices_b, _) = screen.messages("graph")[0]
    assert header == {"type": "graph", "k_max": 20, "dtype": "uint16"}
    for indices, vectors in zip((indices_a, indices_b), spaces, strict=True):
        found = np.frombuffer(indices, "<u2").reshape(N, 20)
        np.testing.assert_array_equal(found, nearest(vectors, 20))
    assert (np.diff(np.frombuffer(distances_a, "<f4").reshape(N, 20)) >= 0).all()
    value, low, high, chance = screen.state["curve"][9]
    jaccard = shared_at(widget, 10) / (20 - shared_at(widget, 10))
    assert value == pytest.approx(jaccard.mean(), abs=1e-6)
    assert low <= value <= high
    assert 0 < chance < 1
    assert screen.state["space_a"]["engine"] == "exact"
    assert screen.state["progress"] == {"step": "", "share": 1.0}
    assert screen.state["error"] == ""
    # The page would ask for the counts if it heard of the curve first.
    assert screen.order().index("shared") < len(screen.order()) - screen.order()[::-1].index(
        "curve"
    )


def test_the_final_maps_follow_the_first(recorded, spaces):
    def mirrored(x):
        return x[:, :2] * [-1, 1]

    widget = EmbeddingCompare(*spaces, reducer=mirrored).wait(SECONDS)
    names = [header["reducer"] for header, _ in RecordedScreen(widget).messages("positions")]
    assert names == ["pca", "mirrored"]
    assert widget.reducer == "mirrored"


def test_the_default_maps_are_drawn_by_umap(recorded, spaces):
    widget = EmbeddingCompare(*spaces).wait(SECONDS)
    assert widget.error == ""
    assert widget.reducer == "umap"


def test_progress_names_the_steps_and_only_grows(recorded, spaces):
    shares, steps = [], []
    widget = EmbeddingCompare(*spaces, reducer=lambda x: x[:, :2])
    widget.observe(lambda change: shares.append(change["new"]["share"]), "progress")
    widget.observe(lambda change: steps.append(change["new"]["step"]), "progress")
    widget.wait(SECONDS)
    assert shares == sorted(shares)
    assert steps[-1] == ""
    assert shares[-1] == 1.0


def test_ready_sends_everything_again(widget, screen):
    widget.selection = [1, 2]
    screen.forget()
    screen.send({"type": "ready"})
    assert screen.order() == ["positions", "shared", "graph", "selection"]


def test_a_comparison_that_is_there_is_not_computed_again(recorded, monkeypatch, spaces):
    comparison = ew.compare(*spaces)
    monkeypatch.setattr(comparison_module, "knn_graph", None)
    widget = EmbeddingCompare.from_comparison(comparison, reducer="pca")
    assert widget.comparison is comparison
    assert RecordedScreen(widget).messages("shared")
    assert len(widget.curve) == comparison.k_max
    assert widget.wait(SECONDS).error == ""


# -- questions -------------------------------------------------------------------------------------


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
            "text": "the title of 3",
            "image": "image/png",
        },
        {"item": 0, "id": "item-000", "label": group[0], "text": None, "image": "image/png"},
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
        ("neighbors", {"item": 80}, "there is no item at position 80: they go from 0 to 79"),
        ("neighbors", {}, "there is no item at position None"),
        ("rows", {"items": [True]}, "there is no item at position True"),
        ("rows", {"items": list(range(80)) * 30}, "at most 2000"),
        ("column", {"name": "titel"}, "there is no column 'titel'"),
        ("column", {"name": "title"}, "79 of its 79 values are different"),
        ("shared", {"k": 21}, "k must be in 1..20, not 21"),
        ("search", {"query": 3, "limit": 1}, "query must be a text"),
        ("weather", {}, "there is no question 'weather'"),
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
    assert {"name": script, "kind": "category"} in widget.columns


# -- selection, focus, k, colour -------------------------------------------------------------------


def test_a_selection_set_in_python_is_sent_and_one_from_the_screen_is_not_sent_back(widget, screen):
    heard = []
    widget.observe(lambda change: heard.append(change["new"].tolist()), "selection")
    widget.selection = np.arange(80) % 2 == 0
    header, (mask,) = screen.messages("selection")[-1]
    assert header["encoding"] == "mask"
    assert np.unpackbits(np.frombuffer(mask, np.uint8), bitorder="little").tolist() == [1, 0] * 40
    screen.forget()
    screen.send({"type": "selection", "encoding": "positions"}, np.array([5, 3], "<u4"))
    assert widget.selection.tolist() == [3, 5]
    assert heard == [list(range(0, 80, 2)), [3, 5]]
    assert screen.messages("selection") == []
    # The screen has [3, 5], so going back to what Python had before must reach it.
    widget.selection = np.arange(80) % 2 == 0
    assert len(screen.messages("selection")) == 1


def test_an_observer_may_change_what_the_screen_selected(widget, screen):
    def only_even(change):
        widget.selection = [i for i in change["new"] if i % 2 == 0]

    widget.observe(only_even, "selection")
    screen.send({"type": "selection", "encoding": "positions"}, np.array([1, 2, 4], "<u4"))
    assert widget.selection.tolist() == [2, 4]
    header, (buffer,) = screen.messages("selection")[-1]
    assert header["encoding"] == "positions"
    assert np.frombuffer(buffer, "<u4").tolist() == [2, 4]


def test_a_broken_selection_is_answered_with_the_one_that_holds(widget, screen):
    widget.selection = [1]
    screen.forget()
    screen.send({"type": "selection", "encoding": "positions"}, np.array([99], "<u4"))
    assert widget.selection.tolist() == [1]
    assert "position 99" in screen.state["error"]
    assert len(screen.messages("selection")) == 1
    screen.send({"type": "selection", "encoding": "positions"})
    assert "one buffer" in screen.state["error"]


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
    with pytest.raises(TraitError, match=r"k must be an integer in 1..20"):
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


# -- frames ----------------------------------------------------------------------------------------


def test_the_selected_frame_is_that_of_brute_force_at_the_current_k(widget, screen):
    screen.send({"type": "selection", "encoding": "positions"}, np.array([2, 70], "<u4"))
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


# -- what goes wrong -------------------------------------------------------------------------------


def test_an_error_of_the_worker_is_shown_and_raised_and_leaves_the_rest_usable(recorded, spaces):
    def broken(x):
        msg = "no map today\nmore lines"
        raise ValueError(msg)

    widget = EmbeddingCompare(*spaces, reducer=broken)
    with pytest.raises(ValueError, match="no map today"):
        widget.wait(SECONDS)
    screen = RecordedScreen(widget)
    assert screen.state["error"] == "no map today"
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
    assert widget.error.startswith("MemoryError")


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
    lasso = threading.Thread(
        target=RecordedScreen(widget).send,
        args=({"type": "selection", "encoding": "positions"}, np.array([3], "<u4")),
    )
    lasso.start()
    gate.open()
    lasso.join(SECONDS)
    assert [frame["id"].tolist() for frame in frames] == [[3]]


def with_value(x, value):
    return np.where(np.arange(x.size).reshape(x.shape) == 3, value, x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, b: {"a": a[0]}, "n_samples, n_dims"),
        (lambda a, b: {"a": [[1.0], [1.0, 2.0]]}, "length|ragged|shape"),
        (lambda a, b: {"a": with_value(a, np.nan)}, "(?i)nan"),
        (lambda a, b: {"b": with_value(b, np.inf)}, "inf|finite"),
        (lambda a, b: {"b": b[:-1]}, "ids"),
        (lambda a, b: {"a": a[:0], "b": b[:0]}, "empty|no rows|0 rows|at least"),
        (lambda a, b: {"a": np.full(a.shape, "x", object)}, "object|numbers"),
        (lambda a, b: {"ids": [0] * N}, "unique|twice|duplicate|more than once"),
        (lambda a, b: {"ids": range(3)}, "ids"),
        (lambda a, b: {"n_neighbors": N}, "n_neighbors"),
        (lambda a, b: {"k_max": 0}, "k_max|n_neighbors"),
        (lambda a, b: {"metric": "manhattan"}, "cosine"),
        (lambda a, b: {"engine": "magic"}, "exact"),
        (lambda a, b: {"label": "kind"}, "kind"),
        (lambda a, b: {"label": ["x"] * 3}, "label"),
        (lambda a, b: {"metadata": pd.DataFrame({"x": [1, 2]})}, "metadata"),
        (lambda a, b: {"color_by": "kind"}, "color_by='kind' is no column"),
        (lambda a, b: {"text": "title"}, "there is no column 'title'"),
        (lambda a, b: {"image": "thumb"}, "there is no column 'thumb'"),
        (lambda a, b: {"image": np.zeros((3, 8, 8))}, "3 pictures for 60 rows of a"),
        (lambda a, b: {"image": [b"<svg>"] * N}, "allowed: PNG"),
        (lambda a, b: {"reducer": "mds"}, "'umap', 'pca\\+umap'"),
        (lambda a, b: {"reducer": 3}, "fit_transform"),
        (lambda a, b: {"height": 10}, "height"),
    ],
)
def test_bad_input_is_refused_in_the_cell_with_one_line(recorded, spaces, change, message):
    a, b = spaces
    arguments = {"a": a, "b": b, **change(a, b)}
    with pytest.raises((ValueError, TypeError, TraitError), match=message) as caught:
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


# -- around the widget -----------------------------------------------------------------------------


def test_widgets_do_not_mix(recorded, spaces):
    one = EmbeddingCompare(*spaces, reducer="pca")
    two = EmbeddingCompare(*spaces[::-1], reducer="pca")
    one.selection, one.k, one.focus = [1, 2], 3, 5
    RecordedScreen(two).send({"type": "selection", "encoding": "positions"}, np.array([9], "<u4"))
    assert (one.selection.tolist(), one.k, one.focus) == ([1, 2], 3, 5)
    assert (two.selection.tolist(), two.k, two.focus) == ([9], 10, None)
    assert one.space_a["n_dims"] == two.space_b["n_dims"] == 12


def test_closing_stops_the_work(gate, spaces):
    widget = EmbeddingCompare(*spaces)
    widget.close()
    gate.open()
    widget.wait(SECONDS)
    assert widget.curve == []


def test_its_text_says_what_it_shows(widget):
    value = widget.curve[9][0]
    expected = f"EmbeddingCompare: A (16 d) and B (6 d), 80 items, mean IoU {value:.3f} at k = 10"
    assert repr(widget) == expected


def test_a_note_stands_below_the_widget_for_when_its_kernel_is_gone(recorded, monkeypatch, spaces):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, *, raw, metadata=None: shown.append(data)
    )
    named = ew.Space(spaces[0], name="<b>mine</b>")
    EmbeddingCompare(named, spaces[1], reducer="pca")._ipython_display_()
    view, note = shown
    assert "application/vnd.jupyter.widget-view+json" in view
    assert note.keys() == {"text/html"}
    assert "&lt;b&gt;mine&lt;/b&gt;" in note["text/html"]
    assert "run the cell again" in note["text/html"]


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_a_script_may_end_while_the_work_goes_on():
    done = run(
        "import numpy as np, embwidget as ew\n"
        "x = np.random.default_rng(0).normal(size=(3000, 64))\n"
        "w = ew.EmbeddingCompare(x, x[:, :32])\n"
        "print(w)"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("EmbeddingCompare: A (64 d) and B (32 d), 3,000 items")


def test_a_missing_bundle_says_how_to_build_it(tmp_path: Path):
    package = Path(ew.__file__).parent
    shutil.copytree(package, tmp_path / "embwidget", ignore=shutil.ignore_patterns("static"))
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from embwidget import EmbeddingCompare"
    )
    assert "npm ci && npm run build" in run(code).stderr.splitlines()[-1]
