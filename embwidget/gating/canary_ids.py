"""Ids of items whose neighbours must stay, found before anything is computed."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.comparison.pair import Pair


def canary_rows(canary: Any, pair: Pair) -> list[int]:
    """Rows of the canaries, each once; ValueError that names unknown ones and ids near to them."""
    if isinstance(canary, (str, bytes)) or not isinstance(canary, Iterable):
        msg = f"canary={shown(canary)}: give a list of ids"
        raise ValueError(msg)  # noqa: TRY004 (an argument of a right kind that is read wrongly)
    given = list(dict.fromkeys(_id_of(each, pair) for each in canary))
    if not given:
        msg = "canary: there is no id in it: give a list of ids, or None"
        raise ValueError(msg)
    rows, unknown = [], []
    for each in given:
        try:
            rows.append(pair.position_of(each))
        except KeyError as error:
            unknown.append(str(error.args[0]))
    if unknown:
        count = f"{len(unknown)} of {len(given)} are not among the items in both spaces"
        msg = f"canary: {count}: {unknown[0]}"
        raise ValueError(msg[:290])
    return rows


def _id_of(given: Any, pair: Pair) -> Any:
    """Id as the items have it: files of ids have texts where items have numbers."""
    given = given.item() if isinstance(given, np.generic) else given
    if not getattr(given, "__hash__", None):
        msg = f"canary: {shown(given)} is no id: give a flat list of them"
        raise ValueError(msg)
    is_number = pair.a.ids.dtype != object and isinstance(given, str)
    return int(given) if is_number and given.strip().isdecimal() else given
