"""Colours that answer: they fit what occurs, dim what was not asked for, and are read by keys."""

import io

import numpy as np
import pandas as pd
import pytest
from kernel_page import expect_selection, open_widget
from maps_page import open_maps
from PIL import Image
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

GREY = 30
"""What the channels of a grey differ by at most."""


@pytest.fixture
def shown(page: Page, recorded):
    """Opens a widget; returns it."""
    widgets = []

    def show(a, b, **options) -> EmbeddingCompare:
        widgets.append(EmbeddingCompare(a, b, reducer="pca", **options).wait(60))
        open_widget(page, widgets[-1])
        return widgets[-1]

    yield show
    for widget in widgets:
        widget.close()


def merged() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Four kinds of 40 items; in B two of them are one."""
    rng = np.random.default_rng(2)
    kind = np.repeat(["ash", "birch", "cedar", "elm"], 40)
    a = 8 * np.eye(12)[np.repeat(np.arange(4), 40)] + rng.normal(size=(160, 12))
    b = a.copy()
    b[kind == "elm", 2:4] = b[kind == "elm", 3:1:-1]
    return a, b, pd.DataFrame({"tree": kind})


def css(page: Page, swatch: str) -> str:
    return page.locator(swatch).evaluate("node => getComputedStyle(node).backgroundColor")


def legend_of(page: Page):
    return page.locator(".ew-legend:visible").get_by_role("button")


def test_what_merged_is_coloured_by_one_action(page: Page, shown):
    a, b, frame = merged()
    shown(a, b, metadata=frame, label="tree")
    page.get_by_role("tab", name="Groups").click()
    row = page.locator(".ew-rank:visible", has_text="merges 2 of A")
    expect(row).to_contain_text("50 % of its items changed")
    colors = "node => Array.from(node.querySelectorAll('.ew-swatch'), s => s.style.background)"

    row.click()  # the one action

    expect(row).to_have_attribute("aria-pressed", "true")
    expect(legend_of(page)).to_have_text(["cedar40", "elm40"])
    expect(page.get_by_text("80 selected")).to_be_visible()
    legend = page.locator(".ew-legend:visible")
    expect(legend).to_contain_text("merges 2 of A")
    first, second = legend.evaluate(colors)
    assert first != second
    maps = page.locator(".ew-maps:not([data-drawing])")
    pixels = np.asarray(Image.open(io.BytesIO(maps.screenshot())).convert("RGB")).astype(int)
    for color in (first, second):
        wanted = [int(n) for n in color[4:-1].split(", ")]
        near = np.abs(pixels - wanted).max(2) < 30
        half = pixels.shape[1] // 2
        assert near[:, :half].sum() > 100
        assert near[:, half:].sum() > 100
    # Again, and all is as it was; Escape does the same, on the map or in the legend.
    row.click()
    expect(legend).to_have_count(0)
    expect(page.get_by_text("nothing selected")).to_be_visible()
    page.get_by_role("tab", name="Colours").click()
    expect(page.locator(".ew-ramp-ends:visible")).to_contain_text("10 of 10")
    page.get_by_role("tab", name="Groups").click()
    row.click()
    expect(legend_of(page)).to_have_count(2)
    page.get_by_role("application").first.press("Escape")
    expect(legend).to_have_count(0)
    expect(row).to_have_attribute("aria-pressed", "false")


def test_a_part_of_the_chosen_group_is_selected_in_its_colour_and_other_colours_end_it(page, shown):
    a, b, frame = merged()
    widget = shown(a, b, metadata=frame, label="tree")
    page.get_by_role("tab", name="Groups").click()
    page.locator(".ew-rank:visible", has_text="merges 2 of A").click()
    legend_of(page).first.click()
    expect(page.get_by_text("40 selected")).to_be_visible()
    expect(legend_of(page)).to_have_text(["cedar40", "elm40"])
    page.get_by_role("tab", name="Colours").click()
    expect(legend_of(page)).to_have_text(["cedar40", "elm40"])
    page.get_by_label("Colour by").select_option("tree")
    expect(legend_of(page)).to_have_count(4)
    expect_selection(page, widget, list(range(80, 120)))


def test_the_coincidence_ends_where_what_occurs_ends(page: Page, shown):
    rng = np.random.default_rng(0)
    widget = shown(rng.normal(size=(300, 8)), rng.normal(size=(300, 8)))
    for k in (10, 30):
        page.get_by_label("Number of neighbours compared, k").fill(str(k))
        low, high = np.sort(widget.comparison.shared(k))[[3, -4]]
        ends = page.locator(".ew-ramp-ends span")
        expect(ends.first).to_have_text(f"{low} of {k}")
        above = int((widget.comparison.shared(k) > high).sum())
        expect(ends.last).to_have_text(
            f"{above} above {high} of {k}" if above else f"{high} of {k}"
        )
        bars = page.locator(".ew-bar-all").evaluate_all("all => all.map(b => b.style.background)")
        assert bars[low] != bars[high]
        assert len(set(bars)) == high - low + 1


def test_a_price_far_out_is_said_at_the_end(page: Page, shown):
    rng = np.random.default_rng(0)
    price = np.append(rng.normal(20, 3, 97), [1e9, -5e8, np.inf])
    a = rng.normal(size=(100, 5))
    shown(a, a, metadata=pd.DataFrame({"price": price}), color_by="price")
    low, high = price[:97].min(), price[:97].max()
    ends = page.locator(".ew-ramp-ends span")
    expect(ends).to_have_text([f"1 below {low:.4g}", f"1 above {high:.4g}"])
    expect(page.locator(".ew-histogram .ew-axis span")).to_have_text(
        [f"≤ {low:.4g}", f"≥ {high:.4g}"]
    )
    expect(page.locator(".ew-legend").get_by_role("button")).to_have_text(["infinite1"])
    page.locator(".ew-bar").last.hover()
    expect(page.locator(".ew-histogram .ew-readout")).to_contain_text("or above")


def many_labels(n_labels: int) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(1)
    n = 4 * n_labels
    names = [f"{'abc'[i % 3]}{i:04d}" for i in range(n_labels)]
    frame = pd.DataFrame({"kind": np.repeat(names, 4)})
    return rng.normal(size=(n, 6)), frame


def test_a_label_beyond_the_twenty_colours_gets_one_when_it_is_chosen(page: Page, shown):
    a, frame = many_labels(60)
    shown(a, a, metadata=frame, label="kind", color_by="kind")
    legend = legend_of(page)
    expect(legend).to_have_count(60)
    grey = css(page, ".ew-legend-entry:nth-child(50) .ew-swatch")
    assert css(page, ".ew-legend-entry:nth-child(59) .ew-swatch") == grey
    legend.nth(49).click()
    swatch = page.locator(".ew-legend-entry:nth-child(50) .ew-swatch")
    expect(swatch).not_to_have_css("background-color", grey)
    expect(legend.nth(49)).to_be_focused()
    others = [css(page, f".ew-legend-entry:nth-child({i}) .ew-swatch") for i in range(1, 60)]
    assert others.count(css(page, ".ew-legend-entry:nth-child(50) .ew-swatch")) == 1
    # By the Labels tab, and by the search, which brings one item in focus.
    page.get_by_role("tab", name="Labels").click()
    name = frame["kind"].unique()[53]
    page.get_by_label("Filter the labels").fill(name)
    page.locator(".ew-ranking:visible button").first.click()
    page.get_by_role("tab", name="Colours").click()
    chosen = page.locator(f'.ew-legend-entry[title^="{name}"] .ew-swatch')
    expect(chosen).not_to_have_css("background-color", grey)
    expect(swatch).to_have_css("background-color", grey)
    page.get_by_role("application").first.press("Escape")
    expect(chosen).to_have_css("background-color", grey)
    page.get_by_label("Find an item").fill("213")
    page.get_by_role("listbox", name="Items found").get_by_role("option").first.click()
    expect(chosen).not_to_have_css("background-color", grey)


def test_a_legend_of_a_thousand_labels_is_walked_by_keys(page: Page, shown):
    a, frame = many_labels(1000)
    widget = shown(a, a, metadata=frame, label="kind", color_by="kind")
    legend = legend_of(page)
    assert legend.count() <= 300
    stops = page.locator(".ew-legend-entry[tabindex='0']")
    expect(stops).to_have_count(1)
    names = frame["kind"].unique()
    stops.focus()
    for key, expected in [
        ("ArrowDown", sorted(names)[1]),
        ("End", "746 others"),
        ("Home", sorted(names)[0]),
        ("ArrowUp", "746 others"),
        ("a", sorted(names)[0]),
    ]:
        page.keyboard.press(key)
        expect(page.locator(".ew-legend-entry:focus .ew-legend-label")).to_have_text(expected)
        expect(stops).to_have_count(1)
    last = sorted(names)[-1]
    page.get_by_label("Filter the legend").fill(last.upper())
    expect(legend).to_have_text([f"{last}4"])
    page.keyboard.press("Enter")
    expect_selection(page, widget, np.flatnonzero(frame["kind"] == last).tolist())
    page.get_by_label("Filter the legend").fill("no such")
    expect(legend).to_have_count(0)
    expect(page.locator(".ew-legend-total:visible")).to_have_text('no label has "no such"')


def test_few_labels_need_no_filter(page: Page, shown):
    a, frame = many_labels(12)
    shown(a, a, metadata=frame, label="kind", color_by="kind")
    expect(legend_of(page)).to_have_count(12)
    expect(page.locator(".ew-legend .ew-filter:visible")).to_have_count(0)


def colorful(pixels: np.ndarray, place: np.ndarray) -> bool:
    """Whether what lies beside a mark's middle, or at a point, is no grey."""
    x, y = place.round().astype(int)
    return bool((np.ptp(pixels[y - 1 : y + 2, x - 1 : x + 2], axis=2) > GREY).any())


def test_around_a_focus_all_else_fades(page: Page):
    maps = open_maps(page, 40)
    maps.set_colors(dict.fromkeys(range(40), (255, 0, 0)))
    maps.call("setFocus", {"item": 3, "a": [5, 8], "b": [8, 11]})
    pixels = maps.pixels()
    places = maps.places(0)
    # Those of the other space keep their colour too, and have no mark over them.
    assert colorful(pixels, places[11])
    far = [
        item
        for item in range(40)
        if item not in (3, 5, 8, 11)
        and np.linalg.norm(places[[3, 5, 8, 11]] - places[item], axis=1).min() > 40
    ]
    assert len(far) > 10
    # Faded is no grey: the map still says what it said.
    assert all(colorful(pixels, places[item]) for item in far)

    def reds(pixels: np.ndarray) -> list[int]:
        middles = places[far].round().astype(int)
        return [int(np.ptp(pixels[y, x])) for x, y in middles]

    faded = reds(pixels)
    maps.call("setFocus", None)
    whole = reds(maps.pixels())
    # A line may lead over a point or two.
    assert sum(less < 0.7 * more for less, more in zip(faded, whole, strict=True)) > len(far) - 4


def test_beside_a_focus_the_selection_stays_readable_but_fainter(page: Page):
    maps = open_maps(page, 40)
    maps.set_colors(dict.fromkeys(range(40), (255, 0, 0)))
    maps.select(list(range(20, 40)))
    places = maps.places(0)
    maps.call("setHover", None)
    x, y = places[30].round().astype(int)
    alone = maps.pixels()[y, x]
    maps.call("setFocus", {"item": 3, "a": [5], "b": [5]})
    pixels = maps.pixels()
    beside = pixels[y, x]
    assert np.ptp(alone) > np.ptp(beside) > GREY
    outside = [item for item in (0, 1, 2, 4, 6, 7, 9, 10, 11, 12) if colorful(pixels, places[item])]
    assert len(outside) <= 3


def test_a_hover_draws_no_points_and_the_same_focus_not_again(page: Page):
    maps = open_maps(page, 40)
    maps.call("setFocus", {"item": 3, "a": [5], "b": [7]})
    page.locator(".ew-maps:not([data-drawing])").wait_for()
    drawn = page.evaluate("drawn")
    for item in range(10):
        maps.call("setHover", item)
    maps.call("setFocus", {"item": 3, "a": [5], "b": [7]})
    assert page.evaluate("drawn") == drawn
