"""Spaces: vectors in a file of their own, joined to the items of a dataset."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.join_report import JoinReport
from embwidget._core.npz import read_npy, write_npy
from embwidget._core.parsing import parsing
from embwidget._core.parts import Parts
from embwidget.files.read import local_path
from embwidget.joining import match_rows, report_of
from embwidget.metrics import name_of
from embwidget.metrics.names import METRICS
from embwidget.registry.datasets import StoredDataset, look_at_dataset, read_dataset
from embwidget.registry.labels import checked_label, optional_text
from embwidget.registry.staging import Staged, Staging
from embwidget.registry.stamps import insert, row_named, stamp
from embwidget.registry.store import Store
from embwidget.space import Space, as_space

_DTYPE = "float32"
# A larger array of a file is read out of it by blocks.
_OPENED_ABOVE = 50_000_000
_MOST_CHARS = 290


class StoredSpace(NamedTuple):
    """A space out of a registry, and what its row says of it.

    Attributes
    ----------
    space : Space
    row : dict
    """

    space: Space
    row: dict[str, Any]


def add_space(
    store: Store,
    x: Any,
    *,
    name: str,
    dataset: str,
    experiment: str | None,
    layer: str | None,
    epoch: float | None,
    split: str | None,
    metric: Any,
    notes: str,
    options: dict[str, Any],
) -> JoinReport:
    """Write a space down; arguments as for `Registry.add`, the name checked."""
    values = {
        "name": name,
        "layer": optional_text(layer, "layer"),
        "epoch": _epoch(epoch),
        "split": optional_text(split, "split"),
        "dtype": _DTYPE,
        **stamp(notes),
    }
    dataset = checked_label(dataset, "dataset")
    experiment = None if experiment is None else checked_label(experiment, "experiment")
    with store.database.reading() as connection:
        # Before a large file is read and copied.
        row_named(connection, "dataset", dataset)
        if experiment is not None:
            row_named(connection, "experiment", experiment)
    space = _read(x, options)
    values["metric"] = _metric(space.metric if metric is None else metric)
    held = None
    if space.has_ids or _is_in_order(space):
        held = look_at_dataset(store, dataset, space.ids if space.has_ids else None)
    held = held or read_dataset(store, dataset, with_frame=False)
    report, rows, taken = _join(held, space)
    with store.staging() as staging:
        made = [write_array(staging, space.vectors, taken)]
        if rows is not None:
            made.append(write_array(staging, rows.astype(np.int64)))
        values |= {
            "n": len(space) if taken is None else len(taken),
            "dims": space.n_dims,
            "file": made[0].name,
            "rows_file": made[1].name if rows is not None else None,
            "report": str(report),
        }
        with store.adding(made) as connection:
            row = row_named(connection, "dataset", dataset)
            if row["ids_hash"] != held.ids_hash:
                msg = f"dataset {shown(dataset)} was replaced meanwhile: add the space again"
                raise ValueError(msg)
            values["dataset"] = row["id"]
            if experiment is not None:
                values["experiment"] = row_named(connection, "experiment", experiment)["id"]
            insert(connection, "space", values)
    return report


def read_space(store: Store, name: str) -> StoredSpace:
    """Read a space; KeyError for an unknown name, OSError when its file was changed."""
    with store.database.reading() as connection:
        row = dict(row_named(connection, "space", name))
        query = "SELECT name FROM dataset WHERE id = ?"
        dataset = connection.execute(query, (row["dataset"],)).fetchone()["name"]
    try:
        return StoredSpace(_space_of(store, row, read_dataset(store, dataset)), row)
    except (OSError, KeyError):
        with store.database.reading() as connection:
            # Removed since: that is what there is to say.
            row_named(connection, "space", name)
        raise


def _space_of(store: Store, row: dict[str, Any], held: StoredDataset) -> Space:
    """Space of a row, with what its dataset says of its items."""
    path = store.sound(row["file"])
    with parsing(f"the vectors of space {shown(row['name'])} cannot be read"):
        vectors = read_npy(path, above=0, follow=False)
    if vectors.dtype != np.float32 or vectors.shape != (row["n"], row["dims"]):
        msg = (
            f"space {shown(row['name'])}: its file holds {vectors.dtype} of shape {vectors.shape}, "
            f"its row says {shown((row['n'], row['dims']))} of {_DTYPE}: verify()"
        )
        raise ValueError(msg)
    rows = _rows_of(store, row, held.n)
    frame = held.frame.drop(columns=[held.id_column]) if held.id_column else held.frame
    frame = None if len(frame.columns) == 0 else frame
    if rows is not None and frame is not None:
        frame = frame.iloc[rows].reset_index(drop=True)
    ids = held.ids if rows is None or held.ids is None else held.ids[rows]
    metric = row["metric"] if row["metric"] in METRICS else None
    made = Space._of(Parts(vectors, ids, frame, name=row["name"], metric=metric), Parts(None))
    if ids is None and rows is not None:
        # As of some rows of another space: their positions there.
        made.ids = rows
    return made


def _rows_of(store: Store, row: dict[str, Any], n_items: int) -> NDArray[np.intp] | None:
    """Rows (n,) intp of the dataset that a space has; None = all."""
    if row["rows_file"] is None and row["n"] == n_items:
        return None
    with parsing(f"the rows of space {shown(row['name'])} cannot be read"):
        if row["rows_file"] is None:
            msg = f"it has {row['n']} of {n_items} items, and nothing says which"
            raise ValueError(msg)
        rows = read_npy(store.sound(row["rows_file"]), follow=False)[:]
        are_rows = rows.dtype == np.int64 and rows.shape == (row["n"],)
        if not are_rows or rows[0] < 0 or rows[-1] >= n_items or (np.diff(rows) <= 0).any():
            msg = f"they are no rows of a dataset of {n_items}"
            raise ValueError(msg)
        return rows.astype(np.intp)


def _read(x: Any, options: dict[str, Any]) -> Space:
    """Space of what was given; a large .npy stays in its file."""
    if isinstance(x, (str, Path)) and not options:
        path = local_path(x)
        if path.suffix.lower() == ".npy" and path.is_file():
            if path.stat().st_size <= _OPENED_ABOVE:
                return as_space(path)
            with parsing(f"{shown(path.name)} cannot be read"):
                vectors = read_npy(path, above=0)
            return Space(vectors, name=path.stem)
    return as_space(x, **options)


def _is_in_order(space: Space) -> bool:
    """Whether all rows of a space are there, and nothing but their order tells them apart."""
    if space.has_ids or space.index is not None or len(space.dropped):
        return False
    return np.array_equal(space.ids, np.arange(len(space)))


def _join(
    held: StoredDataset, space: Space
) -> tuple[JoinReport, NDArray[np.intp] | None, NDArray[np.intp] | None]:
    """Say which items of a dataset a space has.

    Returns
    -------
    report : JoinReport
        Its a is the dataset, and its b the space.
    rows : (n_items,) intp or None
        Rows of the dataset, ascending; None = all.
    taken : (n_items,) intp or None
        The rows of the space for them; None = all, as they lie.
    """
    start = f"a is the dataset {shown(held.name)[:40]}, b the space"
    if held.ids is None and space.has_ids:
        msg = (
            f"the space has ids ({shown(space.ids[0])}), and the dataset {shown(held.name)} has "
            "none: add the dataset with id=, or give vectors without ids in the order of its rows"
        )
        raise ValueError(msg)
    items = Space(np.zeros((held.n, 1), np.float32), name=held.name)
    if held.ids is not None:
        # They were checked when they were read.
        items.ids, items.has_ids = held.ids, True
    try:
        matching = match_rows(items, space)
    except ValueError as error:
        msg = f"{start}: {error}"
        raise ValueError(msg if len(msg) <= _MOST_CHARS else str(error)) from error
    report = report_of(items, space, matching)
    notes = (f"a is the dataset {shown(held.name)}, b the space", *report.notes)
    if space.metadata is not None:
        notes += ("the metadata is the dataset's, that of the space is left out",)
    return replace(report, notes=notes), matching.rows_a, matching.rows_b


def write_array(
    staging: Staging, array: NDArray[Any], rows: NDArray[np.intp] | None = None
) -> Staged:
    """Write an array (n, ...) of float32 or int64, or some rows (n_rows,) intp of it, by blocks."""
    with staging.writing(".npy") as (file, made):
        write_npy(file, array, rows)
    return made[0]


def _epoch(epoch: Any) -> float | None:
    if epoch is None:
        return None
    if isinstance(epoch, bool) or not isinstance(epoch, (int, float, np.number)):
        msg = f"epoch={shown(epoch)} ({type(epoch).__name__}): give a number"
        raise TypeError(msg)
    if not np.isfinite(epoch):
        msg = f"epoch={shown(epoch)}: give a finite number"
        raise ValueError(msg)
    return float(epoch)


def _metric(given: Any) -> str | None:
    """Name of a metric that a later reader knows, too."""
    if given is None:
        return None
    name = name_of(given)
    if name not in METRICS:
        msg = f"metric={shown(given)} is an object of your own, which no registry can hold: " + (
            f"use one of {', '.join(METRICS)}, or leave it out"
        )
        raise ValueError(msg)
    return str(name)
