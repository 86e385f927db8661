"""Which file imports which, and where that breaks the direction of the rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOMS = (
    "_core",
    "metrics",
    "files",
    "space|joining|io",
    "collecting",
    "knn",
    "measures",
    "projection",
    "plots",
    "comparison",
    "gating",
    "registry",
    "series",
    "session/wire",
    "session/answers",
    "session",
    "export",
    "page",
    "widget",
    "training",
    "__init__",
    "cli",
)
"""From the ground up. A room imports itself and those before it; rooms with a bar are one."""

Arrows = dict[str, set[str]]
"""For each file, such as "knn/graph", the files that it imports."""


def arrows_of(root: Path) -> Arrows:
    """Imports between the files of a package; those inside of functions count, and for types."""
    files = {path.relative_to(root).with_suffix("").as_posix(): path for path in root.rglob("*.py")}
    return {name: set(_imported(path, name, root.name, set(files))) for name, path in files.items()}


def _imported(path: Path, name: str, package: str, files: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            asked = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # What is imported may be a module of the package, or a name that stands in it.
            asked = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            inner = [each for each in asked[1:] if _file_of(each, package, files)]
            asked = inner if len(inner) == len(asked) - 1 else asked
        else:
            continue
        for each in asked:
            found = _file_of(each, package, files)
            if found and found != name:
                yield found


def _file_of(module: str, package: str, files: set[str]) -> str | None:
    """File of a module; None when it is none of the package."""
    first, *rest = module.split(".")
    if first != package:
        return None
    place = "/".join(rest)
    door = f"{place}/__init__".lstrip("/")
    return place if place in files else door if door in files else None


def room_of(file: str, rooms: tuple[str, ...] = ROOMS) -> int:
    """Place of a file's room among the rooms; ValueError when it stands in none."""
    for place in sorted(range(len(rooms)), key=lambda place: -len(rooms[place])):
        if any(f"{file}/".startswith(f"{room}/") for room in rooms[place].split("|")):
            return place
    msg = f"{file} stands in no room of {rooms}"
    raise ValueError(msg)


def arrows_up(arrows: Arrows, rooms: tuple[str, ...] = ROOMS) -> list[str]:
    """Imports of a room that stands above the file's own."""
    return sorted(
        f"{file} -> {other}"
        for file, imported in arrows.items()
        for other in imported
        if room_of(other, rooms) > room_of(file, rooms)
    )


def circles(arrows: Arrows) -> list[list[str]]:
    """Files that import each other, over others too: the strongly connected ones (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(file: str) -> None:
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in sorted(arrows.get(file, ())):
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            place = stack.index(file)
            group = stack[place:]
            del stack[place:]
            if len(group) > 1:
                found.append(sorted(group))

    for file in sorted(arrows):
        if file not in index:
            visit(file)
    return found
