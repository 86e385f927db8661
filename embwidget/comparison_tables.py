"""Frames that a person reads out of a comparison."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from embwidget.coincidence import Coincidence


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
