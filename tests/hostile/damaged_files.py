"""Ways to damage the content of a file, each for every format."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

from good_files import GOOD

Damage = Callable[[bytes, random.Random], bytes]
DAMAGES: dict[str, Damage] = {}
# HDF5 itself takes what a damaged file says of a text's length, and so minutes or gigabytes: its
# files are for those who trust where they come from, which docs/inputs.md says.
BOUNDED = [name for name in GOOD if name != "h5ad"]


def damage(function: Damage) -> Damage:
    DAMAGES[function.__name__.replace("_", " ").strip()] = function
    return function


def _part(content: bytes, rng: random.Random) -> tuple[int, int]:
    """Where a piece of up to 64 bytes begins and ends; mostly near an end, where headers are."""
    near = min(300, len(content) - 1)
    start = rng.choice([rng.randrange(near), rng.randrange(len(content)), len(content) - near])
    return start, min(len(content), start + rng.randrange(1, 64))


@damage
def cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


@damage
def cut_at_the_front(content: bytes, rng: random.Random) -> bytes:
    return content[rng.randrange(1, len(content)) :]


@damage
def a_piece_lost(content: bytes, rng: random.Random) -> bytes:
    start, end = _part(content, rng)
    return content[:start] + content[end:]


@damage
def a_piece_twice(content: bytes, rng: random.Random) -> bytes:
    start, end = _part(content, rng)
    return content[:end] + content[start:]


@damage
def a_piece_of_nulls(content: bytes, rng: random.Random) -> bytes:
    start, end = _part(content, rng)
    return content[:start] + bytes(end - start) + content[end:]


@damage
def a_piece_of_ones(content: bytes, rng: random.Random) -> bytes:
    start, end = _part(content, rng)
    return content[:start] + b"\xff" * (end - start) + content[end:]


@damage
def a_piece_of_chance(content: bytes, rng: random.Random) -> bytes:
    start, end = _part(content, rng)
    return content[:start] + rng.randbytes(end - start) + content[end:]


@damage
def numbers_that_lie(content: bytes, rng: random.Random) -> bytes:
    """A number of a header, in digits or in four bytes, becomes another one."""
    places = [found.span() for found in re.finditer(rb"\d+", content)]
    if places and rng.random() < 0.5:
        start, end = rng.choice(places)
        text = rng.choice([b"-1", b"0", b"1e9", b"99999999999999999999", b"4294967296", b"1" * 400])
        return content[:start] + text + content[end:]
    start, _ = _part(content, rng)
    value = rng.choice([0, 2**31 - 1, 2**31, 2**32 - 1, 10**9])
    return content[:start] + value.to_bytes(4, "little") + content[start + 4 :]


@damage
def two_in_one(content: bytes, rng: random.Random) -> bytes:
    _, other = GOOD[rng.choice(BOUNDED)]
    return content + other()


@damage
def of_another_format(content: bytes, rng: random.Random) -> bytes:
    _, other = GOOD[rng.choice(BOUNDED)]
    return other()


@damage
def packed(content: bytes, rng: random.Random) -> bytes:
    return zlib.compress(content)


@damage
def encrypted(content: bytes, rng: random.Random) -> bytes:
    """In an archive whose members are said to be encrypted."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("vectors.npy", content)
    changed = bytearray(file.getvalue())
    changed[6] |= 1
    changed[changed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)
