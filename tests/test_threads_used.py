"""With n_jobs=1 nothing starts a thread: counted in a process of its own, by the interpreter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# The profiler sees every thread that Python starts, the folder of tasks those of libraries too.
CHILD = """
import json, os, sys
import numpy as np

def started_by(do, n_jobs):
    started = []
    def watch(frame, event, called):
        if event == "c_call" and called.__module__ == "_thread" and "start" in called.__name__:
            started.append(called)
    sys.setprofile(watch)
    do(n_jobs)
    sys.setprofile(None)
    return len(started)

from embwidget import compare
from embwidget.knn import knn_graph, query
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.labels.label_metrics import label_metrics
from embwidget.measures.maps.faithfulness import map_faithfulness
from embwidget.measures.neighbors import shared
from embwidget.measures.neighbors.chance import permuted_chance
from embwidget.measures.registry import Sides, measure_table
from embwidget.projection import project, project_pair
from embwidget.projection.reducers import pca, umap_layout
from embwidget.measures.groups import communities

# So that a small space is many blocks, which threads would share.
shared._BLOCK_ROWS = communities._BLOCK_ROWS = 64
pca.BLOCK_BYTES = 1 << 12
umap_layout._EDGES_PER_THREAD = 1

rng = np.random.default_rng(0)
x, y = (3 * rng.normal(size=(10, 16))[rng.integers(0, 10, 240)] + rng.normal(size=(240, 16))
        for _ in "ab")
x, y = x.astype(np.float32), y.astype(np.float32)
a, b = (knn_graph(each, 20, n_jobs=1).indices for each in (x, y))
labels = rng.integers(0, 9, 240)
work = {
    **{f"engine {name}": lambda n, name=name: knn_graph(x, 9, engine=name, n_jobs=n)
       for name in ("exact", "ivf")},
    "query": lambda n: query(x, y[:50], 9, n_jobs=n),
    "shared": lambda n: shared.shared_counts(a, b, n_jobs=n),
    "clusters": lambda n: find_groups(a, n_jobs=n),
    "chance": lambda n: permuted_chance(a, b, n_permutations=4, n_jobs=n),
    "labels": lambda n: label_metrics(x, labels, n_seeds=1, n_jobs=n),
    "faithfulness": lambda n: map_faithfulness(a, x[:, :2], vectors=x, n_jobs=n),
    "measures": lambda n: measure_table(
        Sides(x, y, a, b, "cosine", "cosine"), k=9, n_permutations=3, n_jobs=n),
    **{f"project {name}": lambda n, name=name: project(x, name, n_jobs=n)
       for name in ("pca", "umap", "tsne")},
    "project_pair": lambda n: project_pair(x, y, "pca", n_jobs=n),
    "compare": lambda n: compare(x, y, label=labels, k_max=20, n_jobs=n),
    **{name: lambda n, do=do: do(compare(x, y, label=labels, k_max=20, n_jobs=1), n)
       for name, do in {
           "quality": lambda c, n: c.quality(n_seeds=1, n_jobs=n),
           "groups": lambda c, n: c.groups(n_jobs=n),
           "c.chance": lambda c, n: c.chance(n_permutations=3, n_jobs=n),
           "c.measures": lambda c, n: c.measures(n_permutations=3, n_jobs=n),
       }.items()},
}
counts = {}
for name, do in work.items():
    do(1)  # what libraries start once, whatever they are told
    tasks = len(os.listdir("/proc/self/task"))
    counts[name] = started_by(do, 1), len(os.listdir("/proc/self/task")) - tasks
work["shared"](3)  # whether there can be threads is tried once
counts["three"] = started_by(work["shared"], 3)
print(json.dumps(counts))
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are read from /proc")
def test_one_job_starts_no_thread() -> None:
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    run = subprocess.run(
        [sys.executable, "-c", CHILD],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, **one, "EMBWIDGET_CACHE": "off"},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    counts = json.loads(run.stdout.splitlines()[-1])
    # Three jobs start some, up to three as the first are busy or not: the count is not blind.
    assert 1 <= counts.pop("three") <= 3
    assert {name: count for name, count in counts.items() if count != [0, 0]} == {}
