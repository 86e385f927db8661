"""How far every step agrees with every other one, and whether that is more than chance."""

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown, whole
from embwidget._core.progress import Progress, reporting, silent, span
from embwidget._core.threads import mapped, resolve
from embwidget.knn.exact.ties import drawn_lists, tied_ranks
from embwidget.measures.labels.labels import encode_labels
from embwidget.measures.neighbors.expected import expected_jaccard
from embwidget.measures.neighbors.shared import jaccard_by_k, shared_counts
from embwidget.measures.neighbors.shared_ranks import SharedRankFinder, mean_jaccard
from embwidget.measures.permutation import mean_and_deviation, shuffled, z_scores
from embwidget.series.base import SeriesBase

if TYPE_CHECKING:
    import pandas as pd

_VALUES = ("jaccard", "adjusted", "low", "high", "z", "p_value")
_BY_PERMUTATION = {"z", "p_value"}
_COMPARING = "comparing all pairs"
# Pairs of an item and a neighbor that all permutations of all pairs look up together.
_MOST_LOOKUPS = 400_000_000
_MOST_PERMUTATIONS, _LEAST_PERMUTATIONS = 199, 19


class PairCurves(NamedTuple):
    """Agreement of all pairs at every k.

    Attributes
    ----------
    values : (n_pairs, k_max, 3) float64
        The mean Jaccard index of the k nearest and the ends of its 95 % interval, at
        ``k = column + 1``, of the pairs (0, 1), (0, 2) ... (1, 2) ..., as
        `itertools.combinations` has them.
    chance : (k_max,) float64
        What unrelated spaces give.
    """

    values: NDArray[np.float64]
    chance: NDArray[np.float64]


class StepAgreement(SeriesBase):
    """All pairs of steps: the mean Jaccard index, its chance, p-values that count the search."""

    def matrix(
        self,
        k: int = 10,
        value: str = "jaccard",
        *,
        within: Any = None,
        n_permutations: int | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """Agreement of every step with every other one, as a table of steps by steps.

        Parameters
        ----------
        k : int, default=10
            Neighbours compared.
        value : {"jaccard", "adjusted", "low", "high", "z", "p_value"}, default="jaccard"
            The mean Jaccard index; that on a scale where chance is 0 and identity 1; an end of its
            95 % interval; standard deviations above what permutations give; the p-value. See
            `pairs`, which also describes the other arguments.
        within, n_permutations, n_jobs, random_state, progress
            As for `pairs`.

        Returns
        -------
        DataFrame
            Rows and columns by the names of the steps, symmetric. Its ``attrs["chance"]`` is what
            unrelated spaces give. A step agrees with itself by 1; its z and p-value are NaN.
        """
        import pandas as pd

        if value not in _VALUES:
            msg = f"value={shown(value)}: give one of {', '.join(map(repr, _VALUES))}"
            raise ValueError(msg)
        if value in _BY_PERMUTATION:
            table = self.pairs(
                k,
                within=within,
                n_permutations=n_permutations,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=progress,
            )
        else:
            table = self._pairs(k, n_jobs, progress)
        square = np.full((len(self), len(self)), np.nan if value in _BY_PERMUTATION else 1.0)
        first, second = np.triu_indices(len(self), 1)
        square[first, second] = square[second, first] = table[value].to_numpy()
        made = pd.DataFrame(square, index=list(self.names), columns=list(self.names))
        made.attrs["chance"] = expected_jaccard(self.n, k)
        return made

    def pair_curves(
        self,
        k_max: int = 50,
        *,
        n_jobs: int | None = None,
        progress: Progress | bool = False,
    ) -> PairCurves:
        """Agreement of every pair of steps at every k, which takes little once graphs are there.

        Parameters
        ----------
        k_max : int, default=50
            Neighbours compared at most.
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use. The result is the same.
        progress : bool or callable, default=False
            As for `embwidget.compare`.
        """
        k_max = self.checked_k(k_max)
        pairs = list(combinations(range(len(self)), 2))
        values = np.empty((len(pairs), k_max, 3))
        with reporting(progress) as report:
            searching = span(report, 0.0, 0.8)
            lists = []
            for at in range(len(self)):
                part = span(searching, at / len(self), (at + 1) / len(self))
                lists.append(self.graph(at, k_max, n_jobs=n_jobs, progress=part).indices)

            def measure(pair: tuple[int, int]) -> NDArray[np.float64]:
                a, b = pair
                return jaccard_by_k(shared_counts(lists[a], lists[b], n_jobs=1))

            for done, found in enumerate(mapped(measure, pairs, resolve(n_jobs))):
                values[done] = found
                report(_COMPARING, 0.8 + 0.2 * (done + 1) / len(pairs))
        chance = [expected_jaccard(self.n, k) for k in range(1, k_max + 1)]
        return PairCurves(values, np.array(chance))

    def pairs(
        self,
        k: int = 10,
        *,
        within: Any = None,
        n_permutations: int | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """Every pair of steps: how far they agree, and whether that is more than chance.

        Parameters
        ----------
        k : int, default=10
            Neighbours compared.
        within : str or array-like of shape (n_items,), or True, optional
            Labels inside of which alone items change places, as for `Comparison.chance`: what is
            above that chance is more than the classes have in common. True = the series' own.
        n_permutations : int, optional
            At least 19; by default as many as take a short time, 19 to 199. No p-value is below
            1 / (n_permutations + 1).
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use. The result is the same.
        random_state : int, default=0
        progress : bool or callable, default=False
            As for `embwidget.compare`.

        Returns
        -------
        DataFrame
            One row for each pair, the earlier step first: ``a, b``, names; ``jaccard, low, high``,
            the mean Jaccard index and its 95 % interval; ``chance, adjusted``; ``z``, standard
            deviations above the mean of the permutations; ``p_value``. Its
            ``attrs["n_permutations"]`` says how many there were.

        Notes
        -----
        The p-value counts that all pairs were looked at. In each permutation the items of every
        step change places, independently of those of the others; the largest z of all pairs is
        noted. The p-value of a pair is the share of permutations whose largest z is at least its
        own, the series as it is counted among them. Under the hypothesis that no two steps have
        anything in common, the probability that any p-value is at most 0.05 is at most 0.05: the
        single-step max T procedure of Westfall and Young, with the count of Phipson and Smyth.

        Items that are equally near stand in an order of its own at each step, for z and p-value:
        steps have nothing in common by the order of their rows.

        References
        ----------
        P. H. Westfall, S. S. Young, "Resampling-based multiple testing", Wiley, 1993.

        B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Statistical
        Applications in Genetics and Molecular Biology 9, 2010.
        """
        table = self._pairs(k, n_jobs, progress)
        n_pairs = len(table)
        if n_permutations is None:
            most = _MOST_LOOKUPS // (self.n * k * max(1, n_pairs))
            n_permutations = min(_MOST_PERMUTATIONS, max(_LEAST_PERMUTATIONS, most))
        why = "for a p-value of .05"
        whole(n_permutations, "n_permutations", _LEAST_PERMUTATIONS, why=why)
        whole(random_state, "random_state", 0)
        codes = None
        if within is not None and within is not False:
            values = self.labels(None if within is True else within)
            if values is None:
                msg = "within=True: the series has no label: name a column, or give one value each"
                raise ValueError(msg)
            codes = encode_labels(values, self.n).classes
        with reporting(progress) as report:
            permuted = self._permuted(k, n_permutations, codes, n_jobs, random_state, report)
        value, permuted = permuted[0], permuted[1:]
        mean, deviation = mean_and_deviation(permuted)
        z = z_scores(value, mean, deviation)
        largest = z_scores(permuted, mean, deviation).max(axis=1, initial=-np.inf)
        counts = (largest[:, None] >= z).sum(axis=0)
        made = table.assign(z=z, p_value=(1 + counts) / (1 + n_permutations))
        made.attrs["n_permutations"] = n_permutations
        return made

    def _pairs(self, k: int, n_jobs: int | None, progress: Progress | bool) -> "pd.DataFrame":
        """Pairs without what permutations say of them."""
        import pandas as pd

        k = self.checked_k(k)
        pairs = list(combinations(range(len(self)), 2))
        rows = []
        with reporting(progress) as report:
            for done, (a, b) in enumerate(pairs):
                report(_COMPARING, done / len(pairs))
                found = self._jaccard(a, b, k, n_jobs)
                values = found.value, found.low, found.high, found.chance, found.adjusted
                rows.append((self.names[a], self.names[b], *values))
        columns = ["a", "b", "jaccard", "low", "high", "chance", "adjusted"]
        return pd.DataFrame(rows, columns=columns)

    def _permuted(
        self,
        k: int,
        n_permutations: int,
        codes: NDArray[Any] | None,
        n_jobs: int | None,
        random_state: int,
        progress: Progress = silent,
    ) -> NDArray[np.float64]:
        """Mean Jaccard indexes (1 + n_permutations, n_pairs) float64: as they are, and permuted.

        Items of the same code, (n_items,) int, change places.
        """
        pairs = list(combinations(range(len(self)), 2))
        out = np.empty((1 + n_permutations, len(pairs)))
        lists = [self._in_any_order(at, k, n_jobs) for at in range(len(self))]
        for done, (a, b) in enumerate(pairs):
            finder = SharedRankFinder(lists[a], lists[b])

            def measure(which: int, a: int = a, b: int = b, finder: Any = finder) -> float:
                # Steps change places alike in all of their pairs.
                order = None
                if which:
                    mine, theirs = (
                        shuffled(self.n, np.random.default_rng([random_state, which, step]), codes)
                        for step in (a, b)
                    )
                    order = np.empty(self.n, np.intp)
                    order[mine] = theirs
                return float(mean_jaccard(finder.find(order), self.n, k)[k - 1])

            out[:, done] = list(mapped(measure, range(1 + n_permutations), resolve(n_jobs)))
            progress("permuting the items", (done + 1) / len(pairs))
        return out

    def _in_any_order(self, at: int, k: int, n_jobs: int | None) -> NDArray[np.int32]:
        """Lists of a step, (n_items, k) int32, with equals in an order of its own.

        Otherwise they stand in the order of the rows at each step, which steps would agree by.
        """
        # One more, to see whether equals stand on both sides of the last one.
        graph = self.graph(at, min(k + 1, self.n - 1), n_jobs=n_jobs)
        indices = graph.indices
        if (np.diff(graph.distances, axis=1) == 0).any():
            vectors = self.spaces[at].vectors
            tied = tied_ranks(vectors, indices, graph.distances, graph.metric)
            indices = drawn_lists(vectors, indices, tied, graph.metric, seed=at, n_jobs=n_jobs)
        return np.ascontiguousarray(indices[:, :k])
