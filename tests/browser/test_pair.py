"""The two maps by themselves: what the mouse, the fingers and the keys do."""

import numpy as np
import pytest
from maps_page import FRAMES, HEIGHT, inside, open_maps, star
from playwright.sync_api import expect

LASSOS = [
    ("lasso", None, "replace"),
    ("lasso", "Shift", "add"),
    ("lasso", "Alt", "subtract"),
    ("pan", "Shift", "add"),
    ("pan", "Alt", "subtract"),
]


@pytest.mark.parametrize("side", [0, 1])
def test_lasso_takes_exactly_the_points_inside(page, side):
    maps = open_maps(page, 400)
    places = maps.places(side)
    for seed, (tool, key, mode) in enumerate(LASSOS):
        maps.call("setTool", tool)
        corners = star(maps, side, 5 + seed, places)
        expected = inside(places, corners)
        if key:
            maps.page.keyboard.down(key)
        maps.drag(corners, steps=1)
        if key:
            maps.page.keyboard.up(key)
        assert 10 < len(expected) < 390
        assert maps.heard("select") == [[expected.tolist(), mode]]
        expect(maps.page.locator(".ew-overlay-shape:visible")).to_have_count(0)


def test_lasso_is_right_after_pan_and_zoom(page):
    maps = open_maps(page, 400)
    maps.page.mouse.move(300, 250)
    maps.page.keyboard.down("Control")
    maps.page.mouse.wheel(0, -300)
    maps.page.keyboard.up("Control")
    maps.drag(np.array([[300, 250], [340, 210]]))
    maps.call("setTool", "lasso")
    places = maps.places(1)
    corners = star(maps, 1, 3, places)
    maps.drag(corners, steps=1)
    assert maps.heard("select") == [[inside(places, corners).tolist(), "replace"]]


def test_box_takes_exactly_the_points_inside(page):
    maps = open_maps(page, 400)
    maps.call("setTool", "box")
    maps.drag(np.array([[100, 300], [310, 90]]))
    x, y = maps.places(0).T
    expected = np.flatnonzero((x > 100) & (x < 310) & (y > 90) & (y < 300))
    assert maps.heard("select") == [[expected.tolist(), "replace"]]


def test_lasso_is_seen_while_it_is_drawn_and_escape_drops_it(page):
    maps = open_maps(page, 400)
    maps.call("setTool", "lasso")
    mouse = maps.page.mouse
    mouse.move(100, 100)
    mouse.down()
    mouse.move(300, 120, steps=5)
    mouse.move(200, 300, steps=5)
    shape = maps.page.locator(".ew-overlay-shape:visible")
    expect(shape).to_have_count(1)
    assert shape.bounding_box()["height"] > 190
    maps.page.keyboard.press("Escape")
    expect(shape).to_have_count(0)
    mouse.up()
    assert maps.heard("select") == []


def test_a_click_asks_for_the_point_and_an_empty_click_for_none(page):
    maps = open_maps(page, 30)
    for side in (0, 1):
        places = maps.places(side)
        for item in (0, 17):
            maps.page.mouse.click(*places[item] + [1, -1])
            assert maps.heard("focus") == [[item]]
    maps.page.mouse.click(8, HEIGHT - 8)
    assert maps.heard("focus") == [[None]]


@pytest.mark.parametrize(("key", "mode"), [("Shift", "add"), ("Alt", "subtract")])
def test_a_click_with_a_modifier_takes_one_point(page, key, mode):
    maps = open_maps(page, 30)
    maps.page.keyboard.down(key)
    maps.page.mouse.click(*maps.places(0)[0])
    maps.page.keyboard.up(key)
    assert maps.heard("select") == [[[0], mode]]


@pytest.mark.parametrize("tool", ["pan", "lasso", "box"])
def test_double_click_beside_all_points_clears(page, tool):
    maps = open_maps(page, 30)
    maps.call("setTool", tool)
    maps.page.mouse.dblclick(*maps.places(0)[3])
    assert maps.heard("clear") == []
    maps.page.mouse.dblclick(8, HEIGHT - 8)
    assert maps.heard("clear") == [[]]


def test_hover_rings_the_twin_and_redraws_no_point(page):
    maps = open_maps(page, 30)
    places = [maps.places(0), maps.places(1)]
    maps.page.evaluate("drawn = 0")
    maps.page.mouse.move(*places[1][0] + [2, 2])
    ((item, at),) = maps.heard("hover")
    assert item == 0
    np.testing.assert_allclose([at["x"], at["y"]], places[1][0], atol=0.2)
    for side in (0, 1):
        np.testing.assert_allclose(maps.ring(side), places[side][0], atol=0.2)
        expect(maps.page.locator(".ew-overlay-ring").nth(side)).to_be_visible()
    maps.page.mouse.move(8, HEIGHT - 8)
    assert maps.heard("hover") == [[None, None]]
    expect(maps.page.locator(".ew-overlay-ring:visible")).to_have_count(0)
    maps.page.mouse.move(*places[0][4])
    maps.page.mouse.move(500, 800)
    assert maps.heard("hover")[-1] == [None, None]
    assert maps.page.evaluate("drawn") == 0


def test_zoom_holds_the_place_under_the_pointer_on_both_maps(page):
    maps = open_maps(page, 30)
    item = int(np.argmin(np.abs(maps.places(0) - [250, 200]).sum(1)))
    at = maps.places(0)[item]
    before = maps.places(1)
    maps.page.mouse.click(*at.round())
    maps.page.mouse.wheel(0, -400)
    maps.page.evaluate(FRAMES)
    np.testing.assert_allclose(maps.places(0)[item], at, atol=1.5)
    grown = np.ptp(maps.places(1), axis=0) / np.ptp(before, axis=0)
    np.testing.assert_allclose(grown, np.exp(0.8), rtol=0.01)


def test_maps_move_together_only_when_locked(page):
    maps = open_maps(page, 30)
    before = [maps.places(0), maps.places(1)]
    way = np.array([[200, 200], [240, 170]])
    maps.call("setLocked", False)
    maps.drag(way)
    np.testing.assert_allclose(maps.places(0) - before[0], np.tile([40, -30], (30, 1)), atol=0.5)
    np.testing.assert_allclose(maps.places(1), before[1], atol=0.2)
    maps.call("setLocked", True)
    np.testing.assert_allclose(maps.places(1) - before[1], np.tile([40, -30], (30, 1)), atol=0.5)
    maps.drag(way + np.array([500, 0]))
    np.testing.assert_allclose(maps.places(0) - before[0], np.tile([80, -60], (30, 1)), atol=0.5)
    maps.call("resetView")
    np.testing.assert_allclose(maps.places(0), before[0], atol=0.2)
    assert maps.heard("focus") == []


def test_the_keyboard_moves_the_maps(page):
    maps = open_maps(page, 30)
    before = maps.places(0)
    surface = maps.page.get_by_role("application").first
    surface.focus()
    surface.press("ArrowRight")
    assert (maps.places(0)[:, 0] < before[:, 0] - 20).all()
    surface.press("0")
    np.testing.assert_allclose(maps.places(0), before, atol=0.2)
    surface.press("+")
    assert np.ptp(maps.places(0)) > 1.2 * np.ptp(before)
    surface.press("-")
    np.testing.assert_allclose(maps.places(0), before, atol=0.5)
    surface.press("Escape")
    assert maps.heard("clear") == [[]]
    for key in "lbp":
        surface.press(key)
    assert maps.heard("tool") == [["lasso"], ["box"], ["pan"]]


def test_two_fingers_zoom(page):
    maps = open_maps(page, 30)
    before = maps.places(0)
    touch = maps.page.context.new_cdp_session(maps.page)

    def send(kind: str, half: int) -> None:
        fingers = [{"x": 250 - half, "y": 200, "id": 0}, {"x": 250 + half, "y": 200, "id": 1}]
        points = fingers if half else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 40)
    for half in range(42, 82, 2):
        send("touchMove", half)
    send("touchEnd", 0)
    grown = np.ptp(maps.places(0), axis=0) / np.ptp(before, axis=0)
    np.testing.assert_allclose(grown, 2, rtol=0.05)
    assert maps.heard("focus") == []
