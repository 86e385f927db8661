"""Approximate neighbour graph in a fresh process: ours against PyNNDescent at the same recall."""

import functools
from typing import Any

from bench import data
from bench.environments import OURS
from bench.measure import ours, run, scratch
from bench.pairs import alternate, median
from bench.row import Finding, Options, Row, compared, seconds, short, size
from bench.store import Cases, case

NAME = "approx-knn"
CASES = {100_000: 384, 1_000_000: 64}
K = 15
PEER = "pynndescent"
# How many times k + 1 neighbours PyNNDescent is asked for, until its recall is no less than ours.
FACTORS = (1, 2, 4)
SLACK = 0.002


def measure(options: Options) -> None:
    """Find the peer's cheapest setting of the same recall, then run both in turn."""
    for n in options.sizes or CASES:
        dims = CASES.get(n, 384)
        with case(NAME, f"{n} x {dims}", [OURS, PEER], n=n, dims=dims, k=K) as found:
            _measure_case(found, n, dims, options.repeats or 1)


def _measure_case(found: dict[str, Any], n: int, dims: int, repeats: int) -> None:
    vectors = str(data.spaces(n, dims)[0])
    first = _run(OURS, vectors, {"engine": "ivf", "n_jobs": None})
    runs = {OURS: [first], PEER: []}
    found["tried"] = []
    for factor in FACTORS:
        tried = _run(PEER, vectors, {"factor": factor})
        found["tried"].append({"factor": factor, **tried})
        if "failed" in tried or tried["recall"] >= first.get("recall", 1.0) - SLACK:
            break
    runs[PEER].append(found["tried"][-1])
    found["factor"] = found["tried"][-1]["factor"]
    more = alternate(
        {
            OURS: functools.partial(_run, OURS, vectors, {"engine": "ivf", "n_jobs": None}),
            PEER: functools.partial(_run, PEER, vectors, {"factor": found["factor"]}),
        },
        repeats - 1,
    )
    found["runs"] = {name: runs[name] + more[name] for name in runs}


def _run(peer: str, vectors: str, arguments: dict[str, Any]) -> dict[str, Any]:
    out = scratch("indices.npy")
    common = {"vectors": vectors, "k": K, "out": str(out)}
    found = run(peer, f"knn_{peer}", common | arguments)
    if "failed" not in found:
        found["recall"] = ours("recall", {"vectors": vectors, "out": str(out)})["recall"]
        out.unlink()
    print(f"      {peer} {arguments}: recall {found.get('recall')}", flush=True)
    return found


def findings(cases: Cases) -> list[Finding]:
    """Whole process, compilation included; then memory and recall."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        mine, theirs = found["runs"][OURS], found["runs"][PEER]
        what = f"{short(found['n'])} x {found['dims']}"
        peer = f"PyNNDescent, {found['factor']} x k"
        for path, unit in (("process.wall", "wall"), ("process.cpu", "CPU")):
            label = f"{what}, fresh process, {unit}"
            both = median(mine, path), median(theirs, path)
            lines.append(compared(label, peer, name, *both, seconds))
        both = median(mine, "part.memory_added"), median(theirs, "part.memory_added")
        lines.append(compared(f"{what}, memory on top", peer, name, *both, size))
        recalls = [f"{median(runs, 'recall'):.4f}" for runs in (mine, theirs)]
        lines.append(Finding(f"{what}, recall on 1000 rows", *recalls, peer, name))
    return lines


ROW = Row(NAME, f"Approximate kNN graph, k = {K}, cosine, equal recall", 45, measure, findings)
