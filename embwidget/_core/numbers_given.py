"""Whatever is given for vectors, as an array of numbers of any shape; or it is refused."""

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.gaps import is_gap
from embwidget._core.parsing import reason_of
from embwidget._core.tensors import float32_size, from_tensor, is_tensor, memory_bytes
from embwidget._core.vector_texts import is_vector_text, numbers_of_text

_MOST_REPEATED_BYTES = 1_000_000_000
_FLOATS = {float, np.float16, np.float32, np.float64}


def as_numbers(x: Any, what: str) -> NDArray[Any]:
    """Array of any shape, (...,), whose dtype is float, int or bool."""
    if isinstance(x, np.ma.MaskedArray) and x.dtype.kind in "fiubO":
        x = np.ma.filled(x.astype(object if x.dtype == object else np.float64), np.nan)
    if isinstance(x, (list, tuple)) and is_tensor(next((row for row in x if row is not None), 0)):
        x = [from_tensor(row, what) if is_tensor(row) else row for row in x]
    if is_tensor(x):
        x = from_tensor(x, what)
    if hasattr(x, "nnz"):
        msg = sparse_text(x, what)
        raise TypeError(msg)
    array = _as_array(x, what)
    if array.ndim == 0:
        remedy = ": as_space reads {id: vector}" if isinstance(x, dict) else ""
        msg = f"{what}: expected an array of shape (n_samples, n_dims), got {type(x).__name__}"
        raise TypeError(msg + remedy)
    if array.dtype.kind in "OUT" and array.ndim == 1:
        array = _stacked(array.astype(object), what)
    if array.dtype == object:
        array = _from_objects(array, what)
    if array.dtype.type.__module__ == "ml_dtypes":
        # Of jax: short floats and integers that numpy knows nothing of, and float32 all.
        array = array.astype(np.float32)
    if array.dtype.kind not in "fiub":
        msg = f"{what}: dtype {str(array.dtype)[:60]} is not a number: {_remedy(array.dtype)}"
        raise TypeError(msg)
    return array


def _as_array(x: Any, what: str) -> NDArray[Any]:
    """Array of any shape and dtype, (...,), of what says that it is one."""
    try:
        array: NDArray[Any] = x if isinstance(x, np.memmap) else np.asarray(x)
    except Exception as error:
        # Rows of different lengths, which are named later.
        with suppress(TypeError):
            if isinstance(error, ValueError):
                return np.fromiter(x, object)
        msg = f"{what}: {type(x).__name__} cannot become an array: {reason_of(error)}"
        raise TypeError(msg) from error
    _check_memory(array, what)
    return array


def _check_memory(array: NDArray[Any], what: str) -> None:
    """Refuse an array (...,) of which no copy can be made, unless it needs none."""
    if array.dtype == np.float32 and array.flags.c_contiguous:
        return
    # Entries that are repeated by a stride of nothing take no room, whatever their number is.
    repeats = 0 in array.strides
    if 4 * array.size > (_MOST_REPEATED_BYTES if repeats else memory_bytes()):
        why = "of one entry repeated" if repeats else "more than this machine's memory"
        msg = (
            f"{what}: shape {array.shape} takes {float32_size(array.shape)}, {why}: give fewer "
            "rows, or a memmap of float32"
        )
        raise ValueError(msg)


def sparse_text(x: Any, what: str) -> str:
    """Say how large a sparse matrix would be, and what can be done."""
    return (
        f"{what}: a sparse matrix of shape {x.shape}: dense it takes {float32_size(x.shape)}: use "
        ".toarray(), or n_dims=50, which reduces it by TruncatedSVD"
    )


def _remedy(dtype: np.dtype[Any]) -> str:
    if dtype.kind in "SV" and dtype.names is None:
        return "for bytes of float32, [np.frombuffer(entry, np.float32) for entry in vectors]"
    if dtype.kind == "c":
        return "give the real and imaginary parts as columns, or their absolute values"
    if dtype.names is not None:
        return "stack its fields, numpy.lib.recfunctions.structured_to_unstructured"
    return "give float or int vectors"


def _stacked(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Stack entries (n_samples,) object: vectors, their text, or nothing, of which NaN is made."""
    there = [row for row in range(len(array)) if not is_gap(array[row])]
    if not there:
        return array.astype(np.float64)
    rows = [_row(array[row], row, what) for row in there]
    shape = rows[0].shape
    other = next((at for at, row in enumerate(rows) if row.shape != shape), None)
    if other is not None:
        msg = (
            f"{what}: row {there[0]} has shape {shape} and row {there[other]} {rows[other].shape}: "
            "every item needs the same number of dimensions"
        )
        raise ValueError(msg)
    stacked = np.stack(rows)
    if len(there) == len(array):
        return stacked
    if stacked.dtype == object or stacked.dtype.kind in "fiub":
        stacked = _from_objects(stacked, what) if stacked.dtype == object else stacked
        filled = np.full((len(array), *shape), np.nan, np.result_type(stacked, np.float16))
        filled[there] = stacked
        return filled
    return stacked


def _row(entry: Any, row: int, what: str) -> NDArray[Any]:
    """One vector (n_dims,), or what else an entry of that place is as an array."""
    if isinstance(entry, str):
        if is_vector_text(entry):
            return numbers_of_text(entry, f"{what}: row {row}")
        # Numbers as text are refused later: numpy would read them without a word.
        return np.asarray(entry)
    if is_tensor(entry):
        return from_tensor(entry, what)
    if isinstance(entry, (dict, set, frozenset)):
        remedy = "pd.DataFrame(records)" if isinstance(entry, dict) else "give lists"
        msg = f"{what}: row {row} is a {type(entry).__name__}, {shown(entry)}: {remedy}"
        raise TypeError(msg)
    try:
        return np.asarray(entry)
    except ValueError as error:
        msg = f"{what}: entries nested at different depths: give shape (n_samples, n_dims)"
        raise ValueError(msg) from error


def _from_objects(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Numbers (...,) float64 of an object array of any shape; what is missing becomes NaN."""
    # Thousands of columns of them are read at once.
    if set(map(type, array.ravel().tolist())) <= _FLOATS:
        return array.astype(np.float64)
    wrong = next((at for at, entry in enumerate(array.flat) if not _is_real(entry)), None)
    if wrong is not None:
        msg = (
            f"{what}: dtype object, and {shown(array.flat[wrong])} is not a number "
            f"({_place(wrong, array)}): give float or int vectors"
        )
        raise TypeError(msg)
    try:
        numbers = [np.nan if is_gap(entry) else float(entry) for entry in array.flat]
    except OverflowError as error:
        msg = f"{what}: an integer is beyond float32 (3.4e38): scale the vectors down"
        raise ValueError(msg) from error
    except Exception as error:
        msg = f"{what}: an entry does not become a number: {reason_of(error)}"
        raise ValueError(msg) from error
    return np.array(numbers, np.float64).reshape(array.shape)


def _place(at: int, array: NDArray[Any]) -> str:
    """Say where the entry is that is the at-th of an array (n_samples, ...)."""
    row, *rest = (int(number) for number in np.unravel_index(at, array.shape))
    return f"row {row}, column {rest[0]}" if len(rest) == 1 else f"row {row}"


def _is_real(entry: Any) -> bool:
    """Whether float() takes it and it is no text; or it is missing."""
    real = hasattr(entry, "__float__") and not isinstance(entry, (str, bytes, np.ndarray))
    return real or is_gap(entry)
