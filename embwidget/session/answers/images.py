"""Pictures of all items: read one by one when they are asked for, and how many cannot be read."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from embwidget._core.aligning import Items, find_rows
from embwidget._core.checks import shown
from embwidget._core.keys import index_of
from embwidget._core.tensors import from_tensor, is_tensor
from embwidget._core.values import read_values
from embwidget.comparison import Pair
from embwidget.session.answers.image_files import is_array, media_type, picture_bytes
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.pixels import Ends, common_ends
from embwidget.session.wire.text import is_missing
from embwidget.space import Space

# Looked at before anything is shown, until one can be read.
_TRIED = 20
# Whose black and white are those of all.
_COMPARED = 200
# More would be seconds of reading for one sentence.
_COUNTED = 500
_SECONDS = 5.0
_REASON_CHARS = 160
_NOT_OPENED_ONE_BY_ONE = (list, tuple, str, bytes, bytearray, memoryview)

_ALLOWED = (
    "PNG, JPEG, GIF, WebP, TIFF, BMP bytes, paths or base64, PIL images, arrays (h, w), "
    "(h, w, 3 or 4) or (3, h, w)"
)


def encode_image(value: Any, ends: Ends | None = None) -> tuple[str, bytes] | None:
    """Media type and bytes of one picture, or None when `value` holds no picture."""
    try:
        return _encoded(value, ends)
    except ValueError:
        return None


def _encoded(value: Any, ends: Ends | None) -> tuple[str, bytes]:
    """Media type and bytes of one picture; ValueError of one line that says why not."""
    try:
        data = picture_bytes(value, ends)
    except Exception as error:  # noqa: BLE001 a damaged file makes its reader raise anything
        raise ValueError(_reason(error)) from None
    return media_type(data) or "", data


def _reason(error: Exception) -> str:
    """One short line: what others raise may repeat all that they were given."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return reason if len(reason) <= _REASON_CHARS else reason[: _REASON_CHARS - 1] + "…"


class Images:
    """The pictures of all items, read and encoded one by one when they are asked for.

    Parameters
    ----------
    get : callable
        ``get(position)`` -> what holds the picture of that item, or a missing value.
    n_samples : int
    name : str
        What the pictures are called in an error: the argument or the column.

    Raises
    ------
    ValueError
        When none of the first few can be read.
    """

    def __init__(self, get: Callable[[int], Any], n_samples: int, name: str) -> None:
        self._get = get
        self._n_samples = n_samples
        self._ends: Ends | None = None
        # An open file that several items share has one place to read on from.
        self._reading = threading.Lock()
        first, n_failed = "", 0
        for position in range(n_samples):
            try:
                found = self._read(position)
            except ValueError as error:
                first = first or f"item {position}: {error}"
                n_failed += 1
                if n_failed == _TRIED:
                    break
                continue
            if found is None:
                continue
            if is_array(get(position)):
                self._ends = common_ends(self._values())
            return
        if first:
            msg = f"image {shown(name)}: {first}; allowed: {_ALLOWED}"
            raise ValueError(msg)

    def get(self, position: int) -> tuple[str, bytes] | None:
        """Media type and bytes of an item's picture; None when it has none."""
        try:
            return self._read(position)
        except ValueError:
            return None

    def unread(self, items: Space) -> str:
        """Say how many pictures cannot be read, and why the first cannot; "" when all can."""
        n_tried, n_there, n_failed, first = 0, 0, 0, ""
        end = time.monotonic() + _SECONDS
        for position in self._some(_COUNTED):
            if time.monotonic() > end:
                break
            n_tried += 1
            try:
                n_there += self._read(position) is not None
            except ValueError as error:
                n_there += 1
                n_failed += 1
                item = items.ids[position]
                name = shown(item) if items.has_ids else f"row {item}"
                first = first or f"{name}: {error}"
        if not n_failed:
            return ""
        tried = "" if n_tried == self._n_samples else " tried"
        return f"{n_failed:,} of {n_there:,} pictures{tried} cannot be read: {first}"

    def _read(self, position: int) -> tuple[str, bytes] | None:
        """Media type and bytes; None for a missing picture, ValueError for one that is none."""
        with self._reading:
            try:
                value = self._get(position)
                if is_missing(value):
                    return None
            except Exception as error:  # noqa: BLE001 some unpack a picture when it is taken
                raise ValueError(_reason(error)) from None
            return _encoded(value, self._ends)

    def _values(self) -> Iterator[Any]:
        for position in self._some(_COMPARED):
            with suppress(Exception):
                yield self._get(position)

    def _some(self, most: int) -> list[int]:
        """Positions of all items, or of so many that lie evenly among them."""
        n = min(self._n_samples, most)
        positions: list[int] = np.linspace(0, self._n_samples - 1, n).astype(int).tolist()
        return positions


def by_row(image: Any, items: Items) -> Callable[[int], Any]:
    """Look up one value for each row that was given, before any were left out.

    Parameters
    ----------
    image : sequence of length n_given
        An array of (n_given, ...) is one picture a row; a pandas Series is aligned by its index, if
        it has one of its own.
    items : Items

    Returns
    -------
    callable
        ``get(position)`` of an item.
    """
    pictures = _by_position(image)
    rows = find_rows(items, index_of(image), len(pictures), "image", "pictures").rows
    get: Callable[[int], Any] = pictures.__getitem__
    return get if rows is None else lambda position: get(int(rows[position]))


def _by_position(image: Any) -> Any:
    """Pictures to be taken by position, (n_rows,) object; what opens them one by one stays."""
    if is_tensor(image):
        image = from_tensor(image, "image")
    is_stack = len(getattr(image, "shape", ())) > 2
    is_own = isinstance(image, Sequence) and not isinstance(image, _NOT_OPENED_ONE_BY_ONE)
    if is_stack or is_own or (hasattr(image, "__getitem__") and not hasattr(image, "__iter__")):
        return image
    return read_values(image, "image").entries


def open_images(image: Any, pair: Pair, columns: MetadataColumns) -> tuple[str, Images | None]:
    """Name and pictures of the items: of a column, of a callable, or of one value for each item."""
    if image is None:
        return "", None
    if isinstance(image, str):
        try:
            name = columns.on_screen(image)
            series = columns.series(name)
        except ValueError as error:
            msg = f"image: {error}"
            raise ValueError(msg) from None
        return name, Images(series.__getitem__, pair.n_samples, name)
    get = image if callable(image) else by_row(image, pair.items)
    return "image", Images(get, pair.n_samples, "image")
