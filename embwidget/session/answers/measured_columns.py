"""Columns that colour the points by what was measured: their names, which metadata cannot have."""

from typing import Literal, NamedTuple

COINCIDENCE = "coincidence"

MeasuredKind = Literal["coincidence", "difference", "category", "numeric"]
Need = Literal["graphs", "label", "groups", "faithfulness"]


class MeasuredColumn(NamedTuple):
    """A column of `MEASURED`.

    Attributes
    ----------
    title : str
        What the menu calls it: the words of its name are in it, so that whoever reads it can set
        `color_by`.
    kind : str
        As ``ColumnInfo.kind`` in ``js/src/wire/model.ts``.
    at_k : bool
        Whether it changes with k.
    needs : str
        What must be known before: the neighbour graphs, a label too, groups, faithful maps.
    """

    title: str
    kind: MeasuredKind
    at_k: bool
    needs: Need


MEASURED: dict[str, MeasuredColumn] = {
    COINCIDENCE: MeasuredColumn("coincidence", "coincidence", True, "graphs"),
    "wins": MeasuredColumn("A wins / B wins", "difference", True, "label"),
    "faithfulness_a": MeasuredColumn("faithfulness of map A", "numeric", False, "faithfulness"),
    "faithfulness_b": MeasuredColumn("faithfulness of map B", "numeric", False, "faithfulness"),
    "group_a": MeasuredColumn("group in A", "category", False, "groups"),
    "group_b": MeasuredColumn("group in B", "category", False, "groups"),
    "k_occurrence_a": MeasuredColumn("k-occurrence in A", "numeric", True, "graphs"),
    "k_occurrence_b": MeasuredColumn("k-occurrence in B", "numeric", True, "graphs"),
    "rbo": MeasuredColumn("rank-biased overlap (rbo)", "numeric", True, "graphs"),
    "rank_similarity": MeasuredColumn("rank similarity", "numeric", True, "graphs"),
}
"""Those of `Comparison.item_values` are here that take no longer than the slider waits for."""


def why_not_measured(name: str, *, label: str) -> str | None:
    """Why a measured column will never be known; None when it will, or is no such column."""
    column = MEASURED.get(name)
    if column is not None and column.needs == "label" and not label:
        return 'it needs classes: pass label="..." with the name of their column'
    return None
