"""Measures of the distances of pairs of items."""
