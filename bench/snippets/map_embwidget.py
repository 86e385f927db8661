"""A map by reducer="umap": of a given graph and start, or of vectors alone."""

import numpy as np
from timing import answer, arguments, timed

args = arguments()
seed = args["seed"]
part = {}
if "input" in args:
    given = np.load(args["input"])
    indices, distances, start = (given[name] for name in ("indices", "distances", "start"))
    if args["init"]:
        start = np.load(args["init"])

    def draw(n):
        """Of the first n items, whose neighbours are bent to lie among them."""
        from embwidget.knn import KNNGraph
        from embwidget.projection.reducer import MapRequest
        from embwidget.projection.reducers.umap import UMAP

        graph = KNNGraph(indices[:n, :14] % n, distances[:n, :14], "cosine", "exact")
        return UMAP().fit(
            MapRequest(
                start[:n],
                graph=graph,
                start=start[:n],
                is_warm=bool(args["init"]),
                random_state=seed,
                n_jobs=args["n_jobs"],
            )
        )

    if args["warm_up"]:
        draw(1000)
    with timed(part):
        positions = draw(len(indices))
else:
    x = np.load(args["vectors"])
    with timed(part):
        from embwidget import project

        positions = project(x, "umap", random_state=seed, n_jobs=args["n_jobs"])
if args["out"]:
    np.save(args["out"], positions)
answer(part=part)
