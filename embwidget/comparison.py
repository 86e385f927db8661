"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._arrays import near_names, shown
from embwidget._progress import Progress, reporting, silent, span
from embwidget.coincidence import Coincidence
from embwidget.estimate import Estimate
from embwidget.knn import KNNGraph, knn_graph
from embwidget.measures.clustering import cluster_graph
from embwidget.measures.faithfulness import Faithfulness, map_faithfulness
from embwidget.measures.groups import group_items, match_groups
from embwidget.measures.hubs import hub_figures, k_occurrence
from embwidget.measures.label_scores import LabelScores, score_labels
from embwidget.measures.quality import label_table, label_verdict, overall_table
from embwidget.measures.registry import Sides, item_values, measure_table
from embwidget.measures.retrieval import Depth
from embwidget.measures.uncertainty import Chance, paired_bootstrap, permuted_chance, verdict
from embwidget.pairing import Metrics, Pair, prepare
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Pair", "compare", "compare_pair", "prepare"]


def compare(
    a: Any,
    b: Any,
    *,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    n_neighbors: int = 10,
    k_max: int = 50,
    metric: Metrics = None,
    engine: str = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress | bool = False,
) -> "Comparison":
    """Compare the nearest neighbours of the same items in two spaces.

    Neighbours that were found before come out of `embwidget.cache`.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), tensor, frame, AnnData or path
        Joined by id where they have ids, else row by row.
    ids : array-like of shape (n_samples,), optional
        Keys of the rows of both, str or int, unique.
    metadata : frame, optional
        One row for each row of `a`; by default what the spaces bring.
    label : str or array-like, optional
        Column of the metadata that says what an item is, or one value for each row of `a`.
    n_neighbors : int, default=10
        k of the headline figures.
    k_max : int, default=50
        Length of the neighbour lists; at most n_samples - 1, to which it is cut.
    metric : str or (str, str), optional
        "cosine", "euclidean" or "inner_product", for both or for each; by default each space's
        own, else cosine.
    engine : {"auto", "exact", "ivf", "nndescent"}, default="auto"
        See `knn_graph`.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    max_memory : int, optional
        Bytes that the search in one space may allocate, as for `knn_graph`; None = no bound.
    random_state : int, default=0
    progress : bool or callable, default=False
        True shows a bar. A function is called as ``progress(step, share)``; what it raises stops
        the comparison.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above; before anything is computed.
    """
    pair = prepare(
        a,
        b,
        ids=ids,
        metadata=metadata,
        label=label,
        n_neighbors=n_neighbors,
        k_max=k_max,
        metric=metric,
        engine=engine,
        n_jobs=n_jobs,
        max_memory=max_memory,
    )

    with reporting(progress) as report:
        return compare_pair(
            pair,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            progress=report,
        )


def compare_pair(
    pair: Pair,
    *,
    engine: str = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> "Comparison":
    """Find the neighbours of a pair that `prepare` made; arguments as for `compare`."""

    def search(space: Space, metric: str, side: int) -> KNNGraph:
        def half(step: str, share: float) -> None:
            progress(f"{step} in {'AB'[side]}", (side + share) / 2)

        return knn_graph(
            space,
            pair.k_max,
            metric=metric,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            progress=half,
        )

    return Comparison(pair, search(pair.a, pair.metric_a, 0), search(pair.b, pair.metric_b, 1))


class Comparison(Coincidence):
    """Two spaces, their neighbour graphs, what both share, and what follows from it.

    Attributes
    ----------
    pair : Pair
        What is compared, and how.
    graph_a, graph_b : KNNGraph
        k_max neighbours of each item.
    """

    def __init__(self, pair: Pair, graph_a: KNNGraph, graph_b: KNNGraph) -> None:
        super().__init__(pair, graph_a, graph_b)
        self._known: dict[Hashable, Any] = {}

    def chance(
        self,
        within: Any = None,
        *,
        n_permutations: int = 200,
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
        n_permutations : int, default=200
        n_jobs : int, optional
        random_state : int, default=0
        progress : bool or callable, default=False
            As for `compare`.

        Returns
        -------
        Chance
            With ``mean``, ``standard_deviation``, ``value`` and ``z`` for k = 1..k_max.
        """
        label = None if within is True else within
        codes = None if within is None else self.labels(label).classes
        key = ("chance", _key(within), n_permutations, random_state)

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

        found: Chance = self._once(key, find)
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

    def difference(self, other: "Comparison", k: int | None = None, **options: Any) -> Estimate:
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
        with reporting(progress) as report:
            a, b = self._label_scores(
                label,
                k=k,
                n_seeds=0 if by else n_seeds,
                max_queries=max_queries,
                n_jobs=n_jobs,
                random_state=random_state,
                progress=report,
            )
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
        """Groups of each space's neighbour graph, (n_samples,) int32 each; see `cluster_graph`."""

        def find() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
            with reporting(progress) as report:
                a, b = (
                    cluster_graph(
                        graph.indices,
                        resolution=resolution,
                        random_state=random_state,
                        progress=span(report, side / 2, (side + 1) / 2),
                    )
                    for side, graph in enumerate(self._graphs)
                )
            return a, b

        found: tuple[NDArray[np.int32], NDArray[np.int32]] = self._once(
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
        """How unevenly items are chosen as neighbours; see `embwidget.measures.hubs`.

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

    def summary(self) -> "pd.Series[Any]":
        """The headline figures at n_neighbors, by name; the last is the `verdict`."""
        import pandas as pd

        similarity, shared = self.similarity, self.shared()
        return pd.Series(
            {
                "items": len(self.a),
                "only in a": self.join_report.only_a,
                "only in b": self.join_report.only_b,
                "neighbours compared": self.n_neighbors,
                "mean Jaccard": similarity.value,
                "95 % from": similarity.low,
                "95 % to": similarity.high,
                "by chance": similarity.chance,
                "above chance, 0 to 1": similarity.adjusted,
                "items that share none": float((shared == 0).mean()),
                "items that share all": float((shared == self.n_neighbors).mean()),
                "verdict": self.verdict(),
            },
            dtype=object,
        )

    def __repr__(self) -> str:
        names = [shown(space.name or side) for space, side in ((self.a, "A"), (self.b, "B"))]
        items, k = len(self.a), self.n_neighbors
        return (
            f"Comparison({names[0]} and {names[1]}, {items} items, Jaccard@{k} {self.similarity})"
        )

    def _label_scores(
        self, label: Any, *, progress: Progress, **options: Any
    ) -> tuple[LabelScores, LabelScores]:
        labels = self.labels(label)
        steps = {name: option for name, option in options.items() if name != "n_jobs"}
        key = ("labels", _key(self.label if label is None else label), *sorted(steps.items()))

        def find() -> tuple[LabelScores, LabelScores]:
            sides = ((self.a, self.pair.metric_a), (self.b, self.pair.metric_b))
            a, b = (
                score_labels(
                    space.vectors,
                    labels,
                    metric=metric,
                    progress=_in_space(span(progress, side / 2, (side + 1) / 2), side),
                    **options,
                )
                for side, (space, metric) in enumerate(sides)
            )
            return a, b

        found: tuple[LabelScores, LabelScores] = self._once(key, find)
        return found

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

    def _texts(self, name: str) -> list[str | None]:
        if name not in self.frame.columns:
            msg = f"text={shown(name)}: {near_names(name, self.frame.columns)}"
            raise ValueError(msg)
        column = self.frame[name]
        return [
            None if gap else str(value) for value, gap in zip(column, column.isna(), strict=True)
        ]

    def _once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """What was found before under the key; arrays as labels have no key and are not kept."""
        if _UNKEYED in key:  # type: ignore[operator]
            return find()
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]


_UNKEYED = object()


def _key(label: Any) -> Hashable:
    return label if label is None or isinstance(label, (str, bool)) else _UNKEYED


def _in_space(progress: Progress, side: int) -> Progress:
    def part(step: str, share: float) -> None:
        progress(f"{step} in {'AB'[side]}", share)

    return part
