"""What a series says of a training: the curve, where it settles, and all pairs of steps."""

import numpy as np
import pytest

from embwidget import Series, compare, label_metrics
from embwidget.measures.neighbors.expected import expected_jaccard

N, K = 80, 5


def noisy(amounts, seed=0, n=N):
    """A space once for each amount of noise, the noise being another one each time."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6))
    return [(x + amount * rng.normal(size=x.shape)).astype(np.float32) for amount in amounts]


def slow_neighbors(x, k):
    """Nearest by cosine, one by one."""
    unit = x.astype(np.float64) / np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    products = unit @ unit.T
    np.fill_diagonal(products, -np.inf)
    return [set(row[:k]) for row in np.argsort(-products, axis=1, kind="stable")]


def slow_jaccard(x, y, k):
    pairs = zip(slow_neighbors(x, k), slow_neighbors(y, k), strict=True)
    return float(np.mean([len(a & b) / len(a | b) for a, b in pairs]))


@pytest.fixture
def steps():
    return noisy([2.0, 1.0, 0.3, 0.1])


@pytest.fixture
def series(steps):
    return Series(dict(enumerate(steps)), label=np.arange(N) % 3)


def test_the_curve_is_what_two_steps_have_in_common(series, steps):
    curve = series.curve(K)
    assert curve["step"].tolist() == [0, 1, 2, 3]
    assert np.isnan(curve.loc[0, ["previous", "previous_low", "previous_high"]].astype(float)).all()
    assert curve.loc[3, ["last", "last_low", "last_high"]].tolist() == [1, 1, 1]
    for at in range(1, 4):
        assert curve["previous"][at] == pytest.approx(slow_jaccard(*steps[at - 1 : at + 1], K))
    for at in range(3):
        assert curve["last"][at] == pytest.approx(slow_jaccard(steps[at], steps[3], K))
    alone = compare(steps[0], steps[1], n_neighbors=K).similarity
    found = curve.loc[1, ["previous", "previous_low", "previous_high", "chance"]].tolist()
    assert found == [alone.value, alone.low, alone.high, alone.chance]


def test_metrics_by_label_stand_beside_it(series, steps):
    curve = series.curve(K)
    table = label_metrics(steps[2], np.arange(N) % 3, n_seeds=0).set_index("metric")
    for metric in ("precision_at_1", "mean_average_precision_at_r"):
        assert curve[metric][2] == table["value"][metric]
        assert curve[f"{metric}_low"][2] == table["low"][metric]
    assert "precision_at_1" not in Series(steps).curve(K)
    with pytest.raises(ValueError, match="label='kind' is no column"):
        series.curve(label="kind")


def test_it_settles_where_the_rest_lies_about_the_plateau():
    same = noisy([0.01])[0]
    rng = np.random.default_rng(1)
    before = [rng.normal(size=same.shape).astype(np.float32) for _ in range(3)]
    series = Series({f"epoch {at}": x for at, x in enumerate([*before, same, same, same, same])})
    # s = chance, chance, chance, 1, 1, 1: from step 3 on each is as the next one.
    assert series.settled(k=K) == "epoch 3"
    assert series.settled(k=K, window=4) is None
    assert series.settled(tolerance=1.0, k=K) == "epoch 0"
    assert series.settled(k=K, to="last") == "epoch 3"
    assert series[:4].settled(k=K, tolerance=0.05) == "epoch 0"
    assert series[:3].settled(k=K) is None
    assert Series({10 * at: x for at, x in enumerate([*before, *[same] * 4])}).settled(k=K) == 30


def test_it_has_not_settled_while_each_step_differs_less_than_the_one_before():
    series = Series(noisy([3.0, 1.5, 0.8, 0.4, 0.2, 0.1]))
    similarities = series.curve(K)["previous"][1:]
    assert (np.diff(similarities) > 0.02).all()
    assert series.settled(k=K) is None


def test_the_matrix(series, steps):
    matrix = series.matrix(K)
    assert list(matrix.index) == list(matrix.columns) == ["0", "1", "2", "3"]
    slow = [[slow_jaccard(a, b, K) for b in steps] for a in steps]
    np.testing.assert_allclose(matrix, slow, atol=1e-7)
    chance = matrix.attrs["chance"]
    assert chance == expected_jaccard(N, K)
    np.testing.assert_allclose(series.matrix(K, "adjusted"), (matrix - chance) / (1 - chance))
    low, high = series.matrix(K, "low").to_numpy(), series.matrix(K, "high").to_numpy()
    above = np.triu_indices(4, 1)
    assert (low[above] < matrix.to_numpy()[above]).all()
    assert (high[above] > matrix.to_numpy()[above]).all()


def test_p_values_count_the_search_over_pairs(series):
    pairs = series.pairs(K, n_permutations=39)
    assert pairs[["a", "b"]].to_numpy().tolist()[:2] == [["0", "1"], ["0", "2"]]
    assert pairs["p_value"].min() >= 1 / 40
    assert pairs.loc[5, "p_value"] == 1 / 40
    square = series.matrix(K, "p_value", n_permutations=39)
    assert square.loc["2", "3"] == square.loc["3", "2"] == 1 / 40
    assert np.isnan(np.diag(square)).all()
    again = series.pairs(K, n_permutations=39, n_jobs=2)
    assert pairs.equals(again)


def test_among_unrelated_steps_hardly_ever_is_any_pair_shown_to_agree():
    rng = np.random.default_rng(2)
    smallest = []
    for _ in range(16):
        unrelated = Series(rng.normal(size=(4, 30, 4)).astype(np.float32))
        table = unrelated.pairs(K, n_permutations=19, n_jobs=1)
        smallest.append(table["p_value"].min())
    # Of six pairs each, the smallest p-value would be 1 / 7 on average if they were not counted.
    assert 0.3 < np.mean(smallest) < 0.7


def test_inside_of_classes_what_these_have_in_common_is_no_agreement():
    rng = np.random.default_rng(3)
    classes = np.repeat(np.arange(4), 20)
    centers = 6 * np.eye(4)[classes]
    series = Series(
        [(centers + rng.normal(size=(80, 4))).astype(np.float32) for _ in range(3)], label=classes
    )
    assert (series.pairs(K, n_permutations=39)["p_value"] == 1 / 40).all()
    assert (series.pairs(K, n_permutations=39, within=True)["p_value"] > 0.05).all()


def test_equals_in_the_order_of_their_rows_are_no_agreement():
    rng = np.random.default_rng(0)
    # Each item is one of ten vectors, other ones in each step: its neighbours are its copies.
    steps = [rng.normal(size=(10, 4))[rng.integers(10, size=N)] for _ in range(3)]
    pairs = Series(np.stack(steps).astype(np.float32)).pairs(K, n_permutations=39)
    assert (pairs["p_value"] > 0.05).all()
    level = Series(np.ones((3, N, 4), np.float32)).pairs(K, n_permutations=39)
    assert (level["p_value"] > 0.05).all()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda series: series.curve(N), "k=80: give a whole number from 1 to 79"),
        (lambda series: series.settled(2), "tolerance=2: give a number from 0 to 1"),
        (lambda series: series.settled(True), "tolerance=True"),
        (lambda series: series.settled(to="first"), 'give "next" or "last"'),
        (lambda series: series.settled(window=1), "window=1"),
        (lambda series: series.matrix(K, "cka"), "give one of 'jaccard', 'adjusted'"),
        (lambda series: series.pairs(K, n_permutations=5), "whole number of at least 19"),
        (lambda series: series.pairs(K, within=[1, 2]), "label: 2 values for 80 items"),
        (lambda series: Series(noisy([1, 1])).pairs(K, within=True), "has no label"),
    ],
)
def test_what_is_refused(series, ask, message):
    with pytest.raises((ValueError, TypeError), match=message):
        ask(series)


def test_one_step_has_no_pairs(steps):
    series = Series(steps[:1])
    assert len(series.pairs(K)) == 0
    assert series.matrix(K).to_numpy().tolist() == [[1.0]]
    assert series.settled(k=K) is None
    assert series.curve(K)["last"].tolist() == [1.0]
