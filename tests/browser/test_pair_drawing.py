"""The two maps by themselves: what is drawn, and that it stays so."""

import numpy as np
import pytest
from maps_page import AT_REST, FRAMES, HEIGHT, MAX, WIDTH, open_maps
from playwright.sync_api import Browser, expect


def test_waits_for_positions_then_draws_both_maps(page):
    maps = open_maps(page, 300, positions=False)
    expect(maps.page.get_by_role("status")).to_have_text("Computing the first map…")
    rng = np.random.default_rng(0)
    positions = rng.integers(0, MAX + 1, (300, 2)).astype(np.uint16)
    maps.set_positions(positions, positions)
    maps.set_colors(dict.fromkeys(range(300), (255, 0, 0)))
    expect(maps.page.get_by_role("status")).to_be_hidden()
    red = (maps.pixels() - [255, 0, 0] > -60).all(2) & (maps.pixels()[..., 1] < 100)
    assert red[:, : WIDTH // 2].sum() > 3000
    # The same points on both maps give the same picture.
    assert red[:, : WIDTH // 2].sum() == pytest.approx(red[:, WIDTH // 2 :].sum(), rel=0.02)


def test_points_are_drawn_where_the_overlay_marks_them(page):
    maps = open_maps(page, 60)
    maps.set_colors({7: (255, 0, 0)})
    maps.select([7])
    for side in (0, 1):
        places = maps.places(side)
        x, y = places[7].round().astype(int)
        assert maps.pixels()[y, x, 0] > 180
        assert maps.pixels()[y, x, 1] < 80
        box = maps.frame(side)
        assert (places[:, 0] > box["x"]).all()
        assert (places[:, 0] < box["x"] + box["width"]).all()
        assert (places[:, 1] > box["y"]).all()
        assert (places[:, 1] < box["y"] + box["height"]).all()


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_selected_points_are_never_covered(page, order):
    maps = open_maps(page, 2, positions=False)
    same = np.full((2, 2), MAX, np.uint16)
    maps.set_positions(same, same)
    maps.set_colors({order[0]: (255, 0, 0), order[1]: (0, 0, 255)})
    maps.select([order[0]])
    middle = maps.pixels()[HEIGHT // 2 + 2, WIDTH // 4]
    assert middle[0] > 200
    assert middle[2] < 80


def test_unselected_points_go_grey_and_stay_visible(page):
    maps = open_maps(page, 500)
    maps.set_colors(dict.fromkeys(range(250), (255, 0, 0)))
    before = maps.pixels()
    maps.select([400])
    after = maps.pixels()
    drawn = (before < 200).any(2)
    assert ((after[drawn] < 240).any(1)).mean() > 0.9
    colored = np.ptp(after, axis=2) > 60
    assert colored[60:, 5 : WIDTH // 2 - 5].sum() == 0
    maps.call("setSelection", None)
    np.testing.assert_array_equal(maps.pixels(), before)


def test_focus_draws_each_spaces_neighbours_on_its_map(page):
    maps = open_maps(page, 40)
    maps.call("setFocus", {"item": 0, "a": [1, 2, 3], "b": [3, 9, 1, 5]})
    for side, shared, own in ((0, 2, 1), (1, 2, 2)):
        pane = maps.page.locator(".ew-map").nth(side)
        assert pane.locator("line.ew-overlay-shared:visible").count() == shared
        assert pane.locator("line.ew-overlay-own").count() == own
        assert pane.locator("circle.ew-overlay-own").count() == own
    focus = maps.page.locator(".ew-overlay-focus").nth(1)
    line = maps.page.locator(".ew-map").nth(1).locator("line").first
    box = maps.frame(1)
    at = np.array([float(focus.get_attribute(name)) for name in ("cx", "cy")])
    # A line begins at the ring, so that the item in focus stays in sight.
    start = np.array([float(line.get_attribute(name)) for name in ("x1", "y1")])
    radius = float(focus.get_attribute("r"))
    np.testing.assert_allclose(np.linalg.norm(start - at), radius, atol=0.2)
    assert (
        maps.page.locator(".ew-overlay-focus").nth(1).evaluate("e => getComputedStyle(e).fill")
        == "none"
    )
    np.testing.assert_allclose(at, maps.places(1)[0] - [box["x"], box["y"]], atol=0.2)
    colors = maps.page.evaluate(
        "['.ew-overlay-own', '.ew-overlay-shared'].map(name => [0, 1].map(side => getComputedStyle("
        "document.querySelectorAll('.ew-map')[side].querySelector('line' + name)).stroke))"
    )
    assert colors == [["rgb(0, 0, 255)", "rgb(255, 136, 0)"], ["rgb(0, 170, 102)"] * 2]
    maps.call("setFocus", None)
    expect(maps.page.locator(".ew-overlay-focus:visible")).to_have_count(0)
    expect(maps.page.locator(".ew-overlay line")).to_have_count(0)


def test_points_travel_and_are_picked_where_they_arrive(page):
    maps = open_maps(page, 2, positions=False)
    start = np.array([[0, 0], [MAX, MAX]], np.uint16)
    maps.set_positions(start, start)
    maps.set_colors({})
    before = maps.places(0)
    end = start[::-1].copy()
    maps.set_positions(end, end, animate=True)
    maps.page.mouse.click(*before[0])
    assert maps.heard("focus") == [[1]]
    maps.page.mouse.move(WIDTH / 2, 2 * HEIGHT)
    maps.call("setHover", 0)
    maps.page.wait_for_function(
        "x => Math.abs(document.querySelector('.ew-overlay-ring').getAttribute('cx') - x) < 0.2",
        arg=before[1][0],
    )
    assert (maps.pixels()[int(before[1][1]), int(before[1][0])] < 60).all()


def test_points_jump_when_motion_is_unwanted(page):
    maps = open_maps(page, 2, positions=False)
    maps.page.emulate_media(reduced_motion="reduce")
    start = np.array([[0, 0], [MAX, MAX]], np.uint16)
    maps.set_positions(start, start)
    before = maps.places(0)
    maps.set_positions(start[::-1].copy(), start, animate=True)
    np.testing.assert_allclose(maps.places(0), before[::-1], atol=0.2)


def test_a_lost_context_comes_back_as_it_was(page):
    maps = open_maps(page, 300)
    maps.set_colors({3: (255, 0, 0)})
    maps.select([3])
    before = maps.pixels()
    maps.page.evaluate(
        """window.loss = document.querySelector('canvas').getContext('webgl2')
            .getExtension('WEBGL_lose_context'); loss.loseContext()"""
    )
    expect(maps.page.get_by_role("status")).to_contain_text("graphics memory")
    maps.page.evaluate("loss.restoreContext()")
    expect(maps.page.get_by_role("status")).to_be_hidden()
    maps.page.evaluate(FRAMES)
    np.testing.assert_array_equal(maps.pixels(), before)


def test_a_context_that_does_not_come_back_can_be_asked_for(page):
    maps = open_maps(page, 300)
    before = maps.pixels()
    maps.page.evaluate(
        """document.querySelector('canvas').getContext('webgl2')
            .getExtension('WEBGL_lose_context').loseContext()"""
    )
    maps.page.get_by_role("button", name="Draw again").click()
    expect(maps.page.get_by_role("status")).to_be_hidden()
    maps.page.mouse.move(500, 800)
    maps.page.evaluate(FRAMES)
    np.testing.assert_array_equal(maps.pixels(), before)


def test_without_webgl2_a_readable_line_is_shown(page):
    page.evaluate("() => { HTMLCanvasElement.prototype.getContext = () => null }")
    maps = open_maps(page, 30)
    expect(page.get_by_role("status")).to_contain_text("need WebGL2")
    maps.call("resetView")
    maps.call("destroy")


def test_resizing_keeps_all_points_in_sight_and_stacks_narrow_maps(page):
    maps = open_maps(page, 50)
    resize = "width => { document.getElementById('place').style.width = width + 'px' }"
    for width in (700, 400):
        maps.page.evaluate(resize, width)
        stacked = maps.page.locator(".ew-maps[data-stacked]")
        expect(stacked).to_have_count(int(width < 560))
        maps.page.evaluate(FRAMES)
        maps.page.locator(AT_REST).wait_for()
        a, b = maps.frame(0), maps.frame(1)
        assert (b["y"] > a["y"]) == (width < 560)
        for side in (0, 1):
            box, (low, high) = maps.frame(side), np.sort(maps.places(side), axis=0)[[0, -1]]
            assert low[0] > box["x"]
            assert high[0] < box["x"] + box["width"]
        size = maps.page.evaluate(
            "(({ width, height }) => [width, height])(document.querySelector('canvas'))"
        )
        assert size == [width, HEIGHT * (2 if width < 560 else 1)]
        x, y = maps.places(1)[5].round().astype(int)
        assert (maps.pixels()[y, x] < 90).all()


def test_fine_screens_get_fine_points(browser: Browser):
    context = browser.new_context(device_scale_factor=2)
    maps = open_maps(context.new_page(), 50)
    assert maps.page.evaluate("document.querySelector('canvas').width") == 2 * WIDTH
    x, y = (2 * maps.places(0)[5]).round().astype(int)
    assert (maps.pixels()[y, x] < 90).all()
    context.close()


@pytest.mark.parametrize("n", [1, 500])
def test_points_in_one_place_are_drawn_and_picked(page, n):
    maps = open_maps(page, n, positions=False)
    same = np.zeros((n, 2), np.uint16)
    maps.set_positions(same, same)
    maps.set_colors({})
    maps.call("setHover", 0)
    at = maps.ring(1)
    maps.page.mouse.click(*at)
    ((item,),) = maps.heard("focus")
    assert item is not None
    maps.call("setTool", "lasso")
    maps.drag(at + np.array([[-20, -20], [20, -20], [20, 20], [-20, 20]]))
    assert maps.heard("select") == [[list(range(n)), "replace"]]


def test_names_are_text_and_long_ones_leave_room_for_the_tools(page):
    maps = open_maps(page, 5)
    name = "<img src=x onerror=alert(1)>" + "x" * 500
    maps.call(
        "setTitles", {"a": {"name": name, "detail": "UMAP"}, "b": {"name": "b", "detail": ""}}
    )
    maps.page.evaluate("view.toolbarSlot.innerHTML = '<button>tool</button>'")
    expect(maps.page.get_by_text(f"A · {name}")).to_be_visible()
    assert maps.page.locator("img").count() == 0
    title, tool = maps.page.locator(".ew-map-title").first, maps.page.get_by_role("button")
    right = title.bounding_box()["x"] + title.bounding_box()["width"]
    assert right <= tool.bounding_box()["x"]
    assert tool.bounding_box()["x"] + tool.bounding_box()["width"] <= WIDTH / 2
    tool.click()
    assert maps.heard("focus") == []


def test_many_views_one_after_the_other_leave_nothing_behind(page):
    maps = open_maps(page, 20)
    maps.page.evaluate(
        """() => { window.gl = document.querySelector('canvas').getContext('webgl2');
        view.destroy(); view.destroy();
        for (let i = 0; i < 40; i++) {
          const node = document.createElement('div'); document.body.append(node);
          const one = new maps.PairView({ nItems: 20, height: 100, onHover() {}, onFocus() {},
            onSelect() {}, onClear() {}, onTool() {}, onDrawn() {} });
          node.append(one.node); one.destroy(); node.remove();
        } drawn = 0; window.dispatchEvent(new Event('resize')) }"""
    )
    maps.page.evaluate(FRAMES)
    assert maps.page.evaluate(
        "gl.isContextLost() && drawn === 0 && !document.querySelector('.ew-maps')"
    )
    assert maps.page.evaluate("heard") == []


def far_points(n: int, n_far: int) -> np.ndarray:
    """Points in the lower left, and a few in the upper right corner; (n, 2)."""
    positions = np.random.default_rng(n).integers(0, MAX // 3, (n, 2)).astype(np.uint16)
    positions[:n_far] = MAX
    return positions


def test_a_few_far_points_do_not_waste_the_maps_and_are_told_of(page):
    maps = open_maps(page, 1000, positions=False)
    maps.call("setTitles", {"a": {"name": "a", "detail": "UMAP"}, "b": {"name": "b", "detail": ""}})
    maps.set_positions(far_points(1000, 3), far_points(1000, 0))
    details = maps.page.locator(".ew-map-detail")
    expect(details).to_have_text(["UMAP · 3 points further out", ""])
    box = maps.frame(0)
    for places in (maps.places(0)[3:], maps.places(1)):
        assert (places > [box["x"], box["y"]]).mean() > 0.99
        assert np.ptp(places[:, 1]) > 0.75 * HEIGHT
    first = maps.places(0)
    assert (first[:3, 1] < 0).all()
    surface = maps.page.get_by_role("application").first
    surface.focus()
    for _ in range(12):
        surface.press("-")
    out = maps.places(0)
    assert (out[:3] > [box["x"], box["y"]]).all()
    assert (out[:3] < [box["x"] + box["width"], box["y"] + box["height"]]).all()
    expect(details.first).to_have_text("UMAP")
    maps.call("resetView")
    np.testing.assert_allclose(maps.places(0), first, atol=0.2)
    expect(details.first).to_have_text("UMAP · 3 points further out")


def test_an_arrow_points_to_a_twin_outside_the_view(page):
    maps = open_maps(page, 1000, positions=False)
    maps.set_positions(far_points(1000, 3), far_points(1000, 0))
    arrows = maps.page.locator(".ew-overlay-arrow:visible")
    maps.call("setHover", 5)
    expect(arrows).to_have_count(0)
    maps.call("setHover", 0)
    expect(arrows).to_have_count(1)
    box, arrow = maps.frame(0), arrows.bounding_box()
    assert abs(arrow["y"] - box["y"]) < 25
    assert box["x"] < arrow["x"] < box["x"] + box["width"]
