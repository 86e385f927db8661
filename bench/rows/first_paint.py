"""Cell run to first painted frame in JupyterLab: ours against jupyter-scatter's `compose`."""

import functools
from typing import Any

from bench.environments import OURS
from bench.pairs import alternate, attempted, median
from bench.row import Finding, Options, Row, compared, seconds, short, size
from bench.store import Cases, case

NAME = "first-paint"
SIZES = (100_000, 1_000_000)
PEER = "jscatter"
TARGET = 0.3


def measure(options: Options) -> None:
    """Open both in turn, each time in a new browser and a new kernel."""
    from bench.browser.session import server

    for n in options.sizes or SIZES:
        with case(NAME, f"2 x {n}", [OURS, PEER], n=n) as found, server((OURS, PEER)) as lab:
            found["runs"] = alternate(
                {tool: functools.partial(_open, lab, tool, n) for tool in (OURS, PEER)},
                options.repeats or 3,
            )


def _open(lab: Any, tool: str, n: int) -> dict[str, Any]:
    from bench.browser.session import opened

    def measured() -> dict[str, Any]:
        with opened(lab, tool, n) as session:
            return session.open()

    return attempted(measured)


def findings(cases: Cases) -> list[Finding]:
    """Seconds to the first frame, main thread until then, peak memory of our kernel."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        mine, theirs = found["runs"][OURS], found["runs"][PEER]
        what = f"2 x {short(found['n'])}"
        for label, path, target in (
            ("cell run to painted", "painted", TARGET),
            ("cell run to last draw call of the first frame", "drawn", None),
            ("main thread until painted", "main_at_paint", None),
        ):
            both = median(mine, path), median(theirs, path)
            lines.append(compared(f"{what}, {label}", PEER, name, *both, seconds, target))
        both = (median(runs, "kernel_added_at_peak") for runs in (mine, theirs))
        label = f"{what}, kernel memory on top of the data, at most"
        lines.append(compared(label, PEER, name, *both, size))
    return lines


ROW = Row(NAME, "Cell run to first painted frame, both maps", 15, measure, findings)
