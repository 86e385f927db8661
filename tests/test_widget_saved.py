"""A widget in a file: what was on the screen is on it again."""

import numpy as np
import pandas as pd
import pytest
from recorded_screen import RecordedScreen
from widget_tools import SECONDS, N

import embwidget as ew
from embwidget.widget import EmbeddingCompare


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "kind": [f"k{i % 3}" for i in range(N)],
            "price": np.arange(N) / 3,
            "coincidence": [f"named as what is measured {i % 2}" for i in range(N)],
        }
    )


@pytest.fixture
def widget(recorded, spaces, frame):
    ids = [f"id {i}" for i in range(N)]
    text = [f"text {i}" for i in range(N)]
    options = {"text": text, "show": ["price", "coincidence"], "label": "kind"}
    widget = EmbeddingCompare(*spaces, ids=ids, metadata=frame, height=500, **options)
    widget.wait(SECONDS)
    widget.k, widget.color_by, widget.focus = 7, "price", "id 4"
    widget.selection = [3, 5, 8]
    widget.selections = {"rare </script>": ["id 1", "id 9"], "all": ids}
    return widget


def state_of(widget):
    """All that the page is told, but for how long things took."""
    return {k: v for k, v in vars(widget.session.state).items() if k != "join_report"}


@pytest.mark.parametrize("vectors", [True, False])
def test_what_was_on_the_screen_comes_back(widget, tmp_path, vectors):
    path = tmp_path / "pair.zip"
    widget.save(path, vectors=vectors)
    opened = EmbeddingCompare.load(path).wait(SECONDS)
    assert (opened.k, opened.color_by, opened.focus, opened.height) == (7, "price", "id 4", 500)
    assert opened.selection.tolist() == [3, 5, 8]
    assert dict(opened.selections) == dict(widget.selections)
    assert list(opened.selections) == list(widget.selections)
    assert np.array_equal(opened.positions_a, widget.positions_a)
    assert np.array_equal(opened.positions_b, widget.positions_b)
    assert RecordedScreen(opened).state["reducer"] == "umap"
    pd.testing.assert_frame_equal(
        opened.selected_frame(), widget.selected_frame(), check_dtype=False
    )
    pd.testing.assert_frame_equal(opened.neighbors_frame(), widget.neighbors_frame())
    if vectors:
        assert opened.summary() == widget.summary()
        told, before = state_of(opened), state_of(widget)
        # The maps were drawn before, and are not drawn again; each widget has a key of its own.
        assert {k for k in told if told[k] != before[k]} <= {"as_given", "key"}
    else:
        numbers = RecordedScreen(opened).state["numbers"]
        assert numbers["chance"]["state"] == "known"
        assert "saved without them" in numbers["faithfulness"]["note"]
        assert opened.error == ""


def test_the_comparison_can_be_taken_out_of_it(widget, tmp_path):
    path = tmp_path / "pair.zip"
    widget.save(path)
    loaded = ew.Comparison.load(path)
    pd.testing.assert_frame_equal(
        loaded.to_frame(), widget.comparison.to_frame(), check_dtype=False
    )
    assert loaded.similarity == widget.comparison.similarity


def test_what_was_loaded_is_saved_with_what_was_shown(widget, tmp_path):
    path, again = tmp_path / "pair.zip", tmp_path / "again.zip"
    widget.save(path)
    loaded = ew.Comparison.load(path)
    loaded.save(again)
    for given in (again, loaded):
        opened = EmbeddingCompare.load(given).wait(SECONDS)
        assert opened.selection.tolist() == [3, 5, 8]
        assert dict(opened.selections) == dict(widget.selections)
        assert np.array_equal(opened.positions_a, widget.positions_a)
    # What its widget shows now is the widget's: of then nothing is saved by the comparison.
    opened.comparison.save(again)
    assert ew.Comparison.load(again).screen is None


def test_a_comparison_alone_is_shown_with_new_maps(recorded, spaces, tmp_path):
    path = tmp_path / "pair.zip"
    ew.compare(*spaces).save(path)
    opened = EmbeddingCompare.load(path).wait(SECONDS)
    assert opened.positions_a.shape == (N, 2)
    assert RecordedScreen(opened).state["reducer"] == "umap"
    ew.compare(*spaces).save(path, vectors=False)
    opened = EmbeddingCompare.load(path)
    with pytest.raises(ValueError, match="saved without them"):
        opened.wait(SECONDS)


def test_maps_of_ones_own_are_still_ones_own(recorded, spaces, tmp_path):
    mine = np.random.default_rng(0).normal(size=(2, N, 2)).astype(np.float32)
    EmbeddingCompare(*spaces, positions=tuple(mine)).wait(SECONDS).save(tmp_path / "pair.zip")
    opened = EmbeddingCompare.load(tmp_path / "pair.zip").wait(SECONDS)
    assert np.array_equal(opened.positions_a, mine[0])
    assert RecordedScreen(opened).state["reducer"] == "as given"


def test_a_widget_that_was_stopped_says_what_is_missing(gate, spaces, tmp_path):
    widget = EmbeddingCompare(*spaces)
    widget.cancel()
    gate.open()
    with pytest.raises(RuntimeError, match="cancelled before"):
        widget.save(tmp_path / "pair.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unique", [False, True])
def test_given_maps_stay_as_they_are_among_copies(recorded, spaces, unique):
    a, b = (np.array(x) for x in spaces)
    for x in (a, b):
        x[1], x[N - 1] = x[0], x[2]
    mine = np.random.default_rng(0).normal(size=(2, N, 2)).astype(np.float32)
    for given in (tuple(mine), (mine[0], None), (None, mine[1])):
        widget = EmbeddingCompare(a, b, positions=given, unique=unique, reducer="pca").wait(SECONDS)
        maps = widget.positions_a, widget.positions_b
        for drawn, own in zip(maps, given, strict=True):
            assert drawn.shape == (N, 2)
            assert own is None or np.array_equal(drawn, own)
