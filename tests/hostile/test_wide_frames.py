"""Tables of thousands of columns take time in proportion to them, whatever holds them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pytest

import embwidget as ew

N_COLUMNS = 10_000 if "EMBWIDGET_FUZZ" in os.environ else 3_000
QUARTER = N_COLUMNS // 4
# What grows with the square takes 16 times as long for four times as many; the rest is for noise.
MOST_TIMES, MOST_SECONDS_MORE = 8, 0.5
NAMES = [f"x{i}" for i in range(N_COLUMNS)]
V = np.random.default_rng(0).normal(size=(20, N_COLUMNS)).astype(np.float32)
FRAME = pd.DataFrame(V, columns=NAMES)


def in_file(
    suffix: str, write: Callable[[Path, pd.DataFrame], Any]
) -> Callable[[Path, pd.DataFrame], Any]:
    def make(folder: Path, frame: pd.DataFrame) -> Path:
        path = folder / f"{frame.shape[1]}{suffix}"
        write(path, frame)
        return path

    return make


MAKERS: dict[str, Callable[[Path, pd.DataFrame], Any]] = {
    "pandas": lambda folder, frame: frame,
    "pandas, numbers for names": lambda folder, frame: pd.DataFrame(frame.to_numpy()),
    "pandas, nullable": lambda folder, frame: frame.astype("Float32"),
    "pandas, objects": lambda folder, frame: frame.astype(object),
    "polars": lambda folder, frame: pl.from_pandas(frame),
    "arrow": lambda folder, frame: pa.Table.from_pandas(frame),
    "csv": in_file(".csv", lambda path, frame: frame.to_csv(path, index=False)),
    "tsv": in_file(".tsv", lambda path, frame: frame.to_csv(path, index=False, sep="\t")),
    "tsv, no names": in_file(
        ".tsv", lambda path, frame: np.savetxt(path, frame.to_numpy(), delimiter="\t")
    ),
    "parquet": in_file(".parquet", lambda path, frame: frame.to_parquet(path)),
    "feather": in_file(".feather", lambda path, frame: feather.write_feather(frame, path)),
}


def timed(read: Callable[[], ew.Space]) -> tuple[ew.Space, float]:
    """What is read, and the seconds of the CPU that it took."""
    start = time.process_time()
    space = read()
    return space, time.process_time() - start


@pytest.mark.parametrize("name", MAKERS)
def test_columns_take_time_in_proportion(name: str, tmp_path: Path) -> None:
    few, many = (MAKERS[name](tmp_path, FRAME.iloc[:, :n]) for n in (QUARTER, N_COLUMNS))
    assert np.array_equal(ew.as_space(few).vectors, V[:, :QUARTER])
    _, short = timed(lambda: ew.as_space(few))
    space, long = timed(lambda: ew.as_space(many))
    assert np.array_equal(space.vectors, V)
    assert long < MOST_TIMES * short + MOST_SECONDS_MORE


def test_columns_of_text_beside_vectors_are_metadata_and_take_time_in_proportion() -> None:
    texts = pd.DataFrame(np.full((20, N_COLUMNS), "t1"), columns=NAMES)
    few = texts.iloc[:, :QUARTER].assign(v=list(V[:, :4]))
    assert np.array_equal(ew.as_space(few).vectors, V[:, :4])
    _, short = timed(lambda: ew.as_space(few))
    space, long = timed(lambda: ew.as_space(texts.assign(v=list(V[:, :4]))))
    assert np.array_equal(space.vectors, V[:, :4])
    assert list(space.metadata.columns) == NAMES
    beside = ew.Space(V[:, :4], metadata=texts)
    assert list(beside.metadata.columns) == NAMES
    assert long < MOST_TIMES * short + MOST_SECONDS_MORE
