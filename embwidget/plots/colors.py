"""Colours of the points of both maps, and the bar or legend that explains them."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import Normalize, to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.frames import as_frame
from embwidget._core.names import as_name
from embwidget._core.orders import order_of
from embwidget._core.quantities import Quantities, of_periods, read_quantities, unit_of
from embwidget.measures.groups.naming import label_codes
from embwidget.plots.style import CATEGORIES, INK, MISSING, OTHER, QUIET, plain, ramp

if TYPE_CHECKING:
    from embwidget.plots.drawable import Drawable

_EXACT = 2**53
_DAY = 86_400
_SPANS = ((_DAY, "days"), (3600, "hours"), (60, "minutes"))


class PointColors(ABC):
    """How points are coloured."""

    @abstractmethod
    def for_points(self, order: NDArray[np.intp]) -> dict[str, Any]:
        """Arguments of `scatter` for points drawn in an order, (n_samples,) int."""

    @abstractmethod
    def explain(self, axes: NDArray[Any]) -> None:
        """Add what says which colour means what, beside the axes of both maps, (2,) object."""


class RampColors(PointColors):
    """Numbers, (n_samples,) float, NaN = missing; `ends` are those of the ramp."""

    def __init__(
        self,
        values: NDArray[Any],
        ends: tuple[float, float],
        name: str,
        title: str,
        *,
        are_days: bool = False,
    ) -> None:
        self._values = values
        self._map = ramp(name)
        self._norm = Normalize(*ends)
        self._title = title
        self._are_days = are_days

    def for_points(self, order: NDArray[np.intp]) -> dict[str, Any]:
        """Colours of points in an order, (n_samples,) int."""
        return {
            "c": np.ma.masked_invalid(self._values[order]),
            "cmap": self._map,
            "norm": self._norm,
            "plotnonfinite": True,
        }

    def explain(self, axes: NDArray[Any]) -> None:
        """Add a bar of the colours beside the axes, (2,) object."""
        from matplotlib.cm import ScalarMappable

        # Made from the colours alone: the points are drawn half transparent.
        bar = axes[0].figure.colorbar(
            ScalarMappable(self._norm, self._map), ax=axes, shrink=0.7, pad=0.02
        )
        bar.set_label(self._title, color=QUIET, fontsize=9)
        if self._are_days:
            locator = AutoDateLocator()  # type: ignore[no-untyped-call]
            bar.locator = locator
            bar.formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
            bar.update_ticks()
        bar.outline.set_visible(False)
        bar.ax.tick_params(colors=QUIET, length=0, labelsize=9)


class CategoryColors(PointColors):
    """One colour for each of the twenty most frequent values, grey for all others."""

    def __init__(
        self, values: Any, n_samples: int, title: str, order: list[Any] | None = None
    ) -> None:
        codes, names = label_codes(values, n_samples)
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        by_frequency = np.argsort(-counts, kind="stable")
        rank = np.empty(len(names), np.int64)
        rank[by_frequency] = np.arange(len(names))
        n_own = min(len(names), len(CATEGORIES))
        palette = [*CATEGORIES[:n_own], OTHER, MISSING]
        entry = np.full(n_samples, len(palette) - 1)
        entry[codes >= 0] = np.minimum(rank[codes[codes >= 0]], n_own)
        self._colors = np.array([to_rgb(color) for color in palette])[entry]
        self._title = title
        own = list(zip((names[i] for i in by_frequency[:n_own]), palette, strict=False))
        if order is not None:
            own.sort(key=lambda entry: order.index(entry[0]))
        self._entries = [(plain(name, 24), color) for name, color in own]
        if len(names) > n_own:
            self._entries.append((f"{len(names) - n_own:,} others", OTHER))
        if (codes < 0).any():
            self._entries.append(("missing", MISSING))

    def for_points(self, order: NDArray[np.intp]) -> dict[str, Any]:
        """Colours of points in an order, (n_samples,) int."""
        return {"c": self._colors[order]}

    def explain(self, axes: NDArray[Any]) -> None:
        """Add a legend beside the axes, (2,) object."""
        dots = [
            Line2D([], [], marker="o", linestyle="", color=color, markersize=6)
            for _, color in self._entries
        ]
        # Names are put in afterwards: one that begins with _ would be left out.
        legend = axes[0].figure.legend(
            dots,
            ["."] * len(dots),
            loc="outside right upper",
            frameon=False,
            fontsize=9,
            title=plain(self._title, 24),
            handletextpad=0.3,
            labelcolor=INK,
        )
        for text, (name, _) in zip(legend.get_texts(), self._entries, strict=True):
            text.set_text(name)


def color_points(c: "Drawable", color_by: str, k: int) -> PointColors:
    """Colours by the neighbours shared, by who wins, or by a column of the metadata."""
    color_by = as_name(color_by)
    if color_by == "coincidence":
        return RampColors(c.jaccard(k), (0, 1), "coincidence", f"coincidence of the {k} nearest")
    if color_by == "wins":
        a, b = c.label_agreement(k)
        largest = float(np.nanmax(np.abs(b - a), initial=0)) or 1.0
        title = f"share of the {k} nearest with the item's label, B less A"
        return RampColors(b - a, (-largest, largest), "difference", title)
    frame = c.to_frame(k)
    if color_by not in frame.columns:
        known = near_names(color_by, ["coincidence", "wins", *frame.columns])
        msg = f"color_by={shown(color_by)}: {known}"
        raise ValueError(msg)
    series = _series(c, frame, color_by)
    order = order_of(series)
    unit = _unit_of(series) if order is None else None
    if unit or (unit == "" and series.drop_nulls().n_unique() > len(CATEGORIES)):
        return _ramp_of(read_quantities(series), plain(color_by))
    return CategoryColors(frame[color_by], len(frame), color_by, order)


def _series(c: "Drawable", frame: Any, name: str) -> Any:
    """Column of the metadata as it came, else of the frame that was made of it."""
    import narwhals as nw

    native = None if c.metadata is None else as_frame(c.metadata, "metadata")
    if native is not None and name in native.columns:
        return of_periods(native[name])
    return of_periods(nw.from_native(frame[name], series_only=True))


def _unit_of(series: Any) -> str | None:
    """Unit of a column of numbers, dates or durations; None for other values."""
    import narwhals as nw

    if series.dtype.is_numeric() or series.dtype in (nw.Datetime, nw.Date, nw.Duration, nw.Time):
        return read_quantities(series.drop_nulls().head(1)).unit
    return unit_of(series.drop_nulls().to_list()) if series.dtype == nw.Object else None


def _ramp_of(read: Quantities, title: str) -> RampColors:
    known = read.offsets[np.isfinite(read.offsets)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if read.unit == "date":
        days = (read.base + read.offsets) / _DAY
        ends = (read.base + low) / _DAY, (read.base + high) / _DAY
        title = f"{title} (UTC)" if read.in_utc else title
        return RampColors(days, ends, "numeric", title, are_days=True)
    if isinstance(read.base, int) and abs(read.base) > _EXACT:
        # float64 has none of the steps between them.
        return RampColors(read.offsets, (low, high), "numeric", f"{title}, above {read.base:,}")
    size, name = next(
        ((s, f" in {n}") for s, n in _SPANS if read.unit and high - low >= 2 * s), (1, "")
    )
    name = " in seconds" if read.unit and not name else name
    ends = (read.base + low) / size, (read.base + high) / size
    return RampColors((read.base + read.offsets) / size, ends, "numeric", title + name)
