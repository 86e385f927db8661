"""Exact or approximate neighbour graph by embwidget."""

import numpy as np
from timing import answer, arguments, timed

from embwidget import knn_graph

args = arguments()
x = np.load(args["vectors"])
# The engines are imported on first use.
knn_graph(np.random.default_rng(0).normal(size=(50, 8)), 5, engine="exact")
part = {}
with timed(part):
    graph = knn_graph(x, args["k"], metric="cosine", engine=args["engine"], n_jobs=args["n_jobs"])
np.save(args["out"], graph.indices)
recall = None if graph.recall is None else graph.recall.value
answer(part=part, engine=graph.engine, recall_said=recall)
