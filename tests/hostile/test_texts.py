"""Every nasty text, wherever a text may be: the page is answered, and Python keeps the original."""

import io
import logging
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from nasty_texts import CUT, IDS, NASTY, OTHER_CUT, nasty_widget
from recorded_screen import RecordedComm, RecordedScreen

import embwidget as ew
from embwidget.io import save
from embwidget.widget import EmbeddingCompare


def shown(text: str) -> str:
    """A text as a page may have it, by the standard's own words: no half stands alone."""
    wide = text.encode("utf-16-le", "surrogatepass")
    return wide.decode("utf-16-le", "replace")


@pytest.fixture(scope="module")
def nasty() -> Iterator[EmbeddingCompare]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comm.create_comm", RecordedComm)
        widget = nasty_widget().wait(120)
        yield widget
        widget.close()


def test_rows_are_answered_in_full(nasty):
    result, _, error = RecordedScreen(nasty).ask("rows", items=list(range(len(IDS))))
    assert error == ""
    assert [row["id"] for row in result["rows"]] == [shown(item[:200]) for item in IDS]
    texts = nasty.comparison.metadata[NASTY[2]]
    assert [row["text"] for row in result["rows"]] == [shown(text[:2000]) for text in texts]


def test_every_question_of_the_screen_is_answered(nasty):
    screen = RecordedScreen(nasty)
    for kind in ("quality", "groups"):
        assert screen.ask(kind)[2] == ""
    names = [column["name"] for column in screen.state["columns"]]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) < 210
    for name in names[1:]:
        header, _, error = screen.ask("column", name=name, k=5)
        assert error == "", name
        if header["kind"] == "category":
            assert len(set(header["categories"])) == len(header["categories"])


def test_every_column_colours_by_its_own_name_and_by_that_of_the_screen(nasty):
    screen = RecordedScreen(nasty)
    known = {column["name"] for column in screen.state["columns"]}
    used = set()
    for name in NASTY:
        nasty.color_by = name
        assert nasty.color_by == name
        used.add(screen.state["color_by"])
    assert used <= known
    assert len(used) == len(NASTY)
    for wire in sorted(used):
        screen.set(color_by=wire)
        assert nasty.color_by in NASTY
        assert nasty.error == ""


def test_search_finds_what_the_screen_shows(nasty):
    screen = RecordedScreen(nasty)
    for row, text in enumerate(NASTY):
        for query in {text, shown(text)}:
            result, _, error = screen.ask("search", query=query, limit=2000)
            assert error == ""
            if query.strip():
                assert row in result["items"], ascii(query[:50])


def test_selection_and_focus_keep_the_ids(nasty):
    nasty.selection = np.arange(len(IDS))
    assert nasty.selected_frame()["id"].tolist() == IDS
    for item in (CUT, OTHER_CUT, "end\0", "", " ", "__proto__", "x" * 1_000_000):
        nasty.focus = item
        assert nasty.focus == item
        assert set(nasty.neighbors_frame()["id_a"]) <= set(IDS)
    assert not nasty.comparison.neighbors(CUT).equals(nasty.comparison.neighbors(OTHER_CUT))
    with pytest.raises(KeyError) as refused:
        nasty.comparison.neighbors("\ud83f")
    assert len(str(refused.value).encode()) < 400


def test_whatever_is_printed_can_be(nasty, caplog):
    c = nasty.comparison
    for printed in (nasty, c, c.a, c.b, c.join_report, c.similarity):
        str(printed).encode()
        repr(printed).encode()
    data = nasty._repr_mimebundle_()
    str(data).encode()
    with caplog.at_level(logging.DEBUG, "embwidget"):
        RecordedScreen(nasty).send({"type": CUT})
    nasty.error.encode()
    assert not caplog.records


@pytest.mark.parametrize("name", ["plot", "plot_quality", "plot_groups"])
def test_plots_are_drawn(nasty, name):
    figure = getattr(nasty.comparison, name)()
    for kind in ("png", "svg"):
        figure.savefig(io.BytesIO(), format=kind, dpi=40)


def test_ids_are_joined_saved_and_loaded_as_they_are(tmp_path):
    vectors = np.random.default_rng(1).normal(size=(len(IDS), 4)).astype(np.float32)
    order = np.random.default_rng(2).permutation(len(IDS))
    a = ew.Space(vectors, ids=IDS, name=CUT)
    b = ew.Space(vectors[order], ids=[IDS[row] for row in order])
    joined_a, joined_b, report = ew.join(a, b)
    assert joined_a.ids.tolist() == joined_b.ids.tolist() == IDS
    np.testing.assert_array_equal(joined_a.vectors, joined_b.vectors)
    assert report.matched == len(IDS)
    save(a, tmp_path / "a.npz")
    back = ew.load(tmp_path / "a.npz")
    assert (back.ids.tolist(), back.name) == (IDS, CUT)


def test_columns_that_read_alike_on_the_screen_stay_two(recorded):
    vectors = np.random.default_rng(0).normal(size=(20, 3))
    values = {
        CUT: ["a"] * 20,
        OTHER_CUT: ["b"] * 20,
        "\ufffd": ["c"] * 20,
        "\ufffd (2)": ["d"] * 20,
    }
    widget = EmbeddingCompare(
        vectors, vectors, metadata=pd.DataFrame(values), label=CUT, reducer="pca"
    )
    screen = RecordedScreen(widget.wait(60))
    for name, (category, *_) in values.items():
        widget.color_by = name
        header, _, error = screen.ask("column", name=screen.state["color_by"], k=None)
        assert (header["categories"], error) == ([category], "")
    screen.set(color_by="\ufffd")
    assert widget.color_by == "\ufffd"
    assert screen.ask("rows", items=[0])[0]["rows"][0]["label"] == "a"
