"""What becomes of the groups of one space in the other."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.progress import Progress, reporting, span
from embwidget._core.values import read_values
from embwidget.comparison.base import Compared
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.groups.groups import group_items, match_groups

if TYPE_CHECKING:
    import pandas as pd

GroupsOfBoth = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Group of each item in A and in B, (n_samples,) int32 each; -1 = in none."""


class GroupChanges(Compared):
    """Groups of each space, and what splits, merges, appears and dissolves."""

    def clusters(
        self,
        *,
        resolution: float = 1.0,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> GroupsOfBoth:
        """Groups of each space's neighbour graph, (n_samples,) int32 each; see `find_groups`.

        Parameters
        ----------
        resolution : float, default=1.0
            Above 0. More gives more and smaller groups.
        n_jobs, random_state, progress
            As for `compare`.

        Returns
        -------
        a, b : (n_samples,) int32
            0 = the largest group; -1 = in no group.
        """

        def find() -> GroupsOfBoth:
            """Groups in A and in B, (n_samples,) int32 each."""
            with reporting(progress) as report:
                a, b = (
                    self._for_all(
                        find_groups(
                            graph.indices,
                            resolution=resolution,
                            n_jobs=n_jobs,
                            random_state=random_state,
                            progress=span(report, side / 2, (side + 1) / 2),
                        )
                    )
                    for side, graph in enumerate(self._each_graphs)
                )
            return a, b

        return self._memo.get(find, "clusters", resolution, random_state)

    def groups(self, *, label: Any = None, text: Any = None, **options: Any) -> "pd.DataFrame":
        """What becomes of the groups of one space in the other, what changed most first.

        Parameters
        ----------
        label : str or array-like, optional
            What groups are named by: the most frequent label. By default the comparison's own.
        text : str or array-like of length n_samples, optional
            Metadata column, or one text for each item: the most typical words name the groups
            where there is no label.
        **options
            resolution, n_jobs, random_state and progress of `clusters`.

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
        """Positions of the items of one row of `groups`, (n_items,) int64, ascending.

        Parameters
        ----------
        row : Series
        **options
            As for `clusters`.
        """
        return group_items(row, *self.clusters(**options))

    def _texts(self, text: Any) -> list[str | None]:
        if isinstance(text, str):
            if text not in self.frame.columns:
                msg = f"text={shown(text)}: {near_names(text, self.frame.columns)}"
                raise ValueError(msg)
            text = self.frame[text]
        entries = read_values(text, "text").entries
        return [None if entry is None else str(entry) for entry in entries]
