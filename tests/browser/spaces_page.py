"""A page with several made-up spaces, and the cells of their matrix."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

N, K_MAX, K = 200, 12, 10
Open = Callable[..., Page]


def open_spaces(page: Page, harness: Path, options: str = "", *, width: int = 1280) -> Page:
    """Open a widget on several made-up spaces, with `opened` in the page's reach."""
    page.set_viewport_size({"width": width, "height": 1400})
    page.set_content(
        "<!doctype html><html lang=en><head><title>spaces</title></head>"
        "<body data-jp-theme-light=true><div id=place></div></body></html>"
    )
    page.add_style_tag(path=harness / "harness.css")
    page.add_script_tag(path=harness / "harness.js")
    page.evaluate(
        f"""() => {{ window.opened = embwidget.openSpaces(document.getElementById("place"),
        {{ n: {N}, kMax: {K_MAX}, spaces: 5, {options} }}); }}"""
    )
    page.locator(".ew-maps[data-state=ready]").wait_for()
    return page


def cell(page: Page, a: int, b: int) -> Locator:
    return page.locator(f".ew-matrix-cell[data-at='{a} {b}']")


def has(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
