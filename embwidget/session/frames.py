"""What a person chose on the screen, as frames."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison import Comparison
from embwidget.session.answers.numbers import Maps
from embwidget.session.answers.shown_columns import ShownColumns, beside

if TYPE_CHECKING:
    import pandas as pd


def frame_of_selected(
    comparison: Comparison, k: int, selection: NDArray[np.int64], maps: Maps
) -> "pd.DataFrame":
    """Selected rows of `Comparison.to_frame`, with their positions on the maps.

    Parameters
    ----------
    comparison : Comparison
    k : int
    selection : (n_selected,) int64
        Row positions.
    maps : pair of (n_items, 2 or 3) float32
    """
    frame = comparison.to_frame(k).iloc[selection]
    columns = {
        f"{axis}_{side}": values
        for side, positions in zip("ab", maps, strict=True)
        for axis, values in zip("xyz", positions[selection].T, strict=False)
    }
    return frame.assign(**columns)


def frame_of_neighbors(
    comparison: Comparison, k: int, focus: int | None, shown: ShownColumns
) -> "pd.DataFrame":
    """`Comparison.neighbors` of the item in a row, with texts and shown columns.

    There are no rows when there is no item.
    """
    row = focus or 0
    graphs = {"a": comparison.graph_a, "b": comparison.graph_b}
    near = {side: graph.indices[row, :k].tolist() for side, graph in graphs.items()}
    columns = {side: shown.frame(rows) for side, rows in near.items()}
    item = comparison.a.ids[row : row + 1].tolist()[0]
    frame = beside(comparison.neighbors(item, k), columns)
    return frame.iloc[:0] if focus is None else frame
