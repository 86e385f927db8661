"""Finding items by id, label or text."""

from collections.abc import Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from embwidget._core.unicode import readable
from embwidget.session.wire.text import as_text

# What is longer is not shown, and so not searched.
MAX_SEARCHED_CHARS = 2000
_SEPARATOR, _END = "\n", "\x1e"


class SearchIndex:
    """Lower-cased texts of all items, made once.

    Parameters
    ----------
    ids : (n_samples,) str or int
    fields : sequences of length n_samples
        Label and text of each item, None where there is none.
    """

    def __init__(self, ids: NDArray[np.generic], *fields: Sequence[str | None]) -> None:
        texts = map(str, ids.tolist()) if ids.dtype.kind in "iu" else map(as_text, ids.tolist())
        columns = [texts, *([(value or "")[:MAX_SEARCHED_CHARS] for value in f] for f in fields)]
        rows = list(map(_SEPARATOR.join, zip(*columns, strict=True)))
        # As they stand on the screen, where people take what they look for; all at once, which
        # takes a tenth of the time.
        folded = readable(_END.join(rows)).casefold().split(_END)
        self._texts = folded if len(folded) == len(rows) else [_caseless(row) for row in rows]

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
        wanted = _caseless(query).strip()
        if not wanted:
            return [], 0
        found = [item for item, text in enumerate(self._texts) if wanted in text]
        first = [item for item in found if self._texts[item].startswith(wanted)]
        alone = wanted + _SEPARATOR
        very = [i for i in first if self._texts[i] == wanted or self._texts[i].startswith(alone)]
        before = dict.fromkeys(very + first)
        others = (item for item in found if item not in before)
        return list(islice(chain(before, others), limit)), len(found)


def _caseless(text: str) -> str:
    return readable(text).casefold()
