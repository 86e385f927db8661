"""Runs that alternate, so that both sides meet the same machine, and what is read off them."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Runs = dict[str, list[dict[str, Any]]]


def alternate(runs: Mapping[str, Callable[[], dict[str, Any]]], repeats: int) -> Runs:
    """Call A B C, A B C, ... and keep what each call returns, by name."""
    found: Runs = {name: [] for name in runs}
    for turn in range(repeats):
        for name, call in runs.items():
            print(f"    {name} {turn + 1}/{repeats}", flush=True)
            found[name].append(call())
    return found


def attempted(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what a call does, or ``failed`` and why, so that the others' runs are kept."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 whatever it is, it is written down
        print(f"      failed: {error}", flush=True)
        return {"failed": {"all": (str(error).splitlines() or [repr(error)])[0][:300]}}


def median(runs: Sequence[Mapping[str, Any]], path: str) -> float:
    """Median over runs of a value at a path such as "part.cpu"; NaN when none has it."""
    values = [value for run in runs if (value := _at(run, path)) is not None]
    return statistics.median(values) if values else math.nan


def spread(runs: Sequence[Mapping[str, Any]], path: str) -> float:
    """Return (largest - smallest) / median of a value over runs."""
    values = [value for run in runs if (value := _at(run, path)) is not None]
    middle = statistics.median(values) if values else 0
    return (max(values) - min(values)) / middle if middle else math.nan


def growth(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Exponent p of value ~ size^p, by least squares in logarithms; NaN below two points."""
    points = [(math.log(s), math.log(v)) for s, v in zip(sizes, values, strict=True) if v and v > 0]
    if len(points) < 2:
        return math.nan
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def _at(run: Mapping[str, Any], path: str) -> float | None:
    value: Any = run
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return None if value is None else float(value)
