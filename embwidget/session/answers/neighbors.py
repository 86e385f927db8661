"""Who is near to an item, and how many neighbours both spaces share."""

from typing import Any

import numpy as np

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer


def neighbors(sources: Sources, args: dict[str, Any]) -> Answer:
    """``NeighborLists`` of an item: indices uint32 and distances float32, (k_max,) each."""
    item = sources.row(args.get("item"))
    comparison = sources.comparison()
    buffers = []
    for graph in (comparison.graph_a, comparison.graph_b):
        buffers.append(graph.indices[item].astype("<u4"))
        buffers.append(graph.distances[item].astype("<f4"))
    return {}, buffers


def shared(sources: Sources, args: dict[str, Any]) -> Answer:
    """Neighbours of each item that both spaces share at k, (n_items,) uint8."""
    comparison = sources.comparison()
    k = whole(args.get("k"), "k", 1, comparison.k_max)
    return {}, [comparison.shared(k).astype(np.uint8)]


ANSWERS = {"neighbors": neighbors, "shared": shared}
