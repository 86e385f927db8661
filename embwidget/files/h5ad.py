"""AnnData in files: ``X`` and what is in ``obsm`` as arrays, ``obs`` as ids and metadata."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget._core.parsing import check_unpacked
from embwidget._core.parts import Entry
from embwidget.files.arrays import ArrayFormat, Arrays

_MOST_OBJECTS = 5_000


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    import h5py

    with h5py.File(path, "r") as file:
        tree = _Tree(file, path.stat().st_size)
        obs = tree.read("obs")
        entries: dict[str | None, Entry] = {
            name: Entry((len(obs),), obs[name].to_numpy) for name in obs.columns
        }
        entries["ids"] = Entry((len(obs),), partial(np.asarray, obs.index, object))
        for name, place in {"X": "X", **{n: f"obsm/{n}" for n in tree.names("obsm")}}.items():
            if tree.node(place) is not None:
                entries[name] = Entry(tree.shape(place), partial(tree.read, place))
        is_dense = isinstance(tree.node("X"), h5py.Dataset)
        metadata = obs if len(obs.columns) else None
        yield Arrays(entries, default="X" if is_dense else None, metadata=metadata)


FORMAT = ArrayFormat((".h5ad",), _open, package="anndata", extra="anndata")


class _Tree:
    """What an HDF5 file holds, nothing of which leads to other files or unpacks without end."""

    def __init__(self, file: Any, n_bytes: int) -> None:
        self._file = file
        self._n_bytes = n_bytes
        self._n_objects = 0

    def names(self, place: str) -> list[str]:
        """Names of what is in a group."""
        group = self.node(place)
        return [] if group is None else list(group.keys())

    def node(self, place: str) -> Any:
        """Group or dataset; None where there is none."""
        node = self._file
        for name in place.split("/"):
            if name not in node:
                return None
            node = self._member(node, name)
        return node

    def shape(self, place: str) -> tuple[int, ...] | None:
        """Shape of an array, dense or sparse."""
        node = self.node(place)
        shape = getattr(node, "shape", None) or node.attrs.get("shape")
        return None if shape is None else tuple(int(length) for length in shape)

    def read(self, place: str) -> Any:
        """Let anndata read it, when all of it was looked at."""
        from anndata.io import read_elem

        node = self.node(place)
        if node is None:
            msg = f"it has no {shown(place)}, which every AnnData has"
            raise ValueError(msg)
        self._check(node)
        return read_elem(node)

    def _member(self, group: Any, name: str) -> Any:
        import h5py

        # Other links may lead to any file of the machine, or in a circle.
        is_here = isinstance(group.get(name, getlink=True), h5py.HardLink)
        if not is_here:
            msg = f"{shown(name)} in it is a link to elsewhere, which is not followed"
            raise ValueError(msg)
        return group[name]

    def _check(self, node: Any) -> None:
        self._n_objects += 1
        if self._n_objects > _MOST_OBJECTS:
            msg = f"it holds more than {_MOST_OBJECTS:,} arrays, or itself"
            raise ValueError(msg)
        if hasattr(node, "keys"):
            for name in node:
                self._check(self._member(node, name))
            return
        if node.is_virtual or node.external:
            msg = f"{shown(node.name)} in it lies in another file, which is not opened"
            raise ValueError(msg)
        check_unpacked(int(node.size or 0) * node.dtype.itemsize, self._n_bytes)
