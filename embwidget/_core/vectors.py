"""Vectors at the door: rows of numbers of one length, or refused; inside nothing checks again."""

import sys
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.checks import shown
from embwidget._core.copies import n_made_equal
from embwidget._core.file_rows import FileRows, rows_in_file
from embwidget._core.gaps import is_gap
from embwidget._core.parsing import reason_of
from embwidget._core.tensors import float32_size, from_tensor, is_tensor, memory_bytes
from embwidget._core.vector_texts import is_vector_text, numbers_of_text

# Of float32 rows that may be below its range.
_LEAST_SQUARE = 1e-30
# Numbers looked at at once, so that a memmap is never read whole.
_BLOCK_ENTRIES = 2**20
_MOST_REPEATED_BYTES = 1_000_000_000


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
    vectors, gaps = _checked(_as_numbers(x, what), what)
    if len(gaps):
        msg = f"{_gap_of(vectors, int(gaps[0]), what, x)}: drop or fill such rows"
        raise ValueError(msg)
    return vectors


def read_vectors(x: Any, what: str = "vectors") -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Check vectors of which some may be missing, and bring them to float32.

    Parameters
    ----------
    x : array-like of shape (n_samples, n_dims), or (n_samples,) object
        As for `as_vectors`; None, NaN or NA in the place of a vector, or of a number, is a gap.
    what : str
        How messages call it.

    Returns
    -------
    vectors : (n_samples, n_dims) float32
        C-contiguous; NaN in the gaps, and finite elsewhere.
    gaps : (n_gaps,) intp
        Rows that have any, ascending.
    """
    return _checked(rows_in_file(_as_numbers(x, what)), what)


def _checked(array: NDArray[Any], what: str) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Check numbers (...,) and bring them to float32; see `read_vectors`."""
    if array.size == 0:
        msg = f"{what}: shape {array.shape} holds nothing: at least 1 row and 1 column are needed"
        raise ValueError(msg)
    if array.ndim != 2:
        remedy = "reshape it to (n_samples, n_dims)" if array.ndim == 1 else "flatten each item"
        msg = f"{what}: expected shape (n_samples, n_dims), got {array.shape}: {remedy}"
        raise ValueError(msg)
    gaps = np.empty(0, np.intp)
    if array.dtype.kind == "f":
        gaps = _rows_with_gaps(array, what)
    converted = _in_float32(array)
    if array.dtype.itemsize > converted.itemsize:
        _rows_with_gaps(converted, what, "is beyond float32 (3.4e38): scale the vectors down")
        _check_not_tiny(array, converted, what)
        if n_equal := n_made_equal(array, converted):
            msg = (
                f"{what}: {n_equal} rows that differ are equal in float32, which has 7 digits: "
                "subtract the mean of all rows before, in float64"
            )
            warnings.warn(msg, stacklevel=_frames_inside())
    return converted, gaps


def _check_not_tiny(given: NDArray[Any], converted: NDArray[np.float32], what: str) -> None:
    """Refuse rows that float32 has few digits for, or none.

    Parameters
    ----------
    given : (n_samples, n_dims) float or int
        Of more digits than float32 has.
    converted : (n_samples, n_dims) float32
        NaN in the gaps.
    """
    with np.errstate(all="ignore"):
        small = np.flatnonzero(np.vecdot(converted, converted) < _LEAST_SQUARE)
    for some in blocks(len(small), given.shape[1]):
        largest = np.abs(given[small[some]]).max(axis=1)
        tiny = np.flatnonzero((largest > 0) & (largest < np.finfo(np.float32).tiny))
        if len(tiny):
            msg = (
                f"{what}: row {small[some][tiny[0]]} is below float32, its largest number is "
                f"{largest[tiny[0]]:.1e} (the least is 1.2e-38): scale the vectors up"
            )
            raise ValueError(msg)


def _in_float32(array: NDArray[Any]) -> NDArray[np.float32]:
    """Numbers (n_samples, n_dims) in float32, row by row."""
    with np.errstate(over="ignore"):
        if not isinstance(array, FileRows) or array.dtype == np.float32:
            return np.require(array, np.float32, ["C", "A"])
        converted = np.empty(array.shape, np.float32)
        for some in blocks(*array.shape):
            converted[some] = array[some]
    return converted


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


def gaps_in(
    vectors: NDArray[np.float32], rows: NDArray[np.intp], what: str, given: Any, key: str = ""
) -> str:
    """Say which item of vectors (n_samples, n_dims) float32 lacks what, and what to do.

    Parameters
    ----------
    vectors : (n_samples, n_dims) float32
    rows : (n_gaps,) intp
        Those with gaps, the first of which is told.
    what : str
        How messages call them.
    given : array-like
        What they were read from: in an array of numbers none is missing but is NaN.
    key : str
        What tells the row's item, such as " (id 'a')".
    """
    n = len(vectors)
    remedy = 'missing="drop" leaves them out' if len(rows) < n else "none has a vector"
    gap = _gap_of(vectors, int(rows[0]), what, given, key)
    return f"{gap}: drop or fill such rows: {len(rows)} of {n} rows have gaps, {remedy}"


def _frames_inside() -> int:
    """Frames from the caller of this up to one outside of the package, for a warning to name."""
    package = __name__.partition(".")[0]
    frame, depth = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, depth = frame.f_back, depth + 1
    return depth


def _gap_of(vectors: NDArray[np.float32], row: int, what: str, given: Any, key: str = "") -> str:
    """Say what is missing in a row of vectors (n_samples, n_dims) float32."""
    holes = np.flatnonzero(np.isnan(vectors[row]))
    is_array = getattr(given, "dtype", np.dtype(object)) != np.dtype(object)
    are_numbers = is_array and not what.startswith("column")
    if len(holes) == vectors.shape[1] > 1 and not are_numbers:
        return f"{what}: row {row}{key} has no vector"
    return f"{what}: row {row}{key}, column {holes[0]} is nan"


def _as_numbers(x: Any, what: str) -> NDArray[Any]:
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


_FLOATS = {float, np.float16, np.float32, np.float64}


def _place(at: int, array: NDArray[Any]) -> str:
    """Say where the entry is that is the at-th of an array (n_samples, ...)."""
    row, *rest = (int(number) for number in np.unravel_index(at, array.shape))
    return f"row {row}, column {rest[0]}" if len(rest) == 1 else f"row {row}"


def _is_real(entry: Any) -> bool:
    """Whether float() takes it and it is no text; or it is missing."""
    real = hasattr(entry, "__float__") and not isinstance(entry, (str, bytes, np.ndarray))
    return real or is_gap(entry)


def _rows_with_gaps(array: NDArray[Any], what: str, fault: str = "") -> NDArray[np.intp]:
    """Rows (n_gaps,) intp of (n_samples, n_dims), read block by block, that have NaN in them.

    Infinity is refused.
    """
    found = []
    step = max(1, _BLOCK_ENTRIES // array.shape[1])
    for start in range(0, len(array), step):
        block = array[start : start + step]
        # The sum is NaN or infinite if an entry is, and needs no array of flags.
        with np.errstate(all="ignore"):
            if np.isfinite(block.sum(dtype=np.float64)):
                continue
        infinite = np.argwhere(np.isinf(block))
        if len(infinite):
            row, column = (int(at) for at in infinite[0])
            fault = fault or f"is {block[row, column]}: drop or fill such rows"
            msg = f"{what}: row {start + row}, column {column} {fault}"
            raise ValueError(msg)
        found.append(start + np.flatnonzero(np.isnan(block).any(axis=1)))
    return np.concatenate(found) if found else np.empty(0, np.intp)
