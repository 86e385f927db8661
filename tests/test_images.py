"""Pictures out of whatever holds them, as they travel to the screen."""

import base64
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image

from embwidget.session.answers.images import Images, encode_image, media_type

RED = np.full((6, 4, 3), (200, 10, 30), np.uint8)


def decoded(value) -> np.ndarray:
    kind, data = encode_image(value)
    assert media_type(data) == kind
    return np.asarray(Image.open(io.BytesIO(data)))


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def why_not(value) -> str:
    with pytest.raises(ValueError, match="image 'image': item 0: ") as caught:
        Images([value].__getitem__, 1, "image")
    message = str(caught.value)
    assert len(message) < 420
    assert "\n" not in message
    return message.partition("item 0: ")[2].partition("; allowed")[0]


PNG = file_of(Image.fromarray(RED), "PNG")


# -- arrays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 3), (5, 3, 3), (3, 1, 3)])
def test_arrays_become_png_pixel_by_pixel(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.testing.assert_array_equal(decoded(pixels) if shape[1] > 1 else pixels, pixels)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_may_come_first(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, channels), dtype=np.uint8)
    first = np.moveaxis(pixels, 2, 0)
    whole = pixels[:, :, 0] if channels == 1 else pixels
    tensor = torch.tensor(first.copy(), requires_grad=False)
    for same in (pixels, first, tensor, tensor.float() / 255, first.tolist()):
        np.testing.assert_array_equal(decoded(same), whole)
    half = (torch.tensor(first / 255.0)).bfloat16().requires_grad_()
    assert np.abs(decoded(half).astype(int) - whole).max() <= 1


def test_few_pixels_are_read_as_squares_or_not_at_all():
    assert decoded(np.zeros((4, 4, 3), np.uint8)).shape == (4, 4, 3)
    assert decoded(np.zeros((3, 4, 4), np.uint8)).shape == (4, 4, 3)
    assert decoded(np.zeros((1, 4, 4), np.uint8)).shape == (4, 4)
    assert decoded(np.zeros((4, 4, 1), np.uint8)).shape == (4, 4)
    for shape in [(3, 3, 3), (4, 5, 3), (3, 5, 4)]:
        assert "may be (h, w, channels) and (channels, h, w)" in why_not(np.zeros(shape))
    assert "no axis of 1, 3 or 4 channels" in why_not(np.zeros((2, 2, 2)))


def test_numbers_in_0_to_1_and_0_to_255_are_taken_as_they_are():
    np.testing.assert_array_equal(decoded(np.array([[0.0, 0.5, 1.0]])), [[0, 128, 255]])
    np.testing.assert_array_equal(decoded(np.array([[0.2, 0.4]], np.float16)), [[51, 102]])
    np.testing.assert_array_equal(decoded(np.array([[False, True]])), [[0, 255]])
    for dtype in (int, np.uint16, np.int32):
        np.testing.assert_array_equal(
            decoded(np.array([[0, 255], [3, 4]], dtype)), [[0, 255], [3, 4]]
        )


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
def test_what_goes_beyond_is_stretched_by_its_range(dtype):
    ramp = np.linspace(0, 65_535, 256).reshape(16, 16).astype(dtype)
    np.testing.assert_array_equal(decoded(ramp).ravel(), np.arange(256))
    narrow = np.linspace(30_000, 31_000, 256).reshape(16, 16).astype(dtype)
    assert np.abs(decoded(narrow).ravel().astype(int) - np.arange(256)).max() <= 1
    assert decoded(np.full((2, 2), 60_000, dtype)).tolist() == [[255, 255]] * 2


def test_normalized_floats_and_gaps_in_them_are_drawn():
    normalized = np.array([[-2.0, 0.0, 2.0, np.nan, np.inf, -np.inf]])
    assert decoded(normalized).tolist() == [[0, 128, 255, 0, 255, 0]]
    assert "no finite number" in why_not(np.full((2, 2), np.nan))


def test_pictures_of_one_array_share_black_and_white():
    digits = np.zeros((5, 8, 8))
    digits[1] = np.arange(64).reshape(8, 8) / 4
    digits[2] = 4
    images = Images(digits.__getitem__, 5, "image")
    shown = [np.asarray(Image.open(io.BytesIO(images.get(i)[1]))) for i in range(3)]
    assert shown[0].max() == 0
    assert shown[1].max() == 255
    assert set(shown[2].ravel().tolist()) == {round(4 / 15.75 * 255)}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_transparency_lies_on_white(dtype):
    top = {"f": 1}.get(np.dtype(dtype).kind, np.iinfo(dtype).max if dtype != np.float32 else 1)
    pixels = np.zeros((5, 2, 4), dtype)
    pixels[:, 1, 3] = top
    pixels[0, 1, :3] = top
    found = decoded(pixels)
    assert (found[:, 0] == 255).all()
    assert (found[1:, 1] == 0).all()
    np.testing.assert_array_equal(found, decoded(np.moveaxis(pixels, 2, 0)))


# -- PIL images and files ------------------------------------------------------------------------


def clear(mode: str) -> Image.Image:
    """A black picture of which the left half is clear."""
    image = Image.new("RGBA", (8, 6), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 4, 6))
    if mode == "P":
        image = Image.new("P", (8, 6), 1)
        image.putpalette([9, 9, 9, 0, 0, 0])
        image.paste(0, (0, 0, 4, 6))
        image.info["transparency"] = 0
        return image
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_clear_pictures_lie_on_white_whether_files_or_not(mode):
    image = clear(mode)
    kinds = ["PNG", "TIFF"] if mode in ("RGBA", "LA") else ["PNG", "GIF"] if mode == "P" else []
    for value in (image, *(file_of(image, kind) for kind in kinds)):
        found = decoded(value)
        found = found if found.ndim == 3 else np.stack([found] * 3, axis=2)
        assert (found[:, :4] == 255).all()
        assert (found[:, 4:] == 0).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("kind", "size"), [("JPEG", 40), ("JPEG", 900), ("PNG", 40), ("TIFF", 40)])
def test_photos_stand_upright(kind, size, orientation):
    image = Image.new("RGB", (size, size // 2), "white")
    image.paste("black", (0, 0, size // 2, size // 4))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(image, kind, exif=exif)
    corner = {
        1: (0, 0),
        2: (0, 1),
        3: (1, 1),
        4: (1, 0),
        5: (0, 0),
        6: (0, 1),
        7: (1, 1),
        8: (1, 0),
    }
    for value in (data, Image.open(io.BytesIO(data))):
        found = decoded(value)
        found = found[:, :, 0] if found.ndim == 3 else found
        assert (found.shape[0] > found.shape[1]) == (orientation > 4)
        halves = [np.array_split(rows, 2, axis=1) for rows in np.array_split(found, 2)]
        dark = [(i, j) for i in (0, 1) for j in (0, 1) if halves[i][j].mean() < 60]
        assert dark == [corner[orientation]]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "CMYK", "YCbCr", "HSV", "P", "I", "F", "I;16"])
def test_every_mode_of_pillow_is_drawn(mode):
    ramp = np.linspace(0, 255, 64).reshape(8, 8).astype(np.uint8)
    image = Image.fromarray(ramp)
    if mode == "I;16":
        image = Image.fromarray(ramp.astype(np.uint16) * 257)
    elif mode in "IF":
        image = Image.fromarray(ramp.astype(np.int32 if mode == "I" else np.float32) * 100)
    else:
        image = (image if mode == "P" else image.convert("RGB")).convert(mode)
    assert image.mode == mode
    found = decoded(image).astype(float)
    found = found.mean(axis=2) if found.ndim == 3 else found
    assert np.abs(found - ramp).max() < (256 if mode == "1" else 8)
    assert found.max() - found.min() > 240


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("size", [16, 700])
def test_files_of_16_bits_are_not_washed_out(kind, size):
    ramp = np.linspace(0, 65_535, size * size).reshape(size, size).astype(np.uint16)
    found = decoded(file_of(Image.fromarray(ramp), kind))
    assert found.dtype == np.uint8
    assert abs(found.mean() - 127.5) < 3
    assert found.min() < 3 < 250 < found.max()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_files_of_the_web_travel_as_they_are(kind):
    data = file_of(Image.fromarray(RED), kind)
    assert encode_image(data) == (f"image/{kind.lower()}", data)


@pytest.mark.parametrize("kind", ["TIFF", "BMP"])
def test_other_files_are_converted(kind):
    np.testing.assert_array_equal(decoded(file_of(Image.fromarray(RED), kind)), RED)


def test_without_pillow_files_of_the_web_travel_and_others_say_what_is_lacking(monkeypatch):
    tiff = file_of(Image.fromarray(RED), "TIFF")
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert encode_image(PNG) == ("image/png", PNG)
    assert encode_image(RED)[0] == "image/png"
    assert "TIFF files are read by Pillow: pip install pillow" in why_not(tiff)


def test_large_pictures_become_thumbnails_and_the_given_one_stays():
    noise = np.random.default_rng(0).integers(0, 256, (1000, 500, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    for value in (noise, image, file_of(image, "PNG"), file_of(image, "JPEG")):
        assert max(decoded(value).shape) <= 320
        assert len(encode_image(value)[1]) < 300_000
    opened = Image.open(io.BytesIO(file_of(image, "JPEG")))
    decoded(opened)
    assert opened.size == image.size == (500, 1000)


def png_that_says(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    whole = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return PNG[:8] + whole + struct.pack(">I", 9) + b"IDAT" + bytes(13)


@pytest.mark.filterwarnings("ignore:Image size")
def test_files_that_unpack_to_billions_of_pixels_are_refused():
    for width, height in [(50_000, 50_000), (12_000, 9_000), (2**31 - 1, 1)]:
        assert "100,000,000" in why_not(png_that_says(width, height))
    # What travels as it is would be unpacked by the browser.
    assert max(decoded(file_of(Image.new("1", (2500, 2500)), "PNG")).shape) <= 320


@pytest.mark.parametrize(
    "hold",
    [
        bytearray,
        memoryview,
        io.BytesIO,
        lambda data: np.frombuffer(data, np.uint8),
        lambda data: torch.tensor(list(data), dtype=torch.uint8),
        lambda data: {"bytes": data, "path": None},
        lambda data: {"bytes": data, "path": "no such file.png"},
        lambda data: base64.b64encode(data).decode(),
        base64.b64encode,
        lambda data: base64.encodebytes(data).decode(),
        lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
        lambda data: "data:image/png;base64," + base64.b64encode(data).decode(),
        pa.scalar,
        lambda data: pa.scalar({"bytes": data, "path": None}),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_files_may_be_held_by_anything(hold, kind):
    data = file_of(Image.fromarray(RED), kind)
    assert encode_image(hold(data)) == encode_image(data)


def test_open_files_are_read_whole_and_left_where_they_were(tmp_path: Path):
    path = tmp_path / "red.png"
    path.write_bytes(PNG)
    written = io.BytesIO()
    Image.fromarray(RED).save(written, format="PNG")
    with path.open("rb") as file:
        file.seek(5)
        for opened, place in ((file, 5), (written, len(PNG))):
            assert encode_image(opened) == encode_image(opened) == ("image/png", PNG)
            assert opened.tell() == place
    assert "closed file" in why_not(file)
    with path.open(encoding="latin1") as text:
        assert "opened as text" in why_not(text)


def test_paths_are_read_and_urls_are_not(tmp_path: Path):
    path = tmp_path / "red.png"
    path.write_bytes(PNG)
    for given in (path, str(path), {"path": str(path), "bytes": None}):
        assert encode_image(given) == ("image/png", PNG)
    (tmp_path / "secret.txt").write_text("no picture")
    assert "it starts with b'no picture'" in why_not(tmp_path / "secret.txt")
    assert "there is no file" in why_not(tmp_path / "none.png")
    for url in ("https://example.org/a.png", "s3://bucket/a.png", "file:///a.png"):
        assert "never fetched from the network" in why_not(url)


@pytest.mark.parametrize(
    "value",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"",
        PNG[:-30],
        PNG[:20],
        b"II*\0 broken",
        "data:image/svg+xml;base64," + base64.b64encode(b"<svg>" * 100).decode(),
        "data:text/html,<script>",
        base64.b64encode(b"no picture" * 100).decode(),
        np.zeros(4),
        np.zeros((4, 0)),
        np.zeros((2, 2), complex),
        np.array([["a", "b"]]),
        "\0",
        "x" * 100_000,
        "/".join(["x" * 300] * 3),
        {"x" * 10_000: 1},
        {"bytes": None, "path": None},
        list(range(100_000)),
        [["x" * 1000] * 3] * 3,
        object(),
        Image.new("RGB", (0, 5)),
    ],
)
def test_anything_else_is_no_picture_and_the_reason_is_short(value):
    assert encode_image(value) is None
    assert why_not(value)
