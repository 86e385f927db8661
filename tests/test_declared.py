"""Whatever the package imports is named in pyproject.toml, where a person's installer reads it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = list(chain.from_iterable(PROJECT["optional-dependencies"].values()))
# Read by duck typing or only where the user has it: never asked for.
ONLY_IF_THERE = {"polars", "pillow", "h5py"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in requirements}


def imported(folder: Path) -> Iterator[tuple[str, bool]]:
    """Each top-level name that is imported, and whether this happens when the file is."""
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        at_top = set(map(id, tree.body))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                yield name.partition(".")[0], id(node) in at_top


def distributions(names: set[str]) -> set[str]:
    foreign = names - set(sys.stdlib_module_names) - {"embwidget"}
    known = packages_distributions()
    return {normal(known.get(name, [name])[0]) for name in foreign}


def test_whatever_is_imported_is_declared():
    found = list(imported(ROOT / "embwidget"))
    always = declared(PROJECT["dependencies"])
    extras = declared(EXTRAS)
    anywhere = distributions({name for name, _ in found})
    assert {"comm", "traitlets", "numba", "pynndescent", "ipython"} <= anywhere
    assert anywhere - ONLY_IF_THERE <= always | extras
    assert distributions({name for name, top in found if top}) - {"matplotlib"} <= always


def test_each_dependency_has_a_lowest_release():
    asked = PROJECT["dependencies"] + EXTRAS
    assert not [line for line in asked if ">=" not in line and not line.startswith("embwidget[")]
