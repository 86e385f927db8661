"""What a metric is: everything that depends on which one it is stands in its file."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget.metrics.arithmetic import Float32, Float64
from embwidget.metrics.plain import PlainRows, table_of
from embwidget.metrics.rows import MetricRows


class Metric(ABC):
    """What is near and what is far; it has no state.

    A subclass needs a name and `distances`. Then neighbours are found by computing all distances
    one by one. One that is the euclidean distance, or the product, of some numbers made from the
    vectors gives these by `coordinates`, and may give faster rows.

    Attributes
    ----------
    name : str
        By which it is asked for, in lower case.
    aliases : tuple of str
        Other names for it, in small letters and without "distance" or "score" behind them.
    distance_name : str
        What its distances are called at the head of a narrow column.
    is_euclidean : bool
        Whether euclidean distances of the coordinates have its order.
    is_product : bool
        Whether inner products of the coordinates have its order, the largest first. With neither,
        the coordinates say nothing of who is near.
    ignores_length : bool
        Whether only the direction of a vector counts.
    exact_products : bool
        Whether products of coordinates are whole numbers that float32 holds, which ties rely on.
    has_products : bool
        Whether `rows` gives `ProductRows`, which the approximate engines need.
    numbers_per_entry : int
        How many numbers are packed into one entry of a vector.
    """

    name: str
    aliases: tuple[str, ...] = ()
    distance_name: str = "distance"
    is_euclidean: bool = False
    is_product: bool = False
    ignores_length: bool = False
    exact_products: bool = False
    has_products: bool = False
    numbers_per_entry: int = 1

    @abstractmethod
    def distances(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        """Distances of rows.

        Parameters
        ----------
        x, y : (..., n_dims) float32 or float64
            Vectors that broadcast, the numbers of float32.

        Returns
        -------
        (...,) float64
            Along the last axis; smaller is nearer.
        """

    def check(self, vectors: Float32, what: str = "vectors") -> None:
        """Refuse vectors (n, n_dims) float32 without such distances: ValueError, in one line."""
        del vectors, what

    def unpacked(self, vectors: Float32) -> NDArray[Any]:
        """Numbers (n, n_dims * numbers_per_entry) that vectors (n, n_dims) float32 stand for.

        Float32, the vectors themselves; or uint8, where several are packed into an entry. They are
        what measures of vectors and principal components are made of.
        """
        return vectors

    def coordinates(self, vectors: Float32) -> Float64:
        """Numbers (..., n_coordinates) float64 of vectors (..., n_dims) float32, in its order.

        See `is_euclidean` and `is_product`.
        """
        return self.unpacked(vectors).astype(np.float64)

    def center(self, vectors: Float32) -> Float64:
        """What to take from the coordinates of vectors (n, n_dims) so that it costs no digits.

        Their mean, (n_coordinates,) float64, where distances count; else (1,), a zero.
        """
        if not self.is_euclidean or self.exact_products:
            return np.zeros(1)
        parts = (self.coordinates(vectors[some]) for some in blocks(*vectors.shape))
        total: Float64 = sum(part.sum(axis=0) for part in parts) / len(vectors)
        return total

    def table(self, x: NDArray[Any], y: NDArray[Any]) -> Float64:
        """Distances (n, m) float64 of all vectors x (n, n_dims) to all vectors y (m, n_dims)."""
        return table_of(self.distances, x, y)

    def rows(
        self,
        vectors: Float32,
        *,
        among: Any = None,
        prepare: bool | None = None,  # noqa: ARG002 (of what is multiplied)
        report: Callable[[], None] = lambda: None,
    ) -> MetricRows:
        """Rows that searches compare, of (n_samples, n_dims) float32; arguments: `ProductRows`."""
        return PlainRows(vectors, self.distances, among=among, report=report)

    def nonnegative(self, distances: Float32) -> Float32:
        """Distances (n_samples, n_neighbors) float32 of a graph, none of them below 0, for UMAP.

        They are made from its own ones, (n_samples, n_neighbors) float32.
        UMAP looks at how far they lie beyond that of the nearest neighbour.
        """
        return np.maximum(distances, 0)

    def lengths(self, distances: Float32) -> Float32:
        """Lengths whose squares are what the metric measures, (n_samples, n_neighbors) float32.

        Of the distances (n_samples, n_neighbors) float32 of a graph, for t-SNE and PaCMAP, which
        square what they get.
        """
        return distances

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
