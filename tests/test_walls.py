"""Dependencies point one way: no room imports one above it, and no files import each other."""

from pathlib import Path

import pytest
from walls import arrows_of, arrows_up, circles, room_of

PACKAGE = Path(__file__).parents[1] / "embwidget"
MOST_LINES = 350
# What a user names stands in the root: the doors, and nothing else.
DOORS = {"__init__.py", "space.py", "joining.py", "io.py", "py.typed"}


def test_no_import_runs_up() -> None:
    assert arrows_up(arrows_of(PACKAGE)) == []


def test_no_files_import_each_other() -> None:
    assert circles(arrows_of(PACKAGE)) == []


def test_the_root_holds_the_doors_alone() -> None:
    assert {path.name for path in PACKAGE.iterdir() if path.is_file()} == DOORS


@pytest.mark.parametrize("pattern", ["embwidget/**/*.py", "js/**/*.ts", "tests/**/*.py"])
def test_no_file_is_long(pattern: str) -> None:
    files = [path for path in PACKAGE.parent.glob(pattern) if "node_modules" not in path.parts]
    assert len(files) > 10
    lengths = {str(path): len(path.read_text().splitlines()) for path in files}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


# -- the test of the test -------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package of three rooms whose arrows all run down."""
    root = tmp_path / "house"
    for name, text in {
        "__init__": "",
        "space": "from house._core.checks import whole",
        "_core/__init__": "",
        "_core/checks": "import os",
        "_core/frames": "def f():\n    from house._core import checks",
        "knn/__init__": "from house.knn.graph import Graph",
        "knn/graph": "from house.space import Space\nimport house._core.frames",
    }.items():
        path = root / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def add(house: Path, name: str, line: str) -> None:
    path = house / f"{name}.py"
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_a_house_in_order_has_neither(house: Path) -> None:
    arrows = arrows_of(house)
    assert arrows["knn/graph"] == {"space", "_core/frames"}
    assert arrows["_core/frames"] == {"_core/checks"}
    assert arrows_up(arrows) == circles(arrows) == []


@pytest.mark.parametrize(
    "line",
    [
        "from house.knn.graph import Graph",
        "from house.knn import graph",
        "import house.knn.graph as graph",
        "def late():\n    from house.knn.graph import Graph",
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from house.knn.graph import Graph",
    ],
)
def test_an_added_arrow_up_is_found(house: Path, line: str) -> None:
    add(house, "_core/frames", line)
    assert arrows_up(arrows_of(house)) == ["_core/frames -> knn/graph"]
    assert circles(arrows_of(house)) == [["_core/frames", "knn/graph"]]


def test_an_added_circle_is_found(house: Path) -> None:
    add(house, "_core/checks", "from house._core.frames import as_frame")
    assert arrows_up(arrows_of(house)) == []
    assert circles(arrows_of(house)) == [["_core/checks", "_core/frames"]]


def test_a_file_in_no_room_is_refused(house: Path) -> None:
    with pytest.raises(ValueError, match="attic/old stands in no room"):
        room_of("attic/old")
