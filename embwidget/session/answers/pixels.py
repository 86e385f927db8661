"""Arrays as pictures: which axis holds the channels, what is black and white, PNG files."""

import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Thumbnails are shown at most this large; bigger pictures would only fill the wire.
MAX_SIDE = 320
PNG = b"\x89PNG\r\n\x1a\n"

_CHANNELS = (1, 3, 4)
_MAX_DIMS = 3
_WHITE = 255

Ends = dict[bool, tuple[float, float]]
"""Values that are drawn black and white, of floats (True) and of integers (False)."""


def encode_png(pixels: NDArray[np.uint8], palette: NDArray[np.uint8] | None = None) -> bytes:
    """PNG file of an array (h, w) or (h, w, 3), uint8.

    With a `palette`, (n_colors, 3) uint8, the pixels (h, w) are indices of its colours.
    """
    height, width = pixels.shape[:2]
    color_type = 2 if pixels.ndim == 3 else 0 if palette is None else 3
    rows = np.zeros((height, 1 + pixels[0].size), dtype=np.uint8)  # filter type 0 before each row
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    colors = b"" if palette is None else chunk(b"PLTE", palette.tobytes())
    return PNG + chunk(b"IHDR", header) + colors + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def as_pixels(values: Any, ends: Ends | None = None) -> NDArray[np.uint8]:
    """Turn an array into what a screen can draw.

    Integers in 0..255, floats in 0..1 and flags are taken as they are; what goes beyond is
    stretched from the least to the largest value, which is then black and white.

    Parameters
    ----------
    values : array-like of shape (h, w), (h, w, 1 or 3 or 4) or (1 or 3 or 4, h, w)
        The fourth channel says how opaque a pixel is; large pictures are thinned out.
    ends : Ends, optional
        Black and white of all pictures that belong together; else those of this one.

    Returns
    -------
    (h, w) or (h, w, 3) uint8
        On white where it is transparent.

    Raises
    ------
    ValueError
        For what is no picture.
    """
    pixels = _channels_last(_as_array(values))
    step = -(-max(pixels.shape[:2]) // MAX_SIDE)
    pixels = pixels[::step, ::step]
    colors = pixels if pixels.ndim == 2 else pixels[:, :, :3]
    is_float = pixels.dtype.kind == "f"
    low, high = (ends or {}).get(is_float) or _ends(colors)
    whole = _scaled(colors, low, high)
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return whole
    opacity = pixels[:, :, 3:].astype(np.float64)
    tops = (1, 255, 65_535) if is_float else (255, 65_535)
    opacity /= next((top for top in tops if opacity.max() <= top), opacity.max())
    return np.rint(whole * opacity + _WHITE * (1 - opacity)).astype(np.uint8)


def common_ends(pictures: Iterable[Any]) -> Ends:
    """Black and white of pictures that belong together, so that a dark one stays dark.

    Parameters
    ----------
    pictures : iterable
        Arrays as for `as_pixels`; what is none is left out.
    """
    found: Ends = {}
    for values in pictures:
        try:
            pixels = _channels_last(_as_array(values))
            ends = _ends(pixels if pixels.ndim == 2 else pixels[:, :, :3])
        except (ValueError, TypeError):
            continue
        if pixels.dtype.kind not in "fiu" or pixels.dtype == np.uint8:
            continue
        key = pixels.dtype.kind == "f"
        low, high = found.get(key, ends)
        found[key] = min(low, ends[0]), max(high, ends[1])
    return found


def _as_array(values: Any) -> NDArray[Any]:
    """Array (...,) of numbers of a tensor, an array or a list."""
    if hasattr(values, "detach") and hasattr(values, "cpu"):
        values = values.detach().cpu()
        # numpy has no bfloat16; float32 holds every value of it.
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
    pixels = np.asarray(values)
    if pixels.dtype.name == "bfloat16":
        pixels = pixels.astype(np.float32)
    if pixels.dtype.kind not in "buif":
        what = type(values).__name__
        msg = f"{what} is no picture" if pixels.ndim == 0 else f"{what} of {pixels.dtype} is none"
        raise ValueError(msg)
    return pixels


def _channels_last(pixels: NDArray[Any]) -> NDArray[Any]:
    """(h, w) or (h, w, 3 or 4) of any numeric dtype; ValueError for what is no picture."""
    shape = pixels.shape
    if pixels.size == 0 or len(shape) not in {2, _MAX_DIMS}:
        msg = f"an array of shape {shape} is no picture"
        raise ValueError(msg)
    if len(shape) == 2:
        return pixels
    is_last, is_first = shape[2] in _CHANNELS, shape[0] in _CHANNELS
    if is_last and is_first:
        # So few pixels on a side are no rule for anything; pictures are square more often.
        is_last, is_first = shape[0] == shape[1], shape[1] == shape[2]
        if is_last == is_first and shape != (1, 1, 1):
            msg = (
                f"shape {shape} may be (h, w, channels) and (channels, h, w): "
                "pass PIL images, or more pixels"
            )
            raise ValueError(msg)
    if not is_last and not is_first:
        msg = f"shape {shape} has no axis of 1, 3 or 4 channels, neither first nor last"
        raise ValueError(msg)
    pixels = pixels if is_last else np.moveaxis(pixels, 0, 2)
    return pixels[:, :, 0] if pixels.shape[2] == 1 else pixels


def _ends(colors: NDArray[Any]) -> tuple[float, float]:
    """Values that are black and white in (h, w) or (h, w, 3) of any numeric dtype."""
    kind = colors.dtype.kind
    if kind == "b":
        return 0.0, 1.0
    if colors.dtype == np.uint8:
        return 0.0, 255.0
    known = colors[np.isfinite(colors)] if kind == "f" else colors
    if known.size == 0:
        msg = "it holds no finite number"
        raise ValueError(msg)
    low, high, top = float(known.min()), float(known.max()), 1.0 if kind == "f" else 255.0
    return (0.0, top) if low >= 0 and high <= top else (low, high)


def _scaled(colors: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """(...,) uint8 of colours (...,) of any numeric dtype: low is 0, high is 255."""
    if colors.dtype == np.uint8:
        return colors
    if high <= low:
        # One value all over: there is nothing to stretch.
        return np.full(colors.shape, _WHITE if high > 0 else 0, np.uint8)
    with np.errstate(all="ignore"):
        shares = (colors.astype(np.float64) - low) / (high - low)
    shares = np.nan_to_num(shares, nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(np.clip(shares, 0, 1) * _WHITE).astype(np.uint8)
