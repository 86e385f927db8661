"""Whatever becomes of a file: no death of the process, no wrong number, nothing wrong in the cache.

`make test` acts in the middle of 18 searches and at 33 random moments, `make fuzz` at 600:
``EMBWIDGET_FUZZ``.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embwidget as ew

HERE = Path(__file__).parent
N_MOMENTS = int(os.environ.get("EMBWIDGET_FUZZ", 110)) // 10
ROWS = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)


def in_a_child(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    cache = {"EMBWIDGET_CACHE": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **cache, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )


def test_an_npy_that_changes_at_any_moment(tmp_path: Path) -> None:
    child = in_a_child(tmp_path, str(HERE / "changing_files_child.py"), str(N_MOMENTS))
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0, (lines[-1:], child.stderr[-2000:])
    wrong = []
    for (way, act, moment), got in zip(lines[::2], lines[1::2], strict=True):
        wanted = {"old"}
        if moment is not None:
            # The whole of what was there before or is there now, or nothing.
            wanted = {"old", "new", "refused", act}
        elif way != "read" and act not in ("deleted", "replaced"):
            wanted = {"refused"}
        if got["ended"] not in wanted or not got["kept"]:
            wrong.append((way, act, moment, got))
    assert wrong == []


def test_an_npy_that_changes_at_each_step_of_a_session(tmp_path: Path) -> None:
    child = HERE / "changing_session_child.py"
    told = in_a_child(tmp_path, str(child), *(["some"] if N_MOMENTS < 100 else []))
    assert told.returncode == 0, told.stderr[-2000:]
    cases = [json.loads(line) for line in told.stdout.splitlines()]
    assert len({case["step"] for case in cases}) > 3
    for case in cases:
        # What was found before stays, what needs the vectors says what became of them.
        assert case["kept"], case
        assert case["as untouched"], case
        if case["error"]:
            assert "x.npy' was changed after it was opened" in case["error"], case
        else:
            assert case["shared"] == [True], case
    ended = [case["error"] != "" for case in cases]
    assert any(ended)
    assert not all(ended)


MEMORY = """
import resource, sys
import embwidget as ew

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

ew.load("small.npy")
before = peak()
space = ew.load("x.npy")
print(peak() - before, space.vectors.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_npy_is_in_memory_once(dtype: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "small.npy", ROWS.astype(dtype))
    np.save(tmp_path / "x.npy", np.ones((20_000, 1000), dtype))
    child = in_a_child(tmp_path, "-c", MEMORY)
    used, held = map(int, child.stdout.split())
    assert held == 80_000_000
    assert used < 1.3 * held, child.stderr


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ew.Space:
    monkeypatch.setenv("EMBWIDGET_MAP_ABOVE", "100")
    np.save(tmp_path / "x.npy", ROWS)
    return ew.load(tmp_path / "x.npy")


@pytest.mark.parametrize(
    "key",
    [
        3,
        -1,
        slice(2, 9),
        slice(None, None, 7),
        slice(20, 2, -3),
        slice(5, 2),
        [],
        [0, 39, 5, 6, 7, 5],
        np.array([[1, 2], [5, -3]]),
        np.arange(40) % 3 == 0,
        (slice(None), 1),
        (slice(30, 2, -4), [0, 2]),
        (4, 2),
        (np.array([1, 2]), np.array([0, 2])),
        (slice(None), None),
        ...,
    ],
)
def test_rows_of_a_file_are_indexed_like_an_array(mapped: ew.Space, key: Any) -> None:
    assert np.array_equal(mapped.vectors[key], ROWS[key])
    assert np.shape(mapped.vectors[key]) == np.shape(ROWS[key])


def test_rows_that_are_not_there_are_an_error(mapped: ew.Space) -> None:
    for key in (40, -41, [3, 40]):
        with pytest.raises(IndexError):
            mapped.vectors[key]


def test_a_mapped_file_that_changed_is_named(mapped: ew.Space, tmp_path: Path) -> None:
    vectors = mapped.vectors
    given = np.load(tmp_path / "x.npy", mmap_mode="r")
    np.save(tmp_path / "x.npy", ROWS[:5])
    acts: list[Callable[[], Any]] = [
        lambda: mapped.vectors,
        lambda: mapped.take(np.arange(3)),
        lambda: vectors[:3],
        lambda: vectors[[30, 2]],
        lambda: vectors.sum(),
        lambda: vectors * 2,
        lambda: ew.compare(mapped, ROWS),
        lambda: ew.Space(given),
    ]
    for act in acts:
        with pytest.raises(OSError, match=r"x\.npy' was changed after .*: load it again"):
            act()
    assert repr(mapped) == "Space('x', 40 x 3, in 'x.npy')"


def test_a_limit_that_is_no_number_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", ROWS)
    monkeypatch.setenv("EMBWIDGET_MAP_ABOVE", "1 GB")
    with pytest.raises(ValueError, match=r"EMBWIDGET_MAP_ABOVE='1 GB': give the bytes above"):
        ew.load(tmp_path / "x.npy")


def npy(vectors: np.ndarray, path: Path) -> None:
    np.save(path, vectors)


def csv(vectors: np.ndarray, path: Path) -> None:
    pd.DataFrame(vectors).add_prefix("x").to_csv(path, index=False)


def feather(vectors: np.ndarray, path: Path) -> None:
    pd.DataFrame(vectors).add_prefix("x").to_feather(path)


def safetensors(vectors: np.ndarray, path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"vectors": vectors}, path)


@pytest.fixture
def writer() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Calls a function again and again until the test ends."""
    done = threading.Event()
    threads = []

    def start(act: Callable[[], None]) -> None:
        def go_on() -> None:
            pauses = np.random.default_rng(0)
            while not done.wait(pauses.uniform(0, 0.2)):
                act()

        threads.append(threading.Thread(target=go_on))
        threads[0].start()

    yield start
    done.set()
    threads[0].join()


@pytest.mark.parametrize("write", [npy, csv, feather, safetensors])
def test_a_file_that_is_written_all_the_while_is_never_half_of_each(
    write: Callable[[np.ndarray, Path], None], tmp_path: Path, writer: Any
) -> None:
    path = tmp_path / f"x.{write.__name__}"
    several = [np.full((2000 + 300 * i, 20), i, np.float32) for i in range(2)]
    made = []
    for vectors in several:
        write(vectors, path)
        made.append(path.read_bytes())
    contents = cycle(made)
    writer(lambda: path.write_bytes(next(contents)))
    loaded = 0
    while loaded < 3:
        try:
            vectors = ew.load(path).vectors
        except (OSError, ValueError) as error:
            # A file that waits for the rest of it is damaged.
            assert re.search("changes while|cannot be read", str(error))  # noqa: PT017
            continue
        loaded += 1
        assert any(np.array_equal(vectors, each) for each in several)


def test_vectors_that_change_while_they_are_searched_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path / "cache"))
    x = np.random.default_rng(0).normal(size=(1300, 128)).astype(np.float32)

    def report(step: str, share: float) -> None:
        x[7] += 1

    with pytest.raises(ValueError, match="the vectors changed while"):
        ew.knn_graph(x, 5, progress=report)
    assert ew.cache.entries().empty


def test_what_others_mapped_is_copied_if_it_is_small(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pa = pytest.importorskip("pyarrow")
    torch.save(torch.tensor(ROWS), tmp_path / "x.pt")
    tensor = torch.load(tmp_path / "x.pt", mmap=True, weights_only=True)
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(ROWS.ravel()), 3)
    table = pa.table({"v": fixed})
    with (
        pa.OSFile(str(tmp_path / "x.arrow"), "wb") as file,
        pa.ipc.new_file(file, table.schema) as out,
    ):
        out.write_table(table)
    held = pa.ipc.open_file(pa.memory_map(str(tmp_path / "x.arrow"))).read_all()
    spaces = [ew.as_space(tensor), ew.as_space(held)]
    for name in ("x.pt", "x.arrow"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(bytes(len(content)))
    for space in spaces:
        assert space.vectors.tolist() == ROWS.tolist()
        assert space.mapped_from == ""


@pytest.mark.skipif(sys.platform == "win32", reason="files have no holes there")
def test_a_file_of_holes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, ROWS)
    head = path.read_bytes()[:128].replace(b"(40, 3)", b"(40000000, 3000)")
    path.write_bytes(head[:118].rstrip(b"\n ").ljust(127) + b"\n")
    os.truncate(path, 128 + 4 * 40_000_000 * 3000)
    with pytest.raises(ValueError, match=r"x\.npy.*no more than .* were ever written"):
        ew.load(path)
