"""What is selected, below the maps: in words, in rows, by names, and taken along."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bundle import bundle, styles
from kernel_page import open_widget
from playwright.sync_api import Locator, Page, expect

from embwidget import Comparison, EmbeddingCompare, compare

ROOT = Path(__file__).parents[2]
N, K = 120, 5
HOSTILE = "<img src=x onerror=window.hit=1>"
TEXTS = [f"Question {i}, of many" for i in range(N)]
TEXTS[3], TEXTS[4], TEXTS[7] = "=1+1", 'he said "yes",\nand left', HOSTILE
METADATA = pd.DataFrame(
    {
        "kind": [["Birds", "fish", "cats"][i % 3] for i in range(N)],
        "note": TEXTS,
        "price": [None if i % 10 == 9 else i * 7 % 50 / 4 for i in range(N)],
    }
)
COPIED = """() => document.addEventListener("copy", () => {
  window.copied = document.activeElement.value;
})"""
TABLE = """
export { ItemTableView } from "@/src/views/item_table.ts";
"""


class Person:
    """Counts what somebody does to a page."""

    def __init__(self, page: Page) -> None:
        self.actions = 0
        self._page = page

    def click(self, name: str, role: str = "button", **options) -> None:
        self.actions += 1
        self._page.get_by_role(role, name=name).first.click(**options)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(3, 6))[np.arange(N) % 3]
    a = (centers + rng.normal(size=(N, 6))).astype(np.float32)
    b = a + rng.normal(size=(N, 6)).astype(np.float32)
    ids = [f"id-{i}" for i in range(N)]
    return compare(a, b, ids=ids, metadata=METADATA, label="kind", n_neighbors=K, k_max=10)


@pytest.fixture
def widget(recorded: None, comparison: Comparison) -> Iterator[EmbeddingCompare]:
    options = {"text": "note", "show": "price", "reducer": "pca"}
    widget = EmbeddingCompare.from_comparison(comparison, **options)
    yield widget.wait(60)
    widget.close()


@pytest.fixture
def shown(page: Page, widget: EmbeddingCompare) -> Page:
    open_widget(page, widget)
    page.evaluate(COPIED)
    return page


def rows(page: Page) -> Locator:
    return page.locator(".ew-items tbody tr:not(.ew-pending)")


def texts(page: Page) -> Locator:
    """First column of the rows in sight."""
    return page.locator(".ew-items tbody tr td:first-child")


def select(page: Page, widget: EmbeddingCompare, value) -> None:
    widget.selection = value
    open_widget(page, widget)
    page.evaluate(COPIED)
    expect(rows(page)).to_have_count(min(8, len(widget.selection)))


def test_nothing_is_there_until_items_are_selected(shown: Page) -> None:
    pane = shown.get_by_role("region", name="Selection")
    expect(pane).to_have_count(0)
    shown.get_by_role("tab", name="Labels").click()
    shown.get_by_role("button", name="where B loses").click()
    expect(pane).to_be_visible()
    pane.get_by_role("button", name="Deselect").click()
    expect(pane).to_have_count(0)


def test_the_words_are_what_python_counts(page: Page, widget: EmbeddingCompare) -> None:
    select(page, widget, np.arange(0, N, 4))
    shared, inside = widget.comparison.shared(K), np.zeros(N, bool)
    inside[::4] = True
    here, elsewhere = shared[inside].mean(), shared[~inside].mean()
    pane = page.get_by_role("region", name="Selection")
    expect(pane).to_contain_text("30 items selected (25 %)")
    expect(pane).to_contain_text(
        f"{here:.1f} of 5 neighbours are the same here, {elsewhere:.1f} elsewhere"
    )
    a, b = widget.comparison.label_agreement(K)
    won = [int((side[inside] > other[inside]).sum()) for side, other in ((a, b), (b, a))]
    expect(pane).to_contain_text(f"A wins {won[0]}, B wins {won[1]}")


def test_the_items_where_b_loses_are_rows_after_two_actions_and_saved_after_three(
    shown: Page, widget: EmbeddingCompare, tmp_path: Path
) -> None:
    person = Person(shown)
    person.click("Labels", "tab")
    person.click("where B loses")
    expect(rows(shown)).to_have_count(8)
    assert person.actions == 2
    with shown.expect_download() as download:
        person.click("Save CSV")
    assert person.actions == 3
    download.value.save_as(tmp_path / "selection.csv")
    a, b = widget.comparison.label_agreement(K)
    lost = np.flatnonzero(a > b)
    assert widget.selection.tolist() == lost.tolist()
    saved = pd.read_csv(tmp_path / "selection.csv")
    frame = widget.selected_frame()
    assert saved["id"].tolist() == frame["id"].tolist()
    measured = ["coincidence", "wins", "distance_a", "distance_b"]
    assert saved.columns.tolist() == ["note", "id", "kind", *measured, "price"]
    for name in ("note", "kind"):
        assert saved[name].tolist() == frame[name].tolist()
    for name in ("coincidence", "distance_a", "distance_b", "price"):
        np.testing.assert_allclose(saved[name], frame[name], rtol=1e-5)
    np.testing.assert_allclose(saved["wins"], (b - a)[lost], rtol=1e-6)
    expect(shown.get_by_text("rows saved")).to_be_visible()


def test_a_file_is_what_python_would_write_and_says_what_may_run(
    page: Page, widget: EmbeddingCompare, tmp_path: Path
) -> None:
    select(page, widget, np.arange(9))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save CSV").click()
    expect(page.get_by_text("9 rows saved; 1 cell may run as a formula")).to_be_visible()
    download.value.save_as(tmp_path / "of_page.csv")
    with (tmp_path / "of_page.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))
    assert [row[0] for row in written[1:]] == TEXTS[:9]
    with (tmp_path / "of_python.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(written)
    assert (tmp_path / "of_python.csv").read_bytes() == (tmp_path / "of_page.csv").read_bytes()


def test_two_labels_are_compared_after_three_actions(shown: Page, widget: EmbeddingCompare) -> None:
    person = Person(shown)
    person.click("Labels", "tab")
    person.click("Birds")
    person.click("fish", modifiers=["Shift"])
    labels = shown.get_by_role("list", name="Labels of the selection")
    expect(labels.get_by_role("listitem")).to_have_count(2)
    assert person.actions == 3
    a, b = widget.comparison.label_agreement(K)
    for kind in ("Birds", "fish"):
        of_kind = METADATA["kind"].to_numpy() == kind
        won = f"A wins {(a > b)[of_kind].sum()} · B wins {(b > a)[of_kind].sum()}"
        expect(labels.get_by_role("listitem").filter(has_text=kind)).to_contain_text(won)


def test_over_represented_labels_come_first_and_a_click_keeps_one(
    page: Page, widget: EmbeddingCompare
) -> None:
    kinds = METADATA["kind"].to_numpy()
    chosen = np.r_[np.flatnonzero(kinds == "fish")[:12], np.flatnonzero(kinds == "cats")[:3]]
    select(page, widget, chosen)
    labels = page.get_by_role("list", name="Labels of the selection").get_by_role("button")
    expect(labels.nth(0)).to_contain_text("fish80 % here")
    expect(labels.nth(0)).to_contain_text("33 % in all")
    expect(labels.nth(1)).to_contain_text("cats")
    labels.nth(1).click()
    expect(page.get_by_text("3 items selected")).to_be_visible()
    labels.nth(0).click(modifiers=["Shift"])
    expect(page.get_by_text("40 items selected (33 %)")).to_be_visible()


def test_the_table_sorts_by_any_column(page: Page, widget: EmbeddingCompare) -> None:
    select(page, widget, np.arange(N))
    frame = widget.selected_frame()
    columns = {name: frame[name].str.casefold() for name in ("note", "id", "kind")}
    columns |= {name: frame[name].astype(float).round(6) for name in ("coincidence", "price")}
    wins = frame["label_agreement_b"] - frame["label_agreement_a"]
    columns["A / B wins"] = wins.round(6)
    columns["dist. B"] = frame["distance_b"]
    for name, column in columns.items():
        head = page.get_by_role("columnheader", name=name, exact=True)
        expect(head).to_have_attribute("aria-sort", "none")
        for direction in ("ascending", "descending"):
            head.get_by_role("button").click()
            ordered = column.sort_values(ascending=direction == "ascending", kind="stable")
            expected = ordered.index[:8].tolist()
            page.wait_for_function(
                """(expected) => String([...document.querySelectorAll(".ew-items [data-item]")]
                .map((row) => row.dataset.item)) === String(expected)""",
                arg=expected,
            )
            expect(head).to_have_attribute("aria-sort", direction)


def test_search_leaves_the_rows_that_hold_a_text(page: Page, widget: EmbeddingCompare) -> None:
    select(page, widget, np.arange(0, N, 2))
    page.get_by_label("Search in the selection").fill("QUESTION 1")
    expected = [text for i, text in enumerate(TEXTS) if i % 2 == 0 and "question 1" in text.lower()]
    expect(page.get_by_text(f"{len(expected)} of 60", exact=True)).to_be_visible()
    expect(texts(page)).to_have_text(expected[:8])
    page.get_by_role("button", name="Copy ids").click()
    page.wait_for_function("window.copied")
    ids = [f"id-{TEXTS.index(text)}" for text in expected]
    assert page.evaluate("copied").split("\n") == ids


def test_texts_of_others_are_texts(page: Page, widget: EmbeddingCompare) -> None:
    widget.selections = {HOSTILE: ["id-7"], "שם": ["id-1", "id-2"]}
    select(page, widget, [7])
    expect(texts(page)).to_have_text([HOSTILE])
    name = page.get_by_role("list", name="Named selections").get_by_role("button").first
    expect(name).to_have_text(f"{HOSTILE} 1")
    expect(name).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.hit") is None


def test_a_selection_is_stored_chosen_renamed_and_deleted(
    page: Page, widget: EmbeddingCompare
) -> None:
    heard = []
    widget.observe(lambda change: heard.append(dict(change["new"])), "selections")
    select(page, widget, [3, 1])
    name, names = page.get_by_label("Name of this selection"), page.locator(".ew-name")
    name.fill(" rare ")
    name.press("Enter")
    expect(names).to_have_text(["rare 2"])
    page.get_by_role("button", name="Deselect").click()
    expect(page.locator(".ew-items")).to_be_hidden()
    names.first.click()
    expect(rows(page)).to_have_count(2)
    name.fill("common")
    page.get_by_role("button", name="Rename").click()
    expect(names).to_have_text(["common 2"])
    # Another page, or the same after it was loaded again.
    open_widget(page, widget)
    expect(names).to_have_text(["common 2"])
    page.get_by_role("button", name="Delete").click()
    expect(names).to_have_count(0)
    assert heard == [{"rare": ["id-1", "id-3"]}, {"common": ["id-1", "id-3"]}, {}]
    assert widget.selections == {}


def test_a_name_that_is_taken_is_replaced_and_said(page: Page, widget: EmbeddingCompare) -> None:
    widget.selections = {"rare": ["id-5"], "other": ["id-6"]}
    select(page, widget, [3, 1])
    page.get_by_label("Name of this selection").fill("rare")
    page.get_by_role("button", name="Replace").click()
    expect(page.locator(".ew-name")).to_have_text(["rare 2", "other 1"])
    assert widget.selections == {"rare": ["id-1", "id-3"], "other": ["id-6"]}


def test_the_rest_of_the_items_is_a_click_away(page: Page, widget: EmbeddingCompare) -> None:
    select(page, widget, np.arange(10, N))
    page.get_by_role("button", name="Invert").click()
    expect(page.get_by_text("10 items selected (8 %)")).to_be_visible()
    page.get_by_role("button", name="w.selected_frame()").click()
    page.wait_for_function("window.copied === 'w.selected_frame()'")


def test_zoom_brings_the_selection_into_sight(page: Page, widget: EmbeddingCompare) -> None:
    near = np.argsort(((widget.positions_a - widget.positions_a[0]) ** 2).sum(axis=1))[:2]
    select(page, widget, near)
    before = page.locator(".ew-maps").screenshot()
    page.get_by_role("button", name="Zoom to it").click()
    page.locator(".ew-maps:not([data-drawing])").wait_for()
    zoomed = page.locator(".ew-maps").screenshot()
    page.get_by_role("button", name="Show all points").click()
    page.locator(".ew-maps:not([data-drawing])").wait_for()
    assert zoomed != before


def test_the_keyboard_walks_the_rows_and_focuses_one(page: Page, widget: EmbeddingCompare) -> None:
    select(page, widget, np.arange(20, 60))
    table = page.get_by_role("grid", name="Selected items")
    table.focus()
    for key in ("ArrowDown", "PageDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".ew-cursor")).to_have_attribute("data-item", "30")
    assert page.locator(".ew-cursor").get_attribute("id") == table.get_attribute(
        "aria-activedescendant"
    )
    page.keyboard.press("Enter")
    expect(page.locator(".ew-focus-id")).to_have_text("id-30")
    # The neighbours of one and the rows of all have their place.
    expect(rows(page)).to_have_count(8)
    expect(page.locator(".ew-items [aria-selected=true]")).to_have_attribute("data-item", "30")
    page.keyboard.press("End")
    expect(page.locator(".ew-cursor")).to_have_attribute("data-item", "59")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_the_pane(page: Page, widget: EmbeddingCompare, *, dark: bool) -> None:
    widget.selections = {"rare": ["id-1"], "chosen": [f"id-{i}" for i in range(20)]}
    widget.selection = np.arange(20)
    open_widget(page, widget, dark=dark)
    expect(rows(page)).to_have_count(8)
    page.add_script_tag(path=ROOT / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("async () => (await axe.run('.ew-selection')).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_a_million_items_are_eight_rows_from_the_first_to_the_last(page: Page) -> None:
    page.add_style_tag(content=styles())
    page.add_script_tag(content=bundle(TABLE, "views"))
    page.evaluate(
        """() => {
        const nothing = () => {};
        window.table = new views.ItemTableView({
          cells: (item) => ({ texts: [`item ${item}`], image: null }),
          onSight: nothing, onSort: nothing, onHover: nothing, onFocus: nothing,
        });
        document.body.className = "ew-root";
        document.body.replaceChildren(table.node);
        const words = { key: "id", title: "id", help: "", isNumeric: false, width: 90 };
        const items = Uint32Array.from({ length: 1_000_000 }, (_, i) => i);
        const others = { sort: null, focus: null, hasImages: false };
        table.update({ items, columns: [words], ...others }); }"""
    )
    expect(texts(page)).to_have_text([f"item {i}" for i in range(8)])
    scroller = page.locator(".ew-items-scroller")
    scroller.evaluate("node => { node.scrollTop = node.scrollHeight }")
    expect(page.get_by_text("item 999999")).to_be_visible()
    expect(texts(page)).to_have_text([f"item {i}" for i in range(999_992, 1_000_000)])
    page.get_by_role("grid").press("ArrowDown")
    expect(texts(page).first).to_have_text("item 1")
    expect(page.locator(".ew-cursor")).to_have_text("item 1")
    page.get_by_role("grid").press("End")
    expect(page.locator(".ew-cursor")).to_have_text("item 999999")
    page.get_by_role("grid").press("ArrowUp")
    page.get_by_role("grid").press("PageUp")
    expect(page.locator(".ew-cursor")).to_have_text("item 999990")
    expect(texts(page).first).to_have_text("item 999990")
