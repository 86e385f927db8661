"""Names that are near to a mistyped one, in a few milliseconds however many there are."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from itertools import islice

# So many are compared letter by letter, at some 50 microseconds each.
_COMPARED = 40
_LOOKED_AT = 10_000
# Above, nobody typed it, and comparing takes the square of the length.
_MOST_CHARS = 100
_MOST_LETTERS = 100
_ALIKE_CHARS, _MOST_LONGER = 3, 2


def close_to(name: str, names: Collection[str], most: int = 3) -> list[str]:
    """Names that may be meant, the nearest first.

    Parameters
    ----------
    name : str
        What was given instead.
    names : collection of str
        A set or dict is looked into as it is. Of many names all those are found that differ by one
        letter or by two swapped ones, and of the first 10,000 those that begin or end alike.
    most : int
    """
    if len(name) > _MOST_CHARS:
        return []
    if len(names) <= _COMPARED:
        return get_close_matches(name, [other for other in names if _may_be(other, name)], n=most)
    first = list(islice(names, _LOOKED_AT))
    known = names if isinstance(names, (set, dict)) else set(names)
    letters = sorted(set("".join(other[:_MOST_CHARS] for other in first[:_COMPARED])))
    near = [typed for typed in _one_off(name, letters[:_MOST_LETTERS]) if typed in known]
    start, end = name[:_ALIKE_CHARS], name[-_ALIKE_CHARS:]
    alike = (
        other
        for other in first
        if abs(len(other) - len(name)) <= _MOST_LONGER
        and (other.startswith(start) or other.endswith(end))
    )
    likely = dict.fromkeys([*near, *islice(alike, _COMPARED)])
    return get_close_matches(name, likely, n=most)


def _may_be(other: str, name: str) -> bool:
    """Whether it is short enough to be compared with a name."""
    return len(other) <= 2 * max(len(name), 10)


def _one_off(name: str, letters: list[str]) -> Iterator[str]:
    """All texts that one letter more, less or another makes of a name, or two that are swapped."""
    for at in range(len(name) + 1):
        start, end = name[:at], name[at:]
        yield from (start + letter + end for letter in letters)
        if end:
            yield start + end[1:]
            yield from (start + letter + end[1:] for letter in letters)
        if len(end) > 1:
            yield start + end[1] + end[0] + end[2:]
