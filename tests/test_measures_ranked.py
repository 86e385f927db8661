"""Measures of ranked lists against loops written from the papers."""

from collections.abc import Callable

import numpy as np
import pytest
from measure_tools import digits, random_lists, sides_of

from embwidget.measures.neighbors.expected import expected_jaccard, expected_overlap
from embwidget.measures.registry import Sides, item_values, measure_table

P = 0.9


def agreement(a: list[int], b: list[int], depth: int) -> float:
    return len(set(a[:depth]) & set(b[:depth])) / depth


def jaccard(a: list[int], b: list[int]) -> float:
    return len(set(a) & set(b)) / len(set(a) | set(b))


def overlap(a: list[int], b: list[int]) -> float:
    return agreement(a, b, len(a))


def rbo(a: list[int], b: list[int]) -> float:
    """Equation 32 for lists of the same length."""
    k = len(a)
    weighted = sum(agreement(a, b, depth) * P**depth for depth in range(1, k + 1))
    return agreement(a, b, k) * P**k + (1 - P) / P * weighted


def average_overlap(a: list[int], b: list[int]) -> float:
    return float(np.mean([agreement(a, b, depth) for depth in range(1, len(a) + 1)]))


def rank_similarity(a: list[int], b: list[int]) -> float:
    shared = set(a) & set(b)
    if not shared:
        return 0.0
    ranks = [(a.index(item) + 1, b.index(item) + 1) for item in shared]
    total = sum(2 / ((1 + abs(r - s)) * (r + s)) for r, s in ranks)
    return total / sum(1 / i for i in range(1, len(shared) + 1))


PLAIN: dict[str, Callable[[list[int], list[int]], float]] = {
    "jaccard": jaccard,
    "overlap": overlap,
    "mutual_knn": overlap,
    "rbo": rbo,
    "average_overlap": average_overlap,
    "rank_similarity": rank_similarity,
}


@pytest.fixture(scope="module")
def sides() -> Sides:
    data = digits(300)
    return sides_of(data.pixels, data.random_features)


@pytest.mark.parametrize("k", [1, 2, 10, 20])
@pytest.mark.parametrize("name", PLAIN)
def test_each_value_is_that_of_the_paper(sides: Sides, name: str, k: int) -> None:
    pairs = zip(sides.indices_a[:, :k].tolist(), sides.indices_b[:, :k].tolist(), strict=True)
    plain = np.array([PLAIN[name](a, b) for a, b in pairs])
    assert 0.1 < plain.mean() < 0.95
    np.testing.assert_allclose(item_values(sides, name, k=k), plain, rtol=1e-6)
    row = measure_table(sides, name, k=k, n_permutations=0).iloc[0]
    assert row["value"] == pytest.approx(plain.mean(), rel=1e-12)
    error = plain.std(ddof=1) / np.sqrt(len(plain))
    assert row["standard_error"] == pytest.approx(error, rel=1e-9)
    assert row["high"] - row["value"] == pytest.approx(1.959964 * error, rel=1e-6)
    assert row["value"] - row["low"] == pytest.approx(1.959964 * error, rel=1e-6)


@pytest.mark.parametrize("name", PLAIN)
def test_any_lists(name: str) -> None:
    rng = np.random.default_rng(0)
    a, b = (random_lists(rng, 60, 15, hubs=True) for _ in range(2))
    nothing = np.zeros((60, 1), np.float32)
    sides = Sides(nothing, nothing, a, b, "cosine", "cosine")
    plain = [PLAIN[name](*lists) for lists in zip(a.tolist(), b.tolist(), strict=True)]
    np.testing.assert_allclose(item_values(sides, name, k=15), plain, rtol=1e-6)


def test_the_exact_law_stands_where_it_is_known(sides: Sides) -> None:
    table = measure_table(sides, list(PLAIN), k=10, n_permutations=5).set_index("measure")
    n = sides.n_samples
    assert table.chance["jaccard"] == expected_jaccard(n, 10)
    assert table.chance["overlap"] == table.chance["mutual_knn"] == expected_overlap(n, 10)
    assert 0 < table.chance["rbo"] < table.value["rbo"]
    assert table.note["overlap"] == "equals mutual_knn"
    assert table.value["overlap"] == table.value["mutual_knn"]
    assert (table.z > 20).all()


def test_early_ranks_weigh_more_where_they_should() -> None:
    a, b = (np.full((11, 6), -1, np.int32) for _ in range(2))
    # Items that share their first or their last 3 neighbours of 6, and others without any.
    a[:2] = [[1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]]
    b[:2] = [[1, 2, 3, 7, 8, 9], [8, 9, 10, 5, 6, 7]]
    nothing = np.zeros((11, 1), np.float32)
    sides = Sides(nothing, nothing, a, b, "cosine", "cosine")
    for name in ("rbo", "average_overlap", "rank_similarity"):
        first, last, *others = item_values(sides, name, k=6)
        assert first > last > 0
        assert not any(others)
    for name in ("jaccard", "overlap"):
        first, last, *others = item_values(sides, name, k=6)
        assert first == last > 0
        assert not any(others)
