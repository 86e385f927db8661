"""What is drawn: all that the plots ask of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from embwidget._core.estimate import Estimate
    from embwidget.knn.graph import KNNGraph
    from embwidget.measures.neighbors.chance import Chance
    from embwidget.space import Space


class Drawable(Protocol):
    """What the plots ask of a `Comparison`, where each is described."""

    graph_a: KNNGraph
    graph_b: KNNGraph

    @property
    def a(self) -> Space:
        """The first space."""

    @property
    def b(self) -> Space:
        """The second space, of the same items in the same order."""

    @property
    def metadata(self) -> Any:
        """One row for each item, or None."""

    @property
    def label(self) -> str | None:
        """Column of the metadata with the classes."""

    @property
    def n_neighbors(self) -> int:
        """Neighbours compared unless a method is told otherwise."""

    @property
    def similarity(self) -> Estimate:
        """Mean Jaccard index at n_neighbors."""

    def jaccard(self, k: int | None = None) -> NDArray[np.float32]:
        """Coincidence of each item, (n_samples,) float32."""

    def label_agreement(
        self, k: int | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Share of the k neighbours with the item's label in A and in B, (n_samples,) float32."""

    def to_frame(self, k: int | None = None) -> pd.DataFrame:
        """One row for each item."""

    def curve(self) -> pd.DataFrame:
        """Columns k, jaccard, low, high, chance."""

    def chance(self, within: Any = None) -> Chance:
        """What permuted items give."""

    def quality(self, label: Any = None, *, by: str | None = None) -> pd.DataFrame:
        """Label metrics of both spaces."""

    def groups(self) -> pd.DataFrame:
        """What becomes of the groups."""
