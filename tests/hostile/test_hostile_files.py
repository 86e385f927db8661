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
from pathlib import Path

import pytest
from damaged_files import BOUNDED, DAMAGES

SEED = 0
HERE = Path(__file__).parent
FEW = {**dict.fromkeys(BOUNDED, 10), "cached graph": 10, "cached map": 10}
N_BITS = os.environ.get("EMBWIDGET_FUZZ")
BATCHES = (
    {"some of each": FEW}
    if N_BITS is None
    # Every bit of the cache's headers, whatever their number is.
    else {name: {name: 10**6 if name.startswith("cached") else int(N_BITS)} for name in FEW}
)
FINE = {"right", "changed", "refused"}


def run(folder: Path, wanted: dict[str, int]) -> tuple[Counter[str], list[str]]:
    """Count the outcomes, and list the cases that failed."""
    counts: Counter[str] = Counter()
    failed: list[str] = []
    done = 0
    while True:
        arguments = [str(folder), str(SEED), str(done), json.dumps(wanted)]
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
            kind = ended["outcome"] if ended["outcome"] in FINE else "failed"
            counts[kind] += 1
            if kind == "failed":
                failed.append(f"{started['case']}: {ended['outcome']}")
        last = lines[-1]
        if last == {"number": None, "case": None}:
            return counts, failed
        # It died at a case, or between two, which is a fault of the child itself.
        assert "number" in last, child.stderr[-3000:]
        done = last["number"]
        counts["died"] += 1
        how = f"died by {child.returncode} (-27: it took 10 s of the CPU, -14: it waited)"
        failed.append(f"{last['case']}: {how}: {child.stderr[-300:]!r}")


def test_every_kind_of_damage_to_every_format(tmp_path: Path) -> None:
    n_each = 1 if N_BITS is None else int(N_BITS) // 200
    counts, failed = run(tmp_path, {f"damaged, {name}": n_each for name in DAMAGES})
    print(f"\n{len(DAMAGES)} kinds of damage: {dict(counts)}")
    assert not failed, "\n".join(failed)
    assert counts["refused"] > sum(counts.values()) / 2
    assert sum(counts.values()) == len(DAMAGES) * len(BOUNDED) * n_each


def test_hostile_files(tmp_path: Path) -> None:
    counts, failed = run(tmp_path, {"hostile": 1})
    assert not failed, "\n".join(failed)
    assert counts["refused"] > 40


@pytest.mark.parametrize("wanted", BATCHES.values(), ids=BATCHES)
def test_flipped_bits_of_every_kind_of_file(wanted: dict[str, int], tmp_path: Path) -> None:
    counts, failed = run(tmp_path, wanted)
    print(f"\n{', '.join(wanted)}: {dict(counts)}")
    assert not failed, "\n".join(failed)
    if wanted is FEW:
        assert sum(counts.values()) == sum(FEW.values()) == 200
        assert min(counts["right"], counts["refused"]) > 20
