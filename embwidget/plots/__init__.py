"""A comparison drawn by matplotlib."""

from embwidget.plots.plots import plot_comparison, plot_curve, plot_groups, plot_quality

__all__ = ["plot_comparison", "plot_curve", "plot_groups", "plot_quality"]
