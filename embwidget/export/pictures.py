"""Pictures of items as they travel in a file: smaller, fewer or none where there is no room."""

import io
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget.export.parts import Part, array_part, json_part, stored_part
from embwidget.session.answers.images import Images

_SIDES = (64, 48)
"""CSS pixels of the longer side, tried one after the other."""

_QUALITY = 70
# Base64 writes three bytes as four characters.
_AS_TEXT = 4 / 3
# What tells where each picture ends and of which type it is, at most, and what stands around all.
_EACH_BYTES, _AROUND_BYTES = 6, 1000

Picture = tuple[str, bytes]
"""Media type and bytes."""


class Pictures(NamedTuple):
    """Pictures that fit.

    Attributes
    ----------
    parts : list of Part
        None = no item has one.
    left_out : str
        What was done to them; "" = nothing.
    """

    parts: list[Part]
    left_out: str = ""


def fitting_pictures(images: Images, often: NDArray[np.int64], room: float) -> Pictures:
    """Pictures of all items that fit into some room, or of those that are seen most.

    Parameters
    ----------
    images : Images
    often : (n_samples,) int64
        How often each item stands in a list.
    room : float
        Bytes of the file.
    """
    n = len(often)
    shrinks = [None, *(_shrinker(side) for side in _SIDES)] if _has_pillow() else [None]
    for at, shrink in enumerate(shrinks):
        taken = _taken(images, range(n), shrink, room)
        if len(taken) == n:
            said = f"pictures are at most {_SIDES[at - 1]} pixels wide or high" if at else ""
            return Pictures(_parts(taken, n), said)
    order = np.argsort(-often, kind="stable").tolist()
    taken = _taken(images, order, shrinks[-1], room)
    n_shown = sum(picture is not None for picture in taken.values())
    if not n_shown:
        return Pictures([], "pictures")
    return Pictures(_parts(taken, n), f"pictures of all but the {n_shown:,} items seen most often")


def _taken(
    images: Images,
    items: Iterable[int],
    shrink: Callable[[Picture], Picture] | None,
    room: float,
) -> dict[int, Picture | None]:
    """Pictures of items in their order, up to the first that has no room."""
    taken: dict[int, Picture | None] = {}
    room -= _AROUND_BYTES
    for item in items:
        found = images.get(item)
        picture = shrink(found) if found and shrink else found
        room -= _EACH_BYTES + (_AS_TEXT * len(picture[1]) if picture else 0)
        if room < 0:
            break
        taken[item] = picture
    return taken


def _parts(taken: dict[int, Picture | None], n: int) -> list[Part]:
    """One part with all bytes, and what tells the pictures apart."""
    types: list[str] = []
    code_of: dict[str, int] = {}
    codes, lengths = np.zeros(n, np.uint8), np.zeros(n, np.uint32)
    data = []
    for item in range(n):
        picture = taken.get(item)
        if picture is None:
            continue
        kind, octets = picture
        if kind not in code_of:
            code_of[kind] = len(code_of) + 1
            types.append(kind)
        codes[item], lengths[item] = code_of[kind], len(octets)
        data.append(octets)
    if not data:
        return []
    return [
        json_part("picture_types", types),
        array_part("picture_codes", codes),
        array_part("picture_lengths", lengths),
        stored_part("pictures", b"".join(data)),
    ]


def _has_pillow() -> bool:
    try:
        import PIL.Image  # noqa: F401
    except ImportError:
        return False
    return True


def _shrinker(side: int) -> Callable[[Picture], Picture]:
    """Make pictures smaller, unless they are so."""

    def shrink(picture: Picture) -> Picture:
        from PIL import Image

        try:
            with Image.open(io.BytesIO(picture[1])) as opened:
                image: Any = opened.convert("RGB")
            image.thumbnail((side, side))
            file = io.BytesIO()
            image.save(file, "WEBP", quality=_QUALITY)
        except Exception:  # noqa: BLE001 damaged, or Pillow was built without WebP: it stays
            return picture
        made = file.getvalue()
        return ("image/webp", made) if len(made) < len(picture[1]) else picture

    return shrink
