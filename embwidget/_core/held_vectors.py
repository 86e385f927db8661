"""Vectors that an object holds, in memory or in a file: where passes over them begin."""

import numpy as np
from numpy.typing import NDArray

from embwidget._core.file_rows import FileRows


class HeldVectors:
    """What holds the vectors of a space.

    Attributes
    ----------
    _vectors : (n_samples, n_dims) float32
    """

    __slots__ = ("_vectors",)

    _vectors: NDArray[np.float32]

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Vectors (n_samples, n_dims) float32; OSError when their file was changed."""
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
