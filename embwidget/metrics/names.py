"""Metrics by name, and objects of the caller's own beside them."""

import re
from enum import Enum
from typing import Any

from embwidget._core.checks import shown
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


# What people ask for and no file here has: sentence-transformers' manhattan_sim, and others.
_NOT_HERE = {"manhattan", "l1", "cityblock", "taxicab", "chebyshev", "linf", "jaccard"}
_USUAL = "cosine"
_OWN = "an object of a subclass of embwidget.metrics.Metric with distances(x, y)"
# Endings that say of a metric whether it counts up or down.
_ENDINGS = ("_similarity", "_distance", "_score", "_sim", "_dist")


def _word(name: str) -> str:
    """A name in small letters, words held by one underscore, without "distance" behind it."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    word = "_".join(re.findall(r"[a-z0-9]+", parted.lower()))
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    return word


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


def asked_metric(asked: str | Metric | None, own: str | None) -> Metric:
    """Metric that is asked for, else that of a space itself, else the cosine; as `metric_of`."""
    return metric_of((own or _USUAL) if asked is None else asked)


def metric_of(given: str | Metric) -> Metric:
    """Return the metric of this name or alias, or the caller's own object.

    Raises
    ------
    ValueError
        When it is none, or an object without a name of its own.
    """
    if isinstance(given, OwnName):
        return given.metric
    if isinstance(given, Enum):
        # As sentence-transformers' SimilarityFunction.
        return metric_of(given.value)
    if isinstance(given, str) and given not in METRICS:
        word = _word(given)
        for metric in METRICS.values():
            if word in (metric.name, *metric.aliases):
                return metric
        if word in _NOT_HERE:
            msg = f"metric={shown(given)} is not known here: use {', '.join(METRICS)}, or {_OWN}"
            raise ValueError(msg)
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
