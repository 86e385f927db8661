"""What two neighbour graphs of the same items have in common, item by item and for every k."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.estimate import Estimate
from embwidget.comparison.pair import Pair, as_pandas
from embwidget.joining import JoinReport
from embwidget.knn import KNNGraph
from embwidget.measures.labels.agreement import label_agreement
from embwidget.measures.labels.labels import Labels, encode_labels
from embwidget.measures.neighbors.expected import expected_jaccard
from embwidget.measures.neighbors.shared import jaccard, overlap, shared_counts
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd


class Coincidence:
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
        self._labels: dict[str, Labels] = {}

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
        return neighbor_table(self, item, self._k(k))

    def to_frame(self, k: int | None = None) -> "pd.DataFrame":
        """One row for each item.

        Returns
        -------
        DataFrame
            ``id``, the metadata, ``coincidence`` (Jaccard at k), ``shared``, and ``distance_a`` and
            ``distance_b``, the mean distance to the k nearest in each space. A metadata column of
            one of these names gets a ``_`` behind it.
        """
        return item_table(self, self._k(k))

    def label_agreement(
        self, k: int | None = None, *, label: Any = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Share of the k neighbours that have the item's label, in A and in B.

        Parameters
        ----------
        k : int, optional
        label : str or array-like, optional
            As for `Comparison.quality`.

        Returns
        -------
        a, b : (n_samples,) float32
            In [0, 1]. Neighbours without a label are not counted; NaN where the item has none, or
            none of its neighbours has.
        """
        k, labels = self._k(k), self.labels(label)
        a, b = (label_agreement(graph.indices[:, :k], labels) for graph in self._graphs)
        return a, b

    def labels(self, label: Any = None) -> Labels:
        """Labels of the items: of a metadata column, or one value for each item.

        Parameters
        ----------
        label : str or array-like of length n_samples, optional
            By default the column that the comparison was made with.

        Raises
        ------
        ValueError
            When there is no such column, or none was named.
        """
        if label is None:
            label = self.label
        if label is None:
            msg = "there is no label: pass label= here or to compare(), a column or one value each"
            raise ValueError(msg)
        if not isinstance(label, str):
            return encode_labels(label, len(self.a), "label")
        if label not in self.frame.columns:
            columns = near_names(label, self.frame.columns)
            msg = f"label={shown(label)} is no column of the metadata: {columns}"
            raise ValueError(msg)
        if label not in self._labels:
            self._labels[label] = encode_labels(self.frame[label], len(self.a), label)
        return self._labels[label]

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """Metadata as a pandas frame, (n_samples) rows, without columns if there are none."""
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

    @property
    def _graphs(self) -> tuple[KNNGraph, KNNGraph]:
        return self.graph_a, self.graph_b

    def _similarity(self, k: int) -> Estimate:
        return Estimate.of_mean(self.jaccard(k), chance=expected_jaccard(len(self.a), k))

    def _k(self, k: int | None) -> int:
        if k is None:
            return self.n_neighbors
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= self.k_max:
            msg = f"k={shown(k)}: give a whole number from 1 to k_max = {self.k_max}"
            raise ValueError(msg)
        return int(k)


def neighbor_table(comparison: "Coincidence", item: Any, k: int) -> "pd.DataFrame":
    """Neighbours of one item in both spaces; see `Comparison.neighbors`."""
    import pandas as pd

    row = comparison.position_of(item)
    label = comparison.label
    labels = None if label is None else comparison.frame[label]
    columns: dict[str, Any] = {"rank": np.arange(1, k + 1)}
    graph_a, graph_b = comparison.graph_a, comparison.graph_b
    for side, other, graph, other_graph in (
        ("a", "b", graph_a, graph_b),
        ("b", "a", graph_b, graph_a),
    ):
        indices = graph.indices[row, :k]
        ranks = {int(index): rank for rank, index in enumerate(other_graph.indices[row], 1)}
        found = [ranks.get(int(index)) for index in indices]
        columns[f"id_{side}"] = comparison.a.ids[indices]
        columns[f"distance_{side}"] = graph.distances[row, :k]
        columns[f"rank_in_{other}"] = pd.array(found, dtype="Int64")
        columns[f"shared_{side}"] = [rank is not None and rank <= k for rank in found]
        if labels is not None:
            columns[f"label_{side}"] = labels.iloc[indices].to_numpy()
    return pd.DataFrame(columns)


def item_table(comparison: "Coincidence", k: int) -> "pd.DataFrame":
    """One row for each item; see `Comparison.to_frame`."""
    import pandas as pd

    own = {
        "coincidence": comparison.jaccard(k),
        "shared": comparison.shared(k),
        "distance_a": comparison.graph_a.distances[:, :k].mean(axis=1),
        "distance_b": comparison.graph_b.distances[:, :k].mean(axis=1),
    }
    if comparison.label is not None:
        own["label_agreement_a"], own["label_agreement_b"] = comparison.label_agreement(k)
    taken = {"id", *own}
    metadata = comparison.frame.rename(columns=lambda name: f"{name}_" if name in taken else name)
    ids = pd.DataFrame({"id": comparison.a.ids})
    return pd.concat([ids, metadata, pd.DataFrame(own)], axis=1)
