"""The intervals and tests behind a verdict, against the plainest way to find them."""

import math

import numpy as np
import pytest
from gate_data import kinds, shaken
from scipy import stats

import embwidget as ew
from embwidget.gating.bounds import Bounds, bootstrapped, holm, unseen, wilson
from embwidget.gating.check import at_least, at_most, worst


@pytest.fixture(scope="module")
def asked() -> dict:
    a, label = kinds(240)
    noise = shaken(a, 0.1, 2)
    return {"a": a, "b": shaken(a, 0.3, 1), "noise": noise, "label": label}


def jaccard(a: np.ndarray, b: np.ndarray, k: int = 10) -> np.ndarray:
    """One item after the other."""
    out = []
    for row in range(len(a)):
        near = []
        for x in (a, b):
            unit = x / np.linalg.norm(x, axis=1, keepdims=True)
            others = np.argsort(-(unit @ unit[row]), kind="stable")
            near.append(set(others[others != row][:k].tolist()))
        out.append(len(near[0] & near[1]) / len(near[0] | near[1]))
    return np.array(out)


@pytest.mark.parametrize("with_noise", [False, True])
def test_the_interval_of_the_coincidence_is_that_of_drawing_items_anew(asked, with_noise):
    a, b, noise = (asked[name].astype(np.float64) for name in ("a", "b", "noise"))
    values = jaccard(a, b)
    floor = jaccard(a, noise) if with_noise else np.ones(len(a))
    beyond = values - 0.8 * floor if with_noise else values
    given = {"noise": asked["noise"]} if with_noise else {}
    check = ew.gate(asked["a"], asked["b"], min_jaccard=0.8, **given).checks[1]
    rng = np.random.default_rng(5)
    means = [rng.choice(beyond, len(beyond)).mean() for _ in range(4000)]
    low, high = np.percentile(means, [2.5, 97.5]) - beyond.mean()
    assert check.value == pytest.approx(values.mean(), abs=1e-6)
    assert check.limit == pytest.approx(0.8 * floor.mean(), abs=1e-6)
    assert check.low - check.value == pytest.approx(4 / 3 * low, rel=0.06)
    assert check.high - check.value == pytest.approx(4 / 3 * high, rel=0.06)


def test_the_fall_of_a_metric_is_the_difference_that_quality_shows(asked):
    both = [asked[x] for x in "ab"]
    asks = {"map_at_r": 0.02, "r_precision": 0.02, "precision_at_1": 0.02}
    checks = ew.gate(*both, max_drop=asks, label=asked["label"]).checks[1:]
    table = ew.compare(*both, label=asked["label"]).quality(n_seeds=0).set_index("metric")
    for check, stretch in zip(checks, (1.25, 1.0, 1.4), strict=True):
        row = table.loc[check.name].iloc[0]
        half = stretch * (row["difference_high"] - row["difference"])
        assert check.value == pytest.approx(-row["difference"])
        assert check.high - check.value == pytest.approx(half)
        assert check.value - check.low == pytest.approx(half)


def test_labels_are_tested_one_sided_and_adjusted_for_their_number(asked):
    both = [asked[x] for x in "ab"]
    found = ew.gate(*both, min_jaccard=0.6, label=asked["label"], per_label=True)
    values = jaccard(*(x.astype(np.float64) for x in both))
    p_values = {}
    for name in np.unique(asked["label"]):
        fallen = 1 - values[asked["label"] == name]
        p_values[name] = stats.ttest_1samp(fallen, 0.4, alternative="greater").pvalue
        row = next(row for row in found.labels if row["label"] == name)
        half = stats.sem(fallen) * stats.t.ppf(0.975, len(fallen) - 1) * 4 / 3
        assert row["drop"] == pytest.approx(fallen.mean(), abs=1e-6)
        assert row["high"] - row["drop"] == pytest.approx(half, rel=1e-4)
    # The stretched error makes each p-value larger than the plain test's.
    plain = dict(zip(p_values, holm(np.array(list(p_values.values()))), strict=True))
    assert all(row["p_value"] >= plain[row["label"]] - 1e-9 for row in found.labels)


def test_holm_is_holms_procedure():
    p_values = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    assert holm(p_values) == pytest.approx([0.03, 0.06, np.nan, 0.06, 0.02], nan_ok=True)
    rng = np.random.default_rng(0)
    for _ in range(20):
        p_values = rng.random(7) ** 3
        order, left = np.argsort(p_values), set()
        for step, at in enumerate(order):
            if p_values[at] > 0.025 / (7 - step):
                break
            left.add(int(at))
        assert set(np.flatnonzero(holm(p_values) <= 0.025).tolist()) == left


def test_wilsons_interval_is_scipys():
    for hits, n in ((0, 10), (3, 10), (10, 10), (1, 2)):
        exact = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
        assert wilson(hits / n, n) == pytest.approx((exact.low, exact.high))


@pytest.mark.parametrize("n", [40, 200, 2000])
def test_what_was_not_seen_is_not_taken_for_nothing(n):
    bounds = bootstrapped(np.zeros(n), random_state=0)
    # Were a larger share hidden, at least one of n would have shown it in 97.5 % of all cases.
    assert (1 - bounds.high) ** n == pytest.approx(0.025, rel=0.2 if n == 40 else 0.05)
    assert unseen(Bounds(0.1, 0.05, 0.15, n), 10) == Bounds(0.1, 0.05, 0.15, n)


def test_a_verdict_is_of_the_whole_interval():
    assert [at_least(Bounds(0.5, low, low + 0.1, 9), 0.5) for low in (0.5, 0.45, 0.3)] == [
        *("pass", "undecided", "regression")
    ]
    limits = (0.02, 0.05)
    spans = ((-1, 0.02), (-1, 0.03), (0.03, 1), (0.06, 1))
    assert [at_most(Bounds(0, *span, 9), limits) for span in spans] == [
        *("pass", "undecided", "undecided", "regression")
    ]
    nothing = Bounds(*[math.nan] * 3, 0)
    assert at_least(nothing, 0.5) == at_most(nothing, limits) == "undecided"
    assert worst(["pass", "undecided", "regression"]) == "regression"
    assert worst(["pass", "undecided"]) == "undecided"


def test_of_the_same_model_with_its_noise_few_are_called_worse_and_a_true_fall_is_found():
    """A tenth of what docs/gate.md reports; seeds are fixed."""
    rules = {"min_jaccard": 0.9, "max_drop": "map_at_r=.01,r_precision=.01", "per_label": 0.05}
    verdicts: dict[float, list[str]] = {0.1: [], 1.0: []}
    for seed in range(6):
        model, label = kinds(300, seed=seed)
        a, noise = shaken(model, 0.1, 3 * seed), shaken(model, 0.1, 3 * seed + 1)
        for by, found in verdicts.items():
            b = shaken(model, by, 3 * seed + 2)
            found.append(ew.gate(a, b, noise=noise, label=label, **rules).verdict)
    assert "regression" not in verdicts[0.1]
    assert set(verdicts[1.0]) == {"regression"}
