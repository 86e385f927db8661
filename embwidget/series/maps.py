"""The maps of a series, on the same axes, each with what it keeps of the neighbours."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown

if TYPE_CHECKING:
    import pandas as pd

_AXES = ("x", "y", "z")


@dataclass(frozen=True, eq=False, repr=False)
class SeriesMaps:
    """A map of each step of a series, on the same axes.

    Attributes
    ----------
    positions : (n_steps, n_items, n_components) float32
    names : tuple of str
        Names of the steps.
    steps : tuple of int, float or str
        What stands for each step on an axis.
    ids : (n_items,) int64, uint64 or object (of str)
    split : (n_items,) object (of str) or None
        Split of each item.
    reducer : str
        Name of the reducer.
    fit_on : str
        "all", "each", or the name of the step that the reducer was fitted on.
    kept : DataFrame
        For each step ``step, kept, low, high, chance, k``: the mean share of the k nearest
        neighbours that are among the k nearest on its map, the 95 % interval, and what a map at
        random keeps. With ``by_dataset`` one row for each dataset and step, ``dataset`` first.
    kept_items : (n_steps, n_items) float32
        That share of each item.
    """

    positions: NDArray[np.float32]
    names: tuple[str, ...]
    steps: tuple[Any, ...]
    ids: NDArray[Any]
    split: NDArray[Any] | None
    reducer: str
    fit_on: str
    kept: "pd.DataFrame"
    kept_items: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, which: int | str) -> NDArray[np.float32]:
        """Map (n_items, n_components) float32 of a step, by its name or position."""
        if isinstance(which, str):
            if which not in self.names:
                msg = f"no step is called {shown(which)}: {near_names(which, self.names)}"
                raise KeyError(msg)
            which = self.names.index(which)
        found: NDArray[np.float32] = self.positions[which]
        return found

    def frame(self) -> "pd.DataFrame":
        """Tidy table, a row for each step and item: ``item, step, split, x, y``, and ``z`` in 3-D.

        ``item`` is the id, ``step`` what `steps` says; ``split`` is None where none is known.
        """
        import pandas as pd

        n_steps, n_items, n_components = self.positions.shape
        columns: dict[str, Any] = {
            "item": np.tile(self.ids, n_steps),
            "step": pd.Series([step for step in self.steps for _ in range(n_items)]),
            "split": [None] * (n_steps * n_items)
            if self.split is None
            else np.tile(self.split, n_steps),
        }
        flat = self.positions.reshape(-1, n_components)
        names = [*_AXES, *(f"x{axis}" for axis in range(3, n_components))]
        columns |= {name: flat[:, axis] for axis, name in enumerate(names[:n_components])}
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        n_steps, n_items, n_components = self.positions.shape
        first, last = self.kept["kept"].iloc[0], self.kept["kept"].iloc[-1]
        return (
            f"SeriesMaps({self.reducer} fitted on {shown(self.fit_on)[1:-1]}, {n_steps} steps x "
            f"{n_items} items x {n_components}, neighbours kept {first:.2f} to {last:.2f})"
        )
