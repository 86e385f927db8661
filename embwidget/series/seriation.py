"""An order of several spaces in which those that agree stand beside each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def seriated(agreement: NDArray[np.float64], names: Sequence[str]) -> list[str]:
    """Order names by average linkage with optimal leaf ordering.

    Parameters
    ----------
    agreement : (n, n) float64
        Finite; 1 = the same.
    names : sequence of n str
        Unique. Their alphabet decides where values are equal, and which end comes first, so that
        the order of the rows changes nothing.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    rows = sorted(range(len(names)), key=lambda at: names[at])
    ordered = agreement[np.ix_(rows, rows)]
    apart = 1 - (ordered + ordered.T) / 2
    # Measures that compare better than identity, by chance, are as near as it gets.
    condensed = squareform(np.maximum(apart, 0.0), checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, "average"), condensed)
    leaves = [names[rows[at]] for at in leaves_list(tree)]
    return leaves if leaves[0] < leaves[-1] else leaves[::-1]
