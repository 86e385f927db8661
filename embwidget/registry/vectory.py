"""What Vectory wrote down, taken over as far as its files still exist."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.npz import npz_entries, read_npy
from embwidget._core.parsing import parsing
from embwidget._core.whole_file import open_regular
from embwidget.registry.datasets import add_dataset, ids_hash_of, read_dataset
from embwidget.registry.experiments import add_experiment, as_json
from embwidget.registry.inspection import Problem
from embwidget.registry.labels import checked_label
from embwidget.registry.rows import rows_of
from embwidget.registry.spaces import NewSpace, add_spaces
from embwidget.registry.store import Store
from embwidget.registry.taken import TakenOver

# How Vectory calls the number of a row where a table has no column of ids.
_ROW_NUMBER = "_idx"
_COLUMNS = {
    "datasets": "id, name, created, csv_path, id_field",
    "experiments": "id, name, model, created, params, train_dataset_id",
    "embedding_spaces": "id, name, created, npz_path, dims, experiment_id, dataset_id",
}
_SHOWN_CHARS = 50


def import_vectory(store: Store, path: str | Path) -> TakenOver:
    """Take over a database of Vectory; arguments as for `Registry.import_vectory`."""
    rows = _read(Path(path).expanduser())
    done = TakenOver([], [])
    # By kind, the name here for each id there.
    known: dict[str, dict[int, str]] = {"dataset": {}, "experiment": {}}
    for row in rows["datasets"]:
        with done.telling("dataset", str(row["name"])):
            known["dataset"][row["id"]] = _dataset(store, row, done)
    for row in rows["experiments"]:
        with done.telling("experiment", str(row["name"])):
            known["experiment"][row["id"]] = _experiment(store, row, known["dataset"], done)
    for row in rows["embedding_spaces"]:
        with done.telling("space", str(row["name"])):
            _space(store, row, known, done)
    return done


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tables that count; ValueError for a file that is no database of Vectory."""
    if not path.is_file():
        msg = f"there is no file {shown(str(path))}: Vectory's is ~/.vectory/main.db"
        raise FileNotFoundError(msg)
    address = f"{path.absolute().as_uri()}?mode=ro"
    with (
        parsing(f"{shown(path.name)} is no database of Vectory that can be read"),
        closing(sqlite3.connect(address, uri=True)) as connection,
    ):
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in connection.execute(f"SELECT {names} FROM {table}")]
            for table, names in _COLUMNS.items()
        }


def _dataset(store: Store, row: dict[str, Any], done: TakenOver) -> str:
    """Name of a dataset that was added, or is there with the same ids."""
    name, path = checked_label(row["name"]), _there(row["csv_path"])
    column = None if row["id_field"] == _ROW_NUMBER else str(row["id_field"])
    if _is_taken(store, "dataset", name):
        if read_dataset(store, name, with_frame=False).ids_hash != ids_hash_of(path, column):
            msg = "there is another dataset of this name: remove one, or rename it"
            raise ValueError(msg)
    else:
        add_dataset(store, path, name=name, id=column, notes=_notes(row), guess=False)
        done.added.append(("dataset", name))
    return name


def _experiment(
    store: Store, row: dict[str, Any], datasets: dict[int, str], done: TakenOver
) -> str:
    """Name of an experiment that was added, or is there already."""
    name = checked_label(row["name"])
    params = json.loads(row["params"]) if row["params"] else {}
    params = params if isinstance(params, dict) else {"params": params}
    model = None if row["model"] is None else str(row["model"])
    with store.database.reading() as connection:
        there = rows_of(connection, "experiment", {})
    same = [each for each in there if each["name"] == name]
    if same:
        if (same[0]["model"], as_json(same[0]["params"])) != (model, as_json(params)):
            msg = "there is another experiment of this name: remove one, or rename it"
            raise ValueError(msg)
        return name
    trained = row["train_dataset_id"]
    add_experiment(
        store,
        name=name,
        model=model,
        params=params,
        train_dataset=datasets.get(trained),
        parent=None,
        tags=["vectory"],
        uri=None,
        notes=_notes(row),
    )
    done.added.append(("experiment", name))
    if trained is not None and trained not in datasets:
        why = "taken over without its training dataset, which was not"
        done.missing.append(Problem("experiment", name, why))
    return name


def _space(
    store: Store, row: dict[str, Any], known: dict[str, dict[int, str]], done: TakenOver
) -> None:
    name, path = checked_label(row["name"]), _there(row["npz_path"])
    if row["dataset_id"] not in known["dataset"]:
        msg = "its dataset was not taken over"
        raise ValueError(msg)
    if _is_taken(store, "space", name):
        msg = "there is a space of this name already, which is left as it is"
        raise ValueError(msg)
    vectors = _first_array(path)
    if vectors.ndim == 2 and vectors.shape[1] != row["dims"]:
        msg = f"its file has {vectors.shape[1]} dimensions, and Vectory says {row['dims']}"
        raise ValueError(msg)
    dataset = known["dataset"][row["dataset_id"]]
    experiment = known["experiment"].get(row["experiment_id"])
    notes = _notes(row)
    new = NewSpace(vectors, name, dataset, experiment, None, None, None, None, notes, {})
    add_spaces(store, [new])
    done.added.append(("space", name))
    if row["experiment_id"] not in known["experiment"]:
        why = "taken over without its experiment, which was not"
        done.missing.append(Problem("space", name, why))


def _first_array(path: Path) -> Any:
    """Vectors (n_samples, n_dims) of any dtype: the first array of a file, as Vectory takes it."""
    with parsing(f"{shown(path.name)} cannot be read"):
        if path.suffix.lower() == ".npy":
            return read_npy(path)
        with open_regular(path) as file, npz_entries(file) as entries:
            first = next(iter(entries.values()), None)
            if first is None:
                msg = "it holds no array"
                raise ValueError(msg)
            return first.read()


def _is_taken(store: Store, kind: str, name: str) -> bool:
    with store.database.reading() as connection:
        return any(row["name"] == name for row in rows_of(connection, kind))


def _there(path: Any) -> Path:
    """Path of a file that still exists."""
    found = Path(str(path))
    try:
        is_there = found.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        text = str(path)
        short = text if len(text) <= _SHOWN_CHARS else f"…{text[-_SHOWN_CHARS:]}"
        msg = f"its file {shown(short)} is gone"
        raise FileNotFoundError(msg)
    return found


def _notes(row: dict[str, Any]) -> str:
    return f"from Vectory, of {row['created']}"
