"""A server of a notebook or dashboard host, and what a person does with the widget in it."""

import math
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from page_watch import ELSEWHERE
from playwright.sync_api import Browser, FrameLocator, Page, expect
from running_server import running

START_SECONDS = 180
DRAWN = ".ew-maps:not([data-drawing])[data-state=ready]"
# Makes `w`, and writes how many items are selected in Python to a file beside the app.
WIDGET = """
import numpy as np, embwidget as ew
x = np.random.default_rng(0).normal(size=(200, 8))
w = ew.EmbeddingCompare(x, x + 0.5 * x[::-1], reducer="pca", height=300)
w.observe(lambda change: open("selected", "w").write(str(len(change["new"]))), "selection")
"""


@contextmanager
def host_server(folder: Path, module: str, *arguments: str) -> Iterator[str]:
    """Start ``python -m module arguments`` with ``{port}`` filled in; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    own |= {"JUPYTER_DATA_DIR": "data", "XDG_CONFIG_HOME": "xdg", "XDG_CACHE_HOME": "cache"}
    environment = os.environ | {name: str(folder / place) for name, place in own.items()}
    command = [sys.executable, "-m", module, *(each.format(port=port) for each in arguments)]
    log = folder / "server.log"
    url = f"http://127.0.0.1:{port}"
    with running(command, url, log, seconds=START_SECONDS, env=environment, cwd=folder):
        yield url


def lasso(page: Page, place: Page | FrameLocator) -> None:
    """Draw a lasso around the middle of map A."""
    place.get_by_role("button", name="Lasso").first.click()
    box = place.locator(".ew-map[data-side=a] .ew-map-surface").first.bounding_box()
    assert box
    turns = [2 * math.pi * at / 12 for at in range(13)]
    points = [
        (
            box["x"] + box["width"] * (0.5 + 0.3 * math.cos(turn)),
            box["y"] + box["height"] * (0.5 + 0.3 * math.sin(turn)),
        )
        for turn in turns
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


@contextmanager
def host_page(browser: Browser) -> Iterator[Page]:
    """A page that no person has used yet, and that reaches this machine alone."""
    size = {"width": 1300, "height": 1300}
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    context.route(ELSEWHERE, lambda route: route.abort())
    yield context.new_page()
    context.close()


def use(page: Page, folder: Path) -> None:
    """What a person does with the `WIDGET` on a page, and what Python hears of it."""
    page.locator(DRAWN).wait_for(timeout=60_000)
    expect(page.get_by_text("of 10 neighbours are the same").first).to_be_visible(timeout=60_000)
    expect(page.locator(".ew-root").get_by_role("progressbar")).to_be_hidden(timeout=60_000)
    expect(page.locator(".ew-root").get_by_role("alert")).to_be_hidden()
    click(page)
    expect(page.locator(".ew-table-a .ew-item-id")).to_have_count(10)
    lasso(page, page)
    expect(page.get_by_text(re.compile(r"\d selected")).first).to_be_visible()
    assert heard(page, folder) > 20


def click(page: Page) -> None:
    """Click map A until a point is hit."""
    surface = page.locator(".ew-map[data-side=a] .ew-map-surface").first
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box
    focus = page.locator(".ew-focus-id")
    for at in range(12):
        turn, out = 2.4 * at, 0.02 * at
        x, y = 0.5 + out * math.cos(turn), 0.5 + out * math.sin(turn)
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        try:
            expect(focus).to_have_text(re.compile(r"\d"), timeout=500)
        except AssertionError:
            continue
        return
    msg = "no click hit a point"
    raise AssertionError(msg)


def heard(page: Page, folder: Path) -> int:
    """How many items are selected in Python, once there are some."""
    wanted = folder / "selected"
    for _ in range(100):
        if wanted.exists() and wanted.read_text() not in ("", "0"):
            return int(wanted.read_text())
        # A file of another process tells nobody that it changed.
        page.wait_for_timeout(100)
    return 0
