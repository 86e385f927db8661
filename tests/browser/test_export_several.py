"""Files of several spaces: off the network, any two of them are compared as in Python."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exported_page import ExportedPage, OfflineBrowser, assert_same, questions
from playwright.sync_api import Browser, Page, expect
from recorded_screen import RecordedScreen
from spaces_page import cell

import embwidget as ew

N, K, K_MAX, ITEM = 120, 10, 15, 7

_rng = np.random.default_rng(3)
KINDS = _rng.integers(0, 4, N)
_CENTERS = _rng.normal(size=(4, 10))[KINDS]
STEPS = {f"epoch {at}": _CENTERS * at + _rng.normal(size=(N, 10)) for at in range(4)}
IDS = [f"item-{at:03d}" for at in range(N)]
METADATA = pd.DataFrame({"id": IDS, "kind": [f"kind {kind}" for kind in KINDS]})


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[OfflineBrowser]:
    opened = OfflineBrowser(browser)
    yield opened
    opened.context.close()
    assert opened.elsewhere() == []


@pytest.fixture
def widget(recorded: None) -> Iterator[ew.EmbeddingCompare]:
    series = ew.Series(STEPS, ids=IDS, metadata=METADATA, label="kind")
    made = ew.EmbeddingCompare(series, reducer="pca", n_neighbors=K, k_max=K_MAX)
    yield made.wait(120)
    made.close()


def compared(a: int, b: int) -> ew.Comparison:
    one, other = (STEPS[f"epoch {at}"] for at in (a, b))
    return ew.compare(one, other, ids=IDS, k_max=K_MAX)


def expect_pair(page: Page, a: int, b: int) -> None:
    expect(page.locator(".ew-map-name")).to_have_text([f"A · epoch {a}", f"B · epoch {b}"])


def expect_answers_of(opened: ExportedPage, a: int, b: int) -> None:
    """The page shows and answers what Python says of the pair."""
    wanted, page = compared(a, b), opened.page
    for k in (1, K, K_MAX):
        _, (counts,), error = opened.ask("pair_shared", a=a, b=b, k=k)
        assert not error
        assert list(counts) == wanted.shared(k).tolist()
    _, buffers, error = opened.ask("neighbors", item=ITEM)
    assert not error
    for at, graph in enumerate((wanted.graph_a, wanted.graph_b)):
        near, far = np.frombuffer(buffers[2 * at], "<u4"), np.frombuffer(buffers[2 * at + 1], "<f4")
        assert near.tolist() == graph.indices[ITEM].tolist()
        np.testing.assert_allclose(far, graph.distances[ITEM], rtol=1.1e-4)
    mean = wanted.mean_shared_by_k()[K - 1]
    expect(page.locator(".ew-answer-same")).to_contain_text(
        f"about {mean:.1f} of {K} neighbours are the same"
    )
    for side, graph in zip("ab", (wanted.graph_a, wanted.graph_b), strict=True):
        rows = page.locator(f".ew-table-{side} [data-item]")
        expect(rows).to_have_count(K)
        for row, item in enumerate(graph.indices[ITEM, :K].tolist()):
            expect(rows.nth(row)).to_contain_text(IDS[item])
    for name, values in {
        "rbo": wanted.item_values("rbo", k=K),
        "k_occurrence_b": wanted.k_occurrence("b", K),
    }.items():
        _, (found,), error = opened.ask("column", name=name, k=K)
        assert not error
        np.testing.assert_allclose(np.frombuffer(found, "<f4"), np.asarray(values), rtol=1e-6)
    curve = wanted.curve().loc[wanted.curve()["k"] == K]
    page.get_by_role("tab", name="Curve").click()
    expect(page.get_by_role("slider", name="Coincidence over k")).to_have_attribute(
        "aria-valuetext", re.compile(re.escape(f"{curve['jaccard'].iloc[0]:.3f}"))
    )


def test_a_series_plays_and_each_pair_has_its_own_numbers(
    widget: ew.EmbeddingCompare, offline: OfflineBrowser, tmp_path: Path
) -> None:
    path = tmp_path / "series.html"
    widget.focus, widget.selection = IDS[ITEM], [1, 2, 3]
    widget.to_html(path)
    opened, kernel = offline.open(path), RecordedScreen(widget)
    page = opened.page
    for kind, args in questions(widget, ["item-01", "kind 2"]):
        assert_same(kind, args, opened, kernel)
    expect(page).to_have_title("epoch 0, epoch 1, epoch 2 and epoch 3 · embwidget")
    expect_pair(page, 0, 3)
    expect_answers_of(opened, 0, 3)
    # Two steps on, over the last one that is B: there it ends.
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    expect_pair(page, 2, 3)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect_answers_of(opened, 2, 3)
    # A step apart.
    page.get_by_label("Which space moves").select_option("both")
    page.get_by_role("button", name="One step back").click()
    expect_pair(page, 1, 2)
    expect_answers_of(opened, 1, 2)
    page.get_by_role("button", name="Agreement of all steps").click()
    cell(page, 3, 1).click()
    expect_pair(page, 3, 1)
    expect_answers_of(opened, 3, 1)

    missing = "not measured in this file"
    better = page.locator(".ew-answer-better")
    expect(better).to_have_text(f"Which is better: {missing}")
    expect(page.locator(".ew-answer-same")).to_contain_text(f", chance: {missing}")
    for tab in ("Labels", "Groups", "Curve"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tabpanel", name=tab)).to_contain_text(missing)
    for kind in ("quality", "groups"):
        assert missing in opened.ask(kind)[2]
    assert missing in opened.ask("column", name="group_a", k=None)[2]
    page.get_by_role("tab", name="Colours").click()
    options = page.get_by_role("combobox", name="Colour by").locator("option").all_text_contents()
    assert "kind" in options
    assert not [option for option in options if "group in" in option or "faithful" in option]

    cell(page, 0, 3).click()
    expect_pair(page, 0, 3)
    expect(better).to_contain_text("better")
    expect(better).not_to_contain_text(missing)
    page.get_by_role("tab", name="Groups").click()
    expect(page.get_by_role("tabpanel", name="Groups")).to_contain_text(re.compile("groups? in A"))
    assert opened.ask("quality")[2] == ""
    expect(page.locator(".ew-banner")).to_be_hidden()
    opened.close()


@pytest.fixture(scope="module")
def smaller(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of maps of three dimensions that are without distances, or lists, of other spaces."""
    series = ew.Series(STEPS, ids=IDS, metadata=METADATA, label="kind")
    maps = ew.project_series(series, "pca", n_components=3)
    made = ew.EmbeddingCompare(series, positions=maps, n_neighbors=K, k_max=K_MAX)
    folder = tmp_path_factory.mktemp("smaller")
    found: dict[str, Path] = {}
    whole = len(str(made.to_html())) / 1e6
    for limit in np.linspace(whole - 0.002, whole - 0.03, 24):
        with pytest.warns(UserWarning, match="the page is without") as said:
            made.to_html(folder / "page.html", max_mb=float(limit))
        for what in ("distances", "neighbours"):
            if f": {what} " in str(said[0].message) and "in other spaces" in str(said[0].message):
                (folder / "page.html").replace(folder / f"{what}.html")
                found[what] = folder / f"{what}.html"
                break
        if "neighbours" in found:
            break
    made.close()
    return found


def test_what_was_left_out_of_other_spaces_is_said_where_it_would_stand(
    offline: OfflineBrowser, smaller: dict[str, Path]
) -> None:
    opened = offline.open(smaller["distances"])
    page = opened.page
    page.evaluate(f"() => embwidget.model.set('focus', {ITEM})")
    expect(page.get_by_role("button", name="Orbit").first).to_be_visible()
    page.get_by_role("button", name="Agreement of all steps").click()
    cell(page, 3, 1).click()
    expect_pair(page, 3, 1)
    graph = compared(3, 1).graph_b
    row = page.locator(".ew-table-b [data-item]").first
    expect(row).to_contain_text(IDS[graph.indices[ITEM, 0]])
    # B has none; A is one of the two that the file was written of.
    expect(row.locator(".ew-cell-distance")).to_have_text("–")
    far = page.locator(".ew-table-a [data-item]").first.locator(".ew-cell-distance")
    expect(far).to_have_text(re.compile(r"^\d\.\d+$"))
    expect(page.locator(".ew-bottom")).not_to_contain_text("NaN")
    opened.close()

    opened = offline.open(smaller["neighbours"])
    page = opened.page
    page.evaluate(f"() => embwidget.model.set('focus', {ITEM})")
    expect(page.locator(".ew-table-a [data-item]").first).to_be_visible()
    page.get_by_role("button", name="Agreement of all steps").click()
    cell(page, 2, 1).click()
    expect_pair(page, 2, 1)
    expect(page.locator(".ew-answer-same")).to_contain_text("not in this file")
    expect(page.locator(".ew-neighbors")).to_contain_text("no lists of neighbours")
    expect(page.locator(".ew-colors")).to_contain_text("coincidence: not measured in this file")
    assert "no lists" in opened.ask("neighbors", item=ITEM)[2]
    # How far they agree is in the file for all pairs.
    page.get_by_role("tab", name="Curve").click()
    expect(page.get_by_role("slider", name="Coincidence over k")).to_have_attribute(
        "aria-valuetext", re.compile(r"0\.\d")
    )
    cell(page, 0, 3).click()
    expect(page.locator(".ew-answer-same")).to_contain_text("neighbours are the same")
    expect(page.locator(".ew-table-a [data-item]").first).to_be_visible()
    expect(page.locator(".ew-banner")).to_be_hidden()
    opened.close()
