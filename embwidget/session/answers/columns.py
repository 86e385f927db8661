"""Values that colour the points: of a metadata column, or measured."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.measured_columns import MEASURED
from embwidget.session.answers.numbers import Answer
from embwidget.session.wire import tables

Encoded = tuple[dict[str, Any], NDArray[Any]]
"""Header of a column, and (n_items,) float32 values or uint16 codes."""

Maker = Callable[[Sources, str, int], Encoded]


def column(sources: Sources, args: dict[str, Any]) -> Answer:
    """``Column``: its header, and a value or code for each item, (n_items,) float32 or uint16."""
    name: Any = args.get("name")
    if name in _MAKERS:
        comparison = sources.comparison()
        k: Any = args.get("k")
        if MEASURED[name].at_k:
            k = whole(k, "k", 1, comparison.k_max, why=f"for column {name!r}")
        header, values = _MAKERS[name](sources, name, k)
    else:
        header, values = sources.columns.encode(name)
    return header, [values]


ANSWERS = {"column": column}


def _wins(sources: Sources, name: str, k: int) -> Encoded:
    """Header and (n_items,) float32."""
    return tables.difference_column(name, *sources.comparison().label_agreement(k), k)


def _faithfulness(sources: Sources, name: str, _k: int) -> Encoded:
    """Header and (n_items,) float32."""
    measured = sources.numbers.map_faithfulness(name[-1])
    return tables.share_column(name, measured.trust, measured.n_neighbors)


def _groups(sources: Sources, name: str, _k: int) -> Encoded:
    """Header and (n_items,) uint16."""
    return sources.numbers.group_column(name, name[-1])


def _hubness(sources: Sources, name: str, k: int) -> Encoded:
    """Header and (n_items,) float32."""
    return tables.count_column(name, sources.comparison().k_occurrence(name[-1], k))


def _measure(sources: Sources, name: str, k: int) -> Encoded:
    """Header and (n_items,) float32."""
    return tables.share_column(name, sources.comparison().item_values(name, k), None)


# The coincidence is no column: the page makes it of the shared neighbours.
_MAKERS: dict[Any, Maker] = {
    "wins": _wins,
    "faithfulness_a": _faithfulness,
    "faithfulness_b": _faithfulness,
    "group_a": _groups,
    "group_b": _groups,
    "k_occurrence_a": _hubness,
    "k_occurrence_b": _hubness,
    "rbo": _measure,
    "rank_similarity": _measure,
}
