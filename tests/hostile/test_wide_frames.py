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

# `make test` takes a third, for what grows with the square took a minute for as many.
N_COLUMNS = 10_000 if "EMBWIDGET_FUZZ" in os.environ else 3_000
SECONDS = 5 * N_COLUMNS / 10_000
"""Of the CPU."""
NAMES = [f"x{i}" for i in range(N_COLUMNS)]
V = np.random.default_rng(0).normal(size=(20, N_COLUMNS)).astype(np.float32)
FRAME = pd.DataFrame(V, columns=NAMES)


def in_file(suffix: str, write: Callable[[Path], Any]) -> Callable[[Path], Any]:
    def make(folder: Path) -> Path:
        write(folder / f"x{suffix}")
        return folder / f"x{suffix}"

    return make


MAKERS: dict[str, Callable[[Path], Any]] = {
    "pandas": lambda folder: FRAME,
    "pandas, numbers for names": lambda folder: pd.DataFrame(V),
    "pandas, nullable": lambda folder: FRAME.astype("Float32"),
    "pandas, objects": lambda folder: FRAME.astype(object),
    "polars": lambda folder: pl.DataFrame(V, schema=NAMES),
    "arrow": lambda folder: pa.table(dict(zip(NAMES, V.T, strict=True))),
    "csv": in_file(".csv", lambda path: FRAME.to_csv(path, index=False)),
    "tsv": in_file(".tsv", lambda path: FRAME.to_csv(path, index=False, sep="\t")),
    "tsv, no names": in_file(".tsv", lambda path: np.savetxt(path, V, delimiter="\t")),
    "parquet": in_file(".parquet", FRAME.to_parquet),
    "feather": in_file(".feather", lambda path: feather.write_feather(FRAME, path)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_thousands_of_columns_are_read_in_seconds(name: str, tmp_path: Path) -> None:
    given = MAKERS[name](tmp_path)
    start = time.process_time()
    space = ew.as_space(given)
    seconds = time.process_time() - start
    assert np.array_equal(space.vectors, V)
    assert seconds < SECONDS


def test_thousands_of_columns_of_text_beside_vectors_are_metadata() -> None:
    texts = pd.DataFrame(np.full((20, N_COLUMNS), "t1"), columns=NAMES)
    start = time.process_time()
    space = ew.as_space(texts.assign(v=list(V[:, :4])))
    seconds = time.process_time() - start
    assert np.array_equal(space.vectors, V[:, :4])
    assert list(space.metadata.columns) == NAMES
    beside = ew.Space(V[:, :4], metadata=texts)
    assert list(beside.metadata.columns) == NAMES
    assert seconds < SECONDS
