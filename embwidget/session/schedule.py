"""When each part of the work ends, so that the bar moves evenly."""

from typing import NamedTuple

from embwidget.comparison import Pair
from embwidget.measures.neighbors.chance import permutations_for
from embwidget.session.answers.numbers import queries_for

# Seconds on two cores, measured at 2,000 to 1,000,000 items of 64 to 384 dimensions. Only their
# ratios show: a machine that is slower is slower in all of them.
_PCA_PER_VALUE = 1e-8
_EXACT_PER_PRODUCT = 1.3e-11
# What choosing the nearest costs, beside the products: as many dimensions more.
_EXACT_MORE_DIMS = 60
_MOST_EXACT_SECONDS = 180.0
_MAP_PER_ITEM = 7e-4
# Above so many items UMAP begins with a sample and takes fewer epochs.
_MANY_ITEMS, _MAP_PER_FURTHER_ITEM = 200_000, 2e-4
_LEAST = 0.05
# Chance looks up every neighbour of every item in each permutation, twice with a label; maps and
# quality compare a sample with all items.
_CHANCE_PER_LOOKUP = 7.5e-9
_GROUPS_PER_ITEM = 3.6e-5
_MAPS_PER_ITEM, _MAPS_SAMPLE = 1e-4, 2000
_QUALITY_PER_PRODUCT = 2.5e-11


class Schedule(NamedTuple):
    """Where the parts of the work end, in 0..1, one after the other; quality ends at 1."""

    first_map: float
    graphs: float
    chance: float
    groups: float
    maps: float
    faithfulness: float


def schedule_of(pair: Pair, *, graphs: bool, maps: bool, numbers: bool) -> Schedule:
    """Divide the work by the time that each part is expected to take.

    Parameters
    ----------
    pair : Pair
        What is compared.
    graphs, maps, numbers : bool
        Whether neighbours are searched, whether maps follow the first, and whether chance, groups,
        faithfulness and quality are measured.
    """
    n, dims = pair.n_samples, (pair.a.n_dims, pair.b.n_dims)
    first = _LEAST + _PCA_PER_VALUE * n * sum(dims)
    # The approximate engine, which takes over at some size, is never slower than this.
    exact = [_EXACT_PER_PRODUCT * n * n * (d + _EXACT_MORE_DIMS) for d in dims]
    search = sum(min(seconds, _MOST_EXACT_SECONDS) for seconds in exact) if graphs else 0.0
    further = max(0, n - _MANY_ITEMS)
    one_map = _MAP_PER_ITEM * (n - further) + _MAP_PER_FURTHER_ITEM * further
    drawing = 2 * one_map if maps else 0.0
    lookups = permutations_for(n, pair.k_max) * n * pair.k_max * (2 if pair.label else 1)
    products = n * sum(d + _EXACT_MORE_DIMS for d in dims)
    measured = (
        _CHANCE_PER_LOOKUP * lookups,
        _GROUPS_PER_ITEM * n,
        _MAPS_PER_ITEM * n + _EXACT_PER_PRODUCT * min(n, _MAPS_SAMPLE) * products,
        _QUALITY_PER_PRODUCT * min(n, queries_for(n)) * products if pair.label else 0.0,
    )
    chance, groups, faithfulness, quality = measured if numbers else (0.0,) * 4
    parts = (first, search, chance, groups, drawing, faithfulness, quality)
    ends = [sum(parts[: i + 1]) / sum(parts) for i in range(len(parts) - 1)]
    return Schedule(*ends)
