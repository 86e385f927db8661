"""Exact neighbours where float32 has few digits left: narrow cones, far origins, mixed scales."""

import warnings

import numpy as np
import pytest

import embwidget as ew
from embwidget.knn import query
from embwidget.measures.measure import Family, Measure

N, K = 400, 10
_RNG = np.random.default_rng(0)
_NORMAL = _RNG.standard_normal((N, 24))
_NORMS = 10 ** _RNG.uniform(-3, 3, (N, 1))
_SCALES = 10 ** _RNG.uniform(-3, 3, 24)
_CENTERS = _RNG.standard_normal((5, 24))[_RNG.integers(0, 5, N)]

SPACES = {
    "a narrow cone": 1 + 1e-6 * _NORMAL,
    "a narrow cone and its opposite": (1 + 1e-6 * _NORMAL) * _RNG.choice([-1, 1], (N, 1)),
    "five narrow cones of all lengths": (_CENTERS + 1e-6 * _NORMAL) * _NORMS,
    "far, with few digits": 1e4 + 1e-2 * _NORMAL,
    "far": 1e5 + _NORMAL,
    "norms of all sizes": _NORMAL * _NORMS,
    "columns of all sizes": _NORMAL * _SCALES,
    "both": _NORMAL * _NORMS * _SCALES,
}
METRICS = ("cosine", "euclidean", "inner_product")


def recall(indices, x, among, metric, own=True):
    """Share of what is found that is no farther than the true last, by slow differences."""
    x, among = x.astype(np.longdouble), among.astype(np.longdouble)
    if metric == "cosine":
        x, among = (v / np.sqrt((v**2).sum(axis=1))[:, None] for v in (x, among))
    if metric == "inner_product":
        distances = -(x @ among.T)
    else:
        distances = np.array([((among - row) ** 2).sum(axis=1) for row in x])
    if own:
        np.fill_diagonal(distances, np.inf)
    last = np.sort(distances, axis=1)[:, indices.shape[1] - 1]
    return (np.take_along_axis(distances, indices.astype(np.intp), 1) <= last[:, None]).mean()


def float32_of(name):
    return SPACES[name].astype(np.float32)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", SPACES)
def test_exact_is_exact(name, metric, tmp_path):
    x = float32_of(name)
    graph = ew.knn_graph(x, K, metric=metric)
    assert graph.exact
    assert recall(graph.indices, x, x, metric) >= 0.999
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    for other in (
        ew.knn_graph(mapped, K, metric=metric, n_jobs=2),
        ew.knn_graph(x, K, metric=metric, max_memory=30_000_000),
    ):
        np.testing.assert_array_equal(other.indices, graph.indices)
        np.testing.assert_array_equal(other.distances, graph.distances)
    found, _ = query(x, x[:40], K, metric=metric)
    assert recall(found, x[:40], x, metric, own=False) >= 0.999


@pytest.mark.parametrize("name", ["a narrow cone", "columns of all sizes", "both"])
def test_an_approximate_graph_knows_its_recall(name):
    x = float32_of(name)
    graph = ew.knn_graph(x, K, metric="cosine", engine="ivf")
    true = recall(graph.indices, x, x, "cosine")
    assert true >= 0.99
    said = 1.0 if graph.recall is None else graph.recall
    assert abs(float(said) - true) < 0.005


def test_distances_in_a_narrow_cone_have_their_digits():
    x = float32_of("a narrow cone")
    graph = ew.knn_graph(x, 1)
    wide = x.astype(np.longdouble)
    wide /= np.sqrt((wide**2).sum(axis=1))[:, None]
    expected = ((wide - wide[graph.indices[:, 0]]) ** 2).sum(axis=1) / 2
    np.testing.assert_allclose(graph.distances[:, 0], expected.astype(float), rtol=1e-5)
    # Copies, and what differs by its length alone, are at no distance.
    twice = np.concatenate([x[:5], x[:5], 2 * x[:5]])
    assert (ew.knn_graph(twice, 1).distances == 0).all()


@pytest.mark.parametrize("metric", METRICS)
def test_narrow_cones_agree_by_chance_and_have_all_measures(metric):
    a, b = (1 + 1e-6 * np.random.default_rng(seed).standard_normal((N, 40)) for seed in (1, 2))
    found = ew.compare(a.astype(np.float32), b.astype(np.float32), metric=metric)
    assert found.verdict() == "no more than chance"
    table = found.measures(n_permutations=3).set_index("measure")
    for name in ("jaccard", "linear_cka", "rsa", "distance_correlation"):
        assert np.isfinite(table.loc[name, "value"])
    assert table.loc[["cca", "svcca", "pwcca", "gulp"], "value"].isna().all()
    assert "float32" in table.loc["pwcca", "note"]


def test_what_cannot_be_computed_is_a_row_with_a_note():
    x = _NORMAL[:20]
    found = ew.compare(x, x, metric="euclidean", n_neighbors=1)

    def fails(names, request):
        return dict.fromkeys(names, 1 / 0)

    broken = Family((Measure("broken", "Broken", "1", "mine"),), fails)
    table = found.measures([broken, "jaccard"], n_permutations=0).set_index("measure")
    assert np.isnan(table.loc["broken", "value"])
    assert table.loc["broken", "note"]
    assert table.loc["jaccard", "value"] == 1


@pytest.mark.parametrize("dtype", [np.float64, np.int64])
def test_rows_that_float32_makes_equal_are_counted(dtype):
    x = (2e9 + 5 * _NORMAL).astype(dtype)
    with pytest.warns(UserWarning, match=r"400 rows that differ are equal in float32"):
        space = ew.Space(x)
    assert len(np.unique(space.vectors, axis=0)) == 1
    with pytest.warns(UserWarning, match="equal in float32") as caught:
        found = ew.compare(x, x[::-1], metric="euclidean")
    assert caught[0].filename == __file__
    assert found.verdict().startswith("cannot be told: 100% of the lists")


@pytest.mark.parametrize(
    "x",
    [
        _NORMAL,
        np.repeat(_NORMAL[:50], 4, axis=0),
        np.repeat(_NORMAL[:50], 4, axis=0) * (1 + 1e-16 * _NORMAL[:200]),
        np.zeros((30, 40)),
        1e5 + _NORMAL,
    ],
    ids=["usual", "copies", "rounded copies", "zeros", "far"],
)
def test_others_are_not_warned_of(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ew.Space(x)
        ew.Space(x.astype(np.float32))
