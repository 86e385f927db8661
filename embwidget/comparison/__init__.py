"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from embwidget.comparison.comparison import Comparison, compare, compare_pair
from embwidget.comparison.pair import Pair, prepare
from embwidget.comparison.settings import Settings

__all__ = ["Comparison", "Pair", "Settings", "compare", "compare_pair", "prepare"]
