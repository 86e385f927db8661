"""Two spaces compared in a fresh process, import to similarity, against Emblaze's neighbours."""

import functools

from bench import data
from bench.environments import OURS
from bench.measure import run
from bench.pairs import alternate, median
from bench.row import Finding, Options, Row, compared, seconds, short, size
from bench.store import Cases, case

NAME = "compare-cold"
DIMS = 384
# Our default list length; Emblaze's is 100, and what it costs is nearly the same.
K = 50
PEER = "emblaze"
TARGET = 0.2
AIMED_AT = 10_000


def measure(options: Options) -> None:
    """Run both in turn, with the metric that makes scikit-learn, which Emblaze runs, fastest."""
    for n in options.sizes or (AIMED_AT,):
        with case(NAME, f"{n} x {DIMS}", [OURS, PEER], n=n, dims=DIMS, k=K) as found:
            a, b = map(str, data.spaces(n, DIMS))
            arguments = {"a": a, "b": b, "k": K}
            found["runs"] = alternate(
                {
                    OURS: functools.partial(run, OURS, "compare_embwidget", arguments),
                    **{
                        f"{PEER}, {metric}": functools.partial(
                            run, PEER, "compare_emblaze", arguments | {"metric": metric}
                        )
                        for metric in ("cosine", "euclidean")
                    },
                },
                options.repeats or 3,
            )


def findings(cases: Cases) -> list[Finding]:
    """Wall and CPU seconds from import to similarity, and the memory of the process."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        mine = found["runs"][OURS]
        for peer in (peer for peer in found["runs"] if peer != OURS):
            theirs = found["runs"][peer]
            what = f"{short(found['n'])} x {found['dims']}, k = {found['k']}"
            aim = TARGET if found["n"] == AIMED_AT and peer.endswith("cosine") else None
            for path, unit, show in (
                ("part.wall", "wall", seconds),
                ("part.cpu", "CPU", seconds),
                ("peak_bytes", "peak memory", size),
            ):
                both = median(mine, path), median(theirs, path)
                target = aim if unit == "wall" else None
                lines.append(compared(f"{what}, {unit}", peer, name, *both, show, target))
    return lines


ROW = Row(NAME, "compare(a, b) in a fresh process, import to similarity", 3, measure, findings)
