"""Runs of MLflow as experiments, and their artifacts as spaces of a registry."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.parts import Parts
from embwidget._core.tracking import COMPARISONS, mlflow_client
from embwidget.files.logged import BESIDE, read_logged
from embwidget.registry.datasets import add_dataset, hash_of_ids, read_dataset
from embwidget.registry.experiments import add_experiment
from embwidget.registry.inspection import Problem
from embwidget.registry.labels import checked_label
from embwidget.registry.mlflow_runs import (
    TrackedExperiment,
    TrackedRun,
    artifacts_of,
    checked_glob,
    download,
    find_experiment,
    folder_of,
    runs_of,
)
from embwidget.registry.rows import rows_of
from embwidget.registry.spaces import NewSpace, add_spaces
from embwidget.registry.stamps import free_label, row_named
from embwidget.registry.store import Store
from embwidget.registry.taken import TakenOver
from embwidget.space import Space

_SUFFIX = ".npy"
# Of MLflow itself, and of what `Comparison.log_to_mlflow` found.
_OWN_TAGS = ("mlflow.", f"{COMPARISONS}/")
_NOTE_TAG = "mlflow.note.content"
_MODEL_PARAMS = ("model", "model_name")
_ID_CHARS = 8
_NUMBER = re.compile(r"-?\d[\d.e+-]*", re.ASCII)
_WORDS = {"True": True, "False": False}


def import_mlflow(
    store: Store, uri: Any, experiment: str, artifact_glob: str, dataset: str | None
) -> TakenOver:
    """Take over an experiment of MLflow; arguments as for `Registry.import_mlflow`, checked."""
    pattern = checked_glob(artifact_glob)
    if dataset is not None:
        with store.database.reading() as connection:
            row_named(connection, "dataset", dataset)
    client = mlflow_client(uri)
    found = find_experiment(client, experiment)
    store.check_writable()
    return _Import(store, client, found, pattern, dataset).run()


class _Import:
    """One experiment that is taken over."""

    def __init__(
        self,
        store: Store,
        client: Any,
        experiment: TrackedExperiment,
        pattern: tuple[str, ...],
        dataset: str | None,
    ) -> None:
        self.store, self.client, self.experiment = store, client, experiment
        self.pattern, self.given_dataset = pattern, dataset
        self.done = TakenOver([], [])
        self.dataset_notes = f"items of the MLflow experiment {experiment.name} ({experiment.id})"

    def run(self) -> TakenOver:
        """Take over what is not there yet."""
        runs = runs_of(self.client, self.experiment)
        known = {row["uri"]: row["name"] for row in self._rows("experiment") if row["uri"]}
        names: dict[str, str] = {}
        listed: list[tuple[TrackedRun, list[str], set[str]]] = []
        for run in runs:
            with self.done.telling("experiment", run.name):
                names[run.id] = known.get(run.uri) or self._experiment(run)
            with self.done.telling("space", run.name):
                fitting, every = artifacts_of(self.client, run, self.pattern)
                listed.append((run, sorted(fitting), every))
        times = Counter(self._name_of(path) for _, paths, _ in listed for path in paths)
        there = {row["notes"] for row in self._rows("space")}
        for run, paths, every in listed:
            for path in paths:
                if path.endswith(BESIDE) or _notes(run, path) in there:
                    continue
                with self.done.telling("space", f"{run.name}: {path}"):
                    is_alone = times[self._name_of(path)] == 1
                    beside = path.removesuffix(_SUFFIX) + BESIDE
                    told = beside if beside in every else None
                    self._space(run, path, told, names.get(run.id), is_alone=is_alone)
        return self.done

    def _experiment(self, run: TrackedRun) -> str:
        """Name of the experiment that a run becomes."""
        name = self._free("experiment", [run.name, f"{run.name} ({run.id[:_ID_CHARS]})", run.id])
        params = {key: _read_param(value) for key, value in run.params.items()}
        model = next((run.params[key] for key in _MODEL_PARAMS if key in run.params), None)
        add_experiment(
            self.store,
            name=name,
            model=model,
            params=params,
            train_dataset=None,
            parent=None,
            tags=list(self._tags(run, name)),
            uri=run.uri,
            notes=run.tags.get(_NOTE_TAG, ""),
        )
        self.done.added.append(("experiment", name))
        return name

    def _tags(self, run: TrackedRun, name: str) -> Iterator[str]:
        """Tags of a person, as one text each."""
        for key, value in run.tags.items():
            if not key.startswith(_OWN_TAGS):
                try:
                    yield checked_label(f"{key}={value}" if value else key, "tag")
                except ValueError as error:
                    problem = f"taken over without a tag: {error}"
                    self.done.missing.append(Problem("experiment", name, problem))

    def _space(
        self,
        run: TrackedRun,
        path: str,
        beside: str | None,
        experiment: str | None,
        *,
        is_alone: bool,
    ) -> None:
        if not path.endswith(_SUFFIX):
            msg = "it is no .npy file, and others are not taken over: log the space as one"
            raise ValueError(msg)
        with TemporaryDirectory() as folder:
            vectors = download(self.client, run, path, Path(folder, "vectors"))
            about = None
            if beside is not None:
                about = download(self.client, run, beside, Path(folder, "beside"))
            parts = read_logged(vectors, about, path)
            # Looked at as a whole before there is a dataset for it.
            space = Space._of(parts, Parts(None))
            called = self._name_of(path) if about is None else str(parts.name)
            whole = f"{run.name}/{called}"
            wanted = [whole, f"{whole} ({run.id[:_ID_CHARS]})"]
            name = self._free("space", [called, *wanted] if is_alone else wanted)
            dataset = self.given_dataset or self._dataset(space)
            notes = _notes(run, path)
            new = NewSpace(space, name, dataset, experiment, None, None, None, None, notes, {})
            add_spaces(self.store, [new])
        self.done.added.append(("space", name))
        if experiment is None:
            problem = "taken over without its experiment, which was not"
            self.done.missing.append(Problem("space", name, problem))

    def _dataset(self, space: Space) -> str:
        """Name of the dataset of a space: one of this experiment with the same items, or new."""
        ids = space.ids if space.has_ids else None
        for row in self._rows("dataset"):
            if row["notes"] != self.dataset_notes or row["n"] != len(space):
                continue
            if (row["id_column"] is None) == (ids is None) and (
                ids is None or self._has_ids(row, ids)
            ):
                return str(row["name"])
        import pandas as pd

        wanted = (
            self.experiment.name
            if ids is not None
            else (f"{self.experiment.name}, {len(space):,} rows")
        )
        with self.store.database.reading() as connection:
            name = free_label(connection, "dataset", checked_label(wanted))
        column = "row" if ids is None else "id"
        frame = pd.DataFrame({column: np.arange(len(space)) if ids is None else ids})
        add_dataset(
            self.store,
            frame,
            name=name,
            id=None if ids is None else column,
            notes=self.dataset_notes,
            guess=False,
        )
        self.done.added.append(("dataset", name))
        return name

    def _has_ids(self, row: dict[str, Any], ids: NDArray[Any]) -> bool:
        """Whether a dataset has these ids (n,) int64, uint64 or object, in whatever order."""
        if row["ids_hash"] == hash_of_ids(ids, len(ids)):
            return True
        held = read_dataset(self.store, row["name"], with_frame=False).ids
        return held is not None and set(held.tolist()) == set(ids.tolist())

    def _name_of(self, path: str) -> str:
        """Name of a space by its path, "layer4/epoch9" for "spaces/layer4/epoch9.npy"."""
        folder = folder_of(self.pattern)
        return path.removeprefix(f"{folder}/").removesuffix(_SUFFIX)

    def _free(self, kind: str, wanted: list[str]) -> str:
        """The first name that no row of a kind has; the last one with a number if all are taken."""
        with self.store.database.reading() as connection:
            for each in wanted:
                name = checked_label(each)
                if free_label(connection, kind, name) == name:
                    return name
            return free_label(connection, kind, checked_label(wanted[-1]))

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        with self.store.database.reading() as connection:
            return rows_of(connection, kind)


def _notes(run: TrackedRun, path: str) -> str:
    """By which a space is known to be there already."""
    return f"from {run.uri}/{path}"


def _read_param(text: str) -> Any:
    """Return a parameter as the number that MLflow wrote down as this text, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = json.loads(text)
    except ValueError:
        return text
    # A text that a number would not be written as, such as 1e5 of a hash, is none.
    return number if str(number) == text else text


def first_missing(done: TakenOver) -> str:
    """Say of what was not taken over how much that is, and why of the first."""
    first = done.missing[0]
    more = f" and {len(done.missing) - 1:,} more" if len(done.missing) > 1 else ""
    return f"not taken over: {first.kind} {shown(first.name)} ({first.problem[:120]}){more}"
