"""Vectors at the door: rows of numbers of one length, or refused; inside nothing checks again."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.blocks import blocks
from embwidget._core.callers import frames_inside
from embwidget._core.copies import n_made_equal
from embwidget._core.file_rows import FileRows, rows_in_file
from embwidget._core.numbers_given import as_numbers

# Of float32 rows that may be below its range.
_LEAST_SQUARE = 1e-30
# Numbers looked at at once, so that a memmap is never read whole.
_BLOCK_ENTRIES = 2**20


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
    vectors, gaps = _checked(as_numbers(x, what), what)
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
    return _checked(rows_in_file(as_numbers(x, what)), what)


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
            warnings.warn(msg, stacklevel=frames_inside())
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


def _gap_of(vectors: NDArray[np.float32], row: int, what: str, given: Any, key: str = "") -> str:
    """Say what is missing in a row of vectors (n_samples, n_dims) float32."""
    holes = np.flatnonzero(np.isnan(vectors[row]))
    is_array = getattr(given, "dtype", np.dtype(object)) != np.dtype(object)
    are_numbers = is_array and not what.startswith("column")
    if len(holes) == vectors.shape[1] > 1 and not are_numbers:
        return f"{what}: row {row}{key} has no vector"
    return f"{what}: row {row}{key}, column {holes[0]} is nan"


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
