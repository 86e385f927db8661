"""Two spaces compared and drawn: the stages one by one, from the import on."""

import sys
import time

from timing import answer, arguments, timed

args = arguments()
stages = {}
part = {}
with timed(part):
    start = time.perf_counter(), time.process_time()

    def stage(name):
        """Note what the stage that ends here took."""
        global start
        now = time.perf_counter(), time.process_time()
        stages[name] = {"wall": now[0] - start[0], "cpu": now[1] - start[1]}
        print(name, stages[name], file=sys.stderr, flush=True)
        start = now

    import numpy as np

    import embwidget as ew
    from embwidget.projection.pair import project_pair

    a, b = np.load(args["a"]), np.load(args["b"])
    stage("import and load")
    comparison = ew.compare(a, b, k_max=args["k_max"])
    similarity = comparison.similarity.value
    stage("compare")
    maps = project_pair(
        comparison.a.vectors,
        comparison.b.vectors,
        args["reducer"],
        graph_a=comparison.graph_a,
        graph_b=comparison.graph_b,
    )
    stage("maps")
recalls = [
    None if graph.recall is None else graph.recall.value
    for graph in (comparison.graph_a, comparison.graph_b)
]
answer(
    part=part,
    stages=stages,
    similarity=similarity,
    engine=comparison.graph_a.engine,
    recalls=recalls,
    vectors_bytes=a.nbytes + b.nbytes,
    spread=[float(positions.std()) for positions in maps],
)
