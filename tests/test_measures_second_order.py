"""Second-order cosine and CKNNA against dense formulas written from the papers."""

import numpy as np
import pytest
from measure_tools import digits, gram, hsic, related, sides_of

from embwidget.measures.measure import Refused
from embwidget.measures.neighbors.cknna import cknna
from embwidget.measures.registry import Sides, item_values, measure_table


def cosines(x: np.ndarray) -> np.ndarray:
    unit = x.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return unit @ unit.T


def plain_second_order(sides: Sides, k: int) -> np.ndarray:
    in_a, in_b = cosines(sides.vectors_a), cosines(sides.vectors_b)
    values = []
    for item in range(sides.n_samples):
        union = sorted({*sides.indices_a[item, :k].tolist(), *sides.indices_b[item, :k].tolist()})
        s, t = in_a[item, union], in_b[item, union]
        values.append(s @ t / (np.linalg.norm(s) * np.linalg.norm(t)))
    return np.array(values)


@pytest.mark.parametrize("k", [1, 5, 20])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_second_order_cosine(k: int, metric: str) -> None:
    sides = sides_of(*related(n=150), metric=metric)
    plain = plain_second_order(sides, k)
    np.testing.assert_allclose(item_values(sides, "second_order_cosine", k=k), plain, atol=1e-6)
    row = measure_table(sides, "second_order_cosine", k=k, n_permutations=0).iloc[0]
    assert row["value"] == pytest.approx(plain.mean(), rel=1e-12)
    assert row["standard_error"] == pytest.approx(plain.std(ddof=1) / np.sqrt(150), rel=1e-9)


def test_second_order_cosine_of_a_sample_is_a_mean_of_the_items() -> None:
    sides = sides_of(*related(n=300))
    items = item_values(sides, "second_order_cosine", k=10)
    table = measure_table(sides, "second_order_cosine", k=10, max_items=100, n_permutations=3)
    row = table.iloc[0]
    assert (row["n"], row["sampled"]) == (100, True)
    assert row["note"] == "mean over 100 sampled items, among all as neighbours"
    assert abs(row["value"] - items.mean()) < 4 * row["standard_error"]
    assert row["value"] != items.mean()


def plain_cknna(sides: Sides, k: int) -> float:
    kernels, masks = [], []
    for vectors, indices, metric in (
        (sides.vectors_a, sides.indices_a, sides.metric_a),
        (sides.vectors_b, sides.indices_b, sides.metric_b),
    ):
        kernels.append(gram(vectors) if metric == "inner_product" else cosines(vectors))
        mask = np.zeros((len(vectors), len(vectors)))
        np.put_along_axis(mask, indices[:, :k].astype(int), 1, axis=1)
        masks.append(mask)

    def aligned(one: int, two: int) -> float:
        mask = masks[one] * masks[two]
        return hsic(mask * kernels[one], mask * kernels[two])

    return aligned(0, 1) / np.sqrt(aligned(0, 0) * aligned(1, 1))


@pytest.mark.parametrize("k", [2, 5, 20])
@pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner_product"])
def test_cknna(k: int, metric: str) -> None:
    data = digits(150)
    sides = sides_of(data.pixels, data.random_features, metric=metric)
    plain = plain_cknna(sides, k)
    assert 0.2 < plain < 0.95
    assert cknna(sides, k) == pytest.approx(plain, rel=1e-10)


def test_cknna_sees_that_unrelated_spaces_share_little() -> None:
    rng = np.random.default_rng(0)
    sides = sides_of(rng.normal(size=(200, 5)), rng.normal(size=(200, 9)))
    assert cknna(sides, 10) == pytest.approx(plain_cknna(sides, 10), rel=1e-10)
    assert cknna(sides, 10) < 0.15


def test_cknna_of_lists_that_share_nothing_is_zero() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.random((8, 3)).astype(np.float32)
    a, b = (np.array([[(i + s) % 8, (i - s) % 8] for i in range(8)], np.int32) for s in (1, 3))
    assert cknna(Sides(vectors, vectors, a, b, "euclidean", "euclidean"), 2) == 0
    # Nobody is a neighbour of a neighbour of theirs.
    a = np.array([[(i + 1) % 8, (i + 2) % 8] for i in range(8)], np.int32)
    with pytest.raises(Refused, match="the alignment of a space with itself is not positive"):
        cknna(Sides(vectors, vectors, a, b, "euclidean", "euclidean"), 2)


def test_cknna_of_a_single_neighbor_is_refused() -> None:
    sides = sides_of(*related())
    with pytest.raises(Refused, match=r"120 items with 1 neighbours: .* k of 2 or more needed"):
        cknna(sides, 1)
    row = measure_table(sides, "cknna", k=1).iloc[0]
    assert np.isnan(row["value"])
    assert "k of 2 or more" in row["note"]


def test_rows_of_zeros_have_no_cosine_and_do_no_harm() -> None:
    a, b = related(n=60)
    a[7] = 0
    b[7] = b[9] = 0
    table = measure_table(
        sides_of(a, b, metric="euclidean"), ["second_order_cosine", "cknna"], k=5, n_permutations=2
    )
    assert np.isfinite(table[["value", "chance"]].to_numpy()).all()
