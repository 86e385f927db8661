"""What items are labelled with, as numbers: one class each, or a set of them."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown

SETS = (set, frozenset, list, np.ndarray)
"""What a column of sets may hold; a tuple is one label, since it is hashable."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels of items, made by `encode_labels`.

    Attributes
    ----------
    names : list
        The distinct labels, in their own order where they have one.
    items, codes : (n_entries,) intp, int32
        One entry for each label of each item, by item: with one label an item, those that have
        one. Items without a label have no entry.
    n_items : int
    is_multi : bool
        Whether items have sets of labels. Two items match when they share one.
    """

    names: list[Any]
    items: NDArray[np.intp]
    codes: NDArray[np.int32]
    n_items: int
    is_multi: bool

    @property
    def labelled(self) -> NDArray[np.intp]:
        """Positions of the items that have a label, ascending: (n_labelled,) intp."""
        return np.unique(self.items) if self.is_multi else self.items

    @property
    def classes(self) -> NDArray[np.int32]:
        """One number for each item, (n_items,) int32: its label or its set of them; -1 = none."""
        out = np.full(self.n_items, -1, np.int32)
        if not self.is_multi:
            out[self.items] = self.codes
            return out
        number_of: dict[bytes, int] = {}
        ends = np.searchsorted(self.items, np.arange(self.n_items + 1))
        for item in self.labelled:
            own = np.sort(self.codes[ends[item] : ends[item + 1]]).tobytes()
            out[item] = number_of.setdefault(own, len(number_of))
        return out

    def one_each(self) -> list[Any]:
        """Label of each item, None where it has none; a set as text, its labels in their order."""
        out: list[Any] = [None] * self.n_items
        for item, code in zip(self.items.tolist(), self.codes.tolist(), strict=True):
            name = self.names[code]
            if self.is_multi:
                name = f"{out[item]}, {name}" if out[item] is not None else str(name)
            out[item] = name
        return out

    def take(self, rows: NDArray[np.intp]) -> "Labels":
        """Labels of some of the items, at rows (n_taken,) intp, in that order."""
        ends = np.searchsorted(self.items, np.arange(self.n_items + 1))
        counts = np.diff(ends)[rows]
        first = np.repeat(ends[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        entries = first + np.arange(counts.sum())
        items = np.repeat(np.arange(len(rows)), counts)
        return Labels(self.names, items, self.codes[entries], len(rows), self.is_multi)

    def matrix(self) -> Any:
        """Scipy's CSR matrix (n_items, n_labels) float32, 1 where an item has a label."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.codes), np.float32)
        shape = (self.n_items, len(self.names))
        return csr_matrix((ones, (self.items, self.codes)), shape=shape)


def encode_labels(values: Any, n_items: int, what: str = "labels") -> Labels:
    """Number the labels of items.

    Parameters
    ----------
    values : array-like or series of length n_items
        One label for each item: text, numbers, any hashable; None, NaN and NaT are no label. Or a
        set (set, frozenset, list) of labels for each; an empty one is no label.
    n_items : int
    what : str
        How messages call it.

    Raises
    ------
    ValueError
        When there are not n_items values, or none has a label.
    TypeError
        When a label is not hashable.
    """
    entries = entries_of(values, what)
    if len(entries) != n_items:
        msg = f"{what}: {len(entries)} values for {n_items} items: give one each"
        raise ValueError(msg)
    is_multi = any(isinstance(entry, SETS) for entry in entries)
    if is_multi:
        items, flat = _flattened(entries, what)
    else:
        items, flat = np.arange(n_items), entries
    codes, names = _in_order(*factorized(flat, what))
    known = codes >= 0
    if not known.any():
        msg = f"{what}: no item has a label"
        raise ValueError(msg)
    items, codes = items[known], codes[known]
    if is_multi:
        # A list may hold a label twice.
        _, first = np.unique(items * len(names) + codes, return_index=True)
        items, codes = items[first], codes[first]
    return Labels(names, items, codes, n_items, is_multi)


def entries_of(values: Any, what: str) -> list[Any]:
    """Values as a list, whatever library they are of."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        msg = f"{what}: expected one label for each item, got {shown(values)}"
        raise TypeError(msg)
    if getattr(values, "ndim", 1) != 1:
        shape = tuple(values.shape)
        if shape != (shape[0], 1) or not hasattr(values, "reshape"):
            msg = f"{what}: expected shape (n_items,), got {shape}: a column of sets for several"
            raise ValueError(msg)
        values = values.reshape(-1)
    for method in ("tolist", "to_list"):
        if hasattr(values, method):
            listed: list[Any] = getattr(values, method)()
            return listed
    return list(values)


def _flattened(entries: list[Any], what: str) -> tuple[NDArray[np.intp], list[Any]]:
    """Item of each label, (n_entries,) intp, and the labels of all sets one behind the other."""
    items: list[int] = []
    flat: list[Any] = []
    for item, entry in enumerate(entries):
        if isinstance(entry, SETS):
            flat.extend(entry)
            items.extend([item] * len(entry))
        elif not _is_missing(entry):
            msg = f"{what}: some items have sets of labels, but item {item} has {shown(entry)}"
            raise TypeError(msg)
    return np.array(items, np.intp), flat


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def factorized(values: list[Any], what: str) -> tuple[NDArray[np.intp], list[Hashable]]:
    """Codes (n_values,) intp into the distinct values by first use, -1 = missing; and those."""
    import pandas as pd

    # One by one: numpy would make an axis of its own of a list of tuples.
    column = np.fromiter(values, object, len(values))
    try:
        codes, distinct = pd.factorize(column)
    except TypeError as error:
        msg = f"{what}: labels must be hashable (text, numbers, tuples ...): {error}"
        raise TypeError(msg) from error
    return codes, list(distinct)


def _in_order(codes: NDArray[np.intp], names: list[Any]) -> tuple[NDArray[np.int32], list[Any]]:
    """The same codes (n_values,) and names, by the order that the names have."""
    try:
        order = sorted(range(len(names)), key=names.__getitem__)
    except TypeError:
        # Text and numbers mixed have no order of their own.
        order = sorted(range(len(names)), key=lambda i: (type(names[i]).__name__, str(names[i])))
    number = np.empty(len(names) + 1, np.int32)
    number[order] = np.arange(len(names))
    number[-1] = -1
    return number[codes], [names[i] for i in order]
