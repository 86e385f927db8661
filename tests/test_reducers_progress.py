"""Maps that take long tell how far they are, stop when asked, and are computed once."""

from pathlib import Path

import numpy as np
import pytest

import embwidget as ew
from embwidget._core.progress import Cancelled
from embwidget.projection import project_pair
from embwidget.projection.pair import preview_pair
from embwidget.projection.reducers import neighbor_layout, umap

N = 600


@pytest.fixture
def x() -> np.ndarray:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(6, 12)) * 4
    return (centers[rng.integers(0, 6, N)] + rng.normal(size=(N, 12))).astype(np.float32)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, switched on."""
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_umap_reports_every_epoch_with_rising_shares(x: np.ndarray) -> None:
    shares: list[float] = []
    ew.project(x, "umap", progress=lambda step, share: shares.append(share))

    assert len(shares) > neighbor_layout.N_EPOCHS
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


@pytest.mark.parametrize(
    ("reducer", "said"),
    [("umap", False), ("pacmap", True), ("tsne", True), (lambda x: x[:, :2], True)],
)
def test_what_cannot_be_cancelled_says_so(x: np.ndarray, reducer: object, said: bool) -> None:
    steps: list[str] = []
    ew.project(x[:100], reducer, progress=lambda step, share: steps.append(step))
    assert ("cannot be cancelled while laying out the map" in steps) == said


def test_umap_stops_in_the_middle(x: np.ndarray) -> None:
    seen = 0

    def stop(step: str, share: float) -> None:
        nonlocal seen
        seen += 1
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        ew.project(x, "umap", progress=stop)
    assert 70 < seen < 120


def test_both_maps_report_which_one_is_drawn(x: np.ndarray) -> None:
    seen: list[tuple[str, float]] = []
    project_pair(x, x[:, :6], "umap", progress=lambda *report: seen.append(report))

    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(share <= 0.5 for step, share in seen if step == "laying out the map A")
    assert all(share >= 0.5 for step, share in seen if step == "laying out the map B")


@pytest.mark.parametrize(
    ("reducer", "theirs"),
    [
        ("umap", "embwidget.projection.reducers.umap.layout"),
        ("pca+umap", "embwidget.projection.reducers.umap.layout"),
        ("pacmap", "pacmap.PaCMAP.fit_transform"),
        ("tsne", "sklearn.manifold.TSNE.fit_transform"),
    ],
)
def test_a_map_is_laid_out_once(
    x: np.ndarray, cache: Path, monkeypatch: pytest.MonkeyPatch, reducer: str, theirs: str
) -> None:
    first = ew.project(x, reducer)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("laid out again")

    monkeypatch.setattr(theirs, refuse)
    shares: list[float] = []
    again = ew.project(x, reducer, progress=lambda step, share: shares.append(share))
    assert np.array_equal(first, again)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    with pytest.raises(AssertionError, match="laid out again"):
        ew.project(x, reducer, random_state=1)


def test_a_map_of_no_seed_is_never_kept(x: np.ndarray, cache: Path) -> None:
    ew.project(x, "umap", random_state=None)
    assert not list(cache.glob("map-*"))


def test_a_cancelled_map_leaves_no_file(x: np.ndarray, cache: Path) -> None:
    def stop(step: str, share: float) -> None:
        if share > 0.5:
            raise Cancelled

    graph = ew.knn_graph(x, 14)
    with pytest.raises(Cancelled):
        ew.project(x, "umap", graph=graph, progress=stop)
    assert [path.name for path in cache.glob("*") if "map" in path.name] == []


def test_many_items_start_from_the_map_of_a_sample(
    x: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    theirs = umap.layout

    def layout(graph: ew.KNNGraph, start: np.ndarray, **options: object) -> np.ndarray:
        sizes.append(graph.n_samples)
        return theirs(graph, start, **options)

    plain = ew.project(x, "umap")
    monkeypatch.setattr(neighbor_layout, "MANY_ITEMS", 400)
    monkeypatch.setattr(neighbor_layout, "SAMPLE_ITEMS", 200)
    monkeypatch.setattr(umap, "layout", layout)
    shares: list[float] = []
    graph = ew.knn_graph(x, 50)
    positions = ew.project(
        x, "umap", graph=graph, progress=lambda step, share: shares.append(share)
    )
    again = ew.project(x, "umap", graph=graph)

    assert sizes == [200, N, 200, N]
    assert np.array_equal(positions, again)
    assert shares == sorted(shares)
    # As many of the true neighbours are neighbours on the map as without the sample.
    preserved = [_preserved_neighbors(graph, map_) for map_ in (plain, positions)]
    assert preserved[1] > 0.9 * preserved[0] > 0.1


def _preserved_neighbors(graph: ew.KNNGraph, positions: np.ndarray, k: int = 15) -> float:
    near = ew.knn_graph(positions, k, metric="euclidean").indices
    true = graph.indices[:, :k]
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(near, true, strict=True)]))


def test_the_first_look_is_the_map_of_principal_components(x: np.ndarray) -> None:
    """Of fewer rows than the sample has, it is exact; of more, nearly."""
    a, b = preview_pair(x, x[:, :6])
    assert np.array_equal(a, ew.project(x, "pca"))
    assert a.shape == b.shape == (N, 2)

    rng = np.random.default_rng(1)
    many = (rng.normal(size=(12_000, 12)) * np.linspace(4, 1, 12)).astype(np.float32)
    exact = ew.project(many, "pca")
    sampled, _ = preview_pair(many, many)
    assert 0.99 < sampled.var(axis=0).sum() / exact.var(axis=0).sum() <= 1
