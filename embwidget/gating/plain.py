"""What a gate found as JSON has it."""

import math
from typing import Any

import numpy as np

from embwidget._core.unicode import readable


def as_json(value: Any) -> Any:
    """Values as JSON has them: what is no number is null, and labels of any kind are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    return readable(str(value))
