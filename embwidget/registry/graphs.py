"""Neighbour graphs of spaces, computed where they are not there yet."""

import sqlite3
from contextlib import suppress
from typing import Any

from embwidget._core.checks import check_n_neighbors, shown, whole
from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import parsing
from embwidget._core.progress import Progress
from embwidget._core.version import __version__
from embwidget._core.whole_file import open_regular
from embwidget.knn import ENGINES, Engine, KNNGraph, knn_graph
from embwidget.knn.search import check_engine, engine_for
from embwidget.metrics import METRICS, metric_of
from embwidget.registry.spaces import read_space
from embwidget.registry.staging import Staged
from embwidget.registry.stamps import free_label, stamp, write
from embwidget.registry.store import Store
from embwidget.space import Space


def graph_of(
    store: Store,
    name: str,
    k: int,
    *,
    metric: Any,
    engine: str | Engine,
    n_jobs: int | None,
    random_state: int,
    notes: str,
    progress: Progress,
    called: str | None = None,
) -> KNNGraph:
    """Neighbours of a space; arguments as for `Registry.graph`, the names checked."""
    held = read_space(store, name)
    k = check_n_neighbors(k, len(held.space))
    measure = metric_of(metric if metric is not None else default_metric(held.space))
    random_state = whole(random_state, "random_state", 0)
    asked = AskedGraph(store, held.row, held.space, k, measure.name, engine, random_state)
    if called is not None:
        # Before a search that takes a while.
        asked.check_free(called)
    known = asked.stored()
    if known is not None:
        if called is not None:
            asked.call(called)
        return known
    store.check_writable()
    graph = knn_graph(
        held.space,
        k,
        metric=measure,
        engine=engine,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )
    asked.add(graph, notes)
    if called is not None:
        asked.call(called)
    return graph


def default_metric(space: Space) -> str:
    """Metric that `compare` goes by where none is asked for."""
    return space.metric or ("euclidean" if space.n_dims == 2 else "cosine")


class AskedGraph:
    """The question for the k nearest neighbours in a registered space.

    Parameters
    ----------
    store : Store
    row : dict
        Of the space.
    space : Space
        What is searched in.
    k : int
    metric : str
    engine : str or Engine
    random_state : int
    items : str, default=""
        Hash of what tells the items that are searched, where these are not all.
    """

    def __init__(
        self,
        store: Store,
        row: dict[str, Any],
        space: Space,
        k: int,
        metric: str,
        engine: str | Engine,
        random_state: int,
        items: str = "",
    ) -> None:
        self._store, self._row, self._n, self._k = store, row, len(space), k
        self._metric, self._items, self._random_state = metric, items, random_state
        chosen = engine_for(space.vectors, metric_of(metric), check_engine(engine), None)
        self._engine = chosen.name
        self.is_own = METRICS.get(metric) is None or ENGINES.get(chosen.name) is not chosen
        """Whether what finds it is the caller's own, and may change under the same name."""

    def stored(self) -> KNNGraph | None:
        """Return the graph if it is there; None if not, or if its file was damaged."""
        if self.is_own:
            return None
        with self._store.database.reading() as connection:
            found = self._rows(connection)
        for row in found:
            graph = _read_graph(self._store, row["file"], self._n, self._metric)
            if graph is not None and graph.n_neighbors >= self._k:
                return graph if graph.n_neighbors == self._k else graph.first(self._k)
        return None

    def _rows(self, connection: sqlite3.Connection) -> list[sqlite3.Row]:
        """Rows that answer the question, the best one first."""
        return connection.execute(
            "SELECT id, name, file, exact FROM graph WHERE space = ? AND items = ? AND metric = ? "
            "AND ((exact AND k >= ? AND (engine = ? OR ? = 'exact')) OR (k = ? AND engine = ? AND "
            "random_state = ? AND version = ?)) ORDER BY exact DESC, k",
            (
                *(self._row["id"], self._items, self._metric),
                *(self._k, self._engine, self._engine),
                *(self._k, self._engine, self._random_state, __version__),
            ),
        ).fetchall()

    def check_free(self, name: str) -> None:
        """Refuse a name that another graph has, and one for a graph that was given a name."""
        if self.is_own:
            msg = "what a metric or an engine of your own finds is not added, and has no name"
            raise ValueError(msg)
        with self._store.database.reading() as connection:
            self._nameable(connection, name)

    def call(self, name: str) -> None:
        """Give the graph that answers the question a name; refusals as by `check_free`."""
        with self._store.database.writing() as connection:
            number = self._nameable(connection, name)
            query = "UPDATE graph SET name = ? WHERE id = ?"
            connection.execute(query, (name, number))

    def _nameable(self, connection: sqlite3.Connection, name: str) -> int | None:
        """Id of the graph that answers the question and may be called so; None = there is none."""
        found = next(iter(self._rows(connection)), None)
        if found is not None and name == found["name"]:
            return int(found["id"])
        query = "SELECT 1 FROM graph WHERE name = ?"
        if connection.execute(query, (name,)).fetchone() is not None:
            msg = f"there is a graph {shown(name)} already: give another name, or remove it first"
            raise ValueError(msg)
        if found is None:
            return None
        if not str(found["name"]).startswith(f"{self._row['name']} {self._metric} "):
            msg = f"these neighbours are there already, as graph {shown(found['name'])}: use that"
            raise ValueError(msg)
        return int(found["id"])

    def add(self, graph: KNNGraph, notes: str = "") -> None:
        """Store a graph that was not there, unless its engine or metric is the caller's own."""
        if self.is_own:
            return
        label = f"{self._row['name']} {self._metric} {self._k} {self._engine}"
        values = {
            "space": self._row["id"],
            "items": self._items,
            "metric": self._metric,
            "k": self._k,
            "engine": self._engine,
            "exact": int(graph.exact),
            "recall": None if graph.recall is None else float(graph.recall),
            "random_state": self._random_state,
            "version": __version__,
        }
        with self._store.staging() as staging:
            with staging.writing(".npz") as (file, made):
                write_npz(file, graph.to_arrays(), sealed=True)
            values["file"] = made[0].name
            add_found(self._store, "graph", label, values, made, notes)


def add_found(
    store: Store, kind: str, label: str, values: dict[str, Any], made: list[Staged], notes: str
) -> None:
    """Write down what was computed of a space, unless another process had it first."""
    keys = [key for key in values if key not in {"file", "exact", "recall"}]
    # Of a space that was removed meanwhile, the result is right, and nobody's.
    with suppress(sqlite3.IntegrityError), store.adding(made) as connection:
        same = " AND ".join(f"{key} = ?" for key in keys)
        query = f"SELECT id FROM {kind} WHERE {same}"
        row = connection.execute(query, tuple(values[key] for key in keys)).fetchone()
        if row is not None:
            # Its file was damaged, or somebody was faster.
            query = f"UPDATE {kind} SET file = ? WHERE id = ?"
            connection.execute(query, (values["file"], row["id"]))
        else:
            named = {"name": free_label(connection, kind, label), **values, **stamp(notes)}
            write(connection, kind, named)


def _read_graph(store: Store, name: str, n: int, metric: str) -> KNNGraph | None:
    """Graph in a file; None where that is damaged, gone or of other items."""
    try:
        path = store.sound(name)
        with (
            parsing("a graph"),
            open_regular(path, follow=False) as file,
            npz_entries(file, sealed=True) as entries,
        ):
            graph = KNNGraph.from_arrays({key: each.read() for key, each in entries.items()})
    except (OSError, ValueError):
        return None
    return graph if (graph.n_samples, graph.metric) == (n, metric) else None
