"""Both maps as one small PNG, drawn without a screen and without a library for pictures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.palette import RAMPS, SIDES
from embwidget.session.answers.numbers import Maps
from embwidget.session.answers.pixels import encode_png
from embwidget.session.wire.encode import unit_square

SIDE = 400
"""Width and height of a map, in CSS pixels."""

# It stands in a notebook twice, and there as base64.
_MOST_BYTES = 100_000
# Dots to a CSS pixel. Hundreds of thousands of points are noise, which packs badly.
_SCALES = (2.0, 1.5, 1.0, 0.7)
_GAP, _MARGIN, _BAR, _RAMP_WIDTH, _RAMP_HEIGHT = 8, 16, 3, 160, 7
_LARGEST, _SMALLEST, _LESS_BY = 3.0, 0.25, 100.0
_QUARTER = 0.25
_STEPS = 64
_GROUND, _RULE, _SIDE = 0, 1, {"a": 2, "b": 3}
_RULE_COLOR = "#dfe3e9"
_UNIT = 65_535


class Picture(NamedTuple):
    """What was drawn.

    Attributes
    ----------
    png : bytes
    width : int
        In CSS pixels; there may be more than one dot to each.
    low, high : int
        Shared neighbours at both ends of the colours.
    """

    png: bytes
    width: int
    low: int
    high: int


def draw_maps(maps: Maps, shared: NDArray[np.integer], *, turned: bool) -> Picture:
    """Draw both maps side by side, coloured by the neighbours that both spaces share.

    Parameters
    ----------
    maps : pair of (n_items, 2 or 3) float32
    shared : (n_items,) int
        Neighbours of each item that are the same.
    turned : bool
        Whether both maps are in the same coordinates.
    """
    low, high = int(shared.min()), int(shared.max())
    step = (shared.astype(np.int64) - low) * (_STEPS - 1) // max(high - low, 1)
    colors = (step + len(_SIDE) + 2).astype(np.uint8)
    # Of three dimensions, as they are seen from the front.
    squares = unit_square(*(positions[:, :2] for positions in maps), turned=turned)
    for scale in _SCALES:
        png = encode_png(_pixels(squares, colors, scale), _palette())
        if len(png) <= _MOST_BYTES:
            break
    return Picture(png, 2 * SIDE + _GAP, low, high)


def _pixels(
    squares: tuple[NDArray[np.uint16], NDArray[np.uint16]], colors: NDArray[np.uint8], scale: float
) -> NDArray[np.uint8]:
    """Indices (h, w) uint8 of the palette, of maps (n_items, 2) uint16 in (n_items,) uint8."""

    def dots(css: float) -> int:
        return round(css * scale)

    side, left = dots(SIDE), dots(SIDE + _GAP)
    height = side + dots(_MARGIN + _RAMP_HEIGHT) + 1
    pixels = np.full((height, left + side), _GROUND, np.uint8)
    for name, square, start in zip("ab", squares, (0, left), strict=True):
        panel = pixels[:side, start : start + side]
        panel[:] = _RULE
        panel[1:-1, 1:-1] = _GROUND
        panel[: dots(_BAR)] = _SIDE[name]
        _draw_points(panel, square, colors, scale)
    ramp = pixels[-dots(_RAMP_HEIGHT) - 1 : -1]
    from_left = (pixels.shape[1] - dots(_RAMP_WIDTH)) // 2
    steps = np.linspace(0, _STEPS - 1, dots(_RAMP_WIDTH)).round() + len(_SIDE) + 2
    ramp[:, from_left : from_left + len(steps)] = steps
    return pixels


def _draw_points(
    panel: NDArray[np.uint8],
    square: NDArray[np.uint16],
    colors: NDArray[np.uint8],
    scale: float,
) -> None:
    """Draw a map (n_items, 2) uint16, in colours (n_items,) uint8, onto its panel (h, w) uint8."""
    radius = np.clip(_LESS_BY / np.sqrt(len(square)), _SMALLEST, _LARGEST) * scale
    margin = _MARGIN * scale
    inner = len(panel) - 2 * margin
    at = square.astype(np.float32) * (inner / _UNIT) + margin
    column, row = at[:, 0].astype(np.intp), len(panel) - 1 - at[:, 1].astype(np.intp)
    reach = int(radius)
    # Of all points that reach a dot the last has it, so that each lies on the others as a whole.
    last = np.full(panel.size, -1, np.int32)
    items = np.arange(len(square), dtype=np.int32)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if down**2 + right**2 <= (radius + _QUARTER) ** 2:
                np.maximum.at(last, (row + down) * panel.shape[1] + column + right, items)
    on_top = last.reshape(panel.shape)
    panel[on_top >= 0] = colors[on_top[on_top >= 0]]


def _palette() -> NDArray[np.uint8]:
    """Colours of ground, rule, both sides and the ramp, (n_colors, 3) uint8."""
    stops = np.array([_rgb(color) for color in RAMPS["coincidence"].split()], np.float64)
    places = np.linspace(0, len(stops) - 1, _STEPS)
    ramp = [np.interp(places, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    first = [_rgb(color) for color in ("#ffffff", _RULE_COLOR, *SIDES.values())]
    return np.concatenate([first, np.stack(ramp, axis=1).round()]).astype(np.uint8)


def _rgb(color: str) -> list[int]:
    """Channels of "#rrggbb"."""
    return list(bytes.fromhex(color[1:]))
