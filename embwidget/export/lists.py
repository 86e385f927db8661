"""Neighbour lists in bands of ranks, so that the farther ones can be left out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.threads import mapped, n_cpus
from embwidget.comparison import Comparison
from embwidget.export.distances import coded
from embwidget.export.parts import Part, array_part
from embwidget.knn import KNNGraph

BAND_ENDS = (10, 15, 25, 50)
"""Where lists may end, beside their own end."""


class Band(NamedTuple):
    """Ranks from the end of the band before up to `stop`.

    Attributes
    ----------
    stop : int
    parts : list of Part
    """

    stop: int
    parts: list[Part]

    @property
    def n_bytes(self) -> int:
        """What it adds to the file."""
        return sum(part.n_bytes for part in self.parts)


def bands_of_lists(graphs: Mapping[str, KNNGraph], k_max: int) -> tuple[list[Band], dict[str, Any]]:
    """Neighbour graphs in bands, and what reads the distances of each, by its name."""
    scales: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, graph in graphs.items():
        n = len(graph.indices)
        arrays[f"indices_{name}"] = np.where(graph.indices < 0, n, graph.indices).astype(np.uint32)
        codes, scales[name] = coded(graph.distances)
        # Ascending, so that the differences are small; where they are not, they wrap around.
        arrays[f"distances_{name}"] = np.diff(codes, axis=1, prepend=np.uint16(0))
    return _bands(arrays, k_max), scales


def bands_of_counts(comparison: Comparison) -> list[Band]:
    """Neighbours that both spaces share at each k, in bands of k."""
    k_max = comparison.k_max
    counts = np.stack([comparison.shared(k) for k in range(1, k_max + 1)], axis=1).astype(np.uint8)
    # At most two come with each further rank.
    more = np.diff(counts, axis=1, prepend=np.uint8(0))
    return _bands({"shared": more}, k_max)


def _bands(arrays: dict[str, NDArray[Any]], k_max: int) -> list[Band]:
    """Arrays of (n_samples, k_max) cut into bands."""
    stops = [end for end in BAND_ENDS if end < k_max] + [k_max]
    cuts = [
        (f"{name}.{at}", array[:, start:stop])
        for at, (start, stop) in enumerate(zip([0, *stops], stops, strict=False))
        for name, array in arrays.items()
    ]
    packed = list(mapped(lambda cut: array_part(cut[0], cut[1].T), cuts, n_cpus()))
    width = len(arrays)
    return [Band(stop, packed[at * width : (at + 1) * width]) for at, stop in enumerate(stops)]
