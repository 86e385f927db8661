"""axe-core finds nothing, in light and dark, in any state, with two widgets on the page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# What only whoever made the page around the widgets can do.
OF_THE_HOST = ["region", "landmark-one-main", "page-has-heading-one"]
PAGE = """<!doctype html><html lang=en><head><title>two widgets</title></head>
<body data-jp-theme-light=true><div id=one></div><div id=two></div></body></html>"""
OPEN = """(options) => {
  window.opened = ["one", "two"].map((id) =>
    embwidget.open(document.getElementById(id), 120, 12, structuredClone(options)));
}"""
RUN = """async (rules) => (await axe.run(document, { rules })).violations.map(
  ({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html.slice(0, 300))])"""


def tab(name: str) -> Callable[[Locator], None]:
    return lambda root: root.get_by_role("tab", name=name, exact=True).click()


def focus_first_hit(root: Locator) -> None:
    search(root)
    root.get_by_role("option").and_(root.locator(".ew-hit")).first.click()
    expect(root.locator(".ew-focus-id")).not_to_be_empty()


def search(root: Locator) -> None:
    root.get_by_role("combobox", name="Find an item").fill("1")
    expect(root.locator(".ew-hit").first).to_be_visible()


def color_by(name: str) -> Callable[[Locator], None]:
    return lambda root: root.get_by_label("Colour by").select_option(name)


def select_a_label(root: Locator) -> None:
    color_by("kind")(root)
    root.locator(".ew-legend [data-code]").first.click()
    expect(root.get_by_role("region", name="Selection")).to_contain_text("selected")


def name_a_selection(root: Locator) -> None:
    select_a_label(root)
    pane = root.get_by_role("region", name="Selection")
    pane.get_by_placeholder("name this selection").fill("rare")
    pane.get_by_role("button", name="Store").click()
    pane.locator("[data-item]").first.click()
    expect(root.locator(".ew-table [data-item]").first).to_be_visible()


def choose_a_group(root: Locator) -> None:
    tab("Groups")(root)
    root.get_by_role("tabpanel", name="Groups").get_by_role("button").first.click()
    expect(root.get_by_role("region", name="Selection")).to_contain_text("selected")


def press(name: str) -> Callable[[Locator], None]:
    return lambda root: root.get_by_role("button", name=name, exact=True).click()


def restart(root: Locator) -> None:
    root.page.evaluate("opened[0].kernel.restart()")
    root.get_by_label("k as a number").fill("3")
    expect(root.get_by_role("alert")).to_contain_text("run the cell again")


def nothing(root: Locator) -> None:
    expect(root).to_be_visible()


PROGRESS = "progress: { step: 'searching in A', share: 0.3, seconds_left: 12 }"
# One more pane or state is one more line: what both widgets begin with, what is done in the first.
STATES: dict[str, tuple[str, Callable[[Locator], None]]] = {
    "empty": (f"{{ send: 'none', traits: {{ {PROGRESS} }} }}", nothing),
    "computing": (f"{{ send: 'maps', traits: {{ {PROGRESS} }} }}", nothing),
    "stopped": (
        "{ send: 'none', traits: { progress: { step: '', share: 0.3, seconds_left: null } } }",
        nothing,
    ),
    "full": ("{}", nothing),
    "error": ("{ send: 'maps', traits: { error: 'a and b: no id in common' } }", nothing),
    "focus": ("{}", focus_first_hit),
    "selection": ("{}", select_a_label),
    "named selection": ("{}", name_a_selection),
    "chosen group": ("{}", choose_a_group),
    "lasso": ("{}", press("Lasso")),
    "keys": ("{}", press("Keys")),
    "save": ("{}", press("Save")),
    "search": ("{}", search),
    "explained": ("{}", lambda root: root.get_by_role("button", name="What these numbers").click()),
    "labels": ("{}", tab("Labels")),
    "groups": ("{}", tab("Groups")),
    "curve": ("{}", tab("Curve")),
    "many labels": ("{ manyLabels: 40 }", tab("Labels")),
    "numbers": ("{}", color_by("score")),
    "difference": ("{}", color_by("wins")),
    "restarted": ("{}", restart),
}


@pytest.fixture
def pages(page: Page, harness: Path) -> Page:
    """A page that loads widgets, and axe."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.emulate_media(reduced_motion="reduce")
    page.set_content(PAGE)
    page.add_style_tag(path=harness / "harness.css")
    page.add_script_tag(path=harness / "harness.js")
    page.add_script_tag(path=AXE)
    return page


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(pages: Page, state: str) -> None:
    options, act = STATES[state]
    pages.evaluate(f"() => ({OPEN})({options})")
    root = pages.locator("#one .ew-root")
    act(root)
    rules = {rule: {"enabled": False} for rule in OF_THE_HOST}
    assert pages.evaluate(RUN, rules) == []
    # In the dark only colours are others.
    pages.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(root).to_have_attribute("data-theme", "dark")
    assert pages.evaluate(RUN.replace("{ rules }", "{ runOnly: ['color-contrast'] }")) == []
