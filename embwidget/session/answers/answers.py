"""What the screen asks for and what it gets: one function a question, found by the files here."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import whole
from embwidget._core.table import Table
from embwidget._core.values import read_values
from embwidget.comparison import Comparison
from embwidget.session.answers.images import Images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import Answer, Numbers
from embwidget.session.answers.search import SearchIndex
from embwidget.session.answers.shown_columns import ShownColumns


class AnyTwo(Protocol):
    """Several spaces, any two of which can be asked for what they share."""

    @property
    def k_max(self) -> int:
        """Length of the neighbour lists."""

    def __len__(self) -> int:
        """Number of spaces."""

    def shared(self, two: tuple[int, int], k: int) -> NDArray[np.uint8]:
        """Shared neighbours of each item at k, (n_items,) uint8; ValueError while unknown."""


class Sources:
    """What answers are taken from.

    Parameters
    ----------
    ids : (n_items,) str or int
    columns : MetadataColumns
    images : Images or None
    label, text : str
        Names of the columns shown with each item; "" = none.
    shown : ShownColumns
        More of them.
    comparison : callable
        Returns the `Comparison`; ValueError while the neighbours are not known.
    numbers : Numbers
    several : AnyTwo, optional
        All spaces, where there are more than the two that are compared.
    """

    def __init__(
        self,
        ids: NDArray[Any],
        columns: MetadataColumns,
        images: Images | None,
        *,
        label: str,
        text: str,
        shown: ShownColumns,
        comparison: Callable[[], Comparison],
        numbers: Numbers,
        several: AnyTwo | None = None,
    ) -> None:
        self.ids = ids
        self.columns = columns
        self.images = images
        self._label = label
        self._text = text
        self.shown = shown
        # Looked up at once, so that an unknown name is refused; read when they are asked for.
        self._searched = {name: columns.series(name) for name in (label, text) if name}
        self.comparison = comparison
        self.numbers = numbers
        self.several = several

    @cached_property
    def labels(self) -> NDArray[Any] | None:
        """Label of each item, (n_items,) object, None = missing; None without labels."""
        return self._entries(self._label)

    @cached_property
    def texts(self) -> NDArray[Any] | None:
        """Text of each item, (n_items,) object, None = missing; None without texts."""
        return self._entries(self._text)

    def _entries(self, name: str) -> NDArray[Any] | None:
        """Values of a column, (n_items,) object; None for ""."""
        return read_values(self._searched[name], name).entries if name else None

    @cached_property
    def index(self) -> SearchIndex:
        """Ids, labels and texts of all items, to be searched."""
        return SearchIndex(self.ids, *map(self.columns.texts, self._searched))

    def row(self, item: Any) -> int:
        """Row of an item as the screen names it; ValueError when there is none."""
        return whole(item, "item", 0, len(self.ids) - 1)


Question = Callable[[Sources, dict[str, Any]], Answer]

QUESTIONS: Table[Question] = Table(
    "question",
    "embwidget.session.answers",
    "ANSWERS",
    members_of=lambda answers: answers.items(),
)
"""Answers by the ``kind`` of ``Question`` in ``js/src/wire/model.ts``.

A file of this room that has a dict ``ANSWERS``, kind -> function, adds its questions.
"""


def answer(sources: Sources, kind: Any, args: Any) -> Answer:
    """JSON and buffers that answer a question; an error of one line when nothing can."""
    return QUESTIONS.find(kind)(sources, args if isinstance(args, dict) else {})
