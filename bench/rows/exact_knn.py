"""Exact neighbour graph: ours, faiss' flat index and scikit-learn's brute force."""

import functools
import math
from typing import Any

from bench import data
from bench.environments import OURS
from bench.measure import ours, run, scratch
from bench.pairs import alternate, growth, median
from bench.row import Finding, Options, Row, compared, seconds, short, size
from bench.store import Cases, case

NAME = "exact-knn"
SIZES = (10_000, 20_000, 50_000, 100_000)
DIMS = 384
K = 15
PEERS = ("faiss", "sklearn")
TARGETS = {"faiss": 0.6, "sklearn": 0.25}
AIMED_AT = (20_000, 50_000)
# Above, scikit-learn's share of the time is most of the row's, and its growth is known.
MOST_SKLEARN = 50_000
THREADS = {"1 thread": 1, "all threads": None}


def measure(options: Options) -> None:
    """Run all sizes; those asked for by name with scikit-learn too."""
    for n in options.sizes or SIZES:
        peers = PEERS if options.sizes or n <= MOST_SKLEARN else PEERS[:1]
        repeats = options.repeats or (3 if n <= MOST_SKLEARN else 1)
        for label, threads in THREADS.items():
            name = f"{n} x {DIMS}, {label}"
            with case(NAME, name, [OURS, *peers], n=n, dims=DIMS, k=K, threads=threads) as found:
                _measure_case(found, n, threads, peers, repeats)


def _measure_case(
    found: dict[str, Any], n: int, threads: int | None, peers: tuple[str, ...], repeats: int
) -> None:
    vectors = str(data.spaces(n, DIMS)[0])
    outs = {name: str(scratch("indices.npy")) for name in (OURS, *peers)}
    arguments = {
        name: {"vectors": vectors, "k": K, "out": out, "engine": "exact", "n_jobs": threads}
        for name, out in outs.items()
    }
    found["runs"] = alternate(
        {
            name: functools.partial(run, name, f"knn_{name}", arguments[name], threads=threads)
            for name in outs
        },
        repeats,
    )
    found["agreement"] = {
        peer: ours("agreement", {"ours": outs[OURS], "theirs": outs[peer]}) for peer in peers
    }


def findings(cases: Cases) -> list[Finding]:
    """CPU seconds on one thread and wall seconds on all, against each peer; then the growth."""
    lines = []
    for label, threads in THREADS.items():
        path, unit = ("part.cpu", "CPU") if threads == 1 else ("part.wall", "wall")
        here = {name: found for name, found in cases.items() if found["threads"] == threads}
        for name, found in sorted(here.items(), key=lambda item: item[1]["n"]):
            runs = found["runs"]
            for peer in runs:
                if peer == OURS:
                    continue
                what = f"{short(found['n'])} x {DIMS}, {label}, {unit}"
                aim = TARGETS[peer] if found["n"] in AIMED_AT else None
                mine, theirs = median(runs[OURS], path), median(runs[peer], path)
                lines.append(compared(what, peer, name, mine, theirs, seconds, aim))
        lines += _growth_line(here, label, path, unit)
    return lines + _memory_lines(cases) + _agreement_lines(cases)


def series(cases: Cases, threads: int | None, path: str) -> dict[str, list[tuple[int, float]]]:
    """(n, median) of each engine, by size: for the growth and for the picture."""
    found: dict[str, list[tuple[int, float]]] = {}
    for entry in sorted(cases.values(), key=lambda entry: entry["n"]):
        if entry["threads"] != threads:
            continue
        for engine, runs in entry["runs"].items():
            found.setdefault(engine, []).append((entry["n"], median(runs, path)))
    return found


def _growth_line(here: Cases, label: str, path: str, unit: str) -> list[Finding]:
    if len(here) < 2:
        return []
    threads = next(iter(here.values()))["threads"]
    exponents = {
        engine: growth(*zip(*points, strict=True))
        for engine, points in series(here, threads, path).items()
    }
    name = max(here, key=lambda key: here[key]["n"])
    return [
        Finding(
            f"growth with n, {label}, {unit}",
            f"n^{exponents[OURS]:.2f}",
            f"n^{exponents[peer]:.2f}",
            peer,
            name,
        )
        for peer in PEERS
        if not math.isnan(exponents.get(peer, math.nan))
    ]


def _memory_lines(cases: Cases) -> list[Finding]:
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        if found["threads"] is None:
            runs = found["runs"]
            for peer in (peer for peer in runs if peer != OURS):
                what = f"{short(found['n'])} x {DIMS}, memory on top of the vectors"
                both = (median(runs[each], "part.memory_added") for each in (OURS, peer))
                lines.append(compared(what, peer, name, *both, size))
    return lines


def _agreement_lines(cases: Cases) -> list[Finding]:
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        if found["threads"] is None:
            for peer, same in found["agreement"].items():
                what = f"{short(found['n'])} x {DIMS}, neighbours that both found"
                lines.append(Finding(what, f"{100 * same['neighbors']:.4f} %", "", peer, name))
    return lines


ROW = Row(NAME, f"Exact kNN graph, k = {K}, cosine", 20, measure, findings)
