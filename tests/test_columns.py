"""Columns of dates, large numbers and ordered categories as they travel to the screen."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from recorded_screen import RecordedScreen

import embwidget as ew
from embwidget.session.answers.metadata_columns import MetadataColumns


def encoded(column, label: str = ""):
    """Header and values of the column "c" of a frame, or of values that become one in pandas."""
    is_frame = hasattr(column, "columns") or hasattr(column, "column_names")
    frame = column if is_frame else pd.DataFrame({"c": column})
    return MetadataColumns(frame, label).encode("c")


def above(column) -> list[float]:
    """What the screen makes of a column: exact values, less the first of them."""
    header, values = encoded(column)
    assert header["kind"] == "numeric"
    base = header.get("base", 0)
    whole = [(int(base) if isinstance(base, str) else base) + float(v) for v in values]
    if isinstance(base, str):
        return [float(v) - float(values[0]) for v in values]
    return [v - whole[0] for v in whole]


# -- large numbers ---------------------------------------------------------------------------------

FRAMES = {
    "pandas": lambda data, _: pd.DataFrame({"c": data}),
    "nullable": lambda data, _: pd.DataFrame({"c": pd.array([*data, None], "Int64")}).iloc[:-1],
    "polars": lambda data, _: pl.DataFrame({"c": data}),
    "arrow": lambda data, _: pa.table({"c": data}),
    "arrow in pandas": lambda data, _: pd.DataFrame({"c": pd.array(data, "int64[pyarrow]")}),
    "objects": lambda data, _: pd.DataFrame({"c": np.array(data, object)}),
    "decimals": lambda data, _: pl.DataFrame({"c": [Decimal(v) for v in data]}),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("least", [2**60, 2**53 + 1, -(2**63), 2**63 - 8, 10**9])
def test_whole_numbers_keep_their_differences(make, least):
    header, values = encoded(make([least + i for i in (3, 0, 1, 7)], None))
    assert values.tolist() == [3, 0, 1, 7]
    assert int(header["base"]) == least
    assert isinstance(header["base"], str) == (abs(least) > 2**53)
    assert (header["min"], header["max"], header["missing"]) == (0, 7, 0)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([2**63 + 5, 2**63], dtype="uint64"),
        pl.DataFrame({"c": pl.Series([2**70 + 5, 2**70], dtype=pl.Int128)}),
        [10**30 + 5, 10**30],
        [Decimal(10) ** 25 + 5, Decimal(10) ** 25],
        [Decimal("1700000005.25"), Decimal("1700000000.25")],
        np.array([1.7e9 + 5.25, 1.7e9 + 0.25]),
        np.array([1e15 + 5, 1e15]),
    ],
)
def test_numbers_of_every_width_keep_their_differences(column):
    assert above(column) == [0, -5]


def test_gaps_in_large_numbers_stay_gaps_and_nothing_else_moves():
    data = [None, 2**60 + 1, None, 2**60, 2**60 + 2]
    for frame in (
        pl.DataFrame({"c": data}),
        pa.table({"c": data}),
        pd.DataFrame({"c": pd.array(data, "Int64")}),
        pd.DataFrame({"c": np.array(data, object)}),
    ):
        header, values = encoded(frame)
        np.testing.assert_array_equal(values, np.array([np.nan, 1, np.nan, 0, 2], np.float32))
        assert (header["base"], header["missing"]) == (str(2**60), 2)


def test_what_float32_tells_apart_has_no_base():
    for data in ([0, 5, 9], [-1e30, 2.5], [2020, 2021, 2022], [0.25, 0.5], [2**40, 0], [7]):
        header, values = encoded(pd.Series(data))
        assert not header.keys() & {"base", "unit", "infinite"}
        np.testing.assert_allclose(values, np.array(data, np.float64), rtol=1e-7)


def test_one_value_alone_and_none_at_all():
    for value in (0.1, 1.7e9 + 0.1, 2**60 + 1, -3):
        header, values = encoded(pd.Series([value, value]))
        base = header.get("base", 0)
        found = int(base) if isinstance(base, str) else base + float(values[0])
        assert found == value
        assert header["min"] == header["max"] == values[0]
    for empty in (
        pd.Series([np.nan] * 2),
        pl.DataFrame({"c": pl.Series([None] * 2, dtype=pl.Int64)}),
    ):
        header, values = encoded(empty)
        assert (header["min"], header["max"], header["missing"]) == (0, 0, 2)
        assert np.isnan(values).all()


def test_infinite_values_are_missing_and_counted():
    header, values = encoded(pd.Series([1.0, np.inf, np.nan, -np.inf, 3.0]))
    assert (header["min"], header["max"]) == (1, 3)
    assert (header["missing"], header["infinite"]) == (3, 2)
    for data in ([1.7e9, np.inf, 1.7e9 + 1], [Decimal("NaN"), Decimal("Infinity"), Decimal(2)]):
        header, values = encoded(pd.Series(data))
        assert header["infinite"] == 1
        assert np.isfinite(values).sum() == 3 - header["missing"]


# -- dates -----------------------------------------------------------------------------------------

MOMENTS = [
    dt.datetime(1969, 12, 31, 23, 59, 59),
    dt.datetime(1950, 3, 1),
    dt.datetime(2024, 7, 2, 14, 5, 6),
]
SECONDS = [(moment - dt.datetime(1970, 1, 1)).total_seconds() for moment in MOMENTS]


def since_1970(column) -> list[float]:
    header, values = encoded(column)
    assert header["unit"] in ("date", "utc")
    assert not np.isnan(values).any()
    return [header["base"] + float(v) for v in values]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_are_seconds_since_1970_in_every_unit(unit):
    there = np.array(MOMENTS, f"M8[{unit}]")
    columns = [pd.DataFrame({"c": there}), pa.table({"c": pa.array(MOMENTS, pa.timestamp(unit))})]
    if unit != "s":
        columns.append(pl.DataFrame({"c": pl.Series(MOMENTS).cast(pl.Datetime(unit))}))
    for column in columns:
        # To what float32 has of seventy years: two minutes.
        np.testing.assert_allclose(since_1970(column), SECONDS, atol=128)
        assert encoded(column)[0]["unit"] == "date"


DAYS = [moment.date() for moment in MOMENTS]


@pytest.mark.parametrize(
    "column",
    [
        pl.DataFrame({"c": DAYS}),
        pa.table({"c": DAYS}),
        pa.table({"c": pa.array(DAYS, pa.date64())}),
        pd.Series(DAYS),
        pd.Series(DAYS, dtype="date32[pyarrow]"),
        pd.Series(np.array(DAYS, "M8[D]")),
        pd.Series([*DAYS[:2], dt.datetime(2024, 7, 2)], dtype=object),
    ],
)
def test_days_are_dates_whatever_holds_them(column):
    days = [round(seconds / 86_400) for seconds in since_1970(column)]
    assert days == [(day - dt.date(1970, 1, 1)).days for day in DAYS]


def test_nanoseconds_are_told_apart():
    stamps = np.datetime64("2024-07-02T00:00:00", "ns") + np.arange(4) * 100
    for column in (pd.Series(stamps), pl.DataFrame({"c": stamps}), pa.table({"c": stamps})):
        header, values = encoded(column)
        np.testing.assert_allclose(values * 1e9, [0, 100, 200, 300], rtol=1e-5)
        assert header["base"] == 1_719_878_400
    whole = pd.Series(stamps.astype(np.int64))
    assert encoded(whole)[1].tolist() == [0, 100, 200, 300]


def test_dates_with_a_time_zone_are_shown_in_utc():
    berlin = pd.Series(pd.to_datetime(["2024-07-02 02:00", "2024-07-02 04:00"]))
    zoned = berlin.dt.tz_localize("Europe/Berlin")
    offset = dt.timezone(dt.timedelta(hours=2))
    columns = [
        zoned,
        pl.DataFrame({"c": zoned.tolist()}),
        pa.table({"c": pa.array(zoned)}),
        pd.Series([t.to_pydatetime() for t in zoned], dtype=object),
        pd.Series([dt.datetime(2024, 7, 2, h, tzinfo=offset) for h in (2, 4)], dtype=object),
    ]
    for column in columns:
        header, values = encoded(column)
        assert (header["unit"], header["base"]) == ("utc", 1_719_878_400)
        assert values.tolist() == [0, 7200]
    assert encoded(berlin)[0]["unit"] == "date"


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime(["2024-01-01", None, "2024-01-02"])),
        pl.DataFrame({"c": [dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)]}),
        pa.table({"c": [dt.datetime(2024, 1, 1), None, dt.datetime(2024, 1, 2)]}),
        pd.Series([dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)], dtype=object),
        pd.Series([dt.date(2024, 1, 1), pd.NaT, dt.date(2024, 1, 2)], dtype=object),
        pd.Series(pd.PeriodIndex(["2024-01-01", None, "2024-01-02"], freq="D")),
    ],
)
def test_gaps_in_dates_stay_gaps(column):
    header, values = encoded(column)
    np.testing.assert_array_equal(values, np.array([0, np.nan, 86_400], np.float32))
    assert header["missing"] == 1


def test_durations_and_times_are_seconds():
    durations = [dt.timedelta(days=-1), dt.timedelta(seconds=90)]
    for column in (
        pd.Series(durations),
        pd.Series(durations, dtype=object),
        pl.DataFrame({"c": durations}),
        pa.table({"c": durations}),
    ):
        header, values = encoded(column)
        assert header["unit"] == "duration"
        assert values.tolist() == [-86_400, 90]
    times = [dt.time(1, 2, 3), dt.time(23)]
    for column in (pd.Series(times), pl.DataFrame({"c": times}), pa.table({"c": times})):
        header, values = encoded(column)
        assert header["unit"] == "time"
        assert values.tolist() == [3723, 82_800]


def test_objects_of_several_kinds_are_refused_with_a_sentence():
    aware = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="'c' cannot colour points: some of its dates have a time"):
        encoded(pd.Series([aware, dt.datetime(2024, 1, 1)], dtype=object))
    late = [dt.date(2024, 1, 1)] * 1000 + ["tomorrow"]
    with pytest.raises(ValueError, match="several kinds: date and str"):
        encoded(pd.Series(late, dtype=object))
    mixed = [dt.date(2024, 1, 1), dt.timedelta(1)]
    with pytest.raises(ValueError, match="its values are of type Object"):
        encoded(pd.Series(mixed, dtype=object))


# -- categories ------------------------------------------------------------------------------------

SIZES, VALUES = ["small", "medium", "huge", "large"], ["large", "small", "large", None, "medium"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.Categorical(VALUES, SIZES, ordered=True)),
        pl.DataFrame({"c": pl.Series(VALUES, dtype=pl.Enum(SIZES))}),
        pa.table(
            {
                "c": pa.DictionaryArray.from_arrays(
                    pa.array([3, 0, 3, None, 1]), pa.array(SIZES), ordered=True
                )
            }
        ),
    ],
)
@pytest.mark.parametrize("label", ["", "c"])
def test_ordered_categories_say_their_order(column, label):
    header, codes = encoded(column, label)
    names = header["categories"]
    assert names == ["large", "medium", "small"]
    assert [names[code] for code in header["order"]] == ["small", "medium", "large"]
    assert codes.tolist() == [0, 2, 0, 65_535, 1]


def test_other_categories_have_none_but_flags():
    for column in (
        pd.Series(VALUES),
        pd.Series(pd.Categorical(VALUES, SIZES)),
        pl.DataFrame({"c": pl.Series(VALUES, dtype=pl.Categorical)}),
        pa.table({"c": pa.array(VALUES).dictionary_encode()}),
    ):
        assert "order" not in encoded(column)[0]
    for column in (
        pd.Series([True, True, False]),
        pd.Series([True, True, None, False], dtype=object),
        pd.Series([True, True, None, False], dtype="boolean"),
        pl.DataFrame({"c": [True, True, None, False]}),
    ):
        header, _ = encoded(column)
        assert [header["categories"][code] for code in header["order"]] == ["False", "True"]


def test_long_names_that_begin_alike_stay_apart():
    header, codes = encoded(pd.Series(["x" * 300 + "a", "x" * 300 + "b"]))
    assert len(set(header["categories"])) == 2
    assert codes.tolist() == [0, 1]


# -- names -----------------------------------------------------------------------------------------


def test_columns_may_have_numbers_for_names(recorded):
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((60, 4))
    frame = pd.DataFrame(
        {0: [f"text {i}" for i in range(60)], 3: rng.integers(0, 3, 60), 5: vectors[:, 0]}
    )
    widget = ew.EmbeddingCompare(
        vectors, vectors, metadata=frame, label=3, text=0, color_by=np.int64(5), reducer="pca"
    ).wait(60)
    assert (widget.label, widget.text, widget.color_by) == ("3", "0", "5")
    screen = RecordedScreen(widget)
    row = screen.ask("rows", items=[7])[0]["rows"][0]
    assert (row["label"], row["text"]) == (str(frame[3][7]), "text 7")
    assert screen.ask("column", name="5", k=None)[0]["name"] == "5"
    assert widget.comparison.quality(label=3).equals(widget.comparison.quality())
    widget.close()
    assert list(frame.columns) == [0, 3, 5]


def test_a_label_of_the_name_0_is_one():
    vectors = np.random.default_rng(0).standard_normal((20, 3))
    day = dt.date(2024, 1, 1)
    frame = pd.DataFrame({0: np.arange(20) % 2, day: 1})
    comparison = ew.compare(vectors, vectors, metadata=frame, label=0)
    assert comparison.labels().names == [0, 1]
    assert (
        ew.compare(vectors, vectors, metadata=frame, label=dt.date(2024, 1, 1)).label
        == "2024-01-01"
    )
    for label in (4, 4.0, True):
        with pytest.raises(ValueError, match=rf"label='{label}' is no column .* there are '0'"):
            ew.compare(vectors, vectors, metadata=frame, label=label)
    twins = pd.DataFrame({3: range(20), "3": range(20)})
    with pytest.raises(ValueError, match="the columns 3 and '3' read the same: rename one"):
        ew.compare(vectors, vectors, metadata=twins, label=3)


def test_an_error_repeats_little_of_what_was_given(recorded):
    vectors = np.random.default_rng(0).standard_normal((20, 3))
    frame = pd.DataFrame({f"{i} " + "x" * 500: range(20) for i in range(50)})
    for shown in ({"color_by": "y" * 5000}, {"image": "z" * 5000}, {"reducer": "r" * 5000}):
        with pytest.raises(ValueError, match=next(iter(shown))) as caught:
            ew.EmbeddingCompare(vectors, vectors, metadata=frame, **shown)
        assert len(str(caught.value)) < 300
