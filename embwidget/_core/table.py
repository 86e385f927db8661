"""Members of one kind by name, each in a file of its own: metrics, engines, reducers, formats."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Generic, TypeVar

from embwidget._core.checks import listed, near_names, object_of, shown

Member = TypeVar("Member")


class Table(Mapping[str, Member], Generic[Member]):
    """What a room holds of one kind: one entry for each name.

    A module of the room that has a variable of the name `holds` adds what stands in it: so a file
    is all that a new member takes. Modules of the room are imported when the table is first
    looked at; what they import of large packages, they import where they use it.

    Parameters
    ----------
    kind : str
        How messages call a member, and the argument that takes one: "metric", "engine".
    package : str
        The room, such as ``"embwidget.knn"``, its rooms included.
    holds : str
        Name of the variable, such as "ENGINE".
    members_of : callable, optional
        Turns what stands in it into (name, member) pairs; by default it is one member that has
        a ``name``.
    is_one : callable, optional
        Whether an object of the caller's own can be used as a member; None = no object can.
    wanted : str, optional
        What such an object has to have, in words: "an object with fit_transform".
    first : sequence of str, optional
        Names that come first, in this order; the others follow by the alphabet.
    order : callable, optional
        ``order(member)`` sorts the members instead, equal ones as their files and rooms are sorted.
    also : sequence of str, optional
        Names that are no members and that the caller handles before it looks here: messages list
        them too.
    """

    def __init__(
        self,
        kind: str,
        package: str,
        holds: str,
        *,
        members_of: Callable[[Any], Iterable[tuple[str, Member]]] | None = None,
        is_one: Callable[[Any], bool] | None = None,
        wanted: str = "",
        first: Iterable[str] = (),
        order: Callable[[Member], Any] | None = None,
        also: Iterable[str] = (),
    ) -> None:
        self.kind = kind
        self._package = package
        self._holds = holds
        self._members_of = members_of or (lambda member: [(member.name, member)])
        self._is_one = is_one or (lambda _: False)
        self._wanted = wanted
        self._first = tuple(first)
        self._order = order
        self._also = tuple(also)
        self._members: dict[str, Member] | None = None

    def __getitem__(self, name: str) -> Member:
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def find(self, given: Any) -> Member:
        """Return the member of this name, or the caller's own object; ValueError for neither.

        Raises
        ------
        ValueError
            When it is no name of the table, and no object that can stand for one.
        """
        if isinstance(given, str):
            if given in self._known:
                return self._known[given]
            allowed = near_names(given, [*self._also, *self._known])
        elif not isinstance(given, type) and self._is_one(given):
            member: Member = given
            return member
        else:
            made = f"{object_of(given)}, or " if object_of(given) else ""
            allowed = f"{made}use {listed([*self._also, *self], len(self._also) + len(self))}"
        own = f", or {self._wanted}" if self._wanted else ""
        msg = f"{self.kind}={shown(given)} is not known: {allowed}{own}"
        raise ValueError(msg)

    @property
    def _known(self) -> dict[str, Member]:
        if self._members is None:
            self._members = self._collected()
        return self._members

    def _collected(self) -> dict[str, Member]:
        room = import_module(self._package)
        found: dict[str, Member] = {}
        for info in walk_packages(room.__path__, f"{self._package}."):
            held = getattr(import_module(info.name), self._holds, None)
            for name, member in () if held is None else self._members_of(held):
                if name in found:
                    msg = f"two files of {self._package} hold the {self.kind} {name!r}"
                    raise RuntimeError(msg)
                found[name] = member
        if by := self._order:
            return dict(sorted(found.items(), key=lambda item: by(item[1])))
        order = [name for name in self._first if name in found]
        return {name: found[name] for name in [*order, *sorted(set(found) - set(order))]}
