"""Columns of numbers, dates and durations as numbers whose differences are kept."""

import datetime
import math
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Unit = Literal["", "date", "duration", "time"]

# Steps of the whole range that must be told apart; the colours are some 250.
_STEPS = 4096
_MOST = float(np.finfo(np.float32).max)
_KINDS: tuple[tuple[Any, Unit], ...] = (
    (datetime.datetime, "date"),
    (datetime.date, "date"),
    (datetime.timedelta, "duration"),
    (datetime.time, "time"),
)
_PLAIN = (int, float, Decimal, np.integer, np.floating)
_TICKS_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EXACT = 2**53
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


class Quantities(NamedTuple):
    """Values of a column, ``base + offsets``.

    Attributes
    ----------
    offsets : (n_items,) float64
        NaN where a value is missing, infinite where it is.
    base : int or float
        0 where float32 tells the values themselves apart well enough; else the least of them. An
        int is exact, however large.
    unit : str
        "" = plain numbers; "date" = seconds since 1970 (UTC where there is a time zone);
        "duration" = seconds; "time" = seconds of the day.
    in_utc : bool
        Whether dates had a time zone and are shown in UTC.
    """

    offsets: NDArray[np.float64]
    base: int | float
    unit: Unit
    in_utc: bool = False


def unit_of(values: list[Any]) -> Unit | None:
    """What an object column holds, by its first values; None for what are no quantities."""
    if values and all(isinstance(v, _PLAIN) and not isinstance(v, bool) for v in values):
        return ""
    for kind, unit in _KINDS:
        if values and all(isinstance(v, kind) for v in values):
            return unit
    return None


def of_periods(series: Any) -> Any:
    """Return pandas' periods as the dates on which they begin; any other series as it is."""
    import narwhals as nw

    native = series.to_native()
    if not str(getattr(native, "dtype", "")).startswith("period["):
        return series
    return nw.from_native(native.dt.to_timestamp(), series_only=True)


def read_quantities(series: Any) -> Quantities:
    """Read a column.

    Parameters
    ----------
    series : narwhals Series
        Of numbers, dates, times or durations of any width, or of Python's own as objects.

    Raises
    ------
    ValueError
        When an object column holds values of several kinds.
    """
    import narwhals as nw

    series = of_periods(series)
    # Without the gaps every library has its values in their own width.
    missing = series.is_null().to_numpy().astype(bool)
    known = series.drop_nulls()
    is_wide = series.dtype in (nw.Int128, nw.UInt128)  # numpy has none of these
    values = np.array(known.to_list(), object) if is_wide else known.to_numpy()
    in_utc = getattr(series.dtype, "time_zone", None) is not None
    unit: Unit = ""
    if values.dtype == object:
        unit, values, in_utc = _of_objects(values.tolist())
    elif values.dtype.kind in "mM":
        unit = "date" if values.dtype.kind == "M" else "duration"
    offsets, base = _of_array(values, unit)
    whole = np.full(len(missing), np.nan)
    whole[~missing] = offsets
    return Quantities(whole, base, unit, in_utc)


def _of_objects(values: list[Any]) -> tuple[Unit, NDArray[Any], bool]:
    """Unit, and (n_known,) datetime64, timedelta64, float64 or object (of whole numbers)."""
    unit = unit_of(values)
    if unit is None:
        if not values:
            return "", np.empty(0), False
        kinds = " and ".join(sorted({type(v).__name__ for v in values})[:3])
        msg = f"its values are of several kinds: {kinds}"
        raise ValueError(msg)
    if unit == "duration":
        return unit, np.array([v // _MICROSECOND for v in values], "m8[us]"), False
    if unit == "time":
        hours = [(v.hour * 60 + v.minute) * 60 + v.second + v.microsecond / 1e6 for v in values]
        return unit, np.array(hours, np.float64), False
    if unit == "":
        return unit, np.array(values, object), False
    aware = {getattr(v, "tzinfo", None) is not None for v in values}
    if len(aware) > 1:
        msg = "some of its dates have a time zone and some have none"
        raise ValueError(msg)
    ticks = [_microseconds(v) for v in values]
    return unit, np.array(ticks, "M8[us]"), aware.pop()


def _microseconds(value: datetime.date) -> int:
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.UTC)
    return (value - _EPOCH) // _MICROSECOND


def _of_array(values: NDArray[Any], unit: Unit) -> tuple[NDArray[np.float64], int | float]:
    """Offsets, (n_known,) float64, and base of values (n_known,) of any dtype."""
    if values.dtype.kind in "mM":
        return _of_ticks(values, unit)
    if values.dtype.kind in "iu" and len(values):
        least, most = int(values.min()), int(values.max())
        if not _needs_base(least, most):
            return values.astype(np.float64), 0
        return _above(values, least), least
    if values.dtype == object and len(values):
        return _of_exact(values)
    numbers = values.astype(np.float64)
    known = numbers[np.abs(numbers) <= _MOST]
    if len(known) == 0 or not _needs_base(known.min(), known.max()):
        return numbers, 0
    low = float(known.min())
    return numbers - low, low


def _of_ticks(values: NDArray[Any], unit: Unit) -> tuple[NDArray[np.float64], int | float]:
    """Seconds, (n_known,) float64, above a base, of datetime64 or timedelta64 (n_known,)."""
    there = ~np.isnat(values)
    offsets = np.full(len(values), np.nan)
    if not there.any():
        return offsets, 0
    step, _ = np.datetime_data(values.dtype)
    if step not in _TICKS_A_SECOND:
        values = values.astype(f"{values.dtype.kind}8[s]")
        step = "s"
    a_second = _TICKS_A_SECOND[step]
    ticks = values[there].view(np.int64)
    low, high = int(ticks.min()), int(ticks.max())
    base = low // a_second
    if unit == "duration" and not _needs_base(low, high):
        base = 0
    # From a whole second on, which may lie before the least that 64 bits hold.
    first = base * a_second if base else 0
    offsets[there] = (_above(ticks, low) + (low - first)) / a_second
    return offsets, base


def _of_exact(values: NDArray[Any]) -> tuple[NDArray[np.float64], int | float]:
    """Offsets, (n_known,) float64, and base of Python's numbers of any size, (n_known,) object."""
    entries = values.tolist()
    numbers = np.array([_as_float(v) for v in entries], np.float64)
    if any(isinstance(v, (float, np.floating)) for v in entries):
        return _of_array(numbers, "")
    known = [v for v, number in zip(entries, numbers, strict=True) if abs(number) <= _MOST]
    if not known or not _needs_base(min(known), max(known)):
        return numbers, 0
    low = min(known)
    # A whole number that float64 has not is sent as it is.
    least = int(low) if isinstance(low, int) or abs(low) >= _EXACT else low
    offsets = [
        _as_float(v - least) if math.isfinite(n) else n
        for v, n in zip(entries, numbers, strict=True)
    ]
    return np.array(offsets), least if isinstance(least, int) else float(least)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _above(ticks: NDArray[Any], low: int) -> NDArray[np.float64]:
    """How far integers (n,) of 64 bits or fewer lie above the least, (n,) float64."""
    wide = ticks.astype(np.int64 if ticks.dtype.kind == "i" else np.uint64)
    # The difference may need a 64th bit; what runs over comes out right without a sign.
    return (wide.view(np.uint64) - np.uint64(low % 2**64)).astype(np.float64)


def _needs_base(low: Any, high: Any) -> bool:
    """Whether float32 would take away differences that are seen."""
    if low == high:
        return bool(float(np.float32(low)) != low)
    size = np.float32(max(abs(low), abs(high)))
    return bool(float(np.spacing(size)) * _STEPS > float(high - low))
