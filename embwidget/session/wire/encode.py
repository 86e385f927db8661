"""Arrays as they travel to the screen: little-endian, C order, no wider than they need to be."""

import base64
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown

SelectionEncoding = Literal["positions", "mask"]

_U16_MAX = 65_535
# Part of the side of the square around both below which a map can hardly be read.
_SMALL = 0.5
# Small enough for the cache.
_BLOCK_ROWS = 16_384


def unit_square(
    positions_a: NDArray[Any], positions_b: NDArray[Any], *, turned: bool = True
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Put both maps into one unit square, so that one camera fits both.

    Parameters
    ----------
    positions_a, positions_b : (n_samples, 2) float
        Two maps, y upwards.
    turned : bool, default=True
        Whether they are in the same coordinates. Else each has a square of its own, unless one
        around both leaves neither small.

    Returns
    -------
    a, b : (n_samples, 2) uint16
        0 and 65535 are the sides of the square around all points of both maps. The aspect is
        kept: the shorter side is centred.
    """
    box_a, box_b = _Box.around(positions_a), _Box.around(positions_b)
    both = _Box(np.minimum(box_a.low, box_b.low), np.maximum(box_a.high, box_b.high))
    if turned or min(box_a.side, box_b.side) >= _SMALL * both.side:
        box_a = box_b = both
    return _quantised(positions_a, box_a), _quantised(positions_b, box_b)


def unit_box(maps: NDArray[Any]) -> list[NDArray[np.uint16]]:
    """Put maps on the same axes into one unit square, or cube.

    Parameters
    ----------
    maps : (n_maps, n_samples, 2 or 3) float
        y upwards.

    Returns
    -------
    list of (n_samples, 2 or 3) uint16
        As of `unit_square`.
    """
    boxes = [_Box.around(positions) for positions in maps]
    low = np.min([box.low for box in boxes], axis=0)
    high = np.max([box.high for box in boxes], axis=0)
    return [_quantised(positions, _Box(low, high)) for positions in maps]


class _Box(NamedTuple):
    """Corners (2,) or (3,) float64 of a rectangle or box."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def around(cls, positions: NDArray[Any]) -> "_Box":
        """The smallest that holds a map, (n_samples, 2 or 3) float."""
        # Axis by axis: numpy takes ten times as long for all at once.
        low, high = (
            np.array([end(column) for column in positions.T], np.float64)
            for end in (np.min, np.max)
        )
        return cls(low, high)

    @property
    def side(self) -> float:
        """Longer side."""
        return float((self.high - self.low).max())


def _quantised(positions: NDArray[Any], box: _Box) -> NDArray[np.uint16]:
    """One of the maps, (n_samples, 2 or 3) uint16, in the square or cube around a box."""
    center, side = box.low + (box.high - box.low) / 2, box.side or 1.0
    encoded = np.empty(positions.shape, "<u2")
    for start in range(0, len(positions), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        scaled = positions[rows] - center
        scaled *= _U16_MAX / side
        scaled += _U16_MAX / 2
        encoded[rows] = np.rint(scaled, out=scaled).clip(0, _U16_MAX, out=scaled)
    return encoded


def index_dtype(n_samples: int) -> "np.dtype[Any]":
    """Type of row positions: uint16 where all of them fit, else uint32."""
    # The last number stands for a missing neighbour, as which -1 travels.
    return np.dtype("<u2" if n_samples <= _U16_MAX else "<u4")


def as_octets(array: Any) -> memoryview:
    """Bytes of a contiguous array or of a bytes object, without a copy."""
    view = memoryview(array)
    # An empty array of two axes cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(b"")


def encode_selection(
    positions: NDArray[np.int64], n_samples: int
) -> tuple[SelectionEncoding, NDArray[Any]]:
    """Write a selection as positions or as a bit mask, whichever is shorter.

    Parameters
    ----------
    positions : (n_selected,) int64
        Sorted and unique.

    Returns
    -------
    encoding : {"positions", "mask"}
    buffer : (n_selected,) uint32 or (n_samples / 8,) uint8
        Positions, or one bit for each of the ``n_samples`` items, lowest bit first.
    """
    if 4 * len(positions) <= -(-n_samples // 8):
        return "positions", positions.astype("<u4")
    mask = np.zeros(n_samples, dtype=bool)
    mask[positions] = True
    return "mask", np.packbits(mask, bitorder="little")


def decode_selection(encoding: Any, buffer: Any, n_samples: int) -> NDArray[np.int64]:
    """Read what `encode_selection` or the screen wrote.

    Returns
    -------
    (n_selected,) int64
        Positions, sorted and unique.

    Raises
    ------
    ValueError
        When the buffer is not what the encoding says.
    """
    if encoding == "positions":
        n_bytes = memoryview(buffer).nbytes
        if n_bytes % 4:
            msg = f"positions of a selection have 4 bytes each, not {n_bytes} in all"
            raise ValueError(msg)
        positions = np.unique(np.frombuffer(buffer, dtype="<u4")).astype(np.int64)
        if len(positions) and positions[-1] >= n_samples:
            msg = f"selection holds position {positions[-1]}, but there are {n_samples} items"
            raise ValueError(msg)
        return positions
    if encoding != "mask":
        msg = f"selection encoding must be 'positions' or 'mask', not {shown(encoding)}"
        raise ValueError(msg)
    octets = np.frombuffer(buffer, dtype=np.uint8)
    if len(octets) != -(-n_samples // 8):
        msg = f"a mask of {n_samples} items has {-(-n_samples // 8)} bytes, not {len(octets)}"
        raise ValueError(msg)
    return np.flatnonzero(np.unpackbits(octets, count=n_samples, bitorder="little"))


def selection_text(positions: NDArray[np.int64], n_samples: int) -> str:
    """Write a selection as a text, which every host carries, also from the page to the kernel.

    Parameters
    ----------
    positions : (n_selected,) int64
        Sorted and unique.

    Returns
    -------
    str
        ``"positions:"`` or ``"mask:"`` and base64 of what `encode_selection` writes; "" = nothing.
    """
    if not len(positions):
        return ""
    encoding, buffer = encode_selection(positions, n_samples)
    return f"{encoding}:{base64.b64encode(as_octets(buffer)).decode('ascii')}"


def rows_in_text(text: Any, n_samples: int) -> NDArray[np.int64]:
    """Read what `selection_text` or the screen wrote.

    Returns
    -------
    (n_selected,) int64
        Positions, sorted and unique.

    Raises
    ------
    ValueError
        When it is no such text.
    """
    if text == "":
        return np.empty(0, np.int64)
    encoding, colon, written = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not colon:
        msg = f"a selection travels as 'positions:' or 'mask:' and base64, not as {shown(text)}"
        raise ValueError(msg)
    try:
        octets = base64.b64decode(written, validate=True)
    except ValueError:
        msg = f"selection: {shown(written)} is no base64"
        raise ValueError(msg) from None
    return decode_selection(encoding, octets, n_samples)
