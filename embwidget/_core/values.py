"""One value for each item, read out of whatever holds them: labels, texts, pictures, ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import listed, shown
from embwidget._core.plain import as_objects, read_array, read_objects
from embwidget._core.series import Column, read_column
from embwidget._core.tensors import from_tensor, is_tensor


@dataclass(frozen=True, eq=False)
class Values:
    """What `read_values` read.

    Attributes
    ----------
    held : (n_items,) int, uint, bool, float64, datetime64, timedelta64 or object
        The values as numpy has them: numbers of which none is missing, moments with NaT for
        missing, else objects with None.
    order : tuple or None
        All categories in their order, where they have one; else None.
    """

    held: NDArray[Any]
    order: tuple[Any, ...] | None = None

    @cached_property
    def entries(self) -> NDArray[Any]:
        """Python's own values, (n_items,) object, None for missing in any library's spelling."""
        return as_objects(self.held)

    @cached_property
    def kinds(self) -> frozenset[type]:
        """Types of the objects, that of None included; empty where numpy has them as numbers."""
        return frozenset(map(type, self.held.tolist() if self.held.dtype == object else ()))

    def take(self, rows: NDArray[np.intp]) -> "Values":
        """Values at rows (n_taken,) intp, in that order."""
        return Values(self.held[rows], order=self.order)

    def __len__(self) -> int:
        return len(self.held)


def read_values(x: Any, what: str) -> Values:
    """Read a vector of values.

    Parameters
    ----------
    x : array-like of shape (n_items,) or (n_items, 1)
        Of numpy, torch, jax, pandas, polars, Arrow, a frame of one column, a list, or anything
        that can be iterated.
    what : str
        How messages call it: the name of the argument.

    Returns
    -------
    Values

    Raises
    ------
    TypeError, ValueError
        For a scalar, a text, a dict, a set, or more than one dimension.
    """
    if isinstance(x, Values):
        return x
    if hasattr(x, "to_native") and type(x).__module__.startswith("narwhals"):
        x = x.to_native()
    if hasattr(type(x), "columns") and not isinstance(x, type):
        x = _only_column(x, what)
    _check_vector(x, what)
    if isinstance(x, (list, tuple)):
        return Values(read_objects(np.fromiter(x, object, len(x))))
    if is_tensor(x):
        x = from_tensor(x, what)
    column = None if isinstance(x, np.ndarray) else read_column(x, what)
    if column is None:
        array = x if isinstance(x, np.ndarray) else _array_of(x)
        column = Column(read_array(array, what))
    return Values(*column)


def _check_vector(x: Any, what: str) -> None:
    """Refuse what has no values in a row, or none in an order."""
    if isinstance(x, (str, bytes, bytearray)):
        given = f"{type(x).__name__} {shown(x)}"
    elif isinstance(x, (Mapping, set, frozenset)):
        given = f"a {type(x).__name__} of {len(x)}: give a list in the order of the rows"
    elif hasattr(x, "nnz"):
        given = f"a sparse matrix of shape {x.shape}: use .toarray()"
    elif hasattr(x, "__iter__") and not isinstance(x, type):
        return
    else:
        given = f"{type(x).__name__} {shown(x)}"
    msg = f"{what}: expected one value for each item, got {given}"
    raise TypeError(msg)


def _only_column(x: Any, what: str) -> Any:
    """The column of a frame that has one alone, of the frame's library."""
    import narwhals as nw

    frame = nw.from_native(x, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        remedy = ": call .collect() first" if hasattr(x, "collect") else ""
        msg = f"{what}: expected one value for each item, got {type(x).__name__}{remedy}"
        raise TypeError(msg)
    columns = list(frame.iter_columns())
    if len(columns) != 1:
        names = listed(frame.columns, 3)
        msg = f"{what}: a frame of {len(columns)} columns ({names}): give one of them"
        raise ValueError(msg)
    return columns[0].to_native()


def _array_of(x: Any) -> NDArray[Any]:
    """Array (n, ...) of what numpy can read, else its entries one by one, (n,) object."""
    if hasattr(x, "__array__"):
        try:
            return np.asanyarray(x)
        except (TypeError, ValueError, RuntimeError):
            # On another device, which tells its values when it is asked for a list.
            x = x.tolist() if hasattr(x, "tolist") else x
    return np.fromiter(x, object)
