"""Arrays in an archive of numpy: what `numpy.savez` writes, and what a space is saved as."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.npz import npz_entries
from embwidget._core.parsing import check_unpacked
from embwidget._core.parts import Entry, Parts
from embwidget._core.whole_file import open_regular
from embwidget.files.arrays import ArrayFormat, Arrays


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    with open_regular(path) as file, npz_entries(file) as members:
        entries: dict[str | None, Entry] = dict(members.items())
        if {"indices", "indptr", "data", "shape", "format"} <= set(members):
            shape = tuple(members["shape"].read().tolist())
            entries = {"vectors": Entry(shape, lambda: _sparse(members))}
        ids = _ids_entry(members)
        if ids is not None:
            entries["ids"] = ids
        yield Arrays(entries, **_stated(members))


FORMAT = ArrayFormat((".npz",), _open)


def npz_arrays(parts: Parts) -> dict[str, Any]:
    """Arrays of an .npz file that is read as these parts; ids are (n_samples,) int or object."""
    return {"vectors": parts.vectors, **described_arrays(parts)}


def described_arrays(parts: Parts) -> dict[str, Any]:
    """What is said of vectors, as arrays of an .npz file; ids are (n_samples,) int or object."""
    arrays: dict[str, Any] = {}
    if parts.ids is not None and parts.ids.dtype == object:
        # numpy's own text type takes the longest id's room for each, and drops nulls at the end.
        encoded = [text.encode("utf-8", "surrogatepass") for text in parts.ids]
        arrays["ids_utf8"] = np.frombuffer(b"".join(encoded), np.uint8)
        arrays["ids_offsets"] = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    elif parts.ids is not None:
        arrays["ids"] = parts.ids
    for name, value in (("name", parts.name), ("metric", parts.metric)):
        if value is not None:
            arrays[name] = np.array(value)
    return arrays


def described_parts(entries: Mapping[str, Entry]) -> Parts:
    """Read again what `described_arrays` made: ids, name and metric, without vectors."""
    ids = _ids_entry(entries)
    return Parts(None, None if ids is None else ids.read(), **_stated(entries))


def _stated(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Name and metric, as far as they stand there."""
    return {
        name: str(entries[name].read())
        for name in ("name", "metric")
        # Of a damaged one no shape is known: it is read, which says so.
        if name in entries and entries[name].shape in {(), None}
    }


def _ids_entry(entries: Mapping[str, Entry]) -> Entry | None:
    """Ids (n_samples,) int or list of str, in the one way or the other."""
    texts = [entries[name] for name in ("ids_utf8", "ids_offsets") if name in entries]
    if len(texts) == 1:
        msg = "its ids are damaged: ids_utf8 and ids_offsets are nothing without each other"
        raise ValueError(msg)
    if texts:
        utf8, offsets = texts
        return Entry(offsets.shape, lambda: _decoded(utf8.read(), offsets.read()))
    return entries.get("ids")


def _sparse(members: Mapping[str, Entry]) -> Any:
    """Matrix that `scipy.sparse.save_npz` wrote, its rows or columns packed."""
    from scipy import sparse

    parts = {name: members[name].read() for name in ("data", "indices", "indptr", "shape")}
    kind = members["format"].read().item()
    kinds = {b"csr": sparse.csr_array, b"csc": sparse.csc_array}
    if kind not in kinds:
        msg = f"it holds a sparse matrix of the format {shown(kind)}: save it as CSR, x.tocsr()"
        raise ValueError(msg)
    shape = tuple(parts.pop("shape").tolist())
    # Rows or columns in which nothing stands cost no byte of the file, but memory here.
    check_unpacked(8 * max(shape), sum(array.nbytes for array in parts.values()))
    matrix = kinds[kind]((parts["data"], parts["indices"], parts["indptr"]), shape)
    # Damaged places would be followed out of the memory.
    matrix.check_format(full_check=True)
    return matrix


def _decoded(utf8: NDArray[Any], offsets: NDArray[Any]) -> list[str]:
    """Texts that stand one behind the other.

    Parameters
    ----------
    utf8 : (n_bytes,) uint8
    offsets : (n_samples + 1,) int
        The i-th text ends where the next one begins.
    """
    right = utf8.dtype == np.uint8 and utf8.ndim == 1
    right &= offsets.dtype.kind in "iu" and offsets.ndim == 1 and len(offsets) > 0
    # From the first byte to the last and never back: a negative position would count from the end.
    if not right or offsets[0] != 0 or offsets[-1] != len(utf8) or (np.diff(offsets) < 0).any():
        msg = "its ids are damaged: ids_offsets do not cut ids_utf8 into texts"
        raise ValueError(msg)
    data, ends = utf8.tobytes(), offsets.tolist()
    return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends)]
