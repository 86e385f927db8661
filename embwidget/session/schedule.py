"""When each step of the work begins and ends, so that the bar moves evenly."""

from itertools import accumulate, pairwise

from embwidget.comparison import Pair
from embwidget.session.answers import seconds
from embwidget.session.answers.numbers import NUMBERS


def schedule_of(
    pair: Pair, *, graphs: bool, maps: bool, numbers: bool, maps_first: bool = False
) -> dict[str, tuple[float, float]]:
    """Divide the work by the time that each step is expected to take.

    Parameters
    ----------
    pair : Pair
        What is compared.
    graphs, maps, numbers : bool
        Whether neighbours are searched, whether maps follow the first, and whether the numbers are
        measured.
    maps_first : bool, default=False
        Whether the numbers that need no maps follow them nevertheless.

    Returns
    -------
    dict of str to (float, float)
        Where "first map", "graphs", "maps" and each of `NUMBERS` begin and end, in 0..1, in the
        order of the work; what is not done ends where it begins.
    """
    early, late = (
        {
            name: number.seconds(pair) if numbers and (pair.label or not number.needs_label) else 0
            for name, number in NUMBERS.items()
            if number.after_maps == after_maps
        }
        for after_maps in (False, True)
    )
    drawing = {"maps": seconds.of_maps(pair) if maps else 0}
    lengths = {
        "first map": seconds.of_first_map(pair),
        "graphs": seconds.of_search(pair) if graphs else 0,
        **(drawing | early if maps_first else early | drawing),
        **late,
    }
    ends = [0.0, *accumulate(lengths.values())]
    return dict(zip(lengths, pairwise(end / ends[-1] for end in ends), strict=True))
