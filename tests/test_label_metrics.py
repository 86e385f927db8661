"""The metrics by label, against the definitions read out slowly."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from label_reference import plain_scores, ranked
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_mutual_info_score

import embwidget as ew
from embwidget.measures.labels import nearest
from embwidget.measures.labels.retrieval import METRICS, expected_scores

N = 240


@pytest.fixture(scope="module")
def digits():
    """Pixels of 240 real digits, some of them twice under another name, one label alone."""
    data = load_digits()
    pixels, names = data.data[:N].astype(np.float32), data.target[:N].astype(object)
    pixels[5:9] = pixels[0]
    pixels[30] = pixels[17]
    names[20] = "lone"
    return pixels, names


@pytest.fixture(params=["float64", "float32"])
def precision(request, monkeypatch):
    """Both ways of comparing rows."""
    if request.param == "float32":
        monkeypatch.setattr(nearest, "FEW_PRODUCTS", 0)
    return request.param


def values_of(frame):
    return dict(zip(frame["metric"], frame["value"], strict=True))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [None, "max_bin_count", 1, 7, 60])
def test_metrics_are_their_definitions_on_real_data_with_copies(digits, metric, k):
    pixels, names = digits
    found = values_of(ew.label_metrics(pixels, names, metric=metric, k=k, n_seeds=0))
    largest = max(np.sum(names == name) for name in names) - 1
    depth = {None: N - 1, "max_bin_count": largest}.get(k, k)
    orders = ranked(pixels, pixels, metric, same=True)
    expected = plain_scores(orders, lambda i, j: names[i] == names[j], depth)
    for name in METRICS:
        assert np.isnan(expected[name]).sum() == 1
        assert found[name] == pytest.approx(np.nanmean(expected[name]), abs=1e-12)


def test_both_precisions_agree_where_nothing_is_tied(precision):
    rng = np.random.default_rng(1)
    x, names = rng.normal(size=(150, 6)), rng.integers(0, 4, 150)
    found = values_of(ew.label_metrics(x, names, k=None, n_seeds=0))
    orders = ranked(x.astype(np.float32), x.astype(np.float32), "cosine", same=True)
    expected = plain_scores(orders, lambda i, j: names[i] == names[j], 149)
    for name in METRICS:
        assert found[name] == pytest.approx(expected[name].mean(), abs=1e-9)


def test_copies_have_no_order(precision):
    # All at one place: the nearest of each is any other one.
    names = ["x", "y", "y", "y", "x"]
    found = values_of(ew.label_metrics(np.ones((5, 3)), names, k=1, n_seeds=0))
    # The two x find x in one order of four, the three y find y in two.
    assert found["precision_at_1"] == pytest.approx((2 / 4 + 3 * 2 / 4) / 5)


def test_a_collapsed_space_scores_what_chance_gives(precision):
    names = np.repeat(np.arange(5), [40, 30, 20, 9, 1])
    table = ew.label_metrics(np.ones((100, 16)), names, n_seeds=0)
    np.testing.assert_allclose(table["value"], table["chance"], rtol=1e-12)


def test_sets_match_when_they_share_a_label(digits):
    pixels, _ = digits
    target = load_digits().target[:N]
    sets = [{int(t), "even" if t % 2 == 0 else "odd"} for t in target]
    sets[3] = set()
    found = values_of(ew.label_metrics(pixels, sets, metric="euclidean", k=30))
    kept = np.array([i for i in range(N) if sets[i]])
    orders = ranked(pixels[kept], pixels[kept], "euclidean", same=True)
    expected = plain_scores(orders, lambda i, j: sets[kept[i]] & sets[kept[j]], 30)
    assert set(found) == set(METRICS)
    for name in METRICS:
        assert found[name] == pytest.approx(np.nanmean(expected[name]), abs=1e-12)


@pytest.mark.parametrize("includes_queries", [True, False])
def test_another_reference(digits, includes_queries):
    pixels, names = digits
    asked = 60
    start = 0 if includes_queries else asked
    found = values_of(
        ew.label_metrics(
            pixels[:asked],
            names[:asked],
            metric="euclidean",
            k=25,
            reference=pixels[start:],
            reference_labels=names[start:],
            includes_queries=includes_queries,
            n_seeds=0,
        )
    )
    orders = ranked(pixels[:asked], pixels[start:], "euclidean", same=includes_queries)
    expected = plain_scores(orders, lambda i, j: names[i] == names[start + j], 25)
    for name in METRICS:
        assert found[name] == pytest.approx(np.nanmean(expected[name]), abs=1e-12)


def test_a_graph_gives_what_its_space_gives(digits):
    pixels, names = digits
    graph = ew.knn_graph(pixels, N - 1, metric="euclidean")
    from_graph = ew.label_metrics(graph, names, k=40)
    from_space = ew.label_metrics(pixels, names, metric="euclidean", k=40, n_seeds=0)
    pd.testing.assert_frame_equal(from_graph, from_space)
    with pytest.raises(ValueError, match="holds 40 neighbours and 50 are needed"):
        ew.label_metrics(graph.first(40), names, k=50)


def test_items_without_a_label_are_left_out(digits):
    pixels, names = digits
    gaps = names.copy()
    gaps[::3] = None
    known = [i for i in range(N) if gaps[i] is not None]
    pd.testing.assert_frame_equal(
        ew.label_metrics(pixels, gaps, n_seeds=1),
        ew.label_metrics(pixels[known], gaps[known], n_seeds=1),
    )


def test_mean_over_labels_and_rows_by_label(digits):
    pixels, names = digits
    table = ew.label_metrics(pixels, names, by="label", n_seeds=0)
    overall = values_of(ew.label_metrics(pixels, names, average="labels", n_seeds=0))
    plain = values_of(ew.label_metrics(pixels, names, n_seeds=0))
    for name, rows in table.groupby("metric"):
        assert rows["label"].tolist() == [*range(10), "lone"]
        assert overall[name] == pytest.approx(rows["value"].mean())
        known = rows.dropna()
        assert np.average(known["value"], weights=known["n"]) == pytest.approx(plain[name])
    assert np.isnan(table.loc[table["label"] == "lone", "value"]).all()


def test_interval_and_chance_of_random_vectors():
    rng = np.random.default_rng(0)
    names = rng.integers(0, 5, 600)
    table = ew.label_metrics(rng.normal(size=(600, 20)), names, n_seeds=2).set_index("metric")
    for name in METRICS:
        row = table.loc[name]
        assert 0 < row["standard_error"] < 0.03
        assert abs(row["value"] - row["chance"]) < 3 * row["standard_error"]
    assert abs(table.loc["AMI", "value"]) < 0.05


@pytest.mark.parametrize("k", [1, 4, 11])
def test_chance_is_the_mean_over_all_orders(k):
    n_others = 11
    for relevant in (1, 3, 6):
        # A score asks where the relevant stand, not which of them is where.
        orders = [
            [place in places for place in range(n_others)]
            for places in combinations(range(n_others), relevant)
        ]
        every = plain_scores(orders, lambda _, is_relevant: is_relevant, k)
        exact = expected_scores(np.array([relevant]), n_others, k)
        for name in METRICS:
            assert exact[name][0] == pytest.approx(every[name].mean(), rel=1e-12)


def test_a_sample_asks_some_of_each_label_and_says_how_many():
    rng = np.random.default_rng(0)
    names = np.r_[np.zeros(900, int), np.ones(90, int), np.full(10, 2)]
    x = rng.normal(size=(1000, 8)) + 2 * rng.normal(size=(3, 8))[names]
    whole = ew.label_metrics(x, names, n_seeds=0).set_index("metric")
    some = ew.label_metrics(x, names, n_seeds=0, max_queries=200).set_index("metric")
    assert 200 <= some.loc["r_precision", "n"] < 260
    counts = ew.label_metrics(x, names, n_seeds=0, max_queries=200, by="label")
    assert counts.loc[counts["metric"] == "r_precision", "n"].tolist() == [180, 18, 10]
    for name in METRICS:
        error = some.loc[name, "standard_error"]
        assert some.loc[name, "value"] == pytest.approx(whole.loc[name, "value"], abs=5 * error)
        # Not the mean of the sample, in which small labels are too many.
        assert error > 0


def test_clusters_are_compared_over_several_seeds(digits):
    pixels, names = digits
    table = ew.label_metrics(pixels, names, n_seeds=4).set_index("metric")
    for name in ("AMI", "NMI"):
        row = table.loc[name]
        assert row["low"] <= row["value"] <= row["high"]
        assert 0.4 < row["value"] < 1
    perfect = np.repeat(np.eye(4) * 9, 10, axis=0) + 0.01
    found = values_of(ew.label_metrics(perfect, np.repeat(range(4), 10)))
    assert found["AMI"] == pytest.approx(1)
    assert found["NMI"] == pytest.approx(1)
    assert adjusted_mutual_info_score([0, 0, 1], [1, 1, 0]) == 1


def test_what_is_perfect_is_exactly_one():
    names = np.repeat(list("abc"), [7, 11, 13])
    x = np.repeat(np.eye(3), [7, 11, 13], axis=0)
    table = ew.label_metrics(x, names, k=None)
    assert (table["value"] == 1).all()
    assert (table["low"].round(12) == 1).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("names", [["q", None, None, None], list("abab")])
def test_one_labelled_item_and_one_place_are_no_reason_to_warn(names):
    ew.label_metrics(np.ones((4, 2)), names)


def test_all_labels_alone_give_nan():
    x = np.random.default_rng(0).normal(size=(6, 3))
    table = ew.label_metrics(x, list("abcdef"), n_seeds=0)
    assert table["value"].isna().all()
    assert (table["n"] == 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"k": 0}, "k=0"),
        ({"k": 240}, "from 1 to 239"),
        ({"k": "max"}, "max_bin_count"),
        ({"k": True}, "k=True"),
        ({"average": "classes"}, "'queries', 'labels'"),
        ({"by": "class"}, '"label"'),
        ({"metric": "manhattan"}, "manhattan"),
        ({"reference": np.ones((3, 64))}, "belong together"),
        (
            {"reference": np.ones((3, 5)), "reference_labels": [1, 2, 3]},
            "5 dimensions, x has 64",
        ),
        (
            {
                "reference": np.ones((300, 64)),
                "reference_labels": [1] * 300,
                "includes_queries": True,
            },
            "first rows of reference",
        ),
    ],
)
def test_bad_input_is_refused_with_what_is_allowed(digits, options, words):
    pixels, names = digits
    with pytest.raises(ValueError, match=words):
        ew.label_metrics(pixels, names, **options)


def test_threads_change_no_digit():
    # So many that several threads get blocks of queries.
    rng = np.random.default_rng(0)
    names = rng.integers(0, 30, 4000)
    x = rng.normal(size=(4000, 8)) + rng.normal(size=(30, 8))[names]
    frames = [ew.label_metrics(x, names, n_jobs=n_jobs, n_seeds=0) for n_jobs in (1, 3)]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
