"""The command ``embwidget``: datasets, experiments and spaces from a terminal."""

from embwidget.cli.program import main

__all__ = ["main"]
