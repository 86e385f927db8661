"""Spaces of the same items over a training, its layers or several models."""

from embwidget.series.comparisons import Comparisons
from embwidget.series.many import compare_many, prepare_many
from embwidget.series.maps import SeriesMaps
from embwidget.series.projecting import project_series
from embwidget.series.report import SeriesReport
from embwidget.series.series import Series

__all__ = [
    "Comparisons",
    "Series",
    "SeriesMaps",
    "SeriesReport",
    "compare_many",
    "prepare_many",
    "project_series",
]
