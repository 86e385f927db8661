"""Trait types of `EmbeddingCompare`: what a person may change is checked by the session."""

from dataclasses import fields
from typing import Any, TypeGuard, cast

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import TraitError

from embwidget.session.choices import CHOSEN, selected_positions
from embwidget.session.named import NamedIds
from embwidget.session.wire.state import State


class SelectedRows(np.ndarray[Any, Any]):
    """Row positions, (n_selected,) int64, that are equal to those of another widget, or are not.

    `traitlets.link` asks for one answer, where two arrays have one for each of their values. What
    is made of them, a slice for one, is compared value by value.

    Attributes
    ----------
    ids : (n_items,) int or str, or None
        Whose rows they are; None for what was made of them.
    """

    ids: NDArray[Any] | None = None

    @classmethod
    def of(cls, positions: NDArray[np.int64], ids: NDArray[Any] | None) -> "SelectedRows":
        """Row positions, (n_selected,) int64, among items of these ids, (n_items,) int or str."""
        rows = positions.view(cls)
        rows.ids = ids
        return rows

    def are_among(self, ids: NDArray[Any] | None) -> bool:
        """Whether ids, (n_items,) int or str, have the same items in the same rows."""
        return self.ids is None or self.ids is ids or np.array_equal(self.ids, ids)  # type: ignore[arg-type]

    def __eq__(self, other: object) -> Any:
        return np.array_equal(self, other) if self._is_like(other) else super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        return not np.array_equal(self, other) if self._is_like(other) else super().__ne__(other)

    __hash__ = None

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def _is_like(self, other: object) -> TypeGuard["SelectedRows"]:
        whole = isinstance(other, SelectedRows) and other.ids is not None
        return whole and self.ids is not None


class Selection(traitlets.TraitType[NDArray[np.int64], Any]):
    """Selected items as row positions, (n_selected,) int64, sorted, unique and read-only.

    Takes positions in any order, a boolean mask of length ``n_items``, or None for nothing.
    Not synced: it travels as the text ``selected``.
    """

    info_text = "row positions or a boolean mask"

    def make_dynamic_default(self) -> NDArray[np.int64]:
        """Nothing selected, (0,) int64."""
        return selected_positions(None, 0)

    def validate(self, obj: Any, value: Any) -> NDArray[np.int64]:
        """Sorted unique positions, (n_selected,) int64, or a TraitError."""
        ids = obj.session.choices.ids if "session" in vars(obj) else None
        is_of_others = isinstance(value, SelectedRows) and not value.are_among(ids)
        if is_of_others and len(value):
            msg = (
                "selection: these are rows of another widget, whose items are others or in another "
                "order: to select them by number all the same, give np.array(rows)"
            )
            raise TraitError(msg)
        try:
            return SelectedRows.of(selected_positions(value, obj.n_items), ids)
        except ValueError as error:
            raise TraitError(str(error)) from None

    def set(self, obj: Any, value: Any) -> None:
        """Set without notice when nothing changes; arrays have no single truth value."""
        new = self._validate(obj, value)
        old = self.get(obj)
        if old is not None and new is not None and np.array_equal(old, new):
            return
        obj._trait_values[self.name] = new
        obj._notify_trait(self.name, old, new)


class Selections(traitlets.TraitType[NamedIds, Any]):
    """Selections stored by a name, name -> ids; not synced, they travel by message.

    Takes a dict of names and ids, or boolean masks of length ``n_items``; None for nothing.
    """

    info_text = "a dict of names and ids"

    def make_dynamic_default(self) -> NamedIds:
        """No selection has a name."""
        return NamedIds(np.empty(0, object), {})

    def validate(self, obj: Any, value: Any) -> NamedIds:
        """Checked selections, or a TraitError."""
        try:
            return cast("NamedIds", obj.session.named.checked(value))
        except ValueError as error:
            raise TraitError(str(error)) from None

    def set(self, obj: Any, value: Any) -> None:
        """Set without notice when nothing changes, the order of the names neither."""
        new, old = self._validate(obj, value), self.get(obj)
        if new is None or old is None or list(old.items()) == list(new.items()):
            return
        obj._trait_values[self.name] = new
        obj._notify_trait(self.name, old, new)


class OfState(traitlets.TraitType[Any, Any]):
    """A field of the `State`: at first what it is there, whoever asks, and however early.

    Some hosts read all traits before the comm is opened, which they do themselves.
    """

    def default(self, obj: Any = None) -> Any:
        """Return what the session has."""
        if obj is None or "session" not in vars(obj):
            return None
        return getattr(obj.session.state, str(self.name))


class Focus(OfState):
    """Id of the item whose neighbours are asked for, or None; a row position on the wire."""

    info_text = "the id of an item, or None"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        self.tag(sync=True, echo_update=False, to_json=_focus_to_json, from_json=_focus_from_json)

    def default(self, obj: Any = None) -> Any:
        row = super().default(obj)
        return None if row is None else obj.session.id_at(row)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the id as Python value; a TraitError names near ids when there is no such item."""
        if value is None:
            return None
        try:
            return obj.session.id_at(obj.session.position_of(value))
        except (KeyError, ValueError, TypeError) as error:
            raise TraitError(str(error.args[0])) from None


def _focus_to_json(value: Any, obj: Any) -> int | None:
    return None if value is None else obj.session.position_of(value)


def _focus_from_json(value: Any, obj: Any) -> Any:
    position = _checked(obj, "focus", value)
    return None if position is None else obj.session.id_at(position)


class ColorBy(OfState):
    """Name of the column that colours the points; on the wire, what the screen calls it."""

    info_text = "the name of a column"

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, echo_update=False, to_json=_column_to_json, from_json=_column_from_json)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the name as the metadata has it; a TraitError names near ones."""
        return _column_from_json(value, obj)


def _column_to_json(value: Any, obj: Any) -> Any:
    return _checked(obj, "color_by", value)


def _column_from_json(value: Any, obj: Any) -> Any:
    return obj.session.column_of(_checked(obj, "color_by", value))


class TwoSpaces(OfState):
    """Names of the two spaces that are compared; on the wire, their positions among all."""

    info_text = "the names of two spaces"

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, echo_update=False, to_json=_two_to_json, from_json=_two_from_json)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return two names, of names or positions; a TraitError says what is allowed."""
        return _two_from_json(value, obj)


def _two_to_json(value: Any, obj: Any) -> Any:
    return _checked(obj, "pair", value)


def _two_from_json(value: Any, obj: Any) -> tuple[str, str]:
    names = obj.session.choices.names
    a, b = _checked(obj, "pair", value)
    return names[a], names[b]


class Choice(OfState):
    """A field of the `State` that a person may change; the session says what is allowed."""

    info_text = "what the session allows"

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, echo_update=False)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value in its plain type, or a TraitError."""
        return _checked(obj, str(self.name), value)


def traits_of(state: type[State]) -> dict[str, traitlets.TraitType[Any, Any]]:
    """A synced trait for each field of the state: a `Choice`, or one that can be read only."""
    return {
        field.name: Choice()
        if field.name in CHOSEN
        else OfState(read_only=True, allow_none=True).tag(sync=True)
        for field in fields(state)
    }


def _checked(obj: Any, name: str, value: Any) -> Any:
    """What the session makes of a value, or a TraitError."""
    try:
        return obj.session.choices.checked(name, value)
    except ValueError as error:
        raise TraitError(str(error)) from None
