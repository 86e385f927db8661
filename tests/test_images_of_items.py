"""The pictures of all items: whose is which, and what is said of those that cannot be read."""

import io

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from PIL import Image
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare, Space
from embwidget.comparison import prepare
from embwidget.session.answers.images import Images, by_row, open_images
from embwidget.session.answers.metadata_columns import MetadataColumns


def png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (4, 4), int(shade)).save(out, format="PNG")
    return out.getvalue()


PNG = png(7)


def test_missing_pictures_are_none():
    images = Images([None, float("nan"), np.zeros((2, 2))].__getitem__, 3, "image")
    assert images.get(0) is None
    assert images.get(1) is None
    assert images.get(2)[0] == "image/png"


@pytest.mark.parametrize(
    "make",
    [
        pd.DataFrame,
        pl.DataFrame,
        lambda data: pl.DataFrame(data).to_arrow(),
        lambda data: pd.DataFrame(data).convert_dtypes(),
    ],
)
@pytest.mark.parametrize(
    "hold",
    [lambda data: data, lambda data: {"bytes": data, "path": "a.png"}],
    ids=["bytes", "dict"],
)
def test_pictures_come_out_of_any_frame(make, hold):
    series = nw.from_native(make({"thumb": [hold(PNG), None]}), eager_only=True)["thumb"]
    images = Images(series.__getitem__, 2, "thumb")
    assert images.get(0) == ("image/png", PNG)
    assert images.get(1) is None


# -- as they are handed over -----------------------------------------------------------------------

N = 40
SHADES = np.arange(N) * 6


def first(data: bytes) -> int:
    return int(np.asarray(Image.open(io.BytesIO(data))).ravel()[0])


def shades(image, *, ids=None, ids_b=None) -> list[int]:
    """Shade of the picture of each item that is in both spaces."""
    rng = np.random.default_rng(0)
    a = Space(rng.standard_normal((N, 3)), ids=ids)
    b = a if ids_b is None else Space(rng.standard_normal((len(ids_b), 3)), ids=ids_b)
    pair = prepare(a, b)
    get = by_row(image, pair.given_a or pair.items)
    _, images = open_images(get, pair, MetadataColumns(None, ""))
    return [first(images.get(i)[1]) for i in range(pair.n_samples)]


def batch(*shape: int) -> np.ndarray:
    n_pixels = int(np.prod(shape))
    return np.repeat(SHADES, n_pixels).reshape(N, *shape).astype(np.uint8)


@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 3), (3, 5, 6), (1, 5, 6), (5, 6, 1)])
@pytest.mark.parametrize("hold", [np.asarray, torch.tensor, list, lambda x: x / 255.0, pd.Series])
def test_whole_batches_are_a_picture_an_item(shape, hold):
    pictures = batch(*shape)
    assert shades(hold(list(pictures) if hold is pd.Series else pictures)) == SHADES.tolist()


def test_a_series_goes_by_its_index_where_that_has_the_ids():
    ids = [f"item {i}" for i in range(N)]
    series = pd.Series([png(s) for s in SHADES], index=ids)
    mixed = series.sample(frac=1, random_state=1)
    assert shades(mixed, ids=ids) == SHADES.tolist()
    more = pd.concat([mixed, pd.Series({"another": PNG})])
    assert shades(more, ids=ids) == SHADES.tolist()
    assert shades(mixed, ids=ids, ids_b=ids[10:30]) == SHADES[10:30].tolist()
    assert shades(series.tolist(), ids=ids, ids_b=ids[10:30]) == SHADES[10:30].tolist()
    # Positions are no ids, and an index that has none of them says nothing.
    assert shades(mixed.reset_index(drop=True), ids=ids) == [first(data) for data in mixed]
    assert shades(mixed) == [first(data) for data in mixed]
    with pytest.raises(ValueError, match="its index has 39 of 40 ids, not 'item 0'"):
        shades(series.rename({"item 0": "item x"}), ids=ids)
    with pytest.raises(ValueError, match="stands in its index more than once"):
        shades(pd.concat([series, series[:1]]), ids=ids)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (PNG, "image: expected one value for each item, got bytes"),
        ({"a": PNG}, "image: expected one value for each item, got a dict"),
        (Image.new("L", (4, 4)), "image: expected one value for each item, got Image"),
        (iter([PNG]), "image: 1 pictures for 40 rows of a"),
        (np.zeros((8, 8, 3)), "image: 8 pictures for 40 rows of a: give one for each"),
        (np.zeros((N, 64)), r"expected shape \(n_items,\), got \(40, 64\)"),
        (7, "no column '7'"),
    ],
)
def test_what_is_no_picture_for_each_item_is_refused(image, message):
    vectors = np.random.default_rng(0).standard_normal((N, 3))
    frame = pd.DataFrame({"x": range(N)})
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        EmbeddingCompare(vectors, vectors, metadata=frame, image=image, reducer="pca")
    assert len(str(caught.value)) < 300


# -- what cannot be read ---------------------------------------------------------------------------


def test_how_many_cannot_be_read_is_said_with_the_first_reason(recorded):
    vectors = np.random.default_rng(0).standard_normal((N, 3))
    files: list[object] = [png(s) for s in SHADES]
    files[0], files[3], files[5], files[39] = b"", None, "no such file.png", PNG[:-30]
    widget = EmbeddingCompare(vectors, vectors, image=files, reducer="pca").wait(60)
    assert widget.image_note == "3 of 39 pictures cannot be read: row 0: it starts with b''"
    result, buffers, error = RecordedScreen(widget).ask("rows", items=list(range(N)))
    assert (error, len(buffers)) == ("", N - 4)
    assert [row["item"] for row in result["rows"] if row["image"] is None] == [0, 3, 5, 39]
    widget.close()
    named = Space(vectors, ids=[f"item {i}" for i in range(N)])
    images = Images([PNG, *files[1:]].__getitem__, N, "image")
    assert images.unread(named).startswith("2 of 39 pictures cannot be read: 'item 5': there is no")
    assert Images(([PNG] * N).__getitem__, N, "image").unread(named) == ""


def test_of_very_many_some_are_tried():
    files = [PNG, b"<svg"] * 5000
    images = Images(files.__getitem__, len(files), "image")
    note = images.unread(Space(np.zeros((len(files), 1))))
    n_failed, _, n_tried, *rest = note.split()
    assert n_tried == "500"
    assert 100 < int(n_failed) < 400
    assert rest[:4] == ["pictures", "tried", "cannot", "be"]


def test_what_fails_when_it_is_taken_is_counted_too():
    def get(position: int) -> bytes:
        if position % 3 == 0:
            raise RuntimeError("broken " * 1000)
        return PNG

    images = Images(get, 9, "image")
    note = images.unread(Space(np.zeros((9, 1))))
    assert images.get(0) is None
    assert note.startswith("3 of 9 pictures cannot be read: row 0: broken broken")
    assert len(note) < 250
