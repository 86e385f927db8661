"""What is no file of vectors is refused in one line that says what to do, and never run."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embwidget.io import load, save

VECTORS = np.array([[1, 2.5], [3, 4], [5, -6]], np.float32)


def put(name: str, content: Any = b"") -> Callable[[Path], Path]:
    """Write a file of these bytes, text, array or arrays; give its path."""

    def write(folder: Path) -> Path:
        path = folder / name
        if isinstance(content, np.ndarray):
            np.save(path, content)
        elif isinstance(content, dict):
            np.savez(path, **content)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def absent(name: str, *others: str) -> Callable[[Path], Path]:
    """Give the path of a file that is not there, others being there."""

    def write(folder: Path) -> Path:
        for other in others:
            (folder / other).touch()
        return folder / name

    return write


PAIR = {"first": VECTORS, "second": VECTORS, "labels": np.arange(3)}
BAD_FILES: dict[str, tuple[Callable[[Path], Path], dict[str, Any], str]] = {
    "no suffix": (put("vectors"), {}, "use one of .npy, .npz"),
    "unknown suffix": (put("x.h5"), {}, "suffix '.h5': unknown: use one of .npy, .npz"),
    "pickle": (put("x.pkl"), {}, "pickles are never opened, for they can run code"),
    "folder": (lambda folder: folder, {}, "use one of .npy"),
    "folder like a file": (lambda folder: folder.joinpath("x.npy"), {}, "there is no file"),
    "text": (lambda folder: Path("a text that is no path"), {}, "use one of .npy"),
    "long path": (absent("x" * 10_000 + ".npy"), {}, "there is no file"),
    "null in the path": (absent("x\0.npy"), {}, "there is no file"),
    "empty npy": (put("x.npy"), {}, "'x.npy' cannot be read"),
    "damaged npy": (put("x.npy", "hello"), {}, "'x.npy' cannot be read"),
    "truncated npy": (put("x.npy", b"\x93NUMPY\x01\x00v\x00"), {}, "'x.npy' cannot be read"),
    "empty npz": (put("x.npz"), {}, "'x.npz' cannot be read: it is empty"),
    "no array in it": (put("x.npz", {}), {}, "'x.npz' holds no array"),
    "1-D npy": (put("x.npy", np.arange(3.0)), {}, "got (3,)"),
    "NaN in npy": (put("x.npy", np.full((2, 2), np.nan, np.float32)), {}, "row 0, column 0"),
    "key for npy": (
        put("x.npy", VECTORS),
        {"key": "v"},
        "key='v': 'x.npy' holds one array, which has no name",
    ),
    "id for npy": (
        put("x.npy", VECTORS),
        {"id": "v"},
        "id='v': 'x.npy' holds one array, which has no name",
    ),
    "vectors for npz": (put("x.npz", PAIR), {"vectors": "first"}, "for .npz use key="),
    "several arrays": (
        put("x.npz", PAIR),
        {},
        "holds 'first' (3, 2), 'second' (3, 2), 'labels' (3,): choose the vectors with key=",
    ),
    "many arrays": (
        put("x.npz", {f"a{i}": VECTORS for i in range(99)}),
        {},
        "'a5' (3, 2) and 93 more: choose the vectors with key=",
    ),
    "unknown key": (
        put("x.npz", PAIR),
        {"key": "frist"},
        "has no array key='frist': there are 'first'",
    ),
    "unknown ids": (put("x.npz", PAIR), {"id": "ids"}, "has no array id='ids'"),
    "wrong number of ids": (
        put("x.npz", {"vectors": VECTORS, "ids": np.arange(2)}),
        {},
        "3 are needed",
    ),
    "key for csv": (put("x.csv", "x\n1\n"), {"key": "x"}, "for .csv use vectors="),
    "empty csv": (put("x.csv"), {}, "'x.csv' cannot be read: it is empty"),
    "binary csv": (put("x.csv", b"\xff\xfe\x00\x81"), {}, "'x.csv' cannot be read"),
    "csv with uneven lines": (put("x.csv", "x,y\n1,2\n1,2,3,4\n"), {}, "'x.csv' cannot be read"),
    "csv without names": (
        put("x.csv", "0.5,1.5\n2.5,3.5\n"),
        {},
        "write a first line like id,x0,x1,x2",
    ),
    "csv without rows": (put("x.csv", "x,y\n"), {}, "no rows below them"),
    "csv with a gap": (put("x.csv", "x,y\n1,2\n,3\n"), {}, "row 1, column 0 is nan"),
    "csv without an id": (put("x.csv", "key,x\na,1\n,2\n"), {"id": "key"}, "row 1 is missing"),
    "csv with ids twice": (put("x.csv", "key,x\na,1\na,2\n"), {"id": "key"}, "not unique: 'a'"),
    "csv with an unknown id": (
        put("x.csv", "key,x\na,1\n"),
        {"id": "kye"},
        "'x.csv': id=: the frame has no column 'kye': there are 'key'",
    ),
    "csv with an unknown column": (
        put("x.csv", "key,x\na,1\n"),
        {"vectors": ["z"]},
        "no column 'z': there are",
    ),
    "damaged parquet": (put("x.parquet", "hello"), {}, "'x.parquet' cannot be read"),
    "damaged arrow": (put("x.arrow", "hello"), {}, "'x.arrow' cannot be read"),
    "damaged safetensors": (put("x.safetensors", "hello"), {}, "'x.safetensors' cannot be read"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_refused_in_one_line_that_says_what_to_do(case: str, tmp_path: Path) -> None:
    write, options, message = BAD_FILES[case]
    with pytest.raises((ValueError, TypeError, FileNotFoundError)) as refused:
        load(write(tmp_path), **options)
    text = str(refused.value)
    assert message in text
    assert "\n" not in text
    assert len(text) < 400


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    trap = np.empty((2, 2), object)
    trap[:] = Trap()
    np.save(tmp_path / "x.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "x.npz", vectors=trap)
    # A pickle under another format's name.
    (tmp_path / "y.npz").write_bytes((tmp_path / "x.npy").read_bytes())
    (tmp_path / "y.npy").write_bytes(trap.dumps())
    (tmp_path / "z.npz").write_bytes(trap.dumps())
    for name in ("x.npy", "x.npz"):
        with pytest.raises(ValueError, match=f"'{name}' cannot be read: it holds Python objects"):
            load(tmp_path / name)
    for name in ("y.npy", "y.npz", "z.npz"):
        with pytest.raises(ValueError, match=f"'{name}' cannot be read"):
            load(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("missing", "others", "message"),
    [
        ("glov.npy", ["glove.npy", "x.csv"], "there are 'glove.npy'"),
        ("x.npy", ["x.csv"], "its folder holds no .npy file"),
        ("nowhere/x.npy", [], "its folder does not exist"),
    ],
)
def test_a_missing_file_is_told_with_what_there_is(
    missing: str, others: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError) as refused:
        load(absent(missing, *others)(tmp_path))
    assert message in str(refused.value)


def test_a_space_is_saved_as_npz_alone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"saved as \.npz: give a path that ends so"):
        save(VECTORS, tmp_path / "x.npy")


@pytest.mark.parametrize(
    ("suffix", "package", "extra"),
    [
        ("parquet", "pyarrow", "files"),
        ("feather", "pyarrow", "files"),
        ("safetensors", "safetensors", "files"),
        ("pt", "torch", "train"),
        ("h5ad", "anndata", "anndata"),
    ],
)
def test_a_package_that_is_not_there_is_named(
    suffix: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"x.{suffix}"
    path.touch()
    for name in [*sys.modules]:
        if name.partition(".")[0] == package:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf'{package} .*pip install "embwidget\[{extra}\]"'):
        load(path)
