"""Two-dimensional maps of a space, and two of them turned alike."""

from embwidget.projection.alignment import procrustes
from embwidget.projection.pair import project_pair
from embwidget.projection.project import project

__all__ = ["procrustes", "project", "project_pair"]
