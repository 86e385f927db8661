"""Pages of other hosts: other elements around outputs, other colours, and policies."""

import pytest
from kernel_page import open_saved, open_widget
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from widget_tools import shared_at

from embwidget import EmbeddingCompare
from embwidget.widget.fallback import saved_html

# The widget's place, what stands below it, and what comes from another widget, in outputs that
# know nothing of each other.
OUTPUTS = {
    "bare": "<main><div id=place></div></main><p>other output</p>{own}{other}",
    "JupyterLab": "<div class=jp-Cell><div class=jp-OutputArea-child id=place></div>"
    "<div class=jp-OutputArea-child id=around style='padding: 9px'>{own}</div></div>"
    "<div class=jp-Cell><div class=jp-OutputArea-child>{other}</div></div>",
    "classic": "<div class=output><div class=output_area id=place></div>"
    "<div class=output_area id=around style='padding: 9px'>{own}</div></div>{other}",
    "one output": "<div class=output_area><div id=place></div>{own}{other}</div>",
}


@pytest.mark.parametrize("outputs", OUTPUTS.values(), ids=OUTPUTS)
def test_a_note_is_hidden_while_its_own_widget_lives_wherever_it_stands(
    page: Page, widget: EmbeddingCompare, outputs: str
) -> None:
    notes = {
        "own": saved_html("This one", widget.comm.state["key"]),
        "other": saved_html("Another one", "of-another"),
    }
    open_widget(page, widget, host=f"<body>{outputs.format(**notes)}")
    own, other = page.get_by_text("This one"), page.get_by_text("Another one")
    expect(other).to_be_visible()
    expect(own).to_be_hidden()
    around = page.locator("#around")
    if around.count():
        # Its paddings would be a gap.
        expect(around).to_be_hidden()
    page.locator(".ew-root").evaluate("root => root.remove()")
    expect(own).to_be_visible()
    expect(other).to_be_visible()


def test_a_saved_page_says_that_it_is_one_and_keeps_its_numbers(
    page: Page, widget: EmbeddingCompare
) -> None:
    open_saved(page, widget)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Saved page: numbers only")
    expect(alert).not_to_contain_text("kernel")
    mean = shared_at(widget, 10).mean()
    same = f"about {mean:.1f} of 10 neighbours are the same"
    expect(page.locator(".ew-answer-same")).to_have_text(same)


NO_BLOB = "script-src 'unsafe-inline' data:; img-src data:"


def test_a_policy_without_blob_leaves_the_widget_alive(
    browser: Browser, widget: EmbeddingCompare
) -> None:
    # A page of its own: what is refused is on its console.
    page = browser.new_page()
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{NO_BLOB}">'
    open_widget(page, widget, host=f"{policy}<body><div id=place>")
    page.get_by_role("combobox", name="Find an item").fill("item-017")
    page.locator(".ew-hit").first.click()
    picture = page.locator(".ew-table-a .ew-thumb:visible").first
    picture.wait_for()
    assert picture.get_attribute("src").startswith("data:image/")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8
    refused = [message.text for message in said if message.type == "error"]
    assert any("script" in text and "blob:" in text for text in refused), refused
    page.close()


DARK, LIGHT = "rgb(24, 24, 24)", "rgb(250, 250, 250)"
# What a page is, what the system prefers, and what the widget has to be.
GROUNDS = {
    "Panel, dark": (f"<body style='background: {DARK}'><div id=place>", "light", "dark"),
    "Shiny, dark": ("<html data-bs-theme=dark><body><div id=place>", "light", "dark"),
    "a card": (
        f"<body style='background: {LIGHT}'><div style='background: {DARK}'>"
        "<div style='background: rgba(255, 255, 255, 0.1)'><div id=place>",
        "light",
        "dark",
    ),
    "light": (f"<body style='background: {LIGHT}'><div id=place>", "dark", "light"),
    "no ground": ("<body><div id=place>", "dark", "dark"),
}


@pytest.mark.parametrize(("host", "preferred", "theme"), GROUNDS.values(), ids=GROUNDS)
def test_a_host_that_says_nothing_is_dark_when_its_ground_is(
    page: Page, widget: EmbeddingCompare, host: str, preferred: str, theme: str
) -> None:
    page.emulate_media(color_scheme=preferred)
    try:
        open_widget(page, widget, host=host)
        expect(page.locator(".ew-root")).to_have_attribute("data-theme", theme)
    finally:
        page.emulate_media(color_scheme="null")


def test_a_host_that_turns_dark_takes_the_widget_along(
    page: Page, widget: EmbeddingCompare
) -> None:
    open_widget(page, widget, host=f"<body style='background: {LIGHT}'><div id=place>")
    root = page.locator(".ew-root")
    expect(root).to_have_attribute("data-theme", "light")
    page.evaluate("color => { document.body.style.background = color }", DARK)
    expect(root).to_have_attribute("data-theme", "dark")


HEIGHTS = """async () => {
  document.adoptedStyleSheets = [];
  const heights = [];
  for (let i = 0; i < 12; i++) {
    await new Promise(requestAnimationFrame);
    const seen = document.querySelectorAll(".ew-maps, .ew-map-surface");
    heights.push(Array.from(seen, (element) => element.getBoundingClientRect().height));
  }
  return heights;
}"""


def test_heights_stand_still_where_our_styles_are_not_applied(
    page: Page, widget: EmbeddingCompare
) -> None:
    open_widget(page, widget, host="<body><div id=place>")
    for whole, *maps in page.evaluate(HEIGHTS):
        assert maps == [widget.height] * 2
        # Both maps, the canvas, and what stands above and below them.
        assert whole < 4 * widget.height
