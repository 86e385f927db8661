"""An estimate as a number with an interval."""

import copy
import json
import pickle
from collections.abc import Callable
from math import comb

import numpy as np
import pytest

from embwidget._core.estimate import Estimate
from embwidget.measures.neighbors.shared import jaccard


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


def test_given_bounds_stand_in_place_of_the_normal_ones() -> None:
    estimate = Estimate(0.25, standard_error=0.01, low=0.2, high=0.28)
    assert (estimate.low, estimate.high, estimate.standard_error) == (0.2, 0.28, 0.01)
    again = pickle.loads(pickle.dumps(estimate))
    assert (again.low, again.high) == (0.2, 0.28)
    assert Estimate(0.25, standard_error=0.01, low=0.2).high == pytest.approx(0.2696, abs=1e-4)


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


def test_items_that_all_agree_leave_no_doubt() -> None:
    estimate = Estimate.of_mean(np.ones(1000, np.float32), chance=0.01)
    assert (estimate.value, estimate.low, estimate.high) == (1.0, 1.0, 1.0)


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
