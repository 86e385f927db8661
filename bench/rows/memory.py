"""Memory per point in the page and in the kernel, when the maps are there."""

import functools
from typing import Any

from bench.environments import OURS
from bench.pairs import attempted, median
from bench.row import Finding, Options, Row, compared, short
from bench.store import Cases, case

NAME = "memory"
SIZES = (1_000_000,)
TOOLS = {OURS: "embwidget, neighbours given", "jscatter": "jscatter", "atlas": "atlas"}


def measure(options: Options) -> None:
    """Open each tool once."""
    from bench.browser.session import server

    for n in options.sizes or SIZES:
        with case(NAME, f"2 x {n}", list(TOOLS), n=n) as found, server(TOOLS.values()) as lab:
            found["runs"] = {
                tool: attempted(functools.partial(_measure_tool, lab, opens, n))
                for tool, opens in TOOLS.items()
            }


def _measure_tool(lab: Any, tool: str, n: int) -> dict[str, Any]:
    from bench.browser.session import opened

    with opened(lab, tool, n) as session:
        first = session.open()
        rest = session.rest()
    page = {key: rest["page"][key] - first["page_before"][key] for key in rest["page"]}
    return {"page": page, "kernel": rest["kernel"] - first["kernel_before"]}


def findings(cases: Cases) -> list[Finding]:
    """Bytes per point of the pair, beyond what page and kernel held before the cell was run."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        n, runs = found["n"], found["runs"]
        for peer in (tool for tool in TOOLS if tool != OURS):
            where = f"{peer}, {'one map' if peer == 'atlas' else 'two maps'}"
            for label, path in (
                ("JS heap", "page.heap"),
                ("renderer process", "page.renderer"),
                ("GPU process", "page.gpu"),
                ("kernel", "kernel"),
            ):
                what = f"{short(n)} points, {label}, per point"
                both = (median([runs[tool]], path) / n for tool in (OURS, peer))
                lines.append(compared(what, where, name, *both, lambda value: f"{value:.0f} B"))
    return lines


ROW = Row(NAME, "Memory per point, beyond what was there before the cell ran", 8, measure, findings)
