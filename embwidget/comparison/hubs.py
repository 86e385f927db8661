"""Items that are neighbours of very many others, and those that are of none."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget.comparison.base import Compared
from embwidget.measures.neighbors.hubs import hub_figures, k_occurrence

if TYPE_CHECKING:
    import pandas as pd


class Hubness(Compared):
    """How evenly items are chosen as neighbours in each space."""

    def k_occurrence(self, side: str, k: int | None = None) -> NDArray[np.int64]:
        """In how many lists of k neighbours each item stands, (n_samples,) int64.

        Parameters
        ----------
        side : {"a", "b"}
        k : int, optional
        """
        if side not in ("a", "b"):
            msg = f'side={shown(side)}: give "a" or "b"'
            raise ValueError(msg)
        found: NDArray[np.int64] = self._for_all(
            k_occurrence(self._each_graphs["ab".index(side)].indices, self._k(k))
        )
        return found

    def hubs(self, k: int | None = None) -> "pd.DataFrame":
        """How unevenly items are chosen as neighbours; see `embwidget.measures.neighbors.hubs`.

        Returns
        -------
        DataFrame
            One row for each space, "a" and "b": ``space, k``, and the figures of `hub_figures`.
        """
        import pandas as pd

        k = self._k(k)
        rows = [
            {"space": side, "k": k} | hub_figures(graph.indices, k)
            for side, graph in zip("ab", self._each_graphs, strict=True)
        ]
        return pd.DataFrame(rows)
