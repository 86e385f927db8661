"""Checks at the door: what comes in is an array of the right shape, type and content, or refused.

Inside the package nothing is checked again.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.tensors import from_tensor, is_tensor

_SHOWN_CHARS = 60
_INT64_MAX = 2**63 - 1


def shown(value: object) -> str:
    """Return a value as it stands in a message: quoted, on one line, and never long."""
    # The repr of a huge text or list is not made only to be cut.
    head = value[: 2 * _SHOWN_CHARS] if isinstance(value, (str, list, tuple)) else value
    text = " ".join(repr(head.item() if isinstance(head, np.generic) else head).splitlines())
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def listed(values: Iterable[object], most: int = 5) -> str:
    """Return the first few values as they stand in a message."""
    first = list(values)
    more = f" and {len(first) - most} more" if len(first) > most else ""
    return ", ".join(map(shown, first[:most])) + more


def near_names(name: object, names: Iterable[object]) -> str:
    """Say which names there are, those near to a wrong one first."""
    texts = [str(other) for other in names]
    near = get_close_matches(str(name), texts, n=3)
    rest = [other for other in texts if other not in near]
    return f"there are {listed([*near, *rest], 8)}" if texts else "there are none"


def as_ids(ids: Any, n_samples: int, what: str = "ids") -> NDArray[Any]:
    """Check the items' keys.

    Parameters
    ----------
    ids : array-like of shape (n_samples,)
        All str or all int, unique.
    n_samples : int
        How many there have to be.
    what : str
        How messages call them.

    Returns
    -------
    (n_samples,) int64, uint64 or object (of str)
    """
    array = _as_keys(ids, what)
    if array.ndim != 1 or len(array) != n_samples:
        msg = f"{what}: {n_samples} are needed, one for each row, got shape {array.shape}"
        raise ValueError(msg)
    duplicated = _duplicates(array)
    if len(duplicated):
        msg = (
            f"{what}: not unique: {listed(dict.fromkeys(array[duplicated].tolist()))} "
            f"(rows {listed(duplicated)}): drop the copies or give unique ids"
        )
        raise ValueError(msg)
    return array


def _as_keys(ids: Any, what: str) -> NDArray[Any]:
    """(n_samples,) int64, uint64 or object (of str), or what is not one-dimensional."""
    if isinstance(ids, (str, bytes, dict, set, frozenset)) or not isinstance(ids, Iterable):
        msg = (
            f"{what}: expected a list or array of str or int, got {type(ids).__name__} {shown(ids)}"
        )
        raise TypeError(msg)
    if is_tensor(ids):
        ids = from_tensor(ids, what)
    elif isinstance(ids, np.ma.MaskedArray):
        ids = ids.tolist()
    elif hasattr(ids, "to_pylist"):
        ids = ids.to_pylist()
    elif hasattr(ids, "to_numpy"):
        ids = ids.to_numpy()
    # From a list straight to objects: numpy would turn mixed entries into strings or floats.
    array = ids if isinstance(ids, np.ndarray) else np.fromiter(ids, object)
    if array.ndim != 1:
        return array
    if array.dtype.kind in "OUT":
        return _from_object_keys(array.astype(object), what)
    if array.dtype.kind in "iu":
        # One dtype for equal ids, so that spaces compare fast.
        return array.astype(np.uint64 if array.max(initial=0) > _INT64_MAX else np.int64)
    missing = np.flatnonzero(array != array)
    if len(missing):
        msg = f"{what}: row {missing[0]} is {array[missing[0]]}: every item needs an id"
        raise ValueError(msg)
    remedy = "for whole numbers ids.astype(int)" if array.dtype.kind == "f" else "convert them"
    msg = f"{what}: dtype {array.dtype}: ids are all str or all int: {remedy}"
    raise TypeError(msg)


def _from_object_keys(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Ids of an object array (n,): str as objects, or int64 or uint64."""
    keys = array.tolist()
    kinds = {_kind(given) for given in set(map(type, keys))}
    if kinds <= {str}:
        return np.fromiter(map(str, keys), object, len(keys))
    if kinds == {int}:
        low, high = int(min(keys)), int(max(keys))
        if low < -_INT64_MAX - 1 or high > (2**64 - 1 if low >= 0 else _INT64_MAX):
            msg = f"{what}: {shown(low)} to {shown(high)} do not fit 64 bits: give them as str"
            raise ValueError(msg)
        return np.array(keys, np.int64 if high <= _INT64_MAX else np.uint64)
    good = str if _kind(type(keys[0])) is str else int
    wrong = next(row for row, key in enumerate(keys) if _kind(type(key)) is not good)
    msg = (
        f"{what}: row {wrong} is {shown(keys[wrong])} ({type(keys[wrong]).__name__}): "
        "ids are all str or all int"
    )
    raise TypeError(msg)


def _kind(given: type) -> type | None:
    """Return str or int for what may be an id, else None."""
    if issubclass(given, str):
        return str
    return int if issubclass(given, (int, np.integer)) and given is not bool else None


def _duplicates(keys: NDArray[Any]) -> NDArray[np.intp]:
    """Positions (m,) intp, ascending, of keys (n,) that stand there a second time or more."""
    if keys.dtype == object:
        if len(set(keys.tolist())) == len(keys):
            return np.empty(0, np.intp)
        first = {key: len(keys) - row for row, key in enumerate(reversed(keys.tolist()), 1)}
        return np.array([row for row, key in enumerate(keys) if first[key] != row], np.intp)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    return np.sort(order[1:][ordered[1:] == ordered[:-1]])


def whole(value: Any, name: str, least: int, most: int | None = None, *, why: str = "") -> int:
    """Check a whole number.

    Parameters
    ----------
    value : int
        Any integer of Python or numpy; no bool.
    name : str
        Argument that messages name.
    least, most : int
        The smallest and the largest that is allowed; None = no bound above.
    why : str
        What sets the bounds, for the end of a message.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        When it is none, or lies outside of the bounds.
    """
    fits = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if fits and least <= value and (most is None or value <= most):
        return int(value)
    bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
    msg = f"{name}={shown(value)}: give a whole number {bounds}{why and f', {why}'}"
    raise ValueError(msg)


def check_n_neighbors(n_neighbors: int, n_samples: int) -> int:
    """Return the number of neighbours; ValueError unless 1 <= n_neighbors < n_samples."""
    if isinstance(n_neighbors, bool) or not isinstance(n_neighbors, (int, np.integer)):
        msg = f"n_neighbors={shown(n_neighbors)}: give a whole number"
        raise TypeError(msg)
    if n_samples < 2:
        msg = f"{n_samples} item has no neighbours: at least 2 items are needed"
        raise ValueError(msg)
    if not 1 <= n_neighbors < n_samples:
        msg = (
            f"n_neighbors={n_neighbors}: with {n_samples} items give 1 to {n_samples - 1}, "
            "for an item is not its own neighbour"
        )
        raise ValueError(msg)
    return int(n_neighbors)
