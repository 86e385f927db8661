"""Names for the groups of both spaces: none of them twice, and the same wherever they are read."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.groups.changes import GroupChange, Ints, find_changes
from embwidget.measures.groups.naming import MOST_CHARS, Naming, clean, label_codes

# Neighbours that say which item is central: more would say hardly more.
_NEAREST = 5
# Of an id beside a group's number.
_ID_CHARS = 30


class GroupNames(NamedTuple):
    """Names of the groups of both spaces.

    Attributes
    ----------
    a, b : tuple of str
        Entry i is that of group i.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]


def group_names(
    groups: NDArray[np.integer],
    *,
    labels: Iterable[Any] | None = None,
    texts: Iterable[str | None] | None = None,
) -> list[str]:
    """Name each group of one space by what is most typical of it.

    Parameters
    ----------
    groups : (n_samples,) int
        Group of each item, numbered from 0; negative = none.
    labels : iterable of hashable, (n_samples,), optional
        What each item is; None and NaN = unknown.
    texts : iterable of str or None, (n_samples,), optional
        For groups in which no label prevails: the words that are most typical of their texts.

    Returns
    -------
    list of str, one for each group
        No two alike: the label that prevails, else up to three words, else "group 7"; at most 60
        printable characters.

    Raises
    ------
    ValueError
        When there is not one label or text for each item.

    Notes
    -----
    A label prevails in a group when at least half of its labelled items have it, or a fifth and
    twice as many as of all items; a second one is named too where the first has less than two
    thirds. None does with less than a tenth of all the group's items.

    A word that stands in the share p of a group's texts and in the share q of all counts
    ``p log(p / q)``: its part in the divergence between the two. Words that are everywhere have p
    near q and drop out, whatever the language.

    Groups that would have the same name get their second label too, else words that tell them
    apart, else a number: the order of the items makes no difference to any of that.
    """
    known = None if labels is None else label_codes(labels, len(groups))
    return _names_of_one(Naming(groups, known, texts), [], lambda group: f"group {group}")


def name_groups(
    groups_a: Ints,
    groups_b: Ints,
    *,
    indices_a: Ints | None = None,
    indices_b: Ints | None = None,
    labels: tuple[NDArray[np.int64], list[Any]] | None = None,
    texts: Iterable[str | None] | None = None,
    ids: Sequence[Any] | NDArray[Any] | None = None,
) -> GroupNames:
    """Name the groups of both spaces, as `group_names` does, so that they can be read together.

    A pair that is kept has one name. A group of A and one of B that would both head a row of
    `match_groups` by the same name are called "food of A" and "food of B". What neither labels nor
    words name is "group 7 of A, around mango": the item that stands in most of the others' lists.

    Parameters
    ----------
    groups_a, groups_b : (n_samples,) int32
        Group of each item in A and in B, from 0; -1 = none.
    indices_a, indices_b : (n_samples, k) int32, optional
        Neighbours of each item: they say which item is central.
    labels : (n_samples,) int64 and list, optional
        What `label_codes` gives.
    texts : iterable of str or None, (n_samples,), optional
    ids : sequence of length n_samples, or (n_samples,) array, optional
        Of the items.
    """
    said = None if texts is None else list(texts)
    changes = find_changes(groups_a, groups_b)
    pairs = {row.group_a: row.group_b for row in changes if row.change == "kept"}

    def fallback(side: str, groups: Ints, indices: Ints | None) -> Callable[[int], str]:
        """Number and central item of a group; arrays are (n_samples,) and (n_samples, k) int32."""
        central: list[str] | None = None

        def name(group: int) -> str:
            nonlocal central
            if central is None:
                central = _central(groups, indices, ids)
            around = f", around {central[group]}" if central[group] else ""
            return f"group {group} of {side}{around}"

        return name

    ours, theirs = (Naming(groups, labels, said) for groups in (groups_a, groups_b))
    a = _names_of_one(ours, [], fallback("A", groups_a, indices_a))
    same = [
        (pairs[group], a[group]) for group, name in enumerate(ours.plain) if name and group in pairs
    ]
    b = _names_of_one(theirs, same, fallback("B", groups_b, indices_b))
    return _apart(a, b, changes)


def _names_of_one(
    naming: Naming, same: list[tuple[int | None, str]], fallback: Callable[[int], str]
) -> list[str]:
    """Names of the groups of one space, no two alike; `same` have theirs from the other space."""
    fixed = {group: name for group, name in same if group is not None}
    names = [name or "" for name in naming.plain]
    alike: dict[str, list[int]] = {}
    for group, name in enumerate(names):
        if name and group not in fixed:
            alike.setdefault(name, []).append(group)
    taken = set(fixed.values())
    for name, groups in alike.items():
        if len(groups) > 1 or name in taken:
            for group, longer in naming.longer(groups).items():
                names[group] = longer
    for group, name in enumerate(names):
        if group in fixed:
            names[group] = fixed[group]
        else:
            names[group] = _numbered(name or fallback(group), taken)
            taken.add(names[group])
    return names


def _apart(a: list[str], b: list[str], changes: list[GroupChange]) -> GroupNames:
    """Add the side to names that head a row of A and another one of B."""
    heads_a = {a[row.group_a]: row for row in changes if row.group_a is not None}
    heads_b = {
        b[row.group_b]: row.group_b
        for row in changes
        if row.group_b is not None and row.group_a is None
    }
    for name in heads_a.keys() & heads_b.keys():
        row, taken = heads_a[name], {*a, *b}
        new = _numbered(name, taken, " of A")
        a[row.group_a or 0] = new
        if row.change == "kept":
            b[row.group_b or 0] = new
        b[heads_b[name]] = _numbered(name, taken, " of B")
    return GroupNames(tuple(a), tuple(b))


def _numbered(name: str, taken: set[str], end: str = "") -> str:
    """Return the name, or the first of "food (2)", "food (3)" ... that is not taken."""
    number = 1
    while True:
        tail = end if number == 1 else f"{end} ({number})"
        new = clean(name, MOST_CHARS - len(tail)) + tail
        if new not in taken:
            return new
        number += 1


def _central(groups: Ints, indices: Ints | None, ids: Any) -> list[str]:
    """What the item is called that stands in most lists of its group's items; "" = not known.

    Parameters
    ----------
    groups : (n_samples,) int32
    indices : (n_samples, k) int32 or None
    ids : sequence of length n_samples, or None
    """
    n, n_groups = len(groups), int(groups.max(initial=-1)) + 1
    found = [""] * n_groups
    if indices is None or ids is None:
        return found
    counts = np.zeros(n, np.int64)
    for column in indices[:, :_NEAREST].T:
        edge = (column >= 0) & (groups >= 0)
        edge &= groups[column] == groups
        counts += np.bincount(column[edge], minlength=n)
    most = np.full(n_groups, -1, np.int64)
    inside = np.flatnonzero(groups >= 0)
    np.maximum.at(most, groups[inside], counts[inside])
    for item in inside[counts[inside] == most[groups[inside]]].tolist():
        name = clean(ids[item], _ID_CHARS)
        group = int(groups[item])
        # Of equally central ones the first by its id, whatever the order of the items.
        if name and (found[group] == "" or name < found[group]):
            found[group] = name
    return found
