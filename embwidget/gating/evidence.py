"""What a gate judges by: the comparison with the candidate, and with the model embedded twice."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed
from embwidget._core.metadata import as_pandas
from embwidget._core.progress import Progress, silent, span
from embwidget.comparison.comparison import Comparison, compare_pair
from embwidget.comparison.pair import Pair, prepare
from embwidget.comparison.settings import Settings
from embwidget.gating.canary_ids import canary_rows
from embwidget.measures.labels.labels import encode_labels
from embwidget.measures.labels.scores import LabelScores, score_labels

Float64 = NDArray[np.float64]

_MOST_CHARS = 290


@dataclass(frozen=True, eq=False)
class Evidence:
    """Two comparisons of the same items.

    Attributes
    ----------
    found : Comparison
        Of the model in use and the candidate.
    noise : Comparison or None
        Of the model in use and the same model embedded once more.
    settings : Settings
    max_queries : int or None
        Items that are asked about their labels.
    canaries : list of int or None
        Rows of the items whose neighbours must stay.
    """

    found: Comparison
    noise: Comparison | None
    settings: Settings
    max_queries: int | None
    canaries: list[int] | None

    @cached_property
    def is_same(self) -> bool:
        """Whether the candidate's vectors are the model's in use, and nothing differs."""
        pair = self.found.pair
        return pair.metric_a == pair.metric_b and np.array_equal(pair.a.vectors, pair.b.vectors)

    @cached_property
    def says_nothing(self) -> bool:
        """Whether all items of the model in use are equally far from each other."""
        return self.found.is_level()

    def label_scores(self, *, noise: bool) -> tuple[LabelScores, LabelScores]:
        """How each labelled item fares in the model in use, and in the candidate or the noise."""
        first, second = self.found.label_scores(
            max_queries=self.max_queries,
            n_jobs=self.settings.n_jobs,
            random_state=self.settings.random_state,
        )
        return first, self._noise_scores if noise else second

    @cached_property
    def _noise_scores(self) -> LabelScores:
        """How each labelled item fares in the noise, the same items being asked."""
        pair = self.found.pair if self.noise is None else self.noise.pair
        return score_labels(
            pair.b.vectors,
            self.found.labels(),
            metric=pair.metric_b,
            max_queries=self.max_queries,
            n_jobs=self.settings.n_jobs,
            random_state=self.settings.random_state,
        )

    def coincidence(self) -> tuple[Float64, Float64, Float64]:
        """Coincidence of each item with the candidate, and with the noise; 1 without any.

        Returns
        -------
        least, most : (n_samples,) float64
            Where items are equally near, with their orders drawn apart and with that of the rows.
        noise : (n_samples,) float64
        """
        least, most = _coincidence(self.found)
        noise = np.ones(len(most)) if self.noise is None else _coincidence(self.noise)[1]
        return least, most, noise


def _coincidence(found: Comparison) -> tuple[Float64, Float64]:
    """Coincidence of each item, by `drawn_jaccard` and by the rows: (n_samples,) float64."""
    by_rows = found.jaccard().astype(np.float64)
    drawn = found.drawn_jaccard()
    if drawn is None or drawn.mean(dtype=np.float64) >= by_rows.mean():
        return by_rows, by_rows
    return drawn.astype(np.float64), by_rows


def gather(
    a: Any,
    b: Any,
    noise: Any,
    settings: Settings,
    *,
    max_queries: int | None,
    canary: Any = None,
    progress: Progress = silent,
    **doors: Any,
) -> Evidence:
    """Compare the candidate, and the noise on the same items.

    Parameters
    ----------
    a, b : as for `embwidget.compare`
    noise : as b, or None
    settings : Settings
        k_max is the k asked for; of fewer items it is cut to what there is.
    max_queries : int or None
    canary : list of ids, optional
    progress : callable
    **doors
        ids, id, metadata, label, names and missing of `embwidget.compare`.
    """
    pair = _with_k(prepare(a, b, settings, **doors))
    if pair.label is not None:
        # Refused before anything is searched for.
        encode_labels(as_pandas(pair.metadata)[pair.label], pair.n_samples, pair.label)
    canaries = None if canary is None else canary_rows(canary, pair)
    repeated = None if noise is None else _repeated(a, noise, pair, settings, doors)
    ends = 1.0 if repeated is None else 2 / 3
    found = compare_pair(pair, settings, progress=span(progress, 0.0, ends))
    if repeated is None:
        return Evidence(found, None, settings, max_queries, canaries)
    graphs = found.graph_a, None
    floor = compare_pair(repeated, settings, graphs=graphs, progress=span(progress, ends, 1.0))
    return Evidence(found, floor, settings, max_queries, canaries)


def _with_k(pair: Pair) -> Pair:
    """The pair whose figures are those of all neighbours that are searched."""
    return replace(pair, n_neighbors=pair.k_max)


def _repeated(a: Any, noise: Any, pair: Pair, settings: Settings, doors: dict[str, Any]) -> Pair:
    """Pair of the model in use and the noise, of the items that the gate is about."""
    try:
        twice = prepare(a, noise, settings, **{**doors, "names": None})
    except (ValueError, TypeError) as error:
        if type(error) not in {ValueError, TypeError}:
            raise
        msg = f"noise, read as b: {error}"
        raise type(error)(msg[:_MOST_CHARS]) from error
    ids = pair.a.ids.tolist()
    rows = twice.rows_of_ids(ids)
    lacking = [key for key, row in zip(ids, rows, strict=True) if row is None]
    if lacking:
        msg = (
            f"noise lacks {len(lacking)} of the {len(ids)} items ({listed(lacking, 3)}): embed the "
            "same items a second time"
        )
        raise ValueError(msg)
    space = twice.b.take(np.array(rows, np.intp))
    if space.n_dims != pair.a.n_dims:
        msg = f"noise has {space.n_dims} dimensions and a {pair.a.n_dims}: embed by the same model"
        raise ValueError(msg)
    # All that the candidate differs by would count for nothing.
    if np.array_equal(space.vectors, pair.b.vectors) and not np.array_equal(
        space.vectors, pair.a.vectors
    ):
        msg = "noise is the candidate itself: give the model in use, embedded a second time"
        raise ValueError(msg)
    return replace(pair, b=space, metric_b=pair.metric_a)
