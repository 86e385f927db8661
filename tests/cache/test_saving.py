"""A saved file is whole or not at all, and replaces another one as a usual save does."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_tools import full_disk

import embwidget as ew
from embwidget.io import load, save

V = np.arange(12, dtype=np.float32).reshape(4, 3)
GRAPH = ew.KNNGraph(np.array([[1], [0]], np.int32), np.ones((2, 1), np.float32), "cosine", "exact")
SAVES: dict[str, Callable[[Path], None]] = {"space": lambda p: save(V, p), "graph": GRAPH.save}


@pytest.fixture(params=SAVES.values(), ids=SAVES)
def write(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    return request.param


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_mode_that_open_gives(tmp_path: Path, write: Any) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "x.npz")
    finally:
        os.umask(before)
    assert mode(tmp_path / "x.npz") == 0o640


def test_a_file_keeps_its_mode(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "x.npz"
    path.touch()
    path.chmod(0o600)
    write(path)
    assert mode(path) == 0o600
    assert path.stat().st_size > 0


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_what_is_behind_it_is_written(
    tmp_path: Path, write: Any, is_there: bool
) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "x.npz", tmp_path / "link.npz"
    link.symlink_to(target)
    if is_there:
        target.write_bytes(b"old")
    write(link)
    assert link.is_symlink()
    assert target.read_bytes()[:2] == b"PK"
    assert [path.name for path in target.parent.iterdir()] == ["x.npz"]


def test_by_a_name_of_any_length_that_can_be(tmp_path: Path, write: Any) -> None:
    names = ["x" * 251 + ".npz", "ü" * 125 + ".npz", "[a]*?.npz", " .npz"]
    for name in names:
        write(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


BAD: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a folder": (Path.mkdir, "is a folder: give the path of a file"),
    "a pipe": (os.mkfifo, "is a pipe, socket or device"),
    "a device": (lambda path: path.symlink_to("/dev/null"), "is a pipe, socket or device"),
    "a link to itself": (lambda path: path.symlink_to(path), "symbolic links"),
    "a link to nowhere": (lambda path: path.symlink_to("no/x.npz"), "no folder 'no': make it"),
}


def untouched(path: Path) -> tuple[int, ...]:
    """What a look at a link does not change: reading where it points to is an access of it."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_nlink, found.st_size, found.st_mtime_ns


@pytest.mark.parametrize(("make", "said"), BAD.values(), ids=BAD)
def test_what_is_no_file_is_not_replaced(
    tmp_path: Path, write: Any, make: Callable[[Path], Any], said: str
) -> None:
    path = tmp_path / "x.npz"
    make(path)
    before = untouched(path)
    with pytest.raises(OSError, match=f"'x.npz' is not saved .*{said}") as raised:
        write(path)
    assert len(str(raised.value)) < 300
    assert untouched(path) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name",
    ["x" * 300, "d/" * 3000 + "x", "\ud800", "a\0b"],
    ids=["long", "deep", "half a character", "null"],
)
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, write: Any, name: str) -> None:
    with pytest.raises((OSError, ValueError), match="is not saved") as raised:
        write(tmp_path / f"{name}.npz")
    assert len(str(raised.value)) < 300
    assert str(raised.value).isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x" * 300, "nowhere", "a\0b"], ids=["long", "none", "null"])
def test_a_graph_that_is_not_there_is_said_in_a_line(tmp_path: Path, name: str) -> None:
    for path in (tmp_path / f"{name}.npz", f"~nobody-of-this-name/{name}.npz"):
        with pytest.raises((OSError, ValueError), match="cannot be read: ") as raised:
            ew.KNNGraph.load(path)
        assert len(str(raised.value)) < 300


def test_a_home_that_is_not_known_is_refused(write: Any) -> None:
    with pytest.raises(ValueError, match="is not saved: no file can have this path"):
        write(Path("~nobody-of-this-name/x.npz"))


def test_a_read_only_file_is_not_replaced(
    tmp_path: Path, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"precious")
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        # Root may write it, as by any other save: asked as somebody else, the system says no.
        monkeypatch.setattr(os, "access", lambda path, way: mode(Path(path)) & 0o222 > 0)
    with pytest.raises(PermissionError, match=r"'x.npz' is not saved .* it is read-only"):
        write(path)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_on_a_full_disk_the_old_file_stays(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"precious")
    with full_disk(100), pytest.raises(OSError, match=r"'x.npz' is not saved .*too large"):
        write(path)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_only_what_writers_of_the_same_file_left_is_deleted(tmp_path: Path, write: Any) -> None:
    ours = "x.npz.1f-7f00-0123abcd.part"
    theirs = ["x.npz.part", "x.npz.1.part", "y.npz.1f-7f00-0123abcd.part", f"a{ours}", f"{ours}b"]
    for name in [ours, *theirs]:
        (tmp_path / name).write_bytes(b"part")
    write(tmp_path / "x.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["x.npz", *theirs])


def test_every_member_is_plain_and_the_same_arrays_give_the_same_bytes(
    tmp_path: Path, write: Any
) -> None:
    for name in ("x.npz", "y.npz"):
        write(tmp_path / name)
    assert (tmp_path / "x.npz").read_bytes() == (tmp_path / "y.npz").read_bytes()
    with np.load(tmp_path / "x.npz") as arrays:  # refuses pickles
        assert not {"allow_pickle"} & set(arrays)
        assert all(arrays[name].dtype != object for name in arrays)


def test_a_space_is_saved_over_the_file_that_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save(V, path)
    save(load(path), path)
    assert np.array_equal(load(path).vectors, V)
    assert re.fullmatch(r"x\.npz", *(each.name for each in tmp_path.iterdir()))
