"""How far a map of each space can be believed."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, reporting, span
from embwidget.comparison.base import Compared
from embwidget.measures.maps.faithfulness import Faithfulness, map_faithfulness


class FaithfulMaps(Compared):
    """What maps keep of the neighbours in the spaces that they draw."""

    def faithfulness(
        self,
        positions_a: NDArray[Any],
        positions_b: NDArray[Any],
        k: int | None = None,
        *,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> tuple[Faithfulness, Faithfulness]:
        """How far a map of each space can be believed; see `map_faithfulness`.

        Parameters
        ----------
        positions_a, positions_b : (n_samples, 2) float
            What `embwidget.project` draws, for one.
        k : int, optional
        n_jobs, random_state, progress
            As for `compare`.

        Returns
        -------
        a, b : Faithfulness
        """
        k = self._k(k)
        metrics = self.pair.metric_a, self.pair.metric_b
        maps = [self._of_each(np.asarray(positions)) for positions in (positions_a, positions_b)]
        sides = zip(self._each_spaces, self._each_graphs, maps, metrics, strict=True)
        with reporting(progress) as report:
            a, b = (
                map_faithfulness(
                    graph.indices,
                    positions,
                    vectors=space.vectors,
                    metric=metric,
                    n_neighbors=k,
                    n_jobs=n_jobs,
                    random_state=random_state,
                    progress=span(report, side / 2, (side + 1) / 2),
                )
                for side, (space, graph, positions, metric) in enumerate(sides)
            )
        return self._of_all(a), self._of_all(b)

    def _of_all(self, found: Faithfulness) -> Faithfulness:
        """What is known of each item that counts, for all."""
        return replace(
            found,
            trust=self._for_all(found.trust),
            false_neighbors=self._for_all(found.false_neighbors),
            missing_neighbors=self._for_all(found.missing_neighbors),
        )
