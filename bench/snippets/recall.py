"""Share of the true neighbours in a graph, on 1000 rows, by plain numpy in float64."""

import numpy as np
from timing import answer, arguments

args = arguments()
x = np.load(args["vectors"], mmap_mode="r")
found = np.load(args["out"], mmap_mode="r")
k = found.shape[1]
rows = np.sort(np.random.default_rng(7).choice(len(x), min(1000, len(x)), replace=False))
some = x[rows].astype(np.float64)
some /= np.linalg.norm(some, axis=1, keepdims=True)
similarity = np.empty((len(rows), len(x)), np.float32)
for start in range(0, len(x), 20_000):
    block = x[start : start + 20_000].astype(np.float64)
    block /= np.linalg.norm(block, axis=1, keepdims=True)
    similarity[:, start : start + 20_000] = some @ block.T
similarity[np.arange(len(rows)), rows] = -np.inf
true = np.argpartition(similarity, -k, axis=1)[:, -k:]
hits = [len(np.intersect1d(a, b)) / k for a, b in zip(true, found[rows], strict=True)]
answer(recall=float(np.mean(hits)))
