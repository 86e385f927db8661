"""How long the steps of the work take.

Seconds on two cores, measured at 2,000 to 1,000,000 items of 64 to 384 dimensions. Only their
ratios show: a machine that is slower is slower in all of them.
"""

from embwidget.comparison import Pair
from embwidget.measures.neighbors.chance import permutations_for

_LEAST = 0.05
_PCA_PER_VALUE = 1e-8
_EXACT_PER_PRODUCT = 1.3e-11
# What choosing the nearest costs, beside the products: as many dimensions more.
_EXACT_MORE_DIMS = 60
_MOST_EXACT_SECONDS = 180.0
# numba is imported, and what it compiled before is loaded.
_LEAST_MAPS = 0.5
_MAP_PER_ITEM = 4e-5
# Above so many items UMAP begins with a sample and takes fewer epochs.
_MANY_ITEMS, _MAP_PER_FURTHER_ITEM = 200_000, 1.5e-5
_CHANCE_PER_LOOKUP = 7.5e-9
_GROUPS_PER_ITEM = 3.6e-5
_MAPS_PER_ITEM, _MAPS_SAMPLE = 1e-4, 2000
_AGREEMENT_PER_NEIGHBOR = 2e-8
_RANKING_PER_PRODUCT = 2.5e-11


def of_first_map(pair: Pair) -> float:
    """Principal components of both spaces."""
    return _LEAST + _PCA_PER_VALUE * pair.n_samples * sum(_dims(pair))


def of_search(pair: Pair) -> float:
    """Neighbours in both spaces."""
    # The approximate engine, which takes over at some size, is never slower than this.
    n = pair.n_samples
    exact = [_EXACT_PER_PRODUCT * n * n * (d + _EXACT_MORE_DIMS) for d in _dims(pair)]
    return sum(min(seconds, _MOST_EXACT_SECONDS) for seconds in exact)


def of_maps(pair: Pair) -> float:
    """Both final maps."""
    further = max(0, pair.n_samples - _MANY_ITEMS)
    first = pair.n_samples - further
    return _LEAST_MAPS + 2 * (_MAP_PER_ITEM * first + _MAP_PER_FURTHER_ITEM * further)


def of_chance(pair: Pair) -> float:
    """Every neighbour of every item is looked up in each permutation, twice with a label."""
    n, k = pair.n_samples, pair.k_max
    return _CHANCE_PER_LOOKUP * permutations_for(n, k) * n * k * (2 if pair.label else 1)


def of_agreement(pair: Pair, n_spaces: int) -> float:
    """Neighbours that any two of several spaces share."""
    n_pairs = n_spaces * (n_spaces - 1) / 2
    return _LEAST + _AGREEMENT_PER_NEIGHBOR * n_pairs * pair.n_samples * pair.k_max


def of_groups(pair: Pair) -> float:
    """Groups of both graphs."""
    return _GROUPS_PER_ITEM * pair.n_samples


def of_faithfulness(pair: Pair) -> float:
    """A sample is compared with all items."""
    seconds = _MAPS_PER_ITEM * pair.n_samples
    return seconds + _EXACT_PER_PRODUCT * _products(pair, _MAPS_SAMPLE)


def of_ranking(pair: Pair, n_queries: int) -> float:
    """So many items rank all others."""
    return _RANKING_PER_PRODUCT * _products(pair, n_queries)


def _products(pair: Pair, n_rows: int) -> int:
    """Products of numbers when so many items, or all, are compared with all."""
    n = pair.n_samples
    return min(n, n_rows) * n * sum(d + _EXACT_MORE_DIMS for d in _dims(pair))


def _dims(pair: Pair) -> tuple[int, int]:
    return pair.a.n_dims, pair.b.n_dims
