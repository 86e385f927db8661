"""The same pair opened again in a fresh process: our second run against our first."""

import shutil
from typing import Any

from bench import data
from bench.environments import OURS
from bench.measure import ours, scratch
from bench.pairs import median
from bench.row import Finding, Options, Row, compared, seconds, short
from bench.store import Cases, case

NAME = "cache"
SIZES = (20_000, 100_000)
DIMS = 384
TARGET = 0.05
SECOND_RUNS = 3


def measure(options: Options) -> None:
    """One first run with an empty folder, then runs that find it full."""
    for n in options.sizes or SIZES:
        with case(NAME, f"{n} x {DIMS}", [OURS], n=n, dims=DIMS) as found:
            found["runs"] = _runs(n, options.repeats or SECOND_RUNS)


def _runs(n: int, repeats: int) -> dict[str, list[dict[str, Any]]]:
    a, b = map(str, data.spaces(n, DIMS))
    arguments = {"a": a, "b": b, "k_max": 50, "reducer": "umap"}
    folder = scratch("cache")
    environment = {"EMBWIDGET_CACHE": str(folder)}
    try:
        found = [ours("open_pair", arguments, environment=environment) for _ in range(1 + repeats)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"first": found[:1], "again": found[1:]}


def findings(cases: Cases) -> list[Finding]:
    """Compare and UMAP maps; the whole process, import and loading included."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        first, again = found["runs"]["first"], found["runs"]["again"]
        what = f"{short(found['n'])} x {DIMS}, compare and UMAP maps"
        for path, unit in (("process.wall", "wall"), ("process.cpu", "CPU")):
            both = median(again, path), median(first, path)
            target = TARGET if unit == "wall" else None
            label = f"{what}, whole process, {unit}"
            lines.append(compared(label, "first run", name, *both, seconds, target))
    return lines


ROW = Row(NAME, "The same pair again in a fresh process, from the disk cache", 8, measure, findings)
