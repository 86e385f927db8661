"""Bytes from kernel to page, per point and space, and those that are sent whatever the size."""

from typing import Any

from bench.environments import OURS
from bench.row import Finding, Options, Row, short, size
from bench.store import Cases, case

NAME = "wire-bytes"
SIZES = (100_000, 1_000_000)
PEERS = ("jscatter",)
# The search for neighbours is cancelled, so that nothing follows the maps.
ONE_MAP = "embwidget, one map each"
WHOLE = "embwidget, all that follows"
# Up to here our whole run is a real one, with UMAP; above, stand-ins of the same size are sent.
REAL_UP_TO = 100_000
TARGET_PER_POINT = 6.0
TARGET_FIXED = 100_000


def measure(options: Options) -> None:
    """Open each tool once for each size."""
    from bench.browser.session import server

    for n in options.sizes or SIZES:
        with case(NAME, f"2 x {n}", [OURS, *PEERS], n=n) as found, server((ONE_MAP, *PEERS)) as lab:
            found[OURS] = _first(lab, ONE_MAP, n)
            for peer in PEERS:
                found[peer] = _first(lab, peer, n)
            found["whole"] = _whole(lab, n)


def _first(lab: Any, tool: str, n: int) -> dict[str, Any]:
    from bench.browser.session import opened

    with opened(lab, tool, n) as session:
        session.open()
        return {"bytes": session.received()}


def _whole(lab: Any, n: int) -> dict[str, Any]:
    from bench.browser.session import opened

    real = n <= REAL_UP_TO
    with opened(lab, OURS if real else WHOLE, n) as session:
        session.open()
        session.page.wait_for_function(DONE, polling=1000)
        received = session.received()
        # Asked for afterwards, since the answers would count.
        reducer, error = session.notebook.value("[w.reducer, w.error]")
        return {"bytes": received, "real": real, "reducer": reducer, "error": error}


# The bar that names the step goes when there is none left.
DONE = """() => {
  const bar = document.querySelector(".ew-root [role=progressbar]");
  return !bar || bar.closest("[hidden]") !== null || bar.getClientRects().length === 0;
}"""


def findings(cases: Cases) -> list[Finding]:
    """Slope and intercept of the bytes over the number of points, and the bytes at each size."""
    sizes = sorted(cases.values(), key=lambda found: found["n"])
    lines = []
    for found in sizes:
        n, name = found["n"], f"2 x {found['n']}"
        for what, key in (("one map each", OURS), ("all that follows too", "whole")):
            peer = found[PEERS[0]]["bytes"] if key == OURS else None
            lines.append(
                Finding(
                    f"2 x {short(n)}, {what}",
                    f"{size(found[key]['bytes'])}, {found[key]['bytes'] / n / 2:.1f} B a point",
                    "" if peer is None else f"{size(peer)}, {peer / n / 2:.1f} B a point",
                    PEERS[0] if peer else "",
                    name,
                    None if peer is None else found[key]["bytes"] / peer,
                )
            )
    if len(sizes) >= 2:
        lines += _fitted(sizes)
    return lines


def _fitted(sizes: list[dict[str, Any]]) -> list[Finding]:
    low, high = sizes[0], sizes[-1]
    name = f"2 x {high['n']}"
    slopes, fixed = {}, {}
    for tool in (OURS, *PEERS):
        more = high[tool]["bytes"] - low[tool]["bytes"]
        slopes[tool] = more / (high["n"] - low["n"]) / 2
        fixed[tool] = low[tool]["bytes"] - 2 * slopes[tool] * low["n"]
    peer = PEERS[0]
    return [
        Finding(
            "per point and space, one map each",
            f"{slopes[OURS]:.2f} B",
            f"{slopes[peer]:.2f} B",
            peer,
            name,
            slopes[OURS] / slopes[peer],
            met=slopes[OURS] <= TARGET_PER_POINT,
        ),
        Finding(
            "whatever the size",
            size(fixed[OURS]),
            size(fixed[peer]),
            peer,
            name,
            fixed[OURS] / fixed[peer],
            met=fixed[OURS] <= TARGET_FIXED,
        ),
    ]


ROW = Row(
    NAME, "Bytes over the wire (target: 6 a point and space, 0.1 MB fixed)", 15, measure, findings
)
