"""More maps on a page than a browser keeps contexts: whoever comes into view is drawn."""

import io
import re

import numpy as np
from maps_page import FRAMES, Maps, open_maps
from PIL import Image
from playwright.sync_api import Page, expect

ANYTHING = re.compile("")
MANY = 20
# Above what Chromium has at once; what it takes away it warns of, which would fail the test.
MORE = """many => {
  const gl = HTMLCanvasElement.prototype, open = gl.getContext;
  window.contexts = [];
  gl.getContext = function (...args) {
    const context = open.apply(this, args);
    if (context) contexts.push(context);
    return context;
  };
  window.views = [view];
  for (let i = 1; i < many; i++) {
    const one = new maps.PairView({ nItems: 300, height: 400, onHover() {}, onFocus() {},
      onSelect() {}, onClear() {}, onTool() {}, onDrawn() {} });
    const random = (seed) => Uint16Array.from({ length: 600 }, (_, j) =>
      (Math.imul(j + 1, 2654435761) ^ Math.imul(seed, 40503)) >>> 16);
    document.getElementById("place").append(one.node);
    one.setPositions(random(i), random(i + 1), false);
    views.push(one);
  }
}"""
LIVE = "() => contexts.filter(context => !context.isContextLost()).length"


def picture(page: Page, index: int) -> np.ndarray:
    """A pair of maps once it is in view and at rest, (height, width, 3)."""
    node = page.locator(".ew-maps").nth(index)
    node.scroll_into_view_if_needed()
    expect(node).to_have_attribute("data-state", "ready")
    expect(node).not_to_have_attribute("data-drawing", ANYTHING)
    page.evaluate(FRAMES)
    return np.asarray(Image.open(io.BytesIO(node.screenshot())).convert("RGB"), int)


def has_ink(pixels: np.ndarray) -> bool:
    """Whether points are drawn on both maps."""
    dark = (pixels.sum(axis=2) < 600)[60:-10]
    left, right = np.array_split(dark, 2, axis=1)
    return bool(min(left.sum(), right.sum()) > 500)


def open_many(page: Page) -> Maps:
    maps = open_maps(page, 300)
    page.evaluate(MORE, MANY)
    page.evaluate(FRAMES)
    return maps


def test_each_of_twenty_is_drawn_when_it_is_looked_at(page):
    open_many(page)
    there = [has_ink(picture(page, index)) for index in range(MANY)]
    back = [has_ink(picture(page, index)) for index in range(MANY - 1, -1, -6)]
    assert all(there)
    assert all(back)
    assert page.evaluate(LIVE) < 6


def test_what_was_looked_at_is_as_it_was_when_it_comes_back(page):
    maps = open_many(page)
    maps.set_colors({3: (255, 0, 0), 7: (0, 160, 0)})
    maps.select([3, 7, 11])
    surface = page.get_by_role("application").first
    surface.focus()
    surface.press("+")
    before = picture(page, 0)
    picture(page, MANY - 1)
    expect(page.locator(".ew-maps").first).to_have_attribute("data-state", "away")
    expect(page.locator(".ew-maps").first.locator("canvas")).to_have_count(0)
    np.testing.assert_array_equal(picture(page, 0), before)


def test_what_changed_out_of_sight_is_drawn_when_it_is_seen(page):
    maps = open_many(page)
    picture(page, MANY - 1)
    maps.call("setTheme", "light")
    maps.set_colors(dict.fromkeys(range(300), (255, 0, 0)))
    pixels = picture(page, 0)
    red = (pixels[..., 0] > 200) & (pixels[..., 1:].max(axis=2) < 80)
    assert red.sum() > 500
