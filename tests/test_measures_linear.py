"""Measures of linear relations against formulas of n x n matrices, written from the papers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from measure_tools import digits, gram, hsic, related, sides_of
from scipy.linalg import orthogonal_procrustes

from embwidget.measures.linear.cca import cca, pwcca, svcca
from embwidget.measures.linear.cka import linear_cka, linear_cka_biased
from embwidget.measures.linear.gulp import gulp
from embwidget.measures.linear.moments import Moments, moments
from embwidget.measures.linear.procrustes import procrustes_angular
from embwidget.measures.measure import Refused
from embwidget.measures.registry import measure_table


def centred(x: np.ndarray) -> np.ndarray:
    exact = x.astype(np.float64)
    return exact - exact.mean(axis=0)


def plain_biased(x: np.ndarray, y: np.ndarray) -> float:
    n = len(x)
    middle = np.eye(n) - 1 / n
    in_x, in_y = (middle @ gram(z) @ middle for z in (x, y))
    return np.sum(in_x * in_y) / np.sqrt(np.sum(in_x**2) * np.sum(in_y**2))


def plain_unbiased(x: np.ndarray, y: np.ndarray) -> float:
    # Of the vectors as they are: the estimate does not depend on their origin.
    in_x, in_y = gram(x), gram(y)
    return hsic(in_x, in_y) / np.sqrt(hsic(in_x, in_x) * hsic(in_y, in_y))


def plain_procrustes(x: np.ndarray, y: np.ndarray) -> float:
    """Angle between X and the rotation of Y that is nearest to it, Y padded to as many columns."""
    x, y = centred(x), centred(y)
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(z, ((0, 0), (0, width - z.shape[1]))) for z in (x, y))
    rotation, _ = orthogonal_procrustes(y, x)
    turned = y @ rotation
    return np.arccos(np.sum(turned * x) / (np.linalg.norm(turned) * np.linalg.norm(x)))


def basis(x: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the linear functions of the items."""
    left, sizes, _ = np.linalg.svd(centred(x), full_matrices=False)
    return left[:, sizes > sizes[0] * 1e-6]


def plain_cca(x: np.ndarray, y: np.ndarray) -> float:
    return np.mean(np.linalg.svd(basis(x).T @ basis(y), compute_uv=False) ** 2)


def components(x: np.ndarray) -> np.ndarray:
    left, sizes, _ = np.linalg.svd(centred(x), full_matrices=False)
    explained = np.cumsum(sizes**2) / np.sum(sizes**2)
    return left[:, : np.flatnonzero(explained >= 0.99)[0] + 1]


def plain_svcca(x: np.ndarray, y: np.ndarray) -> float:
    return np.mean(np.linalg.svd(components(x).T @ components(y), compute_uv=False))


def plain_pwcca(x: np.ndarray, y: np.ndarray) -> float:
    left, correlations, _ = np.linalg.svd(basis(x).T @ basis(y), full_matrices=False)
    variates = basis(x) @ left
    weights = np.array(
        [sum(abs(variate @ column) for column in centred(x).T) for variate in variates.T]
    )
    return np.sum(weights * correlations) / np.sum(weights)


def plain_gulp(x: np.ndarray, y: np.ndarray, ridge: float = 0.01) -> float:
    x, y = (centred(z) / np.linalg.norm(centred(z)) for z in (x, y))
    ridge_x, ridge_y = (np.linalg.inv(z.T @ z + ridge * np.eye(z.shape[1])) for z in (x, y))
    own_x = np.trace(ridge_x @ x.T @ x @ ridge_x @ x.T @ x)
    own_y = np.trace(ridge_y @ y.T @ y @ ridge_y @ y.T @ y)
    shared = np.trace(ridge_x @ x.T @ y @ ridge_y @ y.T @ x)
    return np.sqrt(own_x + own_y - 2 * shared)


PLAIN: dict[str, tuple[Callable[[Moments], float], Callable[[np.ndarray, np.ndarray], float]]] = {
    "linear_cka": (linear_cka, plain_unbiased),
    "linear_cka_biased": (linear_cka_biased, plain_biased),
    "procrustes_angular": (procrustes_angular, plain_procrustes),
    "cca": (cca, plain_cca),
    "svcca": (svcca, plain_svcca),
    "pwcca": (pwcca, plain_pwcca),
    "gulp": (gulp, plain_gulp),
}
every_measure = pytest.mark.parametrize("name", PLAIN)


@every_measure
@pytest.mark.parametrize("dims", [(8, 6), (5, 9), (1, 3), (30, 30)])
def test_each_value_is_that_of_the_paper(name: str, dims: tuple[int, int]) -> None:
    x, y = related(seed=3, n=100, dims=dims)
    ours, plain = PLAIN[name]
    assert ours(moments(x, y)) == pytest.approx(plain(x, y), rel=1e-10)


@every_measure
def test_real_spaces_of_few_independent_dims(name: str) -> None:
    # Pixels at the border are never black, and some columns are constant.
    data = digits(300)
    x, y = data.pixels, data.random_features
    assert (np.ptp(x, axis=0) == 0).any()
    assert np.linalg.matrix_rank(centred(x)) < x.shape[1]
    assert PLAIN[name][0](moments(x, y)) == pytest.approx(PLAIN[name][1](x, y), rel=1e-8)


def test_many_blocks_give_what_one_gives() -> None:
    x, y = related(n=101)
    one, many = moments(x, y), moments(np.tile(x, (2000, 1)), np.tile(y, (2000, 1)))
    for here, there in (
        (one.cross, many.cross),
        (one.a.covariance, many.a.covariance),
        (one.b.covariance, many.b.covariance),
        (one.square_product, many.square_product),
    ):
        np.testing.assert_allclose(there, here, rtol=1e-10, atol=1e-12)


@every_measure
@pytest.mark.parametrize("factors", [(1e-30, 1e30), (1e30, 1e30), (1e-36, 1.0)])
def test_very_large_and_small_vectors(name: str, factors: tuple[float, float]) -> None:
    x, y = related()
    expected = PLAIN[name][0](moments(x, y))
    scaled = [z * np.float32(factor) for z, factor in zip((x, y), factors, strict=True)]
    assert PLAIN[name][0](moments(*scaled)) == pytest.approx(expected, rel=1e-5)


@every_measure
def test_more_dimensions_than_items(name: str) -> None:
    # Of rank 6, lest all items be linear functions of any space.
    x, y = related(n=40, dims=(6, 5))
    rng = np.random.default_rng(0)
    x, y = ((z @ rng.normal(size=(z.shape[1], 90))).astype(np.float32) for z in (x, y))
    both = moments(x, y)
    assert (both.a.n_dims, both.b.n_dims) == (6, 5)
    assert PLAIN[name][0](both) == pytest.approx(PLAIN[name][1](x, y), rel=1e-8)
    assert PLAIN[name][0](moments(x, y[:, :4])) == pytest.approx(
        PLAIN[name][1](x, y[:, :4]), rel=1e-8
    )


def test_full_rank_of_more_dimensions_than_items() -> None:
    x, y = related(n=30, dims=(60, 50))
    for name in ("linear_cka", "linear_cka_biased", "procrustes_angular", "svcca", "gulp"):
        ours, plain = PLAIN[name]
        if name == "svcca":
            with pytest.raises(Refused, match="30 items are too few"):
                ours(moments(x, y))
        else:
            assert ours(moments(x, y)) == pytest.approx(plain(x, y), rel=1e-9)


def test_permutations_are_fewer_where_they_cost_much(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = sides_of(*related())
    whole = measure_table(sides, "svcca", k=5, n_permutations=6).iloc[0]
    assert whole["note"] == ""
    monkeypatch.setattr("embwidget.measures.linear.moments.MOST_OPERATIONS", 1.0)
    fewer = measure_table(sides, "svcca", k=5, n_permutations=6).iloc[0]
    assert fewer["note"] == "chance from 3 permutations"
    same = measure_table(sides, "svcca", k=5, n_permutations=3).iloc[0]
    assert fewer["chance"] == same["chance"] != whole["chance"]
    assert same["note"] == ""


@every_measure
def test_memmaps_are_read_in_blocks(name: str, tmp_path: Path) -> None:
    x, y = related()
    mapped = []
    for place, z in enumerate((x, y)):
        np.save(tmp_path / f"{place}.npy", z)
        mapped.append(np.load(tmp_path / f"{place}.npy", mmap_mode="r"))
    assert isinstance(mapped[0], np.memmap)
    assert PLAIN[name][0](moments(*mapped)) == PLAIN[name][0](moments(x, y))


@every_measure
def test_a_common_offset_costs_no_digits(name: str) -> None:
    # Multiples of 1/1024 stay exact beside an offset of thousands.
    x, y = (np.round(z * 1024) / 1024 for z in related())
    moved = (x + np.float32(4096), y - np.float32(2048))
    np.testing.assert_array_equal(moved[0] - np.float32(4096), x)
    expected = PLAIN[name][0](moments(x, y))
    assert PLAIN[name][0](moments(*moved)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["cca", "pwcca"])
def test_directions_of_rounding_do_not_count(name: str) -> None:
    x, y = related()
    # Sums of columns, rounded to float32, add no direction; constant columns none at all.
    wide = np.hstack([x, x @ np.ones((8, 3), np.float32) / 3, np.full((120, 2), 0.1, np.float32)])
    rng = np.random.default_rng(0)
    wider = (wide.astype(np.float64) @ rng.normal(size=(13, 13))).astype(np.float32)
    assert cca(moments(wider, y)) == pytest.approx(cca(moments(x, y)), rel=1e-5)
    assert len(moments(wide, y).a.axes[0]) == len(moments(wider, y).a.axes[0]) == 8


def test_too_few_items_for_canonical_correlations_are_refused() -> None:
    x, y = related(n=15, dims=(8, 6))
    for measure in (cca, pwcca):
        with pytest.raises(Refused, match=r"15 items are too few for 8 and 6 independent dim.* 16"):
            measure(moments(x, y))
        measure(moments(*related(n=16, dims=(8, 6))))
    # A space of a few large components can be compared by those alone.
    x = x * np.float32([100, 100, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert 0 < svcca(moments(x, y[:, :2])) < 1
    table = measure_table(sides_of(*related(n=12, dims=(8, 6)), k_max=5), k=3, n_permutations=2)
    row = table.set_index("measure").loc["svcca"]
    assert np.isnan(row["value"])
    assert row["n"] == 0
    assert row["note"].startswith("12 items are too few for 7 and 5 independent dimensions")


@pytest.mark.parametrize("side", ["A", "B"])
def test_spaces_that_do_not_vary_are_refused(side: str) -> None:
    x, y = related()
    flat = np.full((120, 5), 0.1, np.float32)
    pair = (flat, y) if side == "A" else (x, flat)
    with pytest.raises(Refused, match=f"all vectors of {side} are the same"):
        moments(*pair)


def test_unbiased_cka_needs_four_items_that_differ() -> None:
    with pytest.raises(Refused, match="3 items: the unbiased estimate needs 4 or more"):
        linear_cka(moments(*related(n=3)))
    # The corners of a simplex.
    corners = np.eye(6, dtype=np.float32)
    with pytest.raises(Refused, match="all items of A are equally far apart"):
        linear_cka(moments(corners, related(n=6)[1]))


def test_only_the_biased_cka_of_unrelated_spaces_is_far_from_zero() -> None:
    rng = np.random.default_rng(0)
    both = moments(*(rng.normal(size=(300, 200)).astype(np.float32) for _ in range(2)))
    assert linear_cka_biased(both) > 0.3
    assert abs(linear_cka(both)) < 0.03


def test_gulp_falls_as_the_ridge_grows() -> None:
    both = moments(*related())
    values = [gulp(both, ridge) for ridge in (1e-4, 1e-2, 1, 100)]
    assert values == sorted(values, reverse=True)
    assert gulp(both, 0.3) == pytest.approx(plain_gulp(*related(), 0.3), rel=1e-10)
