"""Whatever happened to the files and processes in between, the right result comes."""

import os
import pickle
import random
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cache_tools import K, same
from file_tools import full_disk

import embwidget as ew
from embwidget._core.cache import key_of
from embwidget._core.progress import Cancelled


def only_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def cut(content: bytes) -> list[bytes]:
    return [content[: len(content) * i // 8] for i in range(8)]


def flipped(content: bytes) -> list[bytes]:
    rng = random.Random(0)
    damaged = []
    for _ in range(12):
        copy = bytearray(content)
        copy[rng.randrange(len(copy))] ^= 1 << rng.randrange(8)
        damaged.append(bytes(copy))
    return damaged


@pytest.mark.parametrize("damage", [cut, flipped])
def test_a_damaged_file_is_computed_anew_and_replaced(
    x: np.ndarray, folder: Path, searched: list[int], damage: Callable[[bytes], list[bytes]]
) -> None:
    good = ew.knn_graph(x, K)
    path = only_file(folder)
    content = path.read_bytes()
    broken = damage(content)
    for damaged in broken:
        path.write_bytes(damaged)
        for _ in range(2):
            assert same(ew.knn_graph(x, K), good)
    assert len(searched) == 1 + len(broken)


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to itself", "link to nothing", "device"])
def test_what_is_no_file_is_computed_anew(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    good = ew.knn_graph(x, K)
    path = only_file(folder)
    path.unlink()
    make: dict[str, Callable[[], None]] = {
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "link to itself": lambda: path.symlink_to(path),
        "link to nothing": lambda: path.symlink_to(folder / "nothing"),
        "device": lambda: path.symlink_to("/dev/zero"),
    }
    make[kind]()
    # A part of a file that nobody writes, but that nobody can read either.
    os.mkfifo(folder / f"{path.name}.1-2-3.part")
    monkeypatch.setattr(ew.cache, "_warned", True)
    assert same(ew.knn_graph(x, K), good)
    assert path.is_file() == (kind != "folder")


def test_a_file_of_other_vectors_is_not_believed(x: np.ndarray, folder: Path) -> None:
    good = ew.knn_graph(x, K)
    mine = only_file(folder)
    ew.knn_graph(x[::-1], K)
    [theirs] = set(folder.iterdir()) - {mine}
    mine.write_bytes(theirs.read_bytes())
    assert same(ew.knn_graph(x, K), good)


def test_nothing_is_ever_unpickled(x: np.ndarray, folder: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "exploded",)

    good = ew.knn_graph(x, K)
    path = only_file(folder)
    path.write_bytes(pickle.dumps(Bomb()))
    assert same(ew.knn_graph(x, K), good)

    with np.load(path) as arrays:
        fields = dict(arrays)
    fields["indices"] = np.array([Bomb()], object)
    with path.open("wb") as file:
        np.savez(file, **fields)
    assert same(ew.knn_graph(x, K), good)
    assert not (tmp_path / "exploded").exists()


def test_packed_arrays_are_not_unpacked(x: np.ndarray, folder: Path) -> None:
    good = ew.knn_graph(x, K)
    path = only_file(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("indices.npy", bytes(50_000_000))
    assert path.stat().st_size < 100_000
    assert same(ew.knn_graph(x, K), good)


@pytest.mark.parametrize(
    "folder",
    [
        "{tmp}/file",
        "{tmp}/file/cache",
        "{tmp}/" + "x" * 300,
        "{tmp}/" + "d/" * 5000,
        "{tmp}/loop/cache",
        "~nobody-of-this-name/cache",
        "/dev/null",
        "/proc/cache",
    ],
    ids=lambda folder: folder[:30],
)
def test_a_folder_that_cannot_be_written_is_said_once_and_stops_nothing(
    x: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("EMBWIDGET_CACHE", folder.format(tmp=tmp_path))
    monkeypatch.setattr(ew.cache, "_warned", False)
    with pytest.warns(UserWarning, match="not kept on disk.*EMBWIDGET_CACHE") as said:
        graphs = [ew.knn_graph(x, K) for _ in range(2)]
    assert len(said) == 1
    assert len(str(said[0].message)) < 600
    assert same(*graphs)
    assert ew.cache.entries().empty
    assert ew.cache.clear() == ew.cache.size == 0
    assert "0 files" in repr(ew.cache)


def test_a_full_disk_is_said_and_stops_nothing(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ew.cache, "_warned", False)
    with full_disk(1000), pytest.warns(UserWarning, match="not kept on disk"):
        graph = ew.knn_graph(x, K)
    assert list(folder.iterdir()) == []
    assert same(ew.knn_graph(x, K), graph)


# -- stopped, killed, two at a time ----------------------------------------------------------------


def test_cancelling_at_any_moment_leaves_no_file(x: np.ndarray, folder: Path) -> None:
    calls = 0

    def count(step: str, share: float) -> None:
        nonlocal calls
        calls += 1

    with ew.cache.off():
        ew.compare(x, x[:, :64], n_jobs=1, progress=count)  # several report as they come
    for moment in sorted({1, 2, calls // 2, calls - 1, calls}):
        ew.cache.clear()
        left = moment

        def stop(step: str, share: float) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            ew.compare(x, x[:, :64], n_jobs=1, progress=stop)
        names = [path.name for path in folder.glob("*")]
        assert all(name.endswith(".npz") for name in names)
        assert len(names) <= 1  # A's graph may have been complete


def script(code: str, *arguments: Any) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]


WRITER = """
    import sys
    import numpy as np
    from embwidget._core.cache import cache, key_of

    class Slow:
        def __init__(self, place):
            self.place = place

        def __array__(self, dtype=None, copy=None):
            if list(cache.folder.glob("*.part")):
                print("writing", self.place, flush=True)
                sys.stdin.readline()
            return np.arange(4) + self.place

    def pack(n_arrays):
        return {f"a{place}": Slow(place) for place in range(n_arrays)}

    cache.get(key_of("number", int(sys.argv[1])), lambda: 3, pack=pack, unpack=lambda arrays: 3)
    print("written", flush=True)
    sys.stdin.readline()
"""
"""Keeps three arrays, and waits at each while its file is being written."""


def number(i: int) -> Any:
    """What the cache gives for a number, and whether it was computed for that."""
    computed: list[int] = []
    found = ew.cache.get(
        key_of("number", i),
        lambda: computed.append(i) or 3,
        pack=lambda n: {f"a{place}": np.arange(4) + place for place in range(n)},
        unpack=lambda arrays: sum(arrays[f"a{place}"][0] == place for place in range(3)),
    )
    return found, bool(computed)


@pytest.mark.parametrize("moment", ["writing 0", "writing 1", "writing 2", "written"])
def test_a_killed_writer_leaves_a_cache_that_the_next_run_reads_or_replaces(
    folder: Path, moment: str
) -> None:
    assert number(0) == (3, True)
    with subprocess.Popen(
        script(WRITER, 1), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while process.stdout.readline() != f"{moment}\n":
            process.stdin.write("\n")
            process.stdin.flush()
        process.send_signal(signal.SIGKILL)
    left = sorted(path.suffix for path in folder.iterdir())
    assert left == ([".npz", ".npz"] if moment == "written" else [".npz", ".part"])
    assert number(0) == (3, False)
    assert number(1) == (3, moment != "written")
    assert sorted(path.suffix for path in folder.iterdir()) == [".npz", ".npz"]


def test_a_file_that_is_being_written_is_not_swept_away(folder: Path) -> None:
    with subprocess.Popen(
        script(WRITER, 1), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing 0\n"
        ew.cache.clear()
        assert [path.suffix for path in folder.iterdir()] == [".part"]
        process.communicate("\n" * 4)
    assert process.returncode == 0
    assert [path.suffix for path in folder.iterdir()] == [".npz"]
    assert number(1) == (3, False)


def test_two_processes_that_compute_the_same_pair_both_succeed(folder: Path) -> None:
    comparer = """
        import sys
        import numpy as np
        import embwidget as ew
        x = np.random.default_rng(0).normal(size=(3000, 96)).astype(np.float32)
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(5):
            value = ew.compare(x, x[:, :48]).similarity.value
            ew.cache.clear()
        print(value, flush=True)
    """
    processes = [
        subprocess.Popen(script(comparer), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    values = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        values.append(process.communicate()[0])
        assert process.returncode == 0
    x = np.random.default_rng(0).normal(size=(3000, 96)).astype(np.float32)
    with ew.cache.off():
        expected = ew.compare(x, x[:, :48]).similarity.value
    assert values == [f"{expected}\n"] * 2
    assert not list(folder.glob("*.part"))
