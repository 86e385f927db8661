"""Spaces from files and into files. Nothing is ever unpickled, for a pickle can run code."""

import os
import secrets
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from embwidget._core.checks import near_names, shown
from embwidget.files.arrays import (
    ArrayParts,
    npz_arrays,
    read_npy,
    read_npz,
    read_safetensors,
    read_torch,
)
from embwidget.files.tables import read_arrow, read_csv, read_parquet
from embwidget.space import Space, as_space

_CONTAINERS: dict[str, Callable[[Path, str | None, str | None], ArrayParts]] = {
    ".npy": read_npy,
    ".npz": read_npz,
    ".safetensors": read_safetensors,
    ".pt": read_torch,
    ".pth": read_torch,
}
_TABLES: dict[str, Callable[[Path, str | None], tuple[Any, str | None]]] = {
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".ipc": read_arrow,
    ".csv": read_csv,
}
_PICKLES = {".pkl", ".pickle", ".joblib"}


def load(
    path: str | Path,
    *,
    key: str | None = None,
    vectors: str | list[str] | None = None,
    id: str | None = None,  # noqa: A002 (the word of every frame)
    name: str | None = None,
    metric: str | None = None,
) -> Space:
    """Read a space from a file.

    Parameters
    ----------
    path : str or Path
        Arrays: .npy (opened as a read-only memmap), .npz, .safetensors, .pt and .pth (tensors
        alone). Tables: .parquet, .arrow, .feather, .ipc, .csv (with a line of column names).
    key : str, optional
        Which of several arrays holds the vectors; by default "vectors", or the only 2-D one.
    vectors : str or list of str, optional
        Columns of a table that hold the vectors, as for `Space.from_frame`.
    id : str, optional
        Column, or array, of the ids; by default the array "ids" beside other arrays, and in a table
        the column "id", else the index that pandas wrote.
    name, metric : str, optional
        As for `Space`; by default what `save` wrote, else the file's name without the suffix.

    Returns
    -------
    Space
        Further columns of a table are its metadata, a pandas frame.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError, TypeError
        When the suffix is not known, the file is damaged, or there is a choice to make.
    ImportError
        When the format needs a package that is not installed.
    """
    path, suffix = _checked(path)
    if suffix in _CONTAINERS:
        if vectors is not None:
            msg = f"vectors={shown(vectors)} names columns of a table; for {suffix} use key="
            raise ValueError(msg)
        parts = _CONTAINERS[suffix](path, key, id)
        return Space(
            parts.vectors,
            ids=parts.ids,
            name=name or parts.name or path.stem,
            metric=metric or parts.metric,
        )
    if key is not None:
        msg = f"key={shown(key)} names one of several arrays; for {suffix} use vectors="
        raise ValueError(msg)
    table, index = _TABLES[suffix](path, id)
    space = Space.from_frame(
        table, vectors=vectors, id=index, name=name or path.stem, metric=metric
    )
    rest: Any = space.metadata
    if hasattr(rest, "to_pandas"):
        # Arrow is but the way into memory; what the base install works with is pandas.
        space.metadata = rest.to_pandas()
    return space


def save(space: Any, path: str | Path) -> None:
    """Write vectors, ids, name and metric as an .npz file, whole or not at all.

    Parameters
    ----------
    space : Space or anything that makes one
        Metadata has no place in the file: a warning says so.
    path : str or Path
        Ends in .npz; a file of that name is replaced.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() != ".npz":
        msg = f"{shown(str(path))}: a space is saved as .npz: give a path that ends so"
        raise ValueError(msg)
    if not path.parent.is_dir():
        msg = f"there is no folder {shown(str(path.parent))}: make it first"
        raise FileNotFoundError(msg)
    space = as_space(space)
    if space.metadata is not None:
        msg = "the metadata is not kept in an .npz file: save the frame beside it"
        warnings.warn(msg, stacklevel=2)
    with _whole_file(path) as file:
        arrays: dict[str, Any] = npz_arrays(space)
        np.savez(file, **arrays)


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets its name when it is complete, and vanishes after an error."""
    # Beside its goal, for a rename is atomic on one file system only.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _checked(given: str | Path) -> tuple[Path, str]:
    """Path of a file that is there, and its suffix, which is a known one."""
    path = Path(given).expanduser()
    suffix = path.suffix.lower()
    if suffix not in _CONTAINERS and suffix not in _TABLES:
        why = "pickles are never opened, for they can run code" if suffix in _PICKLES else "unknown"
        msg = (
            f"{shown(str(given))}: suffix {shown(suffix)}: {why}: "
            f"use one of {', '.join([*_CONTAINERS, *_TABLES])}"
        )
        raise ValueError(msg)
    try:
        found = path.is_file()
    except (OSError, ValueError):
        # Names that no file can have: too long, or with a null in them.
        found = False
    if not found:
        raise FileNotFoundError(_missing(path, suffix))
    return path, suffix


def _missing(path: Path, suffix: str) -> str:
    """Say what there is instead of a file that is not there."""
    start = f"there is no file {shown(str(path))}"
    try:
        if not path.parent.is_dir():
            return f"{start}: its folder does not exist"
        names = sorted(other.name for other in path.parent.iterdir() if other.suffix == suffix)
    except (OSError, ValueError):
        return f"{start}: no file can have this name"
    if not names:
        return f"{start}: its folder holds no {suffix} file"
    return f"{start}: {near_names(path.name, names)}"
