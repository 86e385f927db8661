"""A damaged file is refused in a sentence or does no harm; a damaged cache is computed anew.

Cases run in a process of their own, whose death, like more than 10 s or 500 MB, is a failure that
names the case. `make test` runs 200 of the bits and each kind of damage once for each format;
`make fuzz`, 2,000 bits of each format, each bit of the cache's headers, and each kind of damage ten
times: ``EMBWIDGET_FUZZ`` says how many bits there are of each.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from damaged_files import BOUNDED, DAMAGES

SEED = 0
HERE = Path(__file__).parent
FEW = {**dict.fromkeys(BOUNDED, 10), "cached graph": 10, "cached map": 10}
N_BITS = os.environ.get("EMBWIDGET_FUZZ")
# Every bit of the cache's headers, whatever their number is.
FLIPS = (
    FEW
    if N_BITS is None
    else {name: 10**6 if name.startswith("cached") else int(N_BITS) for name in FEW}
)
N_EACH = 1 if N_BITS is None else int(N_BITS) // 200
DAMAGED = {f"damaged, {name}": N_EACH for name in DAMAGES}
WANTED = {**DAMAGED, "hostile": 1, **FLIPS}
FINE = {"right", "changed", "refused"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Counter[str], list[str]]]:
    """Run all cases in one process, as long as it lives: outcomes, and what failed, by name."""
    folder = tmp_path_factory.mktemp("hostile")
    found: dict[str, tuple[Counter[str], list[str]]] = {name: (Counter(), []) for name in WANTED}
    done = 0
    while True:
        arguments = [str(folder), str(SEED), str(done), json.dumps(WANTED)]
        child = subprocess.run(
            [sys.executable, str(HERE / "hostile_child.py"), *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
            check=False,
        )
        lines = [json.loads(line) for line in child.stdout.splitlines()]
        assert lines, child.stderr[-3000:]
        for started, ended in zip(lines[::2], lines[1::2], strict=False):
            done = started["number"]
            counts, failed = found[started["name"]]
            kind = ended["outcome"] if ended["outcome"] in FINE else "failed"
            counts[kind] += 1
            if kind == "failed":
                failed.append(f"{started['name']}: {started['case']}: {ended['outcome']}")
        last = lines[-1]
        if last == {"number": None}:
            return found
        # It died at a case, or between two, which is a fault of the child itself.
        assert "number" in last, child.stderr[-3000:]
        done = last["number"]
        counts, failed = found[last["name"]]
        counts["died"] += 1
        how = f"died by {child.returncode} (-27: it took 10 s of the CPU, -14: it waited)"
        failed.append(f"{last['name']}: {last['case']}: {how}: {child.stderr[-300:]!r}")


def sum_of(ran: dict[str, tuple[Counter[str], list[str]]], names: Iterable[str]) -> Counter[str]:
    """Outcomes of all these; fails when one of their cases did."""
    failed = [case for name in names for case in ran[name][1]]
    assert not failed, "\n".join(failed)
    return sum((ran[name][0] for name in names), Counter())


def test_every_kind_of_damage_to_every_format(ran) -> None:
    counts = sum_of(ran, DAMAGED)
    print(f"\n{len(DAMAGES)} kinds of damage: {dict(counts)}")
    assert counts["refused"] > sum(counts.values()) / 2
    assert sum(counts.values()) == len(DAMAGES) * len(BOUNDED) * N_EACH


def test_hostile_files(ran) -> None:
    assert sum_of(ran, ["hostile"])["refused"] > 40


def test_flipped_bits_of_every_kind_of_file(ran) -> None:
    for name in FLIPS:
        print(f"\n{name}: {dict(ran[name][0])}")
    counts = sum_of(ran, FLIPS)
    if FLIPS is FEW:
        assert sum(counts.values()) == sum(FEW.values()) == 200
        assert min(counts["right"], counts["refused"]) > 20
