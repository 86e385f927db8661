"""Processes that add to, read, clear up and check one registry at once.

Called with its folder and for how many seconds; prints what was found as one line of JSON. A
process of its own, for it has one thread, so that it may fork.
"""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from killed_registries import N_ITEMS, array_of

from embwidget import Registry


def adder(registry: Registry, seed: int, seconds: float) -> dict:
    with suppress(ValueError):
        # Two make the registry itself at once, and one of them the dataset.
        registry.add_dataset({"id": np.arange(N_ITEMS)}, name="d")
    end = time.monotonic() + seconds
    number = 1_000_000 * seed
    while time.monotonic() < end:
        number += 1
        # Both have every other array in common, and remove it now and then.
        array = array_of(number % 1_000_000 if number % 2 else number)
        registry.add(array, name=f"s{number}", dataset="d")
        if not (registry[f"s{number}"].vectors[:] == array).all():
            return {"error": f"s{number} is wrong"}
        if number % 3 == 0:
            registry.remove("space", f"s{number}")
    return {"last": number}


def reader(registry: Registry, seed: int, seconds: float) -> dict:
    n_read, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for row in registry.rows("space")[-3:]:
            try:
                space = registry[row["name"]]
            except KeyError:
                continue
            n_read += 1
            if len(set(space.vectors[:].ravel().tolist())) != 1:
                return {"error": f"{row['name']} is half of one kind"}
    return {"read": n_read}


def sweeper(registry: Registry, seed: int, seconds: float) -> dict:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        registry.gc()
        problems = registry.verify()
        if problems:
            return {"error": str(problems)}
    return {}


def main(folder: Path, seconds: float) -> None:
    registry = Registry(folder)
    children = {}
    for seed, live in enumerate((adder, adder, reader, sweeper), 1):
        path = folder.with_name(f"{seed}.json")
        child = os.fork()
        if child == 0:
            try:
                found = live(registry, seed, seconds)
            except Exception as error:  # noqa: BLE001
                found = {"error": f"{live.__name__}: {type(error).__name__}: {error}"}
            path.write_text(json.dumps(found))
            os._exit(0)
        children[child] = path
    found = []
    for child, path in children.items():
        os.waitpid(child, 0)
        found.append(json.loads(path.read_text()))
    there = {row["name"] for row in registry.rows("space")}
    expected = {
        f"s{number}"
        for seed, each in enumerate(found, 1)
        for number in range(1_000_000 * seed + 1, each.get("last", 0) + 1)
        if number % 3
    }
    print(
        json.dumps(
            {
                "errors": [each["error"] for each in found if "error" in each],
                "added": len(expected),
                "lost": len(expected - there),
                "back": len(there - expected),
                "problems": registry.verify(),
                "freed": registry.gc(),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
