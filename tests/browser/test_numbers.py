"""The numbers beside the maps, with Python behind the page: what is shown, what a click selects."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kernel_page import expect_selection, open_widget
from playwright.sync_api import expect

from embwidget import Comparison, EmbeddingCompare, compare

ROOT = Path(__file__).parents[2]
TREES = ["ash", "birch", "cedar", "douglas fir", "elm"]
EACH = 40


@pytest.fixture(scope="module")
def trees() -> Comparison:
    """Five kinds of trees; in B one of them is noise, spread over the space."""
    rng = np.random.default_rng(5)
    a = np.repeat(rng.normal(size=(5, 16)) * 4, EACH, axis=0) + rng.normal(size=(5 * EACH, 16))
    b = a + 0.1 * rng.normal(size=a.shape)
    b[2 * EACH : 3 * EACH] = rng.normal(size=(EACH, 16)) * 4
    order = rng.permutation(len(a))
    frame = pd.DataFrame({"tree": np.repeat(TREES, EACH)[order], "age": rng.normal(size=len(a))})
    return compare(a[order], b[order], metadata=frame, label="tree")


@pytest.fixture
def broken(trees, recorded):
    """A widget of its own for each test; what was measured of the trees stays with them."""
    widget = EmbeddingCompare.from_comparison(trees, reducer="pca")
    yield widget.wait(60)
    widget.close()


def cedars(widget: EmbeddingCompare) -> list[int]:
    tree = widget.comparison.metadata["tree"].to_numpy()
    return np.flatnonzero(tree == "cedar").tolist()


def test_the_broken_class_leads_the_labels_and_a_click_selects_it(page, broken):
    open_widget(page, broken)
    page.get_by_role("tab", name="Labels").click()
    panel = page.get_by_role("tabpanel", name="Labels")
    expect(panel).to_contain_text("A is better on 1 of 5 labels")
    first = panel.get_by_role("listitem").first
    expect(first).to_contain_text("cedar")
    assert first.locator("strong").inner_text().startswith("A +")
    first.get_by_role("button").click()
    expect_selection(page, broken, cedars(broken))
    panel.get_by_role("button", name="precision@1").click()
    expect(panel.get_by_role("listitem").first).to_contain_text("cedar")
    other = panel.get_by_role("button").filter(has_text="elm")
    other.click(modifiers=["Shift"])
    tree = broken.comparison.metadata["tree"].to_numpy()
    expect_selection(page, broken, np.flatnonzero(np.isin(tree, ["cedar", "elm"])).tolist())
    other.click(modifiers=["Alt"])
    expect_selection(page, broken, cedars(broken))


def test_the_broken_class_leads_the_groups_and_a_click_selects_it(page, broken):
    open_widget(page, broken)
    page.get_by_role("tab", name="Groups").click()
    panel = page.get_by_role("tabpanel", name="Groups")
    first = panel.get_by_role("listitem").first
    expect(first).to_contain_text("cedar")
    expect(first).to_contain_text("in B")
    first.get_by_role("button").click()
    expect_selection(page, broken, cedars(broken))


def test_colour_by_wins_follows_k_and_its_bars_select(page, broken):
    open_widget(page, broken)
    page.get_by_label("Colour by").select_option("A wins / B wins")
    bars = page.get_by_role("option", name="equal")
    expect(bars).to_have_count(1)
    expect(page.locator(".ew-bars [role=option]")).to_have_count(21)
    a, b = broken.comparison.label_agreement(10)
    assert bars.get_attribute("aria-label") == f"equal: {(a == b).sum()}"
    # From the left end to the last bar before "equal": A is better there.
    page.locator(".ew-bars").focus()
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    expect_selection(page, broken, np.flatnonzero(b < a).tolist())
    assert np.isin(cedars(broken), broken.selection).mean() > 0.8
    page.keyboard.press("Escape")
    page.get_by_label("Number of neighbours compared, k").fill("3")
    expect(page.locator(".ew-bars [role=option]")).to_have_count(7)
    expect(page.get_by_text("A wins / B wins at k = 3")).to_be_visible()
    assert broken.color_by == "wins"


def test_every_measured_column_colours_the_points(page, broken):
    open_widget(page, broken)
    legend = page.locator(".ew-legend")
    codes, ramp = legend.locator("[data-code]:visible"), legend.locator(".ew-ramp:visible")
    # Each has another kind of legend than the one before.
    for name in ("faithfulness_a", "group_a", "k_occurrence_a", "group_b", "faithfulness_b"):
        page.get_by_label("Colour by").select_option(name)
        has_groups = name.startswith("group")
        expect(codes if has_groups else ramp).not_to_have_count(0)
        expect(ramp if has_groups else codes).to_have_count(0)
        expect(page.get_by_role("alert")).to_be_hidden()


def test_the_header_the_maps_and_the_curve_say_what_the_kernel_knows(page, broken):
    open_widget(page, broken)
    mean = broken.comparison.overlap(10).mean() * 10
    answer = page.locator(".ew-answer-words")
    expect(answer).to_contain_text(f"about {mean:.1f} of 10 neighbours are the same")
    expect(answer).to_contain_text("A is better on 1 of 5 labels, B on none")
    kept = broken.faithfulness["b"]["kept"]
    foot = page.locator(".ew-map-foot").nth(1)
    expect(foot).to_contain_text(f"keeps {round(100 * kept)} % of the true neighbours")
    page.get_by_role("tab", name="Curve").click()
    plot = page.get_by_role("slider", name="Coincidence over k")
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20)
    value, low, high, _ = broken.curve[-1]
    expect(page.get_by_text(f"k = 50: {value:.3f} ({low:.3f}–{high:.3f})")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_label("k as a number")).to_have_value("50")
    plot.focus()
    page.keyboard.press("ArrowLeft")
    expect(plot).to_have_value("49")
    expect(page.get_by_label("k as a number")).to_have_value("49")


def test_the_tabs_are_walked_through_by_keyboard(page, broken):
    open_widget(page, broken)
    page.get_by_role("tab", name="Colours").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Labels")).to_be_focused()
    # What is asked for is no stop of the keyboard before it is here.
    expect(page.get_by_role("button", name="where B loses")).to_be_visible()
    for name in ("where B loses", "where A loses", "MAP@R"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_selection(page, broken, cedars(broken))
    page.keyboard.press("ArrowDown")
    rows = page.get_by_role("tabpanel", name="Labels").get_by_role("listitem").get_by_role("button")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    # The whole list is one stop of the Tab key.
    expect(rows.and_(page.locator("[tabindex='0']"))).to_have_count(1)
    page.keyboard.press("Tab")
    expect(rows.and_(page.locator(":focus"))).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 720])
def test_axe_finds_nothing_serious_in_any_tab(page, broken, width):
    page.set_viewport_size({"width": width, "height": 1000})
    open_widget(page, broken)
    # A colour that fades into the other theme's is neither of them.
    page.emulate_media(reduced_motion="reduce")
    page.add_script_tag(path=ROOT / "node_modules" / "axe-core" / "axe.min.js")
    page.get_by_label("Colour by").select_option("wins")
    for name in ("Colours", "Labels", "Groups", "Curve"):
        page.get_by_role("tab", name=name).click()
        panel = page.get_by_role("tabpanel", name=name)
        expect(panel).to_be_visible()
        expect(panel.get_by_text("Being measured")).to_be_hidden()
        # What stands beside the numbers is the same whichever tab is open.
        part = ".ew-root" if name == "Colours" else ".ew-side"
        for light, rules in (("true", {}), ("false", {"runOnly": ["color-contrast"]})):
            # In the dark only colours are others.
            page.evaluate("light => { document.body.dataset.jpThemeLight = light }", light)
            theme = "light" if light == "true" else "dark"
            expect(page.locator(".ew-root")).to_have_attribute("data-theme", theme)
            run = "async ([part, rules]) => (await axe.run(part, rules)).violations"
            serious = [
                (rule["id"], [node["html"] for node in rule["nodes"]])
                for rule in page.evaluate(run, [part, rules])
                if rule["impact"] in ("serious", "critical")
            ]
            assert serious == [], (name, theme)
