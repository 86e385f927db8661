"""Whatever vectors are held in, they come out as the plain array has them, or are refused."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import embwidget as ew

DTYPES = ("float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint64", "bool")
IDS = [f"item {i}" for i in range(9)]
Rows = list[Any]


def column_of_objects(rows: Rows) -> Any:
    return np.fromiter(rows, object, len(rows))


def text_of_numpy(row: Any) -> str:
    # Half floats print so many digits as tell them from other halves alone.
    row = row.astype(np.float32) if row.dtype == np.float16 else row
    with np.printoptions(threshold=10**6, floatmode="unique"):
        return str(row)


def bare(rows: Rows) -> list[Any]:
    return [None if row is None else row.tolist() for row in rows]


# How a column of vectors, some of them None, is held beside a column of ids and one of numbers.
COLUMNS: dict[str, Callable[[Rows, Any, dict[str, Any]], Any]] = {
    "pandas": lambda rows, _, more: pd.DataFrame({**more, "v": column_of_objects(rows)}),
    "pandas, NaN": lambda rows, _, more: pd.DataFrame(
        {**more, "v": column_of_objects([np.nan if row is None else row for row in rows])}
    ),
    "pandas, NA and lists": lambda rows, _, more: pd.DataFrame(
        {**more, "v": column_of_objects([pd.NA if row is None else row for row in bare(rows)])}
    ),
    "pandas, tuples": lambda rows, _, more: pd.DataFrame(
        {**more, "v": column_of_objects([row if row is None else tuple(row) for row in bare(rows)])}
    ),
    "pandas, text": lambda rows, _, more: pd.DataFrame(
        {**more, "v": [None if row is None else str(row) for row in bare(rows)]}
    ),
    "pandas, text of numpy": lambda rows, _, more: pd.DataFrame(
        {**more, "v": ["" if row is None else text_of_numpy(row) for row in rows]}
    ),
    "pandas, tensors": lambda rows, _, more: pd.DataFrame(
        {**more, "v": column_of_objects([r if r is None else torch.tensor(r) for r in rows])}
    ),
    "pandas over Arrow": lambda rows, dtype, more: pd.DataFrame(
        {
            **more,
            "v": pd.Series(bare(rows), dtype=pd.ArrowDtype(pa.list_(pa.from_numpy_dtype(dtype)))),
        }
    ),
    "polars List": lambda rows, dtype, more: pl.DataFrame({**more, "v": bare(rows)}),
    "polars text": lambda rows, _, more: pl.DataFrame(
        {**more, "v": [None if row is None else str(row) for row in bare(rows)]}
    ),
    "polars Array": lambda rows, dtype, more: pl.DataFrame({**more, "v": bare(rows)}).with_columns(
        pl.col("v").list.to_array(n_dims_of(rows))
    ),
    "polars Object": lambda rows, _, more: pl.DataFrame(
        {**more, "v": pl.Series("v", rows, dtype=pl.Object)}
    ),
    "Arrow list": lambda rows, dtype, more: pa.table(
        {**more, "v": pa.array(bare(rows), pa.list_(pa.from_numpy_dtype(dtype)))}
    ),
    "Arrow large_list in chunks": lambda rows, dtype, more: pa.table(
        {**more, "v": in_chunks(bare(rows), pa.large_list(pa.from_numpy_dtype(dtype)))}
    ),
    "Arrow fixed_size_list": lambda rows, dtype, more: pa.table(
        {
            **more,
            "v": pa.array(bare(rows), pa.list_(pa.from_numpy_dtype(dtype), n_dims_of(rows))),
        }
    ),
    "dict": lambda rows, _, more: dict(zip(more["id"], rows, strict=True)),
    "Series": lambda rows, _, more: pd.Series(column_of_objects(rows), index=more["id"]),
    "list": lambda rows, _, more: (bare(rows), more["id"]),
    "array of objects": lambda rows, _, more: (column_of_objects(rows), more["id"]),
}


def n_dims_of(rows: Rows) -> int:
    return next(len(row) for row in rows if row is not None)


def in_chunks(rows: Rows, kind: Any) -> Any:
    middle = len(rows) // 2
    return pa.chunked_array([pa.array(rows[:middle], kind), pa.array(rows[middle:], kind)])


@st.composite
def held(draw: Any) -> tuple[Any, Any, list[int], list[str]]:
    """Container, its vectors as a plain array, rows that are missing, and ids."""
    n, d = draw(st.integers(2, 8)), draw(st.integers(2, 5))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    plain = (100 * rng.random((n, d))).astype(dtype)
    gaps = sorted(draw(st.sets(st.integers(0, n - 1), max_size=n - 1)))
    rows = [None if row in gaps else plain[row] for row in range(n)]
    ids = draw(st.permutations(IDS))[:n]
    more = {"n_tokens": list(range(n)), "id": ids}
    kind = draw(st.sampled_from(sorted(COLUMNS)))
    return COLUMNS[kind](rows, dtype, more), plain, gaps, ids


@settings(max_examples=120)
@given(held())
def test_vectors_come_out_as_they_went_in_or_are_refused(case: Any) -> None:
    container, plain, gaps, ids = case
    options: dict[str, Any] = {}
    if isinstance(container, tuple):
        container, options["ids"] = container
    if plain.dtype == bool:
        # Truth values are numbers in some types, and in texts they are none.
        with contextlib.suppress(ValueError, TypeError):
            check(ew.as_space(container, missing="drop", **options), plain, gaps, ids)
        return
    check(ew.as_space(container, missing="drop", **options), plain, gaps, ids)
    if gaps:
        with pytest.raises(ValueError, match=rf"row {gaps[0]} \(id '{ids[gaps[0]]}'\)"):
            ew.as_space(container, **options)


def check(space: ew.Space, plain: Any, gaps: list[int], ids: list[str]) -> None:
    left = [row for row in range(len(plain)) if row not in gaps]
    assert np.array_equal(space.vectors, plain[left].astype(np.float32))
    assert space.ids.tolist() == [ids[row] for row in left]
    assert space.dropped.tolist() == [ids[row] for row in gaps]


NUMBERED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pandas": pd.DataFrame,
    "pandas, nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "pandas over Arrow": lambda columns: pd.DataFrame(columns).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "polars": lambda columns: pl.DataFrame(columns),
    "Arrow": lambda columns: pa.table(columns),
}


@st.composite
def numbered(draw: Any) -> tuple[Any, Any]:
    """Frame of numbered columns and others, in any order, and the array of the numbered ones."""
    n, d = draw(st.integers(2, 6)), draw(st.integers(3, 12))
    dtype = np.dtype(draw(st.sampled_from([name for name in DTYPES if name != "bool"])))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    plain = (100 * rng.random((n, d))).astype(dtype)
    stem = draw(st.sampled_from(["x", "dim_", "emb.", "PC", "feature-"]))
    columns: dict[str, Any] = {f"{stem}{i}": plain[:, i] for i in range(d)}
    others = {
        "label": rng.integers(0, 3, n),
        "score": rng.random(n),
        "n_tokens": rng.integers(1, 99, n),
        "text": ["t"] * n,
        "good": rng.random(n) > 0.5,
    }
    some = draw(st.sets(st.sampled_from(sorted(others))))
    columns |= {name: others[name] for name in some}
    order = draw(st.permutations(list(columns)))
    frame = NUMBERED[draw(st.sampled_from(sorted(NUMBERED)))]({n: columns[n] for n in order})
    numbers = [name for name in order if name.startswith(stem) and name[len(stem) :].isdigit()]
    return frame, np.column_stack([columns[name] for name in numbers])


@settings(max_examples=40)
@given(numbered())
def test_numbered_columns_alone_are_the_dimensions(case: Any) -> None:
    frame, plain = case
    space = ew.as_space(frame)
    assert np.array_equal(space.vectors, plain.astype(np.float32))
