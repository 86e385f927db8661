"""What splits, merges, appears and dissolves."""

from typing import Any

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer
from embwidget.session.wire import tables


def groups(sources: Sources, _args: dict[str, Any]) -> Answer:
    """``GroupTable``."""
    numbers = sources.numbers
    return tables.group_table(numbers.changes(), *numbers.clusters()), []


def group_items(sources: Sources, args: dict[str, Any]) -> Answer:
    """Positions of the items of a row of `groups`, (n,) uint32."""
    changes = sources.numbers.changes()
    row = whole(args.get("row"), "row", 0, len(changes) - 1, why="one a group")
    return {}, [sources.numbers.group_items(changes.iloc[row]).astype("<u4")]


ANSWERS = {"groups": groups, "group_items": group_items}
