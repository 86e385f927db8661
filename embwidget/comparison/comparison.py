"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from typing import TYPE_CHECKING, Any

from embwidget._core.checks import shown
from embwidget._core.names import as_name
from embwidget._core.progress import Progress, during, reporting, silent
from embwidget.comparison.chance import AboveChance
from embwidget.comparison.coincidence import Coincidence
from embwidget.comparison.drawing import Drawing
from embwidget.comparison.exporting import Exporting
from embwidget.comparison.faithfulness import FaithfulMaps
from embwidget.comparison.frames import Frames
from embwidget.comparison.groups import GroupChanges
from embwidget.comparison.hubs import Hubness
from embwidget.comparison.logged import Logged
from embwidget.comparison.measured import Measured
from embwidget.comparison.pair import Pair, prepare
from embwidget.comparison.quality import LabelQuality
from embwidget.comparison.saved import Saved
from embwidget.comparison.sentences import Agreement, Finding, agreement_of, three_sentences
from embwidget.comparison.settings import Metrics, Settings
from embwidget.comparison.ties import Ties
from embwidget.knn import Engine, KNNGraph, knn_graph
from embwidget.measures.labels.lead import lead_of
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Pair", "Settings", "compare", "compare_pair", "prepare"]


def compare(
    a: Any,
    b: Any = None,
    *,
    vectors: Any = None,
    id: Any = None,  # noqa: A002 (the word of every frame)
    names: Any = None,
    missing: str = "raise",
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    n_neighbors: int = 10,
    k_max: int = 50,
    metric: Metrics = None,
    engine: str | Engine = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    unique: bool = False,
    progress: Progress | bool = False,
) -> "Comparison":
    """Compare the nearest neighbours of the same items in two spaces.

    Neighbours that were found before come out of `embwidget.cache`.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), tensor, frame, AnnData or path
        Joined by id where they have ids, by their index where both are pandas objects whose
        indexes differ, else row by row; `Comparison.join_report` says which. Without `b`, `a` is
        one table with two columns of `vectors`.
    vectors : str, list of str or a pair of these, optional
        Column of vectors, or one column for each dimension, of both or of each, as a tuple. Of one
        table these are also the names of the spaces, and the other columns are the metadata.
    id : str or a pair of these, optional
        Column of the ids, of both, of each, or of the metadata.
    names : pair of str, optional
        How figures and tables call the spaces.
    missing : {"raise", "drop"}, default="raise"
        Whether items without a vector in either space are refused or left out, and reported.
    ids : array-like of shape (n_samples,), optional
        Keys of the rows of both, str or int, unique.
    metadata : frame, optional
        By default what the spaces bring. Its rows are those of the ids in its column `id` or in
        its index, or of the index of the vectors; more rows than items are left out, and missing
        ones refused. Where it has neither, it has one row for each row of `a`.
    label : str or array-like, optional
        Column of the metadata that says what an item is, or one value for each row of `a`; a pandas
        Series is aligned as the metadata is.
    n_neighbors : int, default=10
        k of the headline figures.
    k_max : int, default=50
        Length of the neighbour lists; at most n_samples - 1, to which it is cut.
    metric : str, Metric or a pair of these, optional
        "cosine", "euclidean", "inner_product" or "hamming", for both or for each; by default, and
        for None in a pair, each space's own, else cosine, and euclidean of two dimensions.
    engine : {"auto", "exact", "ivf", "nndescent"} or Engine, default="auto"
        See `knn_graph`.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    max_memory : int, optional
        Bytes that the search in one space may allocate, as for `knn_graph`; None = no bound.
    random_state : int, default=0
    unique : bool, default=False
        Keep one of each item whose vectors are the same in both spaces: copies are nobody's
        neighbours and count in no number but those by label; each has the neighbours, and the
        position on the maps, of the first one.
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
    settings = Settings(
        n_neighbors=n_neighbors,
        k_max=k_max,
        metric=metric,
        engine=engine,
        n_jobs=n_jobs,
        max_memory=max_memory,
        random_state=random_state,
        unique=unique,
    )
    pair = prepare(
        a,
        b,
        settings,
        vectors=vectors,
        id=id,
        names=names,
        missing=missing,
        ids=ids,
        metadata=metadata,
        label=label,
    )
    with reporting(progress) as report:
        return compare_pair(pair, settings, progress=report)


def compare_pair(
    pair: Pair,
    settings: Settings | None = None,
    *,
    graphs: tuple[KNNGraph | None, KNNGraph | None] = (None, None),
    progress: Progress = silent,
) -> "Comparison":
    """Find the neighbours of a pair that `prepare` made.

    Parameters
    ----------
    pair : Pair
    settings : Settings, optional
        What the pair was prepared with.
    graphs : pair of KNNGraph or None
        Of the k_max nearest of the pair's items, where they are known.
    progress : callable, optional
        Called as ``progress(step, share)``; what it raises stops the search.
    """
    settings = Settings() if settings is None else settings

    def search(space: Space, metric: str, side: int) -> KNNGraph:
        known = graphs[side]
        if known is not None:
            return known

        def half(step: str, share: float) -> None:
            progress(f"{step} in {'AB'[side]}", (side + share) / 2)

        with during(f"searching the neighbours in {'AB'[side]}"):
            graph = knn_graph(
                space if pair.unique is None else pair.unique.take(space),
                pair.k_max,
                metric=metric,
                engine=settings.engine,
                n_jobs=settings.n_jobs,
                max_memory=settings.max_memory,
                random_state=settings.random_state,
                progress=half,
            )
        return graph if pair.unique is None else pair.unique.to_all(graph)

    graph_a, graph_b = search(pair.a, pair.metric_a, 0), search(pair.b, pair.metric_b, 1)
    return Comparison(pair, graph_a, graph_b, n_jobs=settings.n_jobs)


class Comparison(
    Coincidence,
    Frames,
    AboveChance,
    Measured,
    LabelQuality,
    GroupChanges,
    Hubness,
    Ties,
    FaithfulMaps,
    Drawing,
    Saved,
    Logged,
    Exporting,
):
    """Two spaces, their neighbour graphs, what both share, and what follows from it.

    Attributes
    ----------
    pair : Pair
        What is compared, and how.
    graph_a, graph_b : KNNGraph
        k_max neighbours of each item.
    """

    def summary(self, label: Any = None, k: int | None = None, **options: Any) -> str:
        """Say in three sentences what was found.

        Which space is better by the labels, or that it cannot be said; where they differ; how sure
        that is and what was sampled. `figures` has the numbers of it by name.

        Parameters
        ----------
        label : str or array-like, optional
            As for `quality`; by default the comparison's own.
        k : int, optional
        **options
            max_queries of `quality`, and n_jobs and random_state of it and of `chance`.

        Returns
        -------
        str
            Plain text, in which the names of spaces, columns and labels stand as they are.
        """
        k = self._k(k)
        label = self.label if label is None else as_name(label)
        how = {name: value for name, value in options.items() if name != "max_queries"}
        lead, n_labelled = None, 0
        if label is not None:
            by_label = self.quality(label, by="label", **options)
            lead = lead_of(self.quality(label, n_seeds=0, **options), by_label)
            n_labelled = len(self.labels(label).labelled)
        return three_sentences(
            Finding(
                names=(self.a.name or "A", self.b.name or "B"),
                n_items=len(self.a),
                join_report=self.join_report,
                agreement=self.agreement(k),
                verdict=self.verdict(label, k, **how),
                z=float(self.chance(**how).z[k - 1]),
                no_verdict="",
                label="" if label is None else label if isinstance(label, str) else "label",
                n_labelled=n_labelled,
                lead=lead,
            )
        )

    def agreement(self, k: int | None = None) -> Agreement:
        """How many neighbours are the same at k, and how far that can be relied on."""
        k = self._k(k)
        shared = self._of_each(self.shared(k))
        return agreement_of(k, self.mean_shared(k), shared, self._graphs, self._ties.cut(k))

    def figures(self) -> "pd.Series[Any]":
        """The headline figures at n_neighbors, by name; the last is the `verdict`."""
        import pandas as pd

        similarity, shared = self.similarity, self.shared()
        cut_a, cut_b = self._ties.cut(self.n_neighbors)
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
                "copies in a": self._ties.n_copies(0),
                "copies in b": self._ties.n_copies(1),
                "lists cut through equals in a": float(cut_a.mean()),
                "lists cut through equals in b": float(cut_b.mean()),
                "verdict": self.verdict(),
            },
            dtype=object,
        )

    def __repr__(self) -> str:
        names = [shown(space.name or side) for space, side in ((self.a, "A"), (self.b, "B"))]
        items, k = len(self.a), self.n_neighbors
        cut = max(float(lists.mean()) for lists in self._ties.cut(k))
        ties = f", {cut:.0%} of the lists cut through equals" if cut >= 0.005 else ""
        return (
            f"Comparison({names[0]} and {names[1]}, {items} items, "
            f"Jaccard@{k} {self.similarity}{ties})"
        )
