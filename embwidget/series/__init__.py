"""Spaces of the same items over a training, its layers or several models."""

from embwidget.series.maps import SeriesMaps
from embwidget.series.projecting import project_series
from embwidget.series.report import SeriesReport
from embwidget.series.series import Series

__all__ = ["Series", "SeriesMaps", "SeriesReport", "project_series"]
