"""Follow a training epoch by epoch, and recipes of metric learning; needs ``embwidget[train]``."""

from embwidget.training import recipes
from embwidget.training.accuracy import accuracy_calculator, kmeans_func, knn_func
from embwidget.training.hooks import chain
from embwidget.training.recorder import EpochRecorder
from embwidget.training.result import RecipeResult

__all__ = [
    "EpochRecorder",
    "RecipeResult",
    "accuracy_calculator",
    "chain",
    "kmeans_func",
    "knn_func",
    "recipes",
]
