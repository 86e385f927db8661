"""Distances in two bytes are what they were, as far as is promised."""

import numpy as np
import pytest

from embwidget.export.distances import INFINITE_CODE, coded


def decoded(codes: np.ndarray, scale: dict) -> np.ndarray:
    """As `coded` describes its scale, in its own words."""
    if scale["kind"] == "steps":
        values = scale["low"] + codes.astype(np.float64)
    else:
        far = codes.astype(np.float64) - scale["zero"]
        size = scale["least"] * np.exp((np.abs(far) - 1) * scale["step"])
        values = np.where(far == 0, 0.0, np.sign(far) * size)
    return np.where(codes == INFINITE_CODE, np.inf, values)


def sorted_rows(values: np.ndarray) -> np.ndarray:
    return np.sort(values.reshape(20, -1).astype(np.float32), axis=1)


rng = np.random.default_rng(0)
RANGES = {
    "cosine": rng.random(400),
    "large": 1e30 * (1 + rng.random(400)),
    "over a million times": 10 ** rng.uniform(-3, 3, 400),
    "below 0": -rng.random(400) - 5,
    "of both signs": rng.normal(size=400) * 30,
    "with zeros": np.where(rng.random(400) < 0.5, 0, rng.random(400)),
    "all the same": np.full(400, 0.3),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_distance_is_right_to_one_part_in_ten_thousand(name: str) -> None:
    distances = sorted_rows(RANGES[name])
    codes, scale = coded(distances)
    smallest = 1e-6 * np.abs(distances).max()
    relative = 2.2e-4 if distances.min() < 0 < distances.max() else 1.1e-4
    np.testing.assert_allclose(decoded(codes, scale), distances, rtol=relative, atol=smallest)
    assert (np.diff(codes.astype(int), axis=1) >= 0).all()
    assert ((decoded(codes, scale) == 0) == (distances == 0)).all()


@pytest.mark.parametrize("low", [-70_000, -3, 0, 1_000_000])
def test_whole_numbers_are_exact(low: int) -> None:
    distances = sorted_rows(low + rng.integers(0, 65_535, 400))
    codes, scale = coded(distances)
    np.testing.assert_array_equal(decoded(codes, scale), distances)


def test_no_neighbour_is_infinitely_far() -> None:
    distances = sorted_rows(rng.random(400))
    distances[3, 5:] = np.inf
    distances[4] = np.nan
    codes, scale = coded(distances)
    found = decoded(codes, scale)
    assert np.isinf(found[3, 5:]).all()
    assert np.isinf(found[4]).all()
    np.testing.assert_allclose(found[:3], distances[:3], rtol=1e-4)
    assert np.isinf(decoded(*coded(np.full((2, 3), np.inf, np.float32)))).all()


def test_far_too_small_ones_are_nothing_or_the_smallest() -> None:
    distances = sorted_rows(np.r_[np.full(200, 1e-12), np.full(200, 1.0)])
    found = decoded(*coded(distances))
    assert set(np.unique(found.round(6))) <= {0.0, 1e-6, 1.0}
