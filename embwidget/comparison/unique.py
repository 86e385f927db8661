"""One of each item that is a copy in both spaces, and the others, which follow it."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embwidget._core.copies import copies_of
from embwidget.knn import KNNGraph
from embwidget.space import Space

Value = TypeVar("Value", bound=np.generic)


class OneOfEach:
    """Items of which no two have the same vectors in both spaces.

    Parameters
    ----------
    a, b : Space
        Of the same items in the same order.

    Attributes
    ----------
    rows : (n_unique,) intp
        The first of each, ascending.
    of : (n_samples,) intp
        Position in ``rows`` of the one that an item is, or is a copy of.
    """

    def __init__(self, a: Space, b: Space) -> None:
        (in_a, _), (in_b, first_b) = copies_of(a.vectors), copies_of(b.vectors)
        # Groups are numbered up to twice as far where two unlike rows share a name.
        both = in_a * (int(in_b.max(initial=0)) + len(first_b) + 1) + in_b
        _, first, group = np.unique(both, return_index=True, return_inverse=True)
        order = np.argsort(first)
        self.rows: NDArray[np.intp] = first[order]
        self.of: NDArray[np.intp] = np.argsort(order)[group]

    @classmethod
    def of_rows(cls, rows: NDArray[Any], of: NDArray[Any], n_samples: int) -> "OneOfEach":
        """Make one of its ``rows`` (n_unique,) and ``of`` (n_samples,), int64 each.

        ValueError when they are of no items.
        """
        made = cls.__new__(cls)
        made.rows, made.of = rows.astype(np.intp), of.astype(np.intp)
        known = np.arange(len(rows))
        if of.shape != (n_samples,) or rows.ndim != 1 or not np.array_equal(made.of[rows], known):
            msg = f"{len(rows)} unlike items do not belong to {n_samples}"
            raise ValueError(msg)
        return made

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, space: Space) -> Space:
        """Return the space of these items alone."""
        return space.take(self.rows)

    def spread(self, values: NDArray[Value]) -> NDArray[Value]:
        """Values (n_unique, ...) of these items for all: (n_samples, ...)."""
        return values[self.of]

    def to_all(self, graph: KNNGraph) -> KNNGraph:
        """Return their graph for all items: copies have the list of the one that they follow."""
        known = graph.indices >= 0
        indices = np.where(known, self.rows[graph.indices], -1).astype(np.int32)
        return replace(graph, indices=self.spread(indices), distances=self.spread(graph.distances))

    def to_each(self, graph: KNNGraph) -> KNNGraph:
        """Undo `to_all`."""
        indices = graph.indices[self.rows]
        renamed = np.where(indices >= 0, self.of[indices], -1).astype(np.int32)
        return replace(graph, indices=renamed, distances=graph.distances[self.rows])


def of_each(one: OneOfEach | None, values: Any) -> Any:
    """Values (n_samples, ...) of one of each item, (n_unique, ...); all where copies count."""
    return values if one is None else values[one.rows]


def for_all(one: OneOfEach | None, values: Any) -> Any:
    """Values (n_unique, ...) of one of each item for all, (n_samples, ...)."""
    return values if one is None else one.spread(values)
