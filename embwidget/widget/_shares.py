"""How the whole work divides into its parts, so that the bar moves evenly."""

from typing import NamedTuple

from embwidget.comparison import Pair

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


class Shares(NamedTuple):
    """Where the parts of the work end, in 0..1: the first map, the graphs; the maps end at 1."""

    first_map: float
    graphs: float


def shares_of(pair: Pair, *, graphs: bool, maps: bool) -> Shares:
    """Divide the work by the time that each part is expected to take.

    Parameters
    ----------
    pair : Pair
        What is compared.
    graphs, maps : bool
        Whether neighbours are searched, and whether maps follow the first.
    """
    n, dims = pair.n_samples, (pair.a.n_dims, pair.b.n_dims)
    first = _LEAST + _PCA_PER_VALUE * n * sum(dims)
    # The approximate engine, which takes over at some size, is never slower than this.
    exact = [_EXACT_PER_PRODUCT * n * n * (d + _EXACT_MORE_DIMS) for d in dims]
    search = sum(min(seconds, _MOST_EXACT_SECONDS) for seconds in exact) if graphs else 0.0
    further = max(0, n - _MANY_ITEMS)
    one_map = _MAP_PER_ITEM * (n - further) + _MAP_PER_FURTHER_ITEM * further
    drawing = 2 * one_map if maps else 0.0
    whole = first + search + drawing
    return Shares(first / whole, (first + search) / whole)
