"""What was computed is found again, can be seen, cleared, switched off and bounded."""

import os
from pathlib import Path

import numpy as np
import pytest
from cache_tools import DIMS, K, N, same

import embwidget as ew
from embwidget._core.cache import Cache, key_of


def test_the_same_vectors_are_searched_once(
    x: np.ndarray, folder: Path, searched: list[int]
) -> None:
    first = ew.knn_graph(x, K)
    again = ew.knn_graph(x.copy(), K, n_jobs=1)

    assert same(first, again)
    assert again.exact
    assert searched == [K]
    assert [path.suffix for path in folder.iterdir()] == [".npz"]


def test_an_exact_graph_serves_for_fewer_neighbours_and_gives_way_to_a_longer_one(
    x: np.ndarray, folder: Path, searched: list[int]
) -> None:
    long, short, longer = (ew.knn_graph(x, k) for k in (K, 5, 20))

    assert searched == [K, 20]
    assert same(long.first(5), short)
    assert same(longer.first(K), long)
    assert len(list(folder.iterdir())) == 1


def test_every_input_and_parameter_counts(x: np.ndarray, folder: Path, searched: list[int]) -> None:
    other = x.copy()
    other[N // 2, DIMS // 2] += np.float32(1e-3)
    for vectors, metric in (
        (x, "cosine"),
        (x, "euclidean"),
        (other, "cosine"),
        (x[::-1], "cosine"),
    ):
        ew.knn_graph(vectors, K, metric=metric)
    ew.knn_graph(x.reshape(2 * N, DIMS // 2), K)
    assert len(searched) == 5


def test_keys_tell_neighbouring_parts_apart() -> None:
    array = np.arange(6, dtype=np.int32)
    keys = [
        key_of("graph", "ab", "c"),
        key_of("graph", "a", "bc"),
        key_of("map", "a", "bc"),
        key_of("graph", 1),
        key_of("graph", True),
        key_of("graph", 1.0),
        key_of("graph", "1"),
        key_of("graph", array),
        key_of("graph", array.reshape(2, 3)),
        key_of("graph", array.astype(np.int64)),
        key_of("graph", array.view(np.float32)),
        key_of("graph", array[:3], array[3:]),
    ]
    assert len({key.digest for key in keys}) == len(keys)
    assert key_of("graph", array) == key_of("graph", array.copy())


def test_a_new_widget_with_other_k_colours_labels_or_reducer_searches_nothing(
    x: np.ndarray, folder: Path, searched: list[int], recorded: None
) -> None:
    b = x[:, :100].copy()
    labels = np.arange(N) % 3
    ew.EmbeddingCompare(x, b, reducer="pca").wait()
    assert len(searched) == 2
    changed = ew.EmbeddingCompare(
        x, b, n_neighbors=5, label=labels, color_by="label", reducer="umap"
    ).wait()
    assert len(searched) == 2

    maps = sorted(folder.glob("map-*"))
    before = [path.stat().st_ino for path in maps]
    again = ew.EmbeddingCompare(x, b, n_neighbors=7, reducer="umap").wait()
    assert len(searched) == 2
    assert len(maps) == 2
    assert [path.stat().st_ino for path in maps] == before
    assert np.array_equal(again.positions_b, changed.positions_b)


# -- to see, to clear, to switch off, to bound -----------------------------------------------------


def test_what_is_kept_can_be_seen_and_cleared(x: np.ndarray, folder: Path) -> None:
    assert ew.cache.entries().empty
    ew.knn_graph(x, K)
    ew.knn_graph(x, K, metric="inner_product")

    entries = ew.cache.entries()
    assert set(entries["kind"]) == {f"graph-{N}-cosine-exact", f"graph-{N}-inner-product-exact"}
    assert entries["bytes"].sum() == ew.cache.size > 2 * N * K * 8
    assert all((folder / name).is_file() for name in entries["file"])
    assert "2 files" in repr(ew.cache)
    assert str(folder) in repr(ew.cache)

    theirs = {"somebody-elses.txt", "my-vectors.npz", "my-vectors.npz.1.part"}
    for name in theirs:
        (folder / name).touch()
    assert ew.cache.clear() == entries["bytes"].sum()
    assert ew.cache.size == 0
    assert {path.name for path in folder.iterdir()} == theirs


def test_it_is_switched_off_by_environment_by_attribute_and_for_a_block(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ew.cache.off():
        assert not ew.cache.enabled
        ew.knn_graph(x, K)
    assert ew.cache.enabled
    for value in ("off", "OFF", "0", "no", "false"):
        monkeypatch.setenv("EMBWIDGET_CACHE", value)
        assert not ew.cache.enabled
        ew.knn_graph(x, K)
    monkeypatch.setenv("EMBWIDGET_CACHE", str(folder))
    monkeypatch.setattr(ew.cache, "_enabled", None)
    ew.cache.enabled = False
    ew.knn_graph(x, K)
    assert not folder.exists()


def test_the_users_cache_folder_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBWIDGET_CACHE")
    assert Cache().enabled
    assert Cache().folder.name == "embwidget"
    monkeypatch.setenv("EMBWIDGET_CACHE", "~/elsewhere")
    assert Cache().folder == Path.home() / "elsewhere"


def test_the_longest_unused_goes_first(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = ["cosine", "euclidean", "inner_product"]
    for age, metric in enumerate(metrics):
        ew.knn_graph(x, K, metric=metric)
        for path in folder.glob(f"*{metric.replace('_', '-')}*"):
            os.utime(path, (1e9 + age, 1e9 + age))
    ew.knn_graph(x, K, metric="cosine")  # used, so that the euclidean one is now the oldest
    monkeypatch.setattr(ew.cache, "limit", int(ew.cache.size * 1.2))
    ew.knn_graph(x[::-1], K)

    kinds = ew.cache.entries()["kind"].tolist()
    assert f"graph-{N}-euclidean-exact" not in kinds
    assert len(kinds) == 3
    assert ew.cache.size <= ew.cache.limit


def test_what_is_larger_than_the_limit_is_not_kept_and_costs_nobody_a_file(
    x: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ew.knn_graph(x, 1)
    before = ew.cache.size
    monkeypatch.setattr(ew.cache, "limit", before + 100)
    ew.knn_graph(x[::-1], K)
    assert ew.cache.size == before
