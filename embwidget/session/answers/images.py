"""Pictures of items: whatever holds one becomes bytes of a type that a browser may show."""

import io
import struct
import zlib
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, find_rows
from embwidget._core.keys import index_of
from embwidget.comparison import Pair
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.wire.text import is_missing

# SVG is not among them: it can carry scripts.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# Thumbnails are shown at most this large; bigger pictures would only fill the wire.
_MAX_SIDE = 320
_MAX_BYTES = 100_000
_MAX_FILE_BYTES = 50_000_000
_MAX_DIMS = 3
_CHECKED = 100

_ALLOWED = (
    "PNG, JPEG, GIF or WebP bytes, a path of such a file, a PIL image, "
    "or an array (h, w) or (h, w, 3 or 4) of uint8 or of floats in 0..1"
)


def media_type(data: bytes) -> str | None:
    """Media type by the first bytes; None for anything but PNG, JPEG, GIF and WebP."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """PNG file of an array (h, w) or (h, w, 3 or 4), uint8."""
    height, width = pixels.shape[:2]
    color_type = {2: 0, 3: 2, 4: 6}[2 if pixels.ndim == 2 else pixels.shape[2]]
    rows = np.zeros((height, 1 + pixels[0].size), dtype=np.uint8)  # filter type 0 before each row
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return _MAGIC[0][0] + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def as_pixels(values: Any) -> NDArray[np.uint8]:
    """Array (h, w) or (h, w, 3 or 4), uint8; ValueError for what is no picture.

    Floats are taken as 0..1, other integers as 0..255; large pictures are thinned out.
    """
    pixels = np.asarray(values)
    if pixels.ndim == _MAX_DIMS and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    fits = pixels.ndim == 2 or (pixels.ndim == _MAX_DIMS and pixels.shape[2] in (3, 4))
    if not fits or pixels.size == 0 or pixels.dtype.kind not in "buif":
        msg = f"an array of shape {pixels.shape} and dtype {pixels.dtype} is no picture"
        raise ValueError(msg)
    step = -(-max(pixels.shape[:2]) // _MAX_SIDE)
    pixels = pixels[::step, ::step]
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "b":
        return pixels.astype(np.uint8) * np.uint8(255)
    is_float = pixels.dtype.kind == "f"
    known = np.nan_to_num(pixels) if is_float else pixels
    top = 1 if is_float else 255
    if known.min() < 0 or known.max() > top:
        msg = (
            f"pixels of dtype {pixels.dtype} must lie in 0..{top}, "
            f"found {known.min():g}..{known.max():g}: scale them"
        )
        raise ValueError(msg)
    whole: NDArray[np.uint8] = np.rint(known * (255 if is_float else 1)).astype(np.uint8)
    return whole


def encode_image(value: Any) -> tuple[str, bytes] | None:
    """Media type and bytes of one picture, or None when `value` holds no picture."""
    try:
        data = _as_bytes(value)
    except (OSError, ValueError, TypeError):
        return None
    kind = media_type(data)
    if kind is None:
        return None
    if len(data) > _MAX_BYTES:
        data = _shrunk(data)
        kind = media_type(data) or kind
    return kind, data


def _as_bytes(value: Any) -> bytes:
    """Bytes of an image file; ValueError when `value` is of no known kind."""
    if isinstance(value, dict):  # Hugging Face datasets keep pictures so
        value = value.get("bytes") or value.get("path")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str | PathLike):
        return _read(value)
    if hasattr(value, "save") and hasattr(value, "thumbnail"):
        return _pil_bytes(value)
    return encode_png(as_pixels(value))


def _read(path: str | PathLike[str]) -> bytes:
    if "://" in str(path):
        msg = f"pictures are never fetched from the network: {path}"
        raise ValueError(msg)
    file = Path(path)
    if not file.is_file():
        msg = f"there is no file {path}"
        raise ValueError(msg)
    if file.stat().st_size > _MAX_FILE_BYTES:
        msg = f"the file {path} is larger than {_MAX_FILE_BYTES // 1_000_000} MB"
        raise ValueError(msg)
    return file.read_bytes()


def _pil_bytes(image: Any) -> bytes:
    small = image.copy()
    small.thumbnail((_MAX_SIDE, _MAX_SIDE))
    if small.mode not in ("L", "RGB", "RGBA"):
        small = small.convert("RGBA")
    out = io.BytesIO()
    small.save(out, format="PNG")
    return out.getvalue()


def _shrunk(data: bytes) -> bytes:
    """Make a thumbnail of an image file when Pillow is there, else return the file itself."""
    try:
        from PIL import Image
    except ImportError:
        return data
    try:
        with Image.open(io.BytesIO(data)) as image:
            small = image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return data
    small.thumbnail((_MAX_SIDE, _MAX_SIDE))
    out = io.BytesIO()
    small.save(out, format="JPEG", quality=85)
    return out.getvalue()


class Images:
    """The pictures of all items, read and encoded one by one when they are asked for."""

    def __init__(self, get: Callable[[int], Any], n_samples: int, name: str) -> None:
        """Check that the first few are pictures.

        Parameters
        ----------
        get : callable
            ``get(position)`` -> what holds the picture of that item, or a missing value.
        name : str
            What the pictures are called in an error: the argument or the column.
        """
        self._get = get
        for position in range(min(n_samples, _CHECKED)):
            value = get(position)
            if is_missing(value):
                continue
            try:
                data = _as_bytes(value)
            except (OSError, ValueError, TypeError) as error:
                msg = f"image {name!r}: item {position}: {error}; allowed: {_ALLOWED}"
                raise ValueError(msg) from None
            if media_type(data) is None:
                start = data[:12]
                msg = f"image {name!r}: item {position} starts with {start!r}; allowed: {_ALLOWED}"
                raise ValueError(msg)
            return

    def get(self, position: int) -> tuple[str, bytes] | None:
        """Media type and bytes of an item's picture; None when it has none."""
        value = self._get(position)
        return None if is_missing(value) else encode_image(value)


def by_row(image: Any, items: Items) -> Callable[[int], Any]:
    """Look up one value for each row that was given, before any were left out.

    Parameters
    ----------
    image : sequence of length n_given
        A pandas Series is aligned by its index, if it has one of its own.
    items : Items

    Returns
    -------
    callable
        ``get(position)`` of an item.
    """
    if not hasattr(image, "__len__") or not hasattr(image, "__getitem__"):
        msg = f"image is of type {type(image).__name__}: pass a column's name or one for each row"
        raise TypeError(msg)
    rows = find_rows(items, index_of(image), len(image), "image", "pictures").rows
    get: Callable[[int], Any] = getattr(image, "iloc", image).__getitem__
    return get if rows is None else lambda position: get(int(rows[position]))


def open_images(image: Any, pair: Pair, columns: MetadataColumns) -> tuple[str, Images | None]:
    """Name and pictures of the items: of a column, of a callable, or of one value for each item."""
    if image is None:
        return "", None
    if isinstance(image, str):
        return image, Images(columns.series(image).__getitem__, pair.n_samples, image)
    get = image if callable(image) else by_row(image, pair.items)
    return "image", Images(get, pair.n_samples, "image")
