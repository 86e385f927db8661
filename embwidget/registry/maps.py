"""Maps of spaces, computed where they are not there yet."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown, whole
from embwidget._core.npz import read_npy
from embwidget._core.parsing import parsing
from embwidget._core.progress import Progress
from embwidget._core.version import __version__
from embwidget.metrics import metric_of
from embwidget.projection import project
from embwidget.projection.reducers import REDUCERS
from embwidget.registry.graphs import add_found, default_metric
from embwidget.registry.spaces import read_space, write_array
from embwidget.registry.store import Store


def map_of(
    store: Store,
    name: str,
    reducer: str,
    *,
    metric: Any,
    n_neighbors: int,
    n_jobs: int | None,
    random_state: int,
    notes: str,
    progress: Progress,
) -> NDArray[np.float32]:
    """Positions (n_samples, 2) float32; arguments as for `Registry.map`, the name checked."""
    if not isinstance(reducer, str) or reducer not in REDUCERS:
        msg = f"reducer={shown(reducer)}: a registry holds maps by {', '.join(REDUCERS)}"
        raise ValueError(msg)
    held = read_space(store, name)
    measure = metric_of(metric if metric is not None else default_metric(held.space))
    asked = {
        "space": held.row["id"],
        "reducer": reducer,
        "metric": measure.name,
        "n_neighbors": whole(n_neighbors, "n_neighbors", 2),
        "random_state": whole(random_state, "random_state", 0),
        "version": __version__,
    }
    known = _stored(store, asked, len(held.space))
    if known is not None:
        return known
    store.check_writable()
    positions = project(
        held.space,
        reducer,
        metric=measure,
        n_neighbors=n_neighbors,
        n_jobs=n_jobs,
        random_state=random_state,
        progress=progress,
    )
    label = f"{name} {reducer}"
    with store.staging() as staging:
        made = [write_array(staging, positions)]
        add_found(store, "map", label, {**asked, "file": made[0].name}, made, notes)
    return positions


def _stored(store: Store, asked: dict[str, Any], n: int) -> NDArray[np.float32] | None:
    """Positions (n, 2) float32 that are there; None if not, or if their file was damaged."""
    same = " AND ".join(f"{key} = ?" for key in asked)
    with store.database.reading() as connection:
        query = f"SELECT file FROM map WHERE {same}"
        row = connection.execute(query, tuple(asked.values())).fetchone()
    if row is None:
        return None
    try:
        with parsing("a map"):
            positions = read_npy(store.sound(row["file"]), follow=False)[:]
    except (OSError, ValueError):
        return None
    right = positions.dtype == np.float32 and positions.shape == (n, 2)
    return positions if right and np.isfinite(positions).all() else None
