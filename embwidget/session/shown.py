"""What is shown of each item, and how."""

from dataclasses import dataclass, replace
from typing import Any

from embwidget._core.checks import shown, whole
from embwidget._core.metadata import with_values
from embwidget._core.names import as_name
from embwidget.projection.reducer import Reducer
from embwidget.projection.reducers import REDUCERS
from embwidget.session.answers.measured_columns import COINCIDENCE

LEAST_HEIGHT, MOST_HEIGHT = 240, 4000


@dataclass(frozen=True)
class Shown:
    """What a screen shows beside the comparison; `EmbeddingCompare` describes each field.

    Attributes
    ----------
    text : str, array-like of length n_items or None
        Name of a column, or one text for each item.
    image : str, sequence of length n_items, callable or None
        Name of a column, one picture for each item, or ``get(position)`` of an item.
    reducer : str, callable or object with ``fit_transform``
    color_by : str
    height : int

    Raises
    ------
    ValueError
        When there is no such reducer, or the height is out of bounds. Columns are looked up by
        the session.
    """

    text: Any = None
    image: Any = None
    reducer: Any = "umap"
    color_by: str = COINCIDENCE
    height: int = 400

    def __post_init__(self) -> None:
        for name in ("text", "image", "color_by"):
            object.__setattr__(self, name, as_name(getattr(self, name)))
        reducer_name(self.reducer)
        whole(self.height, "height", LEAST_HEIGHT, MOST_HEIGHT)


def with_texts(shown: Shown, metadata: Any, n_items: int, of: str = "items") -> tuple[Shown, Any]:
    """What is shown with texts by the name of a column, and the metadata that has the column.

    Parameters
    ----------
    shown : Shown
    metadata : frame with n_items rows, or None
    n_items : int
    of : str
        What has a text each, in messages.
    """
    if shown.text is None or isinstance(shown.text, str):
        return shown, metadata
    metadata = with_values(metadata, n_items, "text", shown.text, of)
    return replace(shown, text="text"), metadata


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
        f"reducer={shown(reducer)} is not known: use {', '.join(map(repr, REDUCERS))}, "
        "an object with fit_transform or a function"
    )
    raise ValueError(msg)
