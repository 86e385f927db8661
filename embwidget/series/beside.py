"""Ids, metadata and values that are given beside the spaces of a series, put into these."""

from collections.abc import Callable
from typing import Any, NamedTuple

from embwidget._core.aligning import align_frame, find_rows
from embwidget._core.keys import index_of, is_plain
from embwidget._core.metadata import with_values
from embwidget._core.values import read_values
from embwidget.comparison.sides import Side, side_of, with_ids
from embwidget.series.step import Step
from embwidget.space import Space, as_space


class GivenBeside(NamedTuple):
    """What is given beside the spaces, for each row of the first one.

    Attributes
    ----------
    ids : array-like of shape (n_given,), or None
    metadata : frame or None
    columns : dict
        Labels and the like by their name: values, (n_given,), or a name of a column, or None.
    """

    ids: Any
    metadata: Any
    columns: dict[str, Any]

    def put_into(self, steps: list[Step], given: list[Any], as_read: Callable[..., Space]) -> None:
        """Put all of it into the first step, and the ids into all that would be joined by row.

        Rows are those that were given, the ones without a vector included.

        Parameters
        ----------
        steps : list of Step
        given : list
            What each step was given as.
        as_read : callable
            Reads one of them as it was read, with ids.
        """
        values = {
            name: each
            for name, each in self.columns.items()
            if each is not None and not isinstance(each, str)
        }
        told = {"ids": self.ids, "metadata": self.metadata, **values}
        asked = [name for name, each in told.items() if each is not None]
        if not asked:
            return
        first = steps[0]
        if len(first.spaces) > 1:
            msg = (
                f"{asked[0]}= is given, and each {first.noun} has splits: say it of the spaces of "
                f"the first {first.noun}, Space(..., metadata=...)"
            )
            raise ValueError(msg)

        def side(at: int) -> Side:
            space = steps[at].spaces[0]
            return side_of(space, given[at], lambda ids: as_read(given[at], ids=ids))

        taken = side(0)
        if self.ids is not None:
            taken = with_ids(taken, self.ids)
            for at, step in enumerate(steps[1:], 1):
                space = step.spaces[0]
                by_row = not space.has_ids and (space.index is None or is_plain(space.index))
                other = side(at)
                if by_row and other.n_given == len(self.ids):
                    step.spaces = (with_ids(other, self.ids).space,)
        first.spaces = (_with_more(taken, self.metadata, values),)


def _with_more(side: Side, metadata: Any, values: dict[str, Any]) -> Space:
    """The space of a side with metadata, and with values for its rows as columns of these."""
    space, items = side.space, side.items("")
    if metadata is not None:
        space = as_space(space, metadata=align_frame(metadata, items)[0])
    for name, each in values.items():
        rows = find_rows(items, index_of(each), len(each), name).rows
        read = read_values(each, name)
        read = read if rows is None else read.take(rows)
        space = as_space(space, metadata=with_values(space.metadata, len(space), name, read))
    return space
