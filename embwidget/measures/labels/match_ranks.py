"""Where the matches of every item stand, when all items are asked: each product serves two."""

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.threads import in_threads
from embwidget.measures.labels.matches import Matches
from embwidget.measures.labels.nearest import (
    FARTHEST,
    HALF,
    LAST,
    Keys,
    Nearest,
    names_of,
    nearer_ones,
    nearest_first,
    positions_of,
)

Rows = NDArray[np.intp]
Float32 = NDArray[np.float32]

# Rows of a tile of products: fits the cache, and no power of two, where columns would share sets.
_TILE = 720
# Of so many items one is looked at to find how far down the k nearest can reach.
_SHARE = 16
# How often the k nearest may reach further than that.
_RISK = 1e-12
# When the k nearest are more than one of so many items, choosing among the products costs what half
# of them saves.
_DEEP = 11
# Share of the time that the products take; the rest goes into looking up.
_PRODUCTS_SHARE = 0.8
# Share of the items that may be copies of another: their order is that of rounding.
_FEW_COPIES = 0.01
# Products that may be stored, of six bytes each.
MOST_PRODUCTS = 1 << 26


class _Depth(NamedTuple):
    """Of so many random items the rank-th nearest is farther than the k nearest of all."""

    size: int
    rank: int


class MatchRanks(NamedTuple):
    """All matches among the k nearest, item by item, the nearest first.

    Attributes
    ----------
    first, counts : (n_items,) intp
        Where the matches of each item begin, and how many there are.
    found : (4, n_matches) int32
        ``nearer, matched, tied, tied_matches`` of `Matches`.
    """

    first: Rows
    counts: Rows
    found: NDArray[np.int32]

    def of(self, rows: Rows) -> Matches:
        """Matches of items (n_rows,) intp, in any order; a query is a position in ``rows``."""
        counts = self.counts[rows]
        query = np.repeat(np.arange(len(rows)), counts)
        entry = np.arange(len(query)) + (self.first[rows] - (np.cumsum(counts) - counts))[query]
        return Matches(query, *self.found[:, entry])


def find_match_ranks(
    nearest: Nearest,
    classes: NDArray[np.int32],
    k: int,
    n_threads: int,
    report: Callable[[float], None],
) -> MatchRanks | None:
    """Find the ranks of all matches among the k nearest of every item.

    The rank of a match is the number of nearer items, so no neighbours are listed: the products
    that are at least as large as that of the last match which may count are sorted, and each match
    is looked up in them.

    Parameters
    ----------
    nearest : Nearest
        Of the items among themselves.
    classes : (n_items,) int32
        Items match when it is the same.
    k, n_threads : int
    report : callable
        Called with the share that is done.

    Returns
    -------
    MatchRanks, or None where lists of neighbours cost less: in few items, which `nearest` orders in
    float64, for a large k, and where too many products had to be stored; or where many items are
    copies, whose products may differ by their place in a tile.
    """
    depth = _depth_in_sample(len(classes), k)
    n_classmates = np.bincount(classes).astype(np.int64)
    most = len(classes) * depth.rank * _SHARE + int((n_classmates**2).sum())
    is_deep = _DEEP * k > len(classes) or depth.rank == depth.size
    has_copies = nearest.n_copies > _FEW_COPIES * len(classes)
    if nearest.is_exact or is_deep or has_copies or most > MOST_PRODUCTS:
        return None
    products = _Products(nearest, classes, k)
    try:
        products.collect(depth, n_threads, report)
    except _TooManyError:
        return None
    return products.ranks(n_threads, report)


def _depth_in_sample(n_items: int, k: int) -> _Depth:
    """By the bound of Chernoff, which holds without replacement, too (Hoeffding 1963)."""
    size = -(-n_items // _SHARE)
    # An item may be in the sample of its own row: it is nearer to itself than the k.
    share = min(1.0, (k + 1) / n_items)
    found = np.arange(1, size) / size
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = found * np.log(found / share) + (1 - found) * np.log((1 - found) / (1 - share))
    deep = np.flatnonzero((found > share) & (size * divergence > -np.log(_RISK)))
    return _Depth(size, 1 + int(deep[0]) if len(deep) else size)


class _TooManyError(Exception):
    """More products are equal or nearly so than can be stored."""


class _Products:
    """Products of all pairs of items, of which only those nearer than a match are stored.

    Items are in the order of their classes here, given as (n_items,) int32, so that classmates in
    a tile are a block.
    """

    def __init__(self, nearest: Nearest, classes: NDArray[np.int32], k: int) -> None:
        self._nearest, self._k = nearest, k
        self._order = np.argsort(classes, kind="stable")
        self._class_of = classes[self._order]
        counts = np.bincount(classes)
        self._ends = np.concatenate([[0], np.cumsum(counts)])
        self._among = [np.empty((count, count), np.float32) for count in counts]
        n = len(classes)
        self._tiles = [slice(start, min(n, start + _TILE)) for start in range(0, n, _TILE)]
        self._floor = np.empty(n, np.float32)
        self._nearer: dict[tuple[int, int], tuple[Float32, NDArray[np.uint16], Rows]] = {}
        self._left = MOST_PRODUCTS
        self._lock = threading.Lock()

    def collect(self, depth: _Depth, n_threads: int, report: Callable[[float], None]) -> None:
        """Multiply all pairs of tiles; _TooManyError when there are too many to store."""
        n = len(self._tiles)
        pairs = [(a, b) for a in range(n) for b in range(a, n)]
        n_tasks = n + len(pairs)
        sample = np.random.default_rng(0).permutation(len(self._order))[: depth.size]

        def find_floors() -> Callable[[slice], None]:
            return lambda tile: self._find_floors(tile, sample, depth.rank)

        def tell(n_done: int) -> None:
            report(_PRODUCTS_SHARE * n_done / n_tasks)

        in_threads(self._tiles, find_floors, n_threads, tell)
        in_threads(pairs, self._multiplier, n_threads, lambda n_done: tell(n + n_done))

    def ranks(self, n_threads: int, report: Callable[[float], None]) -> MatchRanks:
        """Look up all matches in what was stored."""
        found: list[_Found] = [_NOTHING] * len(self._tiles)

        def do(a: int) -> None:
            found[a] = self._look_up(a)

        def tell(n_done: int) -> None:
            report(_PRODUCTS_SHARE + (1 - _PRODUCTS_SHARE) * n_done / len(self._tiles))

        in_threads(range(len(self._tiles)), lambda: do, n_threads, tell)
        n_found = np.concatenate([part.counts for part in found])
        first, counts = np.empty((2, len(self._order)), np.intp)
        first[self._order], counts[self._order] = np.cumsum(n_found) - n_found, n_found
        return MatchRanks(first, counts, np.concatenate([part.found for part in found], axis=1))

    def _find_floors(self, tile: slice, sample: Rows, rank: int) -> None:
        """Similarity of the last match that may be among the k nearest, less what rounding may do.

        Infinite where there is none, and nothing has to be stored. The sample is (n_sampled,) intp.
        """
        rows = self._order[tile]
        sampled = self._nearest.products(rows, sample)
        sampled.partition(len(sample) - rank, axis=1)
        lowest = sampled[:, len(sample) - rank] - self._nearest.rounding
        for code, mine in self._parts(tile):
            own = np.arange(self._ends[code], self._ends[code + 1])
            among = self._nearest.products(self._order[mine], self._order[own])
            np.fill_diagonal(among[:, mine.start - own[0] :], np.inf)
            below = lowest[mine.start - tile.start : mine.stop - tile.start, None]
            among[among < below] = np.inf
            self._floor[mine] = among.min(axis=1) - self._nearest.rounding

    def _multiplier(self) -> Callable[[tuple[int, int]], None]:
        product, mirrored = np.empty((2, _TILE, _TILE), np.float32)

        def do(pair: tuple[int, int]) -> None:
            a, b = pair
            mine, theirs = self._tiles[a], self._tiles[b]
            n_mine, n_theirs = mine.stop - mine.start, theirs.stop - theirs.start
            out = product[:n_mine, :n_theirs]
            self._nearest.products(self._order[mine], self._order[theirs], out=out)
            self._set_classmates_aside(out, mine, theirs)
            self._store(a, b, out)
            if a != b:
                turned = mirrored[:n_theirs, :n_mine]
                np.copyto(turned, out.T)
                self._store(b, a, turned)

        return do

    def _set_classmates_aside(self, out: Float32, mine: slice, theirs: slice) -> None:
        """Take the matches out of a tile (n_mine, n_theirs), so that what may be nearer is left."""
        if self._class_of[mine.stop - 1] < self._class_of[theirs.start]:
            return
        parts = dict(self._parts(theirs))
        for code, rows in self._parts(mine):
            columns = parts.get(code)
            if columns is None:
                continue
            first, among = self._ends[code], self._among[code]
            block = out[_moved(rows, mine.start), _moved(columns, theirs.start)]
            among[_moved(rows, first), _moved(columns, first)] = block
            if mine != theirs:
                among[_moved(columns, first), _moved(rows, first)] = block.T
            block[:] = -np.inf

    def _store(self, a: int, b: int, out: Float32) -> None:
        """Store what a tile (n_mine, n_theirs) float32 of products has at or above the floors."""
        width = out.shape[1]
        near = np.flatnonzero(out >= self._floor[self._tiles[a], None])
        ends = np.searchsorted(near, np.arange(len(out) + 1) * width)
        with self._lock:
            self._left -= len(near)
            if self._left < 0:
                raise _TooManyError
        similarity = out.ravel()[near] if out.flags.contiguous else out.flat[near]
        self._nearer[a, b] = similarity, (near % width).astype(np.uint16), ends

    def _look_up(self, a: int) -> "_Found":
        tile = self._tiles[a]
        others = self._sorted_others(a)
        counts = np.zeros(len(others), np.intp)
        parts = []
        for code, mine in self._parts(tile):
            first, here = self._ends[code], _moved(mine, tile.start)
            own = self._order[first : self._ends[code + 1]]
            among = nearest_first(self._among[code][_moved(mine, first)], own)
            np.fill_diagonal(among[:, mine.start - first :], LAST)
            among.sort(axis=1)
            # Below the floor nothing was stored that a match could be behind: it is none of the k.
            counted = among <= nearest_first(self._floor[mine, None], FARTHEST)
            most = counted.sum(axis=1).max()
            among, counted = among[:, :most], counted[:, :most]
            nearer, matching = _among_themselves(among)
            tied = matching + _from_others(among, others[here], nearer)
            counted &= nearer < self._k
            counts[here] = counted.sum(axis=1)
            matched = positions_of(among[counted]).astype(np.int32)
            parts.append(np.stack([nearer[counted], matched, tied[counted], matching[counted]]))
        return _Found(counts, np.concatenate(parts, axis=1))

    def _sorted_others(self, a: int) -> Keys:
        """Keys (n_items, n_stored) int64 of what is stored of a tile, sorted, `LAST` at the end."""
        parts = [self._nearer.pop((a, b)) for b in range(len(self._tiles))]
        counts = np.stack([np.diff(ends) for _, _, ends in parts])
        starts = np.cumsum(counts, axis=0) - counts
        out = np.full((counts.shape[1], counts.sum(axis=0).max()), LAST)
        begin = np.arange(len(out)) * out.shape[1]
        for tile, part, count, start in zip(self._tiles, parts, counts, starts, strict=True):
            similarity, column, ends = part
            where = np.arange(len(column)) + np.repeat(begin + start - ends[:-1], count)
            out.ravel()[where] = nearest_first(similarity, self._order[tile][column])
        out.sort(axis=1)
        return out

    def _parts(self, tile: slice) -> Iterator[tuple[int, slice]]:
        """Each class in a tile, and where its items are."""
        for code in range(self._class_of[tile.start], self._class_of[tile.stop - 1] + 1):
            start, stop = max(tile.start, self._ends[code]), min(tile.stop, self._ends[code + 1])
            if start < stop:
                yield code, slice(start, stop)


class _Found(NamedTuple):
    """Matches of a few items: counts (n_items,), and (4, n_found) as in `MatchRanks`."""

    counts: Rows
    found: NDArray[np.int32]


_NOTHING = _Found(np.empty(0, np.intp), np.empty((4, 0), np.int32))


def _among_themselves(keys: Keys) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How many of the row are nearer than each of sorted keys (n_rows, m), and how many as near.

    Both are (n_rows, m) int32.
    """
    nearer = nearer_ones(names_of(keys))
    if (nearer == np.arange(keys.shape[1])).all():
        return nearer, np.ones_like(nearer)
    group = nearer + np.arange(len(keys))[:, None] * keys.shape[1]
    return nearer, np.bincount(group.ravel(), minlength=keys.size)[group].astype(np.int32)


def _from_others(keys: Keys, others: Keys, nearer: NDArray[np.int32]) -> NDArray[np.int32]:
    """Add how many others are nearer than each key to ``nearer``, and return how many are as near.

    All are sorted by row: keys (n_rows, m) and others (n_rows, n_stored) int64; the numbers are
    (n_rows, m) int32.
    """
    tied = np.zeros_like(nearer)
    if not others.shape[1]:
        return tied
    names = names_of(keys)
    starts = names << HALF
    first = np.empty(keys.shape, np.intp)
    for before, row, start in zip(first, others, starts, strict=True):
        before[:] = row.searchsorted(start)
    there = np.take_along_axis(others, np.minimum(first, others.shape[1] - 1), axis=1)
    for i in np.flatnonzero((names_of(there) == names).any(axis=1)):
        tied[i] = others[i].searchsorted(starts[i] | FARTHEST, side="right") - first[i]
    nearer += first
    return tied


def _moved(where: slice, start: int) -> slice:
    return slice(where.start - start, where.stop - start)
