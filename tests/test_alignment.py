import numpy as np
import pytest
import scipy.linalg
import scipy.spatial

from embwidget.projection.alignment import procrustes


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def turn(angle, *, mirrored=False):
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return rotation * [1, -1] if mirrored else rotation


def radius(points):
    return np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("scale", ["fit", "spread"])
def test_recovers_a_known_turn_scale_and_shift(rng, mirrored, scale):
    reference = rng.standard_normal((50, 2))
    moving = 7.5 * reference @ turn(2.1, mirrored=mirrored) + [30, -4]
    moved = procrustes(reference, moving, scale=scale)
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved, reference, atol=1e-5)


def test_equals_scipy_procrustes(rng):
    reference, moving = rng.standard_normal((2, 40, 2))
    standard, expected, disparity = scipy.spatial.procrustes(reference, moving)
    moved = procrustes(standard, moving)
    np.testing.assert_allclose(moved, expected, atol=1e-6)
    assert ((moved - standard) ** 2).sum() == pytest.approx(disparity, rel=1e-5)


def test_spread_uses_the_orthogonal_matrix_of_scipy_and_the_radius_of_the_reference(rng):
    reference, moving = rng.standard_normal((2, 40, 2))
    moved = procrustes(reference, moving, scale="spread")
    centered = moving - moving.mean(axis=0)
    matrix, _ = scipy.linalg.orthogonal_procrustes(centered, reference - reference.mean(axis=0))
    expected = centered @ matrix * radius(reference) / radius(moving) + reference.mean(axis=0)
    np.testing.assert_allclose(moved, expected, atol=1e-5)
    assert radius(moved) == pytest.approx(radius(reference), rel=1e-5)


def test_no_other_turn_scale_or_shift_comes_nearer(rng):
    reference, moving = rng.standard_normal((2, 20, 2))
    moved = procrustes(reference, moving)
    best = ((moved - reference) ** 2).sum()
    center = moved.mean(axis=0)
    for angle, factor, shift in rng.normal([0, 1, 0], 0.05, (50, 3)):
        other = (moved - center) @ turn(angle) * factor + center + shift
        assert ((other - reference) ** 2).sum() >= best - 1e-6


def test_maps_without_extent_are_only_shifted(rng):
    points = rng.standard_normal((6, 2)).astype(np.float32)
    dot = np.full((6, 2), 3, np.float32)
    np.testing.assert_allclose(procrustes(points, dot) - points.mean(axis=0), 0, atol=1e-6)
    moved = procrustes(dot, points)
    np.testing.assert_allclose(moved - 3, points - points.mean(axis=0), atol=1e-6)


def test_collinear_maps_stay_finite():
    line = np.column_stack([np.arange(5.0), np.zeros(5)])
    np.testing.assert_allclose(procrustes(line, line[:, ::-1]), line, atol=1e-6)


def test_different_numbers_of_items_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\) and moving \(4, 2\): pass two maps"):
        procrustes(np.zeros((3, 2)), np.zeros((4, 2)))
