"""Packed bits: everything that reads vectors sees bits, against unpacked plain references."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import embwidget as ew
from embwidget.knn import knn_graph, query
from embwidget.knn.exact.search import exact_neighbors
from embwidget.measures.registry import Sides, measure_table
from embwidget.projection import project, project_pair
from embwidget.projection.pair import preview_pair


def packed(seed: int, n: int = 200, n_bytes: int = 5) -> np.ndarray:
    """Rows of bits of clusters, uint8, with many ties and some copies."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(10, 8 * n_bytes))[rng.integers(0, 10, n)]
    x = x + rng.normal(size=(n, 8 * n_bytes))
    x[n // 2 : n // 2 + 5] = x[0]
    return np.packbits(x > 0, axis=1)


def distances_of(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Bits that differ, (len(a), len(b)), by scipy."""
    a, b = (np.unpackbits(rows, axis=1) for rows in (a, b))
    return np.rint(cdist(a, b, metric="hamming") * a.shape[1])


def neighbors_of(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours by sorting all distances, ties by position."""
    true = distances_of(x, x)
    np.fill_diagonal(true, np.inf)
    order = np.argsort(true, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(true, order, 1)


HARD = {
    "clusters": lambda: packed(0),
    "few bits": lambda: packed(1, n_bytes=1),
    "all the same": lambda: np.tile(packed(2, 10)[:1], (200, 1)),
    "two rows": lambda: packed(3, 200)[np.random.default_rng(0).integers(0, 2, 200)],
    "zeros and ones": lambda: np.repeat(np.array([[0], [255]], np.uint8), 100, axis=0),
    "random": lambda: np.random.default_rng(4).integers(0, 256, (300, 33), np.uint8),
}


@pytest.mark.parametrize("data", HARD)
def test_the_neighbours_are_the_first_with_the_fewest_differing_bits(data: str) -> None:
    x = HARD[data]()
    for k in (1, 9, 60):
        indices, distances = neighbors_of(x, k)
        for n_jobs, tile_size in ((1, None), (2, 37), (1, 64)):
            found = exact_neighbors(
                x.astype(np.float32), k, metric="hamming", n_jobs=n_jobs, tile_size=tile_size
            )
            np.testing.assert_array_equal(found[0], indices)
            np.testing.assert_array_equal(found[1], distances.astype(np.float32))


def test_ties_at_the_last_place_are_not_searched_again() -> None:
    shares: list[float] = []
    x = packed(5, 400, 1).astype(np.float32)
    exact_neighbors(x, 15, metric="hamming", progress=lambda _, share: shares.append(share))
    assert shares[-1] <= 0.95  # above it, single rows are searched again


def test_a_memmap_within_its_memory(tmp_path: Any) -> None:
    x = packed(6, 3000, 12)
    np.save(tmp_path / "x.npy", x.astype(np.float32))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    found = knn_graph(mapped, 8, metric="hamming", max_memory=24 << 20)
    np.testing.assert_array_equal(found.indices, knn_graph(x, 8, metric="hamming").indices)


@pytest.mark.parametrize("engine", ["exact", "ivf"])
def test_new_vectors_find_the_nearest(engine: str) -> None:
    x, new = packed(7, 300), packed(8, 20)
    true = distances_of(new, x)
    indices, distances = query(x, new, 12, metric="hamming", engine=engine)
    expected = np.argsort(true, axis=1, kind="stable")[:, :12]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(distances, np.take_along_axis(true, expected, 1))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float64, bool])
def test_bytes_of_any_type_are_taken(dtype: type) -> None:
    x = packed(9, 50) if dtype is not bool else packed(9, 50) > 127
    np.testing.assert_array_equal(
        knn_graph(x.astype(dtype), 5, metric="hamming").indices,
        neighbors_of(x.astype(np.uint8), 5)[0],
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.array([[1.0, 2], [3, 0.5]]), "row 1, column 1 is 0.5"),
        (np.array([[1, 2], [-128, 5]]), "row 1, column 0 is -128"),
        (np.array([[256, 2], [8, 5]]), "row 0, column 0 is 256"),
        (np.random.default_rng(0).normal(size=(9, 4)), "row 0, column 0 is"),
    ],
)
def test_what_is_no_packed_bits_is_refused(wrong: np.ndarray, said: str) -> None:
    for call in (
        lambda: knn_graph(wrong, 1, metric="hamming"),
        lambda: ew.compare(wrong, wrong, metric="hamming"),
        lambda: ew.label_metrics(wrong, range(len(wrong)), metric="hamming"),
        lambda: query(wrong, wrong, 1, metric="hamming"),
    ):
        with pytest.raises(ValueError, match=rf"{said}.*np\.packbits\(x > 0, axis=1\)") as caught:
            call()
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 600


@pytest.fixture(scope="module")
def spaces() -> tuple[np.ndarray, np.ndarray]:
    return packed(10, 240), packed(11, 240)


def test_two_spaces_of_bits_are_compared(spaces: Any) -> None:
    a, b = spaces
    found = ew.compare(a, b, metric="hamming", n_neighbors=6, k_max=8, label=np.arange(240) % 10)
    lists = [neighbors_of(x, 6)[0] for x in (a, b)]
    shared = np.array([len(set(p) & set(q)) for p, q in zip(*lists, strict=True)])
    np.testing.assert_array_equal(found.shared(), shared)
    np.testing.assert_allclose(found.jaccard(), shared / (12 - shared), rtol=1e-6)
    assert found.measures("rsa", n_permutations=2).shape[0] == 1
    assert len(found.groups()) >= 0


def test_bits_beside_the_floats_they_were_made_of() -> None:
    x = np.random.default_rng(12).normal(size=(240, 64)).astype(np.float32)
    bits = np.packbits(x > 0, axis=1)
    found = ew.compare(bits, x, metric=("hamming", "cosine"), n_neighbors=5, k_max=5)
    np.testing.assert_array_equal(found.graph_a.indices, neighbors_of(bits, 5)[0])
    np.testing.assert_array_equal(found.graph_b.indices, knn_graph(x, 5).indices)
    assert found.similarity.value > 5 * found.similarity.chance
    assert found.measures("linear_cka", n_permutations=0)["value"][0] > 0.5


def test_measures_are_of_the_bits(spaces: Any) -> None:
    a, b = (x.astype(np.float32) for x in spaces)
    graphs = [knn_graph(x, 6, metric="hamming").indices for x in (a, b)]
    wide = [np.unpackbits(x, axis=1).astype(np.float32) for x in spaces]
    here = measure_table(Sides(a, b, *graphs, "hamming", "hamming"), k=6, n_permutations=2)
    there = measure_table(Sides(*wide, *graphs, "euclidean", "euclidean"), k=6, n_permutations=2)
    here, there = here.set_index("measure"), there.set_index("measure")
    np.testing.assert_allclose(here["value"], there["value"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(here["chance"], there["chance"], rtol=1e-9, atol=1e-12)


def test_labels_are_ranked_by_bits_however_large_the_space() -> None:
    x = packed(13, 400, 2)
    labels = np.random.default_rng(13).integers(0, 5, 400)
    wide = np.unpackbits(x, axis=1).astype(np.float32)
    from embwidget.measures.labels import nearest

    few = ew.label_metrics(x, labels, metric="hamming")
    plain = ew.label_metrics(wide, labels, metric="euclidean")
    np.testing.assert_allclose(few["value"][:5], plain["value"][:5], rtol=1e-12)
    # k-means starts by an order of the rows, which bytes and bits have each their own of.
    np.testing.assert_allclose(few["value"][5:], plain["value"][5:], atol=0.01)
    # What float32 multiplies, and what tiles serve: ties still have every order.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "FEW_PRODUCTS", 0)
        for k in ("max_bin_count", 7):
            large = ew.label_metrics(x, labels, metric="hamming", k=k, n_seeds=0)
            with pytest.MonkeyPatch.context() as other:
                other.setattr(nearest, "FEW_PRODUCTS", 1e12)
                small = ew.label_metrics(x, labels, metric="hamming", k=k, n_seeds=0)
            np.testing.assert_allclose(large["value"], small["value"], rtol=1e-12)


def test_a_faithful_map_of_bits_is_told_from_a_random_one() -> None:
    x = packed(14, 150)
    positions = np.random.default_rng(0).normal(size=(150, 2))
    found = ew.compare(x, x, metric="hamming", n_neighbors=8, k_max=20)
    drawn = project(x, "tsne", metric="hamming")
    here, random = found.faithfulness(drawn, positions)
    assert here.trustworthiness.value > random.trustworthiness.value + 0.2
    assert here.rank_correlation > 0.2 > abs(random.rank_correlation)


@pytest.mark.parametrize("reducer", ["pca", "umap", "pca+umap", "tsne", "pacmap"])
def test_maps_are_those_of_the_bits(reducer: str) -> None:
    x = packed(15, 120)
    wide = np.unpackbits(x, axis=1).astype(np.float32)
    here = project(x, reducer, metric="hamming")
    if reducer == "umap":
        # UMAP's weights come from how far the distances lie apart, which the root changes.
        graph = replace(knn_graph(x, 14, metric="hamming"), metric="euclidean")
        there = project(wide, reducer, graph=graph)
    else:
        there = project(wide, reducer, metric="euclidean")
    np.testing.assert_array_equal(here, there)


def test_a_pair_of_maps_and_its_first_look_are_of_bits(spaces: Any) -> None:
    a, b = (x.astype(np.float32) for x in spaces)
    wide = [np.unpackbits(x, axis=1).astype(np.float32) for x in spaces]
    how = {"metric_a": "hamming", "metric_b": "hamming"}
    for draw, arguments in ((preview_pair, ()), (project_pair, ("pca",))):
        here, there = draw(a, b, *arguments, **how), draw(*wide, *arguments)
        np.testing.assert_array_equal(here[0], there[0])
        np.testing.assert_array_equal(here[1], there[1])


def test_a_reducer_of_ones_own_is_given_the_bits() -> None:
    x = packed(16, 30)
    seen = []
    project(x, lambda given: seen.append(given) or given[:, :2], metric="hamming")
    np.testing.assert_array_equal(seen[0], np.unpackbits(x, axis=1))


def test_the_widget_shows_bits(spaces: Any) -> None:
    widget = ew.EmbeddingCompare(*spaces, metric="hamming", reducer="pca")
    try:
        assert widget.space_a["metric"] == "hamming"
        assert widget.space_a["distance"] == "bits that differ"
        assert widget.error == ""
    finally:
        widget.close()
