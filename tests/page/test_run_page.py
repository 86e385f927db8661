"""The page of `embwidget run` in a real browser, over a real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_watch import Watch
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import NASTY, N, Served, registered, serving
from widget_tools import Gate

from embwidget.page.catalogue import Catalogue
from embwidget.registry import Registry

WRONG = "found => found.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join())"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """One person's browser, which came by the address that was printed."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    page.goto(served.address)
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    watch = Watch(page)
    yield page
    watch.check()
    page.close()


def link(served: Served, **asked: str) -> str:
    words = {"a": "one", "b": "two", "reducer": "pca", "label": "kind", **asked}
    return f"{served.base}/#" + "&".join(f"{name}={value}" for name, value in words.items())


def expect_answer(page: Page) -> None:
    expect(page.locator(".ew-answer")).to_contain_text("10 neighbours")
    expect(page.locator(".ew-progress")).to_be_hidden()


def click_some_point(page: Page) -> None:
    """Click map A here and there until a point is hit."""
    box = page.locator(".ew-maps canvas").first.bounding_box()
    assert box
    # Shown at once, before the row is here that has its name.
    hit = page.locator(".ew-focus-id:visible")
    for across in range(5, 40, 2):
        for down in range(4, 16):
            page.mouse.click(box["x"] + box["width"] * across / 100, box["y"] + 25 * down)
            if hit.count():
                return
    pytest.fail("no point was hit")


def test_a_person_chooses_compares_and_asks(page: Page, served: Served) -> None:
    page.goto(served.base)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")
    assert "token" not in page.url
    chosen = page.get_by_role("form", name="What to compare")
    expect(chosen.get_by_label("Space A").locator("option")).to_have_count(3)
    expect(chosen.get_by_label("Label")).to_have_value("kind")
    chosen.get_by_label("Space A").select_option("two")
    chosen.get_by_label("Space B").select_option(NASTY)
    chosen.get_by_label("Map").select_option("pca")
    chosen.get_by_label("Text").select_option("title")
    chosen.get_by_role("button", name="Compare").click()
    expect_answer(page)
    # What is in a name stays text.
    expect(page.locator(".ew-space-name").nth(1)).to_have_text(NASTY)
    assert page.locator(".ew-space-name b").count() == 0
    expect(page.locator(".ew-status")).to_contain_text(f"{N} items joined")
    click_some_point(page)
    expect(page.locator(".ew-focus")).to_contain_text("the same neighbours")
    page.get_by_placeholder("find an item").fill("item-007")
    page.locator(".ew-hit").first.click()
    expect(page.locator(".ew-focus")).to_contain_text("the title of 7")
    expect(page.locator(".ew-neighbors, .ew-tables").first).to_contain_text("item-")
    assert "a=two" in page.url


def test_a_link_opens_the_same_again_and_a_reload_goes_on(page: Page, served: Served) -> None:
    with page.expect_websocket() as line:
        page.goto(link(served, k="10"))
    expect_answer(page)
    page.get_by_placeholder("find an item").fill("item-011")
    # A choice is told once it rests.
    with line.value.expect_event("framesent", lambda frame: b'"focus"' in frame):
        page.locator(".ew-hit").first.click()
    expect(page.locator(".ew-focus")).to_contain_text("item-011")
    page.reload()
    expect_answer(page)
    expect(page.locator(".ew-focus")).to_contain_text("item-011")
    page.locator(".ew-run-title").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")
    recent = page.locator(".ew-run-recent a").first
    expect(recent).to_contain_text("one and two")
    recent.click()
    expect_answer(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")


def test_two_pages_compute_and_one_is_cancelled(
    page: Page, context: BrowserContext, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embwidget.comparison import comparison

    gate = Gate(comparison.knn_graph)
    monkeypatch.setattr(comparison, "knn_graph", gate)
    other, third = context.new_page(), context.new_page()
    try:
        page.goto(link(served, metric="inner_product", b="one"))
        other.goto(link(served, metric="inner_product", a="two"))
        for each in (page, other):
            expect(each.locator(".ew-progress-step")).to_contain_text("waiting")
        third.goto(link(served, metric="inner_product", b="two"))
        expect(third.get_by_role("status").first).to_contain_text("Waiting for 2 others")
        third.get_by_role("button", name="Cancel").click()
        expect(third.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")
        page.locator(".ew-progress").get_by_role("button", name="Cancel").click()
        gate.open()
        expect(page.locator(".ew-status")).to_contain_text("Stopped before")
        expect_answer(other)
    finally:
        gate.open()
        other.close()
        third.close()


def test_what_is_not_there_is_said(page: Page, served: Served) -> None:
    page.goto(link(served, b="tow"))
    expect(page.get_by_role("alert")).to_contain_text('There is no space "tow" any more')
    expect(page.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")
    page.goto(link(served, k="119"))
    expect(page.locator(".ew-main")).to_be_visible()
    for k, said in (("200", "with 120 items give 1 to 119"), ("999", "give a whole number")):
        page.goto(link(served, k=k))
        expect(page.get_by_role("alert")).to_contain_text(said)
        # Nothing is being opened any more, and there is something to choose from.
        expect(page.get_by_role("status")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Choose two spaces")


def test_an_empty_registry_says_what_to_do_and_looks_again(
    browser: Browser, tmp_path: Path
) -> None:
    registry = Registry(tmp_path / "home")
    with serving(Catalogue(registry, {}, {})) as empty:
        context = browser.new_context()
        page = context.new_page()
        watch = Watch(page)
        page.goto(empty.address)
        expect(page.get_by_role("heading", level=1)).to_have_text("No space is registered yet")
        expect(page.locator("pre").first).to_have_text("embwidget demo")
        assert not registry.path.exists()
        registered(registry.path)
        page.get_by_role("button", name="Look again").click()
        expect(page.get_by_label("Space A")).to_have_value("one")
        watch.check()
        context.close()


def test_what_the_command_line_chose_is_chosen(browser: Browser, registry: Registry) -> None:
    start = {"a": "two", "k": 5, "metric": "euclidean", "reducer": "pca", "text": "title"}
    with serving(Catalogue(registry, {}, start)) as served:
        context = browser.new_context()
        page = context.new_page()
        page.goto(served.address)
        expect(page.get_by_label("Text")).to_have_value("title")
        expect(page.get_by_role("spinbutton")).to_have_value("5")
        chosen = {"Space A": "two", "Space B": "one", "Metric": "euclidean", "Map": "pca"}
        for name, value in chosen.items():
            expect(page.get_by_role("combobox", name=name)).to_have_value(value)
        context.close()


def test_a_server_that_ends_is_said(browser: Browser, registry: Registry) -> None:
    context = browser.new_context()
    page = context.new_page()
    with serving(Catalogue(registry, {}, {"a": "one", "b": "two", "reducer": "pca"})) as served:
        page.goto(served.address)
        # The names of the command line open at once, with the label that is likely.
        expect_answer(page)
        assert "label=kind" in page.url
    lost = page.get_by_role("alert").filter(has_text="The connection to embwidget is lost")
    expect(lost).to_be_visible()
    # What cannot be opened now does not say that it is.
    page.get_by_role("combobox", name="Metric").select_option("euclidean")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("metric=euclidean"))
    expect(lost).to_be_visible()
    expect(page.get_by_text("Opening both spaces")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_the_page_is_out_of_reach(
    browser: Browser, served: Served, scheme: str, page: Page
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(served.base)
    expect(page.get_by_label("Label")).to_have_value("kind")
    assert page.locator(".ew-run-bar").get_attribute("data-theme") == scheme
    # The policy lets no script in but the server's; a session of the debugger is not held to it.
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = session.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run().then({WRONG})",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )["result"]["value"]
    assert found == []
    for width in (1360, 700, 360):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.locator("body").evaluate("body => body.scrollWidth - body.clientWidth")
        assert wide <= 0, width
