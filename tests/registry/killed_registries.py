"""Forks users of a registry, kills each at a random moment, and looks at what it left.

Called with a folder, what they do ("add", "remove", "gc", "import" or "compare") and how many are
to be killed; prints what was found as one line of JSON. A process of its own, for it has one
thread, so that it may fork.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from embwidget import Comparison, Registry

N_ITEMS, N_DIMS = 400, 100
Report = Callable[[str], None]


def array_of(number: int) -> np.ndarray:
    return np.full((N_ITEMS, N_DIMS), number, np.float32)


def orphan(registry: Registry, number: int) -> None:
    """Leave a file that no row refers to, as a kill in the wrong moment does."""
    (registry.path / "files" / f"{number:064x}.npy").write_bytes(b"x" * 10_000)


def add(registry: Registry, number: int, report: Report) -> None:
    registry.add(array_of(number), name=f"s{number}", dataset="d")
    report(f"+s{number}")


def remove(registry: Registry, number: int, report: Report) -> None:
    # Every other one has a file of its own, and the others share one.
    registry.add(array_of(number * (number % 2)), name=f"s{number}", dataset="d")
    report(f"+s{number}")
    report(f"?s{number}")
    registry.remove("space", f"s{number}")
    report(f"-s{number}")


def gc(registry: Registry, number: int, report: Report) -> None:
    orphan(registry, number)
    registry.gc()
    add(registry, number, report)


def take_over(registry: Registry, number: int, report: Report) -> None:
    registry.import_(registry.path.parent / "exported")
    report("+x0")
    report("+x1")
    report("?x0")
    report("?x1")
    registry.remove("space", "x0")
    registry.remove("space", "x1")
    report("-x0")
    report("-x1")


@cache
def compared(registry: Registry) -> Comparison:
    rng = np.random.default_rng(0)
    for name in ("left", "right"):
        vectors = rng.normal(size=(N_ITEMS, N_DIMS)).astype(np.float32)
        registry.add(vectors, name=name, dataset="d")
    return registry.compare("left", "right", k_max=10, n_jobs=1)


def compare(registry: Registry, number: int, report: Report) -> None:
    registry.add_comparison(compared(registry), name=f"s{number}")
    report(f"+s{number}")
    if number % 2:
        report(f"?s{number}")
        registry.remove("comparison", f"s{number}")
        report(f"-s{number}")


DO = {"add": add, "remove": remove, "gc": gc, "import": take_over, "compare": compare}


def is_wrong(registry: Registry, what: str, name: str) -> bool:
    """Whether what is there by a name is not what was added by it."""
    if what == "compare":
        found, expected = registry.comparison(name), compared(registry)
        return not np.array_equal(found.graph_a.indices, expected.graph_a.indices)
    number = int(name[1:])
    expected = number * (number % 2) if what == "remove" else number
    return bool((registry[name].vectors[:] != np.float32(expected)).any())


def killed_after(registry: Registry, what: str, start: int, seconds: float) -> list[str]:
    """Kill a user some time after its first report; returns its reports."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for number in range(start, start + 100_000):
            DO[what](registry, number, lambda said: os.write(writing, f"{said}\n".encode()))
        os._exit(1)
    os.close(writing)
    reports = os.read(reading, 1)
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    timer.start()
    while block := os.read(reading, 65_536):
        reports += block
    timer.join()
    os.waitpid(child, 0)
    os.close(reading)
    return reports.decode().split()


def main(folder: Path, what: str, n_kills: int) -> None:
    registry = Registry(folder / "home")
    registry.add_dataset({"id": np.arange(N_ITEMS)}, name="d")
    other = Registry(folder / "other")
    other.add_dataset({"id": np.arange(N_ITEMS)}, name="d")
    for number in range(2):
        other.add(array_of(-1 - number), name=f"x{number}", dataset="d")
    other.export(folder / "exported")
    if what == "compare":
        # What is measured of it is known from then on.
        compare(registry, 10**9 + 1, lambda said: None)
    started = time.perf_counter()
    DO[what](registry, 10**9, lambda said: None)
    most_seconds = 2 * (time.perf_counter() - started)
    rng = random.Random(0)
    kind = "comparison" if what == "compare" else "space"
    every = ("dataset", "space", "graph", "comparison")
    found = {"problems": [], "lost": 0, "back": 0, "wrong": 0, "orphans": 0, "left": 0, "amid": 0}
    for i in range(n_kills):
        reports = killed_after(registry, what, 1000 * (i + 1), rng.uniform(0, most_seconds))
        # The last thing said of each: it is there, it is gone, or that is being decided.
        state = {said[1:]: said[0] for said in reports}
        there = {row["name"] for row in registry.rows(kind)}
        found["problems"] += registry.verify()
        found["lost"] += sum(s == "+" and name not in there for name, s in state.items())
        found["back"] += sum(
            s == "-" and name in there for name, s in state.items() if not name.startswith("x")
        )
        for name in [each for each in there if each.startswith("s")][-3:]:
            found["wrong"] += is_wrong(registry, what, name)
        files, folders = (list((registry.path / each).iterdir()) for each in ("files", "staging"))
        referred = {row["hash"] for each in every for row in registry.rows(each)}
        found["amid"] += bool(folders) or any(path.stem not in referred for path in files)
        registry.gc()
        files, folders = (list((registry.path / each).iterdir()) for each in ("files", "staging"))
        found["orphans"] += sum(path.stem not in referred for path in files)
        found["left"] += len(folders)
        for name in there:
            registry.remove(kind, name)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
