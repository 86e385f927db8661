"""Exact neighbours, by products of tiles with a bound for rounding."""
