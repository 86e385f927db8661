"""Layouts that were computed before, out of the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.cache import cache, key_of
from embwidget.metrics import OwnName

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from embwidget.knn.graph import KNNGraph

    Float32 = NDArray[np.float32]

# Items below which a layout takes no time worth a file.
_LEAST_ITEMS = 500


def cached_layout(
    reducer: str,
    version: str,
    graph: KNNGraph,
    start: Float32,
    *parameters: Any,
    compute: Callable[[], Float32],
) -> Float32:
    """Return what `compute` would; it is only called when that is not known yet.

    Parameters
    ----------
    reducer : str
    version : str
        Of what decides what comes out: a distribution, or an algorithm of ours.
    graph : KNNGraph
        What is laid out.
    start : (n_samples, n_components) float32
        From where.
    parameters : ndarray, str, int, float, bool or None
        All else that the layout depends on. With the seed None among them, every layout is another
        one, and none goes into the cache; nor does one by a metric of the caller's own, whose
        lengths may change.
    compute : callable
        Returns positions, of the shape of `start`, float32.

    Returns
    -------
    (n_samples, n_components) float32
    """
    n_samples = graph.n_samples
    unseeded = None in [p for p in parameters if not isinstance(p, np.ndarray)]
    if n_samples < _LEAST_ITEMS or unseeded or isinstance(graph.metric, OwnName):
        return compute()

    def unpack(arrays: dict[str, NDArray[Any]]) -> Float32:
        positions = arrays.get("positions")
        if positions is None or positions.dtype != np.float32 or positions.shape != start.shape:
            msg = "it holds no such map"
            raise ValueError(msg)
        return positions

    key = key_of(
        f"map-{n_samples}-{reducer}",
        version,
        graph.metric,
        np.ascontiguousarray(graph.indices),
        np.ascontiguousarray(graph.distances),
        start,
        *parameters,
    )

    def pack(positions: Float32) -> dict[str, Any]:
        return {"positions": positions}

    return cache.get(key, compute, pack=pack, unpack=unpack)
