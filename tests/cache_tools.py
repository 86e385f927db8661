"""What tests of the cache share."""

import numpy as np

import embwidget as ew

N, DIMS, K = 1500, 128, 12


def same(a: ew.KNNGraph, b: ew.KNNGraph) -> bool:
    return np.array_equal(a.indices, b.indices) and np.array_equal(a.distances, b.distances)
