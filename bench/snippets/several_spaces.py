"""All pairs of several spaces, and the graphs of these alone."""

import numpy as np
from timing import answer, arguments, timed

import embwidget as ew

args = arguments()
rng = np.random.default_rng(0)
start = rng.normal(size=(args["n"], args["dims"])).astype(np.float32)
spaces = {
    f"space {at}": start + (0.3 + 0.2 * at) * rng.normal(size=start.shape).astype(np.float32)
    for at in range(args["n_spaces"])
}
# Both begin with everything imported.
ew.compare_many({name: x[:300] for name, x in spaces.items()}).matrix()
graphs, many = {}, {}
with timed(graphs):
    for x in spaces.values():
        ew.knn_graph(x, args["k_max"])
with timed(many):
    found = ew.compare_many(spaces, k_max=args["k_max"])
    found.curves()
    value = float(found.matrix().to_numpy().sum())
answer(graphs=graphs, many=many, value=value)
