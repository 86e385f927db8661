"""k-occurrences and what is said of them, against plain loops and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import skew

from embwidget.knn import knn_graph
from embwidget.measures.neighbors.hubs import hub_figures, k_occurrence


def plain_k_occurrence(indices: np.ndarray, k: int) -> list[int]:
    counts = [0] * len(indices)
    for row in indices:
        for other in row[:k]:
            if other >= 0:
                counts[other] += 1
    return counts


@st.composite
def lists(draw: st.DrawFn) -> np.ndarray:
    n = draw(st.integers(2, 30))
    k = draw(st.integers(1, n - 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = [rng.permutation(np.delete(np.arange(n), i))[:k] for i in range(n)]
    indices = np.array(rows, np.int32)
    indices[rng.random(indices.shape) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = -1
    return indices


@settings(deadline=None)
@given(lists(), st.integers(1, 29))
def test_k_occurrence_counts_the_lists_that_an_item_is_in(indices: np.ndarray, k: int) -> None:
    k = min(k, indices.shape[1])
    counts = k_occurrence(indices, k)
    assert counts.dtype == np.int64
    assert counts.tolist() == plain_k_occurrence(indices, k)
    assert counts.sum() == (indices[:, :k] >= 0).sum()


@settings(deadline=None)
@given(lists())
def test_figures_are_those_of_the_k_occurrences(indices: np.ndarray) -> None:
    counts = np.array(plain_k_occurrence(indices, indices.shape[1]))
    figures = hub_figures(indices)
    expected = 0.0 if np.ptp(counts) == 0 else skew(counts.astype(float))
    assert figures["skew"] == pytest.approx(expected, abs=1e-9)
    assert figures["orphans"] == (counts == 0).mean()
    assert figures["largest"] == counts.max()
    assert type(figures["largest"]) is int


def test_many_dimensions_make_hubs() -> None:
    rng = np.random.default_rng(0)
    flat, high = (
        hub_figures(knn_graph(rng.normal(size=(1000, dims)), 10, metric="euclidean").indices)
        for dims in (2, 100)
    )
    # Radovanović et al. (2010) find a skewness near 0 in few dimensions and above 1 in many.
    assert abs(flat["skew"]) < 0.5
    assert high["skew"] > 1.5
    assert high["orphans"] > flat["orphans"]
    assert high["largest"] > 2 * flat["largest"]


def test_a_star_has_one_hub_and_orphans() -> None:
    indices = np.array([[1], [0], [0], [0], [0]], np.int32)
    assert k_occurrence(indices).tolist() == [4, 1, 0, 0, 0]
    figures = hub_figures(indices)
    assert (figures["orphans"], figures["largest"]) == (0.6, 4)


@pytest.mark.parametrize("k", [0, 3, -1])
def test_a_k_that_the_graph_has_not_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k={k}: this graph has 1 to 2 neighbours"):
        k_occurrence(np.array([[1, 2], [0, 2], [0, 1]], np.int32), k)
