"""Finding items by id, label or text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embwidget._core.unicode import readable
from embwidget.session.wire.text import as_text

# What is longer is not shown, and so not searched.
MAX_SEARCHED_CHARS = 2000
_SEPARATOR = "\n"


class SearchIndex:
    """Lower-cased texts of all items, made once.

    Parameters
    ----------
    ids : (n_samples,) str or int
    fields : sequences of length n_samples
        Label and text of each item, None where there is none.
    """

    def __init__(self, ids: NDArray[np.generic], *fields: Sequence[str | None]) -> None:
        columns = [[as_text(item) for item in ids.tolist()]]
        columns += [[(value or "")[:MAX_SEARCHED_CHARS] for value in field] for field in fields]
        # As they stand on the screen, where people take what they look for.
        rows = map(_SEPARATOR.join, zip(*columns, strict=True))
        self._texts = [readable(row).casefold() for row in rows]

    def find(self, query: str, limit: int) -> tuple[list[int], int]:
        """Positions of items that hold `query` anywhere, whatever the case.

        Returns
        -------
        items : list of int
            At most `limit`: the item of this very id first, then those whose id starts with
            the query, then the others, each in row order.
        total : int
            How many there are without the limit.
        """
        wanted = readable(query).strip().casefold()
        if not wanted:
            return [], 0
        found = [item for item, text in enumerate(self._texts) if wanted in text]

        def rank(item: int) -> int:
            id_text = self._texts[item].partition(_SEPARATOR)[0]
            return 0 if id_text == wanted else 1 if id_text.startswith(wanted) else 2

        return sorted(found, key=rank)[:limit], len(found)
