"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from embwidget.comparison.comparison import Comparison, Pair, compare, compare_pair, prepare

__all__ = ["Comparison", "Pair", "compare", "compare_pair", "prepare"]
