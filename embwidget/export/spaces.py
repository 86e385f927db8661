"""Several spaces in one page: maps and agreement of all, and which of their lists are left out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from embwidget.comparison import Comparison
from embwidget.export.lists import Band
from embwidget.export.parts import Part, array_part
from embwidget.knn import KNNGraph
from embwidget.session.several import EverySpace
from embwidget.session.wire.encode import unit_box


class HeldLists(NamedTuple):
    """Some of the neighbour lists that a page could hold.

    Attributes
    ----------
    bands : list of Band
    left_out : str
        What is not among them; "" = nothing.
    """

    bands: list[Band]
    left_out: str


def parts_of_maps(every: EverySpace) -> list[Part]:
    """Maps of all spaces in one square or cube."""
    return [array_part(f"frame.{at}", frame) for at, frame in enumerate(unit_box(every.frames))]


def parts_of_agreement(every: EverySpace, k_max: int) -> list[Part]:
    """How far all pairs agree at each k."""
    if every.curves is None:
        return []
    return [array_part("matrix", every.curves.values[:, :k_max].astype(np.float32))]


def head_of(every: EverySpace, k_max: int) -> dict[str, Any]:
    """What the head says of all spaces: ``PackedSpaces`` of ``js/src/wire/page/packed.ts``."""
    chance = None if every.curves is None else every.curves.chance[:k_max].tolist()
    return {"n_components": every.frames.shape[2], "kept": every.kept, "chance": chance}


def unknown_of(every: EverySpace) -> list[str]:
    """What there is not of all spaces, as the work was stopped before."""
    missing = [] if every.curves else ["how far other spaces agree"]
    return missing if None not in every.graphs else [*missing, "neighbours in some spaces"]


def graphs_of(comparison: Comparison, every: EverySpace | None) -> dict[str, KNNGraph]:
    """Graphs by the names of their parts: sides, or positions of spaces, those looked at first."""
    if every is None:
        return {"a": comparison.graph_a, "b": comparison.graph_b}
    order = sorted(range(len(every.graphs)), key=lambda at: at not in every.two)
    found = {str(at): every.graphs[at] for at in order}
    return {name: graph for name, graph in found.items() if graph is not None}


def fewer_lists(
    bands: list[Band], graphs: Mapping[str, Any], every: EverySpace | None
) -> list[HeldLists]:
    """All lists, and what to hold where there is no room for them, one after the other."""
    choices = [HeldLists(bands, "")]
    others = [] if every is None else [name for name in graphs if int(name) not in every.two]
    if not others:
        return choices
    distances = {f"distances_{name}" for name in others}
    lists = distances | {f"indices_{name}" for name in others}
    for without, said in (
        (distances, "distances to neighbours in other spaces than the two looked at"),
        (lists, "neighbours in other spaces than the two looked at"),
    ):
        kept = [
            Band(stop, [part for part in parts if part.name.partition(".")[0] not in without])
            for stop, parts in bands
        ]
        choices.append(HeldLists(kept, said))
    return choices
