"""Nearest-neighbour graphs and the engines that find them."""

from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph

__all__ = ["KNNGraph", "knn_graph"]
