"""Names of rows: data that may be any text, and never part of a path."""

from collections.abc import Collection
from unicodedata import normalize

from embwidget._core.checks import listed, shown
from embwidget._core.near import close_to

_MOST_CHARS = 1000


def checked_label(name: object, what: str = "name") -> str:
    """Return a name as it is stored: the composed form (NFC) of its characters.

    So what is typed on one system is found on another. Slashes, quotes and line ends are letters
    like others.

    Raises
    ------
    TypeError, ValueError
        When it is no text, empty, too long, or has characters that no database can hold.
    """
    if not isinstance(name, str):
        msg = f"{what}={shown(name)} ({type(name).__name__}): give a text"
        raise TypeError(msg)
    made = normalize("NFC", str.__str__(name))
    if not made.strip():
        msg = f"{what}={shown(name)} is empty: give a text to find it by"
        raise ValueError(msg)
    if len(made) > _MOST_CHARS:
        msg = f"{what}={shown(name)} has {len(made):,} characters: {_MOST_CHARS:,} are the most"
        raise ValueError(msg)
    return checked_text(made, what)


def checked_text(text: str, what: str) -> str:
    """Return a text; ValueError for a null or half of a character, which UTF-8 cannot hold."""
    if "\0" in text:
        msg = f"{what}={shown(text)} has a null character: leave it out"
        raise ValueError(msg)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = f"{what}={shown(text)} has half of a character: give text that is valid Unicode"
        raise ValueError(msg) from error
    return text


def optional_text(text: object, what: str) -> str | None:
    """Return a text, numbers as their text, or None."""
    if text is None:
        return None
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        msg = f"{what}={shown(text)} ({type(text).__name__}): give a text"
        raise TypeError(msg)
    return checked_text(str(text), what)


def no_such(kind: str, name: str, names: Collection[str]) -> KeyError:
    """Error that there is no row of a name, with those that may be meant."""
    near = close_to(name, names)
    there = listed(near or list(names)[:8], 4)
    msg = f"there is no {kind} {shown(name)}: there {'is none' if not names else f'are {there}'}"
    return KeyError(msg)
