"""A space: the vectors that one model gave to the items, their ids and what is known of them."""

from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, align_frame, in_order
from embwidget._core.checks import as_ids, as_vectors, near_names, shown
from embwidget._core.frames import is_frame, split_frame, take_rows
from embwidget._core.keys import index_of
from embwidget._core.parts import Parts
from embwidget.files.format import Wanted
from embwidget.files.read import read_parts
from embwidget.metrics import Metric, name_of


class Space:
    """Vectors of items that one model embedded.

    Parameters
    ----------
    vectors : array-like of shape (n_samples, n_dims)
        Numbers of any type, a torch tensor, a list of lists. Converted once to float32; a float32
        memmap stays one.
    ids : array-like of shape (n_samples,), optional
        Unique keys, str or int, by which spaces are joined; by default the row positions.
    metadata : frame with a row for each item, optional
        Any frame that narwhals knows (pandas, polars, Arrow), aligned by its index where that holds
        the ids, or by its column "id", else by position; else kept as it is.
    name : str, optional
        How figures and tables call the space.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, optional
        How its model means distances; `compare` uses it unless told otherwise. The space keeps its
        name, a str.

    Attributes
    ----------
    vectors : (n_samples, n_dims) float32
    ids : (n_samples,) int64, uint64 or object (of str)
    has_ids : bool
        Whether ids were given, or are the row positions.
    index : pandas.Index of length n_samples, or None
        That of the pandas object which held the vectors: where there are no ids, it tells the
        items.
    metadata_by : str
        How the metadata was aligned.
    dropped : (n_dropped,) int64, uint64 or object (of str)
        Ids of the items that were left out since they had no vector; the first id of an item that
        was given without any is still its row position.
    read_from : str
        What was taken for the dimensions, where that was guessed; "" = it was said, or is plain.

    Raises
    ------
    ValueError, TypeError
        When the vectors are not two-dimensional, finite and numeric, ids are not unique, or
        lengths differ.
    """

    __slots__ = (
        "dropped",
        "has_ids",
        "ids",
        "index",
        "metadata",
        "metadata_by",
        "metric",
        "name",
        "read_from",
        "vectors",
    )

    def __init__(
        self,
        vectors: Any,
        *,
        ids: Any = None,
        metadata: Any = None,
        name: str | None = None,
        metric: str | Metric | None = None,
    ) -> None:
        of = "" if name is None else f" of {shown(name)}"
        self.vectors: NDArray[np.float32] = as_vectors(vectors, f"vectors{of}")
        n = len(self.vectors)
        self.index = index_of(vectors)
        self.has_ids = ids is not None
        self.ids: NDArray[Any] = np.arange(n)
        if ids is not None:
            ids = in_order(ids, Items(n, index=self.index), f"ids{of}")
            self.ids = as_ids(ids, n, f"ids{of}")
        self.metadata: Any = None
        self.metadata_by = ""
        if metadata is not None:
            self.metadata, self.metadata_by = align_frame(metadata, self.items, f"metadata{of}")
        self.name = None if name is None else str(name)
        self.metric = None if metric is None else name_of(metric)
        self.dropped: NDArray[Any] = self.ids[:0]
        self.read_from = ""

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return int(self.vectors.shape[0])

    @property
    def n_dims(self) -> int:
        """Dimensions of a vector."""
        return int(self.vectors.shape[1])

    @property
    def items(self) -> Items:
        """What tells the items apart for what else is said of them."""
        return Items(len(self), self.ids if self.has_ids else None, self.index)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        key: str | None = None,
        vectors: str | list[str] | None = None,
        id: str | None = None,  # noqa: A002 (the word of every frame)
        name: str | None = None,
        metric: str | Metric | None = None,
    ) -> "Space":
        """Read a space from a file. Nothing is ever unpickled, for a pickle can run code.

        Parameters
        ----------
        path : str or Path
            Arrays: .npy (opened as a read-only memmap), .npz, .safetensors, .pt and .pth (tensors
            alone). Tables: .parquet, .arrow, .feather, .ipc, .csv (with a line of column names).
        key : str, optional
            Which of several arrays holds the vectors; by default "vectors", or the only 2-D one.
        vectors : str or list of str, optional
            Columns of a table that hold the vectors, as for `from_frame`.
        id : str, optional
            Column, or array, of the ids; by default the array "ids" beside other arrays, and in a
            table the column "id", else the index that pandas wrote.
        name, metric : str, optional
            As for `Space`; by default what `embwidget.io.save` wrote, else the file's name without
            the suffix.

        Returns
        -------
        Space
            Further columns of a table are its metadata, a pandas frame.

        Raises
        ------
        FileNotFoundError
            When there is no such file.
        ValueError, TypeError
            When the suffix is not known, the file is damaged, or there is a choice to make.
        ImportError
            When the format needs a package that is not installed.
        """
        path = Path(path).expanduser()
        parts = read_parts(path, Wanted(key, vectors, id))
        try:
            return _of_parts(parts, name or parts.name or path.stem, metric or parts.metric)
        except (ValueError, TypeError) as error:
            msg = f"{shown(path.name)}: {error}"
            raise type(error)(msg) from error

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        vectors: str | list[str] | None = None,
        id: str | None = None,  # noqa: A002 (the word of every frame)
        name: str | None = None,
        metric: str | Metric | None = None,
    ) -> "Space":
        """Take vectors and ids out of a frame; its other columns become the metadata.

        Parameters
        ----------
        frame : DataFrame
            Any frame that narwhals knows.
        vectors : str or list of str, optional
            A column whose entries are vectors, or one column for each dimension; by default all
            numeric columns but the id.
        id : str, optional
            Column of the ids; by default "id" if there is one, else the index of a pandas frame
            if it is of text.
        name, metric
            As for `Space`.
        """
        parts = split_frame(frame, vectors=vectors, id=id)
        return _of_parts(parts, name, metric, index_of(frame))

    @classmethod
    def from_anndata(
        cls,
        data: Any,
        *,
        vectors: str | None = None,
        name: str | None = None,
        metric: str | Metric | None = None,
    ) -> "Space":
        """Take vectors out of an AnnData; ids are its ``obs_names``, metadata its ``obs``.

        Parameters
        ----------
        data : AnnData
        vectors : str, optional
            Key in ``obsm``, such as "X_pca"; by default ``X``, which has to be dense.
        name, metric
            As for `Space`.
        """
        keys = list(data.obsm.keys())
        if vectors is not None and vectors not in keys:
            msg = f"obsm has no {shown(vectors)}: {near_names(vectors, keys)}"
            raise ValueError(msg)
        held = data.X if vectors is None else data.obsm[vectors]
        if vectors is None and (held is None or hasattr(held, "nnz")):
            found = "None" if held is None else f"a sparse matrix of shape {held.shape}"
            msg = (
                f"AnnData.X is {found}: use X.toarray(), or a key of obsm "
                f"({near_names('', keys)}): Space.from_anndata(data, vectors=...)"
            )
            raise TypeError(msg)
        parts = Parts(held, np.asarray(data.obs_names, object), data.obs)
        return _of_parts(parts, name, metric)

    def take(self, rows: NDArray[np.intp]) -> "Space":
        """Return the space of some rows, at (n_rows,) intp, in that order, metadata included."""
        made = copy(self)
        made.vectors = self.vectors[rows]
        # Without ids these are the positions in what was given, and still tell the items.
        made.ids = self.ids[rows]
        made.index = None if self.index is None else self.index[rows]
        if self.metadata is not None:
            made.metadata = take_rows(self.metadata, rows)
        return made

    def __len__(self) -> int:
        return self.n_samples

    def __repr__(self) -> str:
        name = "" if self.name is None else f"{shown(self.name)}, "
        metric = "" if self.metric is None else f", {self.metric}"
        return f"Space({name}{self.n_samples} x {self.n_dims}{metric})"


def as_space(
    x: Any,
    *,
    name: str | None = None,
    ids: Any = None,
    metadata: Any = None,
    vectors: str | list[str] | None = None,
    id: str | None = None,  # noqa: A002 (the word of every frame)
    missing: str = "raise",
    apart: tuple[str, ...] = (),
) -> Space:
    """Make a space of anything that holds vectors.

    Parameters
    ----------
    x : Space, array-like, tensor, frame, AnnData or path
        A frame goes through `Space.from_frame`, an AnnData through `Space.from_anndata`, a path
        through `Space.load`.
    name, ids, metadata
        As for `Space`; where given, they take the place of what `x` brings.
    vectors, id : str or list of str, optional
        Columns of a frame or table, or array of a file, as for `Space.from_frame`.
    missing : {"raise", "drop"}, default="raise"
        What becomes of items without a vector; those dropped are `Space.dropped`.
    apart : tuple of str
        Columns that are no dimensions, however numeric: labels, texts ...

    Returns
    -------
    Space
    """
    del missing, apart
    space = _space_of(x, vectors, id)
    if name is None and ids is None and metadata is None:
        return space
    changed = copy(space)
    if name is not None:
        changed.name = str(name)
    if ids is not None:
        changed.ids = as_ids(in_order(ids, space.items, "ids"), len(space))
        changed.has_ids = True
    if metadata is not None:
        changed.metadata, changed.metadata_by = align_frame(metadata, changed.items)
    return changed


def _space_of(x: Any, vectors: str | list[str] | None, id: str | None) -> Space:  # noqa: A002
    if isinstance(x, Space):
        return x
    if isinstance(x, (str, Path)):
        return Space.load(x, vectors=vectors, id=id)
    if hasattr(x, "obs_names") and hasattr(x, "X"):
        return Space.from_anndata(x)
    if isinstance(x, (np.ndarray, list, tuple)) or hasattr(x, "detach"):
        return Space(x)
    # A lazy frame is refused by from_frame, which says what to call.
    if is_frame(x) or hasattr(x, "collect"):
        return Space.from_frame(x, vectors=vectors, id=id)
    return Space(x)


def _of_parts(
    parts: Parts, name: str | None, metric: str | Metric | None, index: Any = None
) -> Space:
    """Space of what was read together: its rows lie in one order, whatever an index says."""
    made = Space(parts.vectors, ids=parts.ids, name=name, metric=metric)
    made.metadata, made.index = parts.metadata, index
    return made


def check_column(name: str, columns: list[str], what: str) -> str:
    """Return the name; an error that names near columns unless it is one of them."""
    if name not in columns:
        msg = f"{what}={shown(name)} is no column of the metadata: {near_names(name, columns)}"
        raise ValueError(msg)
    return name
