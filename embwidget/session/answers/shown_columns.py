"""Columns of the metadata that stand beside each item, chosen by a person: ``show=``."""

import datetime
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.checks import near_names, shown
from embwidget._core.metadata import as_pandas
from embwidget._core.values import read_values
from embwidget.comparison.frames import where_found
from embwidget.session.answers.measured_columns import MEASURED
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.wire.text import as_text, is_missing

if TYPE_CHECKING:
    import pandas as pd


# Of a list; more are no longer shown than a text is.
_MOST_ENTRIES = 1000


class ShownColumns:
    """Columns whose values are shown with each item, beside its label and its text.

    Parameters
    ----------
    columns : MetadataColumns
    show : sequence of str
        Their names in the metadata; each is shown one time.
    label, text : str
        Columns that are shown in any case, by their names on the screen; "" = none.

    Raises
    ------
    ValueError
        When there is no such column; it says which ones are near.
    """

    def __init__(
        self, columns: MetadataColumns, show: Sequence[str], *, label: str, text: str
    ) -> None:
        self._columns = columns
        self._text = text
        found = dict.fromkeys(self._found(name) for name in show)
        self.names = [name for name in found if name not in (label, text)]
        """On the screen."""

    @cached_property
    def _read(self) -> dict[str, Any]:
        """Narwhals series by name."""
        return {name: self._columns.series(name) for name in self.names}

    def texts(self, rows: Sequence[int], at: int | None = None) -> list[list[str | None]]:
        """Values of each column at some rows, as they are shown; None where one is missing.

        Of the column with number `at` alone, if that is given.
        """
        names = self.names if at is None else [self.names[at]]
        return [[_text_of(value) for value in _values(self._read[n], n, rows)] for n in names]

    def frame(self, rows: Sequence[int]) -> "pd.DataFrame":
        """Text and shown columns of some rows in their own types, "text" first; None for row -1."""
        import pandas as pd

        named = {"text": self._text} if self._text else {}
        # A column may be called "text" and hold another one than the text.
        for name in self.names:
            named[_free(self._columns.in_metadata(name), named)] = name
        there = np.asarray(rows) >= 0
        found = {
            title: where_found(as_pandas(self._columns.rows_of(name, rows))[name].array, there)
            for title, name in named.items()
        }
        return pd.DataFrame(found, index=range(len(rows)))

    def _found(self, name: str) -> str:
        """Name of a column on the screen."""
        known = self._columns.on_screen(name)
        if known in self._columns.names:
            return str(known)
        if not self._columns.names:
            msg = f"show={shown(name)}: there is no metadata: pass metadata= with this column"
        elif name in MEASURED:
            msg = (
                f"show={shown(name)} is measured and no column of the metadata: what color_by= "
                "names is shown beside each item in any case"
            )
        else:
            names = [self._columns.in_metadata(other) for other in self._columns.names]
            msg = f"show={shown(name)} is no column of the metadata: {near_names(name, names)}"
        raise ValueError(msg)


def beside(frame: "pd.DataFrame", sides: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
    """Put columns of items beside their ids.

    Parameters
    ----------
    frame : DataFrame
        Has ``id_a`` and ``id_b``.
    sides : dict of str to DataFrame
        By "a" and "b", columns with a row for each of the frame's.

    Returns
    -------
    DataFrame
        They are called as they were, with ``_a`` and ``_b`` behind; one whose name is there
        already gets a ``_`` between.
    """
    taken = {name[:-2] for name in frame.columns}
    for side, columns in sides.items():
        first = list(frame.columns).index(f"id_{side}") + 1
        known = set(taken)
        for at, name in enumerate(columns, first):
            title = _free(str(name), known)
            known.add(title)
            frame.insert(at, f"{title}_{side}", columns[name].array)
    return frame


def _free(name: str, taken: Any) -> str:
    while name in taken:
        name += "_"
    return name


def _values(series: Any, name: str, rows: Sequence[int]) -> Iterable[Any]:
    """Python's own values at some rows."""
    if not rows:
        return []
    taken = series[list(rows)]
    try:
        return read_values(taken, name).entries
    except (TypeError, ValueError):
        # Not one value an item: lists, structs, pictures.
        return list(taken.to_list())


def _text_of(value: Any) -> str | None:
    """Text of a value of any type; that of a day without its midnight."""
    try:
        if is_missing(value):
            return None
        if isinstance(value, datetime.datetime) and value.timetz() == datetime.time():
            return value.date().isoformat()
        if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
            # Labels are sets; here the order may be what matters.
            return ", ".join(map(as_text, value[:_MOST_ENTRIES]))
        return as_text(value)
    except Exception:  # noqa: BLE001 the code of a class that may be anybody's
        return f"<{type(value).__name__}>"
