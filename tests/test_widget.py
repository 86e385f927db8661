"""`EmbeddingCompare` with a real comm: what is there at once, what follows, what it leaves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS, N, nearest, shared_at

import embwidget as ew
from embwidget.comparison import comparison as comparison_module
from embwidget.widget import EmbeddingCompare


def test_the_first_map_is_there_before_any_neighbour_is_known(gate, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca")
    screen = RecordedScreen(widget)
    assert screen.state["n_items"] == N
    assert screen.state["space_a"] == {
        "name": "A",
        "n_dims": 12,
        "metric": "cosine",
        "distance": "cos. dist.",
        "engine": "",
        "recall": None,
    }
    assert screen.state["curve"] == []
    assert (screen.state["k"], screen.state["k_max"]) == (10, 50)
    assert widget.positions_a.shape == widget.positions_b.shape == (N, 2)
    header, (a, b) = screen.messages("positions")[0]
    assert (header["version"], header["reducer"]) == (1, "pca")
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
    assert header == {"type": "graph", "version": 1, "k_max": 20, "dtype": "uint16", "pair": [0, 1]}
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
    assert screen.state["progress"] == {"step": "", "share": 1.0, "seconds_left": None}
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
    a = spaces[0][:, :2] * [-1, 1]
    np.testing.assert_allclose(np.ptp(widget.positions_a, axis=0), np.ptp(a, axis=0), rtol=1e-5)
    assert widget.positions_b.shape == (N, 2)


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


def test_a_page_that_was_there_is_sent_nothing_twice(widget, screen):
    widget.selection = [1, 2]
    screen.forget()
    screen.send({"type": "ready"})
    # Its state once more: what a host lost before the page listened.
    assert set(screen.order()) == {*vars(widget.session.state), "holds"}
    assert len(screen.order()) == len(vars(widget.session.state)) + 1
    versions = screen.messages("holds")[0][0]["versions"]
    assert versions == {"positions": 1, "shared": 1, "graph": 1}


@pytest.mark.parametrize(
    ("most", "sent"), [(N * 20 * 12, ["shared", "graph"]), (N * 20, ["shared"]), (N * 20 - 1, [])]
)
def test_what_is_large_stays_in_the_kernel_and_is_asked_for(
    recorded, monkeypatch, spaces, most, sent
):
    monkeypatch.setattr("embwidget.session.wire.screen.MAX_BULK_BYTES", most)
    widget = EmbeddingCompare(*spaces, reducer="pca", k_max=20).wait(SECONDS)
    screen = RecordedScreen(widget)
    assert [name for name in screen.order() if name in ("shared", "graph")] == sent
    _, (counts,), _ = screen.ask("shared", k=3)
    np.testing.assert_array_equal(np.frombuffer(counts, np.uint8), shared_at(widget, 3))
    _, (indices, *_), _ = screen.ask("neighbors", item=5)
    np.testing.assert_array_equal(np.frombuffer(indices, "<u4"), nearest(spaces[0], 20)[5])


def test_a_page_that_came_late_gets_what_it_asks_for(widget, screen):
    sent = screen.messages("positions")[-1]
    screen.forget()
    screen.send({"type": "fetch", "parts": ["positions", "graph", "weather", 3, None]})
    assert screen.order() == ["positions", "graph"]
    assert screen.messages("positions")[-1] == sent
    screen.forget()
    screen.send({"type": "fetch"})
    assert screen.order() == []


def test_a_new_map_is_a_new_version(recorded, spaces):
    widget = EmbeddingCompare(*spaces, reducer=lambda x: x[:, :2]).wait(SECONDS)
    screen = RecordedScreen(widget)
    assert [header["version"] for header, _ in screen.messages("positions")] == [1, 2]
    screen.send({"type": "ready"})
    assert screen.messages("holds")[0][0]["versions"]["positions"] == 2


def test_a_comparison_that_is_there_is_not_computed_again(recorded, monkeypatch, spaces):
    comparison = ew.compare(*spaces)
    monkeypatch.setattr(comparison_module, "knn_graph", None)
    widget = EmbeddingCompare.from_comparison(comparison, reducer="pca")
    assert widget.comparison is comparison
    assert RecordedScreen(widget).messages("shared")
    assert len(widget.curve) == comparison.k_max
    assert widget.wait(SECONDS).error == ""


def test_widgets_do_not_mix(recorded, spaces):
    one = EmbeddingCompare(*spaces, reducer="pca")
    two = EmbeddingCompare(*spaces[::-1], reducer="pca")
    one.selection, one.k, one.focus = [1, 2], 3, 5
    RecordedScreen(two).select([9])
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
    same = f"about {widget.comparison.shared().mean():.1f} of 10 neighbours are the same"
    assert repr(widget) == f"EmbeddingCompare: A (16 d) and B (6 d), 80 items, {same}"


def test_a_note_stands_below_the_widget_for_when_its_kernel_is_gone(recorded, monkeypatch, spaces):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, *, raw, **_how: shown.append(data))
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


@pytest.mark.parametrize(
    ("kind", "remedy"), [("checkout", "npm ci && npm run build"), ("installation", "reinstall")]
)
def test_a_missing_bundle_says_how_to_get_it(tmp_path: Path, kind: str, remedy: str):
    package = Path(ew.__file__).parent
    shutil.copytree(package, tmp_path / "embwidget", ignore=shutil.ignore_patterns("static"))
    if kind == "checkout":
        (tmp_path / "package.json").write_text("{}")
        (tmp_path / "js").mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from embwidget import EmbeddingCompare"
    )
    last = run(code).stderr.splitlines()[-1]
    others = {"npm ci && npm run build", "reinstall"} - {remedy}
    assert remedy in last
    assert not [other for other in others if other in last]
