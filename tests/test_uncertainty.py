"""Chance levels against exact sums and permutations; an estimate as a number."""

import copy
import json
import pickle
from collections.abc import Callable
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import hypergeom

from embwidget.estimate import Estimate
from embwidget.measures.overlap import jaccard, overlap, shared_counts
from embwidget.measures.uncertainty import expected_jaccard, expected_overlap


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


def test_an_estimate_is_a_float() -> None:
    estimate = Estimate(0.25, standard_error=0.01, chance=0.05)
    assert isinstance(estimate, float)
    assert estimate == 0.25
    assert estimate + 1 == 1.25
    assert hash(estimate) == hash(0.25)
    assert f"{estimate:.3f}" == "0.250"
    assert json.dumps(estimate) == "0.25"
    assert np.float64(estimate) == 0.25
    assert type(estimate.value) is float
    assert sorted([0.3, estimate, 0.2]) == [0.2, 0.25, 0.3]


def test_an_estimate_shows_its_interval_and_chance() -> None:
    estimate = Estimate(0.25, standard_error=0.01, chance=0.05)
    expected = "0.25 (95 % 0.2304 to 0.2696, chance 0.05)"
    assert (repr(estimate), str(estimate), f"{estimate}") == (expected, expected, expected)


def test_the_adjusted_value_is_zero_at_chance_and_one_at_identity() -> None:
    assert Estimate(0.2, chance=0.2).adjusted == 0
    assert Estimate(1, chance=0.2).adjusted == 1
    assert Estimate(0.6, chance=0.2).adjusted == pytest.approx(0.5)
    assert Estimate(0.1, chance=0.2).adjusted < 0
    assert np.isnan(Estimate(1, chance=1).adjusted)


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        *[lambda e, p=p: pickle.loads(pickle.dumps(e, p)) for p in range(2, 6)],
    ],
)
def test_copies_and_pickles_keep_everything(copied: Callable[[Estimate], Estimate]) -> None:
    estimate = Estimate(0.25, standard_error=0.01, chance=0.05)
    again = copied(estimate)
    assert type(again) is Estimate
    assert (again, again.low, again.high, again.chance, again.standard_error) == (
        estimate,
        estimate.low,
        estimate.high,
        0.05,
        0.01,
    )


def test_of_mean_has_the_error_of_the_mean() -> None:
    values = np.array([0, 1, 1, 0, 1, 1, 1, 0], np.float32)
    estimate = Estimate.of_mean(values, chance=0.1)
    assert estimate == 0.625
    assert estimate.standard_error == pytest.approx(np.std(values, ddof=1) / np.sqrt(8))
    assert estimate.high - estimate == pytest.approx(1.959964 * estimate.standard_error)
    assert estimate - estimate.low == pytest.approx(1.959964 * estimate.standard_error)
    assert estimate.chance == 0.1


def test_the_mean_of_many_float32_keeps_its_digits() -> None:
    values = np.full(3_000_000, 0.1, np.float32)
    estimate = Estimate.of_mean(values)
    assert estimate == pytest.approx(float(np.float32(0.1)), rel=1e-12)
    assert estimate.standard_error < 1e-12


def test_a_single_item_has_no_error() -> None:
    assert np.isnan(Estimate.of_mean(np.array([0.5])).standard_error)


def test_the_interval_holds_the_mean_95_times_in_100() -> None:
    counts = np.arange(11)
    chances = np.array([comb(10, int(m)) * 0.3**m * 0.7 ** (10 - m) for m in counts])
    mean = float((chances * counts / (20 - counts)).sum())
    shared = np.random.default_rng(1).binomial(10, 0.3, size=(2000, 200))
    estimates = [Estimate.of_mean(row) for row in jaccard(shared, 10)]
    inside = sum(estimate.low <= mean <= estimate.high for estimate in estimates)
    assert 0.93 < inside / 2000 < 0.97
