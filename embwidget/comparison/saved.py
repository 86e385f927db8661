"""Comparisons in files."""

from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import parsing
from embwidget._core.whole_file import named_file, saved_file
from embwidget.comparison.base import Compared
from embwidget.comparison.saved_arrays import about_of, arrays_of, graphs_of, pair_of

SCREEN_MAPS, SCREEN_SELECTED, SCREEN_NAMED = _OF_SCREEN = ("positions_", "selected", "named_")
"""Begins of the names of what a widget adds to the arrays of a comparison."""


class SavedWith(NamedTuple):
    """What was shown of a comparison when a widget was saved; the widget's room reads it.

    Attributes
    ----------
    about : dict
        JSON.
    arrays : dict of str to (...,) ndarray of any plain dtype
        Maps and rows of selections, by the names that they have in the file.
    """

    about: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


class Saved(Compared):
    """A comparison that can be written and read again."""

    screen: SavedWith | None = None
    """What was shown of it, where it was loaded out of a widget's file."""

    def to_arrays(self, *, vectors: bool = True) -> dict[str, Any]:
        """Take it apart into what `save` writes.

        Parameters
        ----------
        vectors : bool, default=True

        Returns
        -------
        dict of str to (...,) array of any plain dtype

        Raises
        ------
        ValueError, TypeError
            When something cannot be kept: a metric of your own, or values of the metadata.
        """
        if self.screen is None:
            return arrays_of(self, vectors=vectors)
        return arrays_of(self, vectors=vectors, screen=self.screen.about) | self.screen.arrays

    def save(self, path: str | Path, *, vectors: bool = True) -> None:
        """Write all that was compared into one file, whole or not at all.

        The neighbours of both spaces, ids, metadata, label and settings; nothing is pickled. What
        is computed of them, such as `chance`, is computed anew. `embwidget.EmbeddingCompare.save`
        keeps maps and selections, too; what was loaded with them is saved with them.

        Parameters
        ----------
        path : str or Path
            Any name; a file that has it is replaced.
        vectors : bool, default=True
            Whether to keep the vectors: of 384 dimensions they are four fifths of the file. Without
            them what needs them is refused later: `quality`, `measures`, and new maps.

        Raises
        ------
        OSError
            When it cannot be written. What was there is as it was.
        ValueError, TypeError
            When something cannot be kept: a metric of your own, or values of the metadata.
        """
        write_saved(path, self.to_arrays(vectors=vectors))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a comparison that `save` wrote, or a widget's ``save``. Nothing is unpickled.

        Large vectors stay in the file, as those of a large .npy do. The metadata is a pandas
        frame.

        Raises
        ------
        OSError
            When there is no such file.
        ValueError
            When it is damaged, no saved comparison, or of a newer version of embwidget.
        """
        return load_saved(cls, path)


def write_saved(path: str | Path, arrays: dict[str, Any]) -> None:
    """Write what `arrays_of` took apart."""
    with saved_file(path) as file:
        write_npz(file, arrays, sealed=True)


LoadedAs = TypeVar("LoadedAs", bound=Saved)


def load_saved(
    kind: type[LoadedAs],
    path: str | Path,
    *,
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
    called: str | None = None,
) -> LoadedAs:
    """Read a saved comparison.

    Parameters
    ----------
    kind : type
        Subclass of `Saved`.
    path : str or Path
    vectors : pair of (n_samples, n_dims) float32, optional
        Checked, of both spaces, where they do not lie in the file.
    called : str, optional
        How messages call it, by default by the name of the file.
    """
    start = f"{called or shown(Path(path).name)} cannot be loaded as a comparison"
    with named_file(path) as file, parsing(start), npz_entries(file, sealed=True) as entries:
        about = about_of(entries)
        pair = pair_of(entries, about, file, Path(path), vectors)
        made = kind(pair, *graphs_of(entries, pair))
        if "vectors_a" not in entries:
            made.known_ties.take(entries)
        if about.get("screen"):
            named = [name for name in entries if name.startswith(_OF_SCREEN)]
            made.screen = SavedWith(about["screen"], {name: entries[name].read() for name in named})
        return made
