"""Nothing is lost, wrong or left over: random flips, kills at random moments, crowds, odd files.

``EMBWIDGET_FUZZ`` makes it 10,000 flips, 1,000 kills of each kind and five minutes of a crowd.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cache_tools import K, same
from child_tools import child
from file_tools import full_disk

import embwidget as ew
from embwidget._core.cache import key_of
from embwidget.knn.cached import cached_graph
from embwidget.knn.engine import ENGINES
from embwidget.metrics import METRICS
from embwidget.projection.cached import cached_layout

IS_LONG = "EMBWIDGET_FUZZ" in os.environ
N_FLIPS = 10_000 if IS_LONG else 500
N_KILLS = 1000 if IS_LONG else 25
SECONDS = 300.0 if IS_LONG else 2.0
HERE = Path(__file__).parent


def graph_of(rng: np.random.Generator, n_samples: int) -> ew.KNNGraph:
    indices = rng.integers(0, n_samples, (n_samples, 4), dtype=np.int32)
    return ew.KNNGraph(indices, rng.random((n_samples, 4), np.float32), "cosine", "exact")


def a_graph(rng: np.random.Generator, computed: list[int]) -> tuple[Callable[[], Any], list[Any]]:
    vectors = rng.normal(size=(1500, 128)).astype(np.float32)
    graph = graph_of(rng, 1500)

    def get() -> list[Any]:
        found = cached_graph(
            vectors,
            4,
            metric=METRICS["cosine"],
            engine=ENGINES["exact"],
            random_state=0,
            search=lambda: computed.append(1) or graph,
        )
        return [found.indices, found.distances]

    return get, [graph.indices, graph.distances]


def a_map(rng: np.random.Generator, computed: list[int]) -> tuple[Callable[[], Any], list[Any]]:
    graph, positions = graph_of(rng, 600), rng.random((600, 2), np.float32)

    def get() -> list[Any]:
        compute = lambda: computed.append(1) or positions  # noqa: E731
        return [cached_layout("umap", "1", graph, positions * 2, 0, compute=compute)]

    return get, [positions]


@pytest.mark.parametrize("make", [a_graph, a_map])
def test_after_a_random_flip_the_right_result_comes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Any]
) -> None:
    computed: list[int] = []
    get, expected = make(np.random.default_rng(0), computed)
    get()
    [path] = folder.iterdir()
    content = path.read_bytes()
    # So that the damaged file is not replaced, which costs a wait for the disk each time.
    monkeypatch.setattr(ew.cache, "limit", 0)
    rng = random.Random(0)
    with path.open("r+b", buffering=0) as file:
        for n_flips in range(N_FLIPS // 2):
            place, bit = rng.randrange(len(content)), 1 << rng.randrange(8)
            file.seek(place)
            file.write(bytes([content[place] ^ bit]))
            assert all(map(np.array_equal, get(), expected)), (place, bit)
            assert len(computed) == 2 + n_flips, (place, bit)
            file.seek(place)
            file.write(content[place : place + 1])
    get()
    assert len(computed) == 1 + N_FLIPS // 2


@pytest.mark.parametrize("what", ["cache", "save"])
def test_killed_at_any_moment_a_write_loses_nothing_and_the_next_one_clears_up(
    tmp_path: Path, what: str
) -> None:
    found = child(HERE / "killed_writers.py", tmp_path, what, N_KILLS)
    assert found.pop("parts") > N_KILLS // 10  # of the kills that came amid a write
    assert found == {"wrong": 0, "lost": 0, "left": 0}


def test_eight_processes_at_one_cache_hear_of_nothing(tmp_path: Path) -> None:
    found = child(HERE / "crowd.py", tmp_path / "cache", SECONDS)
    assert found.pop("gets") > 8
    assert found == {"wrong": 0, "errors": [], "left": 0}


# -- what else may lie there, or be said -----------------------------------------------------------


def test_files_of_somebodys_are_never_deleted_nor_touched(
    x: np.ndarray, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = ew.knn_graph(x, K)
    [path] = folder.iterdir()
    # Named by the hash of its content, as some name their vectors.
    named = folder / f"vectors-{'a' * 40}.npz"
    np.savez(named, x)
    mine = tmp_path / "mine.npz"
    mine.write_bytes(path.read_bytes())
    os.utime(mine, (1e9, 1e9))
    path.unlink()
    path.symlink_to(mine)

    assert same(ew.knn_graph(x, K), good)
    monkeypatch.setattr(ew.cache, "limit", ew.cache.size)
    ew.knn_graph(x[::-1], K)
    assert len(ew.cache.entries()) == 1
    ew.cache.clear()
    assert list(folder.iterdir()) == [named]
    assert mine.stat().st_mtime == 1e9


def test_a_link_into_the_cache_is_replaced_not_followed(
    x: np.ndarray, folder: Path, tmp_path: Path
) -> None:
    good = ew.knn_graph(x, K)
    [path] = folder.iterdir()
    secret = tmp_path / "secret"
    secret.write_bytes(b"mine")
    path.unlink()
    path.symlink_to(secret)
    assert same(ew.knn_graph(x, K), good)
    assert secret.read_bytes() == b"mine"
    assert not path.is_symlink()


@pytest.mark.parametrize("year", [1900, 2100, 2400, 3000])
def test_a_clock_that_was_wrong_ends_nothing_and_keeps_nothing_for_ever(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    ew.knn_graph(x, K)
    [old] = folder.iterdir()
    ew.knn_graph(x, K, metric="euclidean")
    seconds = (year - 1970) * 365.25 * 86_400
    os.utime(old, (seconds, seconds))
    assert len(ew.cache.entries()) == 2
    monkeypatch.setattr(ew.cache, "limit", int(ew.cache.size * 1.2))
    ew.knn_graph(x[::-1], K)
    assert not old.exists()
    assert len(ew.cache.entries()) == 2


@pytest.mark.parametrize("value", [" ", "1", "on", "True", "yes "])
def test_a_word_for_on_is_no_folder(
    x: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("EMBWIDGET_CACHE", value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.chdir(tmp_path)
    ew.knn_graph(x, K)
    assert [path.name for path in tmp_path.iterdir()] == ["caches"]
    assert ew.cache.folder == tmp_path / "caches" / "embwidget"
    assert len(ew.cache.entries()) == 1


@pytest.mark.parametrize("value", ["off ", "None", "disabled"])
def test_a_word_for_off_is_no_folder(
    x: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("EMBWIDGET_CACHE", value)
    monkeypatch.chdir(tmp_path)
    ew.knn_graph(x, K)
    assert not ew.cache.enabled
    assert list(tmp_path.iterdir()) == []


def test_no_error_in_keeping_costs_the_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Huge:
        n_asked = 0

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            self.n_asked += 1
            if self.n_asked > 1:  # for its size; then it is written
                raise MemoryError
            return np.zeros(2)

    monkeypatch.setattr(ew.cache, "_warned", False)
    with pytest.warns(UserWarning, match=r"not kept on disk \(MemoryError\)"):
        found = ew.cache.get(
            key_of("graph-1", 1), lambda: 3, pack=lambda n: {"a": Huge()}, unpack=lambda held: 0
        )
    assert found == 3
    assert list(folder.iterdir()) == []


def test_a_full_disk_keeps_what_there_is(
    x: np.ndarray, folder: Path, searched: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ew.knn_graph(x, K)
    monkeypatch.setattr(ew.cache, "_warned", False)
    with full_disk(50_000), pytest.warns(UserWarning, match="not kept on disk"):
        ew.knn_graph(x, 20)
    ew.knn_graph(x, K)
    assert searched == [K, 20]
    assert len(list(folder.iterdir())) == 1
