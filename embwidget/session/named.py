"""Selections that a person stores by a name, here and on the page."""

from collections.abc import Iterable, Mapping
from threading import Condition
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.unicode import readable
from embwidget.comparison import Pair
from embwidget.session.choices import selected_positions
from embwidget.session.publisher import Publisher
from embwidget.session.wire.screen import Screen

MAX_NAMES = 100
MAX_NAME_CHARS = 100
# In a message, beside the ids that it names.
_SHOWN_NAME_CHARS = 30

Positions = dict[str, NDArray[np.int64]]
"""By name, in the order in which they are listed: (n_selected,) int64, sorted and unique."""


class NamedIds(dict[str, list[Any]]):
    """Named selections as `EmbeddingCompare.selections` has them: name -> ids, in row order.

    A change in place would never reach the page, so that it is refused: assign the whole.

    Parameters
    ----------
    of : (n_items,) str or int
        Ids of all items.
    positions : dict of str to (n_selected,) int64
    """

    def __init__(self, of: NDArray[Any], positions: Positions) -> None:
        super().__init__({name: of[rows].tolist() for name, rows in positions.items()})
        self.of = of
        self.positions = positions

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy is a plain dict."""
        return dict, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        msg = (
            "selections cannot be changed in place: assign all of them, as in "
            "w.selections = {**w.selections, name: ids}"
        )
        raise TypeError(msg)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


class NamedSelections:
    """Takes named selections from Python and from the page, and tells either of the other's.

    Parameters
    ----------
    pair : Pair
    screen : Screen
    publisher : Publisher
    changed : Condition
        Held while they change.

    Attributes
    ----------
    ids : NamedIds
    """

    def __init__(
        self, pair: Pair, screen: Screen, publisher: Publisher, changed: Condition
    ) -> None:
        self._pair = pair
        self._screen = screen
        self._publisher = publisher
        self._changed = changed
        self.ids = NamedIds(pair.a.ids, {})

    def checked(self, value: Any) -> NamedIds:
        """Selections that a person gives, checked.

        Parameters
        ----------
        value : mapping of str to array-like, or None
            By name: ids, or a mask, (n_items,) bool; None = nothing.

        Raises
        ------
        ValueError
            When a name cannot be one, or an id is no item's.
        """
        if isinstance(value, NamedIds) and value.of is self._pair.a.ids:
            return value
        if value is not None and not isinstance(value, Mapping):
            msg = (
                f"selections={shown(value)}: give a dict of names and ids, as in "
                'w.selections = {"rare": ids}'
            )
            raise ValueError(msg)
        given = dict(value or {})
        positions = {_name(name): self._rows(name, ids) for name, ids in given.items()}
        return NamedIds(self._pair.a.ids, _few(positions))

    def assign(self, value: Any) -> None:
        """Replace all of them; a value as for `checked`."""
        new = self.checked(value)
        with self._changed:
            if self._take(new):
                self.send()

    def name(self, name: Any, rows: NDArray[np.int64]) -> None:
        """The page stored rows, (n_selected,) int64, by a name; an earlier one of it goes."""
        self._hold(_few(self.ids.positions | {_name(name): rows}))

    def rename(self, name: Any, to: Any) -> None:
        """The page gave one another name."""
        self._known(name)
        to = _name(to)
        if to != name and to in self.ids:
            msg = f"there is a selection {shown(to)} already: choose another name"
            raise ValueError(msg)
        before = self.ids.positions
        self._hold({to if each == name else each: rows for each, rows in before.items()})

    def forget(self, name: Any) -> None:
        """The page deleted one."""
        self._known(name)
        before = self.ids.positions
        self._hold({each: rows for each, rows in before.items() if each != name})

    def send(self) -> None:
        """Tell the page all of them."""
        self._screen.send_named(self.ids.positions, self._pair.n_samples)

    def _hold(self, positions: Positions) -> None:
        """Hold others, (n_selected,) int64 each."""
        self._take(NamedIds(self._pair.a.ids, positions))

    def _take(self, new: NamedIds) -> bool:
        """Hold others and tell Python; whether they are others."""
        before, rows = self.ids.positions, new.positions
        if list(before) == list(rows) and all(
            np.array_equal(before[name], rows[name]) for name in rows
        ):
            return False
        self.ids = new
        self._publisher.tell({"selections": new})
        return True

    def _known(self, name: Any) -> None:
        if not isinstance(name, str) or name not in self.ids:
            msg = f"there is no selection {shown(name)}: {near_names(name, self.ids)}"
            raise ValueError(msg)

    def _rows(self, name: Any, given: Any) -> NDArray[np.int64]:
        """Row positions of ids or of a mask, (n_selected,) int64."""
        what = f"selections[{shown(name[:_SHOWN_NAME_CHARS])}]"
        ids = _entries(given, what)
        kinds = set(map(type, ids)) & {bool, np.bool_}
        n_items = self._pair.n_samples
        if kinds:
            if len(set(map(type, ids))) > len(kinds) or len(ids) != n_items:
                msg = f"{what}: a mask has {n_items} values, each True or False, one an item"
                raise ValueError(msg)
            return selected_positions(np.array(ids, bool), n_items)
        try:
            rows = self._pair.rows_of_ids(ids)
        except TypeError:
            msg = f"{what}: {shown(ids)} are no ids: give a flat list of them, or a boolean mask"
            raise ValueError(msg) from None
        if None in rows:
            unknown = [item for item, row in zip(ids, rows, strict=True) if row is None]
            raise ValueError(self._unknown(what, unknown))
        return selected_positions(np.array(rows, np.int64), n_items)

    def _unknown(self, what: str, ids: list[Any]) -> str:
        """Say which ids no item has, and which there are."""
        more = f"; {len(ids) - 1:,} more are unknown" if len(ids) > 1 else ""
        try:
            self._pair.position_of(ids[0])
        except KeyError as error:
            return f"{what}: {error.args[0]}{more}"
        return f"{what}: {shown(ids[0])} is no item's id{more}"


def _entries(given: Any, what: str) -> list[Any]:
    """Python's own values out of whatever holds them in a row."""
    if given is None:
        return []
    holds_one = isinstance(given, (str, bytes, Mapping)) or hasattr(type(given), "columns")
    if holds_one or not isinstance(given, Iterable):
        msg = f"{what}={shown(given)}: give a list or an array of ids, or a boolean mask"
        raise ValueError(msg)
    listed_by = getattr(given, "tolist", None) or getattr(given, "to_list", None)
    entries = listed_by() if callable(listed_by) else list(given)
    return entries if isinstance(entries, list) else [entries]


def _name(name: Any) -> str:
    """A name that a page can show, as a plain text."""
    if not isinstance(name, str):
        msg = f"selections: {shown(name)} is no name: names are texts"
        raise ValueError(msg)  # noqa: TRY004 a name is refused as any other is
    if not name.strip() or len(name) > MAX_NAME_CHARS or readable(name) != name:
        msg = (
            f"selections: {shown(name)} is no name: give a text of 1 to {MAX_NAME_CHARS} characters"
            " that UTF-8 can hold"
        )
        raise ValueError(msg)
    return str(name)


def _few(positions: Positions) -> Positions:
    """The same, (n_selected,) int64 each; ValueError when there are too many."""
    if len(positions) > MAX_NAMES:
        msg = f"selections: at most {MAX_NAMES} have a name, not {len(positions)}: leave some out"
        raise ValueError(msg)
    return positions
