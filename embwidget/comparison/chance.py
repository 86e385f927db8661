"""Whether what both spaces share means anything: chance, the verdict, and another pair."""

from dataclasses import replace
from typing import Any

import numpy as np

from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, reporting
from embwidget.comparison.base import Compared
from embwidget.measures.bootstrap import paired_bootstrap
from embwidget.measures.neighbors.chance import (
    Z_ABOVE_CHANCE,
    Chance,
    permutations_for,
    permuted_chance,
    verdict,
)
from embwidget.measures.permutation import z_scores

# How many orders of equals have to say the same, where one alone is not far from the border.
_N_ORDERS = 3
_NEAR_BORDER = 2.5
# Of more items one order says nearly what the next one does, and takes minutes.
_MOST_ITEMS_REDRAWN = 20_000


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

        Notes
        -----
        Items that are equally near come in the order of their rows in both spaces, which these
        then have in common. Where agreement could be due to that, each list draws its own order
        (``Chance.drawn``).
        """
        return self._chance(within, n_permutations, n_jobs, random_state, progress)

    def _chance(
        self,
        within: Any,
        n_permutations: int | None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
        order: int = 0,
    ) -> Chance:
        """Chance, with one of several orders of equals where they are drawn."""
        if n_permutations is None:
            n_permutations = permutations_for(len(self._each_spaces[0]), self.k_max)
        label = self.label if within is True else within
        codes = None if within is None else self._of_each(self.labels(label).classes)

        def of(lists: Any, report: Progress) -> Chance:
            return permuted_chance(
                *lists,
                codes=codes,
                n_permutations=n_permutations,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=report,
            )

        def find() -> Chance:
            with reporting(progress) as report:
                if order == 0:
                    found = of([graph.indices for graph in self._each_graphs], report)
                    if not self._may_be_order(found):
                        return found
                lists = self._ties.drawn(2 * order + 1, 2 * order + 2)
                return replace(of(lists, report), drawn=True)

        return self._memo.get(find, "chance", label, n_permutations, random_state, order)

    def _may_be_order(self, found: Chance) -> bool:
        """Whether what is above chance might be the order that equals have in both spaces."""
        least, some = self._ties.least_jaccard()
        if not some.any() or self._ties.is_same(self.k_max):
            return False
        z = z_scores(least, found.mean, found.standard_deviation)
        return bool((z[some] < Z_ABOVE_CHANCE).any())

    def verdict(self, label: Any = None, k: int | None = None, **options: Any) -> str:
        """Say in a sentence whether the spaces agree, and whether by more than their classes.

        Where that hangs on the order of items that are equally near, it says that it cannot tell.

        Parameters
        ----------
        label : str or array-like, optional
            By default the comparison's own label; without one, classes are left out.
        k : int, optional
        **options
            n_permutations, n_jobs and random_state of `chance`.
        """
        k = self._k(k)
        label = self.label if label is None else label
        is_same = self._ties.is_same(k)
        if is_same and self._ties.says_nothing(k):
            return self._untold(k)
        value = 1.0 if is_same else np.nan

        def said(order: int) -> tuple[str, list[Chance]]:
            how = {"n_permutations": None, "order": order} | options
            overall = self._chance(None, **how)
            within = None if label is None else self._chance(label, **how)
            known = [overall] if within is None else [overall, within]
            return verdict(value, overall, within, k=k), known

        first, known = said(0)
        near = [abs(each.z[k - 1] - Z_ABOVE_CHANCE) < _NEAR_BORDER for each in known if each.drawn]
        if is_same or not any(near) or len(self.a) > _MOST_ITEMS_REDRAWN:
            return first
        others = {said(order)[0] for order in range(1, _N_ORDERS)}
        return first if others == {first} else self._untold(k)

    def _untold(self, k: int) -> str:
        a, b = (cut.mean() for cut in self._ties.cut(k))
        copies = " and ".join(
            f"{self._ties.n_copies(i):,} in {side}" for i, side in enumerate("ab")
        )
        return (
            f"cannot be told: {a:.0%} of the lists in a and {b:.0%} in b are cut through items "
            f"that are equally near (copies: {copies})"
        )

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
