"""Picture files that lie, are cut off or unpack to far more: refused in one line, or made small."""

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from embwidget.session.answers.image_sizes import size_of
from embwidget.session.answers.images import Images, encode_image

WEB = ["PNG", "JPEG", "GIF", "WEBP"]
ALL = [*WEB, "TIFF", "BMP"]
NOISE = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def why_not(data: bytes, *, pillow: bool = True) -> str:
    with pytest.MonkeyPatch.context() as patch:
        if not pillow:
            patch.setitem(sys.modules, "PIL", None)
        assert encode_image(data) is None
        with pytest.raises(ValueError, match="image") as error:
            Images([data].__getitem__, 1, "image")
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


def says(kind: str, width: int, height: int) -> bytes:
    """A small file whose header says that it is this large."""
    data = bytearray(file_of(Image.new("L", (40, 30)), kind))
    match kind:
        case "PNG":
            struct.pack_into(">II", data, 16, width, height)
        case "JPEG":
            struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
        case "GIF":
            struct.pack_into("<HH", data, 6, width, height)
        case "WEBP":
            at = data.index(b"\x9d\x01\x2a") + 3
            struct.pack_into("<HH", data, at, width & 0x3FFF, height & 0x3FFF)
        case "BMP":
            struct.pack_into("<ii", data, 18, width, height)
        case "TIFF":
            (directory,) = struct.unpack_from("<I", data, 4)
            for i in range(*struct.unpack_from("<H", data, directory)):
                at = directory + 2 + 12 * i
                tag = struct.unpack_from("<H", data, at)[0]
                if tag in (256, 257):
                    struct.pack_into("<HII", data, at + 2, 4, 1, width if tag == 256 else height)
    return bytes(data)


either_way = pytest.mark.parametrize("pillow", [True, False], ids=["Pillow", "no Pillow"])


@pytest.mark.parametrize("kind", WEB)
@pytest.mark.parametrize("size", [(1, 1), (40, 30), (16_000, 5)])
def test_the_size_is_read_from_the_header(kind, size):
    data = file_of(Image.new("RGB", size), kind)
    assert size_of(f"image/{kind.lower()}", data) == size


@pytest.mark.parametrize("mode", ["lossless", "alpha", "animated"])
def test_every_kind_of_webp_tells_its_size(mode):
    image = Image.new("RGBA" if mode == "alpha" else "RGB", (40, 30), "red")
    frames = {"save_all": True, "append_images": [Image.new("RGB", (40, 30))]}
    options = {"lossless": {"lossless": True}, "alpha": {}, "animated": frames}[mode]
    assert size_of("image/webp", file_of(image, "WEBP", **options)) == (40, 30)


@either_way
@pytest.mark.parametrize("kind", ALL)
def test_a_header_that_says_billions_is_refused(kind, pillow):
    reason = why_not(says(kind, 16_000, 16_000), pillow=pillow)
    assert "100,000,000" in reason or (not pillow and "pip install pillow" in reason)


@either_way
def test_a_gif_whose_frame_is_larger_than_it_says_is_refused(pillow):
    data = bytearray(file_of(Image.new("L", (40, 30)), "GIF"))
    at = data.index(b"\x2c\0\0\0\0", 13)
    struct.pack_into("<HH", data, at + 5, 65_535, 65_535)
    assert "65535 x 65535" in why_not(bytes(data), pillow=pillow)


@either_way
@pytest.mark.parametrize("kind", WEB)
@pytest.mark.parametrize("n_bytes", [20, 200, 0.5])
def test_what_is_cut_off_never_travels(kind, n_bytes, pillow):
    data = file_of(Image.fromarray(NOISE), kind)
    why_not(data[: int(n_bytes * len(data)) if n_bytes < 1 else n_bytes], pillow=pillow)


@either_way
@pytest.mark.parametrize(
    "magic", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x10\x10\0\0WEBPVP8 "]
)
@pytest.mark.parametrize("n_bytes", [0, 30, 3_000_000])
def test_junk_behind_the_first_bytes_never_travels(magic, n_bytes, pillow):
    why_not(magic + np.random.default_rng(0).bytes(n_bytes), pillow=pillow)


@pytest.mark.parametrize("kind", WEB)
def test_without_pillow_only_what_is_small_travels(kind, monkeypatch):
    small = file_of(Image.fromarray(NOISE), kind)
    many = file_of(Image.new("L", (2500, 2500)), kind)
    long = small + bytes(1_000_000)
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert encode_image(small)[1] == small
    for data in (many, long):
        assert "made smaller by Pillow: pip install pillow" in why_not(data)


@pytest.mark.parametrize(("side", "moves"), [(100, True), (1500, False)])
def test_animations_move_where_they_are_small(side, moves):
    frames = [Image.new("L", (side, side), shade) for shade in (0, 128, 255)]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    kind, sent = encode_image(data)
    assert (kind == "image/gif") == moves
    assert max(Image.open(io.BytesIO(sent)).size) == (side if moves else 320)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_colours_that_unpack_to_more_than_200_mb_are_refused(kind):
    data = bytearray(file_of(Image.new("RGB", (4, 4)), "PNG"))
    struct.pack_into(">II", data, 16, 8000, 7000)
    struct.pack_into(">I", data, 29, zlib.crc32(data[12:29]))
    if kind == "TIFF":
        data = file_of(Image.new("RGB", (8000, 7000)), kind, compression="tiff_deflate")
    assert "up to 200 MB" in why_not(bytes(data))
    # The same pixels at one byte each are taken.
    options = {"compression": "tiff_deflate"} if kind == "TIFF" else {}
    assert encode_image(file_of(Image.new("L", (8000, 7000)), kind, **options)) is not None


def test_large_pictures_stand_upright_and_keep_their_colours():
    image = Image.new("RGB", (5000, 3000), "red")
    image.paste("blue", (0, 0, 5000, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # the upper edge is the right one
    for kind in ("PNG", "TIFF", "JPEG"):
        sent = Image.open(io.BytesIO(encode_image(file_of(image, kind, exif=exif))[1]))
        assert sent.size == (192, 320)
        right, left = (
            sent.convert("RGB").getpixel((188, 160)),
            sent.convert("RGB").getpixel((3, 160)),
        )
        assert right[2] > 200 > 60 > right[0]
        assert left[0] > 200 > 60 > left[2]
