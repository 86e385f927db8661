"""Metrics by name, and objects of the caller's own beside them."""

from typing import Any

from embwidget._core.table import Table
from embwidget.metrics.metric import Metric

METRICS: Table[Metric] = Table(
    "metric",
    "embwidget.metrics",
    "METRIC",
    is_one=lambda given: isinstance(given, Metric),
    wanted="an object of a subclass of embwidget.metrics.Metric",
    first=("cosine", "euclidean", "inner_product"),
)
"""All metrics by name, without the aliases."""


class OwnName(str):
    """Name of a metric of the caller's own, that still leads to the object.

    It is a str wherever a metric's name stands: in a space, a pair, a graph. A file holds the name
    alone, which nothing knows when it is read.
    """

    __slots__ = ("metric",)
    metric: Metric

    def __new__(cls, metric: Metric) -> "OwnName":
        """Name an object."""
        name = super().__new__(cls, metric.name)
        name.metric = metric
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        return OwnName, (self.metric,)


def metric_of(given: str | Metric) -> Metric:
    """Return the metric of this name or alias, or the caller's own object.

    Raises
    ------
    ValueError
        When it is none, or an object without a name of its own.
    """
    if isinstance(given, OwnName):
        return given.metric
    if isinstance(given, str):
        for metric in METRICS.values():
            if given in metric.aliases:
                return metric
    found = METRICS.find(given)
    name = getattr(found, "name", None)
    if not isinstance(name, str) or (METRICS.get(name, found) is not found):
        msg = f"metric={found!r} has the name {name!r}: give it one that no other metric has"
        raise ValueError(msg)
    return found


def name_of(given: str | Metric) -> str:
    """Return the one name of a metric; see `metric_of`."""
    metric = metric_of(given)
    return OwnName(metric) if metric.name not in METRICS else metric.name
