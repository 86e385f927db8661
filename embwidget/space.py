"""A space: the vectors that one model gave to the items, their ids and what is known of them."""

from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, align_frame, in_order
from embwidget._core.checks import shown
from embwidget._core.containers import parts_of, parts_of_anndata, reduced
from embwidget._core.frames import split_frame, take_rows
from embwidget._core.ids import as_ids
from embwidget._core.keys import index_of
from embwidget._core.parts import Parts, with_source
from embwidget._core.vectors import gaps_in, read_vectors
from embwidget.files.format import Wanted
from embwidget.files.logged import LoggedVectors
from embwidget.files.read import local_path, read_parts, wanted_of
from embwidget.metrics import Metric, name_of


class Space(LoggedVectors):
    """Vectors of items that one model embedded.

    Parameters
    ----------
    vectors : array-like of shape (n_samples, n_dims)
        Numbers of any type, a torch tensor, a list of lists, a frame as for `from_frame`, a Series
        of vectors. Converted once to float32; a float32 memmap stays one, and is read in blocks.
    ids : array-like of shape (n_samples,), optional
        Unique keys, str or int, by which spaces are joined; by default the row positions.
    metadata : frame with a row for each item, optional
        Any frame that narwhals knows (pandas, polars, Arrow), aligned by its index where that holds
        the ids, or by its column "id", else by position; else kept as it is.
    name : str, optional
        How figures and tables call the space.
    metric : {"cosine", "euclidean", "inner_product", "hamming"} or Metric, optional
        How its model means distances, which `compare` goes by; the space keeps its name, a str.
    missing : {"raise", "drop"}, default="raise"
        Whether an item without a vector, or with NaN in it, is an error or left out.

    Attributes
    ----------
    vectors : (n_samples, n_dims) float32
    mapped_from : str
        Path of the file that they stay in, as those of a large .npy do; "" = they are in memory.
    ids : (n_samples,) int64, uint64 or object (of str)
    has_ids : bool
        Whether ids were given, or are the row positions.
    index : pandas.Index of length n_samples, or None
        That of the pandas object which held the vectors; without ids it tells the items.
    metadata_by : str
        How the metadata was aligned.
    dropped : (n_dropped,) int64, uint64 or object (of str)
        Ids of the items that were left out since they had no vector, else their row positions.
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
    )

    def __init__(
        self,
        vectors: Any,
        *,
        ids: Any = None,
        metadata: Any = None,
        name: str | None = None,
        metric: str | Metric | None = None,
        missing: str = "raise",
    ) -> None:
        # A dict says neither here nor there what its order is worth: `as_space` reads it.
        parts = Parts(vectors) if isinstance(vectors, dict) else parts_of(vectors)
        given = Parts(None, ids, metadata, name, metric)
        self._fill(parts._replace(index=index_of(vectors)), given, missing)

    @classmethod
    def _of(cls, parts: Parts, given: Parts, missing: str = "raise") -> "Space":
        """Make a space of what a file or a frame says, and of what is given beside it."""
        made = cls.__new__(cls)
        made._fill(parts, given, missing)
        return made

    def _fill(self, parts: Parts, given: Parts, missing: str) -> None:
        """Check what a space is made of, once, and leave out what has no vector if that is said."""
        if missing not in ("raise", "drop"):
            msg = f'missing={shown(missing)}: give "raise" or "drop"'
            raise ValueError(msg)
        name = parts.name if given.name is None else given.name
        of = "" if name is None else f" of {shown(name)}"
        what = f"{parts.what}{of}"
        try:
            self._vectors, gaps = read_vectors(parts.vectors, what)
        except (ValueError, TypeError) as error:
            raise type(error)(with_source(str(error), parts.read_from)) from error
        n = len(self._vectors)
        self.index = parts.index
        merged = parts.merged(given)
        self.has_ids = merged.ids is not None
        self.ids: NDArray[Any] = np.arange(n)
        if merged.ids is not None:
            ids = in_order(merged.ids, Items(n, index=self.index), f"ids{of}")
            self.ids = as_ids(ids, n, f"ids{of}")
        self.metadata: Any = None
        self.metadata_by = ""
        if merged.metadata is not None:
            # What came with the vectors lies in their order, whatever an index says.
            is_own = given.metadata is None
            items = Items(n) if is_own else self.items
            self.metadata, by = align_frame(merged.metadata, items, f"metadata{of}")
            self.metadata_by = "" if is_own else by
        self.name = None if merged.name is None else str(merged.name)
        self.metric = None if merged.metric is None else name_of(merged.metric)
        self.read_from = parts.read_from
        self.dropped: NDArray[Any] = self.ids[:0]
        if len(gaps):
            self._leave_out(gaps, missing, what, parts.vectors)

    def _leave_out(self, gaps: NDArray[np.intp], missing: str, what: str, given: Any) -> None:
        """Drop the rows (n_gaps,) intp that have no vector, or say which is the first."""
        if missing == "raise" or len(gaps) == len(self):
            key = f" (id {shown(self.ids[gaps[0]])})" if self.has_ids else ""
            msg = gaps_in(self.vectors, gaps, what, given, key)
            raise ValueError(with_source(msg, self.read_from))
        self.dropped = self.ids[gaps]
        self._keep(np.delete(np.arange(len(self)), gaps))

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
        missing: str = "raise",
        n_dims: int | None = None,
    ) -> "Space":
        """Read a space from a file. Nothing is ever unpickled, for a pickle can run code.

        Parameters
        ----------
        path : str or Path
            Arrays: .npy (which stays in the file above 1 GB), .npz, .safetensors, .pt and .pth
            (tensors alone). Tables: .parquet, .arrow, .feather, .ipc, .csv (with column names).
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
        wanted = Wanted(key, vectors, id, (), n_dims)
        return _loaded(path, wanted, Parts(None, name=name, metric=metric), missing)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        vectors: str | list[str] | None = None,
        id: str | None = None,  # noqa: A002 (the word of every frame)
        name: str | None = None,
        metric: str | Metric | None = None,
        missing: str = "raise",
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
        return cls._of(
            parts._replace(index=index_of(frame)), Parts(None, name=name, metric=metric), missing
        )

    @classmethod
    def from_anndata(
        cls,
        data: Any,
        *,
        vectors: str | None = None,
        name: str | None = None,
        metric: str | Metric | None = None,
        missing: str = "raise",
        n_dims: int | None = None,
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
        parts = reduced(parts_of_anndata(data, vectors), n_dims)
        return cls._of(parts, Parts(None, name=name, metric=metric), missing)

    def take(self, rows: NDArray[np.intp]) -> "Space":
        """Return the space of some rows, at (n_rows,) intp, in that order, metadata included."""
        made = copy(self)
        made._keep(rows)
        return made

    def _keep(self, rows: NDArray[np.intp]) -> None:
        # Without ids these are the positions in what was given, and still tell the items.
        self._vectors, self.ids = self._vectors[rows], self.ids[rows]
        self.index = None if self.index is None else self.index[rows]
        self.metadata = None if self.metadata is None else take_rows(self.metadata, rows)

    def __repr__(self) -> str:
        name = "" if self.name is None else f"{shown(self.name)}, "
        metric = "" if self.metric is None else f", {self.metric}"
        source = f", from {self.read_from}" if self.read_from else ""
        mapped = f", in {shown(Path(self.mapped_from).name)}" if self.mapped_from else ""
        return f"Space({name}{self.n_samples} x {self.n_dims}{metric}{source}{mapped})"


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
    n_dims: int | None = None,
) -> Space:
    """Make a space of anything that holds vectors; docs/inputs.md lists what.

    Parameters
    ----------
    x : Space, array-like, tensor, frame, Series, {id: vector}, AnnData, path, ...
        As by `Space.from_frame`, `Space.from_anndata` and `Space.load`; also KeyedVectors of
        gensim, datasets of Hugging Face, and relations of DuckDB.
    name, ids, metadata
        As for `Space`; where given, they take the place of what `x` brings.
    vectors, id : str or list of str, optional
        Columns of a frame or table, or array of a file or AnnData, as for `Space.from_frame`.
    missing : {"raise", "drop"}, default="raise"
        What becomes of items without a vector; those dropped are `Space.dropped`.
    apart : tuple of str
        Columns that are no dimensions, however numeric: labels, texts ...
    n_dims : int, optional
        Of a sparse matrix, which is reduced to so many by TruncatedSVD.

    Returns
    -------
    Space
    """
    if isinstance(x, Space):
        return _changed(x, name, ids, metadata)
    given = Parts(None, ids, metadata, name)
    if isinstance(x, (str, Path)):
        return _loaded(x, wanted_of(x, Wanted(None, vectors, id, apart, n_dims)), given, missing)
    parts = reduced(parts_of(x, vectors=vectors, id=id, apart=apart), n_dims)
    return Space._of(parts._replace(index=index_of(x)), given, missing)


def _changed(space: Space, name: str | None, ids: Any, metadata: Any) -> Space:
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


def _loaded(path: str | Path, wanted: Wanted, given: Parts, missing: str) -> Space:
    """Space of a file, and what is said beside it."""
    found = local_path(path)
    parts = read_parts(found, wanted)
    try:
        parts = reduced(parts, wanted.n_dims)
        return Space._of(parts._replace(name=parts.name or found.stem), given, missing)
    except (ValueError, TypeError) as error:
        msg = f"{shown(found.name)}: {error}"
        raise type(error)(msg) from error
