"""What every metric keeps to, and one that is made up in this file as a newcomer would."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import spearmanr

import embwidget as ew
from embwidget.knn import knn_graph, query
from embwidget.measures.labels.label_metrics import label_metrics
from embwidget.measures.maps.faithfulness import map_faithfulness
from embwidget.measures.registry import Sides, measure_table
from embwidget.metrics import METRICS, Metric, metric_of, name_of
from embwidget.metrics.products import ProductRows
from embwidget.projection import project


class Chebyshev(Metric):
    """The largest difference of a coordinate."""

    name = "chebyshev"
    aliases = ("max",)

    def distances(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.abs(x.astype(np.float64) - y).max(axis=-1)


OWN = Chebyshev()


def of_scipy(metric: str) -> Any:
    """The same distances by scipy, in float64."""
    return {
        "cosine": lambda x, y: cdist(x, y, "cosine"),
        "euclidean": cdist,
        "inner_product": lambda x, y: -(x @ y.T),
        "hamming": lambda x, y: cdist(bits(x), bits(y), "hamming") * 8 * x.shape[1],
        "chebyshev": lambda x, y: cdist(x, y, "chebyshev"),
    }[metric]


def bits(packed: np.ndarray) -> np.ndarray:
    return np.unpackbits(packed.astype(np.uint8), axis=1)


def vectors_for(metric: Metric, seed: int, n: int = 120, d: int = 6) -> np.ndarray:
    """Clusters; whole numbers of a byte where entries hold several numbers."""
    rng = np.random.default_rng(seed)
    found = 2 * rng.normal(size=(8, 4 * d))[rng.integers(0, 8, n)] + rng.normal(size=(n, 4 * d))
    if metric.numbers_per_entry == 1:
        return found.astype(np.float32)[:, :d]
    return np.packbits(found > 0, axis=1).astype(np.float32)


metrics = pytest.mark.parametrize(
    "metric", [*METRICS.values(), OWN], ids=lambda metric: metric.name
)


@metrics
def test_distances_are_those_of_a_plain_reference(metric: Metric) -> None:
    x, y = vectors_for(metric, 0), vectors_for(metric, 1, 50)
    expected = of_scipy(metric.name)(x.astype(np.float64), y.astype(np.float64))
    np.testing.assert_allclose(metric.table(x, y), expected, rtol=1e-11, atol=1e-11)
    rows = metric.rows(x)
    assert (rows.n_samples, rows.n_dims) == x.shape
    assert isinstance(rows, ProductRows) == metric.has_products
    asking = metric.rows(y, among=rows)
    keys = asking.key(np.arange(50), np.tile(np.arange(120), (50, 1)))
    distances = asking.distance(keys)
    assert keys.dtype == np.float64
    assert distances.dtype == np.float32
    np.testing.assert_allclose(distances, expected.T, rtol=1e-6, atol=1e-9)


@metrics
def test_a_row_and_its_copy_have_the_same_key_wherever_they_stand(metric: Metric) -> None:
    x = vectors_for(metric, 2)
    rows = metric.rows(np.concatenate([x, x]))
    here, there = np.arange(120), np.arange(120, 240)
    everyone = np.tile(np.arange(240), (120, 1))
    key = rows.key(here, everyone)
    np.testing.assert_array_equal(key, rows.key(there, everyone))
    np.testing.assert_array_equal(key[:, :120], key[:, 120:])
    np.testing.assert_array_equal(key[3], rows.key_of(3, np.arange(240)))


@metrics
def test_no_item_less_similar_is_as_near(metric: Metric) -> None:
    x = np.concatenate([vectors_for(metric, 3, 300, 40), vectors_for(metric, 3, 60, 40)])
    rows, everyone = metric.rows(x), np.arange(len(x))
    similarity, key = rows.similarity_of(everyone), rows.key(everyone, np.tile(everyone, (360, 1)))
    for column in range(0, 360, 7):
        least = rows.least_similarity(everyone, key[:, column])
        assert (
            similarity[key <= key[:, column, None]]
            >= np.repeat(least, (key <= key[:, column, None]).sum(axis=1))
        ).all()
    if rows.exact_similarity:
        # Then it ties where the keys do, and nowhere else.
        order = np.argsort(key, axis=1, kind="stable")
        np.testing.assert_array_equal(order, np.argsort(-similarity, axis=1, kind="stable"))


@metrics
def test_coordinates_have_the_order_that_they_are_said_to_have(metric: Metric) -> None:
    x = vectors_for(metric, 4)
    numbers = metric.unpacked(x)
    assert numbers.shape == (120, x.shape[1] * metric.numbers_per_entry)
    coordinates = metric.coordinates(x)
    assert coordinates.dtype == np.float64
    true = metric.table(x, x)
    if metric.is_product:
        np.testing.assert_allclose(spearmanr(-coordinates @ coordinates.T, true, axis=None)[0], 1)
    if metric.is_euclidean:
        apart = cdist(coordinates, coordinates)
        off = np.triu_indices(120, 1)
        assert spearmanr(apart[off], true[off])[0] > 1 - 1e-9
        assert metric.center(x).shape in {(1,), (coordinates.shape[1],)}
    assert not (metric.is_product and metric.is_euclidean)


@metrics
def test_lengths_for_maps_are_no_shorter_for_farther_neighbours(metric: Metric) -> None:
    graph = knn_graph(vectors_for(metric, 5), 9, metric=metric)
    for found in (metric.lengths(graph.distances), metric.nonnegative(graph.distances)):
        assert found.dtype == np.float32
        assert found.shape == (120, 9)
        assert (found >= 0).all()
        assert (np.diff(found, axis=1) >= 0).all()


@metrics
def test_every_name_leads_to_it(metric: Metric) -> None:
    assert metric_of(metric) is metric
    assert metric_of(name_of(metric)) is metric
    assert name_of(metric) == metric.name
    if metric is not OWN:
        assert all(metric_of(name) is metric for name in (metric.name, *metric.aliases))


@metrics
def test_everything_that_takes_a_metric_takes_it(metric: Metric) -> None:
    a, b = vectors_for(metric, 6), vectors_for(metric, 7)
    labels = np.arange(120) % 8
    names = [metric.name] * 2
    spaces = [ew.Space(x, metric=metric) for x in (a, b)]
    assert [space.metric for space in spaces] == names
    for pair in ((*spaces, None), (a, b, metric), (a, b, (metric, metric))):
        found = ew.compare(pair[0], pair[1], metric=pair[2], n_neighbors=5, k_max=7)
        assert [found.graph_a.metric, found.graph_b.metric] == names
        expected = reference_neighbors(metric, a, 7)
        np.testing.assert_array_equal(found.graph_a.indices, expected)
    table = found.measures(n_permutations=2)
    assert np.isfinite(table["value"]).sum() >= len(table) - 2
    assert found.quality(labels, n_seeds=1).shape[0] > 10
    assert -1 <= found.faithfulness(a[:, :2], b[:, :2])[0].rank_correlation <= 1
    shared = found.shared(5)
    assert shared.max() <= 5
    for reducer in ("pca", "tsne"):
        drawn = project(a, reducer, metric=metric)
        assert np.isfinite(drawn).all()


@metrics
def test_label_metrics_rank_by_it(metric: Metric) -> None:
    x = vectors_for(metric, 8)
    labels = np.random.default_rng(0).integers(0, 6, 120)
    true = reference_distances(metric, x)
    # Each of those that are equally near may be the nearest.
    nearest = true == true.min(axis=1, keepdims=True)
    matches = nearest & (labels[:, None] == labels)
    table = label_metrics(x, labels, metric=metric, n_seeds=1).set_index("metric")
    hit = float((matches.sum(axis=1) / nearest.sum(axis=1)).mean())
    assert table.loc["precision_at_1", "value"] == pytest.approx(hit)
    reference = label_metrics(
        x[:40], labels[:40], metric=metric, reference=x, reference_labels=labels, n_seeds=0
    ).set_index("metric")
    # Each finds itself, or a copy of it, or what is longer.
    if not metric.is_product:
        assert reference.loc["precision_at_1", "value"] > 0.95


@metrics
def test_faithfulness_ranks_by_it(metric: Metric) -> None:
    x = vectors_for(metric, 9, 80)
    indices = knn_graph(x, 20, metric=metric).indices
    positions = np.random.default_rng(1).normal(size=(80, 2)).astype(np.float32)
    found = map_faithfulness(indices, positions, vectors=x, metric=metric, n_neighbors=6)
    true = metric.table(x, x).round(9)
    np.fill_diagonal(true, np.inf)
    on_map = cdist(positions, positions)
    np.fill_diagonal(on_map, np.inf)
    chosen = np.argsort(on_map, axis=1)[:, :6]
    ranks = 1 + (true[:, None, :] < np.take_along_axis(true, chosen, 1)[:, :, None]).sum(axis=2)
    beyond = np.maximum(ranks - 6, 0).sum()
    expected = 1 - 2 / (80 * 6 * (2 * 80 - 3 * 6 - 1)) * beyond
    assert found.trustworthiness.value == pytest.approx(expected)


@metrics
def test_rsa_is_of_its_distances(metric: Metric) -> None:
    a, b = vectors_for(metric, 10, 60), vectors_for(metric, 11, 60)
    indices = [knn_graph(x, 5, metric=metric).indices for x in (a, b)]
    sides = Sides(a, b, *indices, metric.name, metric.name)
    if metric is OWN:
        sides = Sides(a, b, *indices, name_of(metric), name_of(metric))
    off = np.triu_indices(60, 1)
    expected = spearmanr(metric.table(a, a)[off], metric.table(b, b)[off])[0]
    value = measure_table(sides, "rsa", k=5, n_permutations=0).loc[0, "value"]
    assert value == pytest.approx(expected, abs=1e-6)


@metrics
def test_new_vectors_find_what_they_would_among_all(metric: Metric) -> None:
    x, new = vectors_for(metric, 12), vectors_for(metric, 13, 30)
    new[:10] = x[:10]
    indices, distances = query(x, new, 11, metric=metric)
    true = metric.table(new, x)
    expected = np.argsort(true.round(9), axis=1, kind="stable")[:, :11]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_allclose(
        distances, np.take_along_axis(true, expected, 1), rtol=1e-6, atol=1e-9
    )
    alone = query(x, new[7:8], 11, metric=metric)
    np.testing.assert_array_equal(alone[0][0], indices[7])
    np.testing.assert_array_equal(alone[1][0], distances[7])


def reference_distances(metric: Metric, x: np.ndarray) -> np.ndarray:
    true = of_scipy(metric.name)(x.astype(np.float64), x.astype(np.float64)).round(9)
    np.fill_diagonal(true, np.inf)
    return true


def reference_neighbors(metric: Metric, x: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(reference_distances(metric, x), axis=1, kind="stable")[:, :k]


def test_a_metric_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"a: 2 rows are all zero .* use metric=\"euclidean\""):
        metric_of("cosine").check(np.zeros((2, 2), np.float32), "a")
    metric_of("euclidean").check(np.zeros((2, 2), np.float32))
    for wrong in (None, ["cosine"], Chebyshev, "chebyshev", object()):
        with pytest.raises(ValueError, match=r"is not known.*cosine.*a subclass of embwidget"):
            metric_of(wrong)
    taken = type("Taken", (Chebyshev,), {"name": "cosine"})()
    nameless = type("Nameless", (Chebyshev,), {"name": None})()
    for wrong in (taken, nameless):
        with pytest.raises(ValueError, match="give it one that no other metric has"):
            ew.Space(np.eye(3), metric=wrong)


@pytest.mark.parametrize("engine", ["ivf", "nndescent"])
def test_engines_that_multiply_refuse_a_metric_without_products(engine: str) -> None:
    # Its order is the euclidean one, and yet its rows are compared one by one.
    scaled = type("Scaled", (Chebyshev,), {"name": "scaled", "is_euclidean": True})()
    with pytest.raises(ValueError, match=r'has no metric="scaled": use engine="exact"'):
        knn_graph(np.eye(5), 2, metric=scaled, engine=engine)


def test_the_name_of_an_own_metric_is_a_str_that_leads_to_it(tmp_path: Path) -> None:
    import copy
    import json
    import pickle

    name = name_of(OWN)
    assert (name, json.dumps(name), {name: 1}["chebyshev"]) == ("chebyshev", '"chebyshev"', 1)
    for again in (copy.deepcopy(name), pickle.loads(pickle.dumps(name))):
        assert isinstance(metric_of(again), Chebyshev)
    graph = knn_graph(np.eye(5), 2, metric=OWN)
    graph.save(tmp_path / "g.npz")
    with pytest.raises(ValueError, match="metric is 'chebyshev'"):
        type(graph).load(tmp_path / "g.npz")


def test_what_an_own_metric_finds_is_not_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path))
    x = np.random.default_rng(0).normal(size=(1200, 150)).astype(np.float32)
    knn_graph(x, 2, metric="euclidean")
    assert len(ew.cache.entries()) == 1
    knn_graph(x, 2, metric=OWN)
    few = x[:500]
    project(few, "tsne", graph=knn_graph(few, 91, metric=OWN))
    assert len(ew.cache.entries()) == 1


ROOM = Path(ew.__file__).parent


def test_no_other_file_knows_a_metric_by_name() -> None:
    """Whoever compares with a name, or looks something up by it, has to ask the metric instead."""
    found = []
    for path in ROOM.rglob("*.py"):
        if path.parent.name == "metrics":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            parts: list[ast.AST | None] = []
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
            elif isinstance(node, ast.Dict):
                parts = [*node.keys]
            elif isinstance(node, ast.Subscript):
                parts = [node.slice]
            elif isinstance(node, ast.MatchValue):
                parts = [node.value]
            for part in parts:
                for leaf in ast.walk(part) if part is not None else ():
                    if isinstance(leaf, ast.Constant) and leaf.value in METRICS:
                        found.append(f"{path.relative_to(ROOM)}:{leaf.lineno} {leaf.value}")
    assert not found, found
