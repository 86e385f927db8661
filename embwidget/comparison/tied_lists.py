"""Items that are equally near, and what would be otherwise if they came in another order."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.copies import copies_of
from embwidget._core.parts import Entry
from embwidget.comparison.memo import Memo
from embwidget.knn import KNNGraph
from embwidget.knn.exact.ties import drawn_lists, tied_ranks
from embwidget.measures.neighbors.shared import jaccard, shared_counts
from embwidget.metrics import metric_of
from embwidget.space import Space

Lists = NDArray[np.int32]
Mask = NDArray[np.bool_]

# Items whose distances to all others are looked at, to see whether they are all the same.
_ROWS_LOOKED_AT = 10


class TiedLists:
    """Lists of neighbours of two spaces that are cut through items which are equally near.

    Parameters
    ----------
    spaces : pair of Space
    graphs : pair of KNNGraph
    shared : (n_samples, k_max) int
        Neighbours in both among the first k, for each k.
    """

    def __init__(
        self,
        spaces: tuple[Space, Space],
        graphs: tuple[KNNGraph, KNNGraph],
        shared: NDArray[Any],
    ) -> None:
        self._spaces, self._graphs, self._shared = spaces, graphs, shared
        self._memo = Memo()

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What of it is found in the vectors, by name.

        Counts (3,) int64 of each space, and (n_samples, ceil(k_max / 8)) uint8 of bits.
        """
        found: dict[str, NDArray[Any]] = {}
        for side in (0, 1):
            about = (self.n_copies(side), self._is_level(side), self._shared.shape[1])
            found[f"ties_{side}"] = np.array(about, np.int64)
            found[f"tied_{side}"] = np.packbits(self._tied(side), axis=1)
        return found

    def take(self, entries: Mapping[str, Entry]) -> None:
        """Know what `to_arrays` gave; ValueError when it is of other lists."""
        shape = self._shared.shape
        for side in (0, 1):
            copies, level, k_max = entries[f"ties_{side}"].read().tolist()
            packed = entries[f"tied_{side}"].read()
            if (len(packed), k_max) != shape or packed.dtype != np.uint8:
                msg = f"ties of {packed.shape} do not belong to lists of {shape}"
                raise ValueError(msg)
            tied = np.unpackbits(packed, axis=1, count=k_max).astype(bool)
            self._memo.put(int(copies), "copies", side)
            self._memo.put(bool(level), "level", side)
            self._memo.put(tied, "tied", side)

    def n_copies(self, side: int) -> int:
        """Items of a space whose vector stands at an earlier one already."""
        space = self._spaces[side]
        return self._memo.get(lambda: len(space) - len(copies_of(space.vectors)[1]), "copies", side)

    def cut(self, k: int) -> tuple[Mask, Mask]:
        """Whether each item's list at k is cut through equals, in A and in B: (n_samples,) bool."""
        if k == len(self._spaces[0]) - 1:
            nobody = np.zeros(len(self._spaces[0]), bool)
            return nobody, nobody
        # What stands behind the last place is not known: where equals stand before it, too, they
        # may go on.
        rank = min(k, self._shared.shape[1] - 1)
        return self._tied(0)[:, rank], self._tied(1)[:, rank]

    def _tied(self, side: int) -> Mask:
        """Neighbours that are as near as the one before: (n_samples, k_max) bool."""
        space, graph = self._spaces[side], self._graphs[side]

        def find() -> Mask:
            return tied_ranks(space.vectors, graph.indices, graph.distances, graph.metric)

        return self._memo.get(find, "tied", side)

    def drawn(self, seed_a: int, seed_b: int) -> tuple[Lists, Lists]:
        """Lists of both with equals in random orders, (n_samples, k_max) int32 each."""

        def draw(side: int, seed: int) -> Lists:
            space, graph = self._spaces[side], self._graphs[side]
            tied = self._tied(side)
            return drawn_lists(space.vectors, graph.indices, tied, graph.metric, seed=seed)

        return draw(0, seed_a), draw(1, seed_b)

    def is_same(self, k: int) -> bool:
        """Whether the lists at k are the same, in whatever common order equals come."""
        if not (self._shared[:, k - 1] == k).all():
            return False
        if not (any(lists.any() for lists in self.cut(k))):
            return True
        shared = self._memo.get(lambda: shared_counts(*self.drawn(0, 0)), "drawn alike")
        return bool((shared[:, k - 1] == k).all())

    def says_nothing(self, k: int, sides: tuple[int, ...] = (0, 1)) -> bool:
        """Whether in one of the spaces everything is equally far from everything."""
        return any(self.cut(k)[side].all() and self._is_level(side) for side in sides)

    def _is_level(self, side: int) -> bool:
        space, graph = self._spaces[side], self._graphs[side]

        def find() -> bool:
            rows = metric_of(graph.metric).rows(space.vectors)
            n = len(space)
            for row in np.linspace(0, n - 1, min(n, _ROWS_LOOKED_AT)).astype(np.intp):
                key = rows.key_of(int(row), np.delete(np.arange(n), row))
                if key.min() < key.max():
                    return False
            return True

        return self._memo.get(find, "level", side)

    def least_jaccard(self) -> tuple[NDArray[np.float64], Mask]:
        """Mean Jaccard index without the lists that are cut, and whether there are any, for each k.

        Both are (k_max,): no order of equals gives a mean below that.
        """
        least, some = np.empty(self._shared.shape[1]), np.zeros(self._shared.shape[1], bool)
        for k in range(1, self._shared.shape[1] + 1):
            a, b = self.cut(k)
            least[k - 1] = (jaccard(self._shared[:, k - 1], k) * ~(a | b)).mean(dtype=np.float64)
            some[k - 1] = (a | b).any()
        return least, some
