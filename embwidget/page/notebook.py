"""A notebook of marimo with the choices of the page, for those who want code beside it."""

from collections.abc import Mapping
from importlib.resources import files as files_of
from pathlib import Path
from typing import Any

from embwidget._core.whole_file import saved_file
from embwidget.page.asked import METRICS, MOST_K, Asked, reducers

_TEMPLATE = "notebook.py.txt"
_STEM = "embwidget_run"


def write_notebook(
    folder: Path, registry: Path, files: Mapping[str, Path], start: Mapping[str, Any]
) -> Path:
    """Write a notebook of a name that is free in a folder.

    Parameters
    ----------
    folder : Path
    registry : Path
        Folder of the registry whose spaces are offered.
    files : mapping of str to Path
        Files of vectors by the names that they are offered by.
    start : mapping
        Fields of `embwidget.page.asked.Asked` that are chosen at first.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        When it cannot be written; nothing stays then.
    """
    content = notebook(registry, files, start).encode()
    number = 1
    while True:
        path = folder / f"{_STEM}{'' if number == 1 else f'_{number}'}.py"
        try:
            path.open("x").close()
        except FileExistsError:
            number += 1
            continue
        # The name is ours now: what is written takes its place, whole or not at all.
        try:
            with saved_file(path) as file:
                file.write(content)
        except OSError:
            path.unlink()
            raise
        return path


def notebook(registry: Path, files: Mapping[str, Path], start: Mapping[str, Any]) -> str:
    """Text of the notebook; whatever is in a name, it is a literal of Python there."""
    chosen = Asked(**{"a": "", "b": "", **start}).told()
    values = {
        "REGISTRY": str(registry),
        "FILES": {name: str(path) for name, path in files.items()},
        "START": chosen,
        "METRICS": list(METRICS),
        "REDUCERS": list(reducers()),
        "MOST_K": MOST_K,
    }
    text = files_of(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    first, last = text.split("# VALUES\n")
    lines = "".join(f"    {name} = {value!a}\n" for name, value in values.items())
    return f"{first}{lines}{last}"
