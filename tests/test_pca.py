import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from embwidget.projection.reducers.pca import pca


def spectrum(n_samples, n_dims, seed=0):
    """Vectors whose axes lose variance like those of a real model, turned at random."""
    rng = np.random.default_rng(seed)
    scales = np.arange(1, n_dims + 1) ** -0.5
    rotation = np.linalg.qr(rng.standard_normal((n_dims, n_dims)))[0]
    return (3 + (rng.standard_normal((n_samples, n_dims)) * scales) @ rotation).astype(np.float32)


def reference(x, n_components=2):
    with threadpool_limits(1):
        return PCA(n_components, svd_solver="full").fit_transform(x.astype(np.float64))


def assert_equal_up_to_sign(got, expected, tolerance):
    signs = np.sign((got * expected).sum(axis=0))
    assert np.abs(got * signs - expected).max() < tolerance * np.abs(expected).max()


@pytest.mark.parametrize(
    ("n_samples", "n_dims"),
    [(500, 40), (40, 500), (3, 7), (2, 5), (7, 7)],
    ids=["tall", "wide", "few", "two", "square"],
)
def test_equals_scikit_learn_up_to_sign(n_samples, n_dims):
    x = spectrum(n_samples, n_dims)
    got = pca(x)
    assert got.shape == (n_samples, 2)
    assert got.dtype == np.float32
    assert_equal_up_to_sign(got, reference(x), 1e-5)


def test_large_data_by_iteration_equals_scikit_learn():
    x = spectrum(1100, 1200)
    assert_equal_up_to_sign(pca(x), reference(x), 1e-3)


def test_keeps_more_components_in_falling_variance():
    x = spectrum(300, 60)
    got = pca(x, 50)
    assert_equal_up_to_sign(got, reference(x, 50), 1e-4)
    assert np.all(np.diff(got.var(axis=0)) < 0)


@pytest.mark.parametrize(("n_samples", "n_dims"), [(30, 8), (8, 30), (1030, 1030)])
def test_the_largest_loading_of_each_axis_is_positive(n_samples, n_dims):
    x = spectrum(n_samples, n_dims)
    loadings = (x - x.mean(axis=0)).T @ pca(x)
    largest = np.abs(loadings).argmax(axis=0)
    assert np.all(loadings[largest, [0, 1]] > 0)


def test_does_not_depend_on_how_the_rows_are_cut():
    x = spectrum(200, 30)
    many = pca(np.tile(x, (500, 1)))
    np.testing.assert_allclose(many, np.tile(pca(x), (500, 1)), atol=1e-4)


def test_a_memmap_gives_what_the_array_gives_and_is_not_written(tmp_path):
    x = spectrum(120, 20)
    path = tmp_path / "x.npy"
    np.save(path, x)
    mapped = np.load(path, mmap_mode="r")
    np.testing.assert_array_equal(pca(mapped), pca(x))
    np.testing.assert_array_equal(mapped, x)


def test_one_dimension_gets_a_second_coordinate_of_zeros():
    got = pca(np.array([[1], [2], [6]], np.float32))
    np.testing.assert_allclose(got, [[-2, 0], [-1, 0], [3, 0]], atol=1e-6)


def test_two_rows_lie_on_one_line():
    got = pca(np.array([[1, 1, 0], [1, 1, 4]], np.float32))
    np.testing.assert_allclose(got, [[-2, 0], [2, 0]], atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 3), (9, 4), (4, 9), (1030, 1030)])
def test_constant_data_gives_zeros(shape):
    np.testing.assert_allclose(pca(np.full(shape, 0.25, np.float32)), 0, atol=1e-6)


def test_points_on_a_line_in_many_dimensions_have_no_second_coordinate():
    line = np.linspace(-1, 1, 12, dtype=np.float32)[:, None] * np.ones((1, 40), np.float32)
    assert np.abs(pca(line)[:, 1]).max() < 1e-6


def test_unit_length_ignores_the_length_of_rows_and_keeps_zero_rows():
    x = load_digits().data[:100].astype(np.float32)
    lengths = np.random.default_rng(0).uniform(0.5, 20, (100, 1)).astype(np.float32)
    np.testing.assert_allclose(
        pca(x * lengths, unit_length=True), pca(x, unit_length=True), atol=1e-5
    )
    x[3] = 0
    assert np.all(np.isfinite(pca(x, unit_length=True)))
