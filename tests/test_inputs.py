"""Every row of both tables of docs/inputs.md holds."""

import re
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from safetensors.numpy import save_file
from scipy import sparse

import embwidget as ew

ROOT = Path(__file__).parents[1]
V = np.array([[1, 2.5, -3], [0.5, 4, 0.25], [-6, 0.125, 7], [8, -1.5, 9]], np.float32)
KEYS = list("abcd")
N = [3, 1, 2, 5]


class Dataset:
    """What a Dataset of Hugging Face is known by, over an Arrow table in the order of its rows."""

    features = ()

    def __init__(self, table: Any) -> None:
        self.data = table

    def with_format(self, kind: str) -> "Dataset":
        assert kind == "arrow"
        return self

    def __getitem__(self, rows: slice) -> Any:
        return self.data[rows]


class Relation:
    """What a relation of DuckDB is known by."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def fetch_arrow_table(self) -> Any:
        return self._table


class KeyedVectors:
    """What KeyedVectors of gensim are known by."""

    def __init__(self, words: list[str], vectors: Any) -> None:
        self.index_to_key, self.vectors = words, vectors


KNOWN = {
    **{"V": V, "KEYS": KEYS, "N": N, "ew": ew, "np": np, "pd": pd, "pl": pl, "pa": pa},
    **{"torch": torch, "anndata": anndata, "sparse": sparse, "save_file": save_file},
    **{"Dataset": Dataset, "Relation": Relation, "KeyedVectors": KeyedVectors, "Path": Path},
    "LINES": "".join(f"{k} {' '.join(map(str, v))}\n" for k, v in zip(KEYS, V, strict=True)),
    "BINARY": b"".join(k.encode() + b" " + v.tobytes() for k, v in zip(KEYS, V, strict=True)),
}


def rows_of(title: str) -> list[list[str]]:
    text = (
        (ROOT / "docs" / "inputs.md")
        .read_text()
        .partition(f"## {title}\n")[2]
        .partition("\n## ")[0]
    )
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


TAKEN, REFUSED = rows_of("What is taken"), rows_of("What is refused")


def space_of(example: str) -> ew.Space:
    first, _, last = example.strip("`").rpartition("; ")
    names = dict(KNOWN)
    exec(first, names)
    return ew.as_space(eval(last, names))


def names_of(frame: Any) -> list[str]:
    return [] if frame is None else list(getattr(frame, "column_names", frame.columns))


def test_there_are_rows() -> None:
    assert len(TAKEN) > 40
    assert len(REFUSED) > 20


@pytest.mark.parametrize(("what", "example", "ids", "metadata"), TAKEN, ids=[r[0] for r in TAKEN])
def test_what_is_taken(
    what: str, example: str, ids: str, metadata: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    space = space_of(example)
    if what.startswith("sparse"):
        # Reduced, they are turned; what is between two items stays.
        assert np.allclose(space.vectors @ space.vectors.T, V @ V.T, atol=1e-3)
    elif "float8" in what:
        assert np.array_equal(space.vectors, torch.tensor(V).to(torch.float8_e4m3fn).float())
    else:
        assert space.vectors.tolist() == V.tolist()
    if ids == "—":
        assert not space.has_ids
    elif "obsm" in what:
        assert space.ids.tolist() == list("0123")
    else:
        assert space.ids.tolist() == KEYS
    assert names_of(space.metadata) == re.findall(r"`(\w+)`", metadata)


@pytest.mark.parametrize(("what", "example", "says"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_refused(
    what: str, example: str, says: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError)) as caught:
        space_of(example)
    text = str(caught.value)
    assert says in text
    assert text.isprintable()
    assert len(text) < 300
