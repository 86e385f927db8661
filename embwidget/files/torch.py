"""Tensors that torch saved: one, or several in a dict."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from embwidget._core.parsing import check_unpacked
from embwidget._core.parts import Entry
from embwidget._core.whole_file import open_regular
from embwidget.files.arrays import ArrayFormat, Arrays


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    import torch

    _check_archive(path)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=False)
    except UnpicklingError as error:
        msg = (
            "it holds more than tensors, and pickles are never opened, for they can run code: "
            "save the tensor alone, torch.save(tensor, path)"
        )
        raise ValueError(msg) from error
    arrays = found if isinstance(found, Mapping) else {"vectors": found}
    size = path.stat().st_size
    yield Arrays({str(name): _entry(value, size) for name, value in arrays.items()})


FORMAT = ArrayFormat((".pt", ".pth"), _open, package="torch", extra="train")


def _check_archive(path: Path) -> None:
    """Refuse what torch would take on trust; its files of before 2020 are no archives."""
    with open_regular(path) as file:
        if file.read(2) != b"PK":
            return
        file.seek(0)
        with ZipFile(file) as archive:
            for member in archive.infolist():
                if member.compress_type != ZIP_STORED or member.compress_size != member.file_size:
                    msg = "it is packed, which torch never does"
                    raise ValueError(msg)


def _entry(value: Any, file_bytes: int) -> Entry:
    """Say what a value is; only a tensor, or a list of numbers or texts, is ever looked into."""
    if hasattr(value, "untyped_storage"):
        return Entry(tuple(value.shape), lambda: _checked(value, file_bytes))
    if not isinstance(value, (list, tuple)):
        return Entry((), lambda: value)

    def read() -> Any:
        # A list may hold itself, or the same one many times.
        rows = [row for row in value if isinstance(row, (list, tuple))]
        if any(isinstance(entry, (list, tuple)) for row in rows for entry in row):
            msg = "it holds lists in lists in lists: save a tensor"
            raise ValueError(msg)
        check_unpacked(8 * sum(map(len, rows)), file_bytes)
        return value

    return Entry((len(value),), read)


def _checked(tensor: Any, file_bytes: int) -> Any:
    """Return the tensor, unless its shape repeats a few numbers without end, or it has none."""
    if tensor.is_meta:
        msg = "it holds a tensor on the device meta, which has no numbers"
        raise ValueError(msg)
    check_unpacked(4 * tensor.numel(), file_bytes)
    return tensor.resolve_conj().resolve_neg() if str(tensor.layout) == "torch.strided" else tensor
