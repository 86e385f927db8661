"""Whether what both spaces share means anything: chance, the verdict, and another pair."""

from typing import Any

from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, reporting
from embwidget.comparison.base import Compared
from embwidget.measures.bootstrap import paired_bootstrap
from embwidget.measures.neighbors.chance import Chance, permutations_for, permuted_chance, verdict


class AboveChance(Compared):
    """Whether the spaces agree by more than chance, than their classes, than another pair."""

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
            Threads; None = one for each CPU that the process may use.
        random_state : int, default=0
            Seed of the permutations.
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

        return self._memo.get(find, "chance", label, n_permutations, random_state)

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
        mean = Estimate.of_mean(self.jaccard(k))
        return verdict(mean.value, self.chance(), within, k=k)

    def difference(self, other: Compared, k: int | None = None, **options: Any) -> Estimate:
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
