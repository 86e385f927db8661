"""How maps are drawn: one file a reducer, and what several of them need."""

from embwidget._core.table import Table
from embwidget.projection.reducer import Reducer

REDUCERS: Table[Reducer] = Table(
    "reducer",
    __name__,
    "REDUCER",
    is_one=lambda given: isinstance(given, Reducer),
    first=("pca", "umap", "pca+umap", "umap-learn", "pacmap", "tsne"),
)
"""Names that `project` knows; all but "pca" take a start."""
