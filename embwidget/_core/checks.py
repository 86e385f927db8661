"""Checks at the door: what comes in is an array of the right shape, type and content, or refused.

Inside the package nothing is checked again.
"""

import sys
from collections.abc import Iterable
from numbers import Integral
from typing import Any

from embwidget._core.near import close_to
from embwidget._core.unicode import readable

_SHOWN_CHARS = 60
_READ_CHARS = 2000
_LISTED_CHARS = 160


def shown(value: object) -> str:
    """Return a value as it stands in a message: quoted, on one line, and never long."""
    # The repr of a huge text or list is not made only to be cut.
    head = value[: 2 * _SHOWN_CHARS] if isinstance(value, (str, list, tuple)) else value
    try:
        whole_text = repr(_plain(head))
    except Exception:  # noqa: BLE001 the code of a class that may be anybody's
        whole_text = f"<{type(value).__name__}>"
    text = readable(" ".join(whole_text[:_READ_CHARS].splitlines()))
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def _plain(value: Any) -> Any:
    """Return Python's own in the place of a number of numpy."""
    # Not imported here, for it would take most of the time of a command that only lists.
    numpy = sys.modules.get("numpy")
    return value.item() if numpy is not None and isinstance(value, numpy.generic) else value


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def listed(values: Iterable[object], most: int = 5) -> str:
    """Return the first few values as they stand in a message; a line of them at most."""
    every = list(values)
    first = [shown(value) for value in every[:most]]
    while len(first) > 1 and sum(map(len, first)) > _LISTED_CHARS:
        first.pop()
    more = f" and {len(every) - len(first)} more" if len(every) > len(first) else ""
    return ", ".join(first) + more


def near_names(name: object, names: Iterable[object]) -> str:
    """Say which names there are, those near to a wrong one first."""
    texts = [str(other) for other in names]
    near = close_to(str(name), texts)
    first = [*near, *(other for other in texts if other not in near)]
    most = min(len(first), 8)
    while most > 1 and sum(len(shown(other)) for other in first[:most]) > _LISTED_CHARS:
        most -= 1
    return f"there are {listed(first, most)}" if texts else "there are none"


def whole(value: Any, name: str, least: int, most: int | None = None, *, why: str = "") -> int:
    """Check a whole number.

    Parameters
    ----------
    value : int
        Any integer of Python or numpy; no bool.
    name : str
        Argument that messages name.
    least, most : int
        The smallest and the largest that is allowed; None = no bound above.
    why : str
        What sets the bounds, for the end of a message.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        When it is none, or lies outside of the bounds.
    """
    fits = _is_whole(value)
    if fits and least <= value and (most is None or value <= most):
        return int(value)
    bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
    msg = f"{name}={shown(value)}: give a whole number {bounds}{why and f', {why}'}"
    raise ValueError(msg)


def flag(value: Any, name: str, remedy: str = "give True or False") -> bool:
    """Return a truth of Python or numpy, 0 and 1 too; TypeError for all else, arrays too."""
    plain = _plain(value)
    if isinstance(plain, int) and plain in (0, 1):
        return bool(plain)
    msg = f"{name}={shown(value)}: {remedy}"
    raise TypeError(msg)


def object_of(given: Any) -> str:
    """Say how to get an object of a class that was given instead of one; "" for all else."""
    is_class = isinstance(given, type) and given.__module__ != "builtins"
    return f"pass an object, {given.__name__[:_SHOWN_CHARS]}(...)" if is_class else ""


def check_n_neighbors(n_neighbors: int, n_samples: int) -> int:
    """Return the number of neighbours; ValueError unless 1 <= n_neighbors < n_samples."""
    if not _is_whole(n_neighbors):
        msg = f"n_neighbors={shown(n_neighbors)}: give a whole number"
        raise TypeError(msg)
    if n_samples < 2:
        msg = f"{n_samples} item has no neighbours: at least 2 items are needed"
        raise ValueError(msg)
    if not 1 <= n_neighbors < n_samples:
        msg = (
            f"n_neighbors={n_neighbors}: with {n_samples} items give 1 to {n_samples - 1}, "
            "for an item is not its own neighbour"
        )
        raise ValueError(msg)
    return int(n_neighbors)
