"""Where the matches of every item stand, when all items are asked: each product serves two."""

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget.knn.threads import in_threads
from embwidget.measures._nearest import Nearest

Rows = NDArray[np.intp]
Float32 = NDArray[np.float32]

# Rows of a tile of products: fits the cache, and no power of two, where columns would share sets.
_TILE = 720
# Of so many items one is looked at to find how far down the k nearest can reach.
_SHARE = 16
# How often the k nearest may reach further than that.
_RISK = 1e-12
# Products that may be kept, of four bytes each.
_MOST_KEPT = 1 << 27


class _Depth(NamedTuple):
    """Of so many random items the rank-th nearest is farther than the k nearest of all."""

    size: int
    rank: int


class Places(NamedTuple):
    """All matches among the k nearest, item by item, the nearest first.

    Attributes
    ----------
    first, counts : (n_items,) intp
        Where the matches of each item begin, and how many there are.
    place : (n_matches,) int32
        From 0 on.
    matched : (n_matches,) int32
        Position of the match.
    """

    first: Rows
    counts: Rows
    place: NDArray[np.int32]
    matched: NDArray[np.int32]

    def of(self, rows: Rows) -> tuple[Rows, NDArray[np.int32], NDArray[np.int32]]:
        """Which of the rows has a match, at which place, and which item it is."""
        counts = self.counts[rows]
        query = np.repeat(np.arange(len(rows)), counts)
        entry = np.arange(len(query)) + (self.first[rows] - (np.cumsum(counts) - counts))[query]
        return query, self.place[entry], self.matched[entry]


def find_places(
    nearest: Nearest,
    classes: NDArray[np.int32],
    k: int,
    n_threads: int,
    report: Callable[[float], None],
) -> Places | None:
    """Find the places of all matches among the k nearest of every item.

    A match is outrun by what is more similar, so no neighbours are listed: the products that are
    at least as large as that of the last match which may count are sorted, and each match is
    looked up in them. Where another item is exactly as similar, the positions decide, and the
    item's neighbours are searched.

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
    Places, or None where lists of neighbours cost less: in few items, which `nearest` orders in
    float64, and where too many products had to be kept.
    """
    depth = _depth_in_sample(len(classes), k)
    n_classmates = np.bincount(classes).astype(np.int64)
    most = len(classes) * depth.rank * _SHARE + int((n_classmates**2).sum())
    if nearest.is_exact or depth.rank > depth.size or most > _MOST_KEPT:
        return None
    products = _Products(nearest, classes, k)
    try:
        products.collect(depth, n_threads, report)
    except _TooManyError:
        return None
    return products.places(n_threads)


def _depth_in_sample(n_items: int, k: int) -> _Depth:
    from scipy.stats import hypergeom

    size = -(-n_items // _SHARE)
    # An item may be in the sample of its own row: it is nearer to itself than the k.
    return _Depth(size, 1 + int(hypergeom.isf(_RISK, n_items, min(n_items, k + 1), size)))


class _TooManyError(Exception):
    """More products are equal or nearly so than can be kept."""


class _Products:
    """Products of all pairs of items, of which only those that may outrun a match are kept.

    Items are in the order of their classes here, so that the classmates of a tile are a block.
    """

    def __init__(self, nearest: Nearest, classes: NDArray[np.int32], k: int) -> None:
        self._nearest, self._classes, self._k = nearest, classes, k
        self._order = np.argsort(classes, kind="stable")
        self._class_of = classes[self._order]
        counts = np.bincount(classes)
        self._ends = np.concatenate([[0], np.cumsum(counts)])
        self._among = [np.empty((count, count), np.float32) for count in counts]
        n = len(classes)
        self._tiles = [slice(start, min(n, start + _TILE)) for start in range(0, n, _TILE)]
        self._floor = np.empty(n, np.float32)
        self._outrun: dict[tuple[int, int], tuple[Float32, Rows]] = {}
        self._left = _MOST_KEPT
        self._lock = threading.Lock()

    def collect(self, depth: _Depth, n_threads: int, report: Callable[[float], None]) -> None:
        """Multiply all pairs of tiles; _TooManyError when too many products must be kept."""
        n = len(self._tiles)
        pairs = [(a, b) for a in range(n) for b in range(a, n)]
        n_tasks = n + len(pairs)
        sample = np.random.default_rng(0).permutation(len(self._order))[: depth.size]

        def find_floors() -> Callable[[slice], None]:
            return lambda tile: self._find_floors(tile, sample, depth.rank)

        in_threads(self._tiles, find_floors, n_threads, lambda done: report(done / n_tasks))
        in_threads(pairs, self._multiplier, n_threads, lambda done: report((n + done) / n_tasks))

    def places(self, n_threads: int) -> Places:
        """Look up all matches in what was kept."""
        found: list[_Found] = [_NOTHING] * len(self._tiles)

        def do(a: int) -> None:
            found[a] = self._look_up(a)

        in_threads(range(len(self._tiles)), lambda: do, n_threads, lambda _: None)
        tied = self._order[np.concatenate([part.tied for part in found])]
        items = np.concatenate([self._order, tied])
        found += list(self._searched(tied))
        n_found = np.concatenate([part.counts for part in found])
        first, counts = np.empty((2, len(self._order)), np.intp)
        # What was searched comes last, and in the place of what was looked up.
        first[items], counts[items] = np.cumsum(n_found) - n_found, n_found
        place = np.concatenate([part.place for part in found])
        return Places(first, counts, place, np.concatenate([part.matched for part in found]))

    def _find_floors(self, tile: slice, sample: Rows, rank: int) -> None:
        """Similarity of the last match that may be among the k nearest, less what rounding may do.

        Infinite where there is none, and nothing has to be kept.
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
            self._keep(a, b, out)
            if a != b:
                turned = mirrored[:n_theirs, :n_mine]
                np.copyto(turned, out.T)
                self._keep(b, a, turned)

        return do

    def _set_classmates_aside(self, out: Float32, mine: slice, theirs: slice) -> None:
        """Take the matches out of a tile, so that what outruns them is left."""
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

    def _keep(self, a: int, b: int, out: Float32) -> None:
        kept = np.flatnonzero(out >= self._floor[self._tiles[a], None])
        ends = np.searchsorted(kept, np.arange(len(out) + 1) * out.shape[1])
        with self._lock:
            self._left -= len(kept)
            if self._left < 0:
                raise _TooManyError
        self._outrun[a, b] = out.ravel()[kept] if out.flags.contiguous else out.flat[kept], ends

    def _look_up(self, a: int) -> "_Found":
        tile = self._tiles[a]
        others = self._sorted_others(a)
        counts, tied = np.zeros(len(others), np.intp), np.zeros(len(others), bool)
        places, matched = [], []
        for code, mine in self._parts(tile):
            first, here = self._ends[code], _moved(mine, tile.start)
            among = self._among[code][_moved(mine, first)]
            np.fill_diagonal(among[:, mine.start - first :], -np.inf)
            # By descending similarity, the item itself at the end left out.
            nearest = np.argsort(among, axis=1)[:, :0:-1]
            among = np.take_along_axis(among, nearest, axis=1)
            n_below, ties = _n_below(others[here], among)
            tied[here] = ties
            place = others.shape[1] - n_below + np.arange(among.shape[1], dtype=np.int32)
            # Below the floor nothing was kept that could outrun it, since it is none of the k.
            counted = (place < self._k) & (among >= self._floor[mine, None]) & ~ties[:, None]
            counts[here] = counted.sum(axis=1)
            places.append(place[counted])
            matched.append(self._order[first + nearest[counted]].astype(np.int32))
        where = tile.start + np.flatnonzero(tied)
        return _Found(counts, np.concatenate(places), np.concatenate(matched), where)

    def _sorted_others(self, a: int) -> Float32:
        """What was kept of the items of a tile, ascending behind at least one -inf."""
        parts = [self._outrun.pop((a, b)) for b in range(len(self._tiles))]
        counts = np.stack([np.diff(ends) for _, ends in parts])
        first = np.cumsum(counts, axis=0) - counts
        out = np.full((counts.shape[1], 1 + counts.sum(axis=0).max()), -np.inf, np.float32)
        begin = np.arange(len(out)) * out.shape[1]
        for (kept, ends), count, before in zip(parts, counts, first, strict=True):
            out.ravel()[np.arange(len(kept)) + np.repeat(begin + before - ends[:-1], count)] = kept
        out.sort(axis=1)
        return out

    def _searched(self, rows: Rows) -> Iterator["_Found"]:
        """Matches of some items by a search of their neighbours."""
        size = max(1, _TILE * _TILE // len(self._order))
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            found = self._nearest.search(some, self._k)
            query, place = np.nonzero(self._classes[found] == self._classes[some, None])
            matched = found[query, place].astype(np.int32)
            counts = np.bincount(query, minlength=len(some))
            yield _Found(counts, place.astype(np.int32), matched, _NOTHING.tied)

    def _parts(self, tile: slice) -> Iterator[tuple[int, slice]]:
        """Each class in a tile, and where its items are."""
        for code in range(self._class_of[tile.start], self._class_of[tile.stop - 1] + 1):
            start, stop = max(tile.start, self._ends[code]), min(tile.stop, self._ends[code + 1])
            if start < stop:
                yield code, slice(start, stop)


class _Found(NamedTuple):
    """Matches of a few items, and which of these still have to be searched."""

    counts: Rows
    place: NDArray[np.int32]
    matched: NDArray[np.int32]
    tied: Rows


_NOTHING = _Found(
    np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.intp)
)


def _n_below(ascending: Float32, values: Float32) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """How much of each row is at most each value of that row, and in which rows some is equal."""
    out = np.empty(values.shape, np.int32)
    for count, row, mine in zip(out, ascending, values, strict=True):
        count[:] = row.searchsorted(mine, side="right")
    last = out - 1 + np.arange(len(out))[:, None] * ascending.shape[1]
    return out, (ascending.ravel()[last] == values).any(axis=1)


def _moved(where: slice, start: int) -> slice:
    return slice(where.start - start, where.stop - start)
