"""What becomes of the groups of one space in the other."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.progress import Progress, reporting, span
from embwidget._core.values import read_values
from embwidget.comparison.base import Compared
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.groups.groups import group_items, group_parts, match_groups
from embwidget.measures.groups.names import GroupNames, name_groups
from embwidget.measures.groups.naming import label_codes

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
            What groups are named by where it prevails. By default the comparison's own.
        text : str or array-like of length n_samples, optional
            Metadata column, or one text for each item: the most typical words name the groups
            in which no label prevails.
        **options
            resolution, n_jobs, random_state and progress of `clusters`.

        Returns
        -------
        DataFrame
            See `match_groups`: ``change, group_a, group_b, parts, n_items, share_changed,
            evidence, score, name, label, label_share``. `group_items` selects a row's items.
        """
        groups_a, groups_b = self.clusters(**options)
        return match_groups(
            groups_a,
            groups_b,
            indices_a=self.graph_a.indices,
            indices_b=self.graph_b.indices,
            labels=self._one_label_each(label),
            names=self.group_names(label=label, text=text, **options),
        )

    def group_names(self, *, label: Any = None, text: Any = None, **options: Any) -> GroupNames:
        """Names of the groups of each space, those that `groups` has, too.

        Parameters
        ----------
        label, text, **options
            As for `groups`.

        Returns
        -------
        GroupNames
            ``a`` and ``b``, str each: entry i names group i of `clusters`. No two groups
            of a space are called alike; see `name_groups`.
        """

        def find() -> GroupNames:
            labels = self._one_label_each(label)
            groups_a, groups_b = self.clusters(**options)
            return name_groups(
                groups_a,
                groups_b,
                indices_a=self.graph_a.indices,
                indices_b=self.graph_b.indices,
                labels=None if labels is None else label_codes(labels, len(groups_a)),
                texts=None if text is None else self._texts(text),
                ids=self.a.ids,
            )

        how = options.get("resolution", 1.0), options.get("random_state", 0)
        return self._memo.get(find, "group_names", label, text, *how)

    def group_items(self, row: Any, **options: Any) -> NDArray[np.int64]:
        """Positions of the items of one row of `groups`, (n_items,) int64, ascending.

        Parameters
        ----------
        row : Series
        **options
            As for `clusters`.
        """
        return group_items(row, *self.clusters(**options))

    def group_parts(
        self, row: Any, **options: Any
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], list[int]]:
        """Items of one row of `groups`, by what they become in the other space.

        Parameters
        ----------
        row : Series
        **options
            As for `clusters`.

        Returns
        -------
        items : (n_items,) int64
            Positions, ascending.
        part : (n_items,) int32
            Index into `groups`; -1 = in none of them.
        groups : list of int
            Groups of the other space; their names are those of `group_names`.
        """
        return group_parts(row, *self.clusters(**options))

    def _one_label_each(self, label: Any) -> Any:
        """One label for each item, or None."""
        label = self.label if label is None else label
        return None if label is None else self.labels(label).one_each()

    def _texts(self, text: Any) -> list[str | None]:
        if isinstance(text, str):
            if text not in self.frame.columns:
                msg = f"text={shown(text)}: {near_names(text, self.frame.columns)}"
                raise ValueError(msg)
            text = self.frame[text]
        entries = read_values(text, "text").entries
        return [None if entry is None else str(entry) for entry in entries]
