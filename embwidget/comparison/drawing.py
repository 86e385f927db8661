"""Still pictures of a comparison, by matplotlib."""

from typing import TYPE_CHECKING, Any

from embwidget.comparison.base import Compared

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from embwidget.plots.drawable import Drawable


class Drawing(Compared):
    """The pictures of `embwidget.plots`, of this pair."""

    def plot(
        self: "Drawable", positions: tuple[Any, Any] | None = None, **options: Any
    ) -> "Figure":
        """Draw both maps by matplotlib; see `embwidget.plots.plot_comparison`.

        Parameters
        ----------
        positions : (positions_a, positions_b), optional
            Two maps, (n_samples, 2) each; drawn anew by default.
        **options
            color_by, k, reducer and figure.
        """
        from embwidget.plots import plot_comparison

        return plot_comparison(self, positions, **options)

    def plot_curve(self: "Drawable", **options: Any) -> "Figure":
        """Draw the curve over k with its interval and chance; see `embwidget.plots.plot_curve`."""
        from embwidget.plots import plot_curve

        return plot_curve(self, **options)

    def plot_quality(self: "Drawable", label: Any = None, **options: Any) -> "Figure":
        """Draw the labels that differ most; see `embwidget.plots.plot_quality`."""
        from embwidget.plots import plot_quality

        return plot_quality(self, label, **options)

    def plot_groups(self: "Drawable", **options: Any) -> "Figure":
        """Draw what becomes of the groups; see `embwidget.plots.plot_groups`."""
        from embwidget.plots import plot_groups

        return plot_groups(self, **options)
