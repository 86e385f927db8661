"""Members of a kind: found by their files, by name, or brought by the caller."""

import sys
from pathlib import Path

import pytest

from embwidget._core.checks import whole
from embwidget._core.table import Table
from embwidget._core.threads import n_cpus, resolve


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "a_made_up_room"
    (folder / "inner").mkdir(parents=True)
    for path in (folder, folder / "inner"):
        (path / "__init__.py").write_text("")
    kind = "from types import SimpleNamespace as N\n"
    (folder / "zinc.py").write_text(kind + "METAL = N(name='zinc', melts=420)")
    (folder / "inner" / "iron.py").write_text(kind + "METAL = N(name='iron', melts=1538)")
    (folder / "helper.py").write_text("USED_BY = 'both'")
    monkeypatch.syspath_prepend(tmp_path)
    yield "a_made_up_room"
    for name in [name for name in sys.modules if name.startswith("a_made_up_room")]:
        del sys.modules[name]


def melts(thing: object) -> bool:
    return hasattr(thing, "melts")


def test_a_file_is_all_that_a_member_takes(room: str) -> None:
    assert list(Table("metal", room, "METAL")) == ["iron", "zinc"]
    assert list(Table("metal", room, "METAL", first=["zinc"])) == ["zinc", "iron"]
    by_heat = Table("metal", room, "METAL", order=lambda metal: metal.melts)
    assert list(by_heat) == ["zinc", "iron"]
    assert Table("metal", room, "METAL")["zinc"].melts == 420


def test_a_name_or_an_object_of_ones_own_is_found(room: str) -> None:
    metals = Table("metal", room, "METAL", is_one=melts, wanted="an object with melts")
    own = type("Own", (), {"melts": 1})()
    assert metals.find("iron").melts == 1538
    assert metals.find(own) is own
    with pytest.raises(ValueError, match="metal='irn' is not known: there are 'iron', 'zinc', or"):
        metals.find("irn")
    for wrong in (type(own), 3, None):
        with pytest.raises(ValueError, match="an object with melts"):
            metals.find(wrong)


def test_two_files_of_one_name_are_a_fault_of_the_room(room: str) -> None:
    metals = Table("metal", room, "METAL", members_of=lambda metal: [("metal", metal)])
    with pytest.raises(RuntimeError, match="two files of a_made_up_room hold the metal 'metal'"):
        list(metals)


@pytest.mark.parametrize("wrong", [True, 0, 11, 2.0, "3", None, 10**30])
def test_whole_numbers(wrong: object) -> None:
    assert whole(10, "k", 1, 10) == 10
    with pytest.raises(ValueError, match=r"k=.*: give a whole number from 1 to 10, as k_max says"):
        whole(wrong, "k", 1, 10, why="as k_max says")


def test_threads() -> None:
    assert resolve(None) == n_cpus()
    assert resolve(3) == 3
    for wrong in (0, -1, True, 1.5, "2"):
        with pytest.raises(ValueError, match=r"n_jobs=.*None for a thread on each CPU"):
            resolve(wrong)
