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


class NewSpace(NamedTuple):
    """A space that is to be added; what `Registry.add` takes, the name checked.

    Attributes
    ----------
    space : object
        Anything that makes a space.
    name, dataset : str
    experiment, layer, split, metric, notes, epoch
    options : dict
        Of `embwidget.as_space`.
    """

    space: Any
    name: str
    dataset: str
    experiment: str | None
    layer: str | None
    epoch: float | None
    split: str | None
    metric: Any
    notes: str
    options: dict[str, Any]


class _Checked(NamedTuple):
    """A space that can be added: what its row says, and which rows (n,) intp its files get."""

    new: NewSpace
    values: dict[str, Any]
    held: StoredDataset
    space: Space
    report: JoinReport
    rows: NDArray[np.intp] | None
    taken: NDArray[np.intp] | None


def add_spaces(store: Store, new: list[NewSpace]) -> list[JoinReport]:
    """Write spaces down, all of them or none; returns what was found of each."""
    checked = [_checked(store, each) for each in new]
    with store.staging() as staging:
        made = [_written(staging, each) for each in checked]
        with store.adding([file for files in made for file in files]) as connection:
            for each in checked:
                row = row_named(connection, "dataset", each.held.name)
                if row["ids_hash"] != each.held.ids_hash:
                    msg = (
                        f"dataset {shown(each.held.name)} was replaced meanwhile: "
                        "add the space again"
                    )
                    raise ValueError(msg)
                each.values["dataset"] = row["id"]
                if each.new.experiment is not None:
                    found = row_named(connection, "experiment", each.new.experiment)
                    each.values["experiment"] = found["id"]
                insert(connection, "space", each.values)
    return [each.report for each in checked]


def _checked(store: Store, new: NewSpace) -> _Checked:
    """Read a space and join it to its dataset; nothing is written."""
    values = {
        "name": new.name,
        "layer": optional_text(new.layer, "layer"),
        "epoch": _epoch(new.epoch),
        "split": optional_text(new.split, "split"),
        "dtype": _DTYPE,
        **stamp(new.notes),
    }
    dataset = checked_label(new.dataset, "dataset")
    if new.experiment is not None:
        new = new._replace(experiment=checked_label(new.experiment, "experiment"))
    with store.database.reading() as connection:
        # Before a large file is read and copied.
        row_named(connection, "dataset", dataset)
        if new.experiment is not None:
            row_named(connection, "experiment", new.experiment)
    space = _read(new.space, new.options)
    values["metric"] = _metric(space.metric if new.metric is None else new.metric)
    held = None
    if space.has_ids or _is_in_order(space):
        held = look_at_dataset(store, dataset, space.ids if space.has_ids else None)
    held = held or read_dataset(store, dataset, with_frame=False)
    return _Checked(new, values, held, space, *_join(held, space))


def _written(staging: Staging, checked: _Checked) -> list[Staged]:
    """Write the files of a space, and into its row what they are."""
    space, rows, taken = checked.space, checked.rows, checked.taken
    made = [write_array(staging, space.vectors, taken)]
    if rows is not None:
        made.append(write_array(staging, rows.astype(np.int64)))
    checked.values.update(
        n=len(space) if taken is None else len(taken),
        dims=space.n_dims,
        file=made[0].name,
        rows_file=made[1].name if rows is not None else None,
        report=str(checked.report),
    )
    return made


def read_space(store: Store, name: str) -> StoredSpace:
    """Read a space; KeyError for an unknown name, OSError when its file was changed."""
    with store.database.reading() as connection:
        row = dict(row_named(connection, "space", name))
        query = "SELECT name FROM dataset WHERE id = ?"
        dataset = connection.execute(query, (row["dataset"],)).fetchone()["name"]
    try:
        return StoredSpace(space_of(store, row, read_dataset(store, dataset)), row)
    except (OSError, KeyError):
        with store.database.reading() as connection:
            # Removed since: that is what there is to say.
            row_named(connection, "space", name)
        raise


def space_of(store: Store, row: dict[str, Any], held: StoredDataset) -> Space:
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
