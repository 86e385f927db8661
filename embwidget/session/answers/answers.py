"""What the screen asks for and what it gets: one function a question."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison.comparison import Comparison
from embwidget.session.answers.images import Images
from embwidget.session.answers.measured_columns import COINCIDENCE, MEASURED
from embwidget.session.answers.metadata_columns import Columns
from embwidget.session.answers.numbers import Answer, Numbers
from embwidget.session.answers.search import MAX_SEARCHED_CHARS, SearchIndex
from embwidget.session.wire.text import as_text, is_missing, texts_of

MAX_ROWS = 2000
MAX_ID_CHARS = 200
MAX_LABEL_CHARS = 200
MAX_TEXT_CHARS = MAX_SEARCHED_CHARS


class Answers:
    """Answers to the questions of `Question` in ``js/src/wire/model.ts``.

    Parameters
    ----------
    ids : ndarray of shape (n_items,)
    columns : Columns
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
        columns: Columns,
        images: Images | None,
        *,
        label: str,
        text: str,
        comparison: Callable[[], Comparison],
        numbers: Numbers,
    ) -> None:
        self._ids = ids
        self._columns = columns
        self._images = images
        self._label = columns.series(label) if label else None
        self._text = columns.series(text) if text else None
        self._label_name, self._text_name = label, text
        self._comparison = comparison
        self._numbers = numbers

    def answer(self, kind: Any, args: dict[str, Any]) -> Answer:
        """JSON and buffers that answer a question, or an error of one line when nothing can."""
        match kind:
            case "neighbors":
                return self._neighbors(self._item(args.get("item")))
            case "rows":
                return self._rows(args.get("items"))
            case "column":
                return self._column(args.get("name"), args.get("k"))
            case "shared":
                return self._shared(args.get("k"))
            case "search":
                return self._search(args.get("query"), args.get("limit"))
            case "quality":
                return self._numbers.quality()
            case "label_items":
                return self._numbers.label_items(args.get("code"))
            case "groups":
                return self._numbers.groups()
            case "group_items":
                return self._numbers.group_items(args.get("row"))
        msg = f"there is no question {kind!r}"
        raise ValueError(msg)

    def _column(self, name: Any, k: Any) -> Answer:
        if name in MEASURED and name != COINCIDENCE:
            return self._numbers.column(name, k)
        header, values = self._columns.encode(name)
        return header, [values]

    def _neighbors(self, item: int) -> Answer:
        comparison = self._comparison()
        buffers = []
        for graph in (comparison.graph_a, comparison.graph_b):
            buffers.append(graph.indices[item].astype("<u4"))
            buffers.append(graph.distances[item].astype("<f4"))
        return {}, buffers

    def _rows(self, items: Any) -> Answer:
        if not isinstance(items, list) or len(items) > MAX_ROWS:
            msg = f"rows: items must be a list of at most {MAX_ROWS} positions"
            raise ValueError(msg)
        rows, buffers = [], []
        for item in map(self._item, items):
            image = self._images.get(item) if self._images else None
            if image:
                buffers.append(image[1])
            rows.append(
                {
                    "item": item,
                    "id": as_text(self._ids[item])[:MAX_ID_CHARS],
                    "label": _shown(self._label, item, MAX_LABEL_CHARS),
                    "labels": _labels(self._label, item),
                    "text": _shown(self._text, item, MAX_TEXT_CHARS),
                    "image": image[0] if image else None,
                }
            )
        return {"rows": rows}, buffers

    def _shared(self, k: Any) -> Answer:
        comparison = self._comparison()
        if not isinstance(k, int) or not 1 <= k <= comparison.k_max:
            msg = f"shared: k must be in 1..{comparison.k_max}, not {k!r}"
            raise ValueError(msg)
        return {}, [comparison.shared(k).astype(np.uint8)]

    def _search(self, query: Any, limit: Any) -> Answer:
        if not isinstance(query, str) or not isinstance(limit, int):
            msg = "search: query must be a text and limit a number"
            raise TypeError(msg)
        items, total = self._index.find(query, min(max(limit, 0), MAX_ROWS))
        return {"items": items, "total": total}, []

    @cached_property
    def _index(self) -> SearchIndex:
        names = [name for name in (self._label_name, self._text_name) if name]
        return SearchIndex(self._ids, *[self._columns.texts(name) for name in names])

    def _item(self, item: Any) -> int:
        if isinstance(item, bool) or not isinstance(item, int) or not 0 <= item < len(self._ids):
            msg = f"there is no item at position {item!r}: they go from 0 to {len(self._ids) - 1}"
            raise ValueError(msg)
        return item


def _labels(series: Any, item: int) -> list[str]:
    if series is None or is_missing(series[item]):
        return []
    return [text[:MAX_LABEL_CHARS] for text in texts_of(series[item])]


def _shown(series: Any, item: int, max_chars: int) -> str | None:
    if series is None:
        return None
    value = series[item]
    return None if is_missing(value) else as_text(value)[:max_chars]
