"""How far two spaces agree on who is near to whom: `compare` and what it finds."""

from typing import TYPE_CHECKING, Any

from embwidget._core.checks import shown
from embwidget._core.progress import Progress, reporting, silent
from embwidget.comparison.changes import Findings
from embwidget.comparison.pair import Metrics, Pair, prepare
from embwidget.knn import Engine, KNNGraph, knn_graph
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Comparison", "Pair", "compare", "compare_pair", "prepare"]


def compare(
    a: Any,
    b: Any,
    *,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    n_neighbors: int = 10,
    k_max: int = 50,
    metric: Metrics = None,
    engine: str | Engine = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress | bool = False,
) -> "Comparison":
    """Compare the nearest neighbours of the same items in two spaces.

    Neighbours that were found before come out of `embwidget.cache`.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), tensor, frame, AnnData or path
        Joined by id where they have ids, else row by row.
    ids : array-like of shape (n_samples,), optional
        Keys of the rows of both, str or int, unique.
    metadata : frame, optional
        One row for each row of `a`; by default what the spaces bring.
    label : str or array-like, optional
        Column of the metadata that says what an item is, or one value for each row of `a`.
    n_neighbors : int, default=10
        k of the headline figures.
    k_max : int, default=50
        Length of the neighbour lists; at most n_samples - 1, to which it is cut.
    metric : str, Metric or a pair of these, optional
        "cosine", "euclidean", "inner_product" or "hamming", for both or for each; by default each
        space's own, else cosine.
    engine : {"auto", "exact", "ivf", "nndescent"} or Engine, default="auto"
        See `knn_graph`.
    n_jobs : int, optional
        Threads; None = one for each CPU that the process may use.
    max_memory : int, optional
        Bytes that the search in one space may allocate, as for `knn_graph`; None = no bound.
    random_state : int, default=0
    progress : bool or callable, default=False
        True shows a bar. A function is called as ``progress(step, share)``; what it raises stops
        the comparison.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above; before anything is computed.
    """
    pair = prepare(
        a,
        b,
        ids=ids,
        metadata=metadata,
        label=label,
        n_neighbors=n_neighbors,
        k_max=k_max,
        metric=metric,
        engine=engine,
        n_jobs=n_jobs,
        max_memory=max_memory,
    )

    with reporting(progress) as report:
        return compare_pair(
            pair,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            progress=report,
        )


def compare_pair(
    pair: Pair,
    *,
    engine: str | Engine = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress = silent,
) -> "Comparison":
    """Find the neighbours of a pair that `prepare` made; arguments as for `compare`."""

    def search(space: Space, metric: str, side: int) -> KNNGraph:
        def half(step: str, share: float) -> None:
            progress(f"{step} in {'AB'[side]}", (side + share) / 2)

        return knn_graph(
            space,
            pair.k_max,
            metric=metric,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            progress=half,
        )

    return Comparison(pair, search(pair.a, pair.metric_a, 0), search(pair.b, pair.metric_b, 1))


class Comparison(Findings):
    """Two spaces, their neighbour graphs, what both share, and what follows from it.

    Attributes
    ----------
    pair : Pair
        What is compared, and how.
    graph_a, graph_b : KNNGraph
        k_max neighbours of each item.
    """

    def plot(self, positions: tuple[Any, Any] | None = None, **options: Any) -> "Figure":
        """Draw both maps by matplotlib; see `embwidget.plots.plot_comparison`.

        Parameters
        ----------
        positions : (positions_a, positions_b), optional
            Two maps, (n_samples, 2) each; drawn anew by default.
        **options
            color_by, k, reducer and figure.
        """
        from embwidget.plots import plot_comparison

        return plot_comparison(self, positions, **options)

    def plot_curve(self, **options: Any) -> "Figure":
        """Draw the curve over k with its interval and chance; see `embwidget.plots.plot_curve`."""
        from embwidget.plots import plot_curve

        return plot_curve(self, **options)

    def plot_quality(self, label: Any = None, **options: Any) -> "Figure":
        """Draw the labels that differ most; see `embwidget.plots.plot_quality`."""
        from embwidget.plots import plot_quality

        return plot_quality(self, label, **options)

    def plot_groups(self, **options: Any) -> "Figure":
        """Draw what becomes of the groups; see `embwidget.plots.plot_groups`."""
        from embwidget.plots import plot_groups

        return plot_groups(self, **options)

    def summary(self) -> "pd.Series[Any]":
        """The headline figures at n_neighbors, by name; the last is the `verdict`."""
        import pandas as pd

        similarity, shared = self.similarity, self.shared()
        return pd.Series(
            {
                "items": len(self.a),
                "only in a": self.join_report.only_a,
                "only in b": self.join_report.only_b,
                "neighbours compared": self.n_neighbors,
                "mean Jaccard": similarity.value,
                "95 % from": similarity.low,
                "95 % to": similarity.high,
                "by chance": similarity.chance,
                "above chance, 0 to 1": similarity.adjusted,
                "items that share none": float((shared == 0).mean()),
                "items that share all": float((shared == self.n_neighbors).mean()),
                "verdict": self.verdict(),
            },
            dtype=object,
        )

    def __repr__(self) -> str:
        names = [shown(space.name or side) for space, side in ((self.a, "A"), (self.b, "B"))]
        items, k = len(self.a), self.n_neighbors
        return (
            f"Comparison({names[0]} and {names[1]}, {items} items, Jaccard@{k} {self.similarity})"
        )
