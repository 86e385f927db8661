"""Datasets, experiments and spaces in one folder, found again months later."""

from embwidget.registry.registry import Registry

__all__ = ["Registry"]
