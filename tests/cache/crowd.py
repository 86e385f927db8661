"""Eight processes that read, write, evict, clear and delete one cache at once.

Called with its folder and for how many seconds; prints what was found as one line of JSON. A
process of its own, for it has one thread, so that it may fork.
"""

import json
import os
import random
import shutil
import sys
import time
import warnings
from pathlib import Path

from killed_writers import array_of, get

from embwidget._core.cache import cache

N_PROCESSES = 8
N_KEYS = 6


def live(folder: Path, seed: int, end: float) -> dict[str, int | str]:
    rng = random.Random(seed)
    found = {"gets": 0, "wrong": 0, "error": ""}
    try:
        while time.monotonic() < end:
            number = rng.randrange(N_KEYS)
            found["wrong"] += not (get(number)[0] == array_of(number)).all()
            found["gets"] += 1
            chance = rng.random()
            if chance < 0.05:
                cache.clear()
            elif chance < 0.07:
                shutil.rmtree(folder, ignore_errors=True)
            elif chance < 0.1:
                found["wrong"] += cache.size < 0 or "Cache(on" not in repr(cache)
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        found["error"] = repr(error)
    return found


def main(folder: Path, seconds: float) -> None:
    os.environ["EMBWIDGET_CACHE"] = str(folder)
    warnings.simplefilter("error")
    # Room for some of the results only.
    cache.limit = N_KEYS // 2 * array_of(0).nbytes
    end = time.monotonic() + seconds
    pipes = []
    for seed in range(N_PROCESSES):
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.write(writing, json.dumps(live(folder, seed, end)).encode())
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    found = [json.loads(os.read(pipe, 4096)) for pipe in pipes]
    get(N_KEYS)
    print(
        json.dumps(
            {
                "gets": sum(each["gets"] for each in found),
                "wrong": sum(each["wrong"] for each in found),
                "errors": [each["error"] for each in found if each["error"]],
                "left": len(list(folder.glob("*.part"))),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
