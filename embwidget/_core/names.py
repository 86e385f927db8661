"""Names of columns as texts: pandas may have anything for one, and a screen shows only texts."""

from collections.abc import Hashable, Iterable
from typing import Any

from embwidget._core.checks import shown


def as_name(value: Any) -> Any:
    """Return the text of a column's name that is a number or the like; all else as it is.

    A tuple, one name of several levels, may as well be one value for each item: it stays.
    """
    is_name = isinstance(value, Hashable) and not isinstance(value, Iterable)
    return str(value) if is_name and value is not None and not callable(value) else value


def with_text_names(native: Any, what: str) -> Any:
    """Give a frame's columns texts for names, if they are none; the frame itself stays as it is.

    Raises
    ------
    ValueError
        When two of them read the same.
    """
    from embwidget._core.frames import as_frame

    given = list(as_frame(native, what).columns)
    if all(isinstance(name, str) for name in given):
        return native
    names = [str(name) for name in given]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    for at, name in enumerate(names):
        if first[name] != at:
            both = f"{shown(given[first[name]])} and {shown(given[at])}"
            msg = f"{what}: the columns {both} read the same: rename one"
            raise ValueError(msg)
    named = native.copy(deep=False)
    named.columns = names
    return named
