"""Comparisons of which the neighbours are known, for all pages to share."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from embwidget.comparison.comparison import Comparison
    from embwidget.knn import KNNGraph

_MOST = 4


class KnownKey(NamedTuple):
    """What a comparison is of.

    Attributes
    ----------
    spaces : tuple
        What `Catalogue.stamp` says of both.
    metric : str
    k_max, k : int
    label : str
    """

    spaces: tuple[Any, ...]
    metric: str
    k_max: int
    k: int
    label: str


class KnownComparisons:
    """The ones that were used last; from any thread."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._held: OrderedDict[KnownKey, Comparison] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: KnownKey) -> "Comparison | None":
        """Return the comparison of a key, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def graphs(self, key: KnownKey) -> "tuple[KNNGraph, KNNGraph] | None":
        """Neighbours of the same spaces that were found for another k or label, or None."""
        with self._lock:
            for other, known in self._held.items():
                if other[:3] == key[:3]:
                    return known.graph_a, known.graph_b
            return None

    def add(self, key: KnownKey, comparison: "Comparison") -> None:
        """Keep one, and forget the one that was not used for longest."""
        with self._lock:
            self._held[key] = comparison
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
