"""A small good file of each format, as bytes; what is flipped in them is up to others."""

import io
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VECTORS = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
IDS = [f"item {i}" for i in range(12)]
WORDS = [f"item_{i}" for i in range(12)]
ANY_IDS = (IDS, WORDS, list(range(12)))
FRAME = pd.DataFrame({"id": IDS, "kind": ["a", None, "ç"] * 4}).join(
    pd.DataFrame(VECTORS, columns=list("vwxyz"))
)


def arrow_table(kind: str = "columns") -> Any:
    import pyarrow as pa

    table = pa.Table.from_pandas(FRAME)
    if kind == "lists":
        table = table.drop_columns(list("vwxyz")).append_column("v", pa.array(list(VECTORS)))
    if kind == "fixed":
        fixed = pa.FixedSizeListArray.from_arrays(pa.array(VECTORS.ravel()), 5)
        codes = table["kind"].combine_chunks().dictionary_encode()
        table = pa.table({"id": IDS, "v": fixed, "kind": codes, "deep": [{"a": [1]}] * 12})
    return table


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, VECTORS)
    return file.getvalue()


def npz(write: Callable[..., None] = np.savez) -> bytes:
    from embwidget._core.parts import Parts
    from embwidget.files.npz import npz_arrays

    file = io.BytesIO()
    write(file, **npz_arrays(Parts(VECTORS, np.array(IDS, object), name="x", metric="cosine")))
    return file.getvalue()


def safetensors() -> bytes:
    from safetensors.numpy import save

    return save({"vectors": VECTORS, "ids": np.arange(12)})


def torch_file(**options: Any) -> bytes:
    import torch

    file = io.BytesIO()
    held = {"vectors": torch.from_numpy(VECTORS), "ids": torch.arange(12)}
    torch.save(held, file, **options)
    return file.getvalue()


def parquet(kind: str, **options: Any) -> bytes:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(arrow_table(kind), file, **options)
    return file.getvalue()


def feather(kind: str, **options: Any) -> bytes:
    import pyarrow.feather as fe

    file = io.BytesIO()
    with warnings.catch_warnings():
        # The first version is old.
        warnings.simplefilter("ignore", FutureWarning)
        fe.write_feather(arrow_table(kind), file, **options)
    return file.getvalue()


def stream() -> bytes:
    import pyarrow as pa

    file = io.BytesIO()
    table = arrow_table("fixed")
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def csv() -> bytes:
    return FRAME.to_csv(index=False).encode()


def tsv() -> bytes:
    return FRAME.to_csv(index=False, sep="\t").encode()


def lines(header: str = "", ids: Any = IDS) -> bytes:
    """Text of word2vec with a header, of GloVe without one."""
    rows = zip(ids, VECTORS.tolist(), strict=True)
    return (header + "".join(f"{word} {' '.join(map(repr, row))}\n" for word, row in rows)).encode()


def word2vec() -> bytes:
    rows = zip(WORDS, VECTORS, strict=True)
    return b"12 5\n" + b"".join(word.encode() + b" " + row.tobytes() + b"\n" for word, row in rows)


def h5ad() -> bytes:
    import anndata

    data = anndata.AnnData(VECTORS, obs=FRAME.set_index("id")[["kind"]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.h5ad"
        data.write_h5ad(path)
        return path.read_bytes()


GOOD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "npy": (".npy", npy),
    "npz": (".npz", npz),
    "npz, packed": (".npz", lambda: npz(np.savez_compressed)),
    "safetensors": (".safetensors", safetensors),
    "torch": (".pt", torch_file),
    "torch, old": (".pt", lambda: torch_file(_use_new_zipfile_serialization=False)),
    "parquet": (".parquet", lambda: parquet("columns")),
    "parquet of lists": (".parquet", lambda: parquet("lists", compression="zstd")),
    "parquet, checked": (".parquet", lambda: parquet("fixed", write_page_checksum=True)),
    "arrow": (".arrow", lambda: feather("fixed", compression="uncompressed")),
    "arrow of lists": (".ipc", lambda: feather("lists", compression="uncompressed")),
    "arrow stream": (".arrow", stream),
    "feather": (".feather", lambda: feather("columns", compression="lz4")),
    "csv": (".csv", csv),
    "tsv": (".tsv", tsv),
    "word2vec": (".vec", lambda: lines("12 5\n")),
    "GloVe": (".txt", lambda: lines(ids=WORDS)),
    "word2vec, binary": (".bin", word2vec),
    "h5ad": (".h5ad", h5ad),
}
"""Suffix and bytes of each, by name."""

SHAPED = {"npy", "npz", "npz, packed", "safetensors", "torch"}
"""Those whose shape one flipped bit cannot change unseen."""
