"""What a person chooses, checked: selected items, focus, neighbours compared, colours, height."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown, whole
from embwidget._core.near import close_to
from embwidget.session.answers.measured_columns import MEASURED, why_not_measured
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.shown import LEAST_HEIGHT, MOST_HEIGHT
from embwidget.session.wire.encode import rows_in_text, selection_text

if TYPE_CHECKING:
    from collections.abc import Callable


CHOSEN = ("k", "color_by", "focus", "height", "pair", "selected")
"""Fields of the `State` that a person changes."""

_MOST_DIGITS = 20
"""Of a 64-bit number."""


class Choices:
    """What is allowed in each field that a person changes; a page sets ``error``, to clear it.

    Parameters
    ----------
    columns : MetadataColumns
    label : str
        Metadata column with the classes; "" = none.
    ids : (n_items,) int or str
    k_max : int
    names : tuple of str
        Of all spaces, of which two are compared.
    may_turn : bool
        Whether others may be compared than the first two.
    """

    def __init__(
        self,
        columns: MetadataColumns,
        *,
        label: str,
        ids: NDArray[Any],
        k_max: int,
        names: tuple[str, ...],
        may_turn: bool,
    ) -> None:
        self._columns = columns
        self._label = label
        self.ids = ids
        self._k_max = k_max
        self.names = names
        self._may_turn = may_turn
        self._checks: dict[str, Callable[[Any], Any]] = {
            "k": self._k,
            "color_by": self._color_by,
            "focus": self._focus,
            "height": lambda value: whole(value, "height", LEAST_HEIGHT, MOST_HEIGHT),
            "pair": self._pair,
            "error": str,
            "selected": self._selected,
        }

    def checked(self, name: str, value: Any) -> Any:
        """Return a value for a field, in its plain type.

        Raises
        ------
        ValueError
            When it is not allowed, or the field may not be changed.
        """
        if name not in self._checks:
            msg = f"{name} cannot be changed: {', '.join(self._checks)} can"
            raise ValueError(msg)
        return self._checks[name](value)

    def _k(self, value: Any) -> int:
        return whole(value, "k", 1, self._k_max, why="for k_max sets the limit")

    def _color_by(self, value: Any) -> str:
        return color_column(value, self._columns, label=self._label)

    def _selected(self, value: Any) -> str:
        return selection_text(rows_in_text(value, len(self.ids)), len(self.ids))

    def _focus(self, value: Any) -> int | None:
        if value is None:
            return None
        return whole(value, "focus", 0, len(self.ids) - 1, why="the row of an item")

    def _pair(self, value: Any) -> list[int]:
        """Positions of two spaces, each by its name or position."""
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            msg = f"pair={shown(value)}: give two spaces, such as {shown(self.names[:2])}"
            raise ValueError(msg)
        two = [self._space(each) for each in value]
        if not self._may_turn and two != [0, 1]:
            msg = (
                f"pair={shown(value)}: there are two spaces alone, {shown(self.names)}: give three "
                "or more, EmbeddingCompare({name: space, ...}), to choose among them"
            )
            raise ValueError(msg)
        return two

    def _space(self, value: Any) -> int:
        if isinstance(value, str):
            if value in self.names:
                return self.names.index(value)
            msg = f"pair: no space is called {shown(value)}: {near_names(value, self.names)}"
            raise ValueError(msg)
        return whole(value, "pair", 0, len(self.names) - 1, why="the position of a space")


def as_id(item: Any, ids: NDArray[Any]) -> Any:
    """What an item is called by, in the kind of all ids, (n_items,) int or str.

    A screen shows the number 42 and the text "42" alike. What is no id stays as it is.
    """
    if ids.dtype == object:
        is_number = isinstance(item, (int, np.integer)) and not isinstance(item, bool)
        return str(item) if is_number else item
    is_short = isinstance(item, str) and len(item) <= _MOST_DIGITS
    if is_short and item.removeprefix("-").isdecimal() and str(int(item)) == item:
        return int(item)
    return item


def selected_positions(value: Any, n_items: int) -> NDArray[np.int64]:
    """Row positions of a selection.

    Parameters
    ----------
    value : array-like or None
        Positions in any order, (n_selected,) int, or a mask, (n_items,) bool; None = nothing.
    n_items : int

    Returns
    -------
    (n_selected,) int64
        Sorted, unique and read-only: a change in place would never reach a screen.

    Raises
    ------
    ValueError
        When it is neither, or a position is not that of an item.
    """
    array = np.asarray([] if value is None else value)
    if array.ndim != 1:
        msg = f"selection must be 1-D, not of shape {array.shape}: positions or a boolean mask"
        raise ValueError(msg)
    if array.dtype == bool:
        if len(array) != n_items:
            msg = f"selection: a boolean mask has {n_items} values, one an item, not {len(array)}"
            raise ValueError(msg)
        array = np.flatnonzero(array)
    elif len(array) and array.dtype.kind not in "iu":
        msg = (
            f"selection must be row positions (0..{n_items - 1}) or a boolean mask, not "
            f"{array.dtype}: turn ids into positions with w.comparison.position_of(id)"
        )
        raise ValueError(msg)
    elif len(array):
        low, high = int(array.min()), int(array.max())
        if low < 0 or high >= n_items:
            found = low if low < 0 else high
            msg = f"selection: positions go from 0 to {n_items - 1}, found {found}"
            raise ValueError(msg)
    positions = np.unique(array).astype(np.int64)
    positions.flags.writeable = False
    return positions


def color_column(name: Any, columns: MetadataColumns, *, label: str) -> str:
    """Name of what is measured, now or later, or of a metadata column that can colour points.

    Raises
    ------
    ValueError
        When there is no such column, or it cannot colour points; it says which one is near, or why.
    """
    measured = [known for known in MEASURED if why_not_measured(known, label=label) is None]
    known = [*measured, *columns.kinds]
    name = columns.on_screen(name)
    if isinstance(name, str):
        if name in known:
            return name
        reason = why_not_measured(name, label=label) or columns.why_not(name)
        if reason:
            msg = f"color_by={shown(name)} is not possible: {reason}"
            raise ValueError(msg)
    near = close_to(name, known, most=1) if isinstance(name, str) else []
    hint = f"did you mean {shown(near[0])}?" if near else near_names("", known)
    msg = f"color_by={shown(name)} is no column: {hint}"
    raise ValueError(msg)
