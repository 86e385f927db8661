"""Nearest-neighbour graphs and the engines that find them."""

from embwidget.knn.engine import ENGINES, Engine
from embwidget.knn.graph import KNNGraph
from embwidget.knn.search import knn_graph, query

__all__ = ["ENGINES", "Engine", "KNNGraph", "knn_graph", "query"]
