"""`EmbeddingCompare`: two spaces of the same items, compared in a notebook cell."""

import warnings
from copy import copy
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget.comparison import Comparison, Settings
from embwidget.comparison.sentences import same_words
from embwidget.session.answers.measured_columns import COINCIDENCE
from embwidget.session.session import Session
from embwidget.session.shown import Shown
from embwidget.widget.live import LiveWidget
from embwidget.widget.saved import FileWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


class EmbeddingCompare(FileWidget):
    """Two embeddings of the same items side by side: linked maps, neighbours, coincidence.

    Bad input is refused at once. In a notebook all else comes from a thread of its own, which
    leaves the kernel usable: a PCA map of both spaces first, then nearest neighbours and
    coincidence, chance and groups, the final maps, how far they can be believed, and quality by
    label. `wait` blocks until everything is there. In a script, where no page is to be saved alive,
    neighbours and maps are there when the widget is; what else is measured, when it is asked for:
    ``comparison.chance()``, ``comparison.quality()`` and so on.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), frame, tensor or path
        Vectors of the same items, paired as by `embwidget.compare`; the foot of the widget says
        how.
        Without `b`, `a` is one table with two columns of `vectors`, or holds the spaces: a dict of
        name -> space, a list of spaces, what `compare_many` made, or a `Series`. Of more than two
        the page shows two at a time, at first the first two, or the first and last step of a
        series: see `pair`.
    vectors, id, names, missing
        As for `embwidget.compare`.
    ids : sequence of str or int, optional
        Ids of the rows of both, when they do not carry their own.
    metadata : frame, optional
        Aligned by its column `id` or its index, as by `embwidget.compare`; else one row for each
        row of `a`. Any library that narwhals knows.
    label : str or array-like, optional
        Metadata column (or one value for each row of `a`) with the classes.
    image : str or array-like, optional
        Metadata column (or one value for each row of `a`) with pictures: PNG, JPEG, GIF or WebP
        files as bytes, paths, open files or base64, with Pillow TIFF and BMP too; PIL images;
        arrays (h, w), (h, w, 1 or 3 or 4) or (1 or 3 or 4, h, w), or all of them in one array.
        Floats in 0..1 and integers in 0..255 are taken as they are, others are stretched from their
        least to their largest value, over all pictures that are arrays; what is transparent lies on
        white.
    text : str or array-like, optional
        Metadata column (or one value for each row of `a`) with a text that is shown with each item
        and searched.
    show : str or list of str, optional
        Metadata columns whose values are shown with each item, in tooltip, card and tables, and
        stand in `neighbors_frame`; at most 20. What colours the points is shown in any case.
    positions : pair of array-like of shape (n_samples, 2), optional
        Maps of the rows of `a` and of `b` that are drawn as they are; None in place of one draws
        it. A space of two dimensions is drawn as it is, too. Of several spaces, what
        `project_series` made of them, or an array (n_spaces, n_samples, 2 or 3).
    n_neighbors : int
        Number of neighbours compared at first, the `k` of the slider.
    k_max : int
        Length of the neighbour lists, at most 254.
    metric : str or (str, str), optional
        "cosine", "euclidean", "inner_product" or "hamming"; None takes each space's own, else
        cosine, and euclidean of two dimensions.
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
    unique : bool, default=False
        Keep one of each item whose vectors are the same in both spaces, as for
        `embwidget.compare`; the others lie where it lies.

    Attributes
    ----------
    selection : (n_selected,) int64
        Row positions, sorted and unique. Assign positions or a boolean mask.
    selections : dict of str to list
        Selections that have a name, given here or on the page: ids in row order. Assign all of
        them, ids or boolean masks: ``w.selections = {**w.selections, "rare": ids}``; at most 100.
    focus : str, int or None
        Id of the item whose neighbours are shown.
    k : int
        Number of neighbours compared, 1..k_max.
    pair : (str, str)
        Names of the two spaces that are compared; of several, assign others.
    """

    def __init__(
        self,
        a: Any,
        b: Any = None,
        *,
        vectors: Any = None,
        id: Any = None,  # noqa: A002 (the word of every frame)
        names: Any = None,
        missing: str = "raise",
        ids: Any = None,
        metadata: Any = None,
        label: Any = None,
        image: Any = None,
        text: Any = None,
        show: Any = (),
        positions: Any = None,
        n_neighbors: int = 10,
        k_max: int = 50,
        metric: str | tuple[str, str] | None = None,
        engine: str = "auto",
        reducer: Any = DEFAULT_REDUCER,
        color_by: str = COINCIDENCE,
        height: int = 400,
        n_jobs: int | None = None,
        max_memory: int | None = None,
        random_state: int = 0,
        unique: bool = False,
    ) -> None:
        settings = Settings(
            n_neighbors=n_neighbors,
            k_max=k_max,
            metric=metric,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
            unique=unique,
        )
        shown = Shown(
            text=text,
            image=image,
            show=show,
            positions=positions,
            reducer=reducer,
            color_by=color_by,
            height=height,
        )
        super().__init__(
            Session.of_spaces(
                a,
                b,
                settings,
                shown,
                vectors=vectors,
                id=id,
                names=names,
                missing=missing,
                ids=ids,
                metadata=metadata,
                label=label,
            )
        )

    @classmethod
    def from_comparison(
        cls,
        comparison: Comparison,
        *,
        names: Any = None,
        image: Any = None,
        text: Any = None,
        show: Any = (),
        positions: Any = None,
        reducer: Any = DEFAULT_REDUCER,
        color_by: str = COINCIDENCE,
        height: int = 400,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> "EmbeddingCompare":
        """Show a `Comparison`; its neighbours are not searched again.

        Texts, pictures and positions are those of its items; pandas objects are aligned by their
        index.
        """
        settings = Settings(n_jobs=n_jobs, random_state=random_state)
        shown = Shown(
            text=text,
            image=image,
            show=show,
            positions=positions,
            reducer=reducer,
            color_by=color_by,
            height=height,
        )
        if names is not None:
            comparison = copy(comparison)
            comparison.pair = comparison.pair.with_names(names)
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
        """Where they lie on map B, turned onto A unless given, (n_samples, 2) float32."""
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
        self._saved.waited(repr(self))
        return self

    def cancel(self) -> None:
        """Stop the work at its next sign of progress; what is there stays usable."""
        self.session.cancel()

    def summary(self) -> str:
        """Say in three sentences what was found, as `Comparison.summary` does, at the current `k`.

        Never waits: while the work goes on it says what is known and what is still being measured;
        after `wait` it says all. In a script it measures what nobody has asked for yet.
        """
        return self.session.summary()

    def to_html(
        self, path: str | PathLike[str] | None = None, *, max_mb: float | None = 25
    ) -> str | None:
        """Write all that is on the screen as one file, which lives without a kernel or a network.

        Waits for the work; in a script it measures what nobody has asked for yet. What was
        cancelled is left out, and the page says so. See ``docs/export.md``.

        Parameters
        ----------
        path : path, optional
            HTML file to write, whole or not at all; what is there is replaced.
        max_mb : float or None, default=25
            Millions of bytes that it may have; None = no limit. What does not fit is left out, with
            a warning, and the page says it too: pictures first, then long texts, then the
            neighbours beyond the first 25, 15, 10, those of other spaces than the two that are
            looked at, then all of them.

        Returns
        -------
        str or None
            The HTML without a `path`, as for an ``<iframe srcdoc>``.

        Raises
        ------
        ValueError
            When the file cannot be so small.
        OSError
            When it cannot be written.
        """
        from embwidget.export.export import export_session

        made = export_session(self.session, path, max_mb=max_mb)
        if made.warning:
            warnings.warn(made.warning, stacklevel=2)
        return made.text if path is None else None

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
            One row a rank 1..k; no rows when nothing is in focus. Beside the ids stand ``text_a``
            and ``text_b``, and the columns of `show` with ``_a`` and ``_b`` behind their names
            (``__a`` and ``__b`` where a column of this name is there already).
        """
        return self.session.neighbors_frame()

    def __repr__(self) -> str:
        n_items = f"{self.n_items:,} items"
        spaces = " and ".join(
            f"{s['name']} ({s['n_dims']} d)" for s in (self.space_a, self.space_b)
        )
        if not self.mean_shared:
            return f"EmbeddingCompare: {spaces}, {n_items}"
        same = same_words(self.mean_shared[self.k - 1], self.k)
        return f"EmbeddingCompare: {spaces}, {n_items}, {same}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = self._repr_mimebundle_() if self.comm is not None else None
        data, metadata = bundle or ({"text/plain": repr(self)}, {})
        show: Callable[..., None] = display
        show(data, metadata=metadata, raw=True)
        if bundle:
            self._saved.show(repr(self))
