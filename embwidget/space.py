"""A space: the vectors that one model gave to the items, their ids and what is known of them."""

from copy import copy
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import as_ids, as_vectors, check_metric, listed, near_names, shown


class Space:
    """Vectors of items that one model embedded.

    Parameters
    ----------
    vectors : array-like of shape (n_samples, n_dims)
        Numbers of any type, a torch tensor, a list of lists. Converted once to float32; a float32
        memmap stays one.
    ids : array-like of shape (n_samples,), optional
        Unique keys, str or int, by which spaces are joined; by default the row positions.
    metadata : frame with n_samples rows, optional
        Any frame that narwhals knows (pandas, polars, Arrow); kept as it is.
    name : str, optional
        How figures and tables call the space.
    metric : {"cosine", "euclidean", "inner_product"}, optional
        How its model means distances; `compare` uses it unless told otherwise.

    Attributes
    ----------
    vectors : (n_samples, n_dims) float32
    ids : (n_samples,) int64, uint64 or object (of str)
    has_ids : bool
        Whether ids were given, or are the row positions.

    Raises
    ------
    ValueError, TypeError
        When the vectors are not two-dimensional, finite and numeric, ids are not unique, or
        lengths differ.
    """

    __slots__ = ("has_ids", "ids", "metadata", "metric", "name", "vectors")

    def __init__(
        self,
        vectors: Any,
        *,
        ids: Any = None,
        metadata: Any = None,
        name: str | None = None,
        metric: str | None = None,
    ) -> None:
        of = "" if name is None else f" of {shown(name)}"
        self.vectors: NDArray[np.float32] = as_vectors(vectors, f"vectors{of}")
        n = len(self.vectors)
        self.has_ids = ids is not None
        self.ids: NDArray[Any] = np.arange(n) if ids is None else as_ids(ids, n, f"ids{of}")
        self.metadata = (
            metadata if metadata is None else check_metadata(metadata, n, f"metadata{of}")
        )
        self.name = None if name is None else str(name)
        self.metric = None if metric is None else check_metric(metric)

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return int(self.vectors.shape[0])

    @property
    def n_dims(self) -> int:
        """Dimensions of a vector."""
        return int(self.vectors.shape[1])

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        metric: str | None = None,
        **options: Any,
    ) -> "Space":
        """Read a file; `embwidget.io.load` has the formats and options."""
        from embwidget.io import load

        space = load(path, **options)
        space.name = space.name if name is None else str(name)
        space.metric = space.metric if metric is None else check_metric(metric)
        return space

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        vectors: str | list[str] | None = None,
        id: str | None = None,  # noqa: A002 (the word of every frame)
        name: str | None = None,
        metric: str | None = None,
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
        from embwidget._core.frames import split_frame

        parts = split_frame(frame, vectors=vectors, id=id)
        return Space(parts.vectors, ids=parts.ids, metadata=parts.rest, name=name, metric=metric)

    @classmethod
    def from_anndata(
        cls,
        data: Any,
        *,
        vectors: str | None = None,
        name: str | None = None,
        metric: str | None = None,
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
        ids = np.asarray(data.obs_names, object)
        return Space(held, ids=ids, metadata=data.obs, name=name, metric=metric)

    def take(self, rows: NDArray[np.intp]) -> "Space":
        """Return the space of some rows, in that order, metadata included."""
        made = copy(self)
        made.vectors = self.vectors[rows]
        made.ids = self.ids[rows]
        # What were positions are positions no more, but still tell the items.
        made.has_ids = True
        if self.metadata is not None:
            from embwidget._core.frames import take_rows

            made.metadata = take_rows(self.metadata, rows)
        return made

    def __len__(self) -> int:
        return self.n_samples

    def __repr__(self) -> str:
        name = "" if self.name is None else f"{shown(self.name)}, "
        metric = "" if self.metric is None else f", {self.metric}"
        return f"Space({name}{self.n_samples} x {self.n_dims}{metric})"


@dataclass(frozen=True)
class JoinReport:
    """How many items two spaces have in common.

    Attributes
    ----------
    matched, only_a, only_b : int
        Items in both, and in one alone.
    examples_a, examples_b : tuple
        A few ids of those that are in one alone.
    """

    matched: int
    only_a: int = 0
    only_b: int = 0
    examples_a: tuple[Any, ...] = ()
    examples_b: tuple[Any, ...] = ()

    def __str__(self) -> str:
        text = f"{self.matched} items in both"
        for side, count, examples in (
            ("a", self.only_a, self.examples_a),
            ("b", self.only_b, self.examples_b),
        ):
            if count:
                text += (
                    f"; {count} only in {side} ({listed(examples, 3)}{', …' if count > 3 else ''})"
                )
        return text


def as_space(x: Any, *, name: str | None = None, ids: Any = None, metadata: Any = None) -> Space:
    """Make a space of anything that holds vectors.

    Parameters
    ----------
    x : Space, array-like, tensor, frame, AnnData or path
        A frame goes through `Space.from_frame`, an AnnData through `Space.from_anndata`, a path
        through `embwidget.io.load`.
    name, ids, metadata
        As for `Space`; where given, they take the place of what `x` brings.

    Returns
    -------
    Space
    """
    space = _space_of(x)
    if name is None and ids is None and metadata is None:
        return space
    changed = copy(space)
    if name is not None:
        changed.name = str(name)
    if ids is not None:
        changed.ids, changed.has_ids = as_ids(ids, len(space)), True
    if metadata is not None:
        changed.metadata = check_metadata(metadata, len(space))
    return changed


def _space_of(x: Any) -> Space:
    if isinstance(x, Space):
        return x
    if isinstance(x, (str, Path)):
        return Space.load(x)
    if hasattr(x, "obs_names") and hasattr(x, "X"):
        return Space.from_anndata(x)
    if isinstance(x, (np.ndarray, list, tuple)) or hasattr(x, "detach"):
        return Space(x)
    from embwidget._core.frames import is_frame

    # A lazy frame is refused by from_frame, which says what to call.
    return Space.from_frame(x) if is_frame(x) or hasattr(x, "collect") else Space(x)


def join(a: Any, b: Any) -> tuple[Space, Space, JoinReport]:
    """Bring two spaces to the same items in the same order.

    Parameters
    ----------
    a, b : Space or anything that makes one
        Joined by id where at least one of them has ids; else by position, which needs the same
        number of rows.

    Returns
    -------
    a, b : Space
        The items in both, in the order of `a`. Nothing is copied where they agree already.
    report : JoinReport

    Raises
    ------
    ValueError
        When there are no ids and the numbers of rows differ, or no id is in both.
    """
    a, b = as_space(a), as_space(b)
    if not a.has_ids and not b.has_ids:
        if len(a) != len(b):
            msg = (
                f"a has {len(a)} rows and b has {len(b)}, and neither has ids: give ids, "
                "Space(vectors, ids=...), to join them"
            )
            raise ValueError(msg)
        return a, b, JoinReport(len(a))
    if len(a) == len(b) and a.ids.dtype.kind == b.ids.dtype.kind and (a.ids == b.ids).all():
        return a, b, JoinReport(len(a))
    rows_a, rows_b = _matching_rows(a.ids, b.ids)
    if len(rows_a) == 0:
        examples = f"a has {shown(a.ids[0])}, b has {shown(b.ids[0])}"
        msg = f"no id is in both spaces: {examples}: {_hint(a, b)}"
        raise ValueError(msg)
    only_a, only_b = _left_out(a.ids, rows_a), _left_out(b.ids, rows_b)
    report = JoinReport(
        len(rows_a),
        len(a) - len(rows_a),
        len(b) - len(rows_b),
        tuple(only_a.tolist()),
        tuple(only_b.tolist()),
    )
    # All of a, in its own order, needs no copy.
    return a if len(rows_a) == len(a) else a.take(rows_a), b.take(rows_b), report


def _matching_rows(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the common ids, in a's order."""
    if (a.dtype == object) != (b.dtype == object):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    # A dict keeps 64-bit integers of both signs apart, which numpy would compare as floats.
    places = dict(zip(b.tolist(), range(len(b)), strict=True))
    found = np.fromiter(map(places.get, a.tolist(), repeat(-1)), np.intp, len(a))
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _left_out(ids: NDArray[Any], rows: NDArray[np.intp], most: int = 3) -> NDArray[Any]:
    kept = np.zeros(len(ids), bool)
    kept[rows] = True
    return ids[~kept][:most]


def _hint(a: Space, b: Space) -> str:
    """What may be wrong with ids that have nothing in common."""
    if not (a.has_ids and b.has_ids):
        side = "b" if a.has_ids else "a"
        return f"those of {side} are its row positions, give it ids too"
    if (a.ids.dtype == object) == (b.ids.dtype == object):
        return "are these the same items?"
    side = "b" if a.ids.dtype == object else "a"
    return f"one has str, the other int; convert those of {side} with ids.astype(str)"


def check_metadata(metadata: Any, n_samples: int, what: str = "metadata") -> Any:
    """Return the frame as it came (a dict: as pandas); an error unless it has n_samples rows."""
    from embwidget._core.frames import as_frame

    frame = as_frame(metadata, what)
    if len(frame) != n_samples:
        msg = f"{what}: {len(frame)} rows for {n_samples} items: give one row for each item"
        raise ValueError(msg)
    return frame.to_native()


def check_column(name: str, columns: list[str], what: str) -> str:
    """Return the name; an error that names near columns unless it is one of them."""
    if name not in columns:
        msg = f"{what}={shown(name)} is no column of the metadata: {near_names(name, columns)}"
        raise ValueError(msg)
    return name
