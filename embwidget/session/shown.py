"""What is shown of each item, and how."""

from dataclasses import dataclass
from typing import Any

from embwidget._core.checks import whole
from embwidget.projection.maps import check_flat
from embwidget.projection.reducer import Reducer
from embwidget.projection.reducers import REDUCERS
from embwidget.session.answers.measured_columns import COINCIDENCE

LEAST_HEIGHT, MOST_HEIGHT = 240, 4000


@dataclass(frozen=True)
class Shown:
    """What a screen shows beside the comparison; `EmbeddingCompare` describes each field.

    Attributes
    ----------
    text : str or None
    image : str, sequence of length n_items, callable or None
        Name of a column, one picture for each item, or ``get(position)`` of an item.
    reducer : str, callable or object with ``fit_transform``
    color_by : str
    height : int

    Raises
    ------
    ValueError
        When there is no such reducer, its maps are not flat, or the height is out of bounds.
        Columns are looked up by the session.
    """

    text: str | None = None
    image: Any = None
    reducer: Any = "umap"
    color_by: str = COINCIDENCE
    height: int = 400

    def __post_init__(self) -> None:
        reducer_name(self.reducer)
        check_flat(self.reducer)
        whole(self.height, "height", LEAST_HEIGHT, MOST_HEIGHT)


def reducer_name(reducer: Any) -> str:
    """Name of a reducer for the screen; ValueError for what is none."""
    if isinstance(reducer, str):
        if reducer in REDUCERS:
            return reducer
    elif isinstance(reducer, Reducer):
        return reducer.name
    elif not isinstance(reducer, type) and (hasattr(reducer, "fit_transform") or callable(reducer)):
        return str(getattr(reducer, "__name__", type(reducer).__name__))
    msg = (
        f"reducer={reducer!r} is not known: use {', '.join(map(repr, REDUCERS))}, "
        "an object with fit_transform or a function"
    )
    raise ValueError(msg)
