"""The built screen, which wheels carry and a checkout has to build."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_STATIC = _PACKAGE / "static"


def bundled(name: str) -> str | Path:
    """Text of a file of the bundle; FileNotFoundError that says how to get it.

    With ``ANYWIDGET_HMR`` set it is the file's path, which anywidget watches for changes. It keeps
    every widget of a watched file for ever, so that none is watched otherwise.
    """
    path = _found(name)
    return path if os.environ.get("ANYWIDGET_HMR") else path.read_text(encoding="utf-8")


def packed_code() -> str:
    """Code and styles of the screen, deflated and as text, which the bundle's module unpacks."""
    return _found("index.packed").read_text(encoding="ascii")


def packed_spaces_code() -> str:
    """What the screen needs beside it where there are more than two spaces, as `packed_code`."""
    return _found("spaces.packed").read_text(encoding="ascii")


def page_scripts(*, several: bool) -> list[str]:
    """Code and styles of the screen as classic scripts, for a page that has no kernel.

    Parameters
    ----------
    several : bool
        Whether there are more than two spaces, which takes a script more.
    """
    names = ["page_spaces.js", "page.js"] if several else ["page.js"]
    return [_found(name).read_text(encoding="utf-8") for name in names]


def run_code() -> str:
    """Code and styles of the page that `embwidget run` serves, as one module."""
    return _found("run.js").read_text(encoding="utf-8")


def _found(name: str) -> Path:
    """Path of a file of the bundle."""
    path = _STATIC / name
    if path.is_file():
        return path
    checkout = _PACKAGE.parent
    if (checkout / "package.json").is_file() and (checkout / "js").is_dir():
        remedy = f"run `npm ci && npm run build` in {checkout}"
    else:
        remedy = (
            "this installation is not whole, reinstall it: "
            "`pip install --force-reinstall --no-deps embwidget`"
        )
    msg = f"the widget's bundle {path} is missing: {remedy}"
    raise FileNotFoundError(msg)
