"""Build the site of the documentation: ``make docs``.

Copies what is written for the repository into ``build/docs-source``, writes a page of the
reference for each public name beside it, and runs Sphinx; any warning is a failure. The site is
in ``build/docs``.
"""

import re
import shutil
import sys
from importlib import import_module
from inspect import Parameter, Signature, isclass, ismodule, isroutine, signature
from pathlib import Path
from typing import Any

from sphinx.cmd.build import build_main

from embwidget._core.table import Table

ROOT = Path(__file__).parents[1]
SOURCE, SITE = ROOT / "build" / "docs-source", ROOT / "build" / "docs"
READ = ROOT / "build" / "docs-read"
GALLERY = ROOT / "build" / "gallery"
# Pages with what they refer to, by their place in the repository, so that links lead on here, too.
COPIED = ("*.md", "LICENSE", "docs/**/*", "bench/*.*", "notebooks/*.ipynb", "notebooks/data/*.md")
OUTSIDE = re.compile(
    r"""<(?:script|link|img|source|iframe)\b[^>]*?\s(?:src|srcset|href)=["'](https?:[^"']+)"""
)
ROOMS = {
    "embwidget.io": ("load", "save"),
    "embwidget.knn": None,
    "embwidget.metrics": None,
    "embwidget.projection": None,
    "embwidget.measures.measure": ("Family", "Measure", "Outcome", "Refused", "Request", "Sides"),
    "embwidget.series": None,
    "embwidget.plots": None,
    "embwidget.training": None,
    "embwidget.training.recipes": None,
    "embwidget.widget": ("comms_made_by",),
}
"""Public modules beside ``embwidget``, with their public names; None = those of ``__all__``."""


def main() -> int:
    """Copy, write, build; returns an exit code."""
    put(SOURCE, {**copied(), **reference()})
    shutil.rmtree(SITE, ignore_errors=True)
    # What was read stays; all is written anew, for each page has the list of all pages.
    flags = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(READ)]
    code = build_main([*flags, str(SOURCE), str(SITE)])
    for page in sorted(GALLERY.glob("*.html")):
        shutil.copy2(page, SITE / "docs" / "gallery")
    for page in sorted(SITE.rglob("*.html")):
        for asked in OUTSIDE.findall(page.read_text(encoding="utf-8")):
            print(f"{page.relative_to(ROOT)} loads {asked}: a site that loads nothing is promised")
            code = 1
    return code


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder hold these files and no others; what is so already keeps its time."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def copied() -> dict[str, bytes]:
    """What stands in the repository, by its path there; the site's own files come to the top."""
    paths = sorted({path for each in COPIED for path in ROOT.glob(each) if path.is_file()})
    names = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {name.removeprefix("docs/site/"): path.read_bytes() for name, path in names.items()}


def reference() -> dict[str, bytes]:
    """A page for each name of ``embwidget``, one for each other public module, and their list."""
    top = import_module("embwidget")
    pages = {f"api/{name}.rst": _title(name) + _entry("embwidget", name) for name in top.__all__}
    for room, chosen in ROOMS.items():
        module = import_module(room)
        # What embwidget has itself stands on its own page.
        names = [name for name in chosen or module.__all__ if name not in top.__all__]
        entries = [_entry(room, name) for name in names if not ismodule(getattr(module, name))]
        pages[f"api/{room}.rst"] = "\n".join([_title(room) + f"{module.__doc__}\n", *entries])
    listed = "\n".join(f"   {name}" for name in (*top.__all__, *ROOMS))
    pages["api/index.rst"] = (
        f"{_title('Python')}What stands in the docstrings, by name; "
        f"``help(ew.compare)`` shows the same.\n\n.. toctree::\n   :maxdepth: 1\n\n{listed}\n"
    )
    return {name: text.encode() for name, text in pages.items()}


def _title(name: str) -> str:
    return f"{name}\n{'=' * len(name)}\n\n"


def _entry(room: str, name: str) -> str:
    """What autodoc is asked for."""
    value: Any = getattr(import_module(room), name)
    if isroutine(value):
        return f".. autofunction:: {room}.{name}\n"
    if isclass(value):
        return _class(f"{room}.{name}", value)
    kind = type(value)
    if kind is Table:
        names = ", ".join(f"``{each}``" for each in value)
        return f".. py:data:: {room}.{name}\n\n   By name: {names}.\n"
    return f"``{room}.{name}`` is an object of this class:\n\n" + _class(
        f"{kind.__module__}.{kind.__name__}", kind
    )


def _class(path: str, value: type) -> str:
    # Methods of our own parents are what a user calls; those of a framework are not.
    others = {
        each.__name__ for each in value.__mro__ if not each.__module__.startswith("embwidget.")
    }
    return f""".. autoclass:: {path}{_call(value)}
   :members:
   :inherited-members: {", ".join(sorted(others))}
"""


def _call(value: type) -> str:
    """How a class is called, where a framework's ``__new__`` hides it from autodoc."""
    if "traitlets" not in {each.__module__.split(".")[0] for each in value.__mro__}:
        return ""
    called = signature(value.__init__)
    named = [each.replace(annotation=Parameter.empty) for each in called.parameters.values()]
    return str(Signature(named[1:]))


if __name__ == "__main__":
    sys.exit(main())
