"""What a table of selected items asks for: their order, those that hold a text, whole texts."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.unicode import readable
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer
from embwidget.session.answers.rows import MAX_ROWS
from embwidget.session.wire.text import as_text, is_missing

MISSING_RANK = 2**32 - 1
# What JavaScript and Python read as the same number.
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


def ranks(sources: Sources, args: dict[str, Any]) -> Answer:
    """Rank of each item by its id, label, text or a shown column, (n_items,) uint32."""
    by = args.get("by")
    every = range(len(sources.ids))
    texts: Sequence[str | None]
    if by == "id":
        texts = [as_text(item) for item in sources.ids.tolist()]
    elif by in ("label", "text"):
        texts = _texts(sources.labels if by == "label" else sources.texts, every)
    elif type(by) is int and 0 <= by < len(sources.shown.names):
        texts = sources.shown.texts(every, by)[0]
    else:
        msg = f"ranks: by={by!r:.60}: give id, label, text or the number of a shown column"
        raise ValueError(msg)
    return {}, [_ranked(texts)]


def search_items(sources: Sources, args: dict[str, Any]) -> Answer:
    """Row positions, (n,) uint32, ascending, of all items that hold a text."""
    query = args.get("query")
    if not isinstance(query, str):
        msg = "search_items: query must be a text"
        raise TypeError(msg)
    return {}, [np.sort(np.array(sources.index.find(query, len(sources.ids))[0], "<u4"))]


def texts(sources: Sources, args: dict[str, Any]) -> Answer:
    """Whole texts of items: id, label, text and shown columns; null where one is missing."""
    items = args.get("items")
    if not isinstance(items, list) or len(items) > MAX_ROWS:
        msg = f"texts: items must be a list of at most {MAX_ROWS} positions"
        raise ValueError(msg)
    rows = [sources.row(item) for item in items]
    ids = [as_text(item) for item in sources.ids[rows].tolist()] if rows else []
    columns = [_texts(sources.labels, rows), _texts(sources.texts, rows)]
    columns += sources.shown.texts(rows)
    return {"columns": [ids, *columns]}, []


ANSWERS = {"ranks": ranks, "search_items": search_items, "texts": texts}


def _texts(entries: NDArray[Any] | None, rows: Sequence[int]) -> list[str | None]:
    """Texts of entries, (n_items,) object, in some rows."""
    if entries is None:
        return [None] * len(rows)
    return [None if is_missing(entries[row]) else as_text(entries[row]) for row in rows]


def _ranked(texts: Sequence[str | None]) -> NDArray[np.uint32]:
    """Rank of each text, (n,) uint32, the same for the same: by number if all are numbers.

    Else whatever the case, by the code units of UTF-16, as pages compare texts.
    """
    import pandas as pd

    known = [text for text in texts if text is not None]
    keys: NDArray[Any]
    if all(map(_NUMBER.fullmatch, known)):
        keys = np.array([np.nan if text is None else float(text) for text in texts], np.float64)
    else:
        keys = np.array([None if text is None else _folded(text) for text in texts], object)
    codes, _ = pd.factorize(keys, sort=True)
    return np.where(codes < 0, MISSING_RANK, codes).astype("<u4")


def _folded(text: str) -> bytes:
    # As it stands on the screen.
    return readable(text).casefold().encode("utf-16-be")
