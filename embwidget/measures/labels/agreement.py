"""How many of an item's neighbours have its label."""

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.labels.labels import Labels

# Pairs of an item and a neighbour looked at at once.
_BLOCK_PAIRS = 1 << 20


def label_agreement(indices: NDArray[np.int32], labels: Labels) -> NDArray[np.float32]:
    """Share of each item's neighbours that match it: precision at k, item by item.

    Parameters
    ----------
    indices : (n_samples, k) int32
        -1 = no neighbour.
    labels : Labels

    Returns
    -------
    (n_samples,) float32
        In [0, 1], of the neighbours that have a label; NaN where the item or all of its neighbours
        have none.
    """
    n, k = indices.shape
    has_label = np.zeros(n, bool)
    has_label[labels.labelled] = True
    classes = labels.classes
    matrix = labels.matrix() if labels.is_multi else None
    out = np.full(n, np.nan, np.float32)
    size = max(1, _BLOCK_PAIRS // k)
    for start in range(0, n, size):
        some = slice(start, start + size)
        near = indices[some]
        counted = (near >= 0) & has_label[near]
        if matrix is None:
            match = classes[near] == classes[some, None]
        else:
            rows = np.repeat(np.arange(start, start + len(near)), k)
            common = matrix[rows].multiply(matrix[near.ravel()])
            match = (common.getnnz(axis=1) > 0).reshape(near.shape)
        known = counted.sum(axis=1)
        with np.errstate(invalid="ignore"):
            share = (match & counted).sum(axis=1) / known
        out[some] = np.where(has_label[some], share, np.nan)
    return out
