"""Two-dimensional maps of a space, and two of them turned alike."""

from embwidget.projection.alignment import procrustes
from embwidget.projection.maps import project
from embwidget.projection.pair import project_pair
from embwidget.projection.reducer import MapRequest, Reducer
from embwidget.projection.reducers.umap import UMAP

__all__ = ["UMAP", "MapRequest", "Reducer", "procrustes", "project", "project_pair"]
