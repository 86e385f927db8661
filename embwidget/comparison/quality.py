"""Which space brings items of the same label together better."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from embwidget._core.checks import shown
from embwidget._core.progress import Progress, reporting, silent, span
from embwidget.comparison.base import Compared
from embwidget.measures.labels.labels import Labels
from embwidget.measures.labels.quality import label_table, label_verdict, overall_table
from embwidget.measures.labels.retrieval import Depth
from embwidget.measures.labels.scores import LabelScores, cluster_labels, score_labels

if TYPE_CHECKING:
    import pandas as pd

# What the ranking takes of the time, beside k-means.
_RANKING_SHARE = 0.8

Found = TypeVar("Found")


class LabelQuality(Compared):
    """The label metrics of both spaces, and on which labels one is better."""

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
            a, b = self.label_scores(
                label,
                k=k,
                max_queries=max_queries,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=span(report, *ends[:2]),
            )
            if n_seeds:
                clusters = self._on_both(
                    ("AMI", label, n_seeds, random_state),
                    cluster_labels,
                    self.labels(label),
                    span(report, *ends[1:]),
                    n_seeds=n_seeds,
                    n_jobs=n_jobs,
                    random_state=random_state,
                )
                a, b = (replace(x, clusters=y) for x, y in zip((a, b), clusters, strict=True))
        return label_table(a, b) if by else overall_table(a, b)

    def label_scores(
        self,
        label: Any = None,
        *,
        k: Depth = "max_bin_count",
        max_queries: int | None = 20_000,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress = silent,
    ) -> tuple[LabelScores, LabelScores]:
        """How each item fares by its label in A and in B, what `quality` is made from.

        Arguments as for `quality`, with progress as a callable; there are no clusters.
        """
        return self._on_both(
            ("ranking", label, k, max_queries, random_state),
            score_labels,
            self.labels(label),
            progress,
            k=k,
            max_queries=max_queries,
            n_jobs=n_jobs,
            random_state=random_state,
        )

    def quality_verdict(self, label: Any = None, **options: Any) -> str:
        """Count the labels for which one space is better: "B is better on 31 of 200 labels, ...".

        By mean average precision at R, with 5 % false discoveries. Options as for `quality`.
        """
        return label_verdict(self.quality(label, by="label", **options))

    def _on_both(
        self,
        asked: tuple[Any, ...],
        find: Callable[..., Found],
        labels: Labels,
        progress: Progress,
        **options: Any,
    ) -> tuple[Found, Found]:
        """What is found in A and in B by label; see `Memo` for what is asked."""

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

        return self._memo.get(both, *asked)


def _in_space(progress: Progress, side: int) -> Progress:
    def part(step: str, share: float) -> None:
        progress(f"{step} in {'AB'[side]}", share)

    return part
