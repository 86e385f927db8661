"""What a screen shows of a session at the moment, small enough to travel whole."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class State:
    """Names and values of ``Traits`` in ``js/src/wire/model.ts``, which says what is in the dicts.

    Everything is JSON. A host hears of each change and hands it on to its screen; a selection and
    what is large travel by message instead.
    """

    n_items: int
    """Items that are in both spaces."""

    space_a: Json
    """``SpaceInfo`` of the first space: name, dimensions, metric, engine, recall."""

    space_b: Json
    """``SpaceInfo`` of the second space."""

    reducer: str
    """Name of the reducer that drew the maps that are there: "pca", "umap" ..."""

    k: int
    """Neighbours compared, 1..k_max."""

    k_max: int
    """Length of the neighbour lists."""

    color_by: str
    """Name of the column that colours the points, measured or of the metadata."""

    columns: list[Json]
    """``ColumnInfo`` of each column that can colour the points now."""

    label: str
    """Metadata column with the classes; "" = none."""

    text: str
    """Metadata column with a text of each item; "" = none."""

    image: str
    """What holds a picture of each item: a metadata column or "image"; "" = none."""

    height: int
    """Height of the maps in CSS pixels."""

    join_report: Json
    """``JoinInfo``: items in both spaces, and in one alone."""

    curve: list[list[float]] = field(default_factory=list)
    """``CurvePoint`` for each k = 1..k_max; empty until both graphs are there."""

    chance: Json | None = None
    """``ChanceInfo``; None until the permutations are done."""

    faithfulness: Json | None = None
    """``Faithfulness`` of the final maps; None until it is measured."""

    numbers: Json = field(default_factory=dict)
    """``NumberInfo`` of each number that is measured after the neighbours."""

    progress: Json = field(default_factory=dict)
    """``Progress``: step, share of all work that is done, seconds left."""

    focus: int | None = None
    """Row position of the item whose neighbours are shown."""

    error: str = ""
    """One line that says what went wrong and what to do; "" = nothing."""
