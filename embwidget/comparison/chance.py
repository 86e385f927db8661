"""Whether two spaces agree: by more than chance, than their classes, than another pair, and how."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, reporting
from embwidget.comparison.coincidence import Coincidence
from embwidget.comparison.pair import Pair
from embwidget.knn import KNNGraph
from embwidget.measures.bootstrap import paired_bootstrap
from embwidget.measures.neighbors.chance import Chance, permutations_for, permuted_chance, verdict
from embwidget.measures.registry import Sides, item_values, measure_table

if TYPE_CHECKING:
    import pandas as pd


class Agreement(Coincidence):
    """Two spaces, their neighbour graphs, and whether what both share means anything."""

    def __init__(self, pair: Pair, graph_a: KNNGraph, graph_b: KNNGraph) -> None:
        super().__init__(pair, graph_a, graph_b)
        self._known: dict[Hashable, Any] = {}

    def chance(
        self,
        within: Any = None,
        *,
        n_permutations: int | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> Chance:
        """Compare the mean Jaccard index with that of permuted items, for every k at once.

        Parameters
        ----------
        within : True, str or array-like, optional
            Labels inside of which alone items change places: True for the comparison's own, a
            metadata column, or one value for each item. What is above that chance is more than the
            classes have in common. By default items change places with all others.
        n_permutations : int, optional
            By default as many as take a short time, 10 to 100.
        n_jobs : int, optional
        random_state : int, default=0
        progress : bool or callable, default=False
            As for `compare`.

        Returns
        -------
        Chance
            With ``mean``, ``standard_deviation``, ``value`` and ``z`` for k = 1..k_max.
        """
        if n_permutations is None:
            n_permutations = permutations_for(len(self.a), self.k_max)
        label = self.label if within is True else within
        codes = None if within is None else self.labels(label).classes
        key = ("chance", label_key(label), n_permutations, random_state)

        def find() -> Chance:
            with reporting(progress) as report:
                return permuted_chance(
                    self.graph_a.indices,
                    self.graph_b.indices,
                    codes=codes,
                    n_permutations=n_permutations,
                    n_jobs=n_jobs,
                    random_state=random_state,
                    progress=report,
                )

        found: Chance = self.once(key, find)
        return found

    def verdict(self, label: Any = None, k: int | None = None) -> str:
        """Say in a sentence whether the spaces agree, and whether by more than their classes.

        Parameters
        ----------
        label : str or array-like, optional
            By default the comparison's own label; without one, classes are left out.
        k : int, optional
        """
        k = self._k(k)
        label = self.label if label is None else label
        within = None if label is None else self.chance(label)
        return verdict(self._similarity(k).value, self.chance(), within, k=k)

    def difference(self, other: "Agreement", k: int | None = None, **options: Any) -> Estimate:
        """Mean Jaccard index of this comparison less that of another one of the same items.

        Parameters
        ----------
        other : Comparison
            Its items are matched by id.
        k : int, optional
        **options
            n_bootstrap and random_state of the paired bootstrap.

        Returns
        -------
        Estimate
            With the interval of a bootstrap over the items, the same in both comparisons.

        Raises
        ------
        ValueError
            When the items are not the same.
        """
        if len(other.a) != len(self.a) or set(other.a.ids.tolist()) != set(self.a.ids.tolist()):
            msg = (
                f"the comparisons have {len(self.a)} and {len(other.a)} items, not the same ids: "
                "compare the same items in both"
            )
            raise ValueError(msg)
        k = self._k(k)
        rows = [other.position_of(item) for item in self.a.ids.tolist()]
        return paired_bootstrap(self.jaccard(k), other.jaccard(k)[rows], **options)

    def measures(
        self,
        names: Sequence[str] | None = None,
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
        names : sequence of str, optional
            Keys of ``MEASURES``; by default all.
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
        """
        with reporting(progress) as report:
            return measure_table(
                self._sides,
                names,
                k=self._k(k),
                n_jobs=n_jobs,
                random_state=random_state,
                progress=report,
                **options,
            )

    def item_values(self, name: str, k: int | None = None) -> NDArray[np.float32]:
        """Value of a measure for each item, (n_samples,) float32; ValueError when it has none."""
        return item_values(self._sides, name, k=self._k(k))

    def once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """Return what was found before under the key; labels given as values are not kept."""
        if _UNKEYED in key:  # type: ignore[operator]
            return find()
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    @property
    def _sides(self) -> Sides:
        return Sides(
            vectors_a=self.a.vectors,
            vectors_b=self.b.vectors,
            indices_a=self.graph_a.indices,
            indices_b=self.graph_b.indices,
            metric_a=self.pair.metric_a,
            metric_b=self.pair.metric_b,
        )


_UNKEYED = object()


def label_key(label: Any) -> Hashable:
    """Part of the key of what depends on a label; labels given as values have none."""
    return label if label is None or isinstance(label, (str, bool)) else _UNKEYED
