"""Whole numbers beside a gap, in files: none becomes another one."""

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget.files import metadata_file
from embwidget.files.metadata_file import read_metadata, write_metadata

N = 12
LARGE = 2**60 + 1
VECTORS = np.random.default_rng(0).normal(size=(N, 4))


def with_gaps(first, dtype):
    return pd.array([None if i % 3 == 0 else first + i for i in range(N)], dtype=dtype)


@pytest.mark.parametrize("suffix", [".parquet", ".json"])
def test_large_numbers_beside_a_gap_stay_apart_in_a_saved_comparison(suffix, tmp_path, monkeypatch):
    if suffix == ".json":
        monkeypatch.setattr(metadata_file, "find_spec", lambda _: None)
    frame = pd.DataFrame({"group": with_gaps(LARGE, "Int64")})
    compared = ew.compare(VECTORS, VECTORS[:, :3], metadata=frame, label="group", n_neighbors=3)
    compared.save(tmp_path / "pair.zip")
    loaded = ew.Comparison.load(tmp_path / "pair.zip")
    assert list(loaded.labels().names) == list(compared.labels().names)
    wanted = [None if pd.isna(value) else value for value in frame["group"]]
    found = loaded.to_frame()["group"]
    assert [None if pd.isna(value) else value for value in found] == wanted


def test_a_column_with_gaps_keeps_its_type(tmp_path):
    frame = pd.DataFrame(
        {dtype: with_gaps(1, dtype) for dtype in ("Int8", "Int64", "UInt16", "UInt64")}
        | {"truth": pd.array([None, True, False] * (N // 3), dtype="boolean")}
        | {"whole": np.arange(N), "part": np.where(np.arange(N) % 2, 0.5, np.nan)}
    )
    path = tmp_path / "metadata.parquet"
    with path.open("wb") as file:
        write_metadata(file, frame, ".parquet")
    pd.testing.assert_frame_equal(read_metadata(path), frame)
