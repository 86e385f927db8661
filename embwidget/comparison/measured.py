"""How similar both spaces are by every measure."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, reporting
from embwidget.comparison.base import Compared
from embwidget.knn import KNNGraph
from embwidget.measures.measure import Family, Measure
from embwidget.measures.registry import Names, Sides, item_values, measure_table
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd


# Share of the lists that may be cut through equals before these are drawn.
_FEW_CUT = 0.01


class Measured(Compared):
    """The measures of `embwidget.measures.registry`, of this pair."""

    def measures(
        self,
        names: Names = None,
        *,
        k: int | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
        **options: Any,
    ) -> "pd.DataFrame":
        """How similar the spaces are by every measure; see `embwidget.measures.registry`.

        Parameters
        ----------
        names : str, Measure, Family or sequence of these, optional
            Keys of ``MEASURES``, entries of it, or families of your own; by default all of
            ``MEASURES``.
        k : int, optional
            Neighbours that measures of neighbourhoods look at.
        n_jobs, random_state, progress
            As for `compare`.
        **options
            n_permutations and max_items of `measure_table`.

        Returns
        -------
        DataFrame
            One row for each measure: ``measure, value, low, high, standard_error, chance,
            adjusted, z, k, n, sampled, note``. A measure that the shapes do not support has NaN
            and the reason as its note.

        Notes
        -----
        Where more than a hundredth of the lists are cut through items that are equally near,
        measures of neighbours take lists in which these are drawn, in each space on its own: the
        order of the rows, which both have in common, would count as agreement.
        """
        k = self._k(k)
        cut = max(float(lists.mean()) for lists in self._ties.cut(k))
        is_drawn = cut > _FEW_CUT and not self._ties.is_same(self.k_max)
        with reporting(progress) as report:
            sides = self._sides_of(self._each_spaces, self._each_graphs)
            if is_drawn:
                indices_a, indices_b = self._ties.drawn(1, 2)
                sides = replace(sides, indices_a=indices_a, indices_b=indices_b)
            table = measure_table(
                sides,
                names,
                k=k,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=report,
                **options,
            )
        if is_drawn:
            said = f"{cut:.0%} of the lists are cut through equals, which were drawn"
            of_lists = table["k"].notna()
            notes = table.loc[of_lists, "note"]
            table.loc[of_lists, "note"] = [f"{note}; {said}" if note else said for note in notes]
        return table

    def item_values(
        self, name: str | Measure | Family, k: int | None = None
    ) -> NDArray[np.float32]:
        """Value of a measure for each item.

        Parameters
        ----------
        name : str, Measure or Family
            A measure that is a mean over items, or a family of your own of one such measure.
        k : int, optional
            Neighbours that measures of neighbourhoods look at.

        Returns
        -------
        (n_samples,) float32

        Raises
        ------
        ValueError
            When the measure has no values for items; says which have.
        """
        sides = self._sides_of((self.a, self.b), self._graphs)
        return item_values(sides, name, k=self._k(k))

    def _sides_of(self, spaces: tuple[Space, Space], graphs: tuple[KNNGraph, KNNGraph]) -> Sides:
        return Sides(
            vectors_a=spaces[0].vectors,
            vectors_b=spaces[1].vectors,
            indices_a=graphs[0].indices,
            indices_b=graphs[1].indices,
            metric_a=self.pair.metric_a,
            metric_b=self.pair.metric_b,
        )
