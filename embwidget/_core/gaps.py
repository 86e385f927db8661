"""What stands for nothing, in the spelling of any library."""

from typing import Any

import numpy as np

MISSING_TYPES = frozenset({"NAType", "NaTType"})
"""By name, for whoever asks need not have loaded pandas."""


def is_gap(entry: Any) -> bool:
    """Whether an entry stands for nothing: None, NaN, NA, NaT or a masked one."""
    if entry is None or entry is np.ma.masked:
        return True
    if isinstance(entry, (float, np.floating)):
        return bool(entry != entry)
    return type(entry).__name__ in MISSING_TYPES
