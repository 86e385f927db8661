"""Arrays, columns and search results as they travel to the screen."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.search import SearchIndex
from embwidget.session.wire.encode import (
    decode_selection,
    encode_selection,
    index_dtype,
    unit_square,
)
from embwidget.session.wire.text import MISSING_CODE

# -- positions -------------------------------------------------------------------------------------


def test_both_maps_share_one_square_and_keep_their_aspect():
    a = np.array([[0.0, 0.0], [4.0, 0.0]], np.float32)
    b = np.array([[1.0, 1.0], [2.0, 0.0]], np.float32)
    square_a, square_b = unit_square(a, b)
    # x fills the square; y, four times shorter, is centred in it.
    assert square_a[:, 0].tolist() == [0, 65535]
    assert square_b[:, 0].tolist() == [round(65535 / 4), round(65535 / 2)]
    assert square_b[0, 1] - square_b[1, 1] == pytest.approx(65535 / 4, abs=1)
    assert square_a[0, 1] + int(square_b[0, 1]) == pytest.approx(65535, abs=1)


def test_positions_are_little_endian_contiguous_and_finely_kept():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 500, 2)).astype(np.float32)
    for square in unit_square(np.asfortranarray(a), b):
        assert square.dtype == np.dtype("<u2")
        assert square.flags.c_contiguous
    square_a, square_b = (s / 65535 for s in unit_square(a, b))
    side = np.ptp(np.concatenate([a, b]), axis=0).max()
    differences = (square_a - square_b) * side - (a - b)
    assert np.abs(differences).max() < 2 * side / 65535


def test_points_that_all_coincide_lie_in_the_middle():
    same = np.full((3, 2), 7.0, np.float32)
    square, _ = unit_square(same, same)
    assert (square == round(65535 / 2)).all()


@pytest.mark.parametrize(("n", "dtype"), [(10, "<u2"), (65_535, "<u2"), (65_536, "<u4")])
def test_indices_are_no_wider_than_needed(n, dtype):
    assert index_dtype(n) == np.dtype(dtype)
    # A missing neighbour, -1, is no item.
    assert np.array(-1).astype(index_dtype(n)) >= n


# -- selections ------------------------------------------------------------------------------------


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_a_selection_comes_back_as_it_went(case):
    n, chosen = case
    positions = np.array(sorted(chosen), dtype=np.int64)
    encoding, buffer = encode_selection(positions, n)
    assert buffer.nbytes <= min(4 * len(positions), -(-n // 8))
    decoded = decode_selection(encoding, memoryview(buffer), n)
    assert decoded.dtype == np.int64
    assert decoded.tolist() == positions.tolist()


def test_bits_of_a_mask_go_from_low_to_high():
    encoding, buffer = encode_selection(np.array([0, 1, 9]), 10)
    assert encoding == "mask"
    assert buffer.tolist() == [0b11, 0b10]


def test_positions_from_the_screen_are_sorted_and_made_unique():
    buffer = np.array([9, 2, 9], "<u4").tobytes()
    assert decode_selection("positions", buffer, 10).tolist() == [2, 9]


@pytest.mark.parametrize(
    ("encoding", "buffer", "message"),
    [
        ("positions", np.array([10], "<u4").tobytes(), "position 10, but there are 10 items"),
        ("mask", b"\0", "a mask of 10 items has 2 bytes, not 1"),
        ("base64", b"", "must be 'positions' or 'mask'"),
    ],
)
def test_a_broken_selection_is_refused(encoding, buffer, message):
    with pytest.raises(ValueError, match=message):
        decode_selection(encoding, buffer, 10)


# -- columns ---------------------------------------------------------------------------------------

WORDS = ["b", "a", None, "b"]
NUMBERS = [1.5, None, 3.0, -2.0]
FLAGS = [True, False, None, True]

FRAMES = {
    "pandas": lambda data: pd.DataFrame(data),
    "pandas nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "polars": lambda data: pl.DataFrame(data),
    "arrow": lambda data: pl.DataFrame(data).to_arrow(),
}


@pytest.fixture(params=FRAMES)
def frame(request):
    return FRAMES[request.param]


def test_a_category_is_coded_by_frequency(frame):
    header, codes = MetadataColumns(frame({"word": WORDS}), "").encode("word")
    assert header == {
        "kind": "category",
        "name": "word",
        "categories": ["b", "a"],
        "counts": [2, 1],
        "missing": 1,
    }
    assert codes.dtype == np.dtype("<u2")
    assert codes.tolist() == [0, 1, MISSING_CODE, 0]


def test_a_numeric_column_keeps_its_gaps(frame):
    header, values = MetadataColumns(frame({"score": NUMBERS}), "").encode("score")
    assert header == {"kind": "numeric", "name": "score", "min": -2.0, "max": 3.0, "missing": 1}
    assert values.dtype == np.dtype("<f4")
    np.testing.assert_array_equal(values, np.array([1.5, np.nan, 3, -2], np.float32))


def test_flags_are_categories(frame):
    header, _ = MetadataColumns(frame({"flag": FLAGS}), "").encode("flag")
    assert (header["categories"], header["missing"]) == (["True", "False"], 1)
    assert header["order"] == [1, 0]


def test_the_label_is_a_category_whatever_its_type():
    columns = MetadataColumns(pd.DataFrame({"digit": [3.0, np.nan, 3.0, 7.0]}), "digit")
    header, codes = columns.encode("digit")
    assert header["categories"] == ["3", "7"]
    assert codes.tolist() == [0, MISSING_CODE, 0, 1]


def test_categories_of_pandas_keep_their_names_and_unused_ones_stay_away():
    series = pd.Categorical(["x", "y", "x"], categories=["z", "y", "x"])
    header, _ = MetadataColumns(pd.DataFrame({"c": series}), "").encode("c")
    assert header["categories"] == ["x", "y"]


def test_infinite_and_huge_numbers_count_as_missing():
    header, values = MetadataColumns(pd.DataFrame({"v": [1.0, np.inf, -np.inf, 1e300]}), "").encode(
        "v"
    )
    assert (header["min"], header["max"], header["missing"]) == (1.0, 1.0, 3)
    assert np.isnan(values[1:]).all()


def test_a_column_without_values_is_sent_all_the_same():
    header, values = MetadataColumns(pd.DataFrame({"v": [np.nan, np.nan]}), "").encode("v")
    assert (header["min"], header["max"], header["missing"]) == (0.0, 0.0, 2)
    assert np.isnan(values).all()


def test_what_cannot_colour_is_left_out_and_says_why():
    n = 200
    frame = pd.DataFrame(
        {
            "title": [f"title {i}" for i in range(n)],
            "picture": [b"\x89PNG"] * n,
            "tags": [["x"]] * n,
            "kind": ["x", "y"] * (n // 2),
            "coincidence": range(n),
        }
    )
    columns = MetadataColumns(frame, "")
    assert columns.kinds == {"kind": "category"}
    assert "200 of its 200 values are different" in columns.why_not("title")
    assert columns.why_not("kind") is None
    with pytest.raises(ValueError, match="'picture' cannot colour points"):
        columns.encode("picture")
    with pytest.raises(ValueError, match="there is no column 'kin': there are 'kind', 'title'"):
        columns.encode("kin")


def test_more_categories_than_codes_are_refused():
    n = 65_535
    columns = MetadataColumns(pd.DataFrame({"c": [f"{i}" for i in range(n)]}), "c")
    assert columns.kinds == {}
    with pytest.raises(ValueError, match="65,535 categories, at most 65,534"):
        columns.encode("c")


def test_long_categories_are_shortened_and_scripts_stay_text():
    script = "<script>alert(1)</script>"
    header, _ = MetadataColumns(pd.DataFrame({"c": ["x" * 10_000, script]}), "").encode("c")
    assert header["categories"] == sorted([script, "x" * 200])


# -- search ----------------------------------------------------------------------------------------


def test_search_puts_the_very_id_first_then_prefixes():
    ids = np.array(["cat-1", "a cat", "cat", "dog", "CATfish"], object)
    index = SearchIndex(ids, [None, None, None, "the cat's friend", "fish"])
    assert index.find("Cat", 10) == ([2, 0, 4, 1, 3], 5)
    assert index.find("cat", 2) == ([2, 0], 5)
    assert index.find("FISH", 10) == ([4], 1)
    assert index.find("  ", 10) == ([], 0)
    assert index.find("cow", 10) == ([], 0)


def test_search_knows_integer_ids():
    index = SearchIndex(np.arange(120))
    assert index.find("11", 3) == ([11, 110, 111], 11)
