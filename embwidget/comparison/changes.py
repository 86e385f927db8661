"""What changes between two spaces: labels, groups, hubs, and how far their maps can be believed."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.progress import Progress, reporting, span
from embwidget.comparison.chance import Agreement, label_key
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.groups.groups import group_items, match_groups
from embwidget.measures.labels.labels import Labels
from embwidget.measures.labels.quality import label_table, label_verdict, overall_table
from embwidget.measures.labels.retrieval import Depth
from embwidget.measures.labels.scores import cluster_labels, score_labels
from embwidget.measures.maps.faithfulness import Faithfulness, map_faithfulness
from embwidget.measures.neighbors.hubs import hub_figures, k_occurrence

if TYPE_CHECKING:
    import pandas as pd

# What the ranking takes of the time, beside k-means.
_RANKING_SHARE = 0.8

Found = TypeVar("Found")


class Findings(Agreement):
    """Two spaces, their neighbour graphs, and what changes from one to the other."""

    def quality(
        self,
        label: Any = None,
        *,
        by: str | None = None,
        k: Depth = "max_bin_count",
        n_seeds: int = 5,
        max_queries: int | None = 20_000,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """Which space brings items of the same label together better.

        Parameters
        ----------
        label : str or array-like of length n_samples, optional
            A metadata column or one value for each item; by default the comparison's own label.
            Sets of labels match when they share one. Items without a label are left out.
        by : {"label"}, optional
            One row for each label and metric.
        k : int, "max_bin_count" or None
        n_seeds : int, default=5
        max_queries : int, optional
            Above so many items a sample is asked, some of each label; None = always all. ``n`` and
            ``asked`` say how many were.
        n_jobs, random_state, progress
            As for `embwidget.label_metrics`, which says more of the other arguments too.

        Returns
        -------
        DataFrame
            One row for each metric and space: ``metric, space, value, standard_error, low, high,
            chance, n``, and of the pair ``difference`` (b - a), ``difference_low,
            difference_high, better``. With ``by="label"`` one for each metric and label, the
            largest differences first: ``metric, label, n, asked, a, b, difference, low, high,
            p_value, better``. "A" or "B" is better where a difference is shown, else "".
        """
        if by not in (None, "label"):
            msg = f'by={shown(by)}: give None or "label"'
            raise ValueError(msg)
        label = self.label if label is None else label
        n_seeds = 0 if by else n_seeds
        ends = (0.0, _RANKING_SHARE if n_seeds else 1.0, 1.0)
        with reporting(progress) as report:
            a, b = self._on_both(
                ("ranking", label_key(label), k, max_queries, random_state),
                score_labels,
                self.labels(label),
                span(report, *ends[:2]),
                k=k,
                max_queries=max_queries,
                n_jobs=n_jobs,
                random_state=random_state,
            )
            if n_seeds:
                clusters = self._on_both(
                    ("AMI", label_key(label), n_seeds, random_state),
                    cluster_labels,
                    self.labels(label),
                    span(report, *ends[1:]),
                    n_seeds=n_seeds,
                    random_state=random_state,
                )
                a, b = (replace(x, clusters=y) for x, y in zip((a, b), clusters, strict=True))
        return label_table(a, b) if by else overall_table(a, b)

    def quality_verdict(self, label: Any = None, **options: Any) -> str:
        """Count the labels for which one space is better: "B is better on 31 of 200 labels, ...".

        By mean average precision at R, with 5 % false discoveries. Options as for `quality`.
        """
        return label_verdict(self.quality(label, by="label", **options))

    def clusters(
        self,
        *,
        resolution: float = 1.0,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Groups of each space's neighbour graph, (n_samples,) int32 each; see `find_groups`."""

        def find() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
            with reporting(progress) as report:
                a, b = (
                    find_groups(
                        graph.indices,
                        resolution=resolution,
                        random_state=random_state,
                        progress=span(report, side / 2, (side + 1) / 2),
                    )
                    for side, graph in enumerate(self._graphs)
                )
            return a, b

        found: tuple[NDArray[np.int32], NDArray[np.int32]] = self.once(
            ("clusters", resolution, random_state), find
        )
        return found

    def groups(
        self, *, label: Any = None, text: str | None = None, **options: Any
    ) -> "pd.DataFrame":
        """What becomes of the groups of one space in the other, what changed most first.

        Parameters
        ----------
        label : str or array-like, optional
            What groups are named by: the most frequent label. By default the comparison's own.
        text : str, optional
            Metadata column whose most typical words name the groups where there is no label.
        **options
            resolution, random_state and progress of `clusters`.

        Returns
        -------
        DataFrame
            See `match_groups`: ``change, group_a, group_b, parts, n_items, share_changed,
            evidence, score, name, label, label_share``. `group_items` selects a row's items.
        """
        label = self.label if label is None else label
        groups_a, groups_b = self.clusters(**options)
        return match_groups(
            groups_a,
            groups_b,
            indices_a=self.graph_a.indices,
            indices_b=self.graph_b.indices,
            labels=None if label is None else self.labels(label).one_each(),
            texts=None if text is None else self._texts(text),
        )

    def group_items(self, row: Any, **options: Any) -> NDArray[np.int64]:
        """Positions of the items of one row of `groups`, ascending; options as for `clusters`."""
        return group_items(row, *self.clusters(**options))

    def k_occurrence(self, side: str, k: int | None = None) -> NDArray[np.int64]:
        """In how many lists of k neighbours each item stands, (n_samples,); side is "a" or "b"."""
        if side not in ("a", "b"):
            msg = f'side={shown(side)}: give "a" or "b"'
            raise ValueError(msg)
        return k_occurrence(self._graphs["ab".index(side)].indices, self._k(k))

    def hubs(self, k: int | None = None) -> "pd.DataFrame":
        """How unevenly items are chosen as neighbours; see `embwidget.measures.neighbors.hubs`.

        Returns
        -------
        DataFrame
            One row for each space, "a" and "b": ``space, k``, and the figures of `hub_figures`.
        """
        import pandas as pd

        k = self._k(k)
        rows = [
            {"space": side, "k": k} | hub_figures(graph.indices, k)
            for side, graph in zip("ab", self._graphs, strict=True)
        ]
        return pd.DataFrame(rows)

    def faithfulness(
        self,
        positions_a: NDArray[Any],
        positions_b: NDArray[Any],
        k: int | None = None,
        *,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> tuple[Faithfulness, Faithfulness]:
        """How far a map of each space can be believed; see `map_faithfulness`.

        Parameters
        ----------
        positions_a, positions_b : (n_samples, 2) float
            What `embwidget.project` draws, for one.
        k : int, optional
        n_jobs, random_state, progress
            As for `compare`.
        """
        k = self._k(k)
        metrics = self.pair.metric_a, self.pair.metric_b
        sides = zip(
            (self.a, self.b), self._graphs, (positions_a, positions_b), metrics, strict=True
        )
        with reporting(progress) as report:
            a, b = (
                map_faithfulness(
                    graph.indices,
                    positions,
                    vectors=space.vectors,
                    metric=metric,
                    n_neighbors=k,
                    n_jobs=n_jobs,
                    random_state=random_state,
                    progress=span(report, side / 2, (side + 1) / 2),
                )
                for side, (space, graph, positions, metric) in enumerate(sides)
            )
        return a, b

    def _on_both(
        self,
        key: tuple[Hashable, ...],
        find: Callable[..., Found],
        labels: Labels,
        progress: Progress,
        **options: Any,
    ) -> tuple[Found, Found]:
        """What is found in A and in B by label, kept under the key."""

        def both() -> tuple[Found, Found]:
            sides = ((self.a, self.pair.metric_a), (self.b, self.pair.metric_b))
            a, b = (
                find(
                    space.vectors,
                    labels,
                    metric=metric,
                    progress=_in_space(span(progress, side / 2, (side + 1) / 2), side),
                    **options,
                )
                for side, (space, metric) in enumerate(sides)
            )
            return a, b

        found: tuple[Found, Found] = self.once(key, both)
        return found

    def _texts(self, name: str) -> list[str | None]:
        if name not in self.frame.columns:
            msg = f"text={shown(name)}: {near_names(name, self.frame.columns)}"
            raise ValueError(msg)
        column = self.frame[name]
        return [
            None if gap else str(value) for value, gap in zip(column, column.isna(), strict=True)
        ]


def _in_space(progress: Progress, side: int) -> Progress:
    def part(step: str, share: float) -> None:
        progress(f"{step} in {'AB'[side]}", share)

    return part
