"""Where things are on the screen of a notebook, and what plain formulas say of them."""

import io

import numpy as np
from labserver import Notebook
from PIL import Image
from playwright.sync_api import Locator, Page, expect

TWO_FRAMES = """() => new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(resolve)))"""

# CSS pixels above the points that a map's title and tools take.
HEAD = 48

# Whether anything of the widget was taken away or put in anew.
WATCH_REBUILDS = """() => {
  window.rebuilt = 0;
  const output = document.querySelector(".ew-root").closest(".jp-OutputArea-child");
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records)
      for (const node of [...addedNodes, ...removedNodes])
        rebuilt += node.nodeType === 1 && (node === output || node.matches(".ew-root, canvas"));
  }).observe(output.parentElement, { childList: true, subtree: true });
}"""


class Frames:
    """What comes over the page's websockets from here on."""

    def __init__(self, page: Page) -> None:
        self.frames: list[bytes | str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._keep))

    def _keep(self, frame: bytes | str) -> None:
        self.frames.append(frame)

    def count(self, kind: str) -> int:
        """Messages of the widget of one type."""
        named = f'"content": {{"type": "{kind}"'.encode()
        return sum(named in frame for frame in self.frames if isinstance(frame, bytes))


def neighbors(vectors: np.ndarray, item: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Nearest items and their cosine distances, by the definition."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = 1 - unit @ unit[item]
    distances[item] = np.inf
    order = np.argsort(distances, kind="stable")[:k]
    return order, distances[order]


def places(nb: Notebook, cell: int, name: str) -> dict[str, np.ndarray]:
    """Where each item is drawn on the screen: (n, 2) in CSS pixels for map a and map b.

    Two items whose rings are measured tell scale and shift; the kernel knows the rest.
    """
    nb.execute(f"{name}.selection = np.arange({name}.n_items)")
    frame = nb.value(f"{name}.selected_frame()[['id', 'x_a', 'y_a', 'x_b', 'y_b']].to_dict('list')")
    nb.execute(f"{name}.selection = None")
    nb.output(cell).locator(".ew-maps").scroll_into_view_if_needed()
    found = {}
    for side in "ab":
        points = np.stack([frame[f"x_{side}"], frame[f"y_{side}"]], axis=1)
        order = points[:, 0].argsort()
        left, right = order[len(order) // 5], order[-len(order) // 5]
        rings = [ring(nb, cell, name, side, frame["id"][item]) for item in (left, right)]
        scale = (rings[1] - rings[0])[0] / (points[right] - points[left])[0]
        found[side] = rings[0] + (points - points[left]) * scale * [1, -1]
    nb.execute(f"{name}.focus = None")
    return found


def ring(nb: Notebook, cell: int, name: str, side: str, key: str) -> np.ndarray:
    """Middle of the ring around an item in focus, in CSS pixels."""
    nb.execute(f"{name}.focus = {key!r}")
    expect(nb.output(cell).locator(".ew-focus-id")).to_have_text(key)
    nb.page.evaluate(TWO_FRAMES)
    box = surface(nb, cell, side).locator(".ew-overlay-focus").last.bounding_box()
    return np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def surface(nb: Notebook, cell: int, side: str) -> Locator:
    return nb.output(cell).locator(f".ew-map[data-side={side}] .ew-map-surface")


def drawn_pixels(map_surface: Locator) -> int:
    """Pixels of a map that differ from its background, without its tools and borders."""
    picture = np.asarray(Image.open(io.BytesIO(map_surface.screenshot())).convert("RGB"), int)
    picture = picture[HEAD:-2, 2:-2]
    colors, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    background = colors[counts.argmax()]
    return int((np.abs(picture - background).sum(axis=2) > 30).sum())


def wait_until_drawn(map_surface: Locator) -> None:
    """Wait for the points of a map."""
    for _ in range(50):
        if drawn_pixels(map_surface) > 1000:
            return
    assert drawn_pixels(map_surface) > 1000


def edge_distances(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest side of a polygon."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    along = end - start
    share = ((points[:, None] - start) * along).sum(-1) / (along**2).sum(-1)
    nearest = start + share.clip(0, 1)[..., None] * along
    return np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)


def is_inside(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Even-odd rule: whether a ray to the right crosses the sides an odd number of times."""
    (x, y), (x2, y2) = polygon.T, np.roll(polygon, -1, axis=0).T
    px, py = points[:, 0, None], points[:, 1, None]
    crosses = (y > py) != (y2 > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x + (py - y) / (y2 - y) * (x2 - x)
    return (crosses & (px < at)).sum(axis=1) % 2 == 1


def colors(picture: Locator) -> int:
    """Pixels of an image on the page that have a colour."""
    shot = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB"), int)
    return int((np.ptp(shot, axis=2) > 60).sum())
