"""Colours, texts and figures that the plots share; needs matplotlib."""

from io import BytesIO
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from embwidget._core.palette import RAMPS as RAMPS
from embwidget._core.palette import SIDES as SIDES
from embwidget.measures.groups.naming import clean

# More of what `_core/palette.py` has: the colours of the widget on white.
SIDES_PALE = {"a": "#c6d8f5", "b": "#f5d9bd"}
SIDES_INK = {"a": "#1f5fc4", "b": "#a84f00"}
INK, QUIET, RULE = "#1d2430", "#5b6472", "#dfe3e9"
OTHER, MISSING = "#868e9c", "#b4bac5"
_CATEGORIES = (
    "#0072b2 #e69f00 #009e73 #d55e00 #cc79a7 #56b4e9 #8c7a00 #5b4a9c #8a0700 #1a5249 "
    "#c22d6d #8e71f5 #fc88f4 #27c762 #7a1162 #437464 #89511b #fe626c #bf4fb8 #688dc9"
)
CATEGORIES = _CATEGORIES.split()

# Pixels of a point on a display of high resolution.
_DPI = 160


class DrawnFigure(Figure):
    """A figure of no window and no list of open figures, which a notebook shows all the same."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        drawn = BytesIO()
        self.savefig(drawn, format="png", dpi=_DPI)
        return drawn.getvalue(), {"width": round(self.get_figwidth() * 96)}


def new_figure(width: float, height: float) -> DrawnFigure:
    """White figure of so many inches."""
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return DrawnFigure(figsize=(width, height), layout=layout, facecolor="white")


def axes_of(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the given axes, or those of a new figure."""
    return new_figure(width, height).subplots() if ax is None else ax


def ramp(name: str) -> Colormap:
    """Colour map of one of the ramps, with the colour of what is missing."""
    colors = LinearSegmentedColormap.from_list(f"embwidget {name}", RAMPS[name].split())
    return colors.with_extremes(bad=MISSING)


def plain(name: object, most: int = 40) -> str:
    """Return a text from the data as it is drawn: one short line, a $ never opens a formula."""
    return clean(name, most).replace("$", r"\$")


def quiet_axes(ax: Axes, *, grid: Literal["x", "y"] = "y") -> None:
    """Leave of the frame what is needed to read a value."""
    for side in ("top", "right", "left" if grid == "y" else "bottom"):
        ax.spines[side].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(RULE)
    ax.grid(axis=grid, color=RULE, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(colors=QUIET, length=0, labelsize=9)
    ax.xaxis.label.set_color(QUIET)
    ax.yaxis.label.set_color(QUIET)


def title(ax: Axes, text: str, below: str = "") -> None:
    """Head of a plot and the line below it, both at the left."""
    ax.set_title(
        text, loc="left", color=INK, fontsize=12, fontweight="bold", pad=24 if below else 8
    )
    if below:
        ax.annotate(
            below,
            (0, 1),
            xytext=(0, 8),
            xycoords="axes fraction",
            textcoords="offset points",
            color=QUIET,
            fontsize=9,
        )


def scatter_size(n_samples: int) -> float:
    """Area of a point in square points: many are small."""
    return float(np.clip(30_000 / n_samples, 0.7, 24))


def share_square(axes: NDArray[Any], maps: tuple[NDArray[Any], NDArray[Any]]) -> None:
    """Show both maps, (n_samples, 2) float32 each, in the same square, on axes (2,) object.

    Axes that are panned together cannot have limits of their own, and matplotlib does not draw
    shared ones that are to grow with their frame.
    """
    both = np.concatenate(maps)
    low, high = both.min(axis=0), both.max(axis=0)
    half = 0.54 * float((high - low).max()) or 1.0
    for ax in axes:
        ax.set_aspect("equal", adjustable="box")
        ax.set(
            xlim=(low[0] + high[0]) / 2 + np.array([-half, half]),
            ylim=(low[1] + high[1]) / 2 + np.array([-half, half]),
        )


def draw_points(
    ax: Axes, positions: NDArray[np.float32], order: NDArray[np.intp], **colors: Any
) -> Any:
    """Draw a map without ticks; what lies over what is left to the order given.

    Parameters
    ----------
    ax : matplotlib Axes
    positions : (n_samples, 2) float32
    order : (n_samples,) int
        Rows, those drawn last on top.
    **colors
        As `PointColors.for_points` gives them.
    """
    n = len(positions)
    drawn = ax.scatter(
        positions[order, 0],
        positions[order, 1],
        s=scatter_size(n),
        linewidths=0,
        alpha=0.9 if n <= 5000 else 0.6,
        # A hundred thousand paths make a file that no viewer opens.
        rasterized=n > 5000,
        **colors,
    )
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_color(RULE)
    return drawn
