"""What is shown of each item, and how."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embwidget._core.aligning import Items, find_rows
from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.checks import shown, whole
from embwidget._core.keys import index_of
from embwidget._core.names import as_name
from embwidget._core.vectors import as_vectors
from embwidget.comparison import Pair
from embwidget.metrics import metric_of
from embwidget.projection.maps import check_flat, reducer_name
from embwidget.session.answers.images import by_row
from embwidget.session.answers.measured_columns import COINCIDENCE

Map = NDArray[np.float32]

AS_GIVEN = "as given"
"""Stands where else the name of a reducer does."""

LEAST_HEIGHT, MOST_HEIGHT = 240, 4000
# A card of more is no card, and a table has room for a few.
_MOST_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """What a screen shows beside the comparison; `EmbeddingCompare` describes each field.

    Attributes
    ----------
    text : str, array-like of length n_items or None
        Name of a column, or one text for each item.
    image : str, sequence of length n_items, callable or None
        Name of a column, one picture for each item, or ``get(position)`` of an item.
    positions : pair of array-like of shape (n_items, 2), or None
        Maps that are drawn as they are; None in place of one = the reducer draws it.
    reducer : str, callable or object with ``fit_transform``
    color_by : str
    height : int
    show : str or sequence of str
        Names of columns; afterwards a tuple of them.
    drawn_by : str
        Name of the reducer that drew `positions` before; "" = they are a person's own.

    Raises
    ------
    ValueError, TypeError
        When the height is out of bounds. Reducer and maps are checked by `check_for_two`, columns
        are looked up by the session.
    """

    text: Any = None
    image: Any = None
    positions: Any = None
    reducer: Any = DEFAULT_REDUCER
    color_by: str = COINCIDENCE
    height: int = 400
    show: Any = ()
    drawn_by: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "image", "color_by"):
            object.__setattr__(self, name, as_name(getattr(self, name)))
        object.__setattr__(self, "show", _names_to_show(self.show))
        whole(self.height, "height", LEAST_HEIGHT, MOST_HEIGHT)

    def check_for_two(self) -> None:
        """Refuse what cannot draw two maps side by side: an unknown reducer, one map, 3-D."""
        reducer_name(self.reducer)
        check_flat(self.reducer)
        if self.positions is not None and (
            not isinstance(self.positions, (tuple, list)) or len(self.positions) != 2
        ):
            msg = "positions= are two maps, (xy_a, xy_b), or None in place of one: give a tuple"
            raise ValueError(msg)

    def in_order(self, items_a: Items, items_b: Items) -> "Shown":
        """Return the same with pictures and maps in the order of the items.

        Parameters
        ----------
        items_a, items_b : Items
            Whose rows the pictures and map A are of, and map B.
        """
        image, positions = self.image, self.positions
        if image is not None and not isinstance(image, str) and not callable(image):
            image = by_row(image, items_a)
        if positions is not None:
            positions = tuple(
                None if given is None else _map_of(given, items, f"positions of {side}")
                for given, items, side in zip(positions, (items_a, items_b), "ab", strict=True)
            )
        return replace(self, image=image, positions=positions)


def _names_to_show(show: Any) -> tuple[str, ...]:
    """Names of columns out of whatever holds them in an order."""
    show = as_name(show)
    if show is None or isinstance(show, str):
        return () if show is None else (show,)
    ordered = not isinstance(show, (bytes, Mapping, Set)) and not hasattr(type(show), "columns")
    if not ordered or not isinstance(show, Iterable):
        msg = (
            f"show={shown(show)}: give the names of columns of the metadata, as in "
            'show=["answer", "price"]'
        )
        raise TypeError(msg)
    names = list(islice(show, _MOST_SHOWN + 1))
    if len(names) > _MOST_SHOWN:
        msg = f"show=: at most {_MOST_SHOWN} columns are shown beside an item: name fewer"
        raise ValueError(msg)
    # Numbers and names of several levels are texts on the screen.
    return tuple(str(name) for name in names)


def given_maps(pair: Pair, positions: Any) -> tuple[Map | None, Map | None]:
    """Maps that are drawn as they are: those given, and spaces that have two dimensions.

    Parameters
    ----------
    pair : Pair
    positions : pair of (n_items, 2) float32 or None, or None
        As `Shown.in_order` leaves them.

    Returns
    -------
    a, b : (n_items, 2) float32 or None
        None = there is none.
    """
    found = []
    for space, metric, given in zip(
        (pair.a, pair.b), (pair.metric_a, pair.metric_b), positions or (None, None), strict=True
    ):
        # A packed byte is no dimension.
        if given is None and space.n_dims == 2 and metric_of(metric).numbers_per_entry == 1:
            given = space.vectors
        found.append(given)
    return found[0], found[1]


def sides_given(maps: tuple[Map | None, Map | None]) -> list[Literal["a", "b"]]:
    """Which of two maps, (n_items, 2) float32 each, are there."""
    sides: tuple[Literal["a", "b"], ...] = ("a", "b")
    return [side for side, known in zip(sides, maps, strict=True) if known is not None]


def _map_of(given: Any, items: Items, what: str) -> Map:
    """Positions (n_items, 2) float32 of the items, out of those of all rows that were given."""
    positions = as_vectors(given, what)
    if positions.shape[1] != 2:
        msg = f"{what}: shape {positions.shape}: x and y are needed, (n_samples, 2)"
        raise ValueError(msg)
    rows = find_rows(items, index_of(given), len(positions), what, "positions").rows
    # Copied in any case: a map of a file would be looked at for as long as the screen lives.
    return np.array(positions if rows is None else positions[rows])
