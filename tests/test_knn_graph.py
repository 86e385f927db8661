"""A neighbour graph: its views, and its file, whole or refused."""

import io
import os
import zipfile
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

from embwidget.estimate import Estimate
from embwidget.knn import KNNGraph

INDICES = np.array([[1, 2], [0, 2], [1, 0], [2, -1]], np.int32)
DISTANCES = np.array([[0, 0.5], [0, 0.25], [0.25, 0.5], [1, np.inf]], np.float32)


@pytest.fixture
def graph() -> KNNGraph:
    return KNNGraph(INDICES.copy(), DISTANCES.copy(), "cosine", "exact")


def contents(**changes: object) -> dict[str, np.ndarray]:
    """Arrays of a graph's file, some of them replaced; None leaves one out."""
    stored = {
        "indices": INDICES,
        "distances": DISTANCES,
        "metric": "cosine",
        "engine": "exact",
        "recall": np.empty(0),
        **changes,
    }
    return {name: np.asarray(value) for name, value in stored.items() if value is not None}


def test_it_knows_its_size_and_cannot_be_changed(graph: KNNGraph) -> None:
    assert (graph.n_samples, graph.n_neighbors, graph.exact) == (4, 2, True)
    with pytest.raises(FrozenInstanceError):
        graph.metric = "euclidean"  # type: ignore[misc]


def test_first_cuts_every_list(graph: KNNGraph) -> None:
    cut = graph.first(1)
    np.testing.assert_array_equal(cut.indices, INDICES[:, :1])
    np.testing.assert_array_equal(cut.distances, DISTANCES[:, :1])
    assert (cut.metric, cut.engine, cut.recall) == ("cosine", "exact", None)


@pytest.mark.parametrize("k", [-1, 0, 3])
def test_first_refuses_what_is_not_there(graph: KNNGraph, k: int) -> None:
    with pytest.raises(ValueError, match=rf"k={k}: this graph has 1 to 2 neighbours"):
        graph.first(k)


def test_with_self_puts_each_item_in_front(graph: KNNGraph) -> None:
    indices, distances = graph.with_self()
    np.testing.assert_array_equal(indices, np.c_[[0, 1, 2, 3], INDICES])
    np.testing.assert_array_equal(distances, np.c_[np.zeros(4), DISTANCES])
    assert indices.dtype == np.int32
    assert distances.dtype == np.float32


def test_the_sparse_form_stores_zeros_and_leaves_out_what_is_missing(graph: KNNGraph) -> None:
    sparse = graph.to_csr()
    assert sparse.shape == (4, 4)
    assert sparse.nnz == 7
    dense = np.full((4, 4), np.nan)
    coo = sparse.tocoo()
    dense[coo.row, coo.col] = coo.data
    expected = np.full((4, 4), np.nan)
    for row, (found, far) in enumerate(zip(INDICES, DISTANCES, strict=True)):
        expected[row, found[found >= 0]] = far[found >= 0]
    np.testing.assert_array_equal(dense, expected)


@pytest.mark.parametrize("recall", [None, Estimate(0.993, standard_error=0.002)])
def test_a_file_gives_back_what_was_saved(tmp_path: Path, recall: Estimate | None) -> None:
    engine = "exact" if recall is None else "nndescent"
    saved = KNNGraph(INDICES, DISTANCES, "inner_product", engine, recall)
    path = tmp_path / "any name"
    saved.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["any name"]
    found = KNNGraph.load(path)
    np.testing.assert_array_equal(found.indices, INDICES)
    np.testing.assert_array_equal(found.distances, DISTANCES)
    assert (found.metric, found.engine, found.exact) == ("inner_product", engine, saved.exact)
    if recall is not None and found.recall is not None:
        assert vars(found.recall) == vars(recall)
        assert found.recall == recall


def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, graph: KNNGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graph.npz"
    graph.save(path)
    before = path.read_bytes()

    def full(file: io.BufferedWriter, **arrays: object) -> None:
        file.write(b"half of it")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        graph.first(1).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        ({}, "it holds nothing"),
        ({"vectors": np.zeros((3, 2))}, "it holds vectors"),
        (contents(recall=None), "it holds distances, engine, indices, metric"),
        (contents(indices=INDICES.astype(np.int64)), "indices are int64"),
        (contents(distances=DISTANCES.astype(np.float64)), "distances float64"),
        (contents(distances=DISTANCES[:, :1]), r"shape \(4, 2\) and distances \(4, 1\)"),
        (contents(indices=INDICES[0], distances=DISTANCES[0]), r"shape \(2,\)"),
        (contents(indices=INDICES + 2), r"an index is outside of -1\.\.3"),
        (contents(indices=INDICES - 1), r"an index is outside of -1\.\.3"),
        (contents(metric="manhattan"), "metric is 'manhattan'"),
        (contents(metric=np.arange(2)), "metric is"),
        (contents(engine=7), "engine 7"),
        (contents(recall=np.array([0.9])), r"recall is float64 of shape \(1,\)"),
    ],
)
def test_a_foreign_file_is_refused_in_one_line(
    tmp_path: Path, stored: dict[str, np.ndarray], problem: str
) -> None:
    path = tmp_path / "graph.npz"
    np.savez(path, **stored)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"is no neighbour graph: .*{problem}") as caught:
        KNNGraph.load(path)
    assert "\n" not in str(caught.value)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    path = tmp_path / "graph.npz"
    trap = np.empty(1, object)
    trap[0] = Trap()
    np.savez(path, **contents(engine=trap))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is no neighbour graph"):
        KNNGraph.load(path)
    assert not (tmp_path / "sprung").exists()


def test_a_damaged_file_is_refused_wherever_it_is_cut_or_changed(
    tmp_path: Path, graph: KNNGraph
) -> None:
    path = tmp_path / "graph.npz"
    graph.save(path)
    whole = path.read_bytes()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="is no neighbour graph"):
            KNNGraph.load(path)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.getinfo("distances.npy").header_offset + 180
    path.write_bytes(
        whole[:start] + bytes(b ^ 255 for b in whole[start : start + 9]) + whole[start + 9 :]
    )
    with pytest.raises(ValueError, match="is no neighbour graph"):
        KNNGraph.load(path)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"graph\.npz"):
        KNNGraph.load(tmp_path / "graph.npz")


def test_the_repr_says_how_far_it_can_be_trusted(graph: KNNGraph) -> None:
    assert repr(graph) == "KNNGraph(4 x 2, cosine, exact)"
    found = KNNGraph(INDICES, DISTANCES, "cosine", "nndescent", Estimate(0.9912))
    assert repr(found) == "KNNGraph(4 x 2, cosine, nndescent, recall 0.991)"
