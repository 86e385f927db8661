"""The bootstrap of paired differences."""

import numpy as np
import pytest

from embwidget.measures.bootstrap import paired_bootstrap


def test_a_paired_difference_has_the_error_of_the_pairs() -> None:
    rng = np.random.default_rng(0)
    items = rng.random(500)
    noise = rng.normal(scale=0.01, size=500)
    estimate = paired_bootstrap(items + 0.02 + noise, items)
    assert estimate == pytest.approx(0.02 + noise.mean())
    assert estimate.standard_error == pytest.approx(noise.std(ddof=1) / np.sqrt(500))
    # Near to the normal interval, which holds for so many items.
    for bound, side in ((estimate.low, -1), (estimate.high, 1)):
        assert (bound - estimate) / estimate.standard_error == pytest.approx(side * 1.96, abs=0.2)


def test_few_distinct_values_are_drawn_like_many() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 11, (2, 3000)) / 10
    # The same values, told apart by what does not matter: another way to draw, the same interval.
    few = paired_bootstrap(first, second, n_bootstrap=4000)
    many = paired_bootstrap(first + 1e-9 * rng.random(3000), second, n_bootstrap=4000)
    error = few.standard_error
    assert many.low == pytest.approx(few.low, abs=0.15 * error)
    assert many.high == pytest.approx(few.high, abs=0.15 * error)
    assert few.low < few < few.high


def test_the_bootstrap_interval_holds_the_difference_95_times_in_100() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(400):
        first, second = rng.integers(0, 3, 150), rng.uniform(0, 2, size=150)
        estimate = paired_bootstrap(first, second, n_bootstrap=400)
        inside += estimate.low <= 0 <= estimate.high
    assert 0.91 < inside / 400 < 0.98


def test_a_bootstrap_repeats_itself_and_leaves_out_what_is_missing() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.random((2, 50)).astype(np.float32)
    one, two = paired_bootstrap(first, second), paired_bootstrap(first, second)
    assert (one, one.low, one.high) == (two, two.low, two.high)
    assert paired_bootstrap(first, second, random_state=1).low != one.low
    gaps = paired_bootstrap(np.append(first, np.nan), np.append(second, 0.5))
    assert (gaps, gaps.low) == (one, one.low)
    same = paired_bootstrap(first, first)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    nothing = paired_bootstrap(np.array([np.nan]), np.array([1.0]))
    assert np.isnan([nothing, nothing.low, nothing.high]).all()
    with pytest.raises(ValueError, match=r"shapes \(50,\) and \(49,\)"):
        paired_bootstrap(first, second[:-1])
