"""Tensors in the format of safetensors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.parts import Entry
from embwidget._core.whole_file import open_regular
from embwidget.files.arrays import ArrayFormat, Arrays

_TYPES = {
    **{f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in (1, 2, 4, 8)},
    **{f"F{8 * size}": f"<f{size}" for size in (2, 4, 8)},
    "BOOL": "?",
    "BF16": "<u2",
}


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    import safetensors

    with safetensors.safe_open(path, framework="numpy") as file:

        def read(name: str) -> Any:
            kind = file.get_slice(name).get_dtype()
            return _tensor(path, name, kind) if kind in _TYPES else file.get_tensor(name)

        yield Arrays(
            {
                name: Entry(tuple(file.get_slice(name).get_shape()), partial(read, name))
                for name in file.keys()  # noqa: SIM118 (the file is no mapping)
            }
        )


FORMAT = ArrayFormat((".safetensors",), _open, package="safetensors")


def _tensor(path: Path, name: str, kind: str) -> NDArray[Any]:
    """Tensor (...,) of a numpy type, or of the upper halves of float32, which numpy lacks.

    The file's header was checked when it was opened. Its own library would look at the numbers in a
    map of the file, and be killed when that gets shorter.
    """
    with open_regular(path) as file:
        length = int.from_bytes(file.read(8), "little")
        tensor = json.loads(file.read(length))[name]
        start, end = tensor["data_offsets"]
        file.seek(8 + length + start)
        entries = np.fromfile(file, _TYPES[kind], (end - start) // np.dtype(_TYPES[kind]).itemsize)
    if kind == "BF16":
        entries = (entries.astype(np.uint32) << 16).view(np.float32)
    return entries.reshape(tensor["shape"])
