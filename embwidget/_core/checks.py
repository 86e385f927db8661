"""Checks at the door: what comes in is an array of the right shape, type and content, or refused.

Inside the package nothing is checked again.
"""

import sys
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.copies import n_made_equal

# Numbers looked at at once, so that a memmap is never read whole.
_BLOCK_ENTRIES = 2**24
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


def as_vectors(x: Any, what: str = "vectors") -> NDArray[np.float32]:
    """Check vectors and bring them to float32.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims)
        Numbers of any type; a tensor of torch is detached and brought to the CPU. A C-contiguous
        float32 array or memmap is returned as it is.
    what : str
        How messages call it.

    Returns
    -------
    (n_samples, n_dims) float32, C-contiguous, finite

    Raises
    ------
    ValueError, TypeError
        When it is not two-dimensional, empty, not of numbers, or holds NaN or infinity.
    """
    array = _as_numbers(x, what)
    if array.size == 0:
        msg = f"{what}: shape {array.shape} holds nothing: at least 1 row and 1 column are needed"
        raise ValueError(msg)
    if array.ndim != 2:
        remedy = "reshape it to (n_samples, n_dims)" if array.ndim == 1 else "flatten each item"
        msg = f"{what}: expected shape (n_samples, n_dims), got {array.shape}: {remedy}"
        raise ValueError(msg)
    if array.dtype.kind == "f":
        _check_finite(array, what)
    with np.errstate(over="ignore"):
        converted = np.require(array, np.float32, ["C", "A"])
    if array.dtype.itemsize > converted.itemsize:
        _check_finite(converted, what, "is beyond float32 (3.4e38): scale the vectors down")
        if n_equal := n_made_equal(array, converted):
            msg = (
                f"{what}: {n_equal} rows that differ are equal in float32, which has 7 digits: "
                "subtract the mean of all rows before, in float64"
            )
            warnings.warn(msg, stacklevel=_frames_inside())
    return converted


def _frames_inside() -> int:
    """Frames from the caller of this up to one outside of the package, for a warning to name."""
    package = __name__.partition(".")[0]
    frame, depth = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, depth = frame.f_back, depth + 1
    return depth


def _as_numbers(x: Any, what: str) -> NDArray[Any]:
    """Array of any shape, (...,), whose dtype is float, int or bool."""
    if isinstance(x, np.ma.MaskedArray):
        x = np.ma.filled(x.astype(np.float64), np.nan)
    if isinstance(x, (list, tuple)) and x and _is_tensor(x[0]):
        x = [_from_tensor(row, what) for row in x]
    if _is_tensor(x):
        x = _from_tensor(x, what)
    if hasattr(x, "nnz"):
        msg = f"{what}: a sparse matrix of shape {x.shape}: use .toarray(), or TruncatedSVD before"
        raise TypeError(msg)
    try:
        array: NDArray[Any] = x if isinstance(x, np.memmap) else np.asarray(x)
    except ValueError:
        # Rows of different lengths, which are named below.
        array = np.fromiter(x, object)
    if array.ndim == 0:
        msg = f"{what}: expected an array of shape (n_samples, n_dims), got {type(x).__name__}"
        raise TypeError(msg)
    if array.dtype == object:
        array = _from_objects(array, what)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind not in "fiub":
        msg = f"{what}: dtype {array.dtype} is not a number: give float or int vectors"
        raise TypeError(msg)
    return array


def _is_tensor(x: Any) -> bool:
    return hasattr(x, "detach") and hasattr(x, "cpu")


def _from_tensor(tensor: Any, what: str) -> NDArray[Any]:
    """Array (..., n) of a torch tensor on any device, of its shape."""
    if str(tensor.layout) != "torch.strided":
        msg = f"{what}: a sparse tensor of shape {tuple(tensor.shape)}: use .to_dense()"
        raise TypeError(msg)
    tensor = tensor.detach().cpu()
    # numpy has no bfloat16; float32 holds every value of it.
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    array: NDArray[Any] = tensor.numpy()
    return array


def _from_objects(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Stack an object array (n_samples,) whose entries are vectors or numbers."""
    # Numbers as text are refused later: numpy would read them without a word.
    try:
        rows = [np.asarray(row) for row in array]
    except ValueError as error:
        msg = f"{what}: entries nested at different depths: give shape (n_samples, n_dims)"
        raise ValueError(msg) from error
    other = next((at for at, row in enumerate(rows) if row.shape != rows[0].shape), None)
    if other is not None:
        msg = (
            f"{what}: row 0 has shape {rows[0].shape} and row {other} {rows[other].shape}: "
            "every item needs the same number of dimensions"
        )
        raise ValueError(msg)
    if not rows:
        return array.astype(np.float64)
    stacked = np.stack(rows)
    if stacked.dtype != object:
        return stacked
    wrong = next((entry for entry in stacked.flat if not _is_real(entry)), None)
    if wrong is not None:
        msg = f"{what}: dtype object, and {shown(wrong)} is not a number: give float or int vectors"
        raise TypeError(msg)
    try:
        return stacked.astype(np.float64)
    except OverflowError as error:
        msg = f"{what}: an integer is beyond float32 (3.4e38): scale the vectors down"
        raise ValueError(msg) from error


def _is_real(entry: Any) -> bool:
    """Whether float() takes it and it is no text; None becomes NaN, which is refused by name."""
    return entry is None or (hasattr(entry, "__float__") and not isinstance(entry, (str, bytes)))


def _check_finite(array: NDArray[Any], what: str, fault: str = "") -> None:
    """Refuse NaN and infinity in (n_samples, n_dims), read block by block."""
    step = max(1, _BLOCK_ENTRIES // array.shape[1])
    for start in range(0, len(array), step):
        block = array[start : start + step]
        # The sum is NaN or infinite if an entry is, and needs no array of flags.
        with np.errstate(all="ignore"):
            if np.isfinite(block.sum(dtype=np.float64)):
                continue
        bad = np.argwhere(~np.isfinite(block))
        if len(bad) == 0:
            continue
        row, column = (int(at) for at in bad[0])
        fault = fault or f"is {block[row, column]}: drop or fill such rows"
        msg = f"{what}: row {start + row}, column {column} {fault}"
        raise ValueError(msg)


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
    if _is_tensor(ids):
        ids = _from_tensor(ids, what)
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
