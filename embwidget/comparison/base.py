"""What all that is asked of a comparison stands on: the pair, both graphs, and what they share."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown, whole
from embwidget._core.metadata import as_pandas
from embwidget._core.names import as_name
from embwidget.comparison.memo import Memo
from embwidget.comparison.pair import Pair
from embwidget.comparison.tied_lists import TiedLists
from embwidget.comparison.unique import for_all, of_each
from embwidget.joining import JoinReport
from embwidget.knn import KNNGraph
from embwidget.measures.labels.agreement import label_agreement
from embwidget.measures.labels.labels import Labels, encode_labels
from embwidget.measures.neighbors.shared import jaccard, shared_counts
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd


class Compared:
    """Two spaces, their neighbour graphs, the neighbours that both share, and the labels.

    What else is asked of a comparison is one class for each subject, in a file of its own, with
    this as its only base; `Comparison` is all of them together.

    Parameters
    ----------
    pair : Pair
        What is compared, and how.
    graph_a, graph_b : KNNGraph
        k_max neighbours of each item.
    n_jobs : int, optional
        Threads that count what both share; None = one for each CPU that the process may use.
    """

    def __init__(
        self, pair: Pair, graph_a: KNNGraph, graph_b: KNNGraph, *, n_jobs: int | None = None
    ) -> None:
        self.pair = pair
        self.graph_a = graph_a
        self.graph_b = graph_b
        self._shared = shared_counts(graph_a.indices, graph_b.indices, n_jobs=n_jobs)
        self._ties = TiedLists(self._each_spaces, self._each_graphs, self._of_each(self._shared))
        self._memo = Memo()

    @property
    def known_ties(self) -> TiedLists:
        """Which lists are cut through equals."""
        return self._ties

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

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """Metadata as a pandas frame, (n_samples) rows, without columns if there are none."""
        import pandas as pd

        if self.metadata is None:
            return pd.DataFrame(index=range(len(self.a)))
        frame: pd.DataFrame = as_pandas(self.metadata)
        return frame

    def position_of(self, item: Any) -> int:
        """Row of an item by its id; KeyError that names near ids."""
        return self.pair.position_of(item)

    def shared(self, k: int | None = None) -> NDArray[np.int64]:
        """Number of neighbours in both spaces among the first k, (n_samples,) int64, 0..k."""
        return self._shared[:, self._k(k) - 1].astype(np.int64)

    def jaccard(self, k: int | None = None) -> NDArray[np.float32]:
        """Coincidence of each item: shared / (2 k - shared), (n_samples,) float32."""
        return jaccard(self._shared[:, self._k(k) - 1], self._k(k))

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
        label = self.label if label is None else as_name(label)
        if label is None:
            msg = "there is no label: pass label= here or to compare(), a column or one value each"
            raise ValueError(msg)
        if not isinstance(label, str):
            return encode_labels(self.pair.in_order(label, "label"), len(self.a), "label")
        if label not in self.frame.columns:
            columns = near_names(label, self.frame.columns)
            msg = f"label={shown(label)} is no column of the metadata: {columns}"
            raise ValueError(msg)
        column = self.frame[label]
        return self._memo.get(
            lambda: encode_labels(column, len(self.a), label), "labels", str(label)
        )

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

    @property
    def _graphs(self) -> tuple[KNNGraph, KNNGraph]:
        return self.graph_a, self.graph_b

    def _of_each(self, values: Any) -> Any:
        """Values (n_samples, ...) of the items that count: all, or one of each, (n_unique, ...)."""
        return of_each(self.pair.unique, values)

    def _for_all(self, values: Any) -> Any:
        """Values (n_unique, ...) of the items that count for all, (n_samples, ...)."""
        return for_all(self.pair.unique, values)

    @cached_property
    def _each_spaces(self) -> tuple[Space, Space]:
        """Both spaces, of the items that count."""
        one = self.pair.unique
        return (self.a, self.b) if one is None else (one.take(self.a), one.take(self.b))

    @cached_property
    def _each_graphs(self) -> tuple[KNNGraph, KNNGraph]:
        """Both graphs, of the items that count among each other."""
        one = self.pair.unique
        return (
            self._graphs if one is None else (one.to_each(self.graph_a), one.to_each(self.graph_b))
        )

    def _k(self, k: int | None) -> int:
        """Neighbours to compare: n_neighbors, or a number that is checked."""
        if k is None:
            return self.n_neighbors
        return whole(k, "k", 1, self.k_max, why="the k_max of this comparison")
