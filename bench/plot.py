"""Draws results.png: times over the number of items, and every ratio beside its target."""

import math
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench import report, store
from bench.paths import PICTURE
from bench.row import Finding, short
from bench.rows import ROWS, exact_knn

mpl.use("Agg")

INK, FAINT, GRID = "#1f2430", "#6b7280", "#e5e7eb"
OURS, PEERS, BAD = "#0f766e", {"faiss": "#b45309", "sklearn": "#6d28d9"}, "#b91c1c"
NAMES = {"embwidget": "embwidget", "faiss": "faiss flat", "sklearn": "scikit-learn"}
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
}
# Left end of the ratios.
LEAST = 0.002
PANELS = (
    (1, "part.cpu", "Exact kNN graph, one thread", "CPU seconds"),
    (None, "part.wall", "The same, all threads", "wall seconds"),
)


def draw() -> None:
    """Write the picture from what is stored."""
    aimed = _aimed()
    with plt.rc_context(STYLE):
        height = max(4.2, 1.2 + 0.36 * len(aimed))
        figure = plt.figure(figsize=(13, height), dpi=130, layout="constrained")
        times, ratios = figure.subfigures(1, 2, width_ratios=(1.25, 1), wspace=0.04)
        panels = times.subplots(1, 2)
        cases = store.load(exact_knn.NAME)
        for axes, (threads, path, title, unit) in zip(panels, PANELS, strict=True):
            _times(axes, exact_knn.series(cases, threads, path), title, unit)
        _ratios(ratios.subplots(), aimed)
        figure.savefig(PICTURE, facecolor="white")


def _aimed() -> list[tuple[str, Finding]]:
    """Lines that have a ratio and a target, worst last."""
    found = []
    for row in ROWS.values():
        for line in report.findings(row)[1]:
            if line.ratio is not None and line.target:
                peer = NAMES.get(line.peer_name, line.peer_name)
                found.append((f"{row.name}: {line.what}, against {peer}", line))
    return found


def _times(axes: Any, series: dict[str, list[tuple[int, float]]], title: str, unit: str) -> None:
    axes.set_title(title)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for engine, points in series.items():
        n, seconds = zip(*points, strict=True)
        mine = engine == "embwidget"
        color = OURS if mine else PEERS[engine]
        width = 2.4 if mine else 1.4
        axes.plot(n, seconds, color=color, linewidth=width, marker="o", markersize=4, zorder=3)
        exponent = exact_knn.growth(n, seconds)
        grows = "" if math.isnan(exponent) else f"  ~ n^{exponent:.2f}"
        # The fastest is named below its line, the others above theirs.
        at, offset, side = (len(n) // 2 - 1, (8, -12), "left") if mine else (-1, (-4, 8), "right")
        axes.annotate(
            NAMES[engine] + grows,
            (n[at], seconds[at]),
            xytext=offset,
            textcoords="offset points",
            ha=side,
            color=color,
            fontsize=8.5,
            fontweight="bold" if mine else "normal",
        )
    sizes = sorted({n for points in series.values() for n, _ in points})
    axes.set_xticks(sizes, [short(n) for n in sizes])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("items, 384 dimensions")
    axes.set_ylabel(unit)
    if sizes:
        axes.set_xlim(sizes[0] * 0.85, sizes[-1] * 1.18)
    axes.margins(y=0.15)


def _ratios(axes: Any, aimed: list[tuple[str, Finding]]) -> None:
    axes.set_title("Ours / the peer's, and what was aimed at (|)")
    for place, (label, line) in enumerate(aimed):
        ratio, target = line.ratio or 0, line.target or 0
        color = OURS if line.met else BAD
        axes.plot([LEAST, ratio], [place, place], color=color, linewidth=4, alpha=0.25, zorder=2)
        axes.plot(ratio, place, marker="o", markersize=7, color=color, zorder=4)
        axes.plot([target] * 2, [place - 0.15, place + 0.15], color=INK, linewidth=2.2, zorder=3)
        axes.annotate(
            label, (LEAST, place), xytext=(3, 5), textcoords="offset points", fontsize=7.5
        )
        axes.annotate(
            f"{ratio:.2g}",
            (max(ratio, target), place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontweight="bold",
        )
    axes.set_xscale("log")
    axes.set_xlim(LEAST, max([2.0, *(2 * (line.ratio or 0) for _, line in aimed)]))
    axes.set_ylim(len(aimed) - 0.4, -0.9)
    axes.set_yticks([])
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.axvline(1, color=FAINT, linewidth=0.8, linestyle=(0, (2, 3)))
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


if __name__ == "__main__":
    draw()
