"""Intervals and chance levels, against simulation and scipy."""

import copy
import pickle
import time

import numpy as np
import pytest
from scipy.stats import hypergeom

from embwidget.estimate import Estimate
from embwidget.measures.overlap import jaccard, shared_counts
from embwidget.measures.uncertainty import expected_jaccard, expected_overlap


def by_scipy(n: int, k: int) -> float:
    shared = np.arange(k + 1)
    return float((hypergeom(n - 1, k, k).pmf(shared) * shared / (2 * k - shared)).sum())


@pytest.mark.parametrize("n", [2, 3, 11, 60, 540, 10_000, 1_000_000])
def test_expected_jaccard_is_the_hypergeometric_mean(n: int) -> None:
    for k in {1, 2, 10, 50, n // 2, n - 2, n - 1}:
        if 1 <= k <= min(n - 1, 300):
            assert expected_jaccard(n, k) == pytest.approx(by_scipy(n, k), rel=1e-9)


def test_expected_jaccard_has_its_digits_where_k_is_large() -> None:
    for n, k in ((5_000, 2_000), (100_000, 1_000)):
        assert expected_jaccard(n, k) == pytest.approx(by_scipy(n, k), rel=1e-9)


def test_neighbours_of_everybody_are_shared() -> None:
    assert expected_jaccard(8, 7) == pytest.approx(1)
    assert expected_overlap(8, 7) == 1


def test_chance_is_what_permuted_rows_give_hubs_included() -> None:
    rng = np.random.default_rng(0)
    n, k = 60, 6
    # Item 0 is in nearly every list of both graphs, as hubs are.
    appeal = np.r_[6.0, rng.normal(size=n - 1)]
    graphs = []
    for _ in range(2):
        score = appeal + rng.normal(size=(n, n))
        np.fill_diagonal(score, -np.inf)
        graphs.append(np.argsort(-score, axis=1)[:, :k].astype(np.int32))
    means = []
    for _ in range(400):
        order = rng.permutation(n)
        place = np.argsort(order).astype(np.int32)
        moved = place[graphs[1][order]]
        means.append(jaccard(shared_counts(graphs[0], moved)[:, -1], k).mean())
    error = np.std(means) / np.sqrt(len(means))
    assert abs(np.mean(means) - expected_jaccard(n, k)) < 4 * error


def test_a_curve_of_a_million_items_takes_no_time() -> None:
    start = time.process_time()
    curve = [expected_jaccard(1_000_000, k) for k in range(1, 51)]
    assert time.process_time() - start < 0.5
    assert curve == sorted(curve)
    assert curve[9] == pytest.approx(10 / 999_999 / 2, rel=0.1)


def test_an_estimate_is_the_mean_with_its_normal_interval() -> None:
    values = np.random.default_rng(1).random(400).astype(np.float32)
    found = Estimate.of_mean(values, chance=0.25)
    exact = values.astype(np.float64)
    error = exact.std(ddof=1) / 20
    assert isinstance(found, float)
    assert float(found) == found.value == pytest.approx(exact.mean(), rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-12)
    assert found.low == pytest.approx(exact.mean() - 1.96 * error, rel=1e-4)
    assert found.high == pytest.approx(exact.mean() + 1.96 * error, rel=1e-4)
    assert found.adjusted == pytest.approx((exact.mean() - 0.25) / 0.75, rel=1e-12)


def test_the_interval_covers_what_it_says() -> None:
    rng = np.random.default_rng(2)
    drawn = [Estimate.of_mean(rng.beta(2, 5, 200)) for _ in range(600)]
    covered = np.mean([found.low <= 2 / 7 <= found.high for found in drawn])
    assert 0.92 < covered < 0.98


def test_one_item_has_a_mean_and_no_error() -> None:
    found = Estimate.of_mean(np.array([0.5], np.float32))
    assert found.value == 0.5
    assert np.isnan([found.standard_error, found.low, found.high]).all()


def test_where_chance_is_certain_nothing_is_above_it() -> None:
    assert np.isnan(Estimate(1.0, chance=1.0).adjusted)
    assert Estimate(0.3, chance=0.3).adjusted == 0


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_keep_the_interval(again) -> None:
    found = Estimate(0.5, standard_error=0.1, chance=0.2)
    assert vars(again(found)) == vars(found)
    assert again(found) == 0.5


def test_it_counts_as_a_number_and_reads_as_an_estimate() -> None:
    found = Estimate(0.5, standard_error=0.01, chance=0.02)
    assert found * 2 == 1.0
    assert f"{found:.2f}" == "0.50"
    assert repr(found) == "0.5 (95 % 0.4804 to 0.5196, chance 0.02)"
