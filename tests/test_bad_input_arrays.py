"""What is refused: each message says in one line what was given and what to do."""

from collections.abc import Callable
from datetime import date
from typing import Any

import anndata
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from embwidget._core.checks import check_n_neighbors
from embwidget._core.ids import as_ids
from embwidget._core.vectors import as_vectors
from embwidget.comparison import compare
from embwidget.joining import join
from embwidget.metrics import metric_of
from embwidget.space import Space, as_space


def with_entry(value: float, dtype: Any = np.float32) -> np.ndarray:
    array = np.ones((4, 3), dtype)
    array[2, 1] = value
    return array


def objects(*entries: Any) -> np.ndarray:
    return np.fromiter(entries, object, len(entries))


def refused(call: Callable[[], Any], error: type[Exception], parts: list[str]) -> None:
    """Call raises the error, whose one line holds all the parts and is not long."""
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 300
    for part in parts:
        assert part in message


def case(given: Any, error: type[Exception], *parts: str, name: str = "") -> Any:
    return pytest.param(given, error, list(parts), id=name or " ".join(parts)[:50])


@pytest.mark.parametrize(
    ("given", "error", "parts"),
    [
        case([1.0, 2.0], ValueError, "got (2,)", "reshape it to (n_samples, n_dims)"),
        case(np.ones((2, 3, 4)), ValueError, "got (2, 3, 4)", "flatten each item"),
        case([[[1], [2]]], ValueError, "got (1, 2, 1)", "flatten each item"),
        case(3.0, TypeError, "expected an array", "got float"),
        case(None, TypeError, "expected an array", "got NoneType"),
        case({"a": [1]}, TypeError, "expected an array", "got dict"),
        case("some text", TypeError, "expected an array", "got str"),
        case([], ValueError, "(0,) holds nothing", "at least 1 row"),
        case(np.ones((0, 3)), ValueError, "(0, 3) holds nothing", "at least 1 row"),
        case(np.ones((3, 0)), ValueError, "(3, 0) holds nothing", "1 column"),
        case([[1, 2], [3]], ValueError, "row 0 has shape (2,) and row 1 (1,)", "every item"),
        case(
            [np.ones(3), np.ones(3), np.ones(2)],
            ValueError,
            "row 2 (2,)",
            "same number of dimensions",
            name="ragged arrays",
        ),
        case(objects([1, 2], [1, 2, 3]), ValueError, "row 1 (3,)", name="ragged objects"),
        case(objects([1, 2], None), ValueError, "row 1 has no vector", name="missing row"),
        case([[[1], 2]], ValueError, "different depths", "(n_samples, n_dims)"),
        case(with_entry(np.nan), ValueError, "row 2, column 1 is nan", "drop or fill"),
        case(with_entry(np.inf), ValueError, "row 2, column 1 is inf", "drop or fill"),
        case(with_entry(-np.inf, np.float64), ValueError, "row 2, column 1 is -inf"),
        case(with_entry(np.nan, np.float16), ValueError, "row 2, column 1 is nan", name="half nan"),
        case(with_entry(np.nan).T, ValueError, "row 1, column 2 is nan", name="strided nan"),
        case(with_entry(1e39, float), ValueError, "row 2, column 1 is beyond float32", "scale"),
        case([[10**400, 1]], ValueError, "beyond float32", "scale", name="huge int"),
        case(np.ma.masked_equal([[1, 2]], 2), ValueError, "row 0, column 1 is nan", name="masked"),
        case(objects([1, None]), ValueError, "row 0, column 1 is nan", name="None in a row"),
        case([["1", "2"]], TypeError, "dtype <U1 is not a number", "give float or int"),
        case(np.array([[b"1"]]), TypeError, "dtype |S1 is not a number", name="bytes"),
        case(np.array([[1, "2"]], object), TypeError, "'2' is not a number", name="object text"),
        case(np.array([[1, {}]], object), TypeError, "{} is not a number", name="object dict"),
        case(np.array([[1, "x" * 999]], object), TypeError, "x…", name="long text"),
        case([[1 + 2j]], TypeError, "dtype complex128 is not a number"),
        case(np.array([["2020-01-01"]], "M8[D]"), TypeError, "dtype datetime64[D]", name="dates"),
        case(sparse.eye(3).tocsr(), TypeError, "sparse matrix of shape (3, 3)", ".toarray()"),
        case(sparse.coo_array(np.eye(3)), TypeError, "sparse", name="sparse array"),
    ],
)
def test_vectors(given: Any, error: type[Exception], parts: list[str]) -> None:
    refused(lambda: as_vectors(given, "vectors of 'bert'"), error, ["vectors of 'bert': ", *parts])
    refused(lambda: Space(given), error, parts)


@pytest.mark.parametrize(
    ("given", "error", "parts"),
    [
        case(["a", "b"], ValueError, "3 are needed", "got 2"),
        case([], ValueError, "3 are needed", "got 0"),
        case(np.zeros((3, 2), int), ValueError, "expected shape (n_items,), got (3, 2)"),
        case(["b", "a", "b"], ValueError, "not unique: 'b' (rows 2)", "give unique ids"),
        case([7, 7, 7], ValueError, "not unique: 7 (rows 1, 2)"),
        case(["x" * 999] * 3, ValueError, "not unique: 'xxx", "(rows 1, 2)"),
        case(["a", None, "c"], ValueError, "row 1 is missing", "every item needs an id"),
        case([1, None, 3], ValueError, "row 1 is missing", name="None among ints"),
        case([None, "b", "c"], ValueError, "row 0 is missing", name="None first"),
        case(["a", float("nan"), "c"], ValueError, "row 1 is missing"),
        case([1, "b", 3], TypeError, "row 1 is 'b' (str)", "all str or all int"),
        case(["a", 2, "c"], TypeError, "row 1 is 2 (int)"),
        case([1.0, 2.0, 3.0], TypeError, "row 0 is 1.0 (float)", "all str or all int"),
        case(np.ones(3), TypeError, "dtype float64", "ids.astype(int)"),
        case(np.array([1, np.nan, 3]), ValueError, "row 1 is missing", "every item needs an id"),
        case(pl.Series([1, 2, None]), ValueError, "row 2 is missing", name="polars null"),
        case(
            pd.Series([1, 2, None], dtype="Int64"), ValueError, "row 2 is missing", name="pandas NA"
        ),
        case(pa.array(["a", None, "c"]), ValueError, "row 1 is missing", name="Arrow null"),
        case(np.ma.masked_equal([1, 2, 3], 2), ValueError, "row 1 is missing", name="masked id"),
        case([True, False, True], TypeError, "row 0 is True (bool)"),
        case([1, True, 3], TypeError, "row 1 is True (bool)"),
        case(np.ones(3, bool), TypeError, "dtype bool", "all str or all int"),
        case(
            np.array([b"a", b"b", b"c"]), TypeError, "row 0 is b'a' (bytes)", name="bytes of numpy"
        ),
        case([b"a", b"b", b"c"], TypeError, "row 0 is b'a' (bytes)"),
        case([("a", 1), ("b", 2), ("c", 3)], TypeError, "row 0 is ('a', 1) (tuple)"),
        case([date(2020, 1, 1)] * 3, TypeError, "(date)"),
        case([2**64, 1, 2], ValueError, "1 to 18446744073709551616", "give them as str"),
        case([-1, 2**63, 0], ValueError, "-1 to 9223372036854775808", "do not fit 64 bits"),
        case("abc", TypeError, "expected one value for each item", "got str 'abc'"),
        case({1, 2, 3}, TypeError, "got a set of 3", "give a list in the order of the rows"),
        case(5, TypeError, "expected one value for each item", "got int 5"),
    ],
)
def test_ids(given: Any, error: type[Exception], parts: list[str]) -> None:
    refused(lambda: as_ids(given, 3), error, ["ids: ", *parts])
    refused(lambda: Space(np.eye(3), ids=given, name="n"), error, ["ids of 'n': ", *parts])


def test_many_copies_of_ids_are_counted_not_listed() -> None:
    parts = ["0, 1, 2, 3, 4 and 495 more", "(rows 500, 501, 502, 503, 504 and 495 more)"]
    refused(lambda: as_ids([*range(500), *range(500)], 1000), ValueError, parts)


@pytest.mark.parametrize(
    ("given", "error", "parts"),
    [
        case({"m": [1, 2]}, ValueError, "2 rows for 3 items", "one row for each item"),
        case(pl.DataFrame({"m": [1]}), ValueError, "1 rows for 3 items"),
        case({"m": [1, 2, 3], "k": [1]}, ValueError, "lists of one length"),
        case([1, 2, 3], TypeError, "expected a data frame", "got list"),
        case("table.csv", TypeError, "expected a data frame", "got str"),
        case(pd.Series([1, 2, 3]), TypeError, "expected a data frame", "got Series"),
        case(pl.LazyFrame({"m": [1]}), TypeError, "got LazyFrame", "call .collect() first"),
        case(pd.DataFrame(np.eye(3), columns=[*"aab"]), ValueError, "share a name", "rename"),
    ],
)
def test_metadata(given: Any, error: type[Exception], parts: list[str]) -> None:
    refused(lambda: Space(np.eye(3), metadata=given), error, ["metadata: ", *parts])
    refused(lambda: as_space(np.eye(3), metadata=given), error, ["metadata: ", *parts])


TABLE = {"key": ["p", "q"], "x": [1.0, 2.0], "name": ["r", "s"]}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"id": "kei"}, ["no column 'kei'", "there are 'key'"]),
        ({"vectors": "y"}, ["no column 'y'", "'x'"]),
        ({"vectors": ["x", "z"]}, ["no column 'z'", "'x'"]),
        ({"vectors": "name"}, ["column 'name'", "vectors need numbers"]),
        ({"vectors": ["x", "name"]}, ["column 'name'", "vectors need numbers"]),
        ({"vectors": ["x", "x"]}, ["column 'x' is named twice"]),
        ({"vectors": ["x"], "id": "x"}, ["column 'x' is named twice"]),
    ],
)
def test_frames(make: Callable[..., Any], options: dict[str, Any], parts: list[str]) -> None:
    refused(lambda: Space.from_frame(make(TABLE), **options), ValueError, parts)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_that_do_not_say_where_the_vectors_are(make: Callable[..., Any]) -> None:
    two = make({"v": [[1.0], [2.0]], "w": [[1.0], [2.0]]})
    refused(lambda: as_space(two), ValueError, ["several columns of vectors", "'v', 'w'"])
    none = make({"name": ["a", "b"]})
    refused(lambda: as_space(none), ValueError, ["no column of vectors or numbers", "'name'"])
    missing = make({"x": [1.0, None]})
    refused(lambda: as_space(missing), ValueError, ["row 1, column 0 is nan"])
    ragged = make({"v": [[1.0, 2.0], [3.0]]})
    refused(lambda: as_space(ragged), ValueError, ["row 0 has shape (2,) and row 1 (1,)"])


def test_a_lazy_frame_has_to_be_collected() -> None:
    parts = ["expected a data frame", "got LazyFrame", "call .collect() first"]
    refused(lambda: as_space(pl.LazyFrame(TABLE)), TypeError, parts)


def test_a_frame_is_asked_of_from_frame() -> None:
    parts = ["frame: expected a data frame", "got ndarray"]
    refused(lambda: Space.from_frame(np.eye(3)), TypeError, parts)


def test_anndata_with_sparse_counts() -> None:
    data = anndata.AnnData(sparse.eye(3).tocsr(), obsm={"X_pca": np.eye(3)})
    parts = ["AnnData.X", "there are 'X_pca'", "sparse matrix of shape (3, 3)", ".toarray()"]
    refused(lambda: as_space(data), TypeError, parts)
    parts = ["obsm has no 'X_pac'", "there are 'X_pca'"]
    refused(lambda: Space.from_anndata(data, vectors="X_pac"), ValueError, parts)


def test_anndata_without_counts() -> None:
    data = anndata.AnnData(obs=pd.DataFrame(index=["a", "b"]))
    refused(lambda: as_space(data), TypeError, ["AnnData.X is None", "there are none"])


X = np.eye(4)
INTS, TEXTS = Space(X, ids=[1, 2, 3, 4]), Space(X, ids=["1", "2", "3", "4"])


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        (X, X[:3], ["a has 4 rows and b has 3", "give ids, Space(vectors, ids=...)"]),
        (INTS, TEXTS, ["a has 1, b has '1'", "convert those of a with ids.astype(str)"]),
        (TEXTS, INTS, ["a has '1', b has 1", "convert those of b with ids.astype(str)"]),
        (TEXTS, Space(X, ids=[*"abcd"]), ["a has '1', b has 'a'", "the same items?"]),
        (TEXTS, X[:3], ["a has 4 rows", "those of b are its row positions", "give it ids too"]),
        (X[:3], TEXTS, ["b has 4 rows", "those of a are its row positions", "give it ids too"]),
        (INTS, X[:3], ["a has 4 rows", "and b 3 rows without", "which are no ids"]),
    ],
)
def test_joins(a: Any, b: Any, parts: list[str]) -> None:
    refused(lambda: join(a, b), ValueError, parts)


def test_metrics() -> None:
    parts = ["metric='cosin' is not known", "'cosine', 'euclidean', 'inner_product'"]
    refused(lambda: metric_of("cosin"), ValueError, parts)
    refused(lambda: Space(X, metric="cosin"), ValueError, parts)
    refused(lambda: metric_of(None), ValueError, ["metric=None is not known"])
    refused(lambda: metric_of(["cosine"]), ValueError, ["metric=['cosine'] is not known"])
    refused(lambda: metric_of("x" * 999), ValueError, ["…"])


@pytest.mark.parametrize(
    ("given", "n_samples", "error", "parts"),
    [
        (5, 5, ValueError, ["n_neighbors=5", "with 5 items give 1 to 4"]),
        (0, 5, ValueError, ["n_neighbors=0", "give 1 to 4"]),
        (-1, 5, ValueError, ["n_neighbors=-1", "give 1 to 4"]),
        (2.0, 5, TypeError, ["n_neighbors=2.0", "whole number"]),
        (True, 5, TypeError, ["n_neighbors=True", "whole number"]),
        ("3", 5, TypeError, ["n_neighbors='3'", "whole number"]),
        (None, 5, TypeError, ["n_neighbors=None", "whole number"]),
        (1, 1, ValueError, ["1 item has no neighbours", "at least 2 items"]),
    ],
)
def test_n_neighbors(given: Any, n_samples: int, error: type[Exception], parts: list[str]) -> None:
    refused(lambda: check_n_neighbors(given, n_samples), error, parts)


def test_columns() -> None:
    x = np.eye(9)
    frame = pd.DataFrame({"species": list("abcabcabc")})
    parts = ["label='speces'", "no column of the metadata", "there are 'species'"]
    refused(lambda: compare(x, x, metadata=frame, label="speces"), ValueError, parts)
    refused(lambda: compare(x, x, label="speces"), ValueError, ["there is no metadata"])
