"""The two maps alone on a page, with an arithmetic of its own for where every item must be."""

import io

import numpy as np
import pytest
from bundle import ROOT, bundle
from PIL import Image
from playwright.sync_api import Page

MAX = 65535
WIDTH, HEIGHT = 1000, 400

ENTRY = """
export { PairView } from "@/src/maps/pair.ts";
export { TrailsView } from "@/src/maps/trails.ts";
export { toMask } from "@/src/wire/selection.ts";
"""
STYLE = """
body { margin: 0; font: 13px sans-serif }
.ew-root { --ew-bg: #fff; --ew-panel: #fff; --ew-fg: #000; --ew-muted: #666; --ew-line: #ddd;
  --ew-a: #00f; --ew-b: #f80; --ew-shared: #0a6; --ew-accent: #00f; --ew-error: #c00 }
"""
OPEN = """([n, height]) => {
  window.heard = [];
  const hear = (name) => (...args) => heard.push([name, ...args]);
  window.view = new maps.PairView({ nItems: n, height,
    onHover: hear("hover"), onFocus: hear("focus"), onClear: hear("clear"), onTool: hear("tool"),
    onDrawn() {},
    onSelect: (items, mode) => heard.push(["select", Array.from(items), mode]) });
  document.getElementById("place").append(view.node);
  window.drawn = 0;
  const gl = WebGL2RenderingContext.prototype, draw = gl.drawElements;
  gl.drawElements = function (...args) { drawn++; draw.apply(this, args) };
}"""
# Nothing is drawn any more: no frame is under way, and no sample of the points stands for all.
AT_REST = ".ew-maps:not([data-drawing])"
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Maps:
    """A PairView on a page, and the place of each item on it by an arithmetic of its own."""

    def __init__(self, page: Page, n: int) -> None:
        self.page = page
        self.n = n

    def call(self, method: str, *args: object) -> None:
        self.page.evaluate(f"args => view.{method}(...args)", list(args))
        self.page.evaluate(FRAMES)

    def set_positions(self, a: np.ndarray, b: np.ndarray, *, animate: bool = False) -> None:
        self.positions = (a, b)
        self.page.evaluate(
            "([maps, travel]) => view.setPositions(...maps.map(p => new Uint16Array(p)), travel)",
            [[a.ravel().tolist(), b.ravel().tolist()], animate],
        )
        self.page.evaluate(FRAMES)

    def set_colors(self, colors: dict[int, tuple[int, int, int]]) -> None:
        """All points black but for those named."""
        palette = np.zeros((256, 4), int)
        palette[:, 3] = 255
        codes = np.zeros(self.n, int)
        for code, color in enumerate(sorted(set(colors.values())), start=1):
            palette[code, :3] = color
            codes[[item for item, wanted in colors.items() if wanted == color]] = code
        self.page.evaluate(
            "lists => view.setColors(...lists.map(list => Uint8Array.from(list)))",
            [codes.tolist(), palette.ravel().tolist()],
        )
        self.page.evaluate(FRAMES)

    def select(self, items: list[int]) -> None:
        self.page.evaluate(
            "([items, n]) => view.setSelection(maps.toMask(Uint32Array.from(items), n))",
            [items, self.n],
        )
        self.page.evaluate(FRAMES)

    def heard(self, name: str) -> list:
        """What the view told since the last question, without the name."""
        self.page.evaluate(FRAMES)
        return self.page.evaluate(
            "name => heard.splice(0).filter(e => e[0] === name).map(e => e.slice(1))", name
        )

    def frame(self, side: int) -> dict[str, float]:
        return self.page.locator(".ew-map-surface").nth(side).bounding_box()

    def ring(self, side: int) -> np.ndarray:
        """Middle of the hover ring on the page."""
        circle = self.page.locator(".ew-overlay-ring").nth(side)
        box = self.frame(side)
        x, y = (float(circle.get_attribute(name)) for name in ("cx", "cy"))
        return np.array([box["x"] + x, box["y"] + y])

    def places(self, side: int) -> np.ndarray:
        """Where every item must be on the page, (n, 2), from the ring of the two farthest items."""
        xy = self.positions[side].astype(float)
        # A pointer on a map would ring what it points at.
        self.page.mouse.move(WIDTH / 2, 2.2 * HEIGHT)
        i, j = int(np.argmin(xy.sum(1))), int(np.argmax(xy.sum(1)))
        self.call("setHover", i)
        at_i = self.ring(side)
        self.call("setHover", j)
        at_j = self.ring(side)
        self.call("setHover", None)
        scale = (at_j - at_i) / (xy[j] - xy[i])
        assert scale[0] == pytest.approx(-scale[1], rel=1e-3)
        return at_i + (xy - xy[i]) * scale

    def pixels(self) -> np.ndarray:
        """The view as it is on the screen once it rests, (height, width, 3)."""
        self.page.locator(AT_REST).first.wait_for()
        shot = self.page.locator(".ew-maps").screenshot()
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)

    def drag(self, path: np.ndarray, *, steps: int = 3) -> None:
        mouse = self.page.mouse
        mouse.move(*path[0].tolist())
        mouse.down()
        for at in path[1:].tolist():
            mouse.move(*at, steps=steps)
        mouse.up()


def open_maps(page: Page, n: int, *, width: int = WIDTH, positions: bool = True) -> Maps:
    """A PairView on a blank page, with n points in black at random places unless told not to."""
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f"<div class=ew-root><div id=place style='width:{width}px'></div></div>")
    page.add_style_tag(content=STYLE)
    page.add_style_tag(path=ROOT / "js" / "src" / "styles" / "maps.css")
    page.add_script_tag(content=bundle(ENTRY, "maps"))
    page.evaluate(OPEN, [n, HEIGHT])
    maps = Maps(page, n)
    if positions:
        rng = np.random.default_rng(n)
        a = rng.integers(0, MAX + 1, (n, 2)).astype(np.uint16)
        maps.set_positions(a, rng.permutation(a))
        maps.set_colors({})
        # A map that comes into sight, or whose colours are new, goes on drawing for a moment.
        page.locator(f"{AT_REST}:not([data-state=away])").wait_for()
    return maps


def inside(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Even-odd rule for points (n, 2) and corners (m, 2); ascending items."""
    odd = np.zeros(len(points), bool)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, 1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return np.flatnonzero(odd)


def away_from(points: np.ndarray, polygon: np.ndarray) -> bool:
    """Whether no point is so near to the edge that the browser's rounding could decide."""
    start, step = polygon, np.roll(polygon, -1, axis=0) - polygon
    way = points[:, None] - start
    share = np.clip((way * step).sum(-1) / (step**2).sum(-1), 0, 1)
    return bool((np.linalg.norm(way - share[..., None] * step, axis=-1) > 0.2).all())


def star(maps: Maps, side: int, seed: int, places: np.ndarray) -> np.ndarray:
    """Corners of a lasso on a map, (9, 2) whole pixels, that no point (n, 2) is undecided about."""
    rng = np.random.default_rng(seed)
    box = maps.frame(side)
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    while True:
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        corners = middle + np.c_[np.cos(angles), np.sin(angles)] * rng.uniform(40, 160, (9, 1))
        if away_from(places, corners.round()):
            return corners.round()
