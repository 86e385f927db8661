"""What all that is asked of several spaces stands on: the spaces, their graphs, and the pairs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from embwidget._core.checks import listed, shown, whole
from embwidget._core.progress import Progress, reporting, span
from embwidget.comparison import Comparison
from embwidget.comparison.memo import Memo
from embwidget.series.base import StepSpaces
from embwidget.series.report import SeriesReport
from embwidget.series.series import Series
from embwidget.space import Space

if TYPE_CHECKING:
    import pandas as pd

_NAMES_SHOWN = 5


class ComparedMany:
    """Several spaces of the same items, whose neighbours are searched once.

    The length is the number of spaces; iteration, a name and a position give spaces.

    Parameters
    ----------
    series : Series
        The spaces, with the settings of their search.
    n_neighbors : int
        k of the headline figures.

    Attributes
    ----------
    series : Series
        The same spaces, with the graphs that were found, for `Series.curve` and maps.
    n_neighbors : int
    k_max : int
        Length of the neighbour lists.
    """

    def __init__(self, series: Series, n_neighbors: int) -> None:
        self.series = series
        self.n_neighbors = n_neighbors
        self.k_max = min(max(series.settings.k_max, n_neighbors), series.n - 1)
        self._memo = Memo()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the spaces, in their order."""
        return self.series.names

    @property
    def n(self) -> int:
        """Number of items in all spaces."""
        return self.series.n

    @property
    def ids(self) -> NDArray[Any]:
        """Ids of the items, (n_items,) int64, uint64 or object (of str)."""
        return self.series.ids

    @property
    def metadata(self) -> "pd.DataFrame | None":
        """One row for each item, or None."""
        return self.series.metadata

    @property
    def label(self) -> str | None:
        """Column of the metadata that says what an item is."""
        return self.series.label

    @property
    def join_report(self) -> SeriesReport:
        """How many items all spaces have, and which were left out of which."""
        return self.series.join_report

    @property
    def spaces(self) -> StepSpaces:
        """The spaces, by name and by position."""
        return self.series.spaces

    def __len__(self) -> int:
        return len(self.series)

    def __iter__(self) -> Iterator[Space]:
        return iter(self.series)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, which: int | str) -> Space:
        return self.spaces[self.series.position_of(which)]

    def __repr__(self) -> str:
        return (
            f"Comparisons({listed(self.names, _NAMES_SHOWN)}: {self.n} items, "
            f"n_neighbors={self.n_neighbors}, k_max={self.k_max})"
        )

    def search(self, *, progress: Progress | bool = False) -> None:
        """Find the neighbours in all spaces, where they are not known.

        Parameters
        ----------
        progress : bool or callable, default=False
            As for `embwidget.compare`. After a cancelled search those that were found are known.
        """
        with reporting(progress) as report:
            for at, name in enumerate(self.names):
                part = span(report, at / len(self), (at + 1) / len(self))
                self.series.graph(at, self.k_max, progress=in_space(part, name))

    def pair(self, a: Any, b: Any) -> Comparison:
        """Return the comparison of two of the spaces, whose neighbours are not searched again.

        Parameters
        ----------
        a, b : str or int
            Names or positions.

        Returns
        -------
        Comparison
            Of the items in all spaces, with label and metadata; the same one each time.

        Raises
        ------
        KeyError, IndexError, TypeError
            When there is no such space; tells near names.
        """
        first, second = self.series.position_of(a), self.series.position_of(b)
        return self._memo.get(lambda: self._compared(first, second), "pair", first, second)

    def _compared(self, first: int, second: int) -> Comparison:
        """Comparison of the spaces at two positions, made anew."""
        settings = self.series.settings
        return self.series.compare(
            first, second, n_neighbors=self.n_neighbors, k_max=self.k_max, n_jobs=settings.n_jobs
        )

    def _k(self, k: int | None) -> int:
        """Neighbours to compare: n_neighbors, or a number that is checked."""
        if k is None:
            return self.n_neighbors
        return whole(k, "k", 1, self.k_max, why="the k_max of these comparisons")

    def _seed(self, random_state: int | None) -> int:
        if random_state is None:
            return self.series.settings.random_state
        return whole(random_state, "random_state", 0)


def in_space(progress: Progress, name: str) -> Progress:
    """Progress of what is done in one space."""

    def part(step: str, share: float) -> None:
        progress(f"{step} in {shown(name)}", share)

    return part
