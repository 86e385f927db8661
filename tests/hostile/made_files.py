"""Files made to do harm, each with what may become of it."""

import io
import json
import os
import pickle
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from good_files import IDS, VECTORS, csv, feather, h5ad, npy, npz, safetensors, torch_file

Make = Callable[[Path], bytes | None]
HOSTILE: dict[str, tuple[str, Make, tuple[str, ...]]] = {}
"""Suffix, what makes the content (None: it made the file itself), outcomes that are right."""

DATA = VECTORS.tobytes()


class Trap:
    """Leaves a trace that ends the process when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (66,)


def add(name: str, suffix: str, content: bytes | Make, *expected: str) -> None:
    make = content if callable(content) else lambda path: content
    HOSTILE[name] = (suffix, make, expected or ("refused",))


def npy_of(
    shape: str, descr: str = "'<f4'", data: bytes = DATA, version: int = 1, more: str = ""
) -> bytes:
    """An array with any header."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, {more}}}\n".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name twice is what is wanted
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content)
    return file.getvalue()


def npz_of(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def in_directory(archive: bytes, place: int, form: str, value: int) -> bytes:
    """Change a field of the first member where the archive lists it."""
    changed = bytearray(archive)
    struct.pack_into(form, changed, archive.index(b"PK\x01\x02") + place, value)
    return bytes(changed)


def bomb(path: Path) -> bytes:
    """A zip of 1 GB of zeros; each 10 MB are packed alike."""
    n_blocks, block = 100, bytes(10_000_000)
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    once = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compressobj(1, zlib.DEFLATED, -15)
    head = npy_of("(2500000, 100)", data=b"")
    start = packed.compress(head) + packed.flush(zlib.Z_FULL_FLUSH)
    content = start + once * n_blocks + zlib.compressobj(1, zlib.DEFLATED, -15).flush()
    size = len(head) + n_blocks * len(block)
    name = b"vectors.npy"
    fields = (20, 0, 8, 0, 33, 0, len(content), size, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name
    listed = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, 0) + name
    place = len(local) + len(content)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), place, 0)
    return local + content + listed + end


# -- of every format -------------------------------------------------------------------------------

SUFFIXES = (".npy", ".npz", ".safetensors", ".pt", ".parquet", ".arrow", ".feather", ".csv")
for suffix in SUFFIXES:
    add(f"empty{suffix}", suffix, b"")
    add(f"one byte{suffix}", suffix, b"\x93")
    add(f"text{suffix}", suffix, b"this is no file of vectors\n")
    add(f"nulls{suffix}", suffix, bytes(5000))
    add(f"pickle{suffix}", suffix, pickle.dumps(Trap()))
    add(f"pipe{suffix}", suffix, os.mkfifo)
    add(f"device{suffix}", suffix, lambda path: path.symlink_to("/dev/zero"))
    add(f"file of the kernel{suffix}", suffix, lambda path: path.symlink_to("/proc/self/maps"))
    add(f"link to itself{suffix}", suffix, lambda path: path.symlink_to(path))

# -- npy and npz -----------------------------------------------------------------------------------

add("npy, version 3", ".npy", npy_of("(12, 5)", version=3), "right")
add("npz, version 3", ".npz", zip_of(("vectors.npy", npy_of("(12, 5)", version=3))), "right")
add("npy, version 2", ".npy", npy_of("(12, 5)", version=2), "right")
add("npy, of Python 2", ".npy", npy_of("(12L, 5L)"), "right")
add("npy, two in a row", ".npy", npy() * 2, "right")
add("npy, version 9", ".npy", npy_of("(12, 5)", version=9))
add("npy, cut", ".npy", npy()[:-3])
add("npy, objects", ".npy", npy_of("(12, 5)", "'|O'", pickle.dumps([Trap()] * 60)))
add("npy, long header", ".npy", npy_of("(12, 5)", version=2, more=" " * 60_000))
add("npy, 4 GB of header", ".npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(500))
# fmt: off
for shape in ("(400, 5)", "(6, 5)", "(-12, -5)", "(12.0, 5)", f"({10**300}, 1)", "(True, True)",
              "(9223372036854775808, 2)", "()", "None", "(12,)" * 500, "(" * 4000 + ")" * 4000,
              "-" * 9000 + "1", "(1000000000000, 0)"):
    add(f"npy, shape {shape[:30]}", ".npy", npy_of(shape))
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # fmt: on
        member = zip_of(("vectors.npy", npy_of(shape)), method=method)
        add(f"npz, shape {shape[:30]}, {method}", ".npz", member)
for descr in ("[('a', '<f4')]", "'<f99999999'", "'<U500000000'", "'|V0'", "4", "__import__('os')"):
    add(f"npy, type {descr}", ".npy", npy_of("(12, 5)", descr))
add("npz, bomb", ".npz", bomb)
add("npz, encrypted", ".npz", in_directory(zip_of(("vectors.npy", npy())), 8, "<H", 1))
for method in (6, 9, 93, 97, 99):
    packed = in_directory(zip_of(("vectors.npy", npy())), 10, "<H", method)
    add(f"npz, method {method}", ".npz", packed)
add("npz, wrong checksum", ".npz", in_directory(npz(), 16, "<I", 7))
add("npz, lying size", ".npz", in_directory(npz(), 24, "<I", 10**9))
add("npz, lying place", ".npz", in_directory(npz(), 42, "<I", 2**31))
add("npz, a name twice", ".npz", zip_of(("vectors.npy", npy()), ("vectors.npy", npy())))
add("npz, path of another folder", ".npz", zip_of(("../../x.npy", npy())), "right")
add("npz, name of lines", ".npz", zip_of(("a\nb.npy", npy()), ("c\r\n.npy", npy())))
add("npz, long names", ".npz", zip_of(("a" * 60_000 + ".npy", npy()), ("b.npy", npy())))
add("npz, damaged beside", ".npz", zip_of(("vectors.npy", npy()), ("b.npy", b"no")), "right")
add("npz, 5,000 arrays", ".npz", zip_of(*((f"a{i}.npy", npy()) for i in range(5000))))
add("npz, no array", ".npz", zip_of(("readme.txt", b"hello")))
add("npz, an archive inside", ".npz", zip_of(("vectors.npy", npz())))

TEXTS = [text.encode() for text in IDS]
UTF8 = np.frombuffer(b"".join(TEXTS), np.uint8)
PLACES = np.cumsum([0, *map(len, TEXTS)], dtype=np.int64)
for name, places in {
    "negative": PLACES - 1, "beyond": PLACES + 10**6, "back": PLACES[::-1], "floats": PLACES * 1.0,
    "short": PLACES[:-1], "one": np.array(3), "zeros": PLACES * 0, "empty": PLACES[:0],
    "huge": PLACES.astype(np.uint64) + np.uint64(2**63),
}.items():  # fmt: skip
    content = npz_of(vectors=VECTORS, ids_utf8=UTF8, ids_offsets=places)
    add(f"npz, offsets {name}", ".npz", content)
add("npz, ids no text", ".npz", npz_of(vectors=VECTORS, ids_utf8=UTF8 | 128, ids_offsets=PLACES))
add("npz, metric of lines", ".npz", npz_of(vectors=VECTORS, metric=np.array("a\n<b>" * 999)))

# -- safetensors and torch -------------------------------------------------------------------------


def tensors(header: Any, data: bytes = DATA, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(**changes: Any) -> dict[str, Any]:
    return {"dtype": "F32", "shape": [12, 5], "data_offsets": [0, len(DATA)], **changes}


for name, header in {
    "overlap": {"vectors": tensor(), "b": tensor()},
    "beyond": {"vectors": tensor(data_offsets=[0, 10**9])},
    "negative": {"vectors": tensor(data_offsets=[-4, len(DATA) - 4])},
    "back": {"vectors": tensor(data_offsets=[len(DATA), 0])},
    "huge": {"vectors": tensor(shape=[2**62, 4])},
    "type": {"vectors": tensor(dtype="F99")},
    "nested": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "spaces": b" " * 1_000_000 + b"{",
    "no text": b'{"\xff":{}}',
}.items():
    add(f"safetensors, {name}", ".safetensors", tensors(header))
add("safetensors, header of 8 EB", ".safetensors", tensors({}, length=2**63))
add("safetensors, cut", ".safetensors", safetensors()[:-5])


def torch_of(make: Callable[[Any], Any]) -> Make:
    def content(path: Path) -> bytes:
        import torch

        file = io.BytesIO()
        torch.save(make(torch), file)
        return file.getvalue()

    return content


def holds_itself(torch: Any) -> Any:
    holder: list[Any] = []
    holder.append(holder)
    return holder


def laughs(torch: Any) -> Any:
    rows: list[Any] = [1.0, 2.0]
    for _ in range(30):
        rows = [rows] * 10
    return rows


add("torch, objects", ".pt", torch_of(lambda torch: {"a": Trap()}))
add("torch, packed", ".pt", lambda path: zip_of(("x/data.pkl", torch_file()), method=8))
add("torch, 40 TB", ".pt", torch_of(lambda torch: torch.zeros(1, 1).expand(10**7, 10**6)))
add("torch, a module", ".pt", torch_of(lambda torch: torch.nn.Linear(2, 2)))
add("torch, a list in itself", ".pt", torch_of(holds_itself))
add("torch, lists of lists", ".pt", torch_of(laughs))
add("torch, sparse", ".pt", torch_of(lambda torch: torch.eye(4).to_sparse()))
add("torch, nothing", ".pt", torch_of(lambda torch: {}))
add("torch, deep pickle", ".pt", b"\x80\x02" + b"(" * 200_000 + b"t" * 200_000 + b".")

# -- tables ----------------------------------------------------------------------------------------


def table_of(columns: Callable[[Any], Any], suffix: str = ".parquet") -> Make:
    """Content of a table that `columns` makes, called with pyarrow."""

    def content(path: Path) -> bytes:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table, file = columns(pa), io.BytesIO()
        if suffix == ".parquet":
            pq.write_table(table, file)
        else:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
        return file.getvalue()

    return content


def wide(n_columns: int) -> Callable[[Any], Any]:
    return lambda pa: pa.table({f"x{i}": np.ones(2, np.float32) * i for i in range(n_columns)})


def told_by_pandas(text: bytes) -> Callable[[Any], Any]:
    return lambda pa: pa.table({"x": [1.0, 2.0]}).replace_schema_metadata({b"pandas": text})


def long_run(pa: Any) -> Any:
    ends, values = pa.array([1_500_000_000], pa.int32()), pa.array([1.0], pa.float32())
    return pa.table({"x": pa.RunEndEncodedArray.from_arrays(ends, values)})


def seen_often(pa: Any) -> Any:
    starts, lengths = pa.array([0] * 1000, pa.int32()), pa.array([100_000] * 1000, pa.int32())
    views = pa.ListViewArray.from_arrays(starts, lengths, pa.array(np.zeros(100_000, np.float32)))
    return pa.table({"v": views})


for suffix in (".parquet", ".arrow"):
    either = ("changed", "refused")
    for name, columns, *expected in (
        ("20,000 columns", wide(20_000), "changed"),
        ("a name twice", lambda pa: pa.table([[1.0], [2.0]], names=["x", "x"])),
        ("uneven lists", lambda pa: pa.table({"v": [[1.0], [1.0, 2.0]]})),
        ("a list missing", lambda pa: pa.table({"v": [[1.0], None]})),
        ("lists of lists", lambda pa: pa.table({"v": [[[1.0]], [[2.0]]]})),
        ("no rows", lambda pa: pa.table({"v": pa.array([], pa.list_(pa.float32()))})),
        ("name of lines", lambda pa: pa.table({"\n\0<b>": [1.0, 2.0]}), "changed"),
        ("pandas in no JSON", told_by_pandas(b"{{{"), *either),
        ("pandas too deep", told_by_pandas(b"[" * 100_000), *either),
        ("pandas with a number", told_by_pandas(b'{"index_columns": 5}'), *either),
        ("pandas with another name", told_by_pandas(b'{"index_columns": ["no"]}'), *either),
    ):
        add(f"{suffix}, {name}", suffix, table_of(columns, suffix), *expected)
add("parquet, 60,000,000 rows of one value", ".parquet",
    table_of(lambda pa: pa.table({"x": np.zeros(60_000_000, np.float32)})))  # fmt: skip
add("arrow, 100,000,000 entries that are the same", ".arrow", table_of(seen_often, ".arrow"))
add("arrow, a run of 1,500,000,000", ".arrow", table_of(long_run, ".arrow"))

HEADER = b",".join(b"x%d" % i for i in range(100_000)) + b"\n"
either = ("changed", "refused")
add("feather, first version", ".feather", lambda path: feather("columns", version=1))
add("csv, 100,000 columns", ".csv", HEADER + (b"1," * 99_999 + b"1\n") * 3)
add("csv, a first line of 10 MB", ".csv", b"1," * 5_000_000)
add("csv, a second line of 10 MB", ".csv", b"x,y\n" + b"1," * 5_000_000)
add("csv, a third line of 10 MB", ".csv", b"x,y\n1,2\n" + b"1," * 5_000_000)
add("csv, a cell of 10 MB", ".csv", b"id,x\n" + b"a" * 10_000_000 + b",1\nb,2\n", "changed")
add("csv, 10 MB of quotes", ".csv", b'"' * 10_000_001)
add("csv, nulls in it", ".csv", b"id,x\na\0b,1\nc,2\n")
add("csv, of another encoding", ".csv", "id,x\né,1\n".encode("latin-1"))
add("csv, 16 bits a letter", ".csv", "id,x\na,1\n".encode("utf-16"))
add("csv, a huge number", ".csv", b"id,x\n" + b"9" * 5000 + b",1\n1,2\n", *either)
add("csv, infinite", ".csv", b"x,y\n1,1e400\n2,3\n", *either)
add("csv, a web page", ".csv", b"<html><body>404 Not Found</body></html>\n")
add("csv, packed", ".csv", zlib.compress(csv()))

ROW = struct.pack("<2f", 1, 2)
add("words, a header that lies", ".vec", b"1000000000000 300\na 1 2\n")
add("words, no end of digits", ".txt", b"9" * 10_000_000)
add("words, a line of 20 MB", ".vec", b"2 2\na 1 2\n" + b"b " + b"1" * 20_000_000)
add("words, 3,000,000 dimensions", ".txt", b"a" + b" 1.5" * 3_000_000, "changed")
add("words, nulls", ".txt", b"\0 1 2\n\0\0 3 4\n", *either)
add("words, of another encoding", ".vec", b"1 2\n\xff 1 2\n")
add("words, infinite", ".vec", b"1 2\na 1e999 2\n")
add("words, one a line", ".txt", b"a\nb\n" * 100_000)
add("binary words, a header that lies", ".bin", b"999999999999 999999\na ")
add("binary words, no dimension", ".bin", b"5 0\na b c d e ")
add("binary words, no end of a word", ".bin", b"1 2\n" + b"a" * 10_000_000)
add("binary words, short", ".bin", b"2 2\na " + ROW + b"b " + ROW[:-1])
add("binary words, long", ".bin", b"1 2\na " + ROW + b"more")
add("binary words, a pickle", ".bin", pickle.dumps(Trap()))
add("tsv, a first line of 10 MB", ".tsv", b"1\t" * 5_000_000)
add("tsv, 10 MB of quotes", ".tsv", b'"' * 10_000_001)
add("tsv, brackets without end", ".tsv", b"n\tembedding\n1\t" + b"[" * 5_000_000 + b"\n")


def hdf5(fill: Callable[[Any, Any], None]) -> Make:
    """Give an AnnData to which something is done in its file."""

    def make(path: Path) -> None:
        import h5py

        path.write_bytes(h5ad())
        with h5py.File(path, "r+") as file:
            fill(file, h5py)

    return make


def linked(file: Any, h5py: Any) -> None:
    del file["X"]
    file["X"] = h5py.ExternalLink("/etc/passwd", "/X")


def elsewhere(file: Any, h5py: Any) -> None:
    del file["X"]
    file.create_dataset("X", (12, 5), "f4", external=[("/etc/passwd", 0, 240)])


def circle(file: Any, h5py: Any) -> None:
    file["obs"]["kind"]["more"] = file["obs"]


def unending(file: Any, h5py: Any) -> None:
    del file["X"]
    file.create_dataset("X", (10**6, 10**4), "f4", chunks=(100, 100), fillvalue=1)


for name, fill in {"link": linked, "other": elsewhere, "in itself": circle, "1": unending}.items():
    add(f"h5ad, {name}", ".h5ad", hdf5(fill), *(either if name == "in itself" else ()))
add("h5ad, none", ".h5ad", b"\x89HDF\r\n\x1a\n" + bytes(1000))
