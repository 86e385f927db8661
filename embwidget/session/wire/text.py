"""Values as the screen shows them: texts, and what stands for none."""

from typing import Any

import numpy as np

from embwidget._core.gaps import is_gap
from embwidget._core.unicode import readable
from embwidget.measures.labels.labels import SETS

MISSING_CODE = 65_535
MAX_CATEGORY_CHARS = 200


def for_wire(value: Any) -> Any:
    """JSON whose texts a page can read, those of keys too; arrays and the like stay as they are."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, dict):
        return {for_wire(key): for_wire(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [for_wire(each) for each in value]
    return value


def as_text(value: Any) -> str:
    """Text that a value is shown as; ``3.0`` is 3, since labels with gaps are floats."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return ", ".join(texts_of(value)) if isinstance(value, SETS) else str(value)


def texts_of(value: Any) -> list[str]:
    """Texts of a label: one, or those of a set of labels, each once and in their order."""
    if not isinstance(value, SETS):
        return [as_text(value)]
    return sorted({as_text(each) for each in value})


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT, pandas' NA, no label of several."""
    if isinstance(value, SETS):
        return len(value) == 0
    return is_gap(value)
