"""Messages between a page and its server: a head in JSON, and the buffers beside it, in one frame.

A frame is the length of the head (uint32, little-endian), the head, zeros up to a multiple of four
bytes, and the buffers. The head's ``sizes`` says how long each is. `js/src/wire/frames.ts` is the
other end.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("<I")
_MOST_BUFFERS = 16


def packed(head: dict[str, Any], buffers: Sequence[Any] = ()) -> bytes:
    """One frame of a head and what lies beside it, any objects with a buffer."""
    # An empty array has no shape that can be cast.
    parts = [bytes(memoryview(each)) for each in buffers]
    sizes = [len(part) for part in parts]
    text = json.dumps({**head, "sizes": sizes}, allow_nan=False).encode()
    return b"".join((_LENGTH.pack(len(text)), text, b"\0" * _padding(len(text)), *parts))


def unpacked(frame: bytes | str) -> tuple[dict[str, Any], list[memoryview]]:
    """Head and buffers of a frame.

    Raises
    ------
    ValueError
        When it is none; whatever a page sent, nothing else.
    """
    if isinstance(frame, str) or len(frame) < _LENGTH.size:
        msg = "a message is a binary frame that begins with the length of its head"
        raise ValueError(msg)
    (length,) = _LENGTH.unpack_from(frame)
    text = frame[_LENGTH.size : _LENGTH.size + length]
    if len(text) < length:
        msg = f"the head of a message has {length} bytes, and {len(text)} came"
        raise ValueError(msg)
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = "the head of a message is no JSON"
        raise ValueError(msg) from error
    sizes = head.get("sizes") if isinstance(head, dict) else None
    if not isinstance(sizes, list) or len(sizes) > _MOST_BUFFERS:
        msg = "the head of a message is an object with the sizes of its buffers, 16 at most"
        raise ValueError(msg)
    at = _LENGTH.size + length + _padding(length)
    if any(type(size) is not int or size < 0 for size in sizes) or at + sum(sizes) != len(frame):
        msg = "the buffers of a message are not as long as its head says"
        raise ValueError(msg)
    whole, buffers = memoryview(frame), []
    for size in sizes:
        buffers.append(whole[at : at + size])
        at += size
    return head, buffers


def _padding(length: int) -> int:
    """Zeros behind a head of so many bytes, for arrays of four bytes to lie where they may."""
    return -(_LENGTH.size + length) % 4
