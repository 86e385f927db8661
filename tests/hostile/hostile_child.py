"""Runs cases of damaged files, in a process that may die of one.

Called with a folder, a seed, and names of what to run with how many cases; it prints a line of JSON
before each case and after it.
"""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from damaged_files import BOUNDED, DAMAGES
from good_files import ANY_IDS, GOOD, SHAPED, VECTORS
from made_files import HOSTILE

from embwidget.space import Space

SECONDS = 10
"""Of the CPU, for a busy machine is no failure."""
HANGS = 120
"""Seconds after which what needs no CPU waits for something that never comes."""
MEGABYTES = 500
Case = tuple[str, Callable[[], str]]


def outcome_of(path: Path, shape: tuple[int, ...] | None = None) -> str:
    """Load a damaged file: "right", "changed", "refused", or what is wrong with the answer."""
    try:
        space = Space.load(path)
    except (ValueError, TypeError, FileNotFoundError) as error:
        text = str(error)
        good = len(text) < 600 and text.isprintable() and path.name in text
        return "refused" if good else f"a bad message of {len(text)}: {text[:700]!r}"
    except Exception as error:  # noqa: BLE001 (that is what is looked for)
        return f"raised {type(error).__name__}: {str(error)[:200]!r}"
    if space.metadata is not None:
        space.metadata.to_dict()
    if space.vectors.dtype != np.float32 or not np.isfinite(space.vectors).all():
        return "vectors that are none"
    if shape is not None and space.vectors.shape != shape:
        return f"another shape: {space.vectors.shape}"
    same = np.array_equal(space.vectors, VECTORS) and space.ids.tolist() in ANY_IDS
    return "right" if same else "changed"


def flipped(content: bytes, bit: int) -> bytes:
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def some(bits: list[int], n_cases: int, rng: random.Random) -> list[int]:
    """Bits to flip: all of them, or as many as are asked for."""
    return bits if n_cases >= len(bits) else rng.sample(bits, n_cases)


def door_cases(name: str, folder: Path, n_cases: int, rng: random.Random) -> Iterator[Case]:
    suffix, make = GOOD[name]
    content, path = make(), folder / f"file{suffix}"
    path.write_bytes(content)
    assert outcome_of(path) == "right", name
    shape = VECTORS.shape if name in SHAPED else None
    for bit in some(list(range(8 * len(content))), n_cases, rng):

        def run(bit: int = bit) -> str:
            # A new file each time: a mapped one must not change under what was read of it.
            path.unlink()
            path.write_bytes(flipped(content, bit))
            return outcome_of(path, shape)

        yield f"bit {bit}", run


def damaged_cases(name: str, folder: Path, n_cases: int, rng: random.Random) -> Iterator[Case]:
    """Each way to damage a file, so many times for each format."""
    damage = DAMAGES[name.removeprefix("damaged, ")]
    for kind in BOUNDED:
        suffix, make = GOOD[kind]
        content, path = make(), folder / f"damaged{suffix}"
        for number in range(n_cases):

            def run(content: bytes = content, path: Path = path, seed: float = rng.random()) -> str:
                path.unlink(missing_ok=True)
                path.write_bytes(damage(content, random.Random(seed)))
                return outcome_of(path)

            yield f"{kind}, {number}", run


def hostile_cases(folder: Path) -> Iterator[Case]:
    for name, (suffix, make, expected) in HOSTILE.items():
        path = folder / f"hostile{suffix}"
        path.unlink(missing_ok=True)
        content = make(path)
        if content is not None:
            path.write_bytes(content)
        # So that only what the door needs counts as its memory.
        content = None

        def run(path: Path = path, expected: tuple[str, ...] = expected) -> str:
            outcome = outcome_of(path)
            fine = outcome in expected or outcome not in {"right", "changed", "refused"}
            return outcome if fine else f"{outcome}, not {' or '.join(expected)}"

        yield name, run


def cache_cases(name: str, folder: Path, n_cases: int, rng: random.Random) -> Iterator[Case]:
    os.environ["EMBWIDGET_CACHE"] = str(folder / name.split()[-1])
    kept, expected = (graph_of_cache if name == "cached graph" else map_of_cache)()
    computed: list[int] = []
    kept(computed)
    [path] = Path(os.environ["EMBWIDGET_CACHE"]).iterdir()
    content = path.read_bytes()
    # All but the entries of the arrays: they are flipped in the files that anybody may have.
    data = [(content.index(a.tobytes()), a.nbytes) for a in expected]
    headers = [
        place
        for place in range(len(content))
        if not any(start <= place < start + length for start, length in data)
    ]
    for bit in some([8 * place + bit for place in headers for bit in range(8)], n_cases, rng):

        def run(bit: int = bit) -> str:
            path.unlink()
            path.write_bytes(flipped(content, bit))
            computed.clear()
            found = kept(computed), kept(computed)
            if len(computed) != 1:
                return f"computed {len(computed)} times, not once"
            right = all(map(np.array_equal, [*found[0], *found[1]], expected * 2))
            return "right" if right else "a wrong result"

        yield f"bit {bit}", run


def graph_of_cache() -> tuple[Callable[[list[int]], list[Any]], list[Any]]:
    from embwidget.knn.cached import cached_graph
    from embwidget.knn.engine import ENGINES
    from embwidget.knn.graph import KNNGraph
    from embwidget.metrics import METRICS

    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1500, 128)).astype(np.float32)
    indices = rng.integers(0, 1500, (1500, 4), dtype=np.int32)
    graph = KNNGraph(indices, rng.random((1500, 4), np.float32), "cosine", "exact")

    def kept(computed: list[int]) -> list[Any]:
        options = {"metric": METRICS["cosine"], "engine": ENGINES["exact"], "random_state": 0}
        found = cached_graph(vectors, 4, search=lambda: computed.append(1) or graph, **options)
        return [found.indices, found.distances]

    return kept, [graph.indices, graph.distances]


def map_of_cache() -> tuple[Callable[[list[int]], list[Any]], list[Any]]:
    from embwidget.knn.graph import KNNGraph
    from embwidget.projection.cached import cached_layout

    rng = np.random.default_rng(0)
    indices = rng.integers(0, 600, (600, 4), dtype=np.int32)
    graph = KNNGraph(indices, rng.random((600, 4), np.float32), "cosine", "exact")
    positions = rng.random((600, 2), np.float32)

    def kept(computed: list[int]) -> list[Any]:
        given = ("umap", "1", graph, positions * 2, 0)
        return [cached_layout(*given, compute=lambda: computed.append(1) or positions)]

    return kept, [positions]


def cases(name: str, folder: Path, n_cases: int, seed: int) -> Iterator[Case]:
    rng = random.Random(f"{seed} {name}")
    if name == "hostile":
        return hostile_cases(folder)
    if name.startswith("damaged"):
        return damaged_cases(name, folder, n_cases, rng)
    if name.startswith("cached"):
        return cache_cases(name, folder, n_cases, rng)
    return door_cases(name, folder, n_cases, rng)


def virtual_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * resource.getpagesize()


def megabytes(kind: str) -> float:
    """Memory of this process: VmRSS is what it has, VmHWM the most that it had."""
    lines = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[kind].split()[0]) / 1024


def main(folder: Path, seed: int, first: int, wanted: dict[str, int]) -> None:
    # Libraries are not imported at the cost of a case.
    for name in GOOD:
        assert not list(door_cases(name, folder, 0, random.Random(0)))
    number = 0
    guarded = False
    for name, n_cases in wanted.items():
        for case, run in cases(name, folder, n_cases, seed):
            number += 1
            if number <= first:
                continue
            if not guarded:
                # What is allocated in vain costs nothing, but what is filled may cost the machine.
                limit = virtual_bytes() + (4 << 30)
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
                guarded = True
            Path("/proc/self/clear_refs").write_text("5")  # forget the most
            before = megabytes("VmRSS")
            print(json.dumps({"number": number, "name": name, "case": case}), flush=True)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.alarm(HANGS)
            start = time.process_time()
            outcome = run()
            seconds = time.process_time() - start
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
            grown = megabytes("VmHWM") - before
            if grown > MEGABYTES:
                outcome = f"{grown:.0f} MB of memory, then {outcome}"
            print(json.dumps({"outcome": outcome, "seconds": seconds}), flush=True)
    print(json.dumps({"number": None}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4]))
