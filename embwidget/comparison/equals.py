"""Items that are equally near, and what would be otherwise if they came in another order."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget._core.copies import copies_of
from embwidget.comparison.base import Compared
from embwidget.knn.exact.ties import drawn_lists, tied_places
from embwidget.measures.neighbors.shared import jaccard, shared_counts
from embwidget.metrics import metric_of

if TYPE_CHECKING:
    import pandas as pd

Lists = NDArray[np.int32]
Mask = NDArray[np.bool_]

# Items whose distances to all others are looked at, to see whether they are all the same.
_ROWS_LOOKED_AT = 10


class Equals(Compared):
    """Copies, and lists of neighbours that are cut through items which are equally near."""

    def ties(self, k: int | None = None) -> "pd.DataFrame":
        """How many items are copies, and how many lists an arbitrary order cuts.

        Parameters
        ----------
        k : int, optional

        Returns
        -------
        DataFrame
            One row for each space, "a" and "b": ``space, k``; ``copies``, the items whose vector
            stands at an earlier one already; ``cut``, the share of the items with a neighbour
            behind the k-th that is exactly as near: which of them is in the list says nothing.
        """
        import pandas as pd

        k = self._k(k)
        rows = [
            {"space": side, "k": k, "copies": self.n_copies(side), "cut": float(cut.mean())}
            for side, cut in zip("ab", self._cut_lists(k), strict=True)
        ]
        return pd.DataFrame(rows)

    def n_copies(self, side: str) -> int:
        """Items of a space, "a" or "b", whose vector stands at an earlier one already."""
        vectors = (self.a if side == "a" else self.b).vectors
        return self._memo.get(lambda: len(vectors) - len(copies_of(vectors)[1]), "copies", side)

    def _cut_lists(self, k: int) -> tuple[Mask, Mask]:
        """Whether each item's list at k is cut through equals, in A and in B: (n_samples,) bool."""
        if k == len(self.a) - 1:
            nobody = np.zeros(len(self.a), bool)
            return nobody, nobody
        # What stands behind the last place is not known: where equals stand before it, too, they
        # may go on.
        place = min(k, self.k_max - 1)
        a, b = (self._tied(side)[:, place] for side in range(2))
        return a, b

    def _tied(self, side: int) -> Mask:
        """Neighbours that are as near as the one before: (n_samples, k_max) bool."""
        space, graph = (self.a, self.b)[side], self._graphs[side]

        def find() -> Mask:
            return tied_places(space.vectors, graph.indices, graph.distances, graph.metric)

        return self._memo.get(find, "tied", side)

    def _drawn(self, seed_a: int, seed_b: int) -> tuple[Lists, Lists]:
        """Lists of both with equals in random orders, (n_samples, k_max) int32 each."""

        def draw(side: int, seed: int) -> Lists:
            space, graph = (self.a, self.b)[side], self._graphs[side]
            tied = self._tied(side)
            return drawn_lists(space.vectors, graph.indices, tied, graph.metric, seed=seed)

        return draw(0, seed_a), draw(1, seed_b)

    def _is_same(self, k: int) -> bool:
        """Whether the lists at k are the same, in whatever common order equals come."""
        if not (self._shared[:, k - 1] == k).all():
            return False
        if not (self._cut_lists(k)[0].any() or self._cut_lists(k)[1].any()):
            return True
        shared = self._memo.get(lambda: shared_counts(*self._drawn(0, 0)), "drawn alike")
        return bool((shared[:, k - 1] == k).all())

    def _says_nothing(self, k: int) -> bool:
        """Whether in one of the spaces everything is equally far from everything."""
        return any(self._cut_lists(k)[side].all() and self._is_level(side) for side in range(2))

    def _is_level(self, side: int) -> bool:
        space, graph = (self.a, self.b)[side], self._graphs[side]

        def find() -> bool:
            rows = metric_of(graph.metric).rows(space.vectors)
            n = len(space)
            for row in np.linspace(0, n - 1, min(n, _ROWS_LOOKED_AT)).astype(np.intp):
                key = rows.key_of(int(row), np.delete(np.arange(n), row))
                if key.min() < key.max():
                    return False
            return True

        return self._memo.get(find, "level", side)

    def _least_jaccard(self) -> tuple[NDArray[np.float64], Mask]:
        """Mean Jaccard index without the lists that are cut, and whether there are any, for each k.

        Both are (k_max,): no order of equals gives a mean below that.
        """
        least, some = np.empty(self.k_max), np.zeros(self.k_max, bool)
        for k in range(1, self.k_max + 1):
            a, b = self._cut_lists(k)
            least[k - 1] = (jaccard(self._shared[:, k - 1], k) * ~(a | b)).mean(dtype=np.float64)
            some[k - 1] = (a | b).any()
        return least, some
