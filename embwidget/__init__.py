"""Compare two embeddings of the same items, to see which is better and where they differ.

Public names are imported on first use (PEP 562), so that ``import embwidget`` stays fast and needs
neither the widget's bundle nor any numerical library beyond numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from embwidget._core.version import __version__ as __version__

if TYPE_CHECKING:
    from embwidget._core.cache import cache
    from embwidget._core.estimate import Estimate
    from embwidget.collecting.collect import collect
    from embwidget.collecting.layer_table import layers
    from embwidget.comparison.comparison import Comparison, compare
    from embwidget.gating.drops import parse_drops
    from embwidget.gating.gate import Gate, gate
    from embwidget.io import load
    from embwidget.joining import JoinReport, join
    from embwidget.knn import KNNGraph, knn_graph
    from embwidget.measures.labels.label_metrics import label_metrics
    from embwidget.projection import project
    from embwidget.registry import Registry
    from embwidget.series import Comparisons, Series, SeriesMaps, compare_many, project_series
    from embwidget.space import Space, as_space
    from embwidget.widget import EmbeddingCompare

_MODULE_OF = {
    "Comparison": "embwidget.comparison.comparison",
    "Comparisons": "embwidget.series",
    "EmbeddingCompare": "embwidget.widget",
    "Estimate": "embwidget._core.estimate",
    "Gate": "embwidget.gating.gate",
    "JoinReport": "embwidget.joining",
    "KNNGraph": "embwidget.knn",
    "Registry": "embwidget.registry",
    "Series": "embwidget.series",
    "SeriesMaps": "embwidget.series",
    "Space": "embwidget.space",
    "as_space": "embwidget.space",
    "cache": "embwidget._core.cache",
    "collect": "embwidget.collecting.collect",
    "compare": "embwidget.comparison.comparison",
    "compare_many": "embwidget.series",
    "gate": "embwidget.gating.gate",
    "join": "embwidget.joining",
    "knn_graph": "embwidget.knn",
    "label_metrics": "embwidget.measures.labels.label_metrics",
    "layers": "embwidget.collecting.layer_table",
    "load": "embwidget.io",
    "parse_drops": "embwidget.gating.drops",
    "project": "embwidget.projection",
    "project_series": "embwidget.series",
}

# Whole modules that are reached as ``embwidget.name``.
_ROOMS = ("training",)

__all__ = [
    "Comparison",
    "Comparisons",
    "EmbeddingCompare",
    "Estimate",
    "Gate",
    "JoinReport",
    "KNNGraph",
    "Registry",
    "Series",
    "SeriesMaps",
    "Space",
    "as_space",
    "cache",
    "collect",
    "compare",
    "compare_many",
    "gate",
    "join",
    "knn_graph",
    "label_metrics",
    "layers",
    "load",
    "parse_drops",
    "project",
    "project_series",
]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(f"embwidget.{name}")
    if name not in _MODULE_OF:
        msg = f"module 'embwidget' has no attribute {name!r}; it has {', '.join(__all__)}"
        raise AttributeError(msg)
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS, "__version__"]
