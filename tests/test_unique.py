"""One of each item that is a copy in both spaces, and the others, which follow it."""

import numpy as np
import pytest

import embwidget as ew

N, N_UNIQUE = 120, 80


@pytest.fixture(scope="module")
def spaces():
    """The last 40 are copies of earlier ones in both; two more are so in A alone."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((N_UNIQUE, 12))
    b = a + 0.5 * rng.standard_normal(a.shape)
    a[7] = a[3]
    of = np.concatenate([np.arange(N_UNIQUE), rng.integers(0, 20, N - N_UNIQUE)])
    shuffled = rng.permutation(N)
    of = of[shuffled]
    _, first, group = np.unique(of, return_index=True, return_inverse=True)
    return a[of], b[of], np.sort(first), first[group]


def test_copies_follow_the_first_of_them(spaces):
    a, b, firsts, first_of = spaces
    meta = {"n": np.arange(N)}
    found = ew.compare(a, b, unique=True, k_max=20, metadata=meta)
    alone = ew.compare(a[firsts], b[firsts], k_max=20)
    for graph, own in ((found.graph_a, alone.graph_a), (found.graph_b, alone.graph_b)):
        np.testing.assert_array_equal(graph.indices[firsts], firsts[own.indices])
        np.testing.assert_array_equal(graph.indices, graph.indices[first_of])
        np.testing.assert_array_equal(graph.distances, graph.distances[first_of])
    assert found.similarity == alone.similarity
    assert found.similarity.high == alone.similarity.high
    assert found.similarity.chance == alone.similarity.chance
    assert found.chance().z.tolist() == alone.chance().z.tolist()
    assert found.verdict() == alone.verdict()
    assert len(found.jaccard()) == len(found.to_frame()) == N
    assert found.frame["n"].tolist() == list(range(N))
    np.testing.assert_array_equal(found.jaccard()[firsts], alone.jaccard())
    np.testing.assert_array_equal(found.k_occurrence("a")[firsts], alone.k_occurrence("a"))
    assert found.hubs().equals(alone.hubs())
    names = ["jaccard", "rbo", "linear_cka"]
    values = [each.measures(names)["value"].tolist() for each in (found, alone)]
    assert values[0] == values[1]
    groups = found.clusters()[0]
    np.testing.assert_array_equal(groups, groups[first_of])


def test_copies_lie_where_the_first_lies(spaces):
    a, b, _, first_of = spaces
    w = ew.EmbeddingCompare(a, b, unique=True, reducer="pca", k_max=20).wait()
    for positions in (w.positions_a, w.positions_b):
        assert len(positions) == N
        np.testing.assert_array_equal(positions, positions[first_of])
    trust, _ = w.comparison.faithfulness(w.positions_a, w.positions_b)
    np.testing.assert_array_equal(trust.trust, trust.trust[first_of])


def test_maps_are_those_of_one_of_each(spaces):
    a, b, firsts, first_of = spaces
    w = ew.EmbeddingCompare(a, b, unique=True, reducer="tsne", k_max=20).wait()
    alone = ew.EmbeddingCompare(a[firsts], b[firsts], reducer="tsne", k_max=20).wait()
    np.testing.assert_array_equal(w.positions_a[firsts], alone.positions_a)
    np.testing.assert_array_equal(w.positions_b, w.positions_b[first_of])


def test_without_copies_nothing_changes():
    x = np.random.default_rng(1).standard_normal((60, 5))
    y = x[:, ::-1] + 0.1 * x**2
    plain, found = (ew.compare(x, y, unique=unique) for unique in (False, True))
    np.testing.assert_array_equal(plain.graph_b.indices, found.graph_b.indices)
    assert plain.figures().equals(found.figures())


def test_ties_that_are_left_are_those_of_one_space(spaces):
    a, b, _, _ = spaces
    assert ew.compare(a, b).ties()["copies"].tolist() == [N - N_UNIQUE + 1, N - N_UNIQUE]
    assert ew.compare(a, b, unique=True).ties()["copies"].tolist() == [1, 0]


def test_what_leaves_too_few_is_refused():
    x = np.repeat(np.random.default_rng(1).standard_normal((5, 4)), 10, axis=0)
    with pytest.raises(ValueError, match="n_neighbors=10: with 5 items"):
        ew.compare(x, x, unique=True)
    with pytest.raises(ValueError, match="1 item has no neighbours"):
        ew.compare(np.ones((9, 2)), np.ones((9, 3)), unique=True)
    with pytest.raises(TypeError, match="unique='yes': give True"):
        ew.compare(x, x, unique="yes")
