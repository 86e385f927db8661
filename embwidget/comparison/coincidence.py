"""How far both spaces coincide: the similarity, and how it depends on k."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget._core.estimate import Estimate
from embwidget.comparison.base import Compared
from embwidget.measures.neighbors.expected import expected_jaccard, expected_overlap
from embwidget.measures.neighbors.shared import overlap

if TYPE_CHECKING:
    import pandas as pd


class Coincidence(Compared):
    """The mean over all items of what both spaces share."""

    @property
    def similarity(self) -> Estimate:
        """Mean Jaccard index at n_neighbors, its 95 % interval, and what chance would give."""
        return self._similarity(self.n_neighbors)

    def overlap(self, k: int | None = None) -> NDArray[np.float32]:
        """Share of the k neighbours that both spaces have, (n_samples,) float32."""
        return overlap(self.shared(k), self._k(k))

    def mean_shared(self, k: int | None = None) -> Estimate:
        """How many of its k neighbours an item has in both spaces, on average over all items.

        Parameters
        ----------
        k : int, optional

        Returns
        -------
        Estimate
            In 0..k, with its 95 % interval and what chance would give.
        """
        k = self._k(k)
        values = self._of_each(self.shared(k))
        return Estimate.of_mean(values, chance=k * expected_overlap(len(values), k))

    def mean_shared_by_k(self) -> NDArray[np.float64]:
        """Mean of `shared` for every k = 1..k_max, (k_max,) float64."""
        means: NDArray[np.float64] = self._of_each(self._shared).mean(axis=0, dtype=np.float64)
        return means

    def histogram(self, k: int | None = None) -> NDArray[np.int64]:
        """Items that share 0, 1, ..., k neighbours, (k + 1,) int64."""
        return np.bincount(self.shared(k), minlength=self._k(k) + 1)

    def curve(self) -> "pd.DataFrame":
        """Mean Jaccard index for k = 1..k_max: columns k, jaccard, low, high, chance."""
        return self._memo.get(self._curve, "curve").copy()

    def _curve(self) -> "pd.DataFrame":
        import pandas as pd

        ks = range(1, self.k_max + 1)
        points = [self._similarity(k) for k in ks]
        return pd.DataFrame(
            {
                "k": list(ks),
                "jaccard": [point.value for point in points],
                "low": [point.low for point in points],
                "high": [point.high for point in points],
                "chance": [point.chance for point in points],
            }
        )

    def _similarity(self, k: int) -> Estimate:
        values = self._of_each(self.jaccard(k))
        return Estimate.of_mean(values, chance=expected_jaccard(len(values), k))
