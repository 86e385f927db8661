"""All that a session knows, as parts of a page: what `js/src/wire/page/packed.ts` makes data of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget.comparison import Comparison
from embwidget.export.parts import Part, array_part, json_part
from embwidget.session.answers.answers import Sources, answer
from embwidget.session.session import Session
from embwidget.session.wire.encode import unit_square
from embwidget.session.wire.state import ColumnInfo
from embwidget.session.wire.text import MISSING_CODE, as_text, is_missing, texts_of
from embwidget.session.worker import one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TEXT_CHARS = 300
"""Of a text that is cut to save room."""

NEEDS_LISTS = "measured_at_k"
"""Source of the columns that the page measures in the lists, as in `ColumnInfo`."""

_COINCIDENCE = "coincidence"


@dataclass(frozen=True)
class Texts:
    """Texts of all items, (n_items) each, None = missing; parts are made of them.

    Attributes
    ----------
    text : list of str or None, or None
        None where no column has them.
    shown : list of lists of str or None
        One list for each column of ``show``.
    """

    text: list[str | None] | None
    shown: list[list[str | None]]

    @classmethod
    def of(cls, sources: Sources) -> "Texts":
        """Texts of a session, whole."""
        texts = sources.texts
        every = range(len(sources.ids))
        return cls(None if texts is None else list(map(_text, texts)), sources.shown.texts(every))

    def cut(self) -> "Texts":
        """The same texts, cut where they are long."""
        text = None if self.text is None else list(map(_cut, self.text))
        return Texts(text, [list(map(_cut, column)) for column in self.shown])

    @property
    def parts(self) -> list[Part]:
        """As they travel."""
        found = [] if self.text is None else [json_part("texts", self.text)]
        return [*found, *([json_part("shown", self.shown)] if self.shown else [])]


def part_of_maps(session: Session) -> Part:
    """Where items lie on both maps: A, then B."""
    turned = "b" not in session.state.as_given
    # Of three dimensions, as they are seen from the front.
    flat = (positions[:, :2] for positions in session.maps)
    return array_part("positions", np.stack(unit_square(*flat, turned=turned)))


def parts_of_items(sources: Sources) -> list[Part]:
    """Ids and labels."""
    found = [json_part("ids", [as_text(item) for item in sources.ids.tolist()])]
    if sources.labels is not None:
        # A set is a list, one label a text.
        found.append(json_part("labels", [_label(entry) for entry in sources.labels]))
    return found


def parts_of_columns(sources: Sources, columns: Sequence[ColumnInfo]) -> list[Part]:
    """Each column that does not follow from the neighbours: its head, and its values."""
    found = []
    for at, column in enumerate(columns):
        if column["source"] == NEEDS_LISTS:
            continue
        try:
            header, (values,) = answer(sources, "column", {"name": column["name"], "k": None})
        except Exception as error:  # noqa: BLE001 whatever the values are, the page says it as the kernel does
            found.append(json_part(f"column.{at}", {"error": one_line(error)}))
        else:
            found += [json_part(f"column.{at}", header), array_part(f"values.{at}", values)]
    return found


def parts_of_selections(session: Session) -> list[Part]:
    """Selections that have a name."""
    named = session.named.ids.positions
    rows = [np.empty(0, np.int64), *named.values()]
    lengths = [len(each) for each in named.values()]
    return [
        json_part("selection_names", list(named)),
        array_part("selection_lengths", np.array(lengths, np.uint32)),
        array_part("selection_items", np.concatenate(rows).astype(np.uint32)),
    ]


def parts_of_numbers(session: Session, comparison: Comparison) -> list[Part]:
    """Labels as numbers, quality and groups, as far as they are known."""
    found: list[Part] = []
    if comparison.label is not None:
        labels = comparison.labels()
        ends = np.searchsorted(labels.items, np.arange(labels.n_items + 1))
        found += [
            array_part("label_counts", np.diff(ends).astype(np.uint32)),
            array_part("label_codes", labels.codes.astype(np.uint32)),
        ]
    if comparison.pair.unique is not None:
        # The one that each item is a copy of; only its list counts.
        one = comparison.pair.unique
        found.append(array_part("copy_of", one.rows[one.of].astype(np.uint32)))
    numbers = session.state.numbers
    if numbers["quality"]["state"] == "known":
        found.append(json_part("quality", answer(session.sources, "quality", {})[0]))
    if numbers["groups"]["state"] == "known":
        found += _groups(session.sources)
    return found


def columns_without(columns: Sequence[ColumnInfo], *, lists: bool) -> list[ColumnInfo]:
    """Those of the columns that a page can show with or without the neighbour lists."""
    return [c for c in columns if lists or c["source"] != NEEDS_LISTS or c["name"] == _COINCIDENCE]


def _groups(sources: Sources) -> list[Part]:
    """The table of groups, and for each of its rows the items and their parts."""
    items: list[NDArray[Any]] = [np.empty(0, np.uint32)]
    codes: list[NDArray[Any]] = [np.empty(0, np.uint16)]
    parts = []
    for row in range(len(sources.numbers.changes())):
        result, (own, part) = answer(sources, "group_parts", {"row": row})
        parts.append(result["parts"])
        items.append(np.diff(own, prepend=np.uint32(0)))
        # So that missing ones take no second byte where all others have none.
        codes.append(np.where(part == MISSING_CODE, 0, part + 1).astype(np.uint16))
    lengths = np.array([len(each) for each in items[1:]], np.uint32)
    return [
        json_part("groups", {"table": answer(sources, "groups", {})[0], "parts": parts}),
        array_part("group_lengths", lengths),
        array_part("group_items", np.concatenate(items)),
        array_part("group_codes", np.concatenate(codes)),
    ]


def _label(entry: Any) -> str | list[str] | None:
    if is_missing(entry):
        return None
    texts = texts_of(entry)
    return texts if len(texts) > 1 else texts[0]


def _text(entry: Any) -> str | None:
    return None if is_missing(entry) else as_text(entry)


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= MOST_TEXT_CHARS:
        return text
    return text[: MOST_TEXT_CHARS - 1] + "…"
