"""Trait types of `EmbeddingCompare`: each checks at the door and says what is allowed."""

import difflib
import operator
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import TraitError

from embwidget.session.answers.measured_columns import COINCIDENCE


class Selection(traitlets.TraitType[NDArray[np.int64], Any]):
    """Selected items as row positions, (n_selected,) int64, sorted, unique and read-only.

    Takes positions in any order, a boolean mask of length ``n_items``, or None for nothing.
    Not synced: it travels by message, see `EmbeddingCompare`.
    """

    info_text = "row positions or a boolean mask"

    def make_dynamic_default(self) -> NDArray[np.int64]:
        """Nothing selected."""
        return _frozen(np.empty(0, dtype=np.int64))

    def validate(self, obj: Any, value: Any) -> NDArray[np.int64]:
        """Sorted unique positions, or a TraitError."""
        return _frozen(as_positions(value, obj.n_items))

    def set(self, obj: Any, value: Any) -> None:
        """Set without notice when nothing changes; arrays have no single truth value."""
        new = self._validate(obj, value)
        old = self.get(obj)
        if old is not None and new is not None and np.array_equal(old, new):
            return
        obj._trait_values[self.name] = new
        obj._notify_trait(self.name, old, new)


def as_positions(value: Any, n_items: int) -> NDArray[np.int64]:
    """Row positions of a selection: (n_selected,) int64, sorted and unique."""
    array = np.asarray([] if value is None else value)
    if array.ndim != 1:
        msg = f"selection must be 1-D, not of shape {array.shape}: positions or a boolean mask"
        raise TraitError(msg)
    if array.dtype == bool:
        if len(array) != n_items:
            msg = f"selection: a boolean mask has {n_items} values, one an item, not {len(array)}"
            raise TraitError(msg)
        return np.flatnonzero(array).astype(np.int64)
    if len(array) == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind not in "iu":
        msg = (
            f"selection must be row positions (0..{n_items - 1}) or a boolean mask, not "
            f"{array.dtype}: turn ids into positions with w.comparison.position_of(id)"
        )
        raise TraitError(msg)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= n_items:
        msg = f"selection: positions go from 0 to {n_items - 1}, found {low if low < 0 else high}"
        raise TraitError(msg)
    return np.unique(array).astype(np.int64)


def _frozen(array: NDArray[np.int64]) -> NDArray[np.int64]:
    # A change in place would never reach the screen.
    array.flags.writeable = False
    return array


class Focus(traitlets.TraitType[Any, Any]):
    """Id of the item whose neighbours are asked for, or None; a row position on the wire."""

    info_text = "the id of an item, or None"
    default_value = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_value=None, allow_none=True, **kwargs)
        self.tag(sync=True, echo_update=False, to_json=_focus_to_json, from_json=_focus_from_json)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the id as Python value; a TraitError names near ids when there is no such item."""
        if value is None:
            return None
        try:
            return obj._id_at(obj._position_of(value))
        except (KeyError, ValueError, TypeError) as error:
            raise TraitError(str(error.args[0])) from None


def _focus_to_json(value: Any, obj: Any) -> int | None:
    return None if value is None else obj._position_of(value)


def _focus_from_json(value: Any, obj: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, int) or not 0 <= value < obj.n_items:
        msg = f"focus: positions go from 0 to {obj.n_items - 1}, not {value!r}"
        raise TraitError(msg)
    return obj._id_at(value)


class NeighborCount(traitlets.TraitType[int, Any]):
    """Number of neighbours compared, 1..k_max."""

    info_text = "a number of neighbours"
    default_value = 10

    def validate(self, obj: Any, value: Any) -> int:
        """Plain int in 1..k_max, or a TraitError."""
        try:
            k = operator.index(value)
        except TypeError:
            k = 0
        if isinstance(value, bool) or not 1 <= k <= obj.k_max:
            msg = f"k must be an integer in 1..{obj.k_max}, not {value!r}: k_max sets the limit"
            raise TraitError(msg)
        return k


class ColorBy(traitlets.TraitType[str, Any]):
    """Name of what is measured or of a metadata column that can colour points.

    What is measured may be named before it is known.
    """

    info_text = "the name of a column"
    default_value = COINCIDENCE

    def validate(self, obj: Any, value: Any) -> str:
        """Name of a column, or a TraitError with what is near."""
        names = [column["name"] for column in obj.columns]
        if isinstance(value, str) and (value in names or obj._will_color(value)):
            return value
        reason = obj._why_not_color(value) if isinstance(value, str) else None
        if reason:
            msg = f"color_by={value!r} is not possible: {reason}"
            raise TraitError(msg)
        near = difflib.get_close_matches(str(value), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        msg = f"color_by={value!r} is no column: {hint}"
        raise TraitError(msg)
