"""Where the vectors of several layers stand: in memory up to a bound, above it in files."""

import re
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.whole_file import saved_file
from embwidget.collecting.modules import called
from embwidget.collecting.rows import LayerRows

_UNSAFE = re.compile(r"[^\w.-]+")


class Storage:
    """Vectors of all layers.

    Parameters
    ----------
    n_rows : int or None
        How many each will have, where that is known.
    max_bytes : int
        Of all layers together, above which they go into files.
    folder : Path or None
        For the files; None = one of their own, deleted file by file when nobody has its vectors.
    missing : {"raise", "drop"}
        Whether NaN is an error, at the batch that brings it, or left to the space.
    """

    def __init__(
        self, n_rows: int | None, max_bytes: int, folder: Path | None, missing: str
    ) -> None:
        if missing not in ("raise", "drop"):
            msg = f'missing={shown(missing)}: give "raise" or "drop"'
            raise ValueError(msg)
        self.missing = missing
        self._n_rows, self._max_bytes = n_rows, max_bytes
        self._folder = folder
        self._is_temporary = folder is None
        self._rows: dict[str, LayerRows] = {}
        self._stack = ExitStack()
        self._names: set[str] = set()

    @contextmanager
    def writing(self) -> Iterator["Storage"]:
        """Let vectors be added; files get their names at the end, and vanish after an error."""
        try:
            with self._stack:
                yield self
                for rows in self._rows.values():
                    rows.end_file()
        except BaseException:
            if self._is_temporary and self._folder is not None:
                _remove_folder(self._folder)
            raise

    def add(self, blocks: dict[str, NDArray[np.float32]]) -> None:
        """Add each layer's vectors of a batch, (n_items, n_dims) float32."""
        for key, block in blocks.items():
            rows = self._rows.setdefault(key, LayerRows(key, self._n_rows))
            rows.n_dims = rows.n_dims or block.shape[1]
            self._check_finite(rows, block)
        every = list(self._rows.values())
        if any(rows.path is None for rows in every) and self._needed(blocks) > self._max_bytes:
            for rows in every:
                self._open(rows)
        for key, block in blocks.items():
            self._rows[key].append(block)

    def _check_finite(self, rows: LayerRows, block: NDArray[np.float32]) -> None:
        """Refuse infinity in vectors (n_items, n_dims) float32, and NaN unless it is dropped."""
        with np.errstate(all="ignore"):
            if np.isfinite(block.sum(dtype=np.float64)):
                return
        wrong = np.isinf(block) if self.missing == "drop" else ~np.isfinite(block)
        if wrong.any():
            row, column = (int(at) for at in np.argwhere(wrong)[0])
            value = block[row, column]
            remedy = 'missing="drop" leaves such items out' if np.isnan(value) else "look for why"
            msg = (
                f"{called(rows.key)}: row {rows.n_rows + row}, column {column} is {value}: {remedy}"
            )
            raise ValueError(msg)

    def _needed(self, blocks: dict[str, NDArray[np.float32]]) -> int:
        """Bytes that all layers take with the next blocks (n_items, n_dims)."""
        return sum(
            max(rows.n_bytes, 4 * (rows.n_rows + len(blocks[key])) * (rows.n_dims or 0))
            for key, rows in self._rows.items()
        )

    def _open(self, rows: LayerRows) -> None:
        if rows.path is not None:
            return
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="embwidget-"))
        stem = _UNSAFE.sub("_", rows.key).strip(".") or "model"
        name, n = stem, 1
        # Some systems do not tell large letters from small ones.
        while name.lower() in self._names:
            n += 1
            name = f"{stem}-{n}"
        self._names.add(name.lower())
        path = self._folder / f"{name}.npy"
        # What is temporary need not be on the disk before it is read.
        opened = path.open("xb") if self._is_temporary else saved_file(path)
        rows.to_file(self._stack.enter_context(opened), path)

    @contextmanager
    def handed_over(self, key: str) -> Iterator[NDArray[np.float32]]:
        """All vectors of a layer, (n_rows, n_dims) float32; no file stays when they are refused."""
        try:
            yield self._rows[key].vectors()
        except BaseException:
            if self._is_temporary and self._folder is not None:
                _remove_folder(self._folder)
            raise

    def bind(self, key: str, owner: Any) -> None:
        """Delete a layer's temporary file when its owner, the space's vectors, is gone."""
        path = self._rows[key].path
        if self._is_temporary and path is not None:
            weakref.finalize(owner, _remove, path)

    @property
    def keys(self) -> list[str]:
        """Layers that vectors were added of."""
        return list(self._rows)


def folder_of(given: Any) -> Path | None:
    """Check the folder for files; OSError when there is none."""
    if given is None:
        return None
    folder = Path(given).expanduser()
    if not folder.is_dir():
        msg = f"folder={shown(str(given))}: there is no such folder: make it first"
        raise FileNotFoundError(msg)
    return folder


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
    with suppress(OSError):
        path.parent.rmdir()


def _remove_folder(folder: Path) -> None:
    rmtree(folder, ignore_errors=True)
