"""Eight spaces: all pairs at every k beside what their graphs alone take."""

from bench.environments import OURS
from bench.measure import ours
from bench.pairs import median
from bench.row import Finding, Options, Row, compared, seconds, short
from bench.store import Cases, case

NAME = "several"
SIZES = (5_000, 20_000)
N_SPACES = 8
DIMS = 64
K_MAX = 50
TARGET = 1.3


def measure(options: Options) -> None:
    """Both in one process, the graphs alone first."""
    for n in options.sizes or SIZES:
        about = {"n": n, "dims": DIMS, "n_spaces": N_SPACES, "k_max": K_MAX}
        with case(NAME, f"{N_SPACES} of {n} x {DIMS}", [OURS], **about) as found:
            found["runs"] = {
                OURS: [ours("several_spaces", about) for _ in range(options.repeats or 3)]
            }


def findings(cases: Cases) -> list[Finding]:
    """Wall and CPU seconds of `compare_many` with the matrix and all curves."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        runs = found["runs"][OURS]
        what = f"{found['n_spaces']} x {short(found['n'])} x {found['dims']}, k_max = {K_MAX}"
        for unit, target in (("wall", None), ("cpu", TARGET)):
            both = median(runs, f"many.{unit}"), median(runs, f"graphs.{unit}")
            label = f"{what}, {unit if unit == 'wall' else 'CPU'}"
            lines.append(compared(label, "graphs alone", name, *both, seconds, target))
    return lines


ROW = Row(NAME, "All pairs of eight spaces at every k, beside their graphs", 3, measure, findings)
