"""What is shown of items: ids, labels, texts and pictures."""

from typing import Any

from numpy.typing import NDArray

from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer
from embwidget.session.answers.search import MAX_SEARCHED_CHARS
from embwidget.session.wire.text import as_text, is_missing, texts_of

MAX_ROWS = 2000
MAX_ID_CHARS = 200
MAX_LABEL_CHARS = 200
MAX_TEXT_CHARS = MAX_SEARCHED_CHARS


def rows(sources: Sources, args: dict[str, Any]) -> Answer:
    """``Row`` of each of the items; the pictures are the buffers."""
    items = args.get("items")
    if not isinstance(items, list) or len(items) > MAX_ROWS:
        msg = f"rows: items must be a list of at most {MAX_ROWS} positions"
        raise ValueError(msg)
    positions = [sources.row(item) for item in items]
    columns = sources.shown.texts(positions)
    found: list[dict[str, Any]] = []
    buffers = []
    for at, item in enumerate(positions):
        image = sources.images.get(item) if sources.images else None
        if image:
            buffers.append(image[1])
        found.append(
            {
                "item": item,
                "id": as_text(sources.ids[item])[:MAX_ID_CHARS],
                "label": _shown(sources.labels, item, MAX_LABEL_CHARS),
                "labels": _labels(sources.labels, item),
                "text": _shown(sources.texts, item, MAX_TEXT_CHARS),
                "image": image[0] if image else None,
            }
        )
        if columns:
            texts = [column[at] for column in columns]
            found[-1]["shown"] = [text and text[:MAX_TEXT_CHARS] for text in texts]
    return {"rows": found}, buffers


def search(sources: Sources, args: dict[str, Any]) -> Answer:
    """``SearchResult``: items that hold a text."""
    query, limit = args.get("query"), args.get("limit")
    if not isinstance(query, str) or not isinstance(limit, int):
        msg = "search: query must be a text and limit a number"
        raise TypeError(msg)
    items, total = sources.index.find(query, min(max(limit, 0), MAX_ROWS))
    return {"items": items, "total": total}, []


ANSWERS = {"rows": rows, "search": search}


def _labels(entries: NDArray[Any] | None, item: int) -> list[str]:
    """Texts of the labels of an item, of entries (n_items,) object."""
    if entries is None or is_missing(entries[item]):
        return []
    return [text[:MAX_LABEL_CHARS] for text in texts_of(entries[item])]


def _shown(entries: NDArray[Any] | None, item: int, max_chars: int) -> str | None:
    """Text of an item's entry, of (n_items,) object; None where it is missing."""
    if entries is None or is_missing(entries[item]):
        return None
    return as_text(entries[item])[:max_chars]
