"""Items that are equally near: no number or verdict depends on the order in which they come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embwidget as ew

N = 300


def rng(seed):
    return np.random.default_rng(seed)


def copies(seed, n_distinct=15, jitter=0.0):
    vectors = rng(seed).standard_normal((n_distinct, 16))
    x = vectors[rng(seed + 100).integers(0, n_distinct, N)]
    return x + jitter * rng(seed + 200).standard_normal(x.shape)


def one_hot(seed):
    return np.eye(12)[rng(seed).integers(0, 12, N)]


def quantised(seed):
    return np.round(rng(seed).standard_normal((N, 3))).clip(-2, 2)


def half_equal(seed):
    x = rng(seed).standard_normal((N, 8))
    x[rng(seed).permutation(N)[: N // 2]] = x[0]
    return x


def few_bits(seed):
    return rng(seed).integers(0, 256, (N, 1)).astype(np.uint8)


def collapsed(_seed):
    return np.ones((N, 8))


def noise(seed):
    return rng(seed).standard_normal((N, 8))


KINDS = [copies, one_hot, quantised, half_equal, few_bits]


def compared(a, b, metric, order=slice(None), **options):
    return ew.compare(
        np.asarray(a[order], np.float32), np.asarray(b[order], np.float32), metric=metric, **options
    )


def metric_for(kind):
    return "hamming" if kind is few_bits else "euclidean"


@pytest.mark.parametrize("kind", KINDS)
def test_unrelated_ties_are_no_agreement(kind):
    found = compared(kind(1), kind(2), metric_for(kind))
    assert found.verdict() == "no more than chance"
    assert found.chance().drawn
    assert found.chance().z[9] < 3
    table = found.measures(["jaccard", "rbo", "linear_cka"]).set_index("measure")
    assert (table["z"] < 3.5).all()
    assert "cut through equals" in table.loc["rbo", "note"]
    assert "cut through equals" not in table.loc["linear_cka", "note"]
    assert found.ties()["cut"].min() > 0.3
    assert "of the lists cut through equals" in repr(found)


def test_twenty_rows_with_copies_are_judged_as_with_jitter():
    r = rng(0)
    first, second = r.integers(0, 20, 1000), r.integers(0, 20, 1000)
    a, b = r.standard_normal((20, 64))[first], r.standard_normal((20, 64))[second]
    found = ew.compare(a, b)
    assert found.verdict() == "no more than chance"
    assert abs(found.chance().z[9]) < 3
    near = [x + 1e-3 * r.standard_normal(x.shape) for x in (a, b)]
    assert ew.compare(*near).verdict() == "no more than chance"
    assert found.figures()["copies in a"] == 980
    assert found.ties()["copies"].tolist() == [980, 980]
    assert found.ties()["cut"].tolist() == [1, 1]


def test_ties_do_not_hide_agreement():
    a = copies(1)
    assert compared(a, a + 0.3 * noise(5).repeat(2, axis=1), "euclidean").verdict() == (
        "more than chance"
    )
    groups = rng(101).integers(0, 15, N)
    other = rng(7).standard_normal((15, 16))[groups]
    # The same copies at other places: the same neighbours, as far as these are more than copies.
    assert compared(a, other, "euclidean").verdict() == "the same neighbours everywhere"
    bits = rng(3).integers(0, 256, (N, 2)).astype(np.uint8)
    half = np.hstack([bits[:, :1], few_bits(4)])
    assert compared(bits, half, "hamming").verdict() == "more than chance"


@pytest.mark.parametrize("kind", [*KINDS, noise])
def test_a_space_against_itself_is_the_same(kind):
    x, metric = kind(1), metric_for(kind)
    found = compared(x, x, metric)
    assert found.similarity == 1
    assert (found.jaccard() == 1).all()
    assert found.verdict() == "the same neighbours everywhere"
    assert found.measures("jaccard", n_permutations=0)["value"].item() == 1


def test_nothing_is_told_of_spaces_without_any_difference():
    found = compared(collapsed(0), collapsed(0), "euclidean")
    assert found.similarity == 1
    assert found.verdict().startswith("cannot be told: 100% of the lists in a and 100% in b")
    assert "copies: 299 in a and 299 in b" in found.verdict()
    assert compared(collapsed(0), noise(1), "euclidean").verdict() == "no more than chance"
    # One item apart: lists by position are the same, and still say nothing.
    apart = collapsed(0)
    apart[-1] = 5
    assert compared(apart, collapsed(0), "euclidean").verdict() != "the same neighbours everywhere"


@pytest.mark.parametrize("labels", [np.repeat(np.arange(5), 100), np.arange(500) % 5])
@pytest.mark.parametrize("swapped", [True, False])
def test_a_collapsed_space_is_not_better_than_noise(labels, swapped):
    spaces = [np.ones((500, 16)), rng(0).standard_normal((500, 16))]
    found = ew.compare(*spaces[:: -1 if swapped else 1], label=labels)
    table = found.quality()
    assert (table["better"] == "").all()
    assert found.quality_verdict() == "no difference shown on any of 5 labels"
    ranked = table[(table["space"] == "ab"[swapped]) & (table["n"] == 500)].iloc[:5]
    np.testing.assert_allclose(ranked["value"], ranked["chance"])


@pytest.mark.parametrize("kind", [one_hot, copies, half_equal, quantised])
def test_labels_in_blocks_win_nothing_by_ties(kind):
    labels = np.repeat(np.arange(5), N // 5)
    table = compared(kind(1), noise(2), "euclidean", label=labels).quality(n_seeds=0)
    sums = table["metric"].isin(["mean_average_precision_at_r", "r_precision"])
    assert (table.loc[sums, "better"] == "").all()


@settings(max_examples=4, deadline=None, derandomize=True)
@given(
    kinds=st.tuples(*[st.sampled_from([copies, one_hot, half_equal, noise])] * 2),
    related=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_permuted_items_say_the_same(kinds, related, seed):
    a, b = kinds[0](seed), kinds[1](seed + 1)
    b = a + 0.2 * np.resize(b, a.shape) if related else b
    labels = rng(seed).integers(0, 3, N)
    order = rng(seed + 3).permutation(N)
    here = compared(a, b, "euclidean", label=labels)
    there = compared(a, b, "euclidean", order, label=labels[order])
    assert here.verdict() == there.verdict()
    assert here.similarity.low <= there.similarity <= here.similarity.high
    options = {"n_seeds": 2}
    first, second = here.quality(**options), there.quality(**options)
    assert first["better"].tolist() == second["better"].tolist()
    np.testing.assert_allclose(first["value"], second["value"], atol=1e-9)
    np.testing.assert_allclose(first["difference"], second["difference"], atol=1e-9)
    assert here.quality_verdict() == there.quality_verdict()
    assert here.ties().equals(there.ties())
