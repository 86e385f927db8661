"""A session in a file: the comparison, both maps, and what a person chose."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget.comparison import Comparison
from embwidget.comparison.saved import (
    SCREEN_MAPS,
    SCREEN_NAMED,
    SCREEN_SELECTED,
    SavedWith,
)
from embwidget.comparison.saved_arrays import arrays_of
from embwidget.session.named import NamedIds
from embwidget.session.session import Session
from embwidget.session.shown import AS_GIVEN, Map

# What `Choices` checks when it is chosen again.
_CHOSEN = ("k", "color_by", "height")


@dataclass(frozen=True)
class SavedScreen:
    """What a file holds beside a comparison.

    Attributes
    ----------
    maps : pair of (n_items, 2) float32, or None
        None = a comparison alone was saved.
    drawn_by : str
        Name of the reducer of the maps, "" = they were a person's own.
    show : list of str
    chosen : dict
        k, color_by and height.
    focus : str, int or None
        Id of an item.
    selection : (n_selected,) int64
    named : NamedIds
    """

    maps: tuple[Map, Map] | None
    drawn_by: str
    show: list[str]
    chosen: dict[str, Any]
    focus: Any
    selection: NDArray[np.int64]
    named: NamedIds


def arrays_of_session(session: Session, *, vectors: bool) -> dict[str, Any]:
    """Take a session apart whose work is done; as by `Comparison.to_arrays`, with the screen."""
    state, named = session.state, session.named.ids.positions
    screen = {
        **{name: getattr(state, name) for name in _CHOSEN},
        "focus": state.focus,
        "show": [session.column_of(name) for name in state.show],
        "reducer": state.reducer,
        "named": list(named),
    }
    # The session's own pair has the text that the widget was given.
    comparison = copy(session.comparison)
    comparison.pair = session.pair
    arrays = arrays_of(comparison, vectors=vectors, screen=screen)
    # Of three dimensions, as they are seen from the front.
    flat = (np.ascontiguousarray(positions[:, :2]) for positions in session.maps)
    arrays |= {f"{SCREEN_MAPS}{side}": found for side, found in zip("ab", flat, strict=True)}
    arrays[SCREEN_SELECTED] = session.selection
    arrays |= {f"{SCREEN_NAMED}{i}": rows for i, rows in enumerate(named.values())}
    return arrays


def load_session(given: str | Path | Comparison) -> tuple[Comparison, SavedScreen]:
    """Read what a widget or `Comparison.save` wrote, or take what was read of it.

    Errors are those of `Comparison.load`.
    """
    if isinstance(given, Comparison):
        comparison, called = copy(given), "this comparison"
    else:
        comparison, called = Comparison.load(given), shown(Path(given).name)
    try:
        found = _screen_of(comparison.screen, comparison.a.ids)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{called}: what was shown of the comparison does not fit to it"
        raise ValueError(msg) from error
    # From now on the session says what is shown of it.
    comparison.screen = None
    return comparison, found


def _screen_of(saved: SavedWith | None, ids: NDArray[Any]) -> SavedScreen:
    """What is said of a screen, for items with these ids, (n_items,)."""
    if saved is None:
        return SavedScreen(None, "", [], {}, None, np.empty(0, np.int64), NamedIds(ids, {}))
    screen, arrays = saved
    maps = [arrays[f"{SCREEN_MAPS}{side}"] for side in "ab"]
    for found in maps:
        if found.shape != (len(ids), 2) or found.dtype != np.float32:
            raise ValueError(found.shape)
    named = {str(name): arrays[f"{SCREEN_NAMED}{i}"] for i, name in enumerate(screen["named"])}
    for rows in (arrays[SCREEN_SELECTED], *named.values()):
        if rows.ndim != 1 or rows.dtype != np.int64 or (np.diff(rows) <= 0).any():
            raise ValueError(rows.shape)
        if len(rows) and not 0 <= rows[0] <= rows[-1] < len(ids):
            raise ValueError(rows[-1])
    focus = screen["focus"]
    return SavedScreen(
        (maps[0], maps[1]),
        "" if screen["reducer"] == AS_GIVEN else str(screen["reducer"]),
        [str(name) for name in screen["show"]],
        {name: screen[name] for name in _CHOSEN},
        None if focus is None else ids[focus : focus + 1].tolist()[0],
        arrays[SCREEN_SELECTED],
        NamedIds(ids, named),
    )
