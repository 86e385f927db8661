"""Chance levels against exact sums and permutations."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import hypergeom

from embwidget.measures.neighbors.expected import expected_jaccard, expected_overlap
from embwidget.measures.neighbors.shared import jaccard, overlap, shared_counts


def exact_jaccard(n: int, k: int) -> Fraction:
    """The same sum in rational numbers."""
    others = n - 1
    return sum(
        Fraction(comb(k, m) * comb(others - k, k - m) * m, comb(others, k) * (2 * k - m))
        for m in range(max(0, 2 * k - others), k + 1)
    )


@pytest.mark.parametrize(
    ("n", "k"),
    [
        *[(2, 1), (3, 1), (3, 2), (5, 3), (50, 10), (100, 49), (100, 50), (100, 98), (100, 99)],
        *[(300, 299), (5000, 15), (10**6, 1), (10**6, 15), (10**6, 255), (10**9, 50)],
    ],
)
def test_expected_jaccard_is_the_exact_sum(n: int, k: int) -> None:
    assert expected_jaccard(n, k) == pytest.approx(float(exact_jaccard(n, k)), rel=1e-13)


@pytest.mark.parametrize(
    ("n", "k"), [(60, 10), (1000, 15), (1000, 999), (1000, 700), (10**6, 50), (10**6, 2000)]
)
def test_expected_jaccard_is_that_of_scipys_hypergeometric(n: int, k: int) -> None:
    shared = np.arange(k + 1)
    expected = (hypergeom(n - 1, k, k).pmf(shared) * shared / (2 * k - shared)).sum()
    # scipy's probabilities come from log-betas: 1e-10 is what they have at a million.
    assert expected_jaccard(n, k) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("n", "k"), [(10**6, 5000), (10**6, 500_000), (10**6, 999_999)])
def test_expected_jaccard_stays_a_number_for_long_lists(n: int, k: int) -> None:
    # The mean of a concave function of narrow counts lies just below its value at their mean.
    share = k / (n - 1)
    assert expected_jaccard(n, k) == pytest.approx(share / (2 - share), rel=1e-4)


def test_all_others_as_neighbors_are_always_the_same() -> None:
    for n in (2, 3, 10, 1000):
        assert expected_jaccard(n, n - 1) == pytest.approx(1, abs=1e-15)
        assert expected_overlap(n, n - 1) == 1


def test_chance_is_what_permuted_graphs_show() -> None:
    rng = np.random.default_rng(0)
    n, k = 80, 10
    # A few hubs stand in most lists: that must not matter.
    weight = 1 / np.arange(1, n + 1)

    def lists() -> np.ndarray:
        rows = []
        for i in range(n):
            p = np.where(np.arange(n) == i, 0, weight)
            rows.append(rng.choice(n, k, replace=False, p=p / p.sum()))
        return np.array(rows, np.int32)

    a, b = lists(), lists()
    seen = []
    for _ in range(300):
        order = rng.permutation(n)
        renamed = np.argsort(order).astype(np.int32)
        shared = shared_counts(a, renamed[b[order]])[:, -1]
        seen.append((jaccard(shared, k).mean(), overlap(shared, k).mean()))
    means = np.mean(seen, axis=0)
    errors = np.std(seen, axis=0) / np.sqrt(len(seen))
    expected = np.array([expected_jaccard(n, k), expected_overlap(n, k)])
    np.testing.assert_array_less(np.abs(means - expected), 4 * errors)
