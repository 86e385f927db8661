"""Comparisons of two registered spaces, written down with the question that they answer."""

import hashlib
import json
import math
import sqlite3
from contextlib import suppress
from typing import Any

from embwidget._core.progress import Progress, reporting
from embwidget._core.version import __version__
from embwidget.comparison.comparison import Comparison, compare_pair
from embwidget.comparison.pair import Pair, prepare
from embwidget.comparison.settings import Settings
from embwidget.registry.datasets import hash_of_ids
from embwidget.registry.graphs import AskedGraph
from embwidget.registry.labels import checked_label
from embwidget.registry.spaces import StoredSpace, read_space
from embwidget.registry.stamps import free_label, stamp, write
from embwidget.registry.store import Store

_MEASURE = "jaccard"


def compare_stored(
    store: Store,
    a: str,
    b: str,
    settings: Settings,
    *,
    label: str | None,
    notes: str,
    progress: Progress | bool,
) -> Comparison:
    """Compare two spaces; arguments as for `Registry.compare`, the names checked."""
    label = None if label is None else checked_label(label, "label")
    held = read_space(store, a), read_space(store, b)
    pair = prepare(held[0].space, held[1].space, settings, label=label)
    asked = [_asked_graph(store, pair, settings, held[side], side) for side in (0, 1)]
    graphs = asked[0].stored(), asked[1].stored()
    is_own = any(each.is_own for each in asked)
    question = _question(pair, settings, held)
    is_known = _is_known(store, held, question)
    if not is_own and not (is_known and all(graphs)):
        store.check_writable()
    with reporting(progress) as report:
        found = compare_pair(pair, settings, graphs=graphs, progress=report)
    if is_own:
        return found
    for each, known, graph in zip(asked, graphs, (found.graph_a, found.graph_b), strict=True):
        if known is None:
            each.add(graph)
    if not is_known:
        _add(store, found, held, question, settings, notes)
    return found


def _asked_graph(
    store: Store, pair: Pair, settings: Settings, held: StoredSpace, side: int
) -> AskedGraph:
    """Question for the graph of one side, of all of its space or of the items in both."""
    space, metric = (pair.a, pair.metric_a) if side == 0 else (pair.b, pair.metric_b)
    items = ""
    if len(space) != len(held.space) or hash_of_ids(_ids(space), len(space)) != hash_of_ids(
        _ids(held.space), len(held.space)
    ):
        items = hash_of_ids(space.ids, len(space))
    if pair.unique is not None:
        items = hashlib.sha256(
            f"{items} one of each {pair.unique.of.tolist()}".encode()
        ).hexdigest()
    return AskedGraph(
        *(store, held.row, space, pair.k_max, metric),
        *(settings.engine, settings.random_state, items),
    )


def _ids(space: Any) -> Any:
    """Ids (n_samples,) of a space, or None where they are but positions from 0 on."""
    return space.ids if space.has_ids else None


def _question(pair: Pair, settings: Settings, held: tuple[StoredSpace, StoredSpace]) -> str:
    """Hash of all that the numbers are made from."""
    parts: list[Any] = [__version__, pair.n_neighbors, pair.k_max, pair.metric_a, pair.metric_b]
    parts += [settings.engine, settings.random_state, settings.unique, pair.label]
    for each, space in zip(held, (pair.a, pair.b), strict=True):
        parts += [each.row["file"], each.row["rows_file"], hash_of_ids(space.ids, len(space))]
    if pair.label is not None:
        labels = pair.metadata[pair.label].tolist()
        parts.append(hashlib.sha256(repr(labels).encode("utf-8", "surrogatepass")).hexdigest())
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _is_known(store: Store, held: tuple[StoredSpace, StoredSpace], question: str) -> bool:
    with store.database.reading() as connection:
        query = "SELECT 1 FROM comparison WHERE a = ? AND b = ? AND question = ?"
        ids = held[0].row["id"], held[1].row["id"]
        return connection.execute(query, (*ids, question)).fetchone() is not None


def _add(
    store: Store,
    found: Comparison,
    held: tuple[StoredSpace, StoredSpace],
    question: str,
    settings: Settings,
    notes: str,
) -> None:
    """Write a comparison down, unless another process had the same one first."""
    names = [each.row["name"] for each in held]
    values = {
        "a": held[0].row["id"],
        "b": held[1].row["id"],
        **numbers_of(found, settings.engine, settings.random_state, settings.n_jobs),
        "question": question,
        **stamp(notes),
    }
    with suppress(sqlite3.IntegrityError), store.database.writing() as connection:
        label = f"{names[0]} and {names[1]}, k={found.n_neighbors}"
        name = free_label(connection, "comparison", label)
        write(connection, "comparison", {"name": name, **values})


def numbers_of(
    found: Comparison, engine: Any = None, random_state: int = 0, n_jobs: int | None = None
) -> dict[str, Any]:
    """Columns of a row: what was found, and how.

    Parameters
    ----------
    found : Comparison
    engine : str, optional
        What was asked to find the neighbours, where that is known; what did is among the settings
        in any case.
    random_state : int, default=0
    n_jobs : int, optional
    """
    value = found.similarity
    quality = None if found.label is None else json.dumps(_quality(found, random_state, n_jobs))
    return {
        "n": len(found.a),
        "k": found.n_neighbors,
        "metric": _MEASURE,
        "value": value.value,
        "low": _number(value.low),
        "high": _number(value.high),
        "chance": value.chance,
        "verdict": found.verdict(random_state=random_state, n_jobs=n_jobs),
        "quality": quality,
        "settings": json.dumps(
            {
                "k_max": found.k_max,
                "metric_a": found.pair.metric_a,
                "metric_b": found.pair.metric_b,
                "engine": engine,
                "random_state": random_state,
                "unique": found.pair.unique is not None,
                "label": found.label,
                "graphs": [found.graph_a.engine, found.graph_b.engine],
                "join": str(found.join_report),
            },
            ensure_ascii=False,
        ),
        "version": __version__,
    }


def _quality(found: Comparison, random_state: int, n_jobs: int | None) -> list[dict[str, Any]]:
    """The label metrics of both spaces, as `Comparison.quality` tells them."""
    table = found.quality(n_jobs=n_jobs, random_state=random_state)
    return [
        {str(key): _number(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def _number(value: Any) -> Any:
    """A value as JSON has it: nothing for what is no number."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
