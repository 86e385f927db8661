"""Several spaces of the same items, of which two are looked at: graphs, maps and agreement."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.progress import Progress, silent
from embwidget._core.vectors import as_vectors
from embwidget.comparison import Comparison, Pair, Settings, compare_pair, prepare
from embwidget.measures.neighbors.shared import shared_counts
from embwidget.metrics import metric_of
from embwidget.projection.alignment import procrustes
from embwidget.projection.pair import PREVIEW_ROWS
from embwidget.projection.reducers.pca import pca
from embwidget.series import Comparisons, Series, SeriesMaps, project_series
from embwidget.series.agreement import PairCurves
from embwidget.series.drawing import ALIGNED_UMAP, name_of_reducer
from embwidget.series.many import prepare_many
from embwidget.session.answers.numbers import queries_for
from embwidget.session.wire.state import PairsTestInfo, SpaceQualityInfo
from embwidget.space import Space

if TYPE_CHECKING:
    from embwidget.knn import KNNGraph

Frames = NDArray[np.float32]
"""Maps of all spaces, (n_spaces, n_items, n_components) float32."""

Two = tuple[int, int]
"""Positions of two spaces among all of them, A and B."""

_QUALITY = "mean_average_precision_at_r"

# Each holds the counts of shared neighbours of its two spaces.
_MOST_COMPARISONS = 8


class EverySpace(NamedTuple):
    """All that is known of several spaces and their pairs.

    Attributes
    ----------
    two : pair of int
        Those that are looked at.
    frames : (n_spaces, n_items, 2 or 3) float32
    kept : list of float or None
        Share of the neighbours of each space that are near on its map.
    curves : PairCurves or None
    graphs : list of KNNGraph or None
        Of each space.
    """

    two: Two
    frames: Frames
    kept: list[float | None]
    curves: PairCurves | None
    graphs: list["KNNGraph | None"]


class Several:
    """Spaces of the same items, whose neighbours are searched once, whichever two are compared.

    Parameters
    ----------
    many : Comparisons
        Not searched yet, or searched.
    settings : Settings
    steps : bool
        Whether they are steps of one thing, which have an order, and not models.
    positions : SeriesMaps, array-like (n_spaces, n_items, 2 or 3) or sequence of maps, optional
        Maps of all spaces on the same axes, drawn as they are.
    reducer : str, Reducer or object
        Draws them else, as `project_series` does with ``fit_on="each"``.

    Attributes
    ----------
    pair : Pair
        The two that are compared at first: the first and the last step, or the first two models.
    first : pair of int
        Their positions among all.
    graphs : list of KNNGraph or None
        Of each space, None until it is searched.
    given : (n_spaces, n_items, 2 or 3) float32 or None
        Maps that no reducer draws.
    drawn_by : str
        Name of what draws the maps or drew them; "" = they are a person's own.
    kept : list of float or None
        Share of the neighbours of each space that are near on its map, once that is known.

    Raises
    ------
    ValueError, TypeError
        When the maps do not fit to the spaces, or there is no such reducer.
    """

    def __init__(
        self,
        many: Comparisons,
        settings: Settings,
        *,
        steps: bool,
        positions: Any = None,
        reducer: Any = "umap",
    ) -> None:
        if settings.unique:
            msg = "unique=True: it is for two spaces: leave it out, or give two of them"
            raise ValueError(msg)
        self.many = many
        self.series = series = many.series
        self.settings = settings
        self.steps = steps
        self.given, self.drawn_by, self.kept = _given_maps(positions, series)
        self.reducer = reducer
        if self.given is None:
            self.drawn_by = name_of_reducer(reducer)
        self.first: Two = (0, len(series) - 1) if steps else (0, 1)
        a, b = (series.spaces[at] for at in self.first)
        own = replace(settings, metric=self._metrics(self.first), k_max=many.k_max)
        self.pair = prepare(a, b, own, label=series.label)
        self.graphs: list[KNNGraph | None] = [None] * len(series)
        self._comparisons: OrderedDict[Two, Comparison] = OrderedDict()
        # The work asks, and whoever turns to another pair.
        self._asking = threading.Lock()

    def __len__(self) -> int:
        return len(self.series)

    @property
    def k_max(self) -> int:
        """Length of the neighbour lists."""
        return self.pair.k_max

    def pair_of(self, two: Two) -> Pair:
        """The pair of two spaces; texts and all else are those of `pair`."""
        a, b = (self.series.spaces[at] for at in two)
        metric_a, metric_b = self._metrics(two)
        return replace(self.pair, a=a, b=b, metric_a=metric_a, metric_b=metric_b)

    def search(self, at: int, progress: Progress = silent) -> None:
        """Find the neighbours in a space, once."""
        if self.graphs[at] is None:
            found = self.series.graph(
                at, self.pair.k_max, n_jobs=self.settings.n_jobs, progress=progress
            )
            self.graphs[at] = found

    def comparison_of(self, two: Two) -> Comparison | None:
        """The comparison of two spaces; None while the neighbours of one are not known."""
        graph_a, graph_b = (self.graphs[at] for at in two)
        if graph_a is None or graph_b is None:
            return None
        with self._asking:
            found = self._comparisons.get(two)
            if found is None:
                pair = self.pair_of(two)
                found = compare_pair(pair, self.settings, graphs=(graph_a, graph_b))
                self._comparisons[two] = found
                while len(self._comparisons) > _MOST_COMPARISONS:
                    self._comparisons.popitem(last=False)
            self._comparisons.move_to_end(two)
        return found

    def shared(self, two: Two, k: int) -> NDArray[np.uint8]:
        """Neighbours that the k nearest of an item in two spaces have in common, (n_items,) uint8.

        Raises
        ------
        ValueError
            While the neighbours of one are not known.
        """
        lists = [self.graphs[at] for at in two]
        known = [graph.indices[:, :k] for graph in lists if graph is not None]
        if len(known) < len(lists):
            msg = "the nearest neighbours of both spaces are not known yet"
            raise ValueError(msg)
        counts = shared_counts(*map(np.ascontiguousarray, known), n_jobs=self.settings.n_jobs)
        return counts[:, k - 1].astype(np.uint8)

    def quality(self, progress: Progress = silent) -> SpaceQualityInfo | None:
        """How good each space is by its labels; None without labels, or where none is shared."""
        if self.series.label is None:
            return None
        table = self.many.quality(
            n_seeds=0, max_queries=queries_for(self.series.n), progress=progress
        )
        shuffled = table.attrs["shuffled"]
        spaces = table.drop(index=shuffled)
        if spaces[_QUALITY].isna().any():
            return None
        return {
            "metric": _QUALITY,
            "values": spaces[_QUALITY].tolist(),
            "low": [_or_none(value) for value in spaces[f"{_QUALITY}_low"]],
            "high": [_or_none(value) for value in spaces[f"{_QUALITY}_high"]],
            "shuffled": float(table.loc[shuffled, _QUALITY]),
        }

    def test(self, progress: Progress = silent) -> PairsTestInfo:
        """Whether pairs agree by more than chance, at the k of the headline figures."""
        table = self.many.pairs(progress=progress)
        return {
            "k": self.many.n_neighbors,
            "n_permutations": int(table.attrs["n_permutations"]),
            "z": [_or_none(value) for value in table["z"]],
            "p_value": table["p_value"].tolist(),
        }

    def preview(self, progress: Progress = silent) -> Frames:
        """First maps, (n_spaces, n_items, 2) float32.

        Principal components of each space, turned onto those of the next one.
        """
        out: list[NDArray[np.float32]] = []
        for at in reversed(range(len(self))):
            progress("drawing the first maps", (len(self) - 1 - at) / len(self))
            space = self.series.spaces[at]
            vectors = metric_of(self._metrics((at, at))[0]).unpacked(space.vectors)
            drawn = pca(vectors, n_fitted=PREVIEW_ROWS, n_jobs=self.settings.n_jobs)
            out.append(procrustes(out[-1], drawn, scale="spread") if out else drawn)
        return np.stack(out[::-1])

    def draw(self, progress: Progress = silent) -> SeriesMaps:
        """Final maps of all spaces, each from the map of the next one."""
        made = project_series(
            self.series,
            self.reducer,
            fit_on="all" if self.drawn_by == ALIGNED_UMAP else "each",
            n_jobs=self.settings.n_jobs,
            random_state=self.settings.random_state,
            progress=progress,
        )
        assert isinstance(made, SeriesMaps)  # noqa: S101 (one reducer, which was checked)
        return made

    def _metrics(self, two: Two) -> tuple[str, str]:
        a, b = (self.series.metric_at(at) for at in two)
        return a, b


def holds_several(given: Any) -> bool:
    """Whether spaces are in it, and not vectors: a series, comparisons, a dict or list."""
    if isinstance(given, (Series, Comparisons)):
        return True
    if isinstance(given, np.ndarray) or hasattr(given, "detach"):
        return len(given.shape) == 3
    inside = list(given.values()) if isinstance(given, Mapping) else given
    if not isinstance(inside, (list, tuple)) or len(inside) < 2:
        return False
    return all(
        isinstance(each, (Space, str, PathLike)) or len(getattr(each, "shape", ())) == 2
        for each in inside
    )


def several_of(
    spaces: Any,
    settings: Settings,
    *,
    positions: Any = None,
    reducer: Any = "umap",
    **given: Any,
) -> Several:
    """Join several spaces.

    Parameters
    ----------
    spaces : Series, Comparisons, dict of name -> space, or sequence of spaces
    settings : Settings
    positions, reducer
        As for `Several`.
    **given
        names, ids, metadata, label and missing of `embwidget.compare_many`.
    """
    many = prepare_many(spaces, settings, metric=settings.metric, **given)
    return Several(
        many, settings, steps=isinstance(spaces, Series), positions=positions, reducer=reducer
    )


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _given_maps(positions: Any, series: Series) -> tuple[Frames | None, str, list[float | None]]:
    """Given maps, (n_spaces, n_items, 2 or 3) float32, what drew them, and what they keep.

    Who drew them is "" where that is not known.
    """
    n_spaces = len(series)
    unknown: list[float | None] = [None] * n_spaces
    if positions is None:
        return None, "", unknown
    if isinstance(positions, SeriesMaps):
        if positions.names != series.names or not np.array_equal(positions.ids, series.ids):
            msg = (
                f"positions={shown(positions)} are maps of other spaces or items: give what "
                "project_series made of the same series"
            )
            raise ValueError(msg)
        kept = positions.kept_items.mean(axis=1, dtype=np.float64)
        return _checked(positions.positions, series), positions.reducer, kept.tolist()
    if not isinstance(positions, (list, tuple, np.ndarray)) or len(positions) != n_spaces:
        msg = f"positions= are a map for each of the {n_spaces} spaces, or a SeriesMaps"
        raise ValueError(msg)
    maps = [as_vectors(each, f"positions of {at}") for at, each in enumerate(positions)]
    shapes = {each.shape for each in maps}
    if len(shapes) > 1:
        msg = f"positions= have the shapes {sorted(shapes)}: one and the same is needed"
        raise ValueError(msg)
    return _checked(np.stack(maps), series), "", unknown


def _checked(maps: Frames, series: Series) -> Frames:
    """Maps (n_spaces, n_items, 2 or 3) float32, or a ValueError."""
    if maps.shape[1] != series.n or maps.shape[2] not in (2, 3):
        msg = f"positions= of shape {maps.shape}: ({len(series)}, {series.n}, 2 or 3) is needed"
        raise ValueError(msg)
    return np.array(maps, np.float32)
