"""How large a picture says it is, read from the first bytes of its file: nothing is unpacked."""

import struct

_JPEG_STANDALONE = {0x01, *range(0xD0, 0xD9)}
# Start-of-frame markers, which bear the size; the three others of this range do not.
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B


def size_of(media_type: str, data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or WebP file; None where they cannot be read.

    Frames of a GIF may be larger than the file says of itself, so that all of them are looked at.
    """
    try:
        return _READERS[media_type](data)
    except (struct.error, IndexError):  # the file ends before its size
        return None


def is_whole(media_type: str, data: bytes) -> bool:
    """Whether a file of these types goes on to its end, as far as that shows from outside."""
    match media_type:
        case "image/png":
            return b"IEND" in data
        case "image/jpeg":
            return b"\xff\xd9" in data
        case "image/webp":
            return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    return size_of(media_type, data) is not None


def _png(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # any number of them may stand before a marker
            at += 1
        elif marker in _JPEG_STANDALONE:
            at += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + max(2, *struct.unpack_from(">H", data, at + 2))
    return None


def _gif(data: bytes) -> tuple[int, int] | None:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _gif_colors(flags)
    while data[at] != _GIF_END:
        if data[at] == _GIF_IMAGE:
            left, top, across, down, flags = struct.unpack_from("<HHHHB", data, at + 1)
            width, height = max(width, left + across), max(height, top + down)
            at += 11 + _gif_colors(flags)
        elif data[at] == _GIF_EXTENSION:
            at += 2
        else:
            return None
        while data[at]:
            at += 1 + data[at]
        at += 1
    return width, height


def _gif_colors(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[i : i + 3], "little") for i in (24, 27))
        return (width + 1, height + 1) if len(data) >= 30 else None
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
