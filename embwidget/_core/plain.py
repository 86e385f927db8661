"""Values of numpy and of any object as Python's own, and what stands for none as None."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed, shown
from embwidget._core.gaps import MISSING_TYPES
from embwidget._core.tensors import from_tensor, is_tensor

# By far quicker than what numpy has for all of them.
_AS_PYTHON: dict[type, Callable[[Any], Any]] = {
    np.bool_: bool,
    np.str_: str,
    np.bytes_: bytes,
    np.integer: int,
    np.float16: float,
    np.float32: float,
    np.float64: float,
    np.complex64: complex,
    np.complex128: complex,
}
_FINER_THAN_PYTHON = {"ns", "ps", "fs", "as"}


def read_array(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Read an array of one value for each item.

    Parameters
    ----------
    array : (n_items,) or (n_items, 1) of any dtype
        Masked entries are missing.
    what : str
        How messages call it.

    Returns
    -------
    (n_items,) int, uint, bool or float64 where none is missing, datetime64 or timedelta64 (NaT =
    missing), else object: Python's values, None = missing
    """
    data = np.asarray(np.ma.getdata(array))
    gaps: NDArray[np.bool_] = np.asarray(np.ma.getmaskarray(array))
    if data.dtype.names is not None:
        fields = listed(data.dtype.names, 3)
        msg = f"{what}: a structured array with the fields {fields}: give one of them"
        raise ValueError(msg)
    if data.ndim == 0:
        msg = f"{what}: expected one value for each item, got a single one: {shown(data.item())}"
        raise TypeError(msg)
    if data.ndim > 1:
        if data.shape != (len(data), 1):
            msg = (
                f"{what}: expected shape (n_items,), got {data.shape}: give one value for each "
                "item, and a list of sets where labels are several"
            )
            raise ValueError(msg)
        data, gaps = data.reshape(-1), gaps.reshape(-1)
    if data.dtype.kind == "V":
        data = _of_small_numbers(data, what)
    elif not data.dtype.isnative:
        data = data.astype(data.dtype.newbyteorder("="))
    match data.dtype.kind:
        case "M" | "m":
            if gaps.any():
                data = np.where(gaps, np.array("NaT", data.dtype), data)
            return data
        case "f" if data.itemsize <= 8:
            data, gaps = data.astype(np.float64, copy=False), gaps | np.isnan(data)
        case "f" | "c":
            data, gaps = data.astype(object), gaps | np.isnan(data)
        case "U" | "S":
            data = data.astype(object)
        case "O" | "T":
            data = read_objects(data.astype(object))
    if gaps.any():
        data = data.astype(object)
        data[gaps] = None
    return data


def _of_small_numbers(data: NDArray[Any], what: str) -> NDArray[Any]:
    """Numbers of types that numpy does not know, (n,), such as bfloat16, in 64 bits."""
    if "float" in data.dtype.name:
        return data.astype(np.float64)
    if "int" in data.dtype.name:
        return data.astype(np.int64)
    msg = f"{what}: dtype {data.dtype} is neither numbers nor text: convert it"
    raise TypeError(msg)


def read_objects(objects: NDArray[Any]) -> NDArray[Any]:
    """Values of objects (n,) as Python's own, (n,) object with None = missing; arrays stay such."""
    entries = objects.tolist()
    foreign = _readers(entries, _foreign_reader)
    if foreign:
        entries = _read_by_type(entries, foreign)
    own = _readers(entries, _own_reader)
    if own:
        entries = _read_by_type(entries, own)
    return np.fromiter(entries, object, len(entries))


_Reader = Callable[[Any], Any]


def _readers(
    entries: list[Any], reader_of: Callable[[type], _Reader | None]
) -> dict[type, _Reader]:
    found = ((kind, reader_of(kind)) for kind in set(map(type, entries)))
    return {kind: reader for kind, reader in found if reader is not None}


def _read_by_type(entries: list[Any], readers: dict[type, _Reader]) -> list[Any]:
    return [reader(entry) if (reader := readers.get(type(entry))) else entry for entry in entries]


def _foreign_reader(kind: type) -> _Reader | None:
    """How a value of another library becomes Python's or numpy's; None = it is one already."""
    if kind.__name__ == "MaskedConstant":
        return _nothing
    if is_tensor(kind):
        return lambda tensor: _without_axes(from_tensor(tensor, "an entry"))
    if kind.__module__.partition(".")[0] == "pyarrow" and hasattr(kind, "as_py"):
        return lambda scalar: scalar.as_py()
    if hasattr(kind, "__array__") and hasattr(kind, "shape") and not issubclass(kind, np.generic):
        return lambda array: _without_axes(np.asanyarray(array))
    return None


def _without_axes(array: NDArray[Any]) -> Any:
    """The value in an array () of no dimensions; (n, ...) stays as it is."""
    return array if array.ndim else array[()]


def _own_reader(kind: type) -> _Reader | None:
    """How a value of Python or numpy becomes Python's, or None where it is missing."""
    if kind.__name__ in MISSING_TYPES:
        return _nothing
    if issubclass(kind, (np.datetime64, np.timedelta64)):
        return lambda moment: as_objects(np.array([moment]))[0]
    if issubclass(kind, Decimal):
        return lambda number: None if number.is_nan() else number
    as_python = next((own for scalar, own in _AS_PYTHON.items() if issubclass(kind, scalar)), None)
    if not issubclass(kind, (np.inexact, float, complex)):
        return as_python
    if as_python is None:
        return lambda number: number if number == number else None
    return lambda number: as_python(number) if number == number else None


def _nothing(_missing: Any) -> None:
    return None


def as_objects(held: NDArray[Any]) -> NDArray[Any]:
    """Python's values, (n,) object with None = missing, of what `read_array` returned, (n,).

    A moment is a date, a datetime, pandas' Timestamp where it is finer than microseconds, or a
    text where Python has no such year.
    """
    if held.dtype.kind not in "Mm":
        return held.astype(object)
    unit = np.datetime_data(held.dtype)[0]
    if unit in _FINER_THAN_PYTHON:
        coarse = held.astype(f"{held.dtype.kind}8[us]")
        if not ((coarse.astype(held.dtype) == held) | np.isnat(held)).all():
            return _of_fine_moments(held, unit)
        held = coarse
    objects: NDArray[Any] = held.astype(object)
    if int in set(map(type, objects.tolist())):
        beyond = np.array([isinstance(entry, int) for entry in objects])
        objects[beyond] = held[beyond].astype(str)
    return objects


def _of_fine_moments(held: NDArray[Any], unit: str) -> NDArray[Any]:
    """Moments (n,) of parts of a microsecond, (n,) object."""
    if unit != "ns":
        texts = held.astype(str).astype(object)
        texts[np.isnat(held)] = None
        return texts
    import pandas as pd

    return read_objects(pd.Series(held).astype(object).to_numpy())
