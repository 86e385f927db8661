"""What a map keeps of a space; and of a map drawn from another one, whether what moved went."""

import numpy as np
from timing import answer, arguments

from embwidget.measures.maps.faithfulness import map_faithfulness
from embwidget.projection import procrustes

N_MERGED = 20


def radius(positions):
    return np.sqrt(((positions - positions.mean(axis=0)) ** 2).sum(axis=1).mean())


args = arguments()
x = np.load(args["vectors"])
indices = np.load(args["input"])["indices"]
b = np.load(args["map"])
found = map_faithfulness(indices, b, vectors=x, n_neighbors=10, max_items=2000)
quality = {
    "preserved": float(found.kept),
    "trustworthiness": float(found.trustworthiness),
    "rank_correlation": found.rank_correlation,
}
if args["classes"]:
    a, y = np.load(args["from"]), np.load(args["classes"])
    b = procrustes(a, b, scale="spread")
    middle = np.array([np.median(b[y == c], axis=0) for c in range(2 * N_MERGED)])
    gaps = np.linalg.norm(middle[::2] - middle[1::2], axis=1) / radius(b)
    moved = np.linalg.norm(a - b, axis=1)
    went = y < 2 * N_MERGED
    # The chance that an item of a merged class moved further than one of another.
    order = np.empty(len(moved))
    order[np.argsort(moved)] = np.arange(len(moved))
    most = went.sum() * (~went).sum()
    above = order[went].sum() - went.sum() * (went.sum() - 1) / 2
    quality |= {
        "gap": float(gaps.mean()),
        "median_gap": float(np.median(gaps)),
        "auc": float(above / most),
    }
answer(**quality)
