"""Whose the wheel and the fingers are, the whole screen, and what is taken along from it."""

import io
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from kernel_page import open_widget, resize
from maps_page import AT_REST, FRAMES, HEIGHT, Maps, inside, open_maps
from PIL import Image
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

# A scroll by finger goes on for a while.
SCROLLED = """() => new Promise((done) => { let [last, n] = [-1, 0];
  const look = () => { n = scrollY === last ? n + 1 : 0; last = scrollY;
    if (n > 5) done(); else requestAnimationFrame(look); };
  look(); })"""
HINT = ".ew-maps-hint:visible"


def size(maps: Maps) -> float:
    """How large the points' cloud is on map A."""
    return float(np.ptp(maps.places(0)[:, 0]))


def wheel(maps: Maps, dy: int = -200) -> None:
    maps.page.mouse.move(250, 200)
    maps.page.mouse.wheel(0, dy)
    maps.page.evaluate(FRAMES)


def long_page(page: Page) -> Maps:
    """Maps at the top of a page that scrolls."""
    maps = open_maps(page, 30)
    page.evaluate("document.body.style.height = '3000px'")
    return maps


def test_the_wheel_scrolls_the_page_until_the_map_was_clicked(page):
    maps = long_page(page)
    before = size(maps)
    wheel(maps, 40)
    # Said for a few seconds, so that nothing else is waited for before.
    expect(page.locator(HINT)).to_have_text("Click the map, or hold Ctrl, to zoom with the wheel")
    page.wait_for_function("scrollY > 0")
    page.evaluate("scrollTo(0, 0)")
    assert size(maps) == pytest.approx(before)
    page.mouse.click(8, HEIGHT - 8)
    expect(page.locator(HINT)).to_have_count(0)
    wheel(maps)
    assert size(maps) == pytest.approx(before * np.exp(0.4), rel=0.01)
    assert page.evaluate("scrollY") == 0
    # Elsewhere: the wheel is the page's again, and nothing is said a second time.
    page.mouse.click(500, HEIGHT + 200)
    wheel(maps, 40)
    page.wait_for_function("scrollY > 0")
    expect(page.locator(HINT)).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    assert size(maps) == pytest.approx(before * np.exp(0.4), rel=0.01)


def test_escape_gives_the_wheel_back(page):
    maps = long_page(page)
    page.mouse.click(8, HEIGHT - 8)
    page.keyboard.press("Escape")
    before = size(maps)
    wheel(maps, 40)
    page.wait_for_function("scrollY > 0")
    page.evaluate("scrollTo(0, 0)")
    assert size(maps) == pytest.approx(before)


@pytest.mark.parametrize("key", ["Control", "Meta"])
def test_with_a_key_held_the_wheel_zooms_at_once(page, key):
    maps = long_page(page)
    before = size(maps)
    page.keyboard.down(key)
    wheel(maps, -100)
    page.keyboard.up(key)
    assert 1.15 < size(maps) / before < 1.35
    assert page.evaluate("scrollY") == 0
    expect(page.locator(HINT)).to_have_count(0)


def test_a_pinch_on_a_touchpad_zooms(page):
    maps = long_page(page)
    before = size(maps)
    page.evaluate(
        """() => { for (let i = 0; i < 10; i++) document.querySelector(".ew-map-surface")
        .dispatchEvent(new WheelEvent("wheel", { deltaY: -5, ctrlKey: true, clientX: 250,
          clientY: 200, bubbles: true, cancelable: true })) }"""
    )
    assert size(maps) == pytest.approx(before * np.exp(0.5), rel=0.01)


class Fingers:
    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def drag(self, *path: tuple[float, float]) -> None:
        self.send("touchStart", path[0])
        for (x0, y0), (x1, y1) in pairwise(path):
            for share in np.linspace(0.2, 1, 5):
                self.send("touchMove", (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
        self.send("touchEnd")


def test_one_finger_scrolls_and_a_tap_picks(page):
    maps = long_page(page)
    places = maps.places(0)
    fingers = Fingers(page)
    fingers.send("touchStart", tuple(places[4]))
    fingers.send("touchEnd")
    assert maps.heard("focus") == [[4]]
    fingers.drag((250, 300), (250, 120))
    page.wait_for_function("scrollY > 50")
    page.evaluate(SCROLLED)
    page.evaluate("scrollTo(0, 0)")
    np.testing.assert_allclose(maps.places(0), places, atol=0.2)
    assert maps.heard("focus") == []


def test_two_fingers_move_and_do_not_scroll(page):
    maps = long_page(page)
    before = maps.places(0)
    fingers = Fingers(page)
    fingers.send("touchStart", (200, 200), (300, 200))
    for step in range(1, 11):
        fingers.send(
            "touchMove", (200 + 4 * step, 200 - 3 * step), (300 + 4 * step, 200 - 3 * step)
        )
    fingers.send("touchEnd")
    np.testing.assert_allclose(maps.places(0) - before, np.tile([40, -30], (30, 1)), atol=1.5)
    assert page.evaluate("scrollY") == 0


def test_with_a_tool_one_finger_draws_and_buttons_say_whether_it_adds(page):
    maps = long_page(page)
    places = maps.places(0)
    maps.call("setTool", "box")
    expected = inside(places, np.array([[100, 90], [310, 90], [310, 300], [100, 300]]))
    for mode in ("replace", "add", "subtract"):
        maps.call("setMode", mode)
        Fingers(page).drag((100, 300), (310, 90))
        assert maps.heard("select") == [[expected.tolist(), mode]]
    assert page.evaluate("scrollY") == 0


N, K = 60, 5
IDS = [f"item {i:02d}, 漢" for i in range(N)]


@pytest.fixture
def widget(page: Page, recorded: None) -> EmbeddingCompare:
    a = np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32)
    metadata = pd.DataFrame(
        {
            "title": [f'the "title" of\n{i}' for i in range(N)],
            "kind": [f"kind {i % 3}" if i else None for i in range(N)],
            "price": np.arange(N) / 4,
        }
    )
    columns = {"text": "title", "label": "kind", "show": ["price"]}
    options = {"reducer": "pca", "n_neighbors": K, "k_max": 10, "metadata": metadata} | columns
    names = ("Glo/Ve", '<b>"mini"</b>')
    widget = EmbeddingCompare(a, a[:, :4], ids=IDS, names=names, **options).wait(60)
    widget.focus = IDS[7]
    open_widget(page, widget)
    expect(page.locator(".ew-table-a [data-item] .ew-item-id:not(:empty)")).to_have_count(K)
    return widget


def saved(page: Page, words: str) -> tuple[str, bytes]:
    """Name and bytes of what an entry of the menu saves."""
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=words).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_the_neighbours_are_saved_as_python_has_them(page, widget):
    name, data = saved(page, "Neighbours of the item in focus")
    assert name == "neighbours_item-07-漢.csv"
    found = pd.read_csv(io.BytesIO(data))
    expected = widget.neighbors_frame()
    assert list(found.columns) == list(expected.columns)
    for column in found:
        if column.startswith("distance"):
            np.testing.assert_allclose(found[column], expected[column], rtol=1e-5)
        else:
            np.testing.assert_array_equal(
                *(
                    f[column].astype(object).where(f[column].notna(), None)
                    for f in (found, expected)
                )
            )


def test_the_picture_is_twice_as_large_and_has_the_maps_in_it(page, widget):
    page.mouse.move(0, 0)
    page.locator(AT_REST).wait_for()
    before = page.locator(".ew-maps").screenshot()
    name, data = saved(page, "Picture of both maps")
    page.get_by_role("button", name="Save", exact=True).blur()
    assert name == "Glo-Ve_vs_b-mini-b.png"
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    maps = page.locator(".ew-maps")
    box = maps.bounding_box()
    assert picture.shape[1] == 2 * (round(box["width"]) + 32)
    # The same points at the same places as on the screen, and words above and below them.
    shot = Image.open(io.BytesIO(before)).convert("RGB")
    large = np.asarray(shot.resize((2 * shot.width, 2 * shot.height))).astype(int)
    # A line frames the maps.
    lines = (np.abs(picture[:, 40:800] - picture[0, 0]).sum(-1) > 10).all(1)
    top = int(np.flatnonzero(lines)[0]) + 1
    height = large.shape[0]
    middle = slice(120, height - 120)
    ours = picture[top : top + height, 32 : 32 + large.shape[1]][middle]
    differs = np.abs(ours - large[middle]).max(-1) > 60
    assert differs.mean() < 0.004
    assert (np.abs(large[middle] - picture[0, 0]).max(-1) > 60).mean() > 0.012
    for words in (picture[:top], picture[top + height :]):
        assert (np.abs(words - picture[0, 0]).max(-1) > 100).sum() > 500
    page.mouse.move(0, 0)
    page.wait_for_selector(".ew-maps:not([data-drawing])")
    after = np.asarray(Image.open(io.BytesIO(maps.screenshot())).convert("RGB")).astype(int)
    assert (after != np.asarray(shot)).mean() < 1e-3


def test_full_screen_gives_the_maps_the_height_and_leaves_by_the_same_button(page, widget):
    height = page.locator(".ew-map").first.bounding_box()["height"]
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
    resize(page, 1600, 1400)
    page.wait_for_function(
        "() => document.querySelector('.ew-root').getBoundingClientRect().height === innerHeight"
    )
    assert page.locator(".ew-map").first.bounding_box()["height"] > height + 200
    box = page.get_by_role("application").first.bounding_box()
    before = page.locator(".ew-overlay-focus").first.get_attribute("cx")
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.wheel(0, -300)
    expect(page.locator(".ew-overlay-focus").first).not_to_have_attribute("cx", before)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement === null")
    page.wait_for_function(
        f"() => document.querySelector('.ew-map').getBoundingClientRect().height === {height}"
    )


def test_where_full_screen_is_forbidden_there_is_no_button(page, recorded):
    a = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    widget = EmbeddingCompare(a, a[:, :3], reducer="pca", n_neighbors=3).wait(60)
    page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    open_widget(page, widget)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Full screen")).to_have_count(0)


def test_the_keys_are_told(page, widget):
    page.get_by_role("button", name="Keys", exact=True).click()
    keys = page.get_by_role("region", name="Keys on the maps")
    expect(keys).to_contain_text(re.compile("Esc.*clear the selection"))
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page.locator(".ew-focus-id")).to_have_text(IDS[7])


@pytest.mark.parametrize("tool", ["Lasso", "Box"])
def test_add_and_remove_can_be_had_without_a_keyboard(page, widget, tool):
    expect(page.get_by_role("button", name="Add to the selection")).to_be_hidden()
    page.get_by_role("button", name=tool, exact=True).click()
    box = page.get_by_role("application").first.bounding_box()

    def draw(share: float) -> None:
        x, y = box["x"] + box["width"] * share, box["y"] + box["height"]
        page.mouse.move(x, box["y"] + 45)
        page.mouse.down()
        end = (x + 150, y - 40)
        for at in [(x, y - 40), end, (x + 150, box["y"] + 45), end]:
            page.mouse.move(*at, steps=3)
        page.mouse.up()

    def count() -> int:
        text = page.locator(".ew-status-right").inner_text()
        return int(re.match(r"\d+|", text)[0] or 0)

    draw(0.2)
    first = count()
    assert 0 < first < N
    page.get_by_role("button", name="Add to the selection").click()
    draw(0.45)
    both = count()
    assert both > first
    page.get_by_role("button", name="Remove from the selection").click()
    draw(0.2)
    assert 0 < count() < both
