"""Approximate neighbours by clusters, with numpy alone.

Each row is compared with all rows of the clusters whose centroids are nearest to it. Of how many is
not a setting: the true neighbours of a sample of rows say before the search how many it takes for
the recall that is wanted. What is computed for one row of a pair serves the other one, too.
"""

import threading
from collections.abc import Callable

import numpy as np

from embwidget._core.progress import Progress, silent, span
from embwidget._core.threads import in_threads, resolve, single_threaded_blas
from embwidget.knn.approximate.clusters import Clusters
from embwidget.knn.approximate.ranked import fill_short_rows
from embwidget.knn.approximate.recall import (
    WANTED_RECALL,
    draw_sample,
    measured_recall,
    true_last,
    true_nearest,
)
from embwidget.knn.engine import Engine
from embwidget.knn.exact.candidates import Packed, merge, packed, position, similarity_of_packed
from embwidget.knn.exact.search import evaluate, exact_neighbors
from embwidget.knn.graph import KNNGraph
from embwidget.metrics import Metric
from embwidget.metrics.arithmetic import Float32, Int32, Rows
from embwidget.metrics.products import ProductRows

_STEP = "finding neighbours, approximately"
# Recall that is aimed at: room for what the sample does not show.
_AIM = WANTED_RECALL + 0.005
# Of ranks of clusters, which are held in 16 bits.
_MOST_CLUSTERS = 1 << 16
# Shares at which the clusters are there, and how many of them have to be asked.
_TRAINED, _JUDGED = 0.2, 0.25
# Nanoseconds of an element: of a product, of what is done with a score and with a similarity, and
# of a key; and of each neighbour that is put in order.
_PRODUCT_TIME, _ASSIGN_TIME, _SEARCH_TIME, _KEY_TIME, _ORDER_TIME = 0.027, 3.0, 4.0, 2.5, 300.0
# Rows whose neighbours say how many clusters to ask, and neighbours of each that are looked at.
_TRIAL_ROWS, _TRIAL_NEIGHBORS = 400, 10
# Products of a cluster with those that ask for it, at a time.
_TILE_ELEMENTS = 1 << 20
# Share of all pairs from which on comparing all of them is cheaper.
_WORTHWHILE = 0.3


class IVFEngine(Engine):
    """Clusters, of which each row asks as many of the nearest as a recall of .99 takes.

    The graph is an exact one where so many would have to be asked that comparing all pairs is
    cheaper.
    """

    name = "ivf"

    def can(self, metric: Metric) -> bool:
        return metric.has_products

    def search(
        self,
        vectors: Float32,
        n_neighbors: int,
        *,
        metric: Metric,
        n_jobs: int | None = None,
        max_memory: int | None = None,  # noqa: ARG002
        random_state: int = 0,
        progress: Progress = silent,
    ) -> KNNGraph:
        n_threads = resolve(n_jobs)
        rng = np.random.default_rng(random_state)
        with single_threaded_blas():
            space = metric.rows(vectors, report=lambda: progress(_STEP, 0.0))
            assert isinstance(space, ProductRows)  # noqa: S101 (`has_products`)
            n = space.n_samples
            n_clusters = int(np.clip(3 * np.sqrt(n), 1, min(_MOST_CLUSTERS, max(1, n // 8))))
            clusters = Clusters(
                space, n_clusters, rng, n_threads, lambda share: progress(_STEP, _TRAINED * share)
            )
            progress(_STEP, _TRAINED)
            n_asked = _n_asked(space, clusters, n_neighbors, rng, lambda: progress(_STEP, _TRAINED))
            sample = draw_sample(n, rng)
            last = true_last(space, sample, n_neighbors, lambda: progress(_STEP, _TRAINED))
            before, rest = _JUDGED, 1 - _JUDGED
            while (
                found := _attempt(
                    space,
                    clusters,
                    n_neighbors,
                    n_asked,
                    n_threads,
                    span(progress, before, before + rest),
                )
            ) is not None:
                indices, distances = found
                recall = measured_recall(space, sample, last, indices)
                if recall >= WANTED_RECALL:
                    return KNNGraph(indices, distances, metric.name, self.name, recall)
                # Rarely: the sample that judged was lucky. What is left of the share is for this.
                n_asked = -(-3 * n_asked // 2)
                before, rest = before + rest / 2, rest / 2
            del clusters, space
        indices, distances = exact_neighbors(
            vectors,
            n_neighbors,
            metric=metric,
            n_jobs=n_jobs,
            progress=span(progress, before, 1.0),
        )
        return KNNGraph(indices, distances, metric.name, "exact")


def _attempt(
    space: ProductRows,
    clusters: Clusters,
    n_neighbors: int,
    n_asked: int,
    n_threads: int,
    progress: Progress,
) -> tuple[Int32, Float32] | None:
    """What asking so many clusters finds; None when it is too much.

    Indices and distances are (n_samples, n_neighbors) int32 and float32.
    """
    n, d = space.n_samples, space.width
    n_asked = min(n_asked, clusters.n_clusters)
    if n_asked > _WORTHWHILE * clusters.n_clusters:
        return None
    # Shares proportional to the time that each part takes, as far as it is known now.
    assigning = clusters.n_clusters * (d * _PRODUCT_TIME + _ASSIGN_TIME)
    searching = n_asked * n / clusters.n_clusters * (d * _PRODUCT_TIME + _SEARCH_TIME)
    evaluating = n_neighbors * (space.n_dims * _KEY_TIME + _ORDER_TIME)
    whole = assigning + searching + evaluating
    assigned, searched = assigning / whole, (assigning + searching) / whole
    own, asked = clusters.assign(n_asked, lambda share: progress(_STEP, assigned * share))
    search = _Search(space, n_neighbors, own, asked)
    if search.n_products > _WORTHWHILE * n * n:
        return None
    search.run(n_threads, lambda share: progress(_STEP, assigned + (searched - assigned) * share))
    indices = np.empty((n, n_neighbors), np.int32)
    distances = np.empty((n, n_neighbors), np.float32)
    short = search.short()
    evaluate(
        space,
        search.best,
        0,
        (indices, distances, np.empty(n)),
        n_threads,
        lambda n_rows: progress(_STEP, searched + (1 - searched) * min(1.0, n_rows / n)),
    )
    fill_short_rows(space, short, indices, distances, lambda: progress(_STEP, 1.0))
    return indices, distances


def _n_asked(
    space: ProductRows,
    clusters: Clusters,
    n_neighbors: int,
    rng: np.random.Generator,
    report: Callable[[], None],
) -> int:
    """Clusters that each row has to ask, judged by a sample of rows and their true neighbours."""
    n = space.n_samples
    trial = np.sort(rng.choice(n, min(n, _TRIAL_ROWS), replace=False))
    nearest = true_nearest(space, trial, n_neighbors, report)
    some = rng.permuted(nearest, axis=1)[:, :_TRIAL_NEIGHBORS]
    # Rank of the neighbour's cluster for the row, and of the row's cluster for the neighbour.
    of_rows, home = clusters.scores(trial)
    ranks = np.empty(some.shape, np.intp)
    for column in range(some.shape[1]):
        report()
        of_others, other_home = clusters.scores(some[:, column])
        forth = _rank(of_rows, other_home)
        ranks[:, column] = np.minimum(forth, _rank(of_others, home))
    within = np.sort(ranks.ravel())[int(np.ceil(_AIM * ranks.size)) - 1]
    # At least as many as are likely to hold enough rows.
    enough = int(np.ceil(4 * n_neighbors * clusters.n_clusters / n))
    return int(min(clusters.n_clusters, max(within + 1, enough)))


def _rank(scores: Float32, column: Rows) -> Rows:
    """How many scores (r, n_clusters) of each row are larger than that in its column (r,): (r,)."""
    ranks: Rows = (scores > np.take_along_axis(scores, column[:, None], 1)).sum(axis=1)
    return ranks


class _Search:
    """Rows compared with the rows of the clusters that they ask.

    Parameters
    ----------
    space : ProductRows
    k : int
    own : (n_samples,) int32
        Cluster of each row.
    asked : (n_samples, n_asked) uint16

    Attributes
    ----------
    best : (n_samples, k) int64
        Packed similarities and indices of the best.
    n_products : int
        Pairs that are multiplied.
    """

    def __init__(self, space: ProductRows, k: int, own: Int32, asked: np.ndarray) -> None:
        self._space, self._own, self._asked = space, own, asked
        self.best: Packed = np.full(
            (space.n_samples, k), packed(np.full(1, -np.inf, np.float32), 0), np.int64
        )
        n_clusters = int(max(own.max(), asked.max())) + 1
        self._members = _grouped(own[:, None], n_clusters)
        self._asking = _grouped(asked, n_clusters)
        sizes = [(len(a), len(b)) for a, b in zip(self._members, self._asking, strict=True)]
        self._costs = np.array([own * (own + asking) for own, asking in sizes], np.float64)
        self.n_products = int(self._costs.sum())
        self._lock = threading.Lock()

    def run(self, n_threads: int, report: Callable[[float], None]) -> None:
        """Compare clusters with themselves, then with those that ask for them."""
        sizes = np.array([len(members) for members in self._members], np.float64)
        costs = np.cumsum(np.concatenate([[0], sizes**2, self._costs - sizes**2]))
        n = len(sizes)

        # Own clusters first: they give thresholds that little passes afterwards.
        in_threads(
            range(n), lambda: self._within, n_threads, lambda i: report(costs[i] / costs[-1])
        )
        in_threads(
            range(n), lambda: self._across, n_threads, lambda i: report(costs[n + i] / costs[-1])
        )

    def short(self) -> Rows:
        """Rows (m,) intp with fewer neighbours than wanted."""
        return np.flatnonzero(np.isneginf(similarity_of_packed(self.best[:, 0])))

    def _within(self, cluster: int) -> None:
        members = self._members[cluster]
        step = max(1, _TILE_ELEMENTS // max(1, len(members)))
        for start in range(0, len(members), step):
            rows = members[start : start + step]
            tile = self._space.similarity_between(rows, members)
            tile[np.arange(len(rows)), np.arange(start, start + len(rows))] = -np.inf
            k = min(self.best.shape[1], max(1, len(members) - 1))
            place = len(members) - k
            floor = np.partition(tile, place, axis=1)[:, place, None]
            flat = np.flatnonzero((tile >= floor) & (tile > -np.inf))
            row, column = position(flat, len(members))
            merge(self.best, row, packed(tile.ravel()[flat], members[column]), rows)

    def _across(self, cluster: int) -> None:
        members = self._members[cluster]
        asking = self._asking[cluster]
        asking = asking[self._own[asking] != cluster]
        if len(members) == 0:
            return
        step = max(1, _TILE_ELEMENTS // len(members))
        for start in range(0, len(asking), step):
            rows = asking[start : start + step]
            tile = self._space.similarity_between(rows, members)
            of_rows = self.best[rows, 0]
            of_columns = self.best[members, 0]
            mask = tile >= similarity_of_packed(of_rows)[:, None]
            mask |= tile >= similarity_of_packed(of_columns)
            flat = np.flatnonzero(mask)
            value = tile.ravel()[flat]
            row, column = position(flat, len(members))
            forth = packed(value, members[column])
            better = np.flatnonzero(forth > of_rows[row])
            back = packed(value, rows[row])
            worse = np.flatnonzero(back > of_columns[column])
            # Where the member asks for the row's cluster, too, it finds the row there.
            homes = self._own[rows[row[worse]]]
            worse = worse[(self._asked[members[column[worse]]] != homes[:, None]).all(axis=1)]
            worse = worse[np.argsort(column[worse], kind="stable")]
            with self._lock:
                merge(self.best, row[better], forth[better], rows)
                merge(self.best, column[worse], back[worse], members)


def _grouped(names: np.ndarray, n_groups: int) -> list[Rows]:
    """Rows (m,) intp that hold each of the names 0..n_groups-1, ascending; names are (n, m)."""
    flat = names.astype(np.uint16, copy=False).ravel()
    order = np.argsort(flat, kind="stable")
    order //= names.shape[1]
    starts = np.cumsum(np.bincount(flat, minlength=n_groups))[:-1]
    return np.split(order, starts)


ENGINE = IVFEngine()
