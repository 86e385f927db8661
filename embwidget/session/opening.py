"""What a person gave, joined and checked: two spaces, or several of which two are looked at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from embwidget.comparison import Pair, Settings, prepare
from embwidget.series import Comparisons, Series
from embwidget.session.answers.measured_columns import MEASURED
from embwidget.session.several import Several, holds_several, several_of
from embwidget.session.shown import Shown

Opened = tuple[Pair | Several, Settings, Shown]
"""What a `Session` takes."""

_TWO = 2


def opened(a: Any, b: Any, settings: Settings, shown: Shown, **given: Any) -> Opened:
    """Join spaces; nothing is computed, so that bad input is refused at once.

    Texts and pictures are those of the rows of `a`, maps those of the rows of each.

    Parameters
    ----------
    a : space, table, Series, or dict or list of spaces
    b : space or None
        None: `a` holds them all.
    settings : Settings
    shown : Shown
    **given
        More arguments of `embwidget.compare`.
    """
    if b is None and given.get("vectors") is None and holds_several(a):
        if isinstance(a, (Series, Comparisons)) or len(a) > _TWO:
            return _several(a, settings, shown, **given)
        if isinstance(a, Mapping):
            given["names"] = given.get("names") or tuple(map(str, a))
            a = list(a.values())
        a, b = a
    shown.check_for_two()
    named = (shown.image, shown.color_by, *shown.show)
    apart = tuple(x for x in named if isinstance(x, str) and x not in MEASURED)
    pair = prepare(a, b, settings, text=shown.text, apart=apart, **given)
    items_a, items_b = pair.given_a or pair.items, pair.given_b or pair.items
    return pair, settings, replace(shown.in_order(items_a, items_b), text=None)


def _several(spaces: Any, settings: Settings, shown: Shown, **given: Any) -> Opened:
    given.pop("vectors", None)
    if given.pop("id", None) is not None:
        msg = "id= names a column of ids: give frames as ew.Space.from_frame(frame, id=...)"
        raise ValueError(msg)
    several = several_of(
        spaces, settings, positions=shown.positions, reducer=shown.reducer, **given
    )
    return several, settings, replace(shown, positions=None)
