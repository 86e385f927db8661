"""Metrics, one file each: whatever depends on which one it is asks it."""

from embwidget.metrics.metric import Metric
from embwidget.metrics.names import METRICS, OwnName, asked_metric, metric_of, name_of
from embwidget.metrics.rows import MetricRows

__all__ = ["METRICS", "Metric", "MetricRows", "OwnName", "asked_metric", "metric_of", "name_of"]
