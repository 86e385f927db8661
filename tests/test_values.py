"""Every container of values says the same, and what holds none for each item is refused."""

import datetime as dt
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from value_makers import MAKERS, Foreign

from embwidget._core.values import read_values

LARGE = 2**60
COLUMNS: dict[str, list[Any]] = {
    "int": [LARGE + 1, None, LARGE],
    "bool": [True, None, False],
    "str": ["b", None, "a"],
    "float": [1.5, None, -2.0],
    "bytes": [b"a", None, b"b"],
    "datetime": [dt.datetime(2020, 1, 2, 3), None, dt.datetime(1900, 1, 1)],
    "date": [dt.date(2020, 1, 2), None, dt.date(1900, 1, 1)],
}


@pytest.mark.parametrize("gaps", [True, False], ids=["gaps", "no gaps"])
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("container", MAKERS)
def test_every_container_gives_pythons_own_values(container: str, column: str, gaps: bool) -> None:
    plain = COLUMNS[column] if gaps else [v for v in COLUMNS[column] if v is not None]
    entries = read_values(MAKERS[container](plain), "x").entries.tolist()
    assert entries == plain
    assert [type(entry) for entry in entries] == [type(entry) for entry in plain]


@pytest.mark.parametrize(
    "missing",
    [
        None,
        float("nan"),
        np.float32("nan"),
        np.datetime64("NaT"),
        np.timedelta64("NaT"),
        np.ma.masked,
        np.array(np.nan),
        pd.NA,
        pd.NaT,
        pa.scalar(None),
        pa.scalar(None, pa.int64()),
        Decimal("NaN"),
        complex("nan"),
    ],
    ids=lambda value: f"{type(value).__name__} {value}",
)
def test_missing_is_missing_in_every_spelling(missing: Any) -> None:
    assert read_values(["a", missing, 1], "x").entries.tolist() == ["a", None, 1]
    column = np.array(["a", None, 1], object)
    column[1] = missing
    assert read_values(column, "x").entries.tolist() == ["a", None, 1]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.array([1, 2], ">i4"), [1, 2]),
        (np.array([0.5, np.nan], ">f8"), [0.5, None]),
        (np.array([0.5, np.nan], np.float16), [0.5, None]),
        (np.array([2**64 - 1, 1], np.uint64), [2**64 - 1, 1]),
        (pl.Series([2**64 - 1, None], dtype=pl.UInt64), [2**64 - 1, None]),
        (pl.Series([2**100, None], dtype=pl.Int128), [2**100, None]),
        (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None]),
        (pd.Series([2**64 - 1, None], dtype="UInt64"), [2**64 - 1, None]),
        (np.array(["a", np.nan], np.dtypes.StringDType(na_object=np.nan)), ["a", None]),
        (pd.arrays.SparseArray([0, 0, 3]), [0, 0, 3]),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]), [("a", 1), ("b", 2)]),
        (pd.Series(["a", None]), ["a", None]),
        (pl.Series([[1, 2], None]), [[1, 2], None]),
        (nw.from_native(pl.Series([1, None]), series_only=True), [1, None]),
        (nw.from_native(pd.DataFrame({"a": [1, 2]})), [1, 2]),
        (pa.table({"a": [LARGE + 1, None]}), [LARGE + 1, None]),
        (pd.DataFrame({7: [1, 2]}), [1, 2]),
        (range(2), [0, 1]),
        ({"a": 1, "b": 2}.values(), [1, 2]),
        ([np.array([1, 2])[0], np.array(2)], [1, 2]),
        (np.array([], int), []),
        (np.array(["30000-01-01", "2020-01-01"], "M8[D]"), ["30000-01-01", dt.date(2020, 1, 1)]),
        (np.array([1, "NaT"], "m8[s]"), [dt.timedelta(seconds=1), None]),
    ],
    ids=lambda value: f"{type(value).__module__} {getattr(value, 'dtype', '')}",
)
def test_what_else_holds_values(given: Any, plain: list[Any]) -> None:
    assert read_values(given, "x").entries.tolist() == plain


@pytest.mark.parametrize(
    "given",
    [
        np.array(["2020-01-01T00:00:00.000000001", "NaT", "2020-01-01T00:00"], "M8[ns]"),
        pl.Series([1577836800_000000001, None, 1577836800_000000000]).cast(pl.Datetime("ns")),
        pd.Series(pd.to_datetime([1577836800_000000001, None, 1577836800_000000000])),
        pa.array([1577836800_000000001, None, 1577836800_000000000], pa.timestamp("ns")),
    ],
    ids=["numpy", "polars", "pandas", "Arrow"],
)
def test_a_nanosecond_is_not_lost(given: Any) -> None:
    first, missing, second = read_values(given, "x").entries
    assert missing is None
    assert first - second == pd.Timedelta(1, "ns")
    assert second == dt.datetime(2020, 1, 1)
    assert hash(second) == hash(dt.datetime(2020, 1, 1))


def test_moments_of_a_zone_are_the_same_moments() -> None:
    moment = pd.Timestamp("2020-07-01 12:00", tz="Europe/Berlin")
    frame = pl.DataFrame({"x": [moment.to_pydatetime()]})
    for given in ([moment], pd.Series([moment]), frame["x"], frame["x"].to_arrow()):
        assert read_values(given, "x").entries.tolist() == [moment]


def test_the_order_of_categories_is_told_where_there_is_one() -> None:
    names = ["low", "mid", "high"]
    pandas = pd.Categorical(["high", None, "low"], categories=names, ordered=True)
    arrow = pa.DictionaryArray.from_arrays(pa.array([2, None, 0]), names, ordered=True)
    for given in (
        pandas,
        pd.Series(pandas, index=[3, 1, 2]),
        pl.Series(["high", None, "low"], dtype=pl.Enum(names)),
        arrow,
        pa.chunked_array([arrow[:1], arrow[1:]]),
    ):
        values = read_values(given, "x")
        assert values.order == tuple(names)
        assert values.entries.tolist() == ["high", None, "low"]
    for given in (["low"], pandas.as_unordered(), pl.Series(["a"], dtype=pl.Categorical)):
        assert read_values(given, "x").order is None


def test_some_rows_of_values_keep_their_order() -> None:
    given = pd.Series(["b", None, "a"], [5, 6, 7], dtype=pd.CategoricalDtype(["b", "a"], True))
    taken = read_values(given, "x").take(np.array([2, 2, 1]))
    assert (taken.entries.tolist(), taken.order) == (["a", "a", None], ("b", "a"))
    assert read_values(taken, "x") is taken


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ("abc", TypeError, "got str 'abc'"),
        (b"abc", TypeError, "got bytes"),
        (5, TypeError, "got int 5"),
        (None, TypeError, "got NoneType None"),
        (str, TypeError, "got type"),
        ({"a": 1}, TypeError, "a dict of 1: give a list in the order of the rows"),
        ({"a", "b"}, TypeError, "a set of 2"),
        (frozenset("ab"), TypeError, "a frozenset of 2"),
        (np.array("abc"), TypeError, "a single one: 'abc'"),
        (np.float64(3), TypeError, "got float64 3.0"),
        (Foreign(np.array(3)), TypeError, "a single one: 3"),
        (np.zeros((3, 2)), ValueError, r"got \(3, 2\)"),
        (np.zeros((1, 3)), ValueError, r"got \(1, 3\)"),
        (np.zeros((3, 1, 1)), ValueError, r"got \(3, 1, 1\)"),
        (Foreign(np.zeros((3, 2))), ValueError, r"got \(3, 2\)"),
        (np.zeros(3, [("a", int), ("b", int)]), ValueError, "the fields 'a', 'b'"),
        (np.zeros(3, "V4"), TypeError, "neither numbers nor text"),
        (pd.DataFrame({"a": [1], "b": [2]}), ValueError, r"2 columns \('a', 'b'\)"),
        (pl.DataFrame({"a": [1], "b": [2]}), ValueError, "2 columns"),
        (pl.LazyFrame({"a": [1]}), TypeError, r"\.collect\(\) first"),
        (pa.table({"a": [1], "b": [2]}), ValueError, "2 columns"),
    ],
    ids=lambda value: None if isinstance(value, type | str) else type(value).__name__,
)
def test_what_is_no_vector_of_values_is_refused(given: Any, error: type, words: str) -> None:
    with pytest.raises(error, match=words) as refused:
        read_values(given, "kind")
    text = str(refused.value)
    assert text.startswith("kind: ")
    assert "\n" not in text
    assert len(text) < 300


def test_a_sparse_matrix_is_refused() -> None:
    from scipy.sparse import csr_array

    with pytest.raises(TypeError, match=r"a sparse matrix of shape \(3, 3\): use .toarray\(\)"):
        read_values(csr_array(np.eye(3)), "x")
