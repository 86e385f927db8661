"""The neighbour graph: its views, and files that come back whole or are refused."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from file_tools import full_disk

from embwidget._core.estimate import Estimate
from embwidget.knn import KNNGraph, knn_graph


@pytest.fixture
def graph() -> KNNGraph:
    vectors = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    return knn_graph(vectors, 7, metric="euclidean")


@pytest.fixture
def saved(graph: KNNGraph, tmp_path: Path) -> Path:
    graph.save(tmp_path / "graph.npz")
    return tmp_path / "graph.npz"


def assert_refused(path: Path, match: str = "is no neighbour graph") -> None:
    with pytest.raises(ValueError, match=match) as caught:
        KNNGraph.load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def approximate(graph: KNNGraph) -> KNNGraph:
    recall = Estimate(0.987, standard_error=0.002)
    return KNNGraph(graph.indices, graph.distances, graph.metric, "nndescent", recall)


def rewritten(path: Path, **changes: object) -> None:
    with np.load(path) as file:
        fields = {**file, **changes}
    np.savez(path, **{name: value for name, value in fields.items() if value is not None})


def test_says_what_it_is(graph: KNNGraph) -> None:
    assert (graph.n_samples, graph.n_neighbors) == (60, 7)
    assert (graph.metric, graph.engine, graph.exact, graph.recall) == (
        "euclidean",
        "exact",
        True,
        None,
    )
    assert repr(graph) == "KNNGraph(60 x 7, euclidean, exact)"
    assert repr(approximate(graph)) == "KNNGraph(60 x 7, euclidean, nndescent, recall 0.987)"
    assert not approximate(graph).exact


def test_first_cuts_the_lists(graph: KNNGraph) -> None:
    shorter = approximate(graph).first(3)
    np.testing.assert_array_equal(shorter.indices, graph.indices[:, :3])
    np.testing.assert_array_equal(shorter.distances, graph.distances[:, :3])
    assert (shorter.metric, shorter.engine, shorter.recall) == ("euclidean", "nndescent", 0.987)
    assert graph.first(7).n_neighbors == 7
    for k in (0, 8, -1):
        with pytest.raises(ValueError, match=f"k={k}: this graph has 1 to 7 neighbours"):
            graph.first(k)


def test_with_self_puts_each_item_first(graph: KNNGraph) -> None:
    indices, distances = graph.with_self()
    assert indices.shape == distances.shape == (60, 8)
    assert (indices.dtype, distances.dtype) == (np.int32, np.float32)
    np.testing.assert_array_equal(indices[:, 0], np.arange(60))
    np.testing.assert_array_equal(distances[:, 0], 0)
    np.testing.assert_array_equal(indices[:, 1:], graph.indices)
    np.testing.assert_array_equal(distances[:, 1:], graph.distances)


def test_to_csr_holds_the_distances(graph: KNNGraph) -> None:
    matrix = graph.to_csr()
    assert matrix.shape == (60, 60)
    assert matrix.nnz == 60 * 7
    rows = np.arange(60)[:, None]
    np.testing.assert_array_equal(matrix.toarray()[rows, graph.indices], graph.distances)


def test_to_csr_stores_zeros_and_leaves_out_what_is_missing() -> None:
    indices = np.array([[1, 2], [0, -1], [-1, -1]], np.int32)
    distances = np.array([[0, 1], [0, np.inf], [np.inf, np.inf]], np.float32)
    matrix = KNNGraph(indices, distances, "cosine", "nndescent", Estimate(0.5)).to_csr()
    np.testing.assert_array_equal(matrix.indptr, [0, 2, 3, 3])
    np.testing.assert_array_equal(matrix.indices, [1, 2, 0])
    np.testing.assert_array_equal(matrix.data, [0, 1, 0])


@pytest.mark.parametrize("name", ["graph.npz", "graph", "no suffix.knn"])
def test_a_file_brings_everything_back(graph: KNNGraph, tmp_path: Path, name: str) -> None:
    for original in (graph, approximate(graph)):
        original.save(tmp_path / name)
        loaded = KNNGraph.load(str(tmp_path / name))
        np.testing.assert_array_equal(loaded.indices, original.indices)
        np.testing.assert_array_equal(loaded.distances, original.distances)
        assert (loaded.indices.dtype, loaded.distances.dtype) == (np.int32, np.float32)
        assert (loaded.metric, loaded.engine) == (original.metric, original.engine)
        assert loaded.exact == original.exact
        if loaded.recall is not None and original.recall is not None:
            assert loaded.recall == original.recall
            assert (loaded.recall.low, loaded.recall.high) == (
                original.recall.low,
                original.recall.high,
            )
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_others_may_read_the_file(saved: Path) -> None:
    plain = saved.parent / "plain"
    plain.touch()
    assert saved.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_files_that_numpy_wrote_are_read(
    graph: KNNGraph, saved: Path, write: Callable[..., None]
) -> None:
    with np.load(saved) as file:
        fields = dict(file)
    with saved.open("wb") as file:
        write(file, **fields)
    np.testing.assert_array_equal(KNNGraph.load(saved).indices, graph.indices)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a pipe, socket or device, not a file"):
        KNNGraph.load(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        KNNGraph.load(tmp_path)


def test_a_failed_save_leaves_the_old_file(graph: KNNGraph, saved: Path) -> None:
    before = saved.read_bytes()
    with full_disk(len(before) // 2), pytest.raises(OSError, match="too large"):
        graph.save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_missing_folder_is_named(graph: KNNGraph, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        graph.save(tmp_path / "nowhere" / "graph.npz")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        KNNGraph.load(tmp_path / "nowhere")


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    for content in (b"", b"a,b\n1,2\n", b"\x80\x04K\x01.", b"PK\x03\x04", bytes(range(256)) * 9):
        path.write_bytes(content)
        assert_refused(path)
    with path.open("wb") as file:
        np.save(file, np.zeros((3, 2)))
    assert_refused(path)
    with path.open("wb") as file:
        np.savez(file, vectors=np.zeros((3, 2)), ids=np.arange(3))
    assert_refused(path, "it holds ids, vectors")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "not an array")
    assert_refused(path)


class Trap:
    """Says so if it is ever unpickled."""

    sprung = False

    def __setstate__(self, state: object) -> None:
        Trap.sprung = True


def test_pickles_are_refused_unread(saved: Path) -> None:
    trap = Trap()
    trap.state = 1
    rewritten(saved, indices=np.array([trap], object))
    assert_refused(saved)
    with saved.open("wb") as file:
        np.save(file, np.array([trap], object))
    assert_refused(saved)
    assert not Trap.sprung


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"recall": None}, "it holds distances, engine, indices, metric"),
        ({"extra": np.zeros(1)}, "it holds"),
        ({"indices": np.zeros((60, 7))}, "indices are float64"),
        ({"distances": np.zeros((60, 7))}, "distances float64"),
        ({"indices": np.zeros((60, 6), np.int32)}, r"indices have shape \(60, 6\)"),
        ({"indices": np.zeros(60, np.int32), "distances": np.zeros(60, np.float32)}, "shape"),
        ({"indices": np.full((60, 7), 60, np.int32)}, "outside of -1..59"),
        ({"indices": np.full((60, 7), -2, np.int32)}, "outside of -1..59"),
        ({"metric": np.array("manhattan")}, "'manhattan'"),
        ({"metric": np.arange(3)}, "metric is"),
        ({"engine": np.array(["a", "b"])}, "engine"),
        ({"recall": np.zeros(3)}, "recall is float64 of shape"),
        ({"recall": np.array(["a", "b"])}, "recall is <U1"),
    ],
)
def test_arrays_that_make_no_graph_are_refused(
    saved: Path, changes: dict[str, object], match: str
) -> None:
    rewritten(saved, **changes)
    assert_refused(saved, match)


def test_cut_files_are_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in range(0, len(whole), 97):
        saved.write_bytes(whole[:length])
        assert_refused(saved)


def test_damaged_files_are_refused_or_whole(graph: KNNGraph, saved: Path) -> None:
    whole = saved.read_bytes()
    rng = np.random.default_rng(1)
    # Headers and the directory at the end, where damage confuses most, and some of the rest.
    places = [*range(300), *range(len(whole) - 400, len(whole)), *rng.integers(0, len(whole), 200)]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(0, 8))
        saved.write_bytes(damaged)
        try:
            loaded = KNNGraph.load(saved)
        except ValueError as error:
            assert "\n" not in str(error)  # noqa: PT017 (either outcome is right)
            assert str(saved) in str(error)  # noqa: PT017
        else:
            np.testing.assert_array_equal(loaded.indices, graph.indices)
            np.testing.assert_array_equal(loaded.distances, graph.distances)
