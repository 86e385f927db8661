"""Which references match a query by their labels."""

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.labels.labels import Labels

Rows = NDArray[np.intp]

# Pairs of a query and a reference looked at at once.
_BLOCK_PAIRS = 1 << 22


class _Single:
    """Matching of items that have one label each: it is the same.

    Attributes
    ----------
    n_relevant : (n_queries,) int64
        Number of references that match each query, without itself.
    """

    n_relevant: NDArray[np.int64]

    def __init__(self, labels: Labels, references: Labels, own: bool) -> None:
        code_of = {name: code for code, name in enumerate(references.names)}
        there = np.array([code_of.get(name, -1) for name in labels.names], np.int32)
        self._codes = there[labels.classes]
        self._reference_codes = references.classes
        counts = np.bincount(references.codes, minlength=len(references.names))
        self.n_relevant = np.where(self._codes >= 0, counts[self._codes], 0) - own
        self.n_relevant = np.maximum(self.n_relevant, 0).astype(np.int64)

    def relevant(self, rows: Rows, found: Rows) -> NDArray[np.bool_]:
        """Whether references (n_rows, k) match the rows (n_rows,) that asked: (n_rows, k) bool."""
        match: NDArray[np.bool_] = self._reference_codes[found] == self._codes[rows, None]
        return match


class _Multi:
    """Matching of items that have sets of labels: they share one.

    Attributes
    ----------
    n_relevant : (n_queries,) int64
        Number of references that match each query, without itself.
    """

    n_relevant: NDArray[np.int64]

    def __init__(self, labels: Labels, references: Labels, own: bool) -> None:
        from scipy.sparse import csr_matrix

        code_of = {name: code for code, name in enumerate(references.names)}
        there = np.array([code_of.get(name, -1) for name in labels.names], np.int32)
        codes = there[labels.codes]
        known = codes >= 0
        ones = np.ones(int(known.sum()), np.float32)
        shape = (labels.n_items, len(references.names))
        self._mine = csr_matrix((ones, (labels.items[known], codes[known])), shape=shape)
        self._theirs = references.matrix().T.tocsr()
        self.n_relevant = np.empty(labels.n_items, np.int64)
        size = max(1, _BLOCK_PAIRS // references.n_items)
        for start in range(0, labels.n_items, size):
            rows = np.arange(start, min(start + size, labels.n_items))
            self.n_relevant[rows] = (self._mine[rows] @ self._theirs).getnnz(axis=1) - own
        self.n_relevant = np.maximum(self.n_relevant, 0)

    def relevant(self, rows: Rows, found: Rows) -> NDArray[np.bool_]:
        """Whether references (n_rows, k) match the rows (n_rows,) that asked: (n_rows, k) bool."""
        shared = (self._mine[rows] @ self._theirs).toarray() > 0
        match: NDArray[np.bool_] = np.take_along_axis(shared, found, axis=1)
        return match


def matching_of(labels: Labels, references: Labels, *, own: bool) -> _Single | _Multi:
    """Matching of queries with references; `own` when each query is one of the references."""
    several = labels.is_multi or references.is_multi
    return (_Multi if several else _Single)(labels, references, own)
