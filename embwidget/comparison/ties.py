"""Copies, and neighbours that are equally near."""

from typing import TYPE_CHECKING

from embwidget.comparison.base import Compared

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
