"""What keeps a column of numbers from being read as one: an entry that is none, named by row."""

import re
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget._core.gaps import is_gap
from embwidget._core.vector_texts import MISSING_TEXTS

# What parsers of tables read as a number; neither "1,5" nor "1_000" nor digits of other scripts.
_PLAIN = re.compile(
    r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"\d+", re.ASCII)


def why_broken(column: Any) -> str:
    """Say which row of a column of narwhals that is meant for numbers has none; "" = none is such.

    Numbers written as text count as meant for numbers, but for whole ones alone: codes.
    """
    entries = [_without_gap(entry) for entry in column.to_list()]
    texts = [(row, entry) for row, entry in enumerate(entries) if isinstance(entry, str)]
    wrong = next((row for row, entry in enumerate(entries) if not _is_plain(entry)), None)
    if wrong is not None:
        return f"its row {wrong} is {shown(entries[wrong])}, which is no number"
    # Text throughout, and whole numbers alone, is meant to be text.
    is_text = len(texts) == sum(entry is not None for entry in entries)
    row = next((row for row, text in texts if not (is_text and _WHOLE.fullmatch(text))), None)
    return "" if row is None else f"its row {row} is the text {shown(entries[row])}"


def _without_gap(entry: Any) -> Any:
    """An entry, its text without spaces around it; None for whatever stands for nothing."""
    if not isinstance(entry, str):
        return None if is_gap(entry) else entry
    # Parsers know no other spaces.
    text = entry.strip(" \t")
    return None if not text.strip() or text.lower() in MISSING_TEXTS else text


def _is_plain(entry: Any) -> bool:
    if isinstance(entry, str):
        # Parsers give up at what is beyond their numbers.
        named = "inf" in entry.lower()
        return _PLAIN.fullmatch(entry) is not None and (named or abs(float(entry)) != np.inf)
    return entry is None or (
        hasattr(entry, "__float__") and not isinstance(entry, (bool, np.bool_))
    )
