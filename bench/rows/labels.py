"""The seven metrics by label: ours against pytorch-metric-learning."""

import functools
from typing import Any

from bench import data
from bench.environments import OURS
from bench.measure import run
from bench.pairs import alternate, median
from bench.row import Finding, Options, Row, compared, seconds, short, size
from bench.store import Cases, case

NAME = "labels"
SIZES = (5_000, 10_000, 20_000)
# "max_bin_count" cuts mean_average_precision; with all ranks the peer's masks take n x n numbers of
# eight bytes, several times.
DEPTHS = {"k = largest class": "max_bin_count", "all ranks": None}
MOST_WITH_ALL_RANKS = 10_000
DIMS = 384
PEER = "labels"
PEER_NAME = "PML"
AIMED_AT = 20_000
TARGETS = {"part.cpu": 0.3, "part.memory_added": 0.2}
# One run of k-means, as the peer has it, and as many as we have by ourselves.
SEEDS = {"one k-means": 1, "five k-means": 5}


def measure(options: Options) -> None:
    """Run all sizes on one thread."""
    for n in options.sizes or SIZES:
        for label, k in DEPTHS.items():
            if k is None and n > MOST_WITH_ALL_RANKS:
                continue
            name = f"{n} x {DIMS}, {label}"
            with case(NAME, name, [OURS, PEER], n=n, dims=DIMS, depth=label) as found:
                _measure_case(found, n, k, options.repeats or 3)


def _measure_case(found: dict[str, Any], n: int, k: str | None, repeats: int) -> None:
    vectors, labels = str(data.spaces(n, DIMS)[0]), str(data.classes(n))
    common = {"vectors": vectors, "labels": labels, "k": k, "n_jobs": 1}
    sides = {
        name: functools.partial(
            run, OURS, "labels_embwidget", common | {"n_seeds": n_seeds}, threads=1
        )
        for name, n_seeds in SEEDS.items()
    }
    sides[PEER] = functools.partial(run, PEER, "labels_pml", common, threads=1)
    found["runs"] = alternate(sides, repeats)


def findings(cases: Cases) -> list[Finding]:
    """CPU, memory, and how far the values of the five ranking metrics are apart."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: (item[1]["n"], item[0])):
        runs, n = found["runs"], found["n"]
        size_of_case = f"{short(n)} x {DIMS}, {found['depth']}"
        for ours in SEEDS:
            for path, show, unit in (
                ("part.cpu", seconds, "1 thread, CPU"),
                ("part.memory_added", size, "memory on top of the vectors"),
            ):
                aim = TARGETS[path] if n == AIMED_AT and ours == "one k-means" else None
                both = median(runs[ours], path), median(runs[PEER], path)
                what = f"{size_of_case}, {ours}, {unit}"
                lines.append(compared(what, PEER_NAME, name, *both, show, aim))
        mine, theirs = runs["one k-means"][0]["values"], runs[PEER][0]["values"]
        apart = max(abs(mine[key] - theirs[key]) for key in mine if key not in ("AMI", "NMI"))
        what = f"{size_of_case}, largest difference of the five ranking metrics"
        lines.append(Finding(what, f"{apart:.1e}", "", PEER_NAME, name))
    return lines


ROW = Row(NAME, "Seven metrics by label, cosine", 10, measure, findings)
