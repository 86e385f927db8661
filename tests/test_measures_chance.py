"""Chance by permutation: against the plain way, against the exact law, and what it tells."""

import numpy as np
import pytest
from measure_tools import digits, neighbors, permuted_lists, random_lists

from embwidget.measures.neighbors.chance import Chance, permuted_chance, verdict
from embwidget.measures.neighbors.expected import expected_jaccard
from embwidget.measures.neighbors.shared import shared_counts
from embwidget.measures.neighbors.shared_ranks import SharedRankFinder, mean_jaccard
from embwidget.measures.permutation import shuffled


def plain_curve(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean Jaccard index for each k, from the counts of each item."""
    shared = shared_counts(a, b).astype(np.float64)
    return (shared / (2 * np.arange(1, a.shape[1] + 1) - shared)).mean(axis=0)


@pytest.mark.parametrize(
    ("n", "k", "n_classes", "missing"),
    [
        (300, 12, 0, 0),
        (300, 12, 4, 0),
        (60, 50, 0, 0),
        (60, 50, 2, 0.3),
        (5, 4, 2, 0.2),
        (2, 1, 0, 0),
    ],
)
@pytest.mark.parametrize("hubs", [False, True])
def test_each_permutation_is_what_the_plain_way_gives(
    n: int, k: int, n_classes: int, missing: float, hubs: bool
) -> None:
    rng = np.random.default_rng(n)
    a, b = (random_lists(rng, n, k, hubs=hubs) for _ in range(2))
    for lists in (a, b):
        lists[rng.random(lists.shape) < missing] = -1
    codes = rng.integers(-1, n_classes, n) if n_classes else None
    finder = SharedRankFinder(a, b)
    curves = []
    for seed in np.random.SeedSequence(7).spawn(6):
        order = shuffled(n, np.random.default_rng(seed), codes)
        plain = plain_curve(a, permuted_lists(b, order))
        curve = mean_jaccard(finder.find(order), n, k)
        np.testing.assert_allclose(curve, plain, rtol=1e-13, atol=0)
        curves.append(curve)
    chance = permuted_chance(a, b, codes=codes, n_permutations=6, random_state=7)
    np.testing.assert_allclose(chance.mean, np.mean(curves, axis=0), rtol=1e-13)
    np.testing.assert_allclose(
        chance.standard_deviation, np.std(curves, axis=0, ddof=1), rtol=1e-9, atol=1e-16
    )
    np.testing.assert_allclose(chance.value, plain_curve(a, b), rtol=1e-13)
    assert (chance.n_permutations, chance.within) == (6, bool(n_classes))


def test_matches_name_the_items_and_both_ranks() -> None:
    rng = np.random.default_rng(0)
    a, b = (random_lists(rng, 40, 7) for _ in range(2))
    rows, ranks_a, ranks_b = SharedRankFinder(a, b).find()
    np.testing.assert_array_equal(a[rows, ranks_a], b[rows, ranks_b])
    assert (np.diff(rows) >= 0).all()
    shared = shared_counts(a, b)[:, -1]
    assert shared.sum() > 20
    np.testing.assert_array_equal(np.bincount(rows, minlength=40), shared)


def test_many_neighbors_are_looked_up_block_by_block() -> None:
    rng = np.random.default_rng(0)
    # More entries than a block has, and more of them shared than are compared at once.
    rows = np.arange(20_000)[:, None]
    a = ((rows + np.arange(1, 10)) % 20_000).astype(np.int32)
    b = np.where(rng.random(a.shape) < 0.5, a, (a + 5000) % 20_000).astype(np.int32)
    shared = SharedRankFinder(a, b).find()
    np.testing.assert_array_equal(shared.rows, np.nonzero(a == b)[0])
    np.testing.assert_array_equal(shared.ranks_a, shared.ranks_b)
    order = rng.permutation(20_000)
    plain = plain_curve(a, permuted_lists(b, order))
    curve = mean_jaccard(SharedRankFinder(a, b).find(order), 20_000, 9)
    np.testing.assert_allclose(curve, plain, rtol=1e-12)


def test_the_size_of_filters_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    a, b = (random_lists(rng, 200, 9) for _ in range(2))
    whole = SharedRankFinder(a, b).find()
    assert len(whole.rows) > 10
    # What fits for some ten million items.
    monkeypatch.setattr("embwidget.measures.neighbors.shared_ranks.MOST_FILTER_BYTES", 100)
    for part, again in zip(whole, SharedRankFinder(a, b).find(), strict=True):
        np.testing.assert_array_equal(again, part)


def test_a_permutation_keeps_items_inside_their_classes() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(-1, 3, 500)
    order = shuffled(500, rng, codes)
    np.testing.assert_array_equal(np.sort(order), np.arange(500))
    np.testing.assert_array_equal(codes[order], codes)
    # 1 of each class stays on average.
    assert (order == np.arange(500)).sum() < 20


@pytest.mark.parametrize("hubs", [False, True])
def test_the_mean_is_that_of_the_exact_law(hubs: bool) -> None:
    rng = np.random.default_rng(1)
    n, k = 90, 12
    a, b = (random_lists(rng, n, k, hubs=hubs) for _ in range(2))
    chance = permuted_chance(a, b, n_permutations=400)
    expected = np.array([expected_jaccard(n, k) for k in range(1, k + 1)])
    errors = chance.standard_deviation / np.sqrt(400)
    assert np.abs((chance.mean - expected) / errors).max() < 4
    assert (errors / expected).max() < 0.1


@pytest.mark.parametrize("n_classes", [0, 5])
def test_unrelated_spaces_are_at_chance(n_classes: int) -> None:
    rng = np.random.default_rng(2)
    a, b = (neighbors(rng.normal(size=(400, 8)).astype(np.float32), 30) for _ in range(2))
    codes = rng.integers(0, n_classes, 400) if n_classes else None
    chance = permuted_chance(a, b, codes=codes)
    assert np.abs(chance.z).max() < 3
    assert verdict(chance.value[9], chance, k=10) == "no more than chance"


def test_spaces_that_share_only_their_classes() -> None:
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 10, 600)
    a, b = (
        neighbors(
            (rng.normal(size=(10, 8))[codes] * 4 + rng.normal(size=(600, 8))).astype(np.float32), 20
        )
        for _ in range(2)
    )
    chance = permuted_chance(a, b)
    within = permuted_chance(a, b, codes=codes)
    assert chance.z[9] > 50
    assert np.abs(within.z).max() < 3
    assert within.mean[9] == pytest.approx(chance.value[9], rel=0.1)
    value = float(chance.value[9])
    assert verdict(value, chance, k=10) == "more than chance"
    words = "no more than their shared classes explain"
    assert verdict(value, chance, within, k=10) == words


def test_real_spaces_share_more_than_their_classes() -> None:
    data = digits(300)
    a, b = neighbors(data.pixels, 15), neighbors(data.random_features, 15)
    chance = permuted_chance(a, b, n_permutations=50)
    within = permuted_chance(a, b, codes=data.labels, n_permutations=50)
    assert (within.mean > 2 * chance.mean).all()
    assert (within.z > 10).all()
    assert verdict(chance.value[9], chance, within, k=10) == "more than chance"


def test_a_space_against_itself_has_the_same_neighbors() -> None:
    lists = random_lists(np.random.default_rng(4), 150, 10)
    chance = permuted_chance(lists, lists, n_permutations=20)
    np.testing.assert_array_equal(chance.value, np.ones(10))
    assert verdict(chance.value[4], chance, k=5) == "the same neighbours everywhere"
    almost = np.nextafter(1, 0)
    assert verdict(almost, chance, k=5) == "more than chance"


def test_without_spread_a_value_is_at_chance_or_beyond_all_measure() -> None:
    rng = np.random.default_rng(5)
    a, b = (random_lists(rng, 30, 29) for _ in range(2))
    # With all others as neighbours nothing can differ.
    chance = permuted_chance(a, b, n_permutations=10)
    assert (chance.standard_deviation[-1], chance.mean[-1], chance.z[-1]) == (0, 1, 0)
    # Each item is a class of its own: all that is shared, its class explains.
    alone = permuted_chance(a, b, codes=np.arange(30), n_permutations=10)
    np.testing.assert_array_equal(alone.standard_deviation, np.zeros(29))
    np.testing.assert_array_equal(alone.mean, alone.value)
    np.testing.assert_array_equal(alone.z, np.zeros(29))
    # One neighbour is known, and no permutation happens to find it.
    one = np.full((500, 1), -1, np.int32)
    one[0] = 1
    rare = permuted_chance(one, one, n_permutations=10)
    assert (rare.value[0], rare.mean[0], rare.z[0]) == (1 / 500, 0, np.inf)
    assert verdict(rare.value[0], rare, k=1) == "more than chance"


@pytest.mark.parametrize(
    ("z", "z_within", "words"),
    [
        (2.99, None, "no more than chance"),
        (-5.0, 4.0, "no more than chance"),
        (3.0, None, "more than chance"),
        (3.0, 2.99, "no more than their shared classes explain"),
        (3.0, 3.0, "more than chance"),
        (np.inf, 0.0, "no more than their shared classes explain"),
    ],
)
def test_three_standard_deviations_are_more_than_chance(
    z: float, z_within: float | None, words: str
) -> None:
    def at_second_k(z: float, *, within: bool) -> Chance:
        nothing = np.zeros(2)
        return Chance(nothing, nothing, nothing, np.array([100.0, z]), 10, within)

    within = None if z_within is None else at_second_k(z_within, within=True)
    assert verdict(0.1, at_second_k(z, within=False), within, k=2) == words


def test_threads_change_nothing() -> None:
    rng = np.random.default_rng(7)
    a, b = (random_lists(rng, 300, 15) for _ in range(2))
    one, two, other = (
        permuted_chance(a, b, n_permutations=30, n_jobs=jobs, random_state=state)
        for jobs, state in ((1, 0), (2, 0), (2, 1))
    )
    np.testing.assert_array_equal(one.mean, two.mean)
    np.testing.assert_array_equal(one.standard_deviation, two.standard_deviation)
    assert (one.mean != other.mean).any()


def test_what_cannot_be_permuted_is_refused() -> None:
    lists = random_lists(np.random.default_rng(9), 20, 5)
    with pytest.raises(ValueError, match=r"differ in shape: \(20, 5\) and \(20, 4\)"):
        permuted_chance(lists, lists[:, :4])
    with pytest.raises(ValueError, match=r"codes have shape \(19,\): give one for each of the 20"):
        permuted_chance(lists, lists, codes=np.zeros(19, int))
    with pytest.raises(ValueError, match="n_permutations=1: a spread needs 2 or more"):
        permuted_chance(lists, lists, n_permutations=1)
