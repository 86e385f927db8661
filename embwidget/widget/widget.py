"""`EmbeddingCompare`: two spaces of the same items, compared in a notebook cell."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison import Comparison, Settings
from embwidget.session.answers.measured_columns import COINCIDENCE
from embwidget.session.session import Session
from embwidget.session.shown import Shown
from embwidget.widget.fallback import fallback_html
from embwidget.widget.live import LiveWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


class EmbeddingCompare(LiveWidget):
    """Two embeddings of the same items side by side: linked maps, neighbours, coincidence.

    Bad input is refused at once. In a notebook all else comes from a thread of its own, which
    leaves the kernel usable: a PCA map of both spaces first, then nearest neighbours and
    coincidence, chance and groups, the final maps, how far they can be believed, and quality by
    label. `wait` blocks until everything is there. In a script, where no page is to be kept alive,
    neighbours and maps are there when the widget is; what else is measured, when it is asked for:
    ``comparison.chance()``, ``comparison.quality()`` and so on.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), frame, tensor or path
        Vectors of the same items; joined by id where they have ids, else by position.
    ids : sequence of str or int, optional
        Ids of the rows of both, when they do not carry their own.
    metadata : frame, optional
        One row for each item, in the order of `ids`. Any library that narwhals knows.
    label : str or array-like, optional
        Metadata column (or one value an item) with the classes.
    image : str or array-like, optional
        Metadata column (or one value an item) with pictures: bytes or paths of PNG, JPEG, GIF or
        WebP files, PIL images, arrays (h, w) or (h, w, 3 or 4) of uint8 or of floats in 0..1.
    text : str, optional
        Metadata column with a text that is shown with each item and searched.
    n_neighbors : int
        Number of neighbours compared at first, the `k` of the slider.
    k_max : int
        Length of the neighbour lists, at most 254.
    metric : str or (str, str), optional
        "cosine", "euclidean", "inner_product" or "hamming"; None takes each space's own, else
        cosine.
    engine : {"auto", "exact", "ivf", "nndescent"}
        How nearest neighbours are found.
    reducer : str, Reducer, callable or object with ``fit_transform``
        Draws the final maps: "umap", "pca", "pca+umap", "umap-learn", "pacmap", "tsne", or a
        ``UMAP`` of ``embwidget.projection`` with settings.
    color_by : str
        A metadata column, or what is measured: "coincidence"; "wins" (of an item's neighbours, the
        share with its label in B less that in A; needs a label); "faithfulness_a" and
        "faithfulness_b" (share of its neighbours that are near on the map); "group_a" and
        "group_b"; "k_occurrence_a" and "k_occurrence_b" (in how many lists it stands); "rbo" and
        "rank_similarity".
    height : int
        Height of the maps in CSS pixels, from 240.
    n_jobs : int, optional
        Threads for the neighbour search and what is measured after it; None takes all cores.
    max_memory : int, optional
        Bytes that the search in one space may allocate, as for `embwidget.knn_graph`.
    random_state : int
        Seed of everything that is random.

    Attributes
    ----------
    selection : (n_selected,) int64
        Row positions, sorted and unique. Assign positions or a boolean mask.
    focus : str, int or None
        Id of the item whose neighbours are shown.
    k : int
        Number of neighbours compared, 1..k_max.
    """

    def __init__(
        self,
        a: Any,
        b: Any,
        *,
        ids: Any = None,
        metadata: Any = None,
        label: Any = None,
        image: Any = None,
        text: str | None = None,
        n_neighbors: int = 10,
        k_max: int = 50,
        metric: str | tuple[str, str] | None = None,
        engine: str = "auto",
        reducer: Any = "umap",
        color_by: str = COINCIDENCE,
        height: int = 400,
        n_jobs: int | None = None,
        max_memory: int | None = None,
        random_state: int = 0,
    ) -> None:
        settings = Settings(
            n_neighbors=n_neighbors,
            k_max=k_max,
            metric=metric,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
        )
        shown = Shown(text=text, image=image, reducer=reducer, color_by=color_by, height=height)
        super().__init__(
            Session.of_spaces(a, b, settings, shown, ids=ids, metadata=metadata, label=label)
        )

    @classmethod
    def from_comparison(
        cls,
        comparison: Comparison,
        *,
        image: Any = None,
        text: str | None = None,
        reducer: Any = "umap",
        color_by: str = COINCIDENCE,
        height: int = 400,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> "EmbeddingCompare":
        """Show a `Comparison`; its neighbours are not searched again."""
        settings = Settings(n_jobs=n_jobs, random_state=random_state)
        shown = Shown(text=text, image=image, reducer=reducer, color_by=color_by, height=height)
        widget = cls.__new__(cls)
        LiveWidget.__init__(widget, Session(comparison, settings, shown))
        return widget

    @property
    def comparison(self) -> Comparison:
        """The `Comparison`; blocks until the neighbour graphs are there."""
        return self.session.comparison

    @property
    def positions_a(self) -> NDArray[np.float32]:
        """Where the items lie on map A at the moment, (n_samples, 2) float32.

        Blocks until there is a map.
        """
        return self.session.maps[0]

    @property
    def positions_b(self) -> NDArray[np.float32]:
        """Where they lie on map B, turned onto A, (n_samples, 2) float32."""
        return self.session.maps[1]

    def wait(self, timeout: float | None = None) -> "EmbeddingCompare":
        """Block until everything is there, or the work was cancelled.

        Returns
        -------
        EmbeddingCompare
            The widget itself.

        Raises
        ------
        Exception
            What went wrong in the background.
        TimeoutError
            After `timeout` seconds.
        """
        self.session.wait(timeout)
        return self

    def cancel(self) -> None:
        """Stop the work at its next sign of progress; what is there stays usable."""
        self.session.cancel()

    def selected_frame(self) -> "pd.DataFrame":
        """Return the selected items as a frame.

        Returns
        -------
        DataFrame
            The selected rows of `Comparison.to_frame` at the current `k`, in row order, with their
            positions on the maps: ``x_a, y_a, x_b, y_b``.
        """
        return self.session.selected_frame()

    def neighbors_frame(self) -> "pd.DataFrame":
        """Return the neighbours of the item in focus, as `Comparison.neighbors` gives them.

        Returns
        -------
        DataFrame
            One row a rank 1..k; no rows when nothing is in focus.
        """
        return self.session.neighbors_frame()

    def __repr__(self) -> str:
        n_items = f"{self.n_items:,} items"
        spaces = " and ".join(
            f"{s['name']} ({s['n_dims']} d)" for s in (self.space_a, self.space_b)
        )
        if not self.curve:
            return f"EmbeddingCompare: {spaces}, {n_items}"
        value = self.curve[self.k - 1][0]
        return f"EmbeddingCompare: {spaces}, {n_items}, mean IoU {value:.3f} at k = {self.k}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = self._repr_mimebundle_() if self.comm is not None else None
        data, metadata = bundle or ({"text/plain": repr(self)}, {})
        show: Callable[..., None] = display
        show(data, metadata=metadata, raw=True)
        if bundle:
            show({"text/html": fallback_html(repr(self))}, raw=True)
