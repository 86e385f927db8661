"""What two unrelated spaces share on average, by formula."""

import numpy as np


def expected_overlap(n_samples: int, k: int) -> float:
    """Mean overlap of two unrelated spaces: k / (n_samples - 1)."""
    return k / (n_samples - 1)


def expected_jaccard(n_samples: int, k: int) -> float:
    """Mean Jaccard index of the k neighbours in two unrelated spaces, exactly.

    The number m of shared neighbours is hypergeometric: k are drawn from n_samples - 1 items, of
    which k are neighbours in the other space. This holds whatever the spaces are like, hubs
    included, when the rows of one are permuted.

    Parameters
    ----------
    n_samples : int
        Items compared, more than k.
    k : int
        Number of neighbours, at least 1.

    Returns
    -------
    float
        Sum over m of ``pmf(m) m / (2 k - m)``; near ``k / (2 (n_samples - 1))``.
    """
    population = n_samples - 1
    shared = np.arange(max(0, 2 * k - population), k + 1, dtype=np.float64)
    # Ratios of successive probabilities, multiplied up from the largest one on: factorials of a
    # million would leave no digits.
    before = shared[:-1]
    ratio = (k - before) ** 2 / ((before + 1) * (population - 2 * k + before + 1))
    mode = int((ratio > 1).sum())
    weight = np.concatenate(
        [np.cumprod(1 / ratio[:mode][::-1])[::-1], [1.0], np.cumprod(ratio[mode:])]
    )
    return float((weight * shared / (2 * k - shared)).sum() / weight.sum())
