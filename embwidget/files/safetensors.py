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
from embwidget.files.arrays import ArrayFormat, Arrays


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    import safetensors

    with safetensors.safe_open(path, framework="numpy") as file:

        def read(name: str) -> Any:
            bfloat16 = file.get_slice(name).get_dtype() == "BF16"
            return _bfloat16(path, name) if bfloat16 else file.get_tensor(name)

        yield Arrays(
            {
                name: Entry(tuple(file.get_slice(name).get_shape()), partial(read, name))
                for name in file.keys()  # noqa: SIM118 (the file is no mapping)
            }
        )


FORMAT = ArrayFormat((".safetensors",), _open, package="safetensors")


def _bfloat16(path: Path, name: str) -> NDArray[np.float32]:
    """Tensor (...,) of a type that numpy lacks, which is the upper half of a float32.

    Its header was checked when the file was opened.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        tensor = json.loads(file.read(length))[name]
        start, end = tensor["data_offsets"]
        file.seek(8 + length + start)
        bits = np.fromfile(file, "<u2", (end - start) // 2).astype(np.uint32) << 16
    return bits.view(np.float32).reshape(tensor["shape"])
