"""Back to what was in focus and selected: by buttons, keys and counted actions; k stays."""

import numpy as np
import pytest
from kernel_page import open_widget
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

N, K = 60, 5
IDS = [f"item {i:02d}" for i in range(N)]


@pytest.fixture
def widget(page: Page, recorded: None) -> EmbeddingCompare:
    """A widget on the page, with nothing in focus."""
    a = np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32)
    labels = [f"kind {i % 3}" for i in range(N)]
    options = {"reducer": "pca", "n_neighbors": K, "k_max": 10, "label": labels}
    widget = EmbeddingCompare(a, a[:, :4], ids=IDS, text=IDS, **options).wait(60)
    open_widget(page, widget)
    return widget


def card(page: Page):
    return page.locator(".ew-focus-id")


def find(page: Page, item: str) -> None:
    """Bring an item into focus by the search."""
    page.get_by_role("combobox", name="Find an item").fill(item)
    page.get_by_role("option", name=item).click()
    expect(card(page)).to_have_text(item)
    expect(page.locator(".ew-table-a [data-item] .ew-item-id:not(:empty)")).to_have_count(K)


def first_neighbor(page: Page):
    return page.locator(".ew-table-a tbody [data-item]").first


def surface(page: Page, side: int = 0):
    return page.get_by_role("application").nth(side)


def in_sight(page: Page) -> list[bool]:
    """Whether the ring round the item in focus is on each map."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ew-map")].map((map) => {
        const ring = map.querySelector(".ew-overlay-focus"), box = map.getBoundingClientRect();
        const [x, y] = ["cx", "cy"].map((name) => Number(ring.getAttribute(name)));
        return x > 0 && y > 0 && x < box.width && y < box.height; })"""
    )


def test_two_neighbours_and_back_are_four_actions(page, widget):
    find(page, "item 07")
    actions = 0
    seen = ["item 07"]
    for _ in range(2):
        first_neighbor(page).click()
        actions += 1
        expect(card(page)).not_to_have_text(seen[-1])
        seen.append(card(page).inner_text())
    for before in seen[-2::-1]:
        page.get_by_role("button", name="Back to").click()
        actions += 1
        expect(card(page)).to_have_text(before)
    assert actions == 4
    page.get_by_role("button", name="Forward again").click()
    expect(card(page)).to_have_text(seen[1])


def test_undo_takes_back_the_selection_and_never_k(page, widget):
    find(page, "item 07")
    page.get_by_label("Colour by").select_option("label")
    entries = page.locator(".ew-legend [data-code]")
    entries.nth(0).click()
    expect(page.get_by_text("20 selected")).to_be_visible()
    entries.nth(1).click(modifiers=["Shift"])
    expect(page.get_by_text("40 selected")).to_be_visible()
    page.get_by_label("Number of neighbours compared, k").fill("8")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("20 selected")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("nothing selected")).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_text("20 selected")).to_be_visible()
    expect(page.get_by_label("k as a number")).to_have_value("8")
    expect(card(page)).to_have_text("item 07")


def test_a_brush_is_one_step(page, widget):
    bars = page.locator(".ew-bars")
    box = bars.bounding_box()
    y = box["y"] + box["height"] - 4
    page.mouse.move(box["x"] + 4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, y, steps=9)
    page.mouse.up()
    expect(page.get_by_text("60 selected")).to_be_visible()
    page.get_by_role("button", name="Back to").click()
    expect(page.get_by_text("nothing selected")).to_be_visible()


def test_undo_in_a_text_field_is_the_browsers_and_elsewhere_not_the_notebooks(page, widget):
    find(page, "item 07")
    # What reaches the notebook around the widget, but for the keys that are held.
    page.evaluate(
        """() => { window.heard = []; document.body.addEventListener("keydown", (event) => {
        if (!/Control|Alt/.test(event.key)) heard.push([event.key, event.defaultPrevented]) }) }"""
    )
    field = page.get_by_role("combobox", name="Find an item")
    field.fill("item 09")
    field.press("Control+z")
    expect(card(page)).to_have_text("item 07")
    assert page.evaluate("heard.splice(0)") == [["z", False]]
    for control in (surface(page), page.get_by_role("slider"), first_neighbor(page)):
        control.focus()
        for keys in ("Control+z", "Control+z", "Alt+ArrowLeft", "Control+y"):
            page.keyboard.press(keys)
        expect(card(page)).to_have_text("item 07")
    assert page.evaluate("heard") == []


def test_a_focus_that_was_closed_leaves_the_page_where_it_is_and_comes_back(page, widget):
    find(page, "item 07")
    bottom = page.locator(".ew-bottom")
    height = bottom.bounding_box()["height"]
    page.get_by_role("button", name="Nothing in focus").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    assert bottom.bounding_box()["height"] == pytest.approx(height, abs=0.5)
    page.get_by_role("button", name="undo").click()
    expect(card(page)).to_have_text("item 07")
    box = surface(page).bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] - 40)
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    assert bottom.bounding_box()["height"] == pytest.approx(height, abs=0.5)
    page.get_by_role("button", name="undo").click()
    expect(card(page)).to_have_text("item 07")
    expect(page.get_by_role("button", name="undo")).to_be_hidden()


@pytest.mark.parametrize("locked", [True, False])
def test_the_maps_go_to_a_focus_that_is_out_of_their_sight(page, widget, locked):
    find(page, "item 07")
    if not locked:
        page.get_by_role("button", name="Move both maps together").click()
    # Deep into another corner of both maps.
    for side in (0, 1):
        box = surface(page, side).bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] - 10, steps=4)
        page.mouse.up()
    for item in ("item 23", "item 41"):
        find(page, item)
        page.wait_for_selector(".ew-maps:not([data-drawing])")
        assert in_sight(page) == [True, True]
    before = [page.locator(".ew-overlay-focus").nth(i).get_attribute("cx") for i in (0, 1)]
    first_neighbor(page).hover()
    page.get_by_label("Number of neighbours compared, k").fill("6")
    page.wait_for_selector(".ew-maps:not([data-drawing])")
    after = [page.locator(".ew-overlay-focus").nth(i).get_attribute("cx") for i in (0, 1)]
    assert after == before


def test_an_arrow_at_the_edge_leads_to_what_lies_beyond(page, widget):
    find(page, "item 07")
    expect(page.locator(".ew-edge-arrow")).to_have_count(0)
    box = surface(page).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 60, steps=4)
    page.mouse.move(box["x"] + box["width"] + 700, box["y"] + 60, steps=4)
    page.mouse.up()
    arrow = page.locator(".ew-edge-focus").first
    expect(arrow).to_have_count(1)
    assert in_sight(page) == [False, False]
    expect(arrow.locator("title")).to_contain_text("the item in focus", use_inner_text=False)
    place = arrow.bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.wait_for_selector(".ew-maps:not([data-drawing])")
    assert in_sight(page)[0]
    expect(card(page)).to_have_text("item 07")


def test_where_no_point_is_all_are_offered(page, widget):
    offer = page.get_by_role("button", name="Show all points").and_(page.locator(".ew-button"))
    expect(offer).to_have_count(0)
    box = surface(page).bounding_box()
    for _ in range(2):
        page.mouse.move(box["x"] + 20, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] + 400, box["y"] + 60, steps=4)
        page.mouse.up()
    expect(offer).to_have_count(2)
    offer.first.click()
    expect(offer).to_have_count(0)


def test_the_wheel_never_zooms_into_nothing(page, widget):
    box = surface(page).bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + 50)
    for _ in range(60):
        page.mouse.wheel(0, -400)
    page.wait_for_selector(".ew-maps:not([data-drawing])")
    expect(page.locator(".ew-map").first.get_by_text("No points here")).to_be_hidden()


def test_a_person_with_a_keyboard_alone_picks_reads_selects_clears_and_goes_back(page, widget):
    surface(page).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ew-table-a [data-item] .ew-item-id:not(:empty)")).to_have_count(K)
    first = card(page).inner_text()
    near = page.locator(".ew-table-a .ew-item-id").first.inner_text()
    page.keyboard.press("s")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press(".")
    expect(card(page)).to_have_text(near)
    page.keyboard.press("s")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press(",")
    expect(card(page)).to_have_text(first)
    page.keyboard.press("s")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("nothing selected")).to_be_visible()
    expect(card(page)).to_have_text(first)
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_text("1 selected")).to_be_visible()
    # The rows are read by Tab and the arrows.
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.ew-table tr')"):
            break
    assert page.evaluate("document.activeElement.querySelector('.ew-item-id').textContent") == near


def test_selected_items_are_walked_through(page, widget):
    page.get_by_label("Colour by").select_option("label")
    page.locator(".ew-legend [data-code]").nth(0).click()
    expect(page.get_by_text("20 selected")).to_be_visible()
    surface(page).focus()
    for item in [*range(0, N, 3), 0]:
        page.keyboard.press(".")
        expect(card(page)).to_have_text(f"item {item:02d}")


def test_escape_works_from_anywhere(page, widget):
    find(page, "item 07")
    page.get_by_label("Colour by").select_option("label")
    for where in ("legend", "status", "k", "table", "bars", "search"):
        page.locator(".ew-legend [data-code]").nth(0).click()
        expect(page.get_by_text("20 selected")).to_be_visible()
        if where == "status":
            page.locator(".ew-status").click(position={"x": 200, "y": 8})
        elif where == "k":
            page.get_by_label("k as a number").focus()
        elif where == "search":
            field = page.get_by_role("combobox", name="Find an item")
            field.focus()
            for _ in range(2):
                field.press("Escape")
            expect(page.get_by_text("20 selected")).to_be_visible()
        elif where == "table":
            first_neighbor(page).focus()
        elif where == "bars":
            page.get_by_role("tab", name="Colours").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_text("nothing selected")).to_be_visible()


def test_the_k_field_takes_what_there_is_and_shows_what_holds(page, widget):
    field = page.get_by_label("k as a number")
    slider = page.get_by_label("Number of neighbours compared, k")
    for typed, holds in [
        ("9", 9), ("1", 1), ("10", 10), ("", 10), ("e", 10), ("--", 10), ("0", 1), ("999", 10),
        ("-4", 1), ("2.6", 3), ("007", 7), ("1e1", 10), ("5", 5), ("e", 5),
    ]:  # fmt: skip
        field.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Backspace")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
        expect(field).to_have_value(str(holds))
        expect(slider).to_have_value(str(holds))
    field.focus()
    for key, holds in [("ArrowUp", 6), ("ArrowUp", 7), ("ArrowDown", 6)]:
        page.keyboard.press(key)
        expect(field).to_have_value(str(holds))
    expect(page.locator(".ew-answer-same")).to_contain_text("of 6 neighbours are the same")
