"""The items' keys, checked at the door."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed, shown
from embwidget._core.values import Values, read_values

_INT64_MAX = 2**63 - 1


def as_ids(ids: Any, n_samples: int, what: str = "ids") -> NDArray[Any]:
    """Check the items' keys.

    Parameters
    ----------
    ids : array-like of shape (n_samples,)
        All str or all int, unique; of any kind that `read_values` reads.
    n_samples : int
        How many there have to be.
    what : str
        How messages call them.

    Returns
    -------
    (n_samples,) int64, uint64 or object (of str)
    """
    values = read_values(ids, what)
    if len(values) != n_samples:
        msg = f"{what}: {n_samples} are needed, one for each row, got {len(values)}"
        raise ValueError(msg)
    array = _keys_of(values, what)
    duplicated = _duplicates(array)
    if len(duplicated):
        msg = (
            f"{what}: not unique: {listed(dict.fromkeys(array[duplicated].tolist()))} "
            f"(rows {listed(duplicated)}): drop the copies or give unique ids"
        )
        raise ValueError(msg)
    return array


def _keys_of(values: Values, what: str) -> NDArray[Any]:
    """(n_samples,) int64, uint64 or object (of str)."""
    held = values.held
    if held.dtype == object:
        return _keys_of_objects(values, what)
    if held.dtype.kind in "iu":
        # One dtype for equal ids, so that spaces compare fast.
        return held.astype(np.uint64 if held.max(initial=0) > _INT64_MAX else np.int64)
    if held.dtype.kind in "Mm" and np.isnat(held).any():
        raise _missing(int(np.argmax(np.isnat(held))), what)
    remedy = "for whole numbers ids.astype(int)" if held.dtype.kind == "f" else "convert them"
    msg = f"{what}: dtype {held.dtype}: ids are all str or all int: {remedy}"
    raise TypeError(msg)


def _keys_of_objects(values: Values, what: str) -> NDArray[Any]:
    """Ids of objects: str as objects, (n,) object, or int64 or uint64."""
    keys = values.held.tolist()
    kinds = {_kind(given) for given in values.kinds}
    if kinds <= {str}:
        # What inherits from str has a text of its own for people.
        return np.fromiter(map(str.__str__, keys), object, len(keys))
    if kinds == {int}:
        low, high = int(min(keys)), int(max(keys))
        if low < -_INT64_MAX - 1 or high > (2**64 - 1 if low >= 0 else _INT64_MAX):
            msg = f"{what}: {shown(low)} to {shown(high)} do not fit 64 bits: give them as str"
            raise ValueError(msg)
        return np.array(keys, np.int64 if high <= _INT64_MAX else np.uint64)
    if type(None) in values.kinds:
        raise _missing(keys.index(None), what)
    good = str if _kind(type(keys[0])) is str else int
    wrong = next(row for row, key in enumerate(keys) if _kind(type(key)) is not good)
    msg = (
        f"{what}: row {wrong} is {shown(keys[wrong])} ({type(keys[wrong]).__name__}): "
        "ids are all str or all int"
    )
    raise TypeError(msg)


def _missing(row: int, what: str) -> ValueError:
    return ValueError(f"{what}: row {row} is missing: every item needs an id")


def _kind(given: type) -> type | None:
    """Return str or int for what may be an id, else None."""
    if issubclass(given, str):
        return str
    return int if issubclass(given, int) and given is not bool else None


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
