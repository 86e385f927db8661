"""What items are labelled with, as numbers: one class each, or a set of them."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.values import Values, read_values

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


def encode_labels(values: Any, n_items: int, what: str = "label") -> Labels:
    """Number the labels of items.

    Parameters
    ----------
    values : array-like or series of length n_items, or Values
        One label for each item: text, numbers, any hashable; what is missing is no label. Or a
        set (set, frozenset, list, array) of labels for each; an empty one is no label.
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
    read = read_values(values, what)
    if len(read) != n_items:
        msg = f"{what}: {len(read)} values for {n_items} items: give one each"
        raise ValueError(msg)
    is_multi = any(issubclass(kind, SETS) for kind in read.kinds)
    if is_multi:
        items, flat = _flattened(read, what)
    else:
        items, flat = np.arange(n_items), read
    codes, names = _in_order(*factorized(flat, what), read.order)
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


def _flattened(values: Values, what: str) -> tuple[NDArray[np.intp], Values]:
    """Item of each label, (n_entries,) intp, and the labels of all sets one behind the other."""
    items: list[int] = []
    flat: list[Any] = []
    for item, entry in enumerate(values.entries.tolist()):
        if isinstance(entry, SETS):
            flat.extend(entry)
            items.extend([item] * len(entry))
        elif entry is not None:
            msg = f"{what}: some items have sets of labels, but item {item} has {shown(entry)}"
            raise TypeError(msg)
    return np.array(items, np.intp), read_values(flat, what)


def factorized(values: Values, what: str) -> tuple[NDArray[np.intp], list[Hashable]]:
    """Codes (n_values,) intp into the distinct values by first use, -1 = missing; and those."""
    import pandas as pd

    try:
        codes, distinct = pd.factorize(values.held)
    except TypeError as error:
        msg = f"{what}: labels must be hashable (text, numbers, tuples ...): {error}"
        raise TypeError(msg) from error
    by_identity: Any = object.__hash__
    kinds = values.kinds - {type(None)}
    alone = [kind.__name__ for kind in kinds if kind.__hash__ is by_identity]
    if alone:
        msg = f"{what}: no two objects of type {alone[0]} are equal: give their texts or numbers"
        raise TypeError(msg)
    return codes, Values(distinct).entries.tolist()


def _in_order(
    codes: NDArray[np.intp], names: list[Any], ranked: tuple[Any, ...] | None
) -> tuple[NDArray[np.int32], list[Any]]:
    """The same codes (n_values,) and names, by the order that the names have or were given."""
    try:
        rank = {name: at for at, name in enumerate(ranked or sorted(names))}
        order = sorted(range(len(names)), key=lambda i: rank[names[i]])
    except TypeError:
        # Text and numbers mixed have no order of their own.
        order = sorted(range(len(names)), key=lambda i: (type(names[i]).__name__, str(names[i])))
    number = np.empty(len(names) + 1, np.int32)
    number[order] = np.arange(len(names))
    number[-1] = -1
    return number[codes], [names[i] for i in order]
