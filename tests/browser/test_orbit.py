"""Maps in 3-D, turned together or alone, with everything else as on flat ones; series of maps."""

import numpy as np
import pytest
from bundle import bundle
from maps_page import FRAMES, HEIGHT, MAX, WIDTH, Maps, away_from, inside, open_maps
from playwright.sync_api import Page, expect

N = 60
SHOW = """([arrays, animate, nComponents]) =>
  view.setPositions(...arrays.map(p => Uint16Array.from(p)), animate, nComponents)"""
# Rings every item in turn, and says where the ring is on both maps.
RINGS = """async (n) => {
  const frame = () => new Promise(requestAnimationFrame);
  const boxes = Array.from(document.querySelectorAll(".ew-map-surface"),
    node => node.getBoundingClientRect());
  const found = [];
  for (let item = 0; item < n; item++) {
    view.setHover(item);
    await frame();
    found.push(Array.from(document.querySelectorAll(".ew-overlay-ring"), (ring, side) =>
      [boxes[side].left + Number(ring.getAttribute("cx")),
       boxes[side].top + Number(ring.getAttribute("cy"))]));
  }
  view.setHover(null);
  await frame();
  return found;
}"""
# Time stands still but for what a test says.
CLOCK = "performance.now = () => window.time ?? 0"


def show(maps: Maps, *arrays: np.ndarray, animate: bool = False) -> None:
    flat = [array.ravel().tolist() for array in arrays]
    maps.page.evaluate(SHOW, [flat, animate, arrays[0].shape[1]])
    maps.page.evaluate(FRAMES)


def places(maps: Maps) -> np.ndarray:
    """Where each item is on the page, (2 maps, n, 2)."""
    maps.page.mouse.move(WIDTH / 2, 2.2 * HEIGHT)
    maps.page.wait_for_selector(".ew-maps:not([data-drawing])")
    return np.array(maps.page.evaluate(RINGS, maps.n)).transpose(1, 0, 2)


def solid(seed: int = 0, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, MAX + 1, (n, 3)).astype(np.uint16)


def open_solid(page: Page) -> Maps:
    """Two maps in 3-D, which a drag turns."""
    maps = open_maps(page, N, positions=False)
    maps.set_colors({})
    maps.positions = (solid(0), solid(1))
    show(maps, *maps.positions)
    maps.call("setTool", "orbit")
    return maps


def projection(maps: Maps, at: np.ndarray, side: int) -> np.ndarray:
    """The linear map from positions to the page, (3, 2), which must be that of a rigid cloud."""
    xyz = maps.positions[side] / MAX
    found, *_ = np.linalg.lstsq(np.c_[xyz, np.ones(N)], at[side], rcond=None)
    np.testing.assert_allclose(np.c_[xyz, np.ones(N)] @ found, at[side], atol=0.15)
    across, down = found[:3].T
    assert np.linalg.norm(across) == pytest.approx(np.linalg.norm(down), rel=1e-3)
    assert abs(across @ down) < 1e-3 * (across @ across)
    return found[:3] / np.linalg.norm(across)


def turn(maps: Maps, *way: tuple[int, int], start: tuple[int, int] = (250, 200)) -> None:
    maps.drag(np.cumsum([start, *way], axis=0))
    maps.page.evaluate(FRAMES)


def test_the_first_view_is_from_the_front_and_a_reset_leads_back(page):
    maps = open_solid(page)
    first = places(maps)
    for side in (0, 1):
        front = projection(maps, first, side)
        np.testing.assert_allclose(front, [[1, 0], [0, -1], [0, 0]], atol=1e-3)
    turn(maps, (70, 40))
    assert np.abs(places(maps) - first).max() > 20
    maps.call("resetView")
    np.testing.assert_allclose(places(maps), first, atol=0.15)


def test_a_drag_turns_both_maps_as_one_rigid_cloud(page):
    maps = open_solid(page)
    middle = [250, 500 + 250]
    turn(maps, (60, 0))
    at = places(maps)
    right = projection(maps, at, 0)
    # The front goes with the hand, and the upright axis stays.
    assert right[2, 0] > 0.2
    np.testing.assert_allclose(right[1], [0, -1], atol=1e-3)
    np.testing.assert_allclose(projection(maps, at, 1), right, atol=1e-3)
    turn(maps, (0, 60), start=(750, 200))
    at = places(maps)
    down = projection(maps, at, 1)
    assert down[2, 1] > 0.2
    np.testing.assert_allclose(projection(maps, at, 0), down, atol=1e-3)
    # No point ever leaves a first view.
    for side in (0, 1):
        assert np.abs(at[side][:, 0] - middle[side]).max() < 250
        assert np.abs(at[side][:, 1] - 200).max() < 200


def test_unlocked_maps_turn_alone_and_locked_ones_meet_again(page):
    maps = open_solid(page)
    maps.call("setLocked", False)
    turn(maps, (80, 30))
    at = places(maps)
    front = projection(maps, at, 1)
    np.testing.assert_allclose(front, [[1, 0], [0, -1], [0, 0]], atol=1e-3)
    own = projection(maps, at, 0)
    assert np.abs(own - front).max() > 0.3
    maps.call("setLocked", True)
    np.testing.assert_allclose(projection(maps, places(maps), 1), own, atol=1e-3)


@pytest.mark.parametrize("side", [0, 1])
def test_lasso_and_click_take_what_is_seen_there(page, side):
    maps = open_solid(page)
    turn(maps, (90, -50))
    maps.page.mouse.move(250, 200)
    maps.page.keyboard.down("Control")
    maps.page.mouse.wheel(0, -150)
    maps.page.keyboard.up("Control")
    at = places(maps)[side]
    gaps = np.linalg.norm(at[:, None] - at, axis=-1) + np.eye(N) * MAX
    alone = np.flatnonzero((gaps.min(1) > 6) & (np.abs(at[:, 1] - 200) < 120))[:3]
    assert len(alone) == 3
    for item in alone.tolist():
        maps.page.mouse.click(*at[item])
        assert maps.heard("focus") == [[item]]
    middle = np.array([250 + 500 * side, 200])
    corners = middle + np.array([[-80, -70], [95, -60], [20, 15], [70, 90], [-100, 60]])
    assert away_from(at, corners)
    expected = inside(at, corners).tolist()
    assert 3 < len(expected) < N - 3
    maps.call("setTool", "lasso")
    maps.drag(corners, steps=1)
    assert maps.heard("select") == [[expected, "replace"]]
    # With a key, as on flat maps.
    maps.call("setTool", "orbit")
    maps.page.keyboard.down("Shift")
    maps.drag(corners, steps=1)
    maps.page.keyboard.up("Shift")
    assert maps.heard("select") == [[expected, "add"]]


def test_keys_turn_only_with_the_tool_and_only_what_is_solid(page):
    maps = open_solid(page)
    first = places(maps)
    surface = maps.page.get_by_role("application").first
    surface.focus()
    surface.press("o")
    assert maps.heard("tool") == [["orbit"]]
    surface.press("ArrowRight")
    surface.press("ArrowUp")
    turned = projection(maps, places(maps), 0)
    assert turned[2, 0] < -0.1
    assert turned[2, 1] > 0.1
    surface.press("0")
    maps.call("setTool", "pan")
    surface.press("ArrowRight")
    np.testing.assert_allclose(places(maps) - first, np.tile([-48, 0], (2, N, 1)), atol=0.2)
    # Flat again: there is nothing to turn, and the tool waits.
    maps.call("setTool", "orbit")
    show(maps, solid()[:, :2].copy(), solid(1)[:, :2].copy())
    surface.press("o")
    assert maps.heard("tool") == []
    assert maps.page.locator(".ew-maps").get_attribute("data-tool") == "pan"
    surface.press("ArrowRight")
    surface.press("0")


def test_the_button_is_there_for_maps_in_3d_alone(page):
    page.set_content("<div id=place></div>")
    page.add_script_tag(content=bundle('export * from "@/src/views/toolbar.ts";', "bars"))
    page.evaluate(
        """() => {
          window.bar = new bars.ToolbarView({ onTool(tool) { window.tool = tool } });
          document.getElementById("place").append(bar.node);
          bar.update({ tool: "pan", locked: true });
        }"""
    )
    button = page.get_by_role("button", name="Orbit")
    expect(button).to_have_count(0)
    page.evaluate("bar.update({ tool: 'orbit', locked: true, isDeep: true })")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Add to the selection")).to_have_count(0)
    button.click()
    assert page.evaluate("tool") == "orbit"


def test_near_points_cover_far_ones_from_wherever_one_looks(page):
    maps = open_maps(page, 2, positions=False)
    maps.set_colors({0: (255, 0, 0), 1: (0, 0, 255)})
    half = MAX // 2
    one = np.array([[half, half, 0], [half, half, MAX]], np.uint16)
    show(maps, one, one)
    maps.call("setTool", "orbit")
    x, y = WIDTH // 4, (HEIGHT + 4) // 2

    def middle() -> np.ndarray:
        maps.page.wait_for_selector(".ew-maps:not([data-drawing])")
        return maps.pixels()[y, x]

    blue = middle()
    assert blue[2] > 200 > 100 > blue[0]
    surface = maps.page.get_by_role("application").first
    surface.focus()
    # Ten times a twentieth of a full turn.
    for _ in range(10):
        surface.press("ArrowRight")
    red = middle()
    assert red[0] > 200 > 100 > red[2]


def test_a_first_view_of_all_steps_stands_still_from_step_to_step(page):
    maps = open_maps(page, N, positions=False)
    steps = [(solid(i)[:, :2] * (0.2 + 0.2 * i)).astype(np.uint16) for i in range(4)]
    for step in steps:
        step[0] = (9000, 9000)
    lists = [step.ravel().tolist() for step in steps]
    maps.page.evaluate("lists => view.setExtent(lists.map(l => Uint16Array.from(l)), 2)", lists)
    show(maps, steps[0], steps[3])
    first = places(maps)
    show(maps, steps[2], steps[3])
    second = places(maps)
    np.testing.assert_allclose(second[:, 0], first[:, 0], atol=0.15)
    np.testing.assert_allclose(second[1], first[1], atol=0.15)
    # What the last step occupies is in sight, though the first one is shown.
    assert np.ptp(first[1][:, 1]) > 300 > np.ptp(first[0][:, 1])
    maps.page.evaluate("view.setExtent([])")
    show(maps, steps[0], steps[0])
    assert np.ptp(places(maps)[0][:, 1]) > 300


def test_a_step_amid_a_travel_goes_on_from_where_the_points_are(page):
    maps = open_maps(page, 3, positions=False)
    page.evaluate(CLOCK)
    ends = [[0, 0], [MAX, MAX]]
    steps = [np.array([*ends, [x, 30000]], np.uint16) for x in (10000, 50000, 20000)]
    show(maps, steps[0], steps[0])
    maps.call("setHover", 2)

    def at(time: float) -> float:
        page.evaluate("time => { window.time = time; view.setHover(2) }", time)
        page.evaluate(FRAMES)
        return maps.ring(0)[0]

    start = at(5000)
    show(maps, steps[1], steps[1], animate=True)
    assert at(5000) == pytest.approx(start, abs=0.2)
    amid = at(5350)
    assert start + 20 < amid
    show(maps, steps[2], steps[2], animate=True)
    assert at(5350) == pytest.approx(amid, abs=0.2)
    # It came 350 ms after the last one, and so it takes as long as the next may.
    later = at(5350 + 175)
    end = at(5350 + 350)
    assert later == pytest.approx((amid + end) / 2, abs=0.3)
    assert at(9000) == pytest.approx(end, abs=0.2)
    scale = end - start
    show(maps, steps[1], steps[1])
    assert at(9000) - start == pytest.approx(4 * scale, abs=1)


def test_points_do_not_travel_where_calm_is_asked_for(page):
    maps = open_maps(page, 3, positions=False)
    page.evaluate(CLOCK)
    page.emulate_media(reduced_motion="reduce")
    steps = [np.array([[0, 0], [MAX, MAX], [x, 30000]], np.uint16) for x in (10000, 50000)]
    show(maps, steps[0], steps[0])
    maps.call("setHover", 2)
    start = maps.ring(0)[0]
    show(maps, steps[1], steps[1], animate=True)
    assert maps.ring(0)[0] > start + 50
