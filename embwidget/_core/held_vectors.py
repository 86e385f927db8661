"""Vectors that an object holds, in memory or in a file: where passes over them begin."""

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from embwidget._core.file_rows import FileRows


class NotSaved:
    """Stands where the vectors of a space are that was saved without them.

    Parameters
    ----------
    shape : (int, int)
        n_samples and n_dims.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape

    def __getitem__(self, rows: NDArray[np.intp]) -> "NotSaved":
        """Stand for some rows, (n_rows,) intp, of them."""
        return NotSaved((len(rows), self.shape[1]))

    def refuse(self) -> NoReturn:
        """Say why they are not there."""
        msg = (
            "this needs the vectors, and the comparison was saved without them: save it with "
            "vectors=True, or compare the spaces again"
        )
        raise ValueError(msg)


class HeldVectors:
    """What holds the vectors of a space.

    Attributes
    ----------
    _vectors : (n_samples, n_dims) float32, or NotSaved
    """

    __slots__ = ("_vectors",)

    _vectors: NDArray[np.float32] | NotSaved

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Vectors (n_samples, n_dims) float32.

        OSError when their file was changed; ValueError when they were not saved.
        """
        if isinstance(self._vectors, NotSaved):
            self._vectors.refuse()
        if isinstance(self._vectors, FileRows):
            self._vectors.check()
        return self._vectors

    @property
    def mapped_from(self) -> str:
        """Path of the file that the vectors stay in; "" = they are in memory."""
        vectors = self._vectors
        return str(vectors.path) if isinstance(vectors, FileRows) and vectors.is_open else ""

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return int(self._vectors.shape[0])

    @property
    def n_dims(self) -> int:
        """Dimensions of a vector."""
        return int(self._vectors.shape[1])

    def __len__(self) -> int:
        return self.n_samples
