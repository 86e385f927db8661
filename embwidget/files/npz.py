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
        stated = {
            name: str(members[name].read())
            for name in ("name", "metric")
            # Of a damaged one no shape is known: it is read, which says so.
            if name in members and members[name].shape in {(), None}
        }
        if {"indices", "indptr", "data", "shape", "format"} <= set(members):
            shape = tuple(members["shape"].read().tolist())
            entries = {"vectors": Entry(shape, lambda: _sparse(members))}
        texts = [members[name] for name in ("ids_utf8", "ids_offsets") if name in members]
        if len(texts) == 1:
            msg = "its ids are damaged: ids_utf8 and ids_offsets are nothing without each other"
            raise ValueError(msg)
        if texts:
            utf8, offsets = texts
            entries["ids"] = Entry(offsets.shape, lambda: _decoded(utf8.read(), offsets.read()))
        yield Arrays(entries, **stated)


FORMAT = ArrayFormat((".npz",), _open)


def npz_arrays(parts: Parts) -> dict[str, Any]:
    """Arrays of an .npz file that is read as these parts; ids are (n_samples,) int or object."""
    arrays: dict[str, Any] = {"vectors": parts.vectors}
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
