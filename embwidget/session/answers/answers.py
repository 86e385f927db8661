"""What the screen asks for and what it gets: one function a question, found by the files here."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from embwidget._core.checks import whole
from embwidget._core.table import Table
from embwidget.comparison import Comparison
from embwidget.session.answers.images import Images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import Answer, Numbers
from embwidget.session.answers.search import SearchIndex


class Sources:
    """What answers are taken from.

    Parameters
    ----------
    ids : (n_items,) str or int
    columns : MetadataColumns
    images : Images or None
    label, text : str
        Names of the columns shown with each item; "" = none.
    comparison : callable
        Returns the `Comparison`; ValueError while the neighbours are not known.
    numbers : Numbers
    """

    def __init__(
        self,
        ids: NDArray[Any],
        columns: MetadataColumns,
        images: Images | None,
        *,
        label: str,
        text: str,
        comparison: Callable[[], Comparison],
        numbers: Numbers,
    ) -> None:
        self.ids = ids
        self.columns = columns
        self.images = images
        self.labels = columns.series(label) if label else None
        self.texts = columns.series(text) if text else None
        self.comparison = comparison
        self.numbers = numbers
        self._searched = [name for name in (label, text) if name]

    @cached_property
    def index(self) -> SearchIndex:
        """Ids, labels and texts of all items, to be searched."""
        return SearchIndex(self.ids, *[self.columns.texts(name) for name in self._searched])

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
