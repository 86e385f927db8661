"""Pairs of maps: what moved in the space has to move on the map, and can, whole clusters too.

A layout that draws single maps well may still hold clusters where they stood on A: no measure of
one map shows it. Where each end of an edge moved by itself, merged classes stayed up to 1.3 radii
apart on B, which kept more neighbours (.335) and was more trustworthy (.945) than the right one.
"""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from embwidget.knn.search import knn_graph
from embwidget.measures.maps.faithfulness import map_faithfulness
from embwidget.projection import project_pair

DATA = Path(__file__).parents[1] / "notebooks" / "data"
N_ITEMS, N_CLASSES, N_MERGED = 4000, 20, 5


def radius(points):
    return np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean())


def moves(a, b):
    return np.linalg.norm(a - b, axis=1) / radius(a)


@pytest.fixture(scope="module")
def merged():
    """Two spaces and classes; on B 1, 3, 5 ... lie where 0, 2, 4 ... do, in other directions."""
    rng = np.random.default_rng(0)
    centers = 1.2 * rng.normal(size=(N_CLASSES, 24))
    shapes = rng.normal(size=(N_CLASSES, 24, 8)) / np.sqrt(8)
    y = rng.integers(0, N_CLASSES, N_ITEMS)
    a = centers[y] + 0.7 * np.einsum("nlk,nk->nl", shapes[y], rng.normal(size=(N_ITEMS, 8)))
    a += 0.15 * rng.normal(size=a.shape)
    b = a + 0.25 * rng.normal(size=a.shape)
    odd = (y < 2 * N_MERGED) & (y % 2 == 1)
    b[odd] += centers[y[odd] - 1] - centers[y[odd]]
    return a.astype(np.float32), b.astype(np.float32), y


def partner_gaps(positions, y):
    """Distance of each pair of merged classes on a map (n_samples, 2), in radii of the map."""
    middle = [np.median(positions[y == c], axis=0) for c in range(2 * N_MERGED)]
    pairs = zip(middle[::2], middle[1::2], strict=True)
    return np.array([np.linalg.norm(p - q) for p, q in pairs]) / radius(positions)


def test_classes_that_merge_travel_to_each_other(merged):
    a, b, y = merged
    on_a, on_b = project_pair(a, b, "umap")
    assert partner_gaps(on_a, y).mean() > 0.8
    assert partner_gaps(on_b, y).max() < 0.3
    # And of the others, none had a reason to go.
    assert roc_auc_score(y < 2 * N_MERGED, moves(on_a, on_b)) > 0.83


@pytest.fixture(scope="module")
def words():
    """WordNet's definitions by GloVe and by MiniLM, with a graph of each."""
    spaces = []
    for name in ("glove", "minilm"):
        with np.load(DATA / f"wordnet_{name}.npz") as file:
            x = file["vectors"].astype(np.float32)
        spaces.append((x, knn_graph(x, 15)))
    return spaces


def test_words_whose_neighbors_changed_move_more_and_b_is_as_trustworthy(words):
    (a, graph_a), (b, graph_b) = words
    on_a, on_b = project_pair(a, b, "umap", graph_a=graph_a, graph_b=graph_b)
    shared = np.array(
        [len(np.intersect1d(p, q)) for p, q in zip(graph_a.indices, graph_b.indices, strict=True)]
    )
    moved = moves(on_a, on_b)
    many, few = np.quantile(shared, [0.75, 0.25])
    assert np.median(moved[shared <= few]) > 1.3 * np.median(moved[shared >= many])
    faith = map_faithfulness(graph_b.indices, on_b, vectors=b)
    assert faith.kept > 0.31
    assert faith.trustworthiness > 0.93
