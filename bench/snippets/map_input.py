"""What every map of the row is made of: the exact graph of a space and its principal components."""

import numpy as np
from timing import answer, arguments

from embwidget import knn_graph
from embwidget.projection.reducers.pca import pca

args = arguments()
x = np.load(args["vectors"])
graph = knn_graph(x, 15, metric="cosine", engine="exact")
np.savez(
    args["out"],
    indices=graph.indices,
    distances=graph.distances,
    start=pca(x, unit_length=True),
)
answer()
