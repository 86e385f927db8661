"""One picture in whatever holds it: bytes of a type that a browser may show."""

import base64
import binascii
import io
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.session.answers.image_sizes import is_whole, size_of
from embwidget.session.answers.pixels import MAX_SIDE, PNG, Ends, as_pixels, encode_png

# SVG is not among them: it can carry scripts.
_MAGIC = (
    (PNG, "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# What no browser shows, and Pillow reads.
_CONVERTED = ((b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"BM", "BMP"))
# Others run programs, or have been read by few.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
_PHOTOS = ("JPEG", "MPO")
_PLAIN_MODES = ("1", "L", "P", "RGB")
_DEEP_MODES = ("I", "F")

_MAX_BYTES = 100_000
_MAX_FILE_BYTES = 50_000_000
# A file of a few kB may unpack to billions of pixels.
_MAX_PIXELS = 100_000_000
_MAX_UNPACKED_BYTES = 200_000_000
# A browser unpacks what travels as it is, an animation for as long as it is on the screen.
_MAX_PLAIN_PIXELS = 4_000_000
_MAX_MOVING_PIXELS = 1_000_000
# Without Pillow nothing can be made smaller.
_MAX_UNREAD_BYTES = 1_000_000
# Larger ones are thinned out before they are drawn to scale, which takes copies of all pixels.
_MAX_SCALED_SIDE = 8 * MAX_SIDE
_ORIENTATION = 0x0112
_MAX_PATH_CHARS = 4096
_FIRST_CHARS = 24


def media_type(data: bytes) -> str | None:
    """Media type by the first bytes; None for anything but PNG, JPEG, GIF and WebP."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def is_array(value: Any) -> bool:
    """Whether a picture is an array, a tensor or nested lists, and not a file of some kind."""
    if isinstance(value, list | tuple):
        return True
    return hasattr(value, "shape") and not _is_pillow(value) and np.ndim(value) > 1


def picture_bytes(value: Any, ends: Ends | None = None) -> bytes:
    """Bytes of a PNG, JPEG, GIF or WebP file.

    Parameters
    ----------
    value : bytes, str, path, open file, dict, PIL image or array
        What holds one picture. A dict has it as "bytes" or "path", as in Hugging Face datasets.
    ends : Ends, optional
        Black and white of an array, as for `as_pixels`.

    Raises
    ------
    ValueError, TypeError, OSError
        One line that says why it cannot be read. Pillow may raise others for damaged files.
    """
    if hasattr(value, "as_py"):
        value = value.as_py()
    if isinstance(value, dict):
        value = _of_dict(value)
    if hasattr(value, "read"):
        value = _contents(value)
    if isinstance(value, str | PathLike):
        return _of_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _of_bytes(bytes(value))
    if _is_pillow(value):
        return _of_pillow(value)
    if getattr(value, "ndim", None) == 1 and str(value.dtype).endswith("uint8"):
        # What readers of files return before it is decoded.
        return _of_bytes(np.asarray(value).tobytes())
    return encode_png(as_pixels(value, ends))


def _is_pillow(value: Any) -> bool:
    return hasattr(value, "save") and hasattr(value, "thumbnail")


def _of_dict(held: dict[str, Any]) -> Any:
    for key in ("bytes", "path"):
        if held.get(key) is not None:
            return held[key]
    msg = f'a dict with the keys {shown(list(held)[:5])}: a picture is under "bytes" or "path"'
    raise ValueError(msg)


def _contents(file: Any) -> bytes:
    """All bytes of an open file, which is left where it was."""
    seekable = hasattr(file, "seekable") and file.seekable()
    start = file.tell() if seekable else 0
    if seekable:
        file.seek(0)
    data = file.read(_MAX_FILE_BYTES + 1)
    if seekable:
        file.seek(start)
    if not isinstance(data, bytes):
        msg = "the file was opened as text: open it with mode 'rb'"
        raise TypeError(msg)
    return data


def _of_text(text: str | PathLike[str]) -> bytes:
    """Bytes behind a path, a ``data:`` address or base64."""
    given = str(text)
    if given.startswith("data:"):
        head, _, body = given.partition(",")
        data = _from_base64(body) if head.endswith(";base64") else None
        if data is None:
            msg = f"{shown(given)} holds no picture in base64"
            raise ValueError(msg)
        return _of_bytes(data)
    if "://" in given:
        msg = f"pictures are never fetched from the network, {shown(given)}: pass a file's path"
        raise ValueError(msg)
    if _is_file(given):
        if Path(given).stat().st_size > _MAX_FILE_BYTES:
            msg = f"the file {shown(given)} is larger than {_MAX_FILE_BYTES // 1_000_000} MB"
            raise ValueError(msg)
        return _of_bytes(Path(given).read_bytes())
    data = _from_base64(given)
    if data is None:
        msg = f"there is no file {shown(given)}"
        raise ValueError(msg)
    return _of_bytes(data)


def _is_file(given: str) -> bool:
    try:
        return len(given) <= _MAX_PATH_CHARS and Path(given).is_file()
    except OSError:  # a name longer than file systems allow
        return False


def _from_base64(text: str) -> bytes | None:
    """Bytes of a picture that were written as text; None for any other text."""

    def decoded(part: str) -> bytes:
        plain = "".join(part.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)

    try:
        # Long texts that are none are not read whole.
        start = decoded(text.strip()[:_FIRST_CHARS])
        return decoded(text) if media_type(start) or _converted(start) else None
    except (binascii.Error, ValueError):
        return None


def _converted(data: bytes) -> str | None:
    return next((name for magic, name in _CONVERTED if data.startswith(magic)), None)


def _of_bytes(data: bytes) -> bytes:
    """Check and, where it is needed, convert an image file."""
    if len(data) > _MAX_FILE_BYTES:
        msg = f"the file is larger than {_MAX_FILE_BYTES // 1_000_000} MB"
        raise ValueError(msg)
    if data.startswith(b"data:"):
        return _of_text(data.decode("ascii", "replace"))
    kind, converted = media_type(data), _converted(data)
    if kind is None and converted is None:
        found = _from_base64(data.decode("ascii", "replace")) if data else None
        if found is not None:
            return _of_bytes(found)
        msg = f"it starts with {data[:12]!r}"
        raise ValueError(msg)
    pixels = 0
    if kind is not None:
        size = size_of(kind, data)
        if size is None:
            msg = f"its size cannot be read: the file is damaged, or ends after {len(data):,} bytes"
            raise ValueError(msg)
        _check_pixels(*size)
        pixels = size[0] * size[1]
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        if kind is None:
            msg = f"{converted} files are read by Pillow: pip install pillow"
            raise ValueError(msg) from None
        _check_unread(kind, data, pixels)
        return data
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_size(image)
            if kind is not None and _is_plain(image, data):
                image.load()  # raises for a file that is cut off
                return data
            if image.format in _PHOTOS and "progressive" not in image.info:
                image.thumbnail((MAX_SIDE, MAX_SIDE))  # unpacks no more than that takes
            return _of_pillow(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        msg = f"it has more than {_MAX_PIXELS:,} pixels"
        raise ValueError(msg) from None
    except UnidentifiedImageError:
        msg = f"Pillow cannot read this file, which starts with {data[:12]!r}"
        raise ValueError(msg) from None


def _check_pixels(width: int, height: int) -> None:
    if not 0 < width * height <= _MAX_PIXELS:
        msg = f"it is {width} x {height} pixels: from 1 to {_MAX_PIXELS:,} are read"
        raise ValueError(msg)


def _check_size(image: Any) -> None:
    """Refuse what would take too much memory, before it is unpacked."""
    width, height = image.size
    _check_pixels(width, height)
    # Pillow has one byte a pixel, or four.
    n_bytes = width * height * (1 if image.mode in ("1", "L", "P") else 4)
    is_scaled = image.format in _PHOTOS and "progressive" not in image.info
    if n_bytes > _MAX_UNPACKED_BYTES and not is_scaled:
        most = _MAX_UNPACKED_BYTES // 1_000_000
        msg = f"it is {width} x {height} pixels of {image.mode}: up to {most} MB are unpacked"
        raise ValueError(msg)


def _check_unread(kind: str, data: bytes, pixels: int) -> None:
    """Refuse what Pillow would have to make smaller, and what does not go on to its end."""
    if len(data) > _MAX_UNREAD_BYTES or pixels > _MAX_PLAIN_PIXELS:
        size = f"{pixels:,} pixels in {len(data):,} bytes"
        msg = f"{size} are made smaller by Pillow: pip install pillow"
        raise ValueError(msg)
    if not is_whole(kind, data):
        msg = "the file is cut off"
        raise ValueError(msg)


def _is_plain(image: Any, data: bytes) -> bool:
    """Whether a browser shows the file as it is meant, on any ground, and at no great cost."""
    width, height = image.size
    if len(data) > _MAX_BYTES or width * height > _MAX_PLAIN_PIXELS:
        return False
    if getattr(image, "is_animated", False):
        return bool(width * height <= _MAX_MOVING_PIXELS)
    return image.mode in _PLAIN_MODES and not _is_transparent(image) and not _is_turned(image)


def _is_transparent(image: Any) -> bool:
    return "transparency" in image.info or image.mode.lower() in ("la", "pa", "rgba")


def _is_turned(image: Any) -> bool:
    return bool(image.getexif().get(_ORIENTATION, 1) != 1)


def _thinned(image: Any) -> Any:
    """Large pictures with a part of their pixels, and as much of what is known of them."""
    step = -(-max(image.size) // _MAX_SCALED_SIDE)
    if step == 1:
        return image
    thin = image.resize([-(-side // step) for side in image.size], 0)  # the nearest pixel
    thin.getexif()[_ORIENTATION] = image.getexif().get(_ORIENTATION, 1)
    return thin


def _of_pillow(image: Any) -> bytes:
    """Bytes of a thumbnail: upright, on white, 8 bits deep."""
    from PIL import Image, ImageOps

    _check_size(image)
    is_photo = image.format in _PHOTOS
    upright = ImageOps.exif_transpose(_thinned(image))
    if upright.mode.split(";")[0] in _DEEP_MODES:
        upright = Image.fromarray(as_pixels(np.asarray(upright)))
    elif _is_transparent(upright):
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    elif upright.mode not in ("L", "RGB"):
        upright = upright.convert("L" if upright.mode == "1" else "RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    if not is_photo:
        upright.save(out, format="PNG")
    if is_photo or out.tell() > _MAX_BYTES:
        out = io.BytesIO()
        upright.save(out, format="JPEG", quality=85)
    return out.getvalue()
