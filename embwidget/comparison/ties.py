"""Copies, and neighbours that are equally near."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison.base import Compared
from embwidget.measures.neighbors.shared import jaccard, shared_counts

if TYPE_CHECKING:
    import pandas as pd


class Ties(Compared):
    """How far the lists of neighbours hang on an arbitrary order."""

    def ties(self, k: int | None = None) -> "pd.DataFrame":
        """How many items are copies, and how many lists are cut through equals.

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
        cut = self._ties.cut(k)
        rows = [
            {
                "space": side,
                "k": k,
                "copies": self._ties.n_copies(i),
                "cut": float(cut[i].mean()),
            }
            for i, side in enumerate("ab")
        ]
        return pd.DataFrame(rows)

    def is_level(self, k: int | None = None) -> bool:
        """Whether in A everything is equally far from everything, so that its lists say nothing."""
        return self._ties.says_nothing(self._k(k), sides=(0,))

    def drawn_shared(self, k: int | None = None) -> NDArray[np.int64] | None:
        """Number of neighbours in both spaces where each list draws its own order of equals.

        Parameters
        ----------
        k : int, optional

        Returns
        -------
        (n_samples,) int64 or None
            None where no list is cut through equals, or the lists are the same in any common order:
            then `shared` is all that there is to say.
        """
        k = self._k(k)
        if self._ties.is_same(k) or not any(lists.any() for lists in self._ties.cut(k)):
            return None
        drawn = self._memo.get(lambda: shared_counts(*self._ties.drawn(1, 2)), "drawn apart")
        counts: NDArray[np.int64] = self._for_all(drawn[:, k - 1].astype(np.int64))
        return counts

    def drawn_jaccard(self, k: int | None = None) -> NDArray[np.float32] | None:
        """Coincidence of each item by `drawn_shared`, (n_samples,) float32 or None."""
        drawn = self.drawn_shared(k)
        return None if drawn is None else jaccard(drawn, self._k(k))
