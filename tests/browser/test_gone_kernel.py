"""Whatever a person does once the kernel is gone, the screen says what to do."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

OPEN = """() => {
  window.opened = embwidget.open(document.getElementById("place"), 120, 12);
}"""
# Whether the words came later than a kernel is given to answer, by the order of the page's own
# timers: a slow machine makes them late all together.
CLOCK = """() => {
  const words = /run the cell again/;
  let isLate = false;
  const begin = () => setTimeout(() => { isLate = true }, 4000);
  for (const type of ["click", "input", "change"])
    document.addEventListener(type, begin, { capture: true, once: true });
  window.saidLate = null;
  new MutationObserver(() => {
    const alert = document.querySelector(".ew-root [role=alert]");
    if (saidLate === null && words.test(alert.textContent)) window.saidLate = isLate;
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""
# Of what a host tells when its kernel was restarted: a word to its widgets, or nothing.
RESTARTS = {
    "told": "() => opened.kernel.restart()",
    "not told": "() => { opened.kernel.restarted = true; }",
}
ACTIONS = {
    "k": lambda root: root.get_by_label("k as a number").fill("3"),
    "slider": lambda root: root.get_by_label("Number of neighbours compared, k").fill("5"),
    "color": lambda root: root.get_by_label("Colour by").select_option("score"),
    "search": lambda root: root.get_by_role("combobox", name="Find an item").fill("1"),
    "bars": lambda root: root.locator(".ew-bars [role=option]").last.click(),
    "labels": lambda root: root.get_by_role("tab", name="Labels").click(),
}


@pytest.fixture
def root(page: Page, harness: Path) -> Locator:
    page.set_content("<body data-jp-theme-light=true><div id=place></div></body>")
    page.add_style_tag(path=harness / "harness.css")
    page.add_script_tag(path=harness / "harness.js")
    page.evaluate(OPEN)
    page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
    return page.locator(".ew-root")


@pytest.mark.parametrize("restart", RESTARTS.values(), ids=RESTARTS)
@pytest.mark.parametrize("act", ACTIONS.values(), ids=ACTIONS)
def test_every_action_after_a_restart_says_what_to_do(root: Locator, act, restart) -> None:
    root.page.evaluate(restart)
    alert = root.get_by_role("alert")
    if alert.is_visible():
        alert.get_by_role("button", name="Dismiss").click()
        expect(alert).to_be_hidden()
    root.page.evaluate(CLOCK)
    act(root)
    expect(alert).to_contain_text("run the cell again")
    assert root.page.evaluate("saidLate") is False
