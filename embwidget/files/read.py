"""The formats that there are, and a file read by its suffix."""

import re
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from embwidget._core.checks import near_names, shown
from embwidget._core.parts import Parts
from embwidget._core.progress import Cancelled
from embwidget._core.seen_files import SeenFile
from embwidget._core.table import Table
from embwidget.files.format import Format, Wanted

FORMATS: Table[Format] = Table(
    "suffix",
    "embwidget.files",
    "FORMAT",
    members_of=lambda held: [(suffix, held) for suffix in held.suffixes],
    first=[".npy", ".npz"],
)
"""Formats by the suffix of their files."""

_SHOWN_CHARS = 50
# Seconds for which a file that somebody writes is tried again, and between the trials.
_PATIENCE, _PAUSE = 3.0, 0.02
_PICKLES = {".pkl", ".pickle", ".joblib"}
_PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz"}
_REMOTE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/")


def local_path(path: str | Path) -> Path:
    """Path of a file on this machine; ValueError for an address elsewhere."""
    found = _REMOTE.match(str(path))
    if found is not None:
        remedy = "give its path" if found["scheme"].lower() == "file" else "download it first"
        msg = f"{_shown(str(path))} is an address ({found['scheme']}:), not a file here: {remedy}"
        raise ValueError(msg)
    return Path(path).expanduser()


def wanted_of(path: str | Path, wanted: Wanted) -> Wanted:
    """Read ``vectors=`` as the name of an array, where a file holds these and no table.

    So whoever opens files of both kinds at one door has one word for both.
    """
    suffix = Path(path).suffix.lower()
    if not isinstance(wanted.vectors, str) or suffix not in FORMATS:
        return wanted
    is_table = FORMATS[suffix].gives == "table"
    return wanted if is_table else wanted._replace(key=wanted.vectors, vectors=None)


def read_parts(path: Path, wanted: Wanted) -> Parts:
    """Read vectors, ids and metadata from a file of a known suffix.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    OSError
        When it changes all the while.
    ValueError
        When the suffix is not known, the file is damaged, or there is a choice to make.
    ImportError
        When the format needs a package that is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        msg = f"{_shown(path)}: {_why_not(path, suffix)}: use one of {', '.join(FORMATS)}"
        raise ValueError(msg)
    # Half of what was there and half of what is being written would be neither.
    until = monotonic() + _PATIENCE
    while True:
        if not _is_file(path):
            raise FileNotFoundError(_missing(path, suffix))
        FORMATS[suffix].check(wanted)
        parts = _read_unchanged(path, wanted)
        if parts is not None:
            return parts
        if monotonic() > until:
            msg = f"{_shown(path)} changes while it is read: load it when it is written"
            raise OSError(msg)
        sleep(_PAUSE)


def _read_unchanged(path: Path, wanted: Wanted) -> Parts | None:
    """Read a file; None if it changed meanwhile, whatever came of it."""
    before = SeenFile.of(path)
    try:
        _check_not_empty(path)
        parts = FORMATS[path.suffix.lower()].parts(path, wanted)
    except Cancelled:
        raise
    except Exception:
        if before is not None and SeenFile.of(path) == before:
            raise
        return None
    return parts if before is not None and SeenFile.of(path) == before else None


def _is_file(path: Path) -> bool:
    try:
        # A pipe or a device is none: who opens one may wait for ever.
        return path.is_file()
    except (OSError, ValueError):
        # Names that no file can have: too long, or with a null in them.
        return False


def _check_not_empty(path: Path) -> None:
    # So are the files of the kernel, which may never end.
    if path.stat().st_size == 0:
        msg = f"{_shown(path.name)} cannot be read: it is empty"
        raise ValueError(msg)


def _why_not(path: Path, suffix: str) -> str:
    """Say what is wrong with a path whose suffix is not known."""
    start = f"suffix {shown(suffix)}"
    if suffix in _PICKLES:
        return f"{start}: pickles are never opened, for they can run code"
    if suffix in _PACKED:
        return f"{start}: packed files are not opened: unpack it first"
    with suppress(OSError, ValueError):
        if path.is_dir():
            return "it is a folder: give a file of it"
    return f"{start}: unknown"


def _shown(path: Path | str) -> str:
    """Path as it stands in a message: of a long one the end, which tells one file from others."""
    text = str(path)
    return shown(text if len(text) <= _SHOWN_CHARS else f"…{text[-_SHOWN_CHARS:]}")


def _missing(path: Path, suffix: str) -> str:
    """Say what there is instead of a file that is not there."""
    start = f"there is no file {_shown(path)}"
    try:
        if path.exists():
            kind = "a folder" if path.is_dir() else "a pipe, socket or device"
            return f"{start}: it is {kind}"
        if not path.parent.is_dir():
            return f"{start}: its folder does not exist"
        names = sorted(other.name for other in path.parent.iterdir() if other.suffix == suffix)
    except (OSError, ValueError):
        return f"{start}: no file can have this name"
    if not names:
        return f"{start}: its folder holds no {suffix} file"
    return f"{start}: {near_names(path.name, names)}"
