"""Vectors of one layer as they come, in memory or, where they are many, in a file."""

from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from embwidget.collecting.modules import called


class LayerRows:
    """Vectors of one layer, to which those of each batch are appended.

    Parameters
    ----------
    key : str
        The layer, as messages call it.
    n_rows : int or None
        How many will come, where that is known.
    """

    def __init__(self, key: str, n_rows: int | None) -> None:
        self.key = key
        self.n_rows = 0
        self.n_dims: int | None = None
        self._expected = n_rows or 0
        self._held: NDArray[np.float32] | None = None
        self._file: IO[bytes] | None = None
        self._path = Path()

    @property
    def n_bytes(self) -> int:
        """Bytes of what was appended, and is known to come."""
        return 4 * max(self.n_rows, self._expected) * (self.n_dims or 0)

    @property
    def path(self) -> Path | None:
        """The file that they go into."""
        return self._path if self._file is not None else None

    def append(self, block: NDArray[np.float32]) -> None:
        """Add vectors (n_rows, n_dims) float32; ValueError when they are of another length."""
        if self.n_dims is None:
            self.n_dims = block.shape[1]
        if block.shape[1] != self.n_dims:
            msg = (
                f"{called(self.key)} gives vectors of {self.n_dims} dimensions, and later "
                f"{block.shape}: its output's shape differs between batches, give a reshape= "
                'that makes it one, such as "mean" or "mean_tokens"'
            )
            raise ValueError(msg)
        if self._file is not None:
            self._file.write(np.ascontiguousarray(block).data)
        else:
            self._room(len(block))[self.n_rows : self.n_rows + len(block)] = block
        self.n_rows += len(block)

    def _room(self, n_more: int) -> NDArray[np.float32]:
        """Memory (n_rows, n_dims) float32 that has room for more rows."""
        needed, n_dims = self.n_rows + n_more, self.n_dims or 0
        if self._held is None:
            self._held = np.empty((max(needed, self._expected), n_dims), np.float32)
        elif needed > len(self._held):
            longer = np.empty((max(needed, 2 * len(self._held)), n_dims), np.float32)
            longer[: self.n_rows] = self._held[: self.n_rows]
            self._held = longer
        return self._held

    def to_file(self, file: IO[bytes], path: Path) -> None:
        """Go on in a file, which will be an .npy of this path."""
        self._file, self._path = file, path
        self._write_header(file)
        if self._held is not None:
            file.write(self._held[: self.n_rows].data)
            self._held = None

    def _write_header(self, file: IO[bytes]) -> None:
        # Of the same length for every number of rows: numpy leaves room for the first axis.
        shape = (self.n_rows, self.n_dims or 0)
        npy.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})

    def end_file(self) -> None:
        """Say in the file how many there are."""
        if self._file is not None:
            self._file.seek(0)
            self._write_header(self._file)

    def vectors(self) -> NDArray[np.float32]:
        """All vectors (n_rows, n_dims) float32, in memory or as a memmap of their closed file."""
        if self._file is not None:
            mapped: NDArray[np.float32] = np.load(self._path, mmap_mode="r")
            return mapped
        if self._held is None:
            return np.empty((0, 0), np.float32)
        return np.asarray(self._held[: self.n_rows])
