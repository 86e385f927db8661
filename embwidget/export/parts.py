"""What a page holds, in parts: JSON and arrays, deflated, read by ``js/src/wire/page/parts.ts``."""

import base64
import json
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget.session.wire.text import for_wire

_LEVEL = 6
_BEFORE, _BETWEEN, _AFTER = '<script type="application/octet-stream" id="ew-', '">', "</script>\n"
# What the head says of a part.
_INFO_BYTES = 60


class Part(NamedTuple):
    """One element of the page.

    Attributes
    ----------
    name : str
        Letters of our own, never a user's.
    info : dict
        How its bytes are read: ``PartInfo`` in ``js/src/wire/page/parts.ts``.
    data : bytes
    """

    name: str
    info: dict[str, Any]
    data: bytes

    @property
    def element(self) -> str:
        """The part as HTML: base64, in which nothing can end it."""
        text = base64.b64encode(self.data).decode("ascii")
        return f"{_BEFORE}{self.name}{_BETWEEN}{text}{_AFTER}"

    @property
    def n_bytes(self) -> int:
        """What it adds to the file."""
        around = len(_BEFORE) + len(self.name) + len(_BETWEEN) + len(_AFTER) + _INFO_BYTES
        return 4 * -(-len(self.data) // 3) + around


def json_part(name: str, value: Any) -> Part:
    """JSON, whose texts UTF-8 can hold."""
    text = json.dumps(for_wire(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Part(name, {"codec": "json"}, _deflated(text.encode()))


def array_part(name: str, array: NDArray[Any]) -> Part:
    """An array of any shape, flat: first bytes of all numbers, then second ones, as far as needed.

    Parameters
    ----------
    name : str
    array : (...,) uint8, uint16, uint32 or float32
        Whole numbers without their last bytes where these are 0 in all of them.
    """
    flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(-1)
    size = flat.itemsize
    octets = flat.view(np.uint8).reshape(-1, size)
    if flat.dtype.kind == "u":
        top = int(flat.max(initial=0))
        size = max(1, (top.bit_length() + 7) // 8)
    planes = np.ascontiguousarray(octets[:, :size].T)
    info = {"codec": "array", "dtype": array.dtype.name, "planes": size}
    return Part(name, info, _deflated(planes.tobytes()))


def stored_part(name: str, data: bytes) -> Part:
    """Bytes that are packed already."""
    return Part(name, {"codec": "stored"}, data)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
