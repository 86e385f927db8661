"""Approximate neighbour graph by PyNNDescent itself, compilation included."""

import numpy as np
from pynndescent import NNDescent
from timing import answer, arguments, timed

args = arguments()
x = np.load(args["vectors"])
k = args["k"]
part = {}
with timed(part):
    index = NNDescent(
        x,
        metric="cosine",
        n_neighbors=args["factor"] * k + 1,
        low_memory=True,
        random_state=0,
    )
    found = index.neighbor_graph[0]
    other = found != np.arange(len(x))[:, None]
    other[other.all(axis=1), -1] = False
    indices = found[other].reshape(len(x), -1)[:, :k]
np.save(args["out"], indices.astype(np.int32))
answer(part=part)
