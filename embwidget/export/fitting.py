"""What of a page is left out, in which order, so that its file is no larger than asked for."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison import Comparison
from embwidget.export.contents import MOST_TEXT_CHARS, Texts
from embwidget.export.lists import Band, bands_of_counts, bands_of_lists
from embwidget.export.parts import Part
from embwidget.export.pictures import fitting_pictures
from embwidget.export.spaces import fewer_lists, graphs_of
from embwidget.session.answers.answers import Sources
from embwidget.session.several import EverySpace


@dataclass
class Fitted:
    """What fits beside the parts that every page has.

    Attributes
    ----------
    lists : list of Part
        Neighbour lists, or how many neighbours are the same where there is no room for them.
    scales : dict
        What reads the distances of the lists.
    texts, pictures : list of Part
    k_lists : int
        Length of the lists; 0 = there are none.
    k_max : int
        Up to where k goes.
    left_out : list of str
        What a page says that it has not; [] = it has all.
    """

    lists: list[Part]
    scales: dict[str, Any]
    texts: list[Part]
    pictures: list[Part]
    k_lists: int
    k_max: int
    left_out: list[str] = field(default_factory=list)


class NoRoom(Exception):  # noqa: N818 (said by whoever knows what was asked for)
    """There is not even room for the least that a page holds.

    Attributes
    ----------
    missing : float
        Bytes.
    """

    def __init__(self, missing: float) -> None:
        super().__init__(missing)
        self.missing = missing


def fitted(
    sources: Sources, comparison: Comparison, every: EverySpace | None, room: float
) -> Fitted:
    """Choose what fits, and leave out the rest.

    First pictures are made smaller, then those that are seldom seen are left out, then all; then
    texts are cut; then lists end earlier; then those of other spaces than the two looked at are
    without distances, then left out; then there are none, and the k of the slider ends earlier.

    Parameters
    ----------
    sources : Sources
    comparison : Comparison
    every : EverySpace or None
        None = there are two spaces.
    room : float
        Bytes of the file; infinite = all fits.

    Raises
    ------
    NoRoom
        When there is none for what both spaces share at the first k.
    """
    graphs = graphs_of(comparison, every)
    bands, scales = bands_of_lists(graphs, comparison.k_max)
    texts = Texts.of(sources)
    parts = texts.parts
    left_out: list[str] = []
    pictures: list[Part] = []
    free = room - _size(bands) - _sum(parts)
    if sources.images is not None:
        pictures, said = fitting_pictures(sources.images, _seen(comparison), free)
        left_out += [said] if said else []
        free -= _sum(pictures)
    if free < 0:
        cut = texts.cut()
        if cut != texts:
            free += _sum(parts)
            parts = cut.parts
            free -= _sum(parts)
            left_out.append(f"texts beyond {MOST_TEXT_CHARS} characters")
    k_max, k_lists = comparison.k_max, comparison.k_max
    free += _size(bands)
    for held, said in fewer_lists(bands, graphs, every):
        kept = list(held)
        if _without_last(kept, free - _size(kept)) >= 0:
            k_max = k_lists = kept[-1].stop
            left_out += [said] if said else []
            if k_max < comparison.k_max:
                left_out.append(f"neighbours beyond the first {k_max}, where k ends")
            lists = [part for band in kept for part in band.parts]
            return Fitted(lists, scales, parts, pictures, k_lists, k_max, left_out)
    counts = bands_of_counts(comparison)
    free = _without_last(counts, free - _size(counts))
    if free < 0:
        raise NoRoom(-free)
    k_max = counts[-1].stop
    left_out.append("neighbour lists, with what is measured in them")
    if k_max < comparison.k_max:
        left_out.append(f"what is the same beyond k = {k_max}")
    lists = [part for band in counts for part in band.parts]
    return Fitted(lists, {}, parts, pictures, 0, k_max, left_out)


def _without_last(bands: list[Band], free: float) -> float:
    """Drop bands from the end while there is no room, but for the first; what is free then."""
    while free < 0 and len(bands) > 1:
        free += bands.pop().n_bytes
    return free


def _seen(comparison: Comparison) -> NDArray[np.int64]:
    """In how many lists each item stands in either space, (n_samples,) int64."""
    return comparison.k_occurrence("a") + comparison.k_occurrence("b")


def _size(bands: list[Band]) -> int:
    return sum(band.n_bytes for band in bands)


def _sum(parts: list[Part]) -> int:
    return sum(part.n_bytes for part in parts)
