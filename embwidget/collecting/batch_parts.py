"""Parts of a batch: where something is in it, and what its arrays are."""

from collections.abc import Callable
from typing import Any

import numpy as np

from embwidget._core.checks import near_names, shown
from embwidget._core.values import read_values
from embwidget.collecting.outputs import is_torch, named_items


def part_of(batch: Any, where: Any, what: str) -> Any:
    """Take a part of a batch: by its name, its position or a function of the batch."""
    if callable(where):
        return where(batch)
    items = named_items(batch)
    if isinstance(where, str) and items is not None:
        if where not in items:
            msg = f"{what}={shown(where)} is not in the batch: {near_names(where, items)}"
            raise ValueError(msg)
        return items[where]
    if isinstance(where, str) and where in getattr(batch, "_fields", ()):
        return getattr(batch, where)
    is_sequence = items is None and isinstance(batch, (tuple, list))
    if is_position(where) and is_sequence and -len(batch) <= where < len(batch):
        return batch[where]
    has = f"{len(batch)} parts" if is_sequence else type(batch).__name__
    msg = f"{what}={shown(where)}: the batch is {has}: give a name, a position or a function of it"
    raise ValueError(msg)


def is_where(x: Any) -> bool:
    """Whether it says where in a batch something is, and is not that itself."""
    return isinstance(x, str) or is_position(x) or (callable(x) and not hasattr(x, "__len__"))


def is_told(x: Any) -> bool:
    """Whether something is said: neither None nor False."""
    return x is not None and x is not False


def is_one_each(x: Any, n_items: int) -> bool:
    """Whether it has one value for each item of a batch: a vector, or a list of plain values."""
    if is_array(x):
        shape = tuple(x.shape)
        return shape in ((n_items,), (n_items, 1))
    plain = (str, int, float, bool, np.generic)
    return (
        isinstance(x, (list, tuple)) and len(x) == n_items and all(isinstance(v, plain) for v in x)
    )


def one_each(x: Any, n_items: int, what: str) -> list[Any]:
    """Values of a vector or list, one for each item; ValueError when there are more or fewer."""
    x = x.reshape(-1) if is_array(x) and tuple(x.shape) == (n_items, 1) else x
    values = read_values(x, what)
    if len(values) != n_items:
        msg = f"{what}: {len(values)} came with a batch of {n_items} items: give one each"
        raise ValueError(msg)
    return list(values.entries.tolist())


def each_moved(x: Any, move: Callable[[Any], Any]) -> Any:
    """Tensors and arrays of a structure, moved; all else of it as it is."""
    if is_array(x):
        return move(x)
    items = named_items(x) if isinstance(x, dict) or hasattr(x, "items") else None
    if items is not None:
        return {name: each_moved(value, move) for name, value in items.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(each_moved(value, move) for value in x))
    return type(x)(each_moved(value, move) for value in x) if type(x) in (tuple, list) else x


def count_items(x: Any) -> int:
    """How many items a batch has: the rows of its first array; TypeError when it has none."""
    found = _first_array(x)
    if found is None:
        msg = (
            "data: a batch has no tensor in it: give tensors, or inputs= a function that makes them"
        )
        raise TypeError(msg)
    return int(found.shape[0])


def _first_array(x: Any) -> Any:
    if is_array(x):
        return x if len(x.shape) else None
    items = named_items(x)
    values = items.values() if items is not None else x if isinstance(x, (tuple, list)) else ()
    return next((each for each in map(_first_array, values) if each is not None), None)


def is_array(x: Any) -> bool:
    """Whether it is a tensor, or an array of numbers."""
    return is_torch(x) or (isinstance(x, np.ndarray) and x.dtype.kind in "biufc")


def is_position(x: Any) -> bool:
    """Whether it is a whole number, and no truth value."""
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool)


def are_texts(x: Any) -> bool:
    """Whether it is a list of texts, and not empty."""
    return isinstance(x, (list, tuple)) and len(x) > 0 and all(isinstance(v, str) for v in x)
