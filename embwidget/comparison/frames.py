"""Items and their neighbours as tables."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison.base import Compared

if TYPE_CHECKING:
    import pandas as pd


class Frames(Compared):
    """What is known item by item."""

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
            ``label_a`` and ``label_b`` too. What an engine did not find is missing.
        """
        import pandas as pd

        k = self._k(k)
        row = self.position_of(item)
        labels = None if self.label is None else self.frame[self.label]
        columns: dict[str, Any] = {"rank": np.arange(1, k + 1)}
        for side, other, graph, other_graph in (
            ("a", "b", self.graph_a, self.graph_b),
            ("b", "a", self.graph_b, self.graph_a),
        ):
            indices = graph.indices[row, :k]
            there = indices >= 0
            ranks = {int(index): rank for rank, index in enumerate(other_graph.indices[row], 1)}
            found = [ranks.get(int(index)) if index >= 0 else None for index in indices]
            columns[f"id_{side}"] = where_found(self.a.ids[indices], there)
            columns[f"distance_{side}"] = np.where(there, graph.distances[row, :k], np.nan)
            columns[f"rank_in_{other}"] = pd.array(found, dtype="Int64")
            columns[f"shared_{side}"] = [rank is not None and rank <= k for rank in found]
            if labels is not None:
                columns[f"label_{side}"] = where_found(labels.iloc[indices].to_numpy(), there)
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
        if self.label is not None:
            own["label_agreement_a"], own["label_agreement_b"] = self.label_agreement(k)
        taken = {"id", *own}
        metadata = self.frame.rename(columns=lambda name: f"{name}_" if name in taken else name)
        ids = pd.DataFrame({"id": self.a.ids})
        return pd.concat([ids, metadata, pd.DataFrame(own)], axis=1)


def where_found(values: Any, there: NDArray[np.bool_]) -> Any:
    """Values (k,) of neighbours; None in the place of those that were not found.

    Parameters
    ----------
    values : (k,) array of any dtype
        Of the rows that a graph names: -1 takes the last one.
    there : (k,) bool
    """
    if there.all():
        return values
    found = np.array(values, object)
    found[~there] = None
    return found
