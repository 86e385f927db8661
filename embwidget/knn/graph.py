"""The neighbour graph of a space: who is nearest to whom, and how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.estimate import Estimate
from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import parsing, printable
from embwidget._core.whole_file import named_file, saved_file
from embwidget.metrics import METRICS

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_MOST_PATH_CHARS = 100
_FIELDS = {"indices", "distances", "metric", "engine", "recall"}


@dataclass(frozen=True, eq=False, repr=False)
class KNNGraph:
    """The nearest neighbours of every item, the item itself excluded.

    Attributes
    ----------
    indices : (n_samples, n_neighbors) int32
        Row positions, nearest first, ties by position; -1 = no neighbour was found.
    distances : (n_samples, n_neighbors) float32
        Ascending. 1 - cosine, the euclidean distance, minus the inner product, or the number of
        bits that differ.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or name of an own one
    engine : str
        What found them: "exact", "ivf", "nndescent" or the name of an own one.
    recall : Estimate or None
        Share of the true neighbours that an approximate graph has, measured on a sample; None when
        the graph is exact.
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]
    metric: str
    engine: str
    recall: Estimate | None = None

    @property
    def exact(self) -> bool:
        """Whether these are the true neighbours."""
        return self.recall is None

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return int(self.indices.shape[0])

    @property
    def n_neighbors(self) -> int:
        """Length of each item's list."""
        return int(self.indices.shape[1])

    def first(self, k: int) -> Self:
        """Return the graph of the k nearest; 1 <= k <= n_neighbors."""
        if not 1 <= k <= self.n_neighbors:
            msg = f"k={k}: this graph has 1 to {self.n_neighbors} neighbours"
            raise ValueError(msg)
        cut = (self.indices[:, :k], self.distances[:, :k])
        return type(self)(*cut, self.metric, self.engine, self.recall)

    def with_self(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Indices and distances (n_samples, n_neighbors + 1) with each item as its own first.

        They are int32 and float32. That is how UMAP and PaCMAP count neighbours. The distance to
        itself is given as 0.
        """
        own = np.arange(self.n_samples, dtype=np.int32)[:, None]
        zeros = np.zeros((self.n_samples, 1), np.float32)
        return np.hstack([own, self.indices]), np.hstack([zeros, self.distances])

    def to_csr(self) -> "csr_array":
        """Distances as a scipy sparse array (n_samples, n_samples) float32, zeros stored."""
        from scipy.sparse import csr_array

        found = self.indices >= 0
        starts = np.concatenate([[0], np.cumsum(found.sum(axis=1))])
        parts = (self.distances[found], self.indices[found], starts)
        return csr_array(parts, shape=(self.n_samples, self.n_samples))

    def save(self, path: str | Path) -> None:
        """Write the graph as an .npz file, whole or not at all; see `embwidget.io.save`."""
        with saved_file(path) as file:
            write_npz(file, self.to_arrays())

    def to_arrays(self) -> dict[str, Any]:
        """Everything that the graph is, as arrays and strings by name."""
        recall = self.recall
        stored = [] if recall is None else [recall.value, recall.standard_error]
        return {
            "indices": self.indices,
            "distances": self.distances,
            "metric": self.metric,
            "engine": self.engine,
            "recall": np.array(stored, np.float64),
        }

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a graph that `save` wrote; ValueError for anything else. Nothing is unpickled."""
        start = f"{printable(str(path))[-_MOST_PATH_CHARS:]} is no neighbour graph"
        with named_file(path) as file, parsing(start), npz_entries(file) as entries:
            # Before anything is read, for a file of another kind may be large.
            _check_names(entries)
            return cls.from_arrays({name: entry.read() for name, entry in entries.items()})

    @classmethod
    def from_arrays(cls, fields: dict[str, NDArray[Any]]) -> Self:
        """Make a graph of what `to_arrays` gave; ValueError says what is wrong with it.

        Indices and distances are (n_samples, n_neighbors) int32 and float32.
        """
        _check_names(fields)
        problem = _problem(fields)
        if problem:
            raise ValueError(problem)
        recall = fields["recall"]
        return cls(
            fields["indices"],
            fields["distances"],
            str(fields["metric"]),
            str(fields["engine"]),
            Estimate(float(recall[0]), standard_error=float(recall[1])) if recall.size else None,
        )

    def __repr__(self) -> str:
        how = "exact" if self.recall is None else f"{self.engine}, recall {self.recall.value:.3f}"
        return f"KNNGraph({self.n_samples} x {self.n_neighbors}, {self.metric}, {how})"


def _check_names(fields: Iterable[str]) -> None:
    if set(fields) != _FIELDS:
        msg = f"it holds {', '.join(sorted(fields)) or 'nothing'}"
        raise ValueError(msg)


def _problem(fields: dict[str, NDArray[Any]]) -> str:
    """What is wrong with the arrays of a graph, those of (n, k) above all; "" = nothing."""
    indices, distances = fields["indices"], fields["distances"]
    if indices.dtype != np.int32 or distances.dtype != np.float32:
        return f"indices are {indices.dtype} and distances {distances.dtype}"
    if indices.ndim != 2 or indices.shape != distances.shape:
        return f"indices have shape {indices.shape} and distances {distances.shape}"
    if indices.size and (int(indices.min()) < -1 or int(indices.max()) >= len(indices)):
        return f"an index is outside of -1..{len(indices) - 1}"
    names = fields["metric"], fields["engine"]
    if any(name.dtype.kind != "U" or name.ndim for name in names) or str(names[0]) not in METRICS:
        return f"metric is {shown(names[0].tolist())} and engine {shown(names[1].tolist())}"
    recall = fields["recall"]
    if recall.dtype.kind != "f" or recall.shape not in {(0,), (2,)}:
        return f"recall is {recall.dtype} of shape {recall.shape}"
    return ""
