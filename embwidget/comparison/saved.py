"""Comparisons in files."""

from pathlib import Path
from typing import Any, Self

from embwidget._core.checks import shown
from embwidget._core.npz import npz_entries, write_npz
from embwidget._core.parsing import parsing
from embwidget._core.whole_file import named_file, saved_file
from embwidget.comparison.base import Compared
from embwidget.comparison.saved_arrays import about_of, arrays_of, graphs_of, pair_of


class Saved(Compared):
    """A comparison that can be written and read again."""

    def save(self, path: str | Path, *, vectors: bool = True) -> None:
        """Write all that was compared into one file, whole or not at all.

        The neighbours of both spaces, ids, metadata, label and settings; nothing is pickled. What
        is computed of them, such as `chance`, is computed anew. `embwidget.EmbeddingCompare.save`
        keeps maps and selections, too.

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
        write_saved(path, arrays_of(self, vectors=vectors))

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
        made: Self = load_saved(cls, path)[0]
        return made


def write_saved(path: str | Path, arrays: dict[str, Any]) -> None:
    """Write what `arrays_of` took apart."""
    with saved_file(path) as file:
        write_npz(file, arrays, sealed=True)


def load_saved(
    kind: Any, path: str | Path, more: tuple[str, ...] = ()
) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Read a saved comparison.

    Parameters
    ----------
    kind : type
        Subclass of `Saved`.
    path : str or Path
    more : tuple of str
        Begins of the names of further arrays.

    Returns
    -------
    comparison : instance of `kind`
    screen : dict
        What was shown of it; empty where only the comparison was saved.
    arrays : dict of str to ndarray
        The further ones that are there.
    """
    start = f"{shown(Path(path).name)} cannot be loaded as a comparison"
    with named_file(path) as file, parsing(start), npz_entries(file, sealed=True) as entries:
        about = about_of(entries)
        pair = pair_of(entries, about, file, Path(path))
        made = kind(pair, *graphs_of(entries, pair))
        if "vectors_a" not in entries:
            made.known_ties.take(entries)
        further = {name: each.read() for name, each in entries.items() if name.startswith(more)}
        return made, about.get("screen") or {}, further
