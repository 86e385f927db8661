"""What a comparison concludes: more than chance or not, and which space is better where."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

import embwidget as ew

N_CLASSES, PER_CLASS = 8, 40
NAMES = np.repeat([f"class {i}" for i in range(N_CLASSES)], PER_CLASS)
BROKEN = "class 3"
METRIC = "mean_average_precision_at_r"


def mixture(seed):
    """Vectors around one centre for each class: spaces of two seeds share their classes alone."""
    rng = np.random.default_rng(seed)
    centers = 6 * np.random.default_rng(100).normal(size=(N_CLASSES, 12))
    return np.repeat(centers, PER_CLASS, axis=0) + rng.normal(size=(len(NAMES), 12))


@pytest.fixture(scope="module")
def broken():
    """B is A with noise, and one class of it is spread over the whole space."""
    rng = np.random.default_rng(0)
    a = mixture(1)
    b = a + 0.3 * rng.normal(size=a.shape)
    spread = NAMES == BROKEN
    b[spread] = 6 * rng.normal(size=(spread.sum(), 12))
    return ew.compare(a, b, label=NAMES, metric="euclidean")


@pytest.fixture(scope="module")
def classes_only():
    return ew.compare(mixture(1), mixture(2), label=NAMES, metric="euclidean")


def test_unrelated_spaces_agree_no_more_than_chance():
    rng = np.random.default_rng(4)
    found = ew.compare(*rng.normal(size=(2, 500, 10)))
    assert found.verdict() == "no more than chance"
    assert found.figures()["verdict"] == "no more than chance"
    assert abs(found.chance().z[9]) < 3
    assert found.chance().mean[9] == pytest.approx(found.similarity.chance, rel=0.05)


def test_spaces_that_share_only_their_classes_are_told_so(classes_only):
    assert classes_only.verdict() == "no more than their shared classes explain"
    assert classes_only.chance().z[9] > 30
    assert abs(classes_only.chance(True).z[9]) < 3
    # Asked for by name it is the same, and not found twice.
    assert classes_only.chance("label") is classes_only.chance(True)
    # A label may be given where the comparison has none.
    bare = ew.compare(mixture(1), mixture(2), metric="euclidean")
    assert bare.verdict() == "more than chance"
    assert bare.verdict(NAMES) == "no more than their shared classes explain"
    assert bare.chance(NAMES).mean.tolist() == classes_only.chance(True).mean.tolist()


def test_a_space_against_itself_is_the_same_everywhere():
    x = load_digits().data[:300]
    found = ew.compare(x, x)
    similarity = found.similarity
    assert (similarity.value, similarity.low, similarity.high) == (1, 1, 1)
    assert similarity.adjusted == 1
    assert found.verdict() == "the same neighbours everywhere"


def test_more_than_the_classes_explain():
    a = mixture(1)
    b = a + 0.1 * np.random.default_rng(0).normal(size=a.shape)
    found = ew.compare(a, b, label=NAMES, metric="euclidean")
    assert found.verdict() == "more than chance"
    assert found.chance(True).z[9] > 10


def test_the_broken_class_comes_first_and_a_is_better_on_it(broken):
    table = broken.quality(by="label")
    first = table[table["metric"] == METRIC].iloc[0]
    assert first["label"] == BROKEN
    assert first["better"] == "A"
    assert first["n"] == first["asked"] == PER_CLASS
    assert first["difference"] == pytest.approx(first["b"] - first["a"])
    assert first["low"] < first["difference"] < first["high"] < 0
    assert broken.quality_verdict().startswith("A is better on ")
    assert "of 8 labels" in broken.quality_verdict()


def test_the_broken_class_is_the_first_group(broken):
    groups = broken.groups()
    first = groups.iloc[0]
    assert first["label"] == BROKEN
    assert first["change"] == "dissolves"
    items = broken.group_items(first)
    assert (NAMES[items] == BROKEN).mean() > 0.9
    assert len(items) == first["n_items"]


def test_overall_quality_has_one_row_for_each_metric_and_space(broken):
    table = broken.quality(n_seeds=2)
    assert len(table) == 14
    assert not table.duplicated(["metric", "space"]).any()
    sides = table.pivot_table(index="metric", columns="space", values="value")
    differences = table.groupby("metric")["difference"].first()
    np.testing.assert_allclose(sides["b"] - sides["a"], differences)
    assert (table.loc[table["metric"] == METRIC, "better"] == "A").all()
    alone = ew.label_metrics(broken.a, NAMES, metric="euclidean", n_seeds=2)
    mine = table[table["space"] == "a"].set_index("metric")["value"]
    for metric, value in zip(alone["metric"], alone["value"], strict=True):
        assert mine[metric] == pytest.approx(value)


def test_the_interval_of_the_difference_is_that_of_pairs(broken):
    table = broken.quality(n_seeds=0).set_index(["metric", "space"])
    row = table.loc[("precision_at_1", "a")]
    frames = [graph.indices[:, 0] for graph in (broken.graph_a, broken.graph_b)]
    hit_a, hit_b = (NAMES[nearest] == NAMES for nearest in frames)
    paired = hit_b.astype(float) - hit_a
    half = 1.959964 * paired.std(ddof=1) / np.sqrt(len(paired))
    assert row["difference"] == pytest.approx(paired.mean())
    assert row["difference_low"] == pytest.approx(paired.mean() - half, rel=1e-5)


def test_no_difference_is_shown_between_a_space_and_itself():
    x = mixture(1)
    found = ew.compare(x, x, label=NAMES)
    assert (found.quality(n_seeds=0)["difference"] == 0).all()
    assert (found.quality(by="label")["better"] == "").all()
    assert found.quality_verdict() == "no difference shown on any of 8 labels"


def test_false_discoveries_are_few_among_many_labels():
    rng = np.random.default_rng(0)
    names = np.repeat(np.arange(150), 12)
    centers = rng.normal(size=(150, 10))[names]
    a, b = (centers + 0.8 * rng.normal(size=centers.shape) for _ in "ab")
    table = ew.compare(a, b, label=names).quality(by="label")
    rows = table[table["metric"] == METRIC]
    # Each tested alone, one label in twenty would be called better or worse, and thrice as many
    # if items of a label were taken as independent.
    assert 3 <= (rows["p_value"] < 0.05).sum() <= 15
    assert (rows["better"] != "").sum() <= 1


def test_few_items_show_no_difference_however_clear():
    a = np.repeat(np.eye(4), [20, 20, 20, 3], axis=0) + 0.01
    rng = np.random.default_rng(1)
    a += 0.01 * rng.normal(size=a.shape)
    b = a.copy()
    b[-3:] = np.eye(4)[:3] + 0.01
    names = np.repeat(list("pqrs"), [20, 20, 20, 3])
    table = ew.compare(a, b, label=names).quality(by="label")
    row = table[(table["metric"] == "precision_at_1") & (table["label"] == "s")].iloc[0]
    assert (row["a"], row["b"]) == (1, 0)
    assert row["p_value"] >= 0.25
    assert row["better"] == ""


def test_agreement_with_the_label_item_by_item(broken):
    a, b = broken.label_agreement(5)
    for values, graph in ((a, broken.graph_a), (b, broken.graph_b)):
        expected = (NAMES[graph.indices[:, :5]] == NAMES[:, None]).mean(axis=1)
        np.testing.assert_allclose(values, expected, rtol=1e-6)
    frame = broken.to_frame(5)
    assert frame["label_agreement_b"].tolist() == b.tolist()


def test_labels_by_column_by_value_and_with_gaps(broken):
    coarse = pd.Series(NAMES).map(lambda name: int(name[-1]) % 2).astype(object)
    coarse[:10] = None
    found = broken.quality(coarse, n_seeds=0)
    assert (found["n"] == len(NAMES) - 10).all()
    again = broken.quality("label", n_seeds=0)
    pd.testing.assert_frame_equal(again, broken.quality(n_seeds=0))
    with pytest.raises(ValueError, match="there are 'label'"):
        broken.quality("klass")
    bare = ew.compare(mixture(1), mixture(2))
    with pytest.raises(ValueError, match="pass label="):
        bare.quality()
    with pytest.raises(ValueError, match='"label"'):
        broken.quality(by="class")


def test_difference_of_two_pairs_is_paired_by_id():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(300, 8))
    near, far = (a + noise * rng.normal(size=a.shape) for noise in (0.2, 1.0))
    ids = [f"i{i}" for i in range(300)]
    first = ew.compare(a, near, ids=ids)
    order = rng.permutation(300)
    second = ew.compare(a[order], far[order], ids=[ids[i] for i in order])
    found = first.difference(second)
    assert found.value == pytest.approx(first.similarity.value - second.similarity.value, abs=1e-6)
    assert 0 < found.low < found.value < found.high
    same = first.difference(first)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="the same items"):
        first.difference(ew.compare(a[:200], far[:200], ids=ids[:200]))


def test_hubs_and_their_items(broken):
    table = broken.hubs(6)
    assert table["space"].tolist() == ["a", "b"]
    counts = broken.k_occurrence("b", 6)
    assert counts.sum() == 6 * len(NAMES)
    assert table.loc[1, "orphans"] == pytest.approx((counts == 0).mean())
    with pytest.raises(ValueError, match='"a" or "b"'):
        broken.k_occurrence("B")


def test_measures_and_their_items(broken):
    table = broken.measures(["jaccard", "linear_cka"]).set_index("measure")
    assert table.loc["jaccard", "value"] == pytest.approx(broken.similarity.value)
    np.testing.assert_allclose(broken.item_values("jaccard"), broken.jaccard(), rtol=1e-6)


def test_maps_are_as_faithful_as_they_are(broken):
    flat = broken.a.vectors[:, :2]
    a, _ = broken.faithfulness(flat, broken.b.vectors[:, :2])
    assert 0 < a.kept < 1
    assert a.trust.shape == (len(NAMES),)
    exact = ew.compare(flat, flat, metric="euclidean")
    same, _ = exact.faithfulness(flat, flat)
    assert same.kept == 1
    assert same.trustworthiness == 1
