"""A map by umap-learn itself: of a given graph and start, or of vectors alone.

Given a seed it takes one thread; its 200 epochs and the rate for a given map are as ours.
"""

import warnings

import numpy as np
from timing import answer, arguments, timed

warnings.simplefilter("ignore")
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
        import umap

        own = np.arange(n, dtype=np.int32)[:, None]
        return umap.UMAP(
            n_neighbors=15,
            metric="euclidean",
            precomputed_knn=(
                np.hstack([own, indices[:n, :14] % n]),
                np.hstack([np.zeros((n, 1), np.float32), distances[:n, :14]]),
                None,
            ),
            init=start[:n],
            n_epochs=200,
            learning_rate=0.25 if args["init"] else 1.0,
            random_state=seed,
            n_jobs=1,
        ).fit_transform(start[:n])

    if args["warm_up"]:
        draw(1000)
    with timed(part):
        positions = draw(len(indices))
else:
    x = np.load(args["vectors"])
    with timed(part):
        import umap

        positions = umap.UMAP(metric="cosine", n_epochs=200, random_state=seed).fit_transform(x)
if args["out"]:
    np.save(args["out"], positions)
answer(part=part)
