"""What splits, merges, appears and dissolves."""

from typing import Any

import numpy as np

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer
from embwidget.session.wire import tables
from embwidget.session.wire.text import MISSING_CODE


def groups(sources: Sources, _args: dict[str, Any]) -> Answer:
    """``GroupTable``."""
    numbers = sources.numbers
    return tables.group_table(numbers.changes(), *numbers.clusters()), []


def group_items(sources: Sources, args: dict[str, Any]) -> Answer:
    """Positions of the items of a row of `groups`, (n,) uint32."""
    return {}, [sources.numbers.group_items(_change(sources, args)).astype("<u4")]


def group_parts(sources: Sources, args: dict[str, Any]) -> Answer:
    """``GroupParts``: positions of the items of a row of `groups`, (n,) uint32, and their parts.

    The part of each, (n,) uint16, is 65535 where it lies in none.
    """
    parts, items, part = sources.numbers.group_parts(_change(sources, args))
    codes = np.where(part < 0, MISSING_CODE, part).astype("<u2")
    return {"parts": parts}, [items.astype("<u4"), codes]


def _change(sources: Sources, args: dict[str, Any]) -> Any:
    changes = sources.numbers.changes()
    row = whole(args.get("row"), "row", 0, len(changes) - 1, why="one a group")
    return changes.iloc[row]


ANSWERS = {"groups": groups, "group_items": group_items, "group_parts": group_parts}
