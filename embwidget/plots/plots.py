"""Still pictures of a comparison, for papers and reports; needs the extra "plots"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.checks import near_names, shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.optional import import_extra
from embwidget._core.vectors import as_vectors
from embwidget.measures.neighbors.expected import expected_jaccard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from embwidget.plots.drawable import Drawable

__all__ = ["plot_comparison", "plot_curve", "plot_groups", "plot_quality"]

CHANGE_WORDS = {
    "splits": "splits into {parts} in B",
    "merges": "merges {parts} of A",
    "appears": "appears in B",
    "dissolves": "dissolves in B",
}
"""What became of a group, as the widget says it too: `changeWords` in ``js/src``."""


def plot_comparison(
    c: Drawable,
    positions: tuple[Any, Any] | None = None,
    *,
    color_by: str = "coincidence",
    k: int | None = None,
    reducer: Any = DEFAULT_REDUCER,
    figure: Figure | None = None,
) -> Figure:
    """Draw both maps side by side, the same items in the same colours.

    Parameters
    ----------
    c : Comparison
    positions : (positions_a, positions_b), optional
        Two arrays, (n_samples, 2) float; by default both spaces are laid out by `reducer`, B's
        map turned onto A's, and panning one in a window pans the other.
    color_by : str, default="coincidence"
        "coincidence" = how many neighbours the two spaces share; "wins" = in which space more of
        the neighbours have the item's label; else a column of the metadata.
    k : int, optional
        Neighbours, 1..k_max; by default n_neighbors.
    reducer : str, object or callable, default="umap"
        As for `project`.
    figure : matplotlib Figure, optional
        Drawn into, instead of a new one.

    Returns
    -------
    Figure
        It opens no window; ``figure.savefig("maps.pdf")`` writes it.

    Raises
    ------
    ValueError
        When there is no such column, or the positions are not one for each item.
    ImportError
        When matplotlib is not installed.
    """
    style = _style()
    from embwidget.plots.colors import color_points

    n = len(c.a)
    k = c.n_neighbors if k is None else k
    colors = color_points(c, color_by, k)
    figure = style.new_figure(10.5, 5.4) if figure is None else figure
    own = positions is None
    maps = _laid_out(c, reducer) if positions is None else positions
    axes = figure.subplots(1, 2, sharex=own, sharey=own)
    # Shuffled, so that no class lies on top because its rows come last.
    order = np.random.default_rng(0).permutation(n)
    for ax, name, side, given in zip(axes, _names(c), "ab", maps, strict=True):
        points = as_vectors(given, f"positions of {side.upper()}")
        if points.shape != (n, 2):
            msg = f"positions of {side.upper()}: shape {points.shape}, expected {(n, 2)}"
            raise ValueError(msg)
        style.draw_points(ax, points, order, **colors.for_points(order))
        ax.set_title(name, loc="left", color=style.SIDES_INK[side], fontweight="bold")
    if own:
        style.share_square(axes, maps)
    colors.explain(axes)
    similarity = Estimate.of_mean(c.jaccard(k), chance=expected_jaccard(n, k))
    figure.supxlabel(_caption(similarity, n, k), color=style.QUIET, fontsize=9)
    return figure


def plot_curve(c: Drawable, *, ax: Axes | None = None) -> Figure:
    """Draw the mean Jaccard index over k, its interval, and what chance would give.

    Parameters
    ----------
    c : Comparison
        With a label, what the shared classes alone would give is drawn too: the mean of the
        permutations of `Comparison.chance`.
    ax : matplotlib Axes, optional
        Drawn into, instead of a new figure.

    Returns
    -------
    Figure
        It opens no window.
    """
    style = _style()
    ax = style.axes_of(ax, 6.4, 4.2)
    curve = c.curve()
    ks = curve["k"]
    ax.fill_between(
        ks, curve["low"], curve["high"], color=style.SIDES["a"], alpha=0.25, linewidth=0
    )
    ax.plot(
        ks, curve["jaccard"], color=style.SIDES["a"], linewidth=2, label="mean coincidence, 95 %"
    )
    if c.label is not None:
        within = c.chance(within=c.label).mean
        ax.plot(
            ks,
            within,
            color=style.SIDES["b"],
            linewidth=1.5,
            linestyle=(0, (4, 2)),
            label="the classes alone",
        )
    ax.plot(
        ks,
        curve["chance"],
        color=style.QUIET,
        linewidth=1.5,
        linestyle=(0, (1, 1.5)),
        label="chance",
    )
    style.quiet_axes(ax)
    ax.set(xlabel="neighbours compared, k", ylabel="mean coincidence")
    ax.set_xlim(min(1, ks.iloc[0]), ks.iloc[-1])
    ax.set_ylim(0, None)
    here = curve[curve["k"] == c.n_neighbors]
    ax.plot(here["k"], here["jaccard"], "o", color=style.SIDES["a"], clip_on=False)
    ax.legend(frameon=False, fontsize=9, labelcolor=style.INK)
    style.title(ax, " and ".join(_names(c)), _caption(c.similarity, len(c.a), c.n_neighbors))
    return _figure_of(ax)


def plot_quality(
    c: Drawable,
    label: Any = None,
    *,
    metric: str = "mean_average_precision_at_r",
    top: int = 20,
    ax: Axes | None = None,
) -> Figure:
    """Draw a metric of A and of B for the labels on which they differ most.

    Parameters
    ----------
    c : Comparison
    label : str or array-like of length n_samples, optional
        Column of the metadata, or one value for each item; by default that of the comparison.
    metric : str, default="mean_average_precision_at_r"
        One of those in ``c.quality(by="label")``.
    top : int, default=20
        Labels drawn.
    ax : matplotlib Axes, optional

    Returns
    -------
    Figure
        The line at the end of B's bar is the 95 % interval of the difference, put at the end of A's
        bar: a difference is shown where it does not reach that. Names in colour are of labels on
        which one space is shown to be better.

    Raises
    ------
    ValueError
        When there is no such metric.
    """
    style = _style()
    table = c.quality(label, by="label")
    rows = table[table["metric"] == metric].head(whole(top, "top", 1))
    if rows.empty:
        msg = f"metric={shown(metric)}: {near_names(metric, table['metric'].unique())}"
        raise ValueError(msg)
    ax = style.axes_of(ax, 7, 1.6 + 0.32 * len(rows))
    heights = np.arange(len(rows))[::-1]
    a, b = rows["a"].to_numpy(), rows["b"].to_numpy()
    bars = [
        ax.barh(heights + above, values, 0.36, color=style.SIDES[side])
        for side, values, above in (("a", a, 0.2), ("b", b, -0.2))
    ]
    ends = a + rows["low"].to_numpy(), a + rows["high"].to_numpy()
    ax.hlines(heights - 0.2, *ends, color=style.INK, linewidth=1.2)
    ax.set_yticks(heights, [_with_count(*row) for row in rows[["label", "n"]].to_numpy().tolist()])
    style.quiet_axes(ax, grid="x")
    inks = {"A": style.SIDES_INK["a"], "B": style.SIDES_INK["b"], "": style.INK}
    for text, better in zip(ax.get_yticklabels(), rows["better"], strict=True):
        text.set_color(inks[better])
    ax.set_xlabel(metric.replace("_", " ").replace(" at r", " at R"))
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlim(0, None)
    # Above the bars, none of which it then hides.
    legend = ax.legend(
        bars,
        ["A", "B"],
        frameon=False,
        fontsize=9,
        loc="lower right",
        bbox_to_anchor=(1, 1.05),
        borderaxespad=0,
    )
    # A name that begins with _ would be left out.
    for text, name in zip(legend.get_texts(), _names(c), strict=True):
        text.set_text(name)
    style.title(
        ax,
        " and ".join(_names(c)),
        "labels that differ most; lines: 95 % interval of the difference",
    )
    return _figure_of(ax)


def plot_groups(c: Drawable, *, top: int = 20, ax: Axes | None = None) -> Figure:
    """Draw the groups that split, merge, appear or dissolve, what changed most first.

    Parameters
    ----------
    c : Comparison
    top : int, default=20
        Groups drawn.
    ax : matplotlib Axes, optional

    Returns
    -------
    Figure
        A bar is as long as its group has items; the dark part is the score of ``c.groups()``: the
        items that changed, as far as their neighbours did.
    """
    style = _style()
    table = c.groups()
    rows = table[table["change"] != "kept"].head(whole(top, "top", 1))
    ax = style.axes_of(ax, 7, 1.6 + 0.3 * max(2, len(rows)))
    style.title(ax, " and ".join(_names(c)), "groups that change; dark: items changed x evidence")
    if rows.empty:
        ax.set_axis_off()
        ax.annotate(
            "All groups are in both.", (0, 0.5), xycoords="axes fraction", color=style.QUIET
        )
        return _figure_of(ax)
    heights = np.arange(len(rows))[::-1]
    sides = ["a" if change in {"splits", "dissolves"} else "b" for change in rows["change"]]
    pale, dark = ([colors[side] for side in sides] for colors in (style.SIDES_PALE, style.SIDES))
    ax.barh(heights, rows["n_items"], 0.62, color=pale)
    ax.barh(heights, rows["score"], 0.62, color=dark)
    ax.set_yticks(heights, [style.plain(name, 28) for name in rows["name"]])
    style.quiet_axes(ax, grid="x")
    for height, side, (_, row) in zip(heights, sides, rows.iterrows(), strict=True):
        ax.annotate(
            CHANGE_WORDS[row["change"]].format(parts=len(row["parts"])),
            (row["n_items"], height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=style.SIDES_INK[side],
        )
    ax.set_xlabel("items of the group")
    ax.set_ylim(-0.6, len(rows) - 0.4)
    # Room for the words behind the longest bar.
    ax.set_xlim(0, 1.3 * float(rows["n_items"].max()))
    return _figure_of(ax)


def _style() -> Any:
    """Module of what the plots share; ImportError that names the extra."""
    import_extra("matplotlib", extra="plots")
    import embwidget.plots.style as style

    return style


def _figure_of(ax: Axes) -> Figure:
    """Return the whole figure, also of axes in a part of one."""
    return ax.figure.canvas.figure


def _laid_out(c: Drawable, reducer: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both maps, (n_samples, 2) float32 each."""
    from embwidget.projection.maps import check_flat, reducer_name
    from embwidget.projection.pair import project_pair

    reducer_name(reducer)
    check_flat(reducer)
    return project_pair(
        c.a.vectors,
        c.b.vectors,
        reducer,
        graph_a=c.graph_a,
        graph_b=c.graph_b,
        metric_a=c.graph_a.metric,
        metric_b=c.graph_b.metric,
    )


def _names(c: Drawable) -> tuple[str, str]:
    """Names of both spaces as they are drawn."""
    plain = _style().plain
    return plain(c.a.name or "space A"), plain(c.b.name or "space B")


def _caption(similarity: Any, n: int, k: int) -> str:
    return (
        f"mean coincidence of the {k} nearest {similarity.value:.3f} "
        f"(95 % {similarity.low:.3f} to {similarity.high:.3f}), "
        f"by chance {similarity.chance:.2g}; {n:,} items"
    )


def _with_count(label: object, n: int) -> str:
    return f"{_style().plain(label, 24)}  ({n:,})"
