"""Metadata columns: which of them can colour the points, and how their values travel."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget._core.names import as_name
from embwidget._core.orders import order_of
from embwidget._core.quantities import Quantities, of_periods, read_quantities, unit_of
from embwidget._core.unicode import readable
from embwidget._core.values import read_values
from embwidget.session.answers.measured_columns import MEASURED
from embwidget.session.wire.ends import ends_of
from embwidget.session.wire.tables import distinct
from embwidget.session.wire.text import MAX_CATEGORY_CHARS, MISSING_CODE, as_text, is_missing

MetadataKind = Literal["category", "numeric"]

MAX_CATEGORIES = 65_534

# A text column where most values differ names items; as colours it would be noise.
_FEW_VALUES = 50
_NAMING_SHARE = 0.5
_CHECKED = 1000
# Whole numbers above are rounded by JavaScript, unless they are texts.
_MAX_SAFE = 2**53
_QUANTITIES = (nw.Datetime, nw.Date, nw.Duration, nw.Time)


class MetadataColumns:
    """Columns of a metadata frame, by the names that the screen has for them.

    Those are its own names, as far as a page can read them and no longer than 200 characters; the
    second of two that then are the same gets a number.

    A column colours points as

    - *category*: text, categorical and bool columns, and the label whatever its type. Left out
      are text columns that name items rather than group them (more than 50 values, and more
      distinct ones than half of the rows) and columns of more than 65,534 categories;
    - *numeric*: integers, floats, decimals, dates, times of the day and durations, whether they
      have a type of their own or are Python's objects.

    Lists, bytes, pictures and other objects cannot colour.

    Parameters
    ----------
    metadata : frame or None
        Any eager frame that narwhals knows, (n_samples) rows.
    label : str
        Name of the column that holds the classes; "" = none.
    """

    def __init__(self, metadata: Any, label: str) -> None:
        frame = None if metadata is None else nw.from_native(metadata, eager_only=True)
        given = [] if frame is None else list(frame.columns)
        self._given = _names_on_screen(given)
        self._names = {old: new for new, old in self._given.items()}
        renamed = {old: new for old, new in self._names.items() if old != new}
        self._frame = frame.rename(renamed) if frame is not None and renamed else frame
        self._label = self.on_screen(label)
        self.kinds: dict[str, MetadataKind] = {}
        self._refused: dict[str, str] = {}
        for name in self.names:
            if name in MEASURED:
                title = MEASURED[name].title
                self._refused[name] = f"the name stands for what is measured ({title}), rename it"
                continue
            kind, reason = self._kind_of(name)
            if kind is None:
                self._refused[name] = reason
            else:
                self.kinds[name] = kind

    @property
    def names(self) -> list[str]:
        """Names of all columns, whether they can colour or not."""
        return [] if self._frame is None else list(self._frame.columns)

    def on_screen(self, name: Any) -> Any:
        """Name on the screen of a column of the metadata; all else as it is."""
        name = as_name(name)
        return self._names.get(name, name) if isinstance(name, str) else name

    def in_metadata(self, name: str) -> str:
        """Name in the metadata of a column of the screen; that of what is measured as it is."""
        return self._given.get(name, name)

    def why_not(self, name: str) -> str | None:
        """Why a column that is there cannot colour points; None when it can or is not there."""
        return self._refused.get(name)

    def series(self, name: str) -> Any:
        """Return the column as a narwhals series; ValueError when there is none of this name."""
        if self._frame is None or name not in self.names:
            msg = f"there is no column {shown(name)}: {near_names(name, self.names)}"
            raise ValueError(msg)
        return self._frame[name]

    def rows_of(self, name: str, rows: Sequence[int]) -> Any:
        """Frame of one column at some rows, of the metadata's own library."""
        return self.series(name)[list(rows)].to_frame().to_native()

    def texts(self, name: str) -> list[str | None]:
        """Values of a column as they are shown; None where one is missing."""
        entries = read_values(self.series(name), name).entries
        return [None if is_missing(entry) else as_text(entry) for entry in entries]

    def encode(self, name: str) -> tuple[dict[str, Any], NDArray[Any]]:
        """Write a column for the screen.

        Returns
        -------
        header : dict
            ``kind, name, missing`` and, most frequent first, ``categories, counts``, with ``order``
            where they have one; or ``min, max``, with ``below, above, base, unit, infinite`` where
            there is something to say. Else it is as ``Column`` in ``js/src/wire/model.ts``.
        values : (n_samples,) uint16 or float32
            Codes into ``categories``, 65535 = missing; or numbers less ``base``, NaN = missing.
        """
        series = self.series(name)  # first, so that an unknown name is called unknown
        if name in self._refused:
            msg = f"column {shown(name)} cannot colour points: {self._refused[name]}"
            raise ValueError(msg)
        if self.kinds[name] == "category":
            return _encode_category(name, self.texts(name), order_of(series))
        try:
            return _encode_numeric(name, read_quantities(series))
        except ValueError as error:
            msg = f"column {shown(name)} cannot colour points: {error}"
            raise ValueError(msg) from error

    def _kind_of(self, name: str) -> tuple[MetadataKind | None, str]:
        series = of_periods(self.series(name))
        dtype = series.dtype
        if name == self._label:
            return self._category(series, names_items=False)
        if dtype.is_numeric() or dtype in _QUANTITIES:
            return "numeric", ""
        if dtype == nw.Boolean or dtype in (nw.Categorical, nw.Enum):
            return self._category(series, names_items=False)
        if dtype == nw.String:
            return self._category(series, names_items=True)
        if dtype == nw.Unknown and series.head(_CHECKED).to_numpy().dtype.kind in "mM":
            return "numeric", ""
        if dtype == nw.Object:
            known = [v for v in series.head(_CHECKED).to_list() if not is_missing(v)]
            if unit_of(known) is not None:
                return "numeric", ""
            if known and all(isinstance(v, str | bool | int | float | np.generic) for v in known):
                return self._category(series, names_items=True)
        known_as = getattr(series.to_native(), "dtype", dtype) if dtype == nw.Unknown else dtype
        return None, f"its values are of type {known_as}"

    def _category(self, series: Any, *, names_items: bool) -> tuple[MetadataKind | None, str]:
        known = series.drop_nulls()
        try:
            distinct = known.n_unique()
        except TypeError:
            distinct = len({as_text(value) for value in known.to_list()})
        if names_items and distinct > max(_FEW_VALUES, _NAMING_SHARE * len(known)):
            return None, f"{distinct:,} of its {len(known):,} values are different"
        if distinct > MAX_CATEGORIES:
            return None, f"it has {distinct:,} categories, at most {MAX_CATEGORIES:,} are shown"
        return "category", ""


def _names_on_screen(given: list[str]) -> dict[str, str]:
    """Names of columns by what the screen calls them; those that it can show stay."""
    cut = {name: readable(name[:MAX_CATEGORY_CHARS]) for name in given}
    ordered = sorted(given, key=lambda name: cut[name] != name)
    return dict(zip(distinct([cut[name] for name in ordered]), ordered, strict=True))


def _encode_category(
    name: str, texts: list[str | None], order: list[Any] | None
) -> tuple[dict[str, Any], NDArray[Any]]:
    """Header and codes, (n_samples,) uint16."""
    counted = Counter(text for text in texts if text is not None)
    ordered = sorted(counted, key=lambda text: (-counted[text], text))
    code_of: dict[str | None, int] = {text: code for code, text in enumerate(ordered)}
    code_of[None] = MISSING_CODE
    header = {
        "kind": "category",
        "name": name,
        # Long ones that begin alike stay apart.
        "categories": distinct([text[:MAX_CATEGORY_CHARS] for text in ordered]),
        "counts": [counted[text] for text in ordered],
        "missing": len(texts) - counted.total(),
    }
    if order is not None:
        header["order"] = [code_of[t] for t in map(as_text, order) if t in counted]
    return header, np.fromiter((code_of[text] for text in texts), dtype="<u2", count=len(texts))


def _encode_numeric(name: str, read: Quantities) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """Header and values, (n_samples,) float32."""
    with np.errstate(over="ignore"):
        values = read.offsets.astype("<f4")
    infinite = np.isinf(values)
    values[infinite] = np.nan  # an infinite end would leave one colour for the rest
    known = values[~np.isnan(values)]
    ends = ends_of(known)
    missing = len(values) - len(known)
    header = {"kind": "numeric", "name": name, "min": ends.low, "max": ends.high}
    header["missing"] = missing
    # Left out where there are none.
    header |= {side: n for side, n in (("below", ends.below), ("above", ends.above)) if n}
    if infinite.any():
        header["infinite"] = int(infinite.sum())
    if read.base:
        is_safe = isinstance(read.base, float) or abs(read.base) <= _MAX_SAFE
        header["base"] = read.base if is_safe else str(read.base)
    if read.unit:
        header["unit"] = "utc" if read.in_utc else read.unit
    return header, values
