"""`project_series`: a whole series drawn on the same axes."""

import warnings
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embwidget._core.arguments import told_by_name
from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.checks import shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, reporting, span
from embwidget._core.threads import resolve
from embwidget.measures.maps.faithfulness import share_on_map
from embwidget.measures.neighbors.expected import expected_overlap
from embwidget.series.choosing import chosen, several_of
from embwidget.series.drawing import SeriesDrawing, name_of_reducer
from embwidget.series.dropping import check_droppable, drop_sources
from embwidget.series.maps import SeriesMaps
from embwidget.series.series import Series

Float32 = NDArray[np.float32]
ManyMaps: TypeAlias = "SeriesMaps | dict[str, SeriesMaps]"

# Of the time, beside what is kept.
_DRAWING_SHARE = 0.9


@told_by_name
def project_series(
    series: Any,
    reducer: Any = DEFAULT_REDUCER,
    *,
    fit_on: Any = "all",
    align: str | None = "procrustes",
    n_components: int = 2,
    by_dataset: bool = False,
    n_neighbors: int | None = None,
    k: int = 10,
    drop_vectors: bool = False,
    random_state: int | None = 0,
    n_jobs: int | None = None,
    progress: Progress | bool = False,
) -> ManyMaps:
    """Draw all steps of a series on the same axes, and say what each map keeps of the neighbours.

    Parameters
    ----------
    series : Series, or what makes one
    reducer : str, Reducer, object, list or dict of these, default="umap"
        "umap", "pacmap" (an extra), "pca", or another name of `project`; "aligned_umap", which is
        umap-learn's (an extra); a `Reducer` such as ``UMAP(min_dist=0.5)``, which keeps its own
        number of dimensions; an object with ``fit`` and ``transform``, or with ``fit_transform``;
        a function. Several of these draw several maps, beside each other: a dict of name ->
        reducer, or a list, whose entries may be dicts of parameters too, ``{"reducer": "umap",
        "min_dist": 0.5, "fit_on": "each"}``.
    fit_on : {"all", "each", "last"}, int or str, default="all"
        "all": one fit of the items of all steps together; "aligned_umap" takes no other.
        "last", or a step by its position or name: fitted on that one, and the others drawn on its
        map. That is what 3LC does. It is true of this step alone, so that a warning says what is
        kept of the others. "umap", "pacmap" and "pca" can, and an object with ``transform``.
        "each": each step is drawn by its own neighbours, from the map of the next one, and turned
        onto it: it keeps most, and is no single fit.
    align : {"procrustes", None}, default="procrustes"
        Turns and mirrors the vectors of each step onto the next one's before they are drawn,
        centred and of the same radius, which changes none of their neighbours. Models are free to
        turn their dimensions from step to step; steps of different dimensions need it.
    n_components : int, default=2
        2 or 3.
    by_dataset : bool, default=False
        Whether each dataset, or split, gets a fit of its own, whose axes are its own.
    n_neighbors : int, optional
        As for `project`, the item included; by default 15, and 11 for PaCMAP, whose own is 10.
    k : int, default=10
        Neighbours that are looked for on the maps.
    drop_vectors : bool, default=False
        Whether the spaces leave their registry once the maps are there, and their vectors the
        disk. Refused, before anything is drawn, while a graph, a map or a comparison there refers
        to one of them.
    random_state : int or None, default=0
        None draws other maps every time.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    progress : bool or callable, default=False
        As for `embwidget.compare`.

    Returns
    -------
    SeriesMaps, or dict of str to SeriesMaps
        A dict, by name, for several reducers.

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above; before anything is drawn.

    Examples
    --------
    >>> import numpy as np
    >>> start = np.random.default_rng(0).normal(size=(50, 8))
    >>> maps = project_series({"epoch 0": start, "epoch 1": start + 0.1}, "pca")
    >>> maps.positions.shape
    (2, 50, 2)
    """
    series = series if isinstance(series, Series) else Series(series)
    options = {
        "fit_on": fit_on,
        "align": align,
        "n_components": n_components,
        "n_neighbors": n_neighbors,
        "by_dataset": by_dataset,
    }
    k = series.checked_k(k)
    resolve(n_jobs)
    if random_state is not None:
        whole(random_state, "random_state", 0, why="or None")
    wanted = several_of(reducer)
    several = wanted is not None
    drawings = {
        name: chosen(series, one, options | own)
        for name, (one, own) in (wanted or {"": (reducer, {})}).items()
    }
    if drop_vectors:
        check_droppable(series)
    out: dict[str, SeriesMaps] = {}
    with reporting(progress) as report:
        for done, (name, (drawing, each)) in enumerate(drawings.items()):
            part = span(report, done / len(drawings), (done + 1) / len(drawings))
            made = replace(drawing, random_state=random_state, n_jobs=n_jobs, progress=part)
            out[name] = (_by_dataset if each else _maps)(series, made, k)
    if drop_vectors:
        drop_sources(series)
    return out if several else out[""]


def _maps(series: Series, drawing: SeriesDrawing, k: int) -> SeriesMaps:
    """Draw all items of a series together."""
    import pandas as pd

    whole_progress = drawing.progress
    positions = replace(drawing, progress=span(whole_progress, 0.0, _DRAWING_SHARE)).draw(series)
    kept_items = np.empty((len(series), series.n), np.float32)
    rows = []
    for at, number in enumerate(series.steps):
        done = _DRAWING_SHARE + (1 - _DRAWING_SHARE) * at / len(series)
        whole_progress("looking for the neighbours on the maps", done)
        graph = series.graph(at, k, n_jobs=drawing.n_jobs)
        kept_items[at] = share_on_map(graph.indices, positions[at], n_jobs=drawing.n_jobs)
        found = Estimate.of_mean(kept_items[at], chance=expected_overlap(series.n, k))
        rows.append((number, found.value, found.low, found.high, found.chance, k))
    whole_progress("all maps drawn", 1.0)
    fit_on = drawing.fit_on
    made = SeriesMaps(
        positions,
        series.names,
        series.steps,
        series.ids,
        series.split,
        name_of_reducer(drawing.reducer),
        series.names[fit_on] if isinstance(fit_on, int) else fit_on,
        pd.DataFrame(rows, columns=["step", "kept", "low", "high", "chance", "k"]),
        kept_items,
    )
    if isinstance(fit_on, int) and len(series) > 1:
        _warn(made, fit_on)
    return made


def _by_dataset(series: Series, drawing: SeriesDrawing, k: int) -> SeriesMaps:
    """Draw the items of each dataset by a fit of their own."""
    import pandas as pd

    parts = []
    for done, (name, rows) in enumerate(series.datasets.items()):
        progress = span(
            drawing.progress, done / len(series.datasets), (done + 1) / len(series.datasets)
        )
        of_one = series._of(rows)
        most = min(k, len(rows) - 1)
        if most < 1:
            msg = (
                f"by_dataset=True: dataset {shown(name)} has {len(rows)} item, and needs 2 or more"
            )
            raise ValueError(msg)
        parts.append((name, rows, _maps(of_one, replace(drawing, progress=progress), most)))
    first = parts[0][2]
    positions = np.empty((len(series), series.n, first.positions.shape[2]), np.float32)
    kept_items = np.empty((len(series), series.n), np.float32)
    tables = []
    for name, rows, maps in parts:
        positions[:, rows], kept_items[:, rows] = maps.positions, maps.kept_items
        tables.append(maps.kept.assign(dataset=name))
    kept = pd.concat(tables, ignore_index=True)
    kept.insert(0, "dataset", kept.pop("dataset"))
    return replace(
        first,
        positions=positions,
        ids=series.ids,
        split=series.split,
        kept=kept,
        kept_items=kept_items,
    )


def _warn(maps: SeriesMaps, fit_on: int) -> None:
    """Say how little a map that was fitted on one step keeps of those far from it."""
    far = 0 if fit_on else len(maps) - 1
    kept = maps.kept["kept"]
    msg = (
        f"{maps.reducer} fitted on step {shown(maps.names[fit_on])[:40]} keeps "
        f"{kept[fit_on]:.3f} of its neighbours and {kept[far]:.3f} of those of step "
        f"{shown(maps.names[far])[:40]} (by chance {maps.kept['chance'][far]:.3f}): "
        'what is far from the fitted step is drawn truer by fit_on="all" or "each"'
    )
    warnings.warn(msg, UserWarning, stacklevel=5)
