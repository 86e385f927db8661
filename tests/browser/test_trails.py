"""The ways of selected items through the steps of a series."""

from itertools import pairwise

import numpy as np
import pytest
from maps_page import FRAMES, HEIGHT, MAX, WIDTH, Maps, open_maps
from playwright.sync_api import Page, expect

RED = (255, 0, 0)
SET = """([frames, nComponents, items, a, b, codes]) => {
  if (!window.trails) {
    window.trails = new maps.TrailsView();
    view.setOver(trails);
    view.node.append(trails.note);
  }
  trails.update(frames && {
    frames: frames.map(p => Uint16Array.from(p)), nComponents, items: Uint32Array.from(items),
    at: { a, b }, codes: codes && Uint8Array.from(codes),
  });
  view.redraw();
}"""
LOW, HIGH, MIDDLE = 8000, 57000, 32500
#: Item 2 goes round three corners of a square, the others stay.
CORNERS = [(LOW, LOW), (LOW, HIGH), (HIGH, HIGH), (HIGH, LOW)]


def steps(n_components: int = 2) -> list[np.ndarray]:
    made = [np.array([(0, 0), (MAX, MAX), corner], np.uint16) for corner in CORNERS]
    middle = np.full((3, n_components - 2), MIDDLE, np.uint16)
    return [np.c_[step, middle] for step in made]


def set_trails(maps: Maps, frames: list[np.ndarray], items: list[int], a: int, b: int) -> None:
    lists = [frame.ravel().tolist() for frame in frames]
    # All items wear the one colour that `set_colors` was given.
    codes = [1] * maps.n
    maps.page.evaluate(SET, [lists, frames[0].shape[1], items, a, b, codes])


def clear_trails(maps: Maps) -> None:
    maps.page.evaluate("() => { trails.update(null); view.redraw(); }")


def redness(maps: Maps, at: np.ndarray) -> float:
    """How much of a line in red is at a place of the page, give or take a pixel: 0..1."""
    maps.page.wait_for_selector(".ew-maps:not([data-drawing])")
    x, y = at.round().astype(int)
    near = maps.pixels()[y - 1 : y + 2, x - 1 : x + 2]
    return float((255 - near[..., 1]).max() / 255)


def open_series(page: Page, a: int = 1, b: int = 3) -> tuple[Maps, list[np.ndarray]]:
    """A and B show two of the steps; all points are red."""
    maps = open_maps(page, 3, positions=False)
    frames = steps()
    maps.set_positions(frames[a], frames[b])
    maps.set_colors(dict.fromkeys(range(3), RED))
    return maps, frames


def ways(maps: Maps, side: int) -> list[np.ndarray]:
    """The middle of each stretch of item 2 on the page, which it is not near to itself."""
    own = maps.places(side)
    scale = (own[1] - own[0]) / MAX
    at = [own[0] + np.array(corner) * scale for corner in CORNERS]
    return [(p + q) / 2 for p, q in pairwise(at)]


def test_trails_lead_along_the_steps_and_go_when_they_are_cleared(page):
    maps, frames = open_series(page)
    nothing = maps.pixels()
    set_trails(maps, frames, [2], 1, 3)
    for side, shown in ((0, 1), (1, 3)):
        found = [redness(maps, at) for at in ways(maps, side)]
        # What was is stronger than what follows, and what is older is fainter.
        past, later = found[:shown], found[shown:]
        assert min(found) > 0.1
        assert sorted(past) == past
        assert all(value < min(past) for value in later)
        assert past[-1] > 0.7
    clear_trails(maps)
    maps.page.mouse.move(WIDTH / 2, 2.2 * HEIGHT)
    maps.page.wait_for_selector(".ew-maps:not([data-drawing])")
    np.testing.assert_array_equal(maps.pixels(), nothing)


def test_trails_follow_the_view_the_colours_and_the_step(page):
    maps, frames = open_series(page)
    set_trails(maps, frames, [2], 1, 3)
    # The corners are far apart: the stretch upwards is at the left edge of the map.
    maps.drag(np.array([[250, 200], [290, 180]]))
    assert redness(maps, ways(maps, 0)[0]) > 0.5
    assert redness(maps, ways(maps, 1)[0]) > 0.15
    before = redness(maps, ways(maps, 0)[2])
    set_trails(maps, frames, [2], 3, 3)
    assert redness(maps, ways(maps, 0)[2]) > before + 0.3
    maps.set_colors(dict.fromkeys(range(3), (0, 255, 0)))
    assert redness(maps, ways(maps, 0)[2]) < 0.1


def test_trails_turn_with_maps_in_3d(page):
    maps = open_maps(page, 3, positions=False)
    maps.set_colors(dict.fromkeys(range(3), RED))
    frames = steps(3)
    page.evaluate(
        "([a, n]) => view.setPositions(Uint16Array.from(a), Uint16Array.from(a), false, n)",
        [frames[3].ravel().tolist(), 3],
    )
    page.evaluate(FRAMES)
    maps.positions = (frames[3][:, :2], frames[3][:, :2])
    set_trails(maps, frames, [2], 3, 3)
    newest = ways(maps, 0)[2]
    assert redness(maps, newest) > 0.3
    maps.call("setTool", "orbit")
    surface = page.get_by_role("application").first
    surface.focus()
    # Seen from behind: what was on the right is on the left.
    for _ in range(10):
        surface.press("ArrowRight")
    mirrored = np.array([WIDTH / 2 - newest[0], newest[1]])
    assert redness(maps, mirrored) > 0.3
    assert redness(maps, newest) < redness(maps, mirrored)


@pytest.mark.parametrize(
    ("n", "note"), [(200, ""), (1234, "trails of 200 of 1,234 selected"), (0, "")]
)
def test_a_note_says_where_not_all_have_trails(page, n, note):
    maps = open_maps(page, 1300, positions=False)
    frame = np.random.default_rng(0).integers(0, MAX, (1300, 2)).astype(np.uint16)
    maps.set_positions(frame, frame)
    set_trails(maps, [frame, frame], list(range(n)), 0, 1)
    said = page.locator(".ew-trails-note")
    expect(said).to_have_text(note)
    expect(said).to_be_visible(visible=note != "")
    clear_trails(maps)
    expect(said).to_be_hidden()
