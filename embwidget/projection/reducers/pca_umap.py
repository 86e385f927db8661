"""UMAP of the first principal components: less noise, and Euclidean neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from embwidget._core.progress import span
from embwidget.projection.layout import lay_out
from embwidget.projection.reducer import MapRequest, Reducer
from embwidget.projection.reducers import umap
from embwidget.projection.reducers.pca import pca

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]

N_DIMS = 50


class PCAThenUMAP(Reducer):
    """50 principal components, then UMAP on their own neighbours: a graph is none of these."""

    name = "pca+umap"
    takes_start = True

    def fit(self, request: MapRequest) -> Float32:
        """Draw the map, (n_samples, 2) float32."""
        x, progress = request.numbers, request.progress
        narrow = pca(
            x,
            max(2, min(N_DIMS, x.shape[1])),
            unit_length=request.ignores_length,
            n_jobs=request.n_jobs,
            progress=span(progress, 0.0, 0.1),
        )
        inner = replace(
            request,
            vectors=narrow,
            graph=None,
            metric="euclidean",
            progress=span(progress, 0.1, 1.0),
        )
        return lay_out(umap.REDUCER, inner)


REDUCER = PCAThenUMAP()
