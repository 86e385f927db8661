"""Two spaces brought together, and all that is asked of them checked before work begins."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import (
    Items,
    align_frame,
    find_rows,
    has_column,
    ids_of_frame,
    in_order,
)
from embwidget._core.checks import check_n_neighbors, listed, near_names, shown
from embwidget._core.frames import as_frame
from embwidget._core.keys import index_of
from embwidget._core.metadata import as_pandas, with_values
from embwidget._core.names import as_name, with_text_names
from embwidget._core.near import close_to
from embwidget._core.values import read_values
from embwidget.comparison.settings import Settings
from embwidget.comparison.sides import Side, checked_names, read_sides, with_ids
from embwidget.comparison.unique import OneOfEach
from embwidget.joining import JoinReport, joined, match_rows
from embwidget.metrics import metric_of
from embwidget.space import Space, as_space


@dataclass(frozen=True, eq=False)
class Pair:
    """Two spaces of the same items in the same order, and how they are to be compared.

    Attributes
    ----------
    a, b : Space
        Joined: row i of both is the same item.
    join_report : JoinReport
    metadata : frame or None
        One row for each item, of the library that it came from.
    label : str or None
        Column of the metadata that says what an item is.
    n_neighbors : int
        k of the headline figures.
    k_max : int
        Length of the neighbour lists, n_neighbors <= k_max < n_samples.
    metric_a, metric_b : str
    text : str or None
        Column of the metadata with a text of each item.
    given_a, given_b : Items, optional
        What tells which of the rows that were given an item is; None = the items were given.
    unique : OneOfEach or None
        The items that are compared where copies are not; None = all.
    """

    a: Space
    b: Space
    join_report: JoinReport
    metadata: Any
    label: str | None
    n_neighbors: int
    k_max: int
    metric_a: str
    metric_b: str
    text: str | None = None
    given_a: Items | None = None
    given_b: Items | None = None
    unique: OneOfEach | None = None

    @property
    def n_samples(self) -> int:
        """Number of items in both spaces."""
        return len(self.a)

    @property
    def items(self) -> Items:
        """What tells the items apart, for what is said of each of them."""
        given = self.given_a or self.a.items
        return replace(given, n_given=self.n_samples, rows=None, whose="items")

    def in_order(self, values: Any, what: str) -> Any:
        """Values of all items in their order, where a pandas Series says it; others as they are."""
        return in_order(values, self.items, what)

    def with_names(self, names: Any) -> "Pair":
        """Return the pair whose spaces are called so; None = as they are."""
        if names is None:
            return self
        name_a, name_b = checked_names(names)
        return replace(self, a=as_space(self.a, name=name_a), b=as_space(self.b, name=name_b))

    def with_text(self, text: Any) -> "Pair":
        """Return the pair with a column of texts, or with one text for each item as a column."""
        if text is None:
            return self
        if isinstance(text, str):
            return replace(self, text=text)
        metadata, _ = _with_values(self.metadata, text, self.items, "text")
        return replace(self, metadata=metadata, text="text")

    def position_of(self, item: Any) -> int:
        """Row of an item by its id; KeyError that names near ids."""
        try:
            # True is 1 to a dict.
            return self._positions[None if isinstance(item, (bool, np.bool_)) else item]
        except (KeyError, TypeError):
            msg = f"no item has the id {shown(item)}: {self._ids_near(item)}"
            raise KeyError(msg) from None

    def rows_of_ids(self, ids: list[Any]) -> list[int | None]:
        """Row of each id, None where no item has it; TypeError when one cannot be an id."""
        return list(map(self._positions.get, ids))

    def _ids_near(self, item: Any) -> str:
        """Say which ids there are."""
        ids = self.a.ids
        if ids.dtype != object:
            return f"ids are whole numbers from {ids.min()} to {ids.max()}"
        near = close_to(item, self._positions) if isinstance(item, str) else []
        return f"there are {listed(near)}" if near else f"ids are texts such as {listed(ids[:3])}"

    @cached_property
    def _positions(self) -> dict[Any, int]:
        return {key: row for row, key in enumerate(self.a.ids.tolist())}


def prepare(
    a: Any,
    b: Any = None,
    settings: Settings | None = None,
    *,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    text: Any = None,
    vectors: Any = None,
    id: Any = None,  # noqa: A002 (the word of every frame)
    names: Any = None,
    missing: str = "raise",
    apart: tuple[str, ...] = (),
) -> Pair:
    """Join two spaces and check all that is asked of them.

    Nothing is computed here, so that bad input is refused at once.

    Parameters
    ----------
    a, b, ids, metadata, label, vectors, id, names, missing
        As for `embwidget.compare`.
    settings : Settings, optional
    text : str or array-like, optional
        As for `embwidget.EmbeddingCompare`; values become the column "text" of the metadata.
    apart : tuple of str
        More columns that are no dimensions, beside those of label, text and ids.
    """
    settings = Settings() if settings is None else settings
    label, text = as_name(label), as_name(text)
    apart = (*apart, *(name for name in (label, text) if isinstance(name, str)))
    side_a, side_b = read_sides(
        a,
        b,
        ids=ids,
        vectors=vectors,
        id=id,
        names=names,
        missing=missing,
        apart=apart,
        metadata=metadata,
    )
    key = None if metadata is None else _key_of_metadata(metadata, id)
    if key is not None and not (side_a.space.has_ids or side_b.space.has_ids):
        side_a = with_ids(side_a, ids_of_frame(metadata, key))
    matching = match_rows(side_a.space, side_b.space)
    space_a, space_b, report = joined(side_a.space, side_b.space, matching)
    index = space_b.index if space_a.index is None else space_a.index
    items_a = replace(
        space_a.items, n_given=side_a.n_given, index=index, rows=_rows(side_a, matching.rows_a)
    )
    items_b = replace(
        space_b.items, n_given=side_b.n_given, index=index, rows=_rows(side_b, matching.rows_b)
    )
    items_a, items_b = replace(items_a, whose="rows of a"), replace(items_b, whose="rows of b")
    frame, metadata_by = space_a.metadata, space_a.metadata_by or space_b.metadata_by
    if metadata is not None:
        frame, metadata_by = align_frame(metadata, replace(items_a, whose=""), "metadata", key)
    frame = _with_columns(frame, space_b.metadata)
    frame = None if frame is None else with_text_names(frame, "metadata")
    notes = (*report.notes, *settings.notes_of(space_a, space_b))
    if isinstance(label, str):
        _check_label(label, frame)
    for what, given in (("label", label), ("text", text)):
        if given is not None and not isinstance(given, str):
            frame, by = _with_values(frame, given, items_a, what)
            notes += (f"{what} by {by}",) if by != "position" else ()
    metric_a, metric_b = settings.metrics_of(space_a, space_b)
    metric_of(metric_a).check(space_a.vectors, "a")
    metric_of(metric_b).check(space_b.vectors, "b")
    unique = OneOfEach(space_a, space_b) if settings.unique else None
    n = len(space_a) if unique is None else len(unique)
    n_neighbors = _n_neighbors(settings, n, side_a.space, side_b.space, unique)
    k_max = min(max(int(settings.k_max), n_neighbors), n - 1)
    return Pair(
        space_a,
        space_b,
        replace(report, metadata_by=metadata_by, notes=notes),
        frame,
        None if label is None else label if isinstance(label, str) else "label",
        n_neighbors,
        k_max,
        metric_a,
        metric_b,
        None if text is None else text if isinstance(text, str) else "text",
        items_a,
        items_b,
        unique,
    )


def _key_of_metadata(metadata: Any, id: Any) -> Any:  # noqa: A002
    """Name of the column of ids in the metadata; None where `id` is one of a or b alone."""
    named = id if isinstance(id, (tuple, list)) else [id]
    return next((name for name in named if name is not None and has_column(metadata, name)), None)


def _rows(side: Side, taken: NDArray[np.intp] | None) -> NDArray[np.intp] | None:
    """Row of each item among those given, (n_items,) intp, of some rows of a side."""
    if side.rows is None or taken is None:
        return side.rows if taken is None else taken
    return side.rows[taken]


def _n_neighbors(settings: Settings, n: int, a: Space, b: Space, unique: OneOfEach | None) -> int:
    """Check k; where few items are in both, the error says so."""
    try:
        return check_n_neighbors(settings.n_neighbors, n)
    except ValueError as error:
        if unique is not None or n == len(a) == len(b):
            raise
        msg = f"{n} of {min(len(a), len(b))} ids match: {error}"
        raise ValueError(msg) from error


def _check_label(label: str, frame: Any) -> None:
    if frame is None:
        msg = (
            f"label={shown(label)}: there is no metadata: pass metadata=, or one label for each row"
        )
        raise ValueError(msg)
    columns = list(as_frame(frame, "metadata").columns)
    if label not in columns:
        msg = f"label={shown(label)} is no column of the metadata: {near_names(label, columns)}"
        raise ValueError(msg)


def _with_values(frame: Any, given: Any, items: Items, what: str) -> tuple[Any, str]:
    """Metadata with one more column, of values that are given for rows, and how they were found."""
    values = read_values(given, what)
    rows, by = find_rows(items, index_of(given), len(values), what)
    values = values if rows is None else values.take(rows)
    return with_values(frame, items.n_items, what, values), by


def _with_columns(mine: Any, theirs: Any) -> Any:
    """Metadata of a, and the columns that only b has."""
    if mine is None or theirs is None or mine is theirs:
        return theirs if mine is None else mine
    left, right = as_pandas(mine), as_pandas(theirs)
    more = [name for name in right.columns if name not in left.columns]
    return mine if not more else left.assign(**{name: right[name] for name in more})
