"""Spaces from files and into files."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget._core.npz import write_npz
from embwidget._core.parts import Parts
from embwidget._core.whole_file import saved_file
from embwidget.files.npz import npz_arrays
from embwidget.space import Space, as_space

load = Space.load


def save(space: Any, path: str | Path) -> None:
    """Write vectors, ids, name and metric as an .npz file, whole or not at all.

    Parameters
    ----------
    space : Space or anything that makes one
        Metadata has no place in the file: a warning says so.
    path : str or Path
        Ends in .npz. A file of that name is replaced, and keeps its owner and its mode; where a
        link stands, the file behind it. Who else has the old file open, or by a second name (a
        hard link), keeps what was in it.

    Raises
    ------
    OSError
        When it cannot be written: there is no folder, it is read-only, the disk is full. What
        was there is as it was.
    """
    path = Path(path)
    if path.suffix.lower() != ".npz":
        msg = f"{shown(str(path))}: a space is saved as .npz: give a path that ends so"
        raise ValueError(msg)
    space = as_space(space)
    if space.metadata is not None:
        msg = "the metadata is not kept in an .npz file: save the frame beside it"
        warnings.warn(msg, stacklevel=2)
    # Without ids, only the positions of some rows of another space say anything.
    told = space.has_ids or not np.array_equal(space.ids, np.arange(len(space)))
    ids = space.ids if told else None
    # Rows that stay in a file are read first: whatever becomes of it, it is saved whole or not.
    parts = Parts(space.vectors[:], ids, name=space.name, metric=space.metric)
    arrays = npz_arrays(parts)
    with saved_file(path) as file:
        write_npz(file, arrays)
