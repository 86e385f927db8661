"""One value for each item, read out of whatever holds them: labels, texts, pictures, ids."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown


@dataclass(frozen=True, eq=False)
class Values:
    """What `read_values` read.

    Attributes
    ----------
    entries : (n_items,) object
        Python's own values: str, int, float, bool, datetime, bytes, or whatever was given; None
        where one is missing, in whatever way its library says that.
    keys : (n_items,) object or int64, or None
        The index of a pandas object that has one of its own; None where values lie by position.
    order : tuple or None
        All categories in their order, where they have one; else None.
    """

    entries: NDArray[Any]
    keys: NDArray[Any] | None = None
    order: tuple[Any, ...] | None = None

    def __len__(self) -> int:
        return len(self.entries)


def read_values(x: Any, what: str) -> Values:
    """Read a vector of values.

    Parameters
    ----------
    x : array-like of shape (n_items,) or (n_items, 1)
        Of numpy, torch, jax, pandas, polars, Arrow, a list, or anything that can be iterated.
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
    if isinstance(x, (str, bytes, dict, set, frozenset)) or not hasattr(x, "__iter__"):
        msg = f"{what}: expected one value for each item, got {type(x).__name__} {shown(x)}"
        raise TypeError(msg)
    for method in ("tolist", "to_list", "to_pylist"):
        if hasattr(x, method):
            x = getattr(x, method)()
            break
    return Values(np.fromiter(x, object))
