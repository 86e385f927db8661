"""Maps: our UMAP against umap-learn, given the same graph and start, and from vectors."""

import functools
from pathlib import Path
from typing import Any

from bench import data
from bench.environments import OURS
from bench.measure import ours, run, scratch
from bench.pairs import alternate, median
from bench.row import Finding, Options, Row, compared, seconds, short
from bench.store import Cases, case

NAME = "maps"
SIZES = (20_000, 100_000)
DIMS = 384
PEER = "umap"
PEER_NAME = "umap-learn"
SEEDS = (0, 1, 2)
# CPU and wall seconds against the peer's, with what was compiled before loaded; and our own CPU
# seconds from the import on, with compiled code on disk and without.
MOST_CPU, MOST_WALL = 0.2, 0.125
MOST_FRESH, MOST_EMPTY = 2.0, 3.0
# The size at which a fresh process and the pairs were aimed at.
AIMED_AT = 20_000
# What a map may lose against the peer's, and what a pair has to show.
MOST_LOST = {"preserved": 0.0, "trustworthiness": 0.002, "rank_correlation": 0.02}
MOST_GAP, LEAST_AUC = 0.05, 0.88


def measure(options: Options) -> None:
    """Time layouts in turn, then judge maps of three seeds and of B drawn from A."""
    for n in options.sizes or SIZES:
        with case(NAME, f"{n} x {DIMS}", [OURS, PEER], n=n, dims=DIMS) as found:
            found |= _measured(n, options.repeats or 3)


def _measured(n: int, repeats: int) -> dict[str, Any]:
    vectors = data.spaces(n, DIMS)
    inputs = tuple(_input(x) for x in vectors)
    given = {"input": str(inputs[0])}
    in_turn = functools.partial(_in_turn, repeats)
    found: dict[str, Any] = {
        "cpu": in_turn(given | {"warm_up": True, "n_jobs": 1}, threads=1),
        "wall": in_turn(given | {"warm_up": True, "n_jobs": None}),
        "fresh": in_turn(given | {"warm_up": False, "n_jobs": 1}, threads=1),
        "empty": in_turn(given | {"warm_up": False, "n_jobs": 1}, threads=1, compiled=False),
        "vectors": in_turn({"vectors": str(vectors[0]), "n_jobs": None}),
    }
    for peer in (OURS, PEER):
        found[f"quality {peer}"] = _judged(peer, n, vectors, inputs)
    return found


def _input(vectors: Path) -> Path:
    out = scratch("input.npz")
    ours("map_input", {"vectors": str(vectors), "out": str(out)})
    return out


def _in_turn(
    repeats: int,
    arguments: dict[str, Any],
    *,
    threads: int | None = None,
    compiled: bool = True,
) -> dict[str, list[dict[str, Any]]]:
    def once(peer: str) -> dict[str, Any]:
        folder = {} if compiled else {"NUMBA_CACHE_DIR": str(scratch("numba"))}
        return _run(peer, arguments, threads=threads, environment=folder)

    return alternate({peer: functools.partial(once, peer) for peer in (OURS, PEER)}, repeats)


def _run(peer: str, arguments: dict[str, Any], **options: Any) -> dict[str, Any]:
    given = {"seed": 0, "out": "", "init": "", "warm_up": False, "n_jobs": None} | arguments
    return run(peer, f"map_{peer}", given, **options)


def _judged(
    peer: str, n: int, vectors: tuple[Path, Path], inputs: tuple[Path, Path]
) -> dict[str, list[dict[str, Any]]]:
    """What maps of A keep, and those of B that are drawn from them, by seed."""
    found: dict[str, list[dict[str, Any]]] = {"a": [], "b": []}
    classes = str(data.classes(n))
    for seed in SEEDS:
        maps = {side: str(scratch(f"{side}.npy")) for side in "ab"}
        for side, x, given in zip("ab", vectors, inputs, strict=True):
            start = maps["a"] if side == "b" else ""
            _run(peer, {"input": str(given), "init": start, "seed": seed, "out": maps[side]})
            judge = {"vectors": str(x), "input": str(given), "map": maps[side], "from": start}
            found[side].append(ours("map_quality", judge | {"classes": start and classes}))
    return found


def findings(cases: Cases) -> list[Finding]:
    """Seconds against the peer's and against what was aimed at; then what the maps keep."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        what = f"{short(found['n'])} x {found['dims']}"
        for key, path, label, target in (
            ("cpu", "part.cpu", "given graph and start, 1 thread, CPU", MOST_CPU),
            ("wall", "part.wall", "given graph and start, all threads, wall", MOST_WALL),
            ("fresh", "part.cpu", "the same from the import on, CPU", None),
            ("empty", "part.cpu", "the same with nothing compiled before, CPU", None),
            ("vectors", "process.wall", "from vectors, fresh process, wall", None),
            ("vectors", "process.cpu", "from vectors, fresh process, CPU", None),
        ):
            both = (median(found[key][peer], path) for peer in (OURS, PEER))
            lines.append(compared(f"{what}, {label}", PEER_NAME, name, *both, seconds, target))
        if found["n"] == AIMED_AT:
            for key, most in (("fresh", MOST_FRESH), ("empty", MOST_EMPTY)):
                took = median(found[key][OURS], "part.cpu")
                label = f"{what}, {key} process, at most {most:g} s of CPU"
                lines.append(Finding(label, seconds(took), "", "", name, met=took <= most))
        lines += _quality_lines(found, what, name)
    return lines


def _quality_lines(found: dict[str, Any], what: str, name: str) -> list[Finding]:
    lines = []
    aimed_at = found["n"] == AIMED_AT
    for side in "ab":
        for key, lost in MOST_LOST.items():
            mine, theirs = (_mean(found, peer, side, key) for peer in (OURS, PEER))
            met = mine >= theirs - lost if side == "a" else None
            label = f"{what}, map {side.upper()}, {key.replace('_', ' ')}"
            lines.append(Finding(label, f"{mine:.4f}", f"{theirs:.4f}", PEER_NAME, name, met=met))
    for key, label in (("gap", "mean"), ("median_gap", "median")):
        mine, theirs = (_mean(found, peer, "b", key) for peer in (OURS, PEER))
        lines.append(
            Finding(
                f"{what}, merged classes apart on B, in radii, {label}",
                f"{mine:.3f}",
                f"{theirs:.3f}",
                PEER_NAME,
                name,
                met=mine <= MOST_GAP if aimed_at else None,
            )
        )
    mine, theirs = (_mean(found, peer, "b", "auc") for peer in (OURS, PEER))
    label = f"{what}, an item of a merged class moved further than another"
    met = mine >= LEAST_AUC if aimed_at else None
    return [*lines, Finding(label, f"{mine:.3f}", f"{theirs:.3f}", PEER_NAME, name, met=met)]


def _mean(found: dict[str, Any], peer: str, side: str, key: str) -> float:
    values = [run[key] for run in found[f"quality {peer}"][side]]
    return float(sum(values) / len(values))


ROW = Row(NAME, "Maps by UMAP, 200 epochs, 15 neighbours, cosine", 60, measure, findings)
