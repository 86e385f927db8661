"""Items whose neighbours must stay."""

from typing import Any

import numpy as np

from embwidget._core.checks import listed, shown
from embwidget.comparison.comparison import Comparison
from embwidget.gating.bounds import wilson
from embwidget.gating.check import Check, Verdict, worst
from embwidget.gating.evidence import Evidence

Row = dict[str, Any]

# Canaries that a sentence names.
_NAMED = 3


def judge_canaries(
    evidence: Evidence, rows: list[int], asked: float, *, why_not: str
) -> tuple[Check, list[Row]]:
    """Whether each canary has enough of its neighbours still.

    Canaries are no sample of anything, so that without noise the share itself is judged. With
    noise, the limit is that part of the share which stays when the model is embedded twice, with
    the Wilson interval of a share of k.
    """
    found, k = evidence.found, evidence.found.n_neighbors
    by_rows, drawn = found.shared(), found.drawn_shared()
    noise = None if evidence.noise is None else evidence.noise.overlap()
    judged = []
    for row in rows:
        value = float(by_rows[row]) / k
        low = value if drawn is None else min(value, float(drawn[row]) / k)
        floor = 1.0 if noise is None else float(noise[row])
        ends = (1.0, 1.0) if noise is None else wilson(floor, k)
        least, most = asked * ends[0], asked * ends[1]
        # Shares are of few neighbours: what equals the limit but for the last digit is at it.
        verdict: Verdict = "undecided"
        if low >= most - 1e-9:
            verdict = "pass"
        elif value < least - 1e-9:
            verdict = "regression"
        judged.append(
            {
                "id": _plain(found.a.ids[row]),
                "overlap": value,
                "low": low,
                "high": value,
                "noise": None if noise is None else floor,
                "limit": most if verdict == "pass" else least,
                "verdict": "undecided" if why_not else verdict,
                "lost": _lost(found, row),
            }
        )
    order = {"regression": 0, "undecided": 1, "pass": 2}
    judged.sort(key=lambda each: (order[each["verdict"]], each["overlap"], str(each["id"])))
    return _check(judged, asked, k, why_not, with_noise=noise is not None), judged


def _lost(found: Comparison, row: int) -> list[Any]:
    """Ids of the neighbours that an item has no more."""
    k = found.n_neighbors
    mine, theirs = (graph.indices[row, :k] for graph in (found.graph_a, found.graph_b))
    return [_plain(found.a.ids[each]) for each in mine if each >= 0 and each not in theirs]


def _plain(key: Any) -> Any:
    return key.item() if isinstance(key, np.generic) else key


def _check(judged: list[Row], asked: float, k: int, why_not: str, *, with_noise: bool) -> Check:
    verdict = worst([each["verdict"] for each in judged])
    first = judged[0]
    named = [each for each in judged if each["verdict"] == verdict]
    who = listed([each["id"] for each in named], _NAMED)
    said = f"canary: at least {asked:g} of the {k} nearest "
    said += "that the noise leaves are asked: " if with_noise else "are asked: "
    if why_not:
        said += why_not
    elif verdict == "pass":
        said += f"all {len(judged)} canaries have them"
    else:
        state = "have fewer" if verdict == "regression" else "are undecided"
        share = f"{first['overlap']:.2f} of {shown(first['id'])}"
        said += f"{len(named)} of {len(judged)} {state}: {who} (the least: {share})"
    return Check(
        "canary",
        asked,
        first["limit"],
        first["overlap"],
        first["low"],
        first["high"],
        verdict,
        said,
        noise=first["noise"],
        n=len(judged),
    )
