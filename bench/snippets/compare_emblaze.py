"""Emblaze's own way to the neighbours of two spaces, from the import to the neighbours."""

from timing import answer, arguments, timed

part = {}
with timed(part):
    import emblaze
    import numpy as np
    from emblaze.utils import Field

    args = arguments()
    spaces = emblaze.EmbeddingSet(
        [
            emblaze.Embedding(
                {Field.POSITION: x, Field.COLOR: np.zeros(len(x))}, metric=args["metric"]
            )
            for x in (np.load(args["a"]), np.load(args["b"]))
        ]
    )
    spaces.compute_neighbors(n_neighbors=args["k"], metric=args["metric"])
    shape = [len(space.neighbors) for space in spaces.embeddings]
answer(part=part, shape=shape)
