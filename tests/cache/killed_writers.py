"""Forks writers, kills each at a random moment, and looks at what it left.

Called with a folder, "cache" or "save", and how many are to be killed; prints what was found as one
line of JSON. A process of its own, for it has one thread, so that it may fork.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from embwidget._core.cache import cache, key_of
from embwidget.io import load, save

N_VALUES = 100_000
Write = Callable[[int], object]


def array_of(number: int) -> np.ndarray:
    return np.full((N_VALUES, 1), number, np.float32)


def get(*key: int) -> tuple[np.ndarray, bool]:
    """What the cache has under a key, and whether that had to be computed."""
    computed: list[int] = []

    def compute() -> np.ndarray:
        computed.append(1)
        return array_of(key[-1])

    array = cache.get(
        key_of("graph-1", *key), compute, pack=lambda a: {"a": a}, unpack=lambda held: held["a"]
    )
    return array, bool(computed)


def last_of_killed(write: Write, seconds: float) -> int:
    """Kill a writer of the numbers from 0 on; returns the last that it said to have written."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for number in range(100_000):
            write(number)
            os.write(writing, number.to_bytes(4))
        os._exit(1)
    os.close(writing)
    # From its first complete write on: how it starts is not what is tried.
    reported = os.read(reading, 4)
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    timer.start()
    while block := os.read(reading, 4096):
        reported += block
    timer.join()
    os.waitpid(child, 0)
    os.close(reading)
    return int.from_bytes(reported[-4:])


def main(folder: Path, what: str, n_kills: int) -> None:
    os.environ["EMBWIDGET_CACHE"] = str(folder)
    path = folder / "x.npz"
    write: Write = (lambda n: get(-1, n)) if what == "cache" else lambda n: save(array_of(n), path)
    write(0)
    start = time.perf_counter()
    write(1)
    most_seconds = 3 * (time.perf_counter() - start)
    rng = random.Random(0)
    found = {"wrong": 0, "lost": 0, "parts": 0}
    for i in range(n_kills):
        if what == "cache":
            cache.clear()
            last = last_of_killed(lambda n, i=i: get(i, n), rng.uniform(0, most_seconds))
            found["parts"] += len(list(folder.glob("*.part")))
            for number in range(last + 2):
                array, computed = get(i, number)
                found["wrong"] += not np.array_equal(array, array_of(number))
                # The one after the last was being written.
                found["lost"] += computed and number <= last
        else:
            last = last_of_killed(write, rng.uniform(0, most_seconds))
            found["parts"] += len(list(folder.glob("*.part")))
            number = load(path).vectors[0, 0]
            found["wrong"] += not np.array_equal(load(path).vectors, array_of(number))
            found["lost"] += number not in {last, last + 1}
    write(0)
    print(json.dumps({**found, "left": len(list(folder.glob("*.part")))}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
