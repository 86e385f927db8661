"""Files that change while they are worked with; prints a line before and after each case.

Called with the number of random moments of each way, in a folder of its own.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from file_changes import ACTS, NEW, OLD, PATH

import embwidget as ew

K = 5
WAYS: dict[str, tuple[str, Callable[[], Any]]] = {
    "read": ("1000000000", lambda: ew.load(PATH)),
    "mapped": ("1000", lambda: ew.load(PATH)),
    "given": ("1000", lambda: np.load(PATH, mmap_mode="r")),
}


def found(graph: ew.KNNGraph) -> bytes:
    return graph.indices.tobytes() + graph.distances.tobytes()


with ew.cache.off():
    WRITTEN = {"old": OLD, "new": NEW, "shortened": NEW[:50]}
    TRUE = {name: found(ew.knn_graph(x, K)) for name, x in WRITTEN.items()}


def outcome(work: Callable[[], ew.KNNGraph]) -> str:
    try:
        graph = found(work())
    except (OSError, ValueError) as error:
        text = str(error)
        return "refused" if PATH.name in text and len(text) < 300 and "\n" not in text else text
    return next((name for name, true in TRUE.items() if graph == true), "wrong")


def case(way: str, act: Callable[[], None], moment: float | None) -> dict[str, Any]:
    """Act in the middle of a search, or so many seconds after a file was written."""
    limit, load = WAYS[way]
    os.environ["EMBWIDGET_MAP_ABOVE"] = limit
    ew.cache.clear()
    PATH.unlink(missing_ok=True)
    np.save(PATH, OLD)
    if moment is not None:
        timer = threading.Timer(moment, act)
        timer.start()
        ended = outcome(lambda: ew.knn_graph(load(), K))
        timer.join()
    else:
        waiting = [act]
        space = ew.as_space(load())

        def report(step: str, share: float) -> None:
            if waiting:
                waiting.pop()()

        ended = outcome(lambda: ew.knn_graph(space, K, progress=report))
    # What is kept under the hash of either must be that one's.
    kept = [found(ew.knn_graph(x, K)) for x in WRITTEN.values()] == list(TRUE.values())
    return {"ended": ended, "kept": kept}


moments = np.random.default_rng(1)
planned: list[tuple[str, Callable[[], None], float | None]] = [
    (way, act, None) for way in WAYS for act in ACTS
]
for at in range(int(sys.argv[1])):
    planned += [(way, ACTS[at % len(ACTS)], float(moments.uniform(0, 0.15))) for way in WAYS]
for way, act, moment in planned:
    print(json.dumps([way, act.__name__, moment]), flush=True)
    print(json.dumps(case(way, act, moment)), flush=True)
