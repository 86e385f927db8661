"""`Comparisons`: several spaces of the same items, every two of them compared."""

from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.checks import flag, shown, whole
from embwidget._core.progress import Progress, reporting, span
from embwidget.measures.measure import Family, Measure
from embwidget.series.agreement import PairCurves
from embwidget.series.compared_many import ComparedMany, in_space
from embwidget.series.curve import metric_columns
from embwidget.series.pair_measures import MeasuredPairs, measured_pairs
from embwidget.series.seriation import seriated
from embwidget.series.shuffled import SHUFFLED, shuffled_row

if TYPE_CHECKING:
    import pandas as pd

_JACCARD = "jaccard"


class Comparisons(ComparedMany):
    """Several spaces of the same items, every two of them compared; made by `compare_many`.

    The length is the number of spaces; iteration, a name and a position give spaces.

    Attributes
    ----------
    series : Series
        The same spaces, with the graphs that were found, for `Series.curve` and maps.
    n_neighbors : int
    k_max : int
        Length of the neighbour lists.
    """

    def curves(self, *, progress: Progress | bool = False) -> PairCurves:
        """Mean Jaccard index, its interval and chance of every pair at every k up to k_max.

        Parameters
        ----------
        progress : bool or callable, default=False
            As for `embwidget.compare`.
        """
        n_jobs = self.series.settings.n_jobs

        def find() -> PairCurves:
            return self.series.pair_curves(self.k_max, n_jobs=n_jobs, progress=progress)

        return self._memo.get(find, "curves")

    def matrix(
        self,
        k: int | None = None,
        measure: str | Measure | Family = _JACCARD,
        adjusted: bool = True,
        *,
        n_permutations: int = 20,
        max_items: int = 4000,
        random_state: int | None = None,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """Similarity of every space with every other one, as a table of spaces by spaces.

        Parameters
        ----------
        k : int, optional
            Neighbours compared; by default ``n_neighbors``.
        measure : str, Measure or Family, default="jaccard"
            What similarity is: a key of ``MEASURES``, or a family of your own of one measure.
        adjusted : bool, default=True
            Whether on a scale where chance is 0 and identity is 1.
        n_permutations : int, default=20
            Permutations that show what chance gives, for a measure without a formula of it.
        max_items : int, default=4000
            Measures of all pairs of items take a sample of at most so many.
        random_state : int, optional
            By default that of `compare_many`.
        progress : bool or callable, default=False
            As for `embwidget.compare`.

        Returns
        -------
        DataFrame
            Rows and columns by the names of the spaces. The diagonal is what a space has with
            itself: 1, and without `adjusted` 0 for distances. Symmetric, but for measures that
            are not (row = A, column = B). NaN where a measure has no value for a pair.

            Its ``attrs`` are ``measure``, ``k`` (None for measures that look at no neighbours),
            ``adjusted``, ``chance``, one number, or ``chance[name_a][name_b]`` where pairs differ,
            None where it was not computed; ``chance_by``, "formula", "permutation" or None;
            ``notes[name_a][name_b]``, why there is no value, or what was sampled.

        Raises
        ------
        ValueError, TypeError
            For an argument that is not what is described above; tells near names.
        """
        import pandas as pd

        k = self._k(k)
        adjusted = flag(adjusted, "adjusted")
        random_state = self._seed(random_state)
        whole(n_permutations, "n_permutations", 1)
        asked = measure.name if isinstance(measure, Measure) else measure
        if isinstance(asked, str) and asked == _JACCARD:
            found = self._jaccard(k, progress=progress)
        else:
            options: dict[str, Any] = {
                "k": k,
                "n_permutations": n_permutations if adjusted else 0,
                "max_items": max_items,
                "random_state": random_state,
            }

            def find() -> MeasuredPairs:
                with reporting(progress) as report:
                    return measured_pairs(self._compared, self.names, measure, report, **options)

            found = self._memo.get(find, "measure", asked, *options.values())
        square = found.adjusted if adjusted else found.values
        made = pd.DataFrame(square, index=list(self.names), columns=list(self.names))
        made.attrs |= found.said(self.names, k) | {"adjusted": adjusted}
        return made

    def pairs(self, k: int | None = None, **options: Any) -> "pd.DataFrame":
        """Every two spaces: how far they agree, and whether by more than chance.

        Parameters
        ----------
        k : int, optional
            Neighbours compared; by default ``n_neighbors``.
        **options
            within, n_permutations, n_jobs, random_state and progress of `Series.pairs`, which says
            what the columns are, and that p-values count the search over all pairs.
        """
        settings = self.series.settings
        defaults = {"n_jobs": settings.n_jobs, "random_state": settings.random_state}
        return self.series.pairs(self._k(k), **defaults | options)

    def order(
        self,
        k: int | None = None,
        measure: str | Measure | Family = _JACCARD,
        **options: Any,
    ) -> list[str]:
        """Names in an order in which spaces that agree stand beside each other.

        Average linkage of 1 - `matrix`, its leaves in the order in which neighbours agree most.
        The order in which the spaces were given changes nothing.

        Parameters
        ----------
        k, measure, **options
            As for `matrix`, whose adjusted values are taken.

        Raises
        ------
        ValueError
            When the measure has no value for a pair.

        References
        ----------
        Z. Bar-Joseph, D. K. Gifford, T. S. Jaakkola, "Fast optimal leaf ordering for hierarchical
        clustering", Bioinformatics 17, 2001.
        """
        table = self.matrix(k, measure, **options)
        missing = np.argwhere(np.isnan(table.to_numpy()))
        if len(missing):
            a, b = (self.names[at] for at in missing[0])
            note = table.attrs["notes"].get(a, {}).get(b, "not a number")
            msg = f"{shown(a)} and {shown(b)} have no value to order by: {note}"
            raise ValueError(msg[:299])
        return seriated(table.to_numpy(), self.names)

    def quality(
        self,
        label: Any = None,
        *,
        k: Any = "max_bin_count",
        n_seeds: int = 5,
        max_queries: int | None = 20_000,
        random_state: int | None = None,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """How well each space brings items of the same label together, beside what chance gives.

        Parameters
        ----------
        label : str or array-like of shape (n_items,), optional
            A column of the metadata, or one value for each item in all spaces; by default the label
            of `compare_many`.
        k, n_seeds, max_queries
            As for `Comparison.quality`.
        random_state : int, optional
            By default that of `compare_many`.
        progress : bool or callable, default=False
            As for `embwidget.compare`.

        Returns
        -------
        DataFrame
            One row for each space, by its name: ``mean_average_precision,
            mean_average_precision_at_r, mean_reciprocal_rank, precision_at_1, r_precision, AMI,
            NMI``, each with ``_low`` and ``_high``, its 95 % interval (for AMI and NMI the range
            over the seeds); values as `Comparison.quality` has them. A last row, "shuffled", is
            what items anywhere give: exactly, by formula. ``attrs["shuffled"]`` is its name, which
            is another one where a space is called so.

        Raises
        ------
        ValueError
            When there is no label.
        """
        import pandas as pd

        options: dict[str, Any] = {
            "k": k,
            "n_seeds": n_seeds,
            "max_queries": max_queries,
            "random_state": self._seed(random_state),
        }
        n_jobs = self.series.settings.n_jobs
        tables = []
        with reporting(progress) as report:
            for at, name in enumerate(self.names):
                part = in_space(span(report, at / len(self), (at + 1) / len(self)), name)

                def find(at: int = at, part: Progress = part) -> "pd.DataFrame":
                    return self.series.label_metrics(
                        at, label, n_jobs=n_jobs, progress=part, **options
                    )

                tables.append(self._memo.get(find, "quality", at, label, *options.values()))
        rows = [metric_columns(table) for table in tables]
        rows.append(shuffled_row(tables, self.series.labels(label)))
        last = SHUFFLED
        while last in self.names:
            last = f"{last} labels"
        made = pd.DataFrame(rows, index=[*self.names, last])
        made.attrs["shuffled"] = last
        return made

    def _jaccard(self, k: int, *, progress: Progress | bool) -> MeasuredPairs:
        """Mean Jaccard index of all pairs, as `Comparison.similarity` has it."""
        curves = self.curves(progress=progress)
        chance = curves.chance[k - 1]
        square, expected = np.eye(len(self)), np.full((len(self), len(self)), chance)
        for (a, b), value in zip(
            combinations(range(len(self)), 2), curves.values[:, k - 1, 0], strict=True
        ):
            square[a, b] = square[b, a] = value
        room = 1 - chance
        adjusted, notes = np.full_like(square, np.nan), {}
        if room > 0:
            adjusted = (square - chance) / room
        else:
            note = f"at k={k} of {self.n} items every list has all others"
            notes = dict.fromkeys(permutations(range(len(self)), 2), note)
        np.fill_diagonal(adjusted, 1.0)
        return MeasuredPairs(_JACCARD, True, square, adjusted, expected, "formula", notes)
