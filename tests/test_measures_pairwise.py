"""RBF CKA, distance correlation and RSA against formulas of all pairs, from the papers."""

import numpy as np
import pytest
from measure_tools import digits, hsic, related, sides_of
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from embwidget.measures.measure import Refused
from embwidget.measures.pairs.pairwise import distance_correlation, rbf_cka
from embwidget.measures.pairs.rsa import ItemPairs
from embwidget.measures.registry import measure_table


def plain_rbf_cka(x: np.ndarray, y: np.ndarray) -> float:
    kernels = []
    for z in (x, y):
        squares = pdist(z.astype(np.float64), "sqeuclidean")
        kernels.append(np.exp(-squareform(squares) / (2 * np.median(squares))))
    one, two = kernels
    return hsic(one, two) / np.sqrt(hsic(one, one) * hsic(two, two))


def plain_distance_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Szekely et al. 2007, definitions 4 and 5."""
    centred = []
    for z in (x, y):
        d = squareform(pdist(z.astype(np.float64)))
        middle = np.eye(len(d)) - 1 / len(d)
        centred.append(middle @ d @ middle)
    one, two = centred
    covariance = np.mean(one * two)
    return np.sqrt(covariance / np.sqrt(np.mean(one * one) * np.mean(two * two)))


@pytest.mark.parametrize("dims", [(8, 6), (1, 3), (50, 40)])
@pytest.mark.parametrize(
    ("ours", "plain"),
    [(rbf_cka, plain_rbf_cka), (distance_correlation, plain_distance_correlation)],
)
def test_each_value_is_that_of_the_paper(ours, plain, dims: tuple[int, int]) -> None:
    x, y = related(seed=2, n=90, dims=dims)
    assert ours(x, y) == pytest.approx(plain(x, y), rel=1e-9)
    data = digits(200)
    expected = plain(data.pixels, data.lda)
    assert 0.2 < expected < 0.95
    assert ours(data.pixels, data.lda) == pytest.approx(expected, rel=1e-9)
    # Copies are at a distance of exactly zero.
    doubled = [np.vstack([z, z[:30]]) for z in (x, y)]
    assert ours(*doubled) == pytest.approx(plain(*doubled), rel=1e-9)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner_product"])
def test_rsa_is_the_rank_correlation_of_all_distances(metric: str) -> None:
    x, y = related(n=100)
    x[3] = x[4]
    distances = []
    for z in (x.astype(np.float64), y.astype(np.float64)):
        inner = -(z @ z.T)[np.triu_indices(100, 1)]
        distances.append(inner if metric == "inner_product" else pdist(z, metric))
    expected = spearmanr(*distances).statistic
    row = measure_table(sides_of(x, y, metric=metric), "rsa", k=5, n_permutations=0).iloc[0]
    assert row["value"] == pytest.approx(expected, rel=1e-9)
    assert (row["n"], row["sampled"], row["note"]) == (100, False, "")


def test_rsa_of_sampled_pairs_is_near_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = sides_of(*related(n=400))
    whole = measure_table(sides, "rsa", k=5, n_permutations=0).iloc[0]
    assert not whole["sampled"]
    monkeypatch.setattr("embwidget.measures.pairs.rsa.N_PAIRS", 20_000)
    part = measure_table(sides, "rsa", k=5, n_permutations=0).iloc[0]
    assert (part["sampled"], part["note"]) == (True, "20,000 sampled pairs")
    assert part["value"] == pytest.approx(whole["value"], abs=0.03)
    assert part["value"] != whole["value"]


def test_sampled_pairs_are_of_different_items_all_alike() -> None:
    pairs = ItemPairs(50, np.random.default_rng(0), n_pairs=1000)
    assert pairs.sampled
    assert (pairs.first != pairs.second).all()
    counts = np.bincount(np.concatenate([pairs.first, pairs.second]), minlength=50)
    assert counts.min() > 15
    assert counts.max() < 75
    whole = ItemPairs(50, np.random.default_rng(0), n_pairs=1225)
    assert not whole.sampled
    assert len({*zip(whole.first.tolist(), whole.second.tolist(), strict=True)}) == 1225


def test_what_has_no_spread_is_refused() -> None:
    x, y = related(n=6)
    corners = np.eye(6, dtype=np.float32)
    with pytest.raises(Refused, match="all items of A are equally far apart"):
        rbf_cka(corners, y)
    with pytest.raises(Refused, match="all vectors of B are the same"):
        distance_correlation(x, np.ones((6, 2), np.float32))
    copies = np.repeat(x[:1], 6, axis=0)
    copies[0] += 1
    with pytest.raises(Refused, match="more than half of the pairs of B are the same vector"):
        rbf_cka(x, copies)
    with pytest.raises(Refused, match="3 items: the unbiased estimate needs 4 or more"):
        rbf_cka(*related(n=3))
    table = measure_table(sides_of(corners, y, 3, "euclidean"), "rsa", k=2).iloc[0]
    assert np.isnan(table["value"])
    assert table["note"] == "all pairs of A are equally far apart"


def test_a_sample_of_items_is_said_and_is_near_to_all() -> None:
    sides = sides_of(*related(n=600))
    names = ["rbf_cka", "distance_correlation"]
    whole = measure_table(sides, names, k=5, n_permutations=0)
    part = measure_table(sides, names, k=5, n_permutations=0, max_items=200)
    assert (whole["n"] == 600).all()
    assert not whole["sampled"].any()
    assert (part["n"] == 200).all()
    assert part["sampled"].all()
    assert (part["note"] == "all pairs of 200 sampled items").all()
    np.testing.assert_allclose(part["value"], whole["value"], atol=0.08)
