"""What is known of the items whose vectors came: ids, labels and metadata, in their order."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, align_frame, in_order
from embwidget._core.checks import shown
from embwidget._core.frames import take_rows
from embwidget._core.ids import as_ids
from embwidget._core.metadata import as_pandas, with_values
from embwidget.collecting.batch_parts import is_told, is_where
from embwidget.collecting.batches import Batch
from embwidget.collecting.loaders import refusal
from embwidget.collecting.sources import Source


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the items.

    Attributes
    ----------
    ids : (n_rows,) int64, uint64 or object (of str), or None
        None = they are counted from 0 on.
    metadata : frame with n_rows rows, or None
    metadata_by : str
        How it was aligned.
    """

    ids: NDArray[Any] | None
    metadata: Any
    metadata_by: str


@dataclass(eq=False)
class ItemReader:
    """Gathers what batches bring, beside what is given for all items.

    Attributes
    ----------
    source : Source
    ids, labels, metadata
        As `collect` has them.
    n_rows : int
        Items that came.
    """

    source: Source
    ids: Any = None
    labels: Any = None
    metadata: Any = None
    _ids: list[Any] = field(default_factory=list)
    _labels: list[Any] = field(default_factory=list)
    n_rows: int = 0

    def __post_init__(self) -> None:
        if not self.source.order.is_known:
            if self.ids is None or not is_where(self.ids):
                raise refusal(self.source.order, "data" if self.ids is None else "ids")
            if is_told(self.labels) and not is_where(self.labels):
                raise refusal(self.source.order, "labels")
        for name, given in (("ids", self.ids), ("labels", self.labels)):
            n_given = self.source.n_given
            is_all = is_told(given) and not is_where(given)
            if is_all and n_given is not None and hasattr(given, "__len__"):
                _check_length(name, len(given), n_given)

    @property
    def where_ids(self) -> Any:
        """Where a batch has its ids; None = not there."""
        return self.ids if is_where(self.ids) else None

    @property
    def where_labels(self) -> Any:
        """Where a batch has its labels; None = found by what is there, False = nowhere."""
        is_all = self.labels is not None and not is_where(self.labels)
        return False if is_all else self.labels

    def add(self, batch: Batch) -> None:
        """Add what a batch brings."""
        self.n_rows += batch.n_items
        self._ids += batch.ids or []
        self._labels += batch.labels or []

    def known(self) -> Known:
        """Bring it together when all batches came."""
        positions, n_rows = self.source.order.positions, self.n_rows
        n_given = self.source.n_given or n_rows
        index = self.source.index
        every_id = self._every_id(n_given)
        if self.where_ids is None:
            _check_rows(n_rows, n_given if positions is None else len(positions))
        ids = every_id
        if self.where_ids is not None:
            ids = as_ids(self._ids, n_rows)
        elif positions is not None:
            ids = positions.astype(np.int64) if every_id is None else every_id[positions]
            ids = as_ids(ids, n_rows)
        items = Items(n_given, every_id, index)
        if self.where_ids is not None:
            # These came with the rows, whichever item each one is.
            items, positions = Items(n_rows, ids), None
        frame, by = self._metadata(items, positions)
        return Known(ids, self._with_labels(frame, items, positions, n_rows), by)

    def _every_id(self, n_given: int) -> NDArray[Any] | None:
        """Ids (n_given,) of all items there are, int64, uint64 or object; None = counted."""
        index = self.source.index
        if self.ids is None:
            return None if index is None else as_ids(index.to_numpy(), n_given, "index of the data")
        if self.where_ids is not None:
            return None
        return as_ids(in_order(self.ids, Items(n_given, index=index), "ids"), n_given)

    def _metadata(self, items: Items, positions: NDArray[np.intp] | None) -> tuple[Any, str]:
        """Rows of the metadata at positions (n_rows,) intp, and how they were aligned."""
        if self.metadata is None:
            return None, ""
        frame, by = align_frame(self.metadata, items)
        if by == "by position" and not self.source.order.is_known:
            raise refusal(self.source.order, 'metadata (its index or column "id" may hold the ids)')
        return (frame if positions is None else take_rows(frame, positions)), by

    def _with_labels(
        self, frame: Any, items: Items, positions: NDArray[np.intp] | None, n_rows: int
    ) -> Any:
        """Frame with labels beside what is known of the items at positions (n_rows,) intp."""
        if is_told(self.labels) and not is_where(self.labels):
            labels = in_order(self.labels, items, "labels")
            # As a column of all items, then as one of those that came.
            column = with_values(None, items.n_given, "label", labels)
            if positions is not None:
                column = column.iloc[positions]
            return _beside(frame, n_rows, column["label"].reset_index(drop=True))
        if not self._labels:
            return frame
        if len(self._labels) != n_rows:
            msg = (
                f"labels: {len(self._labels)} came for {n_rows} items: give labels= for all, or "
                "labels=False to leave them"
            )
            raise ValueError(msg)
        has_own = frame is not None and "label" in as_pandas(frame).columns
        if has_own and self.labels is None:
            return frame
        return _beside(frame, n_rows, self._labels)


def _beside(frame: Any, n_rows: int, labels: Any) -> Any:
    return with_values(frame, n_rows, "label", labels)


def _check_length(name: str, n_values: int, n_given: int) -> None:
    if n_values != n_given:
        msg = (
            f"{name}: {n_values} values for {n_given} items of the data: give one for each, in its "
            "order, those of items that are not selected too"
        )
        raise ValueError(msg)


def _check_rows(n_rows: int, n_expected: int) -> None:
    if n_rows != n_expected:
        msg = (
            f"data: {n_rows} items came where {n_expected} were to come, so that which row is "
            f"which cannot be known: give ids= {shown('a position')} or a function of the batch"
        )
        raise ValueError(msg)
