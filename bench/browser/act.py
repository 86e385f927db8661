"""What a person does with the maps, done with each tool in its own way."""

from typing import Any

from bench.browser.session import Session

# Shares of the map's width that a lasso reaches to, tried until it holds about 40 % of the points.
REACHES = (0.5, 0.42, 0.58, 0.36, 0.64, 0.46, 0.54)
WANTED = (0.33, 0.47)
STEPS = 24
HOVERS = 12
HOVER_PAUSE_MS = 250


class Act:
    """Actions on one opened tool."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def prepare(self) -> None:
        """Put away what is not a map, where a tool shows more."""

    def recolor(self, column: str) -> None:
        """Colour all maps by another column of the metadata, from Python."""
        raise NotImplementedError

    def arm_lasso(self) -> None:
        """Take up the lasso."""
        raise NotImplementedError

    def disarm_lasso(self) -> None:
        """Put the lasso away and select nothing."""
        raise NotImplementedError

    def n_selected(self) -> int:
        """Items selected, as the kernel knows them."""
        raise NotImplementedError

    def lasso(self, reach: float) -> None:
        """Draw round the left of the map, up to a share of its width; ends away from its start."""
        left, top, width, height = _box(self.session)
        right = left + reach * width
        corners = [(right, top), (right, top + height), (left, top + height), (left, top)]
        mouse = self.session.page.mouse
        mouse.move(right - 40, top)
        mouse.move(*corners[0])
        mouse.down()
        for x, y in (*corners[1:], (right - 20, top)):
            mouse.move(x, y, steps=STEPS // 4)
        mouse.up()

    def hover(self) -> None:
        """Move over the middle of the first map, with a rest at each place."""
        self._move_over(*_box(self.session))

    def hover_elsewhere(self) -> None:
        """Make the same moves over the notebook's first cell: what they cost without any map."""
        box = self.session.page.locator(".jp-Cell .jp-InputArea-editor").first.bounding_box()
        self._move_over(box["x"], box["y"], box["width"], min(box["height"], 200))

    def _move_over(self, left: float, top: float, width: float, height: float) -> None:
        page = self.session.page
        for i in range(HOVERS):
            share = 0.3 + 0.4 * i / HOVERS
            page.mouse.move(left + share * width, top + (0.35 + 0.3 * ((i * 5) % 7) / 7) * height)
            page.wait_for_timeout(HOVER_PAUSE_MS)


class Ours(Act):
    """embwidget."""

    def recolor(self, column: str) -> None:
        self.session.notebook.execute(f"w.color_by = {column!r}")

    def arm_lasso(self) -> None:
        self.session.page.get_by_role("button", name="Lasso").click()

    def disarm_lasso(self) -> None:
        self.session.page.get_by_role("button", name="Pan").click()
        self.session.notebook.execute("w.selection = None")

    def n_selected(self) -> int:
        return int(self.session.notebook.value("len(w.selection)"))


class Jscatter(Act):
    """jupyter-scatter: both views are told, as `compose` links neither colour nor tool."""

    def recolor(self, column: str) -> None:
        code = f"sa.color(by={column!r}); sb.color(by={column!r})"
        self.session.notebook.execute(code)

    def arm_lasso(self) -> None:
        self.session.notebook.execute("sa.mouse('lasso')")

    def disarm_lasso(self) -> None:
        self.session.notebook.execute(
            "sa.mouse('panZoom'); sa.widget.selection = []; sb.widget.selection = []"
        )

    def n_selected(self) -> int:
        return int(self.session.notebook.value("len(sb.widget.selection)"))


class Atlas(Act):
    """embedding-atlas: one map; it is recoloured by its own menu, as it offers Python no way."""

    def prepare(self) -> None:
        for part in ("table", "charts"):
            self.session.page.get_by_title(f"Show / hide {part}").first.click()

    def recolor(self, column: str) -> None:
        menu = self.session.page.locator("select:visible").filter(has_text=column).first
        menu.select_option(label=f"{column} (VARCHAR)")

    def arm_lasso(self) -> None:
        self.session.page.get_by_title("Toggle lasso selection mode").first.click()

    def disarm_lasso(self) -> None:
        self.arm_lasso()
        self.session.page.get_by_title("Clear filters").first.click()

    def n_selected(self) -> int:
        return int(self.session.notebook.value("len(w.selection())"))


def act_on(session: Session) -> Act:
    """Return the actions for what is opened."""
    kinds = {"embwidget": Ours, "jscatter": Jscatter, "atlas": Atlas}
    return kinds[session.tool.peer](session)


def aimed_lasso(act: Act) -> dict[str, Any]:
    """Find the lasso that holds about 40 % of the points, and measure it."""
    tried: dict[float, float] = {}
    n = act.session.n
    for reach in REACHES:
        act.arm_lasso()
        cost = act.session.spent(lambda reach=reach: act.lasso(reach))
        share = act.n_selected() / n
        tried[reach] = share
        act.disarm_lasso()
        if WANTED[0] <= share <= WANTED[1]:
            return {**cost, "share": share, "reach": reach}
    msg = f"no lasso held {WANTED} of the points: {tried}"
    raise RuntimeError(msg)


def _box(session: Session) -> tuple[float, float, float, float]:
    """Left, top, width and height of what may be drawn on: the first map without its edges."""
    box = session.node().bounding_box()
    if box is None:
        msg = "the map is not on the screen"
        raise RuntimeError(msg)
    edge, head = 12, 60
    return (
        box["x"] + edge,
        box["y"] + head,
        box["width"] - 2 * edge,
        box["height"] - head - edge,
    )
