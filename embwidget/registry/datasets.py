"""Datasets: the ids and the metadata of the items that spaces embed."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import has_column
from embwidget._core.checks import near_names, shown
from embwidget._core.frames import as_frame, plain_arrow
from embwidget._core.ids import as_ids
from embwidget._core.keys import index_of, kind_of
from embwidget._core.names import as_name, with_text_names
from embwidget._core.parsing import parsing
from embwidget.files.format import Wanted
from embwidget.files.metadata_file import (
    read_keys,
    read_metadata,
    read_texts,
    stored_frame,
    suffix_for_metadata,
    write_metadata,
)
from embwidget.files.read import FORMATS, local_path
from embwidget.registry.stamps import insert, row_named, stamp
from embwidget.registry.store import Store

_INDEX = "index"
_BLOCK_TEXTS = 65_536


class StoredDataset(NamedTuple):
    """A dataset out of a registry.

    Attributes
    ----------
    row : int
        Its id in the database.
    name : str
    n : int
        Number of items.
    ids : (n,) int64, uint64 or object (of str), or None
        None = it has none, and its items are known by their rows.
    id_column : str or None
    ids_hash : str
    frame : pandas.DataFrame or None
        One row for each item; None = not asked for.
    """

    row: int
    name: str
    n: int
    ids: NDArray[Any] | None
    id_column: str | None
    ids_hash: str
    frame: Any


def add_dataset(
    store: Store,
    metadata: Any,
    *,
    name: str,
    id: str | None,  # noqa: A002 (the word of every frame)
    notes: str,
    guess: bool = True,
) -> None:
    """Write a dataset down; arguments as for `Registry.add_dataset`, the name checked.

    Unless ``guess`` is true, no column holds ids but one that is named.
    """
    frame, column = _frame_of(metadata, id)
    column = column if guess else id
    if len(frame) == 0 or len(frame.columns) == 0:
        msg = "metadata has no rows or no columns: give one row for each item"
        raise ValueError(msg)
    n, ids_hash = len(frame), hash_of_ids(_ids_of(frame, column), len(frame))
    suffix = suffix_for_metadata()
    with store.staging() as staging:
        with staging.writing(suffix) as (file, made):
            write_metadata(file, frame, suffix)
        # A million texts are some hundred megabytes, and are read again now.
        del frame
        # What would be refused later, or come back as something else, is refused now.
        again = _ids_of(read_metadata(made[0].path), column)
        if hash_of_ids(again, n) != ids_hash:
            msg = f"the ids in column {shown(column)} do not survive being stored: make them text"
            raise ValueError(msg)
        values = {
            "name": name,
            "n": n,
            "id_column": column,
            "file": made[0].name,
            "ids_hash": ids_hash,
            **stamp(notes),
        }
        with store.adding(made) as connection:
            insert(connection, "dataset", values)


def read_dataset(store: Store, name: str, *, with_frame: bool = True) -> StoredDataset:
    """Read a dataset, or its ids; KeyError for an unknown name, OSError for a changed file."""
    with store.database.reading() as connection:
        row = row_named(connection, "dataset", name)
    path, column = store.sound(row["file"]), row["id_column"]
    frame = read_metadata(path) if with_frame else None
    if frame is None:
        ids = None if column is None else _checked_keys(read_keys(path, column), column)
    elif column is not None and column not in frame.columns:
        msg = f"dataset {shown(name)}: its file has no column {shown(column)}: verify()"
        raise ValueError(msg)
    else:
        ids = _ids_of(frame, column)
    n = row["n"] if frame is None else len(frame)
    if n != row["n"] or hash_of_ids(ids, n) != row["ids_hash"]:
        raise ValueError(_other_ids(name))
    return StoredDataset(row["id"], row["name"], n, ids, column, row["ids_hash"], frame)


def look_at_dataset(
    store: Store, name: str, ids: NDArray[Any] | None = None
) -> StoredDataset | None:
    """Dataset whose ids are those that were added, without making a text of each.

    As by `read_dataset`, in a tenth of the memory.

    Parameters
    ----------
    store : Store
    name : str
    ids : (n,) int64, uint64 or object (of str), optional
        Ids that may be those of the dataset, in its order; None = they are not asked for, and the
        positions of the rows stand in their place.

    Returns
    -------
    StoredDataset or None
        None where it has other ids than these.
    """
    with store.database.reading() as connection:
        row = row_named(connection, "dataset", name)
    if ids is not None and row["ids_hash"] != hash_of_ids(ids, len(ids)):
        return None
    path, column, n = store.sound(row["file"]), row["id_column"], row["n"]
    texts = None if column is None else read_texts(path, column, _BLOCK_TEXTS)
    ids = np.arange(n) if ids is None else ids
    if texts is None:
        held = read_dataset(store, name, with_frame=False)
        return held if column is None else held._replace(ids=ids)
    if _hash_of_texts(n, texts) != row["ids_hash"]:
        raise ValueError(_other_ids(name))
    return StoredDataset(row["id"], row["name"], n, ids, column, row["ids_hash"], None)


def _other_ids(name: str) -> str:
    return f"dataset {shown(name)}: the ids in its file are not those that were added: verify()"


def ids_hash_of(metadata: Any, id: str | None) -> str:  # noqa: A002
    """Hash of the ids that a dataset would have, of a column or of its rows."""
    frame, _ = _frame_of(metadata, id)
    return hash_of_ids(_ids_of(frame, id), len(frame))


def hash_of_ids(ids: NDArray[Any] | None, n: int) -> str:
    """SHA-256 of ids (n,) int64, uint64 or object in their order; of row positions for None."""
    if ids is None:
        return hashlib.sha256(f"rows {n}".encode()).hexdigest()
    if ids.dtype == object:
        return _hash_of_texts(n, _encoded(ids))
    digest = hashlib.sha256(f"int {n} ".encode())
    digest.update(np.ascontiguousarray(ids.astype(f"<{ids.dtype.str[1:]}")).data)
    return digest.hexdigest()


def _hash_of_texts(n: int, encoded: Iterable[tuple[NDArray[np.int64], bytes]]) -> str:
    """SHA-256 of n texts, in blocks of `_BLOCK_TEXTS`: lengths (n_block,) int64, and all UTF-8."""
    digest = hashlib.sha256(f"text {n} ".encode())
    for lengths, utf8 in encoded:
        digest.update(lengths.astype("<i8").data)
        digest.update(utf8)
    return digest.hexdigest()


def _encoded(ids: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], bytes]]:
    """Blocks of texts (n,) object: lengths (n_block,) int64 in UTF-8, and all of that."""
    for start in range(0, len(ids), _BLOCK_TEXTS):
        some = ids[start : start + _BLOCK_TEXTS].tolist()
        texts = [text.encode("utf-8", "surrogatepass") for text in some]
        yield np.array([len(text) for text in texts], np.int64), b"".join(texts)


def _ids_of(frame: Any, column: str | None) -> NDArray[Any] | None:
    """Ids (n,) int64, uint64 or object (of str); None where there is no column of them."""
    if column is None:
        return None
    return _checked_keys(frame[column], column)


def _checked_keys(keys: Any, column: str) -> NDArray[Any]:
    """Ids (n,) int64, uint64 or object (of str), out of a column of any dtype."""
    return as_ids(keys, len(keys), f"id column {shown(column)}")


def _frame_of(metadata: Any, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Pandas frame of what was given, and which of its columns holds the ids."""
    if isinstance(metadata, (str, Path)):
        native, told = _table(metadata, id)
        id = told if id is None else id  # noqa: A001
    else:
        native = as_frame(plain_arrow(metadata), "metadata").to_native()
        native, id = with_text_names(native, "metadata"), as_name(id)  # noqa: A001
    index = index_of(native)
    columns = list(as_frame(native, "metadata").columns)
    if id is None and "id" not in columns and index is not None and kind_of(index) == "string":
        # As by `Space.from_frame`: an index of texts are the keys.
        id = _INDEX if index.name is None else str(index.name)  # noqa: A001
        native = native.reset_index(names=id) if id not in columns else native
    elif id is not None and id not in columns and has_column(native, id):
        native = native.reset_index(level=id)
    frame = stored_frame(native)
    if id is None:
        return frame, "id" if "id" in frame.columns else None
    if id not in frame.columns:
        msg = f"id={shown(id)} is no column of the metadata: {near_names(id, frame.columns)}"
        raise ValueError(msg)
    return frame, id


def _table(path: str | Path, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Table of a file, and its column of ids as far as the file tells."""
    found = local_path(path)
    suffix = found.suffix.lower()
    tables = [each for each, held in FORMATS.items() if held.gives == "table"]
    if suffix not in tables:
        msg = f"{shown(found.name)} is no table of metadata: give one of {', '.join(tables)}"
        raise ValueError(msg)
    if not found.is_file():
        msg = f"there is no file {shown(str(found))}"
        raise FileNotFoundError(msg)
    held: Any = FORMATS[suffix]
    if held.package is not None:
        held.check(Wanted())
    with parsing(f"{shown(found.name)} cannot be read"):
        read = held.read(found, id)
        return as_frame(plain_arrow(read.frame), "metadata").to_native(), read.id
