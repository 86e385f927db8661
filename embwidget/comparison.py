"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._arrays import shown
from embwidget._progress import Progress, reporting, silent
from embwidget.estimate import Estimate
from embwidget.knn import KNNGraph, knn_graph
from embwidget.measures.overlap import jaccard, overlap, shared_counts
from embwidget.measures.uncertainty import expected_jaccard
from embwidget.pairing import Metrics, Pair, as_pandas, prepare
from embwidget.space import JoinReport, Space

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


class Comparison:
    """Two spaces, their neighbour graphs, and what both share.

    Attributes
    ----------
    pair : Pair
        What is compared, and how.
    graph_a, graph_b : KNNGraph
        k_max neighbours of each item.
    """

    def __init__(self, pair: Pair, graph_a: KNNGraph, graph_b: KNNGraph) -> None:
        self.pair = pair
        self.graph_a = graph_a
        self.graph_b = graph_b
        self._shared = shared_counts(graph_a.indices, graph_b.indices)

    @property
    def a(self) -> Space:
        """The first space, of the items in both."""
        return self.pair.a

    @property
    def b(self) -> Space:
        """The second space, of the same items in the same order."""
        return self.pair.b

    @property
    def join_report(self) -> JoinReport:
        """How many items are in both, and in one alone."""
        return self.pair.join_report

    @property
    def metadata(self) -> Any:
        """One row for each item, or None."""
        return self.pair.metadata

    @property
    def label(self) -> str | None:
        """Column of the metadata that says what an item is."""
        return self.pair.label

    @property
    def n_neighbors(self) -> int:
        """Neighbours compared unless a method is told otherwise."""
        return self.pair.n_neighbors

    @property
    def k_max(self) -> int:
        """Neighbours known of each item."""
        return self.pair.k_max

    @property
    def similarity(self) -> Estimate:
        """Mean Jaccard index at n_neighbors, its 95 % interval, and what chance would give."""
        return self._similarity(self.n_neighbors)

    def shared(self, k: int | None = None) -> NDArray[np.int64]:
        """Number of neighbours in both spaces among the first k, (n_samples,), 0..k."""
        return self._shared[:, self._k(k) - 1].astype(np.int64)

    def jaccard(self, k: int | None = None) -> NDArray[np.float32]:
        """Coincidence of each item: shared / (2 k - shared), (n_samples,) float32."""
        return jaccard(self._shared[:, self._k(k) - 1], self._k(k))

    def overlap(self, k: int | None = None) -> NDArray[np.float32]:
        """Share of the k neighbours that both spaces have, (n_samples,) float32."""
        return overlap(self._shared[:, self._k(k) - 1], self._k(k))

    def curve(self) -> "pd.DataFrame":
        """Mean Jaccard index for k = 1..k_max: columns k, jaccard, low, high, chance."""
        return self._curve.copy()

    def histogram(self, k: int | None = None) -> NDArray[np.int64]:
        """Items that share 0, 1, ..., k neighbours, (k + 1,)."""
        return np.bincount(self.shared(k), minlength=self._k(k) + 1)

    def position_of(self, item: Any) -> int:
        """Row of an item by its id; KeyError that names near ids."""
        return self.pair.position_of(item)

    def neighbors(self, item: Any, k: int | None = None) -> "pd.DataFrame":
        """Nearest neighbours of one item in both spaces, side by side.

        Parameters
        ----------
        item : str or int
            Its id.
        k : int, optional
            Rows, 1..k_max; by default n_neighbors.

        Returns
        -------
        DataFrame
            One row for each rank 1..k: ``id_a, distance_a, rank_in_b, shared_a`` for the neighbour
            in A, and the same with the sides exchanged for that in B. A rank in the other space is
            known up to k_max, else missing; shared means within the other's first k. With a label,
            ``label_a`` and ``label_b`` too.
        """
        import pandas as pd

        k = self._k(k)
        row = self.position_of(item)
        labels = None if self.label is None else self._frame[self.label]
        columns: dict[str, Any] = {"rank": np.arange(1, k + 1)}
        sides = (("a", "b", self.graph_a, self.graph_b), ("b", "a", self.graph_b, self.graph_a))
        for side, other, graph, other_graph in sides:
            indices = graph.indices[row, :k]
            ranks = {int(index): rank for rank, index in enumerate(other_graph.indices[row], 1)}
            found = [ranks.get(int(index)) for index in indices]
            columns[f"id_{side}"] = self.a.ids[indices]
            columns[f"distance_{side}"] = graph.distances[row, :k]
            columns[f"rank_in_{other}"] = pd.array(found, dtype="Int64")
            columns[f"shared_{side}"] = [rank is not None and rank <= k for rank in found]
            if labels is not None:
                columns[f"label_{side}"] = labels.iloc[indices].to_numpy()
        return pd.DataFrame(columns)

    def to_frame(self, k: int | None = None) -> "pd.DataFrame":
        """One row for each item.

        Returns
        -------
        DataFrame
            ``id``, the metadata, ``coincidence`` (Jaccard at k), ``shared``, and ``distance_a`` and
            ``distance_b``, the mean distance to the k nearest in each space. A metadata column of
            one of these names gets a ``_`` behind it.
        """
        import pandas as pd

        k = self._k(k)
        own = {
            "coincidence": self.jaccard(k),
            "shared": self.shared(k),
            "distance_a": self.graph_a.distances[:, :k].mean(axis=1),
            "distance_b": self.graph_b.distances[:, :k].mean(axis=1),
        }
        taken = {"id", *own}
        metadata = self._frame.rename(columns=lambda name: f"{name}_" if name in taken else name)
        ids = pd.DataFrame({"id": self.a.ids})
        return pd.concat([ids, metadata, pd.DataFrame(own)], axis=1)

    def summary(self) -> "pd.Series[Any]":
        """The headline figures at n_neighbors, by name."""
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
            },
            dtype=object,
        )

    def __repr__(self) -> str:
        names = [shown(space.name or side) for space, side in ((self.a, "A"), (self.b, "B"))]
        items, k = len(self.a), self.n_neighbors
        return (
            f"Comparison({names[0]} and {names[1]}, {items} items, Jaccard@{k} {self.similarity})"
        )

    @cached_property
    def _frame(self) -> "pd.DataFrame":
        import pandas as pd

        if self.metadata is None:
            return pd.DataFrame(index=range(len(self.a)))
        frame: pd.DataFrame = as_pandas(self.metadata)
        return frame

    @cached_property
    def _curve(self) -> "pd.DataFrame":
        import pandas as pd

        ks = range(1, self.k_max + 1)
        points = [self._similarity(k) for k in ks]
        return pd.DataFrame(
            {
                "k": list(ks),
                "jaccard": [point.value for point in points],
                "low": [point.low for point in points],
                "high": [point.high for point in points],
                "chance": [point.chance for point in points],
            }
        )

    def _similarity(self, k: int) -> Estimate:
        return Estimate.of_mean(self.jaccard(k), chance=expected_jaccard(len(self.a), k))

    def _k(self, k: int | None) -> int:
        if k is None:
            return self.n_neighbors
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= self.k_max:
            msg = f"k={shown(k)}: give a whole number from 1 to k_max = {self.k_max}"
            raise ValueError(msg)
        return int(k)
