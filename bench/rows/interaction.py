"""Main-thread time of a recolour, a lasso and a linked hover, all points on the screen."""

import functools
from collections.abc import Callable
from typing import Any

from bench.environments import OURS
from bench.pairs import attempted, median
from bench.row import Finding, Options, Row, compared, milliseconds, short
from bench.store import Cases, case

NAME = "interaction"
SIZES = (1_000_000,)
TOOLS = {OURS: "embwidget, neighbours given", "jscatter": "jscatter", "atlas": "atlas"}
TARGET = 0.1
# What is fixed in an action, such as the page's own rows, weighs more with fewer points.
AIMED_AT = 1_000_000
# The first visits bring their values with them; the second ones may find them in the page.
COLUMNS = ("c1", "c2", "c3")
ACTIONS = ("recolor, new column", "recolor, seen column", "lasso", "hover, per move")
ELSEWHERE = "moves elsewhere, per move"


def measure(options: Options) -> None:
    """Open each tool and do the same with each; an action that fails is written down as such."""
    from bench.browser.session import server

    for n in options.sizes or SIZES:
        with case(NAME, f"{n} points", list(TOOLS), n=n) as found, server(TOOLS.values()) as lab:
            found["runs"] = {tool: [] for tool in TOOLS}
            for turn in range(options.repeats or 2):
                for tool, opens in TOOLS.items():
                    print(f"    {tool} {turn + 1}", flush=True)
                    call = functools.partial(_measure_tool, lab, opens, n)
                    found["runs"][tool].append(attempted(call))


def _measure_tool(lab: Any, tool: str, n: int) -> dict[str, Any]:
    from bench.browser.act import HOVERS, act_on, aimed_lasso
    from bench.browser.session import opened

    found: dict[str, Any] = {"failed": {}}

    def attempt(action: str, measured: Any) -> None:
        try:
            found[action] = measured()
        except Exception as error:  # noqa: BLE001 a peer may lack an action, or fail at it
            found["failed"][action] = str(error).splitlines()[0][:300]

    with opened(lab, tool, n) as session:
        found["opened"] = session.open()
        session.rest()
        session.page.set_default_timeout(60_000)
        session.node().scroll_into_view_if_needed()
        act = act_on(session)
        act.prepare()

        def recolors() -> dict[str, float]:
            costs = [session.spent(lambda c=column: act.recolor(c)) for column in COLUMNS]
            return {key: median(costs, key) for key in costs[0]}

        def per_move(move: Callable[[], None]) -> dict[str, float]:
            return {key: value / HOVERS for key, value in session.spent(move).items()}

        attempt("recolor, new column", recolors)
        attempt("recolor, seen column", recolors)
        # The first moves build what later ones look points up in.
        attempt("first hover, per move", lambda: per_move(act.hover))
        attempt("hover, per move", lambda: per_move(act.hover))
        attempt("moves elsewhere, per move", lambda: per_move(act.hover_elsewhere))
        attempt("lasso", lambda: aimed_lasso(act))
    for action, why in found["failed"].items():
        print(f"      {tool}: {action} failed: {why}", flush=True)
    return found


def findings(cases: Cases) -> list[Finding]:
    """Milliseconds of the main thread for each action, and points redrawn per hover."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        runs = found["runs"]
        aim = TARGET if found["n"] == AIMED_AT else None
        for peer in (tool for tool in TOOLS if tool != OURS):
            maps = "one map" if peer == "atlas" else "two maps"
            for action in ACTIONS:
                what = f"{short(found['n'])} points, {action}, main thread"
                both = (median(runs[tool], f"{action}.main") for tool in (OURS, peer))
                where = f"{peer}, {maps}"
                lines.append(compared(what, where, name, *both, milliseconds, aim))
            elsewhere = (median(runs[tool], f"{ELSEWHERE}.main") for tool in (OURS, peer))
            what = f"{short(found['n'])} points, the same moves over another cell, main thread"
            lines.append(compared(what, f"{peer}, {maps}", name, *elsewhere, milliseconds))
            resting = (median(runs[tool], "lasso.idle") for tool in (OURS, peer))
            what = f"{short(found['n'])} points, at rest, main thread per second"
            lines.append(compared(what, f"{peer}, {maps}", name, *resting, milliseconds))
            redrawn = [median(runs[tool], "hover, per move.vertices") for tool in (OURS, peer)]
            lines.append(
                Finding(
                    f"{short(found['n'])} points, points redrawn per hover",
                    *(f"{value:.0f}" for value in redrawn),
                    f"{peer}, {maps}",
                    name,
                    target=0.0,
                    met=redrawn[0] == 0,
                )
            )
    return lines


ROW = Row(NAME, "Main-thread time per action, points on the screen", 40, measure, findings)
