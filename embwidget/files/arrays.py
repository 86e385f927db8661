"""Files of one or several arrays: which of them holds the vectors, and which the ids."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.optional import import_extra

if TYPE_CHECKING:
    from embwidget.space import Space

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_UNREADABLE = (ValueError, EOFError, OSError, zipfile.BadZipFile)
_MOST_NAMED = 6


class ArrayParts(NamedTuple):
    """What a file of arrays says of a space; None where it says nothing."""

    vectors: Any
    ids: Any = None
    name: str | None = None
    metric: str | None = None


class _Entry(NamedTuple):
    """One array of a file, read when it is needed."""

    shape: tuple[int, ...]
    read: Callable[[], Any]


def read_npy(path: Path, key: str | None, id: str | None) -> ArrayParts:  # noqa: A002
    """Open the file's one array as a read-only memmap."""
    for option, name in (("key", key), ("id", id)):
        if name is not None:
            msg = f"{option}={shown(name)}: an .npy file holds one array, which has no name"
            raise ValueError(msg)
    with reading(path):
        return ArrayParts(np.lib.format.open_memmap(path, mode="r"))


def read_npz(path: Path, key: str | None, id: str | None) -> ArrayParts:  # noqa: A002
    """Read one of the arrays of an archive, and the ids beside it."""
    with reading(path):
        # Opened as an archive first: numpy would take what is none for a pickle.
        archive = zipfile.ZipFile(path)
        file = np.load(path, allow_pickle=False)
    with archive, file:
        with reading(path):
            entries = {
                name: _Entry(_npz_shape(archive, f"{name}.npy"), partial(file.__getitem__, name))
                for name in file.files
                if f"{name}.npy" in archive.namelist()
            }
            stated = {
                name: str(file[name])
                for name in ("name", "metric")
                if name in entries and entries[name].shape == ()
            }
        if {"ids_utf8", "ids_offsets"} <= set(entries):
            n_ids = entries["ids_offsets"].shape
            entries["ids"] = _Entry(n_ids, lambda: _decoded(file["ids_utf8"], file["ids_offsets"]))
        return _parts(path, entries, key, id)._replace(**stated)


def read_safetensors(path: Path, key: str | None, id: str | None) -> ArrayParts:  # noqa: A002
    """Read one tensor, and the ids beside it."""
    safetensors = import_extra("safetensors", extra="files")
    with reading(path, safetensors.SafetensorError):
        opened = safetensors.safe_open(path, framework="numpy")
    with opened as file:

        def read(name: str) -> Any:
            bfloat16 = file.get_slice(name).get_dtype() == "BF16"
            return _bfloat16(path, name) if bfloat16 else file.get_tensor(name)

        entries = {
            name: _Entry(tuple(file.get_slice(name).get_shape()), partial(read, name))
            for name in file.keys()  # noqa: SIM118 (the file is no mapping)
        }
        return _parts(path, entries, key, id)


def read_torch(path: Path, key: str | None, id: str | None) -> ArrayParts:  # noqa: A002
    """Read a tensor, or one of a dict of tensors, and the ids beside it."""
    torch = import_extra("torch", extra="train")
    try:
        with reading(path, RuntimeError):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        msg = (
            f"{shown(path.name)} holds more than tensors, and pickles are never opened, for they "
            "can run code: save the tensor alone, torch.save(tensor, path)"
        )
        raise ValueError(msg) from error
    arrays = found if isinstance(found, Mapping) else {"vectors": found}
    entries = {
        str(name): _Entry(_shape_of(value), partial(arrays.__getitem__, name))
        for name, value in arrays.items()
    }
    return _parts(path, entries, key, id)


def npz_arrays(space: "Space") -> dict[str, NDArray[Any]]:
    """Arrays of an .npz file that `read_npz` turns into the same space."""
    arrays: dict[str, NDArray[Any]] = {"vectors": space.vectors}
    if space.has_ids and space.ids.dtype == object:
        # numpy's own text type takes the longest id's room for each, and drops nulls at the end.
        encoded = [text.encode("utf-8", "surrogatepass") for text in space.ids]
        arrays["ids_utf8"] = np.frombuffer(b"".join(encoded), np.uint8)
        arrays["ids_offsets"] = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    elif space.has_ids:
        arrays["ids"] = space.ids
    for name, value in (("name", space.name), ("metric", space.metric)):
        if value is not None:
            arrays[name] = np.array(value)
    return arrays


@contextmanager
def reading(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn what a library says of a damaged file into one line that names the file."""
    caught: tuple[type[Exception], ...] = (*_UNREADABLE, *errors)
    try:
        yield
    except caught as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        if "Python objects" in reason or "Object arrays" in reason:
            reason = "it holds Python objects, which are never unpickled: save them as float32"
        msg = f"{shown(path.name)} cannot be read: {reason[:200]}"
        raise ValueError(msg) from error


def _parts(
    path: Path,
    entries: Mapping[str, _Entry],
    key: str | None,
    id: str | None,  # noqa: A002
) -> ArrayParts:
    """Read the vectors, and the ids if there are some."""
    for option, name in (("key", key), ("id", id)):
        if name is not None and name not in entries:
            there = near_names(name, entries)
            msg = f"{shown(path.name)} has no array {option}={shown(name)}: {there}"
            raise ValueError(msg)
    name = _vectors_name(path, entries, id) if key is None else key
    ids = entries.get("ids" if id is None else id)
    with reading(path):
        return ArrayParts(entries[name].read(), None if ids is None else ids.read())


def _vectors_name(path: Path, entries: Mapping[str, _Entry], id: str | None) -> str:  # noqa: A002
    """Name of the array that is meant when none is named."""
    if "vectors" in entries:
        return "vectors"
    names = [name for name in entries if name not in {id, "ids"}]
    tables = [name for name in names if len(entries[name].shape) == 2]
    # A single array of another shape is taken too: the check of the vectors says what is wrong.
    for choice in (tables, names):
        if len(choice) == 1:
            return choice[0]
    there = ", ".join(f"{shown(name)} {entries[name].shape}" for name in names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    msg = f"{shown(path.name)} holds {there or 'no array'}{more}: choose the vectors with key="
    raise ValueError(msg)


def _npz_shape(archive: zipfile.ZipFile, member: str) -> tuple[int, ...]:
    """Shape of an array in the archive, from its header alone."""
    with archive.open(member) as file:
        shape: tuple[int, ...] = _HEADERS[np.lib.format.read_magic(file)](file)[0]
    return shape


def _decoded(utf8: NDArray[Any], offsets: NDArray[Any]) -> list[str]:
    """Texts that stand one behind the other; the i-th ends where the next begins."""
    data, places = utf8.tobytes(), offsets.tolist()
    return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(places)]


def _bfloat16(path: Path, name: str) -> NDArray[np.float32]:
    """Tensor of a type that numpy lacks: the upper half of a float32."""
    safetensors = import_extra("safetensors", extra="files")
    tensor = dict(safetensors.deserialize(path.read_bytes()))[name]
    bits = np.frombuffer(tensor["data"], "<u2").astype(np.uint32) << 16
    return bits.view(np.float32).reshape(tensor["shape"])


def _shape_of(value: Any) -> tuple[int, ...]:
    return tuple(value.shape) if hasattr(value, "shape") else np.shape(value)[:1]
