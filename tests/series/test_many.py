"""`compare_many`: what is said of every two of several spaces is what `compare` says of them."""

import pickle
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import normalized_mutual_info_score

import embwidget as ew
from embwidget import Series, Space, compare, compare_many
from embwidget._core.progress import Cancelled
from embwidget.knn.engine import ENGINES, Engine
from embwidget.measures.registry import MEASURES

N = 90
METRICS = {"clip": "cosine", "dino": "euclidean", "mae": None, "flat": None}


class Counting(Engine):
    """The exact engine, which counts how often it was asked."""

    name = "counting"

    def __init__(self):
        self.n_searches = 0

    def search(self, vectors, n_neighbors, **options):
        self.n_searches += 1
        return ENGINES["exact"].search(vectors, n_neighbors, **options)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(1).integers(4, size=N)


@pytest.fixture(scope="module")
def spaces(labels):
    """Two that agree, one that has nothing in common with them, and a map."""
    rng = np.random.default_rng(2)
    clip = 2 * np.eye(12)[labels] + rng.normal(size=(N, 12))
    given = {
        "clip": clip,
        "dino": clip[:, :7] + 0.3 * rng.normal(size=(N, 7)),
        "mae": rng.normal(size=(N, 5)),
        "flat": clip[:, :2],
    }
    return {name: each.astype(np.float32) for name, each in given.items()}


@pytest.fixture(scope="module")
def many(spaces, labels):
    return compare_many(
        spaces, metric=list(METRICS.values()), label=labels, n_neighbors=8, k_max=20
    )


def compared(spaces, a, b, **options):
    """What `compare` says of two of them."""
    metric = METRICS[a], METRICS[b]
    return compare(spaces[a], spaces[b], metric=metric, n_neighbors=8, k_max=20, **options)


def test_what_it_says_of_itself(many, spaces):
    assert repr(many) == (
        "Comparisons('clip', 'dino', 'mae', 'flat': 90 items, n_neighbors=8, k_max=20)"
    )
    assert many.names == tuple(spaces)
    assert (len(many), many.n, many.label) == (4, N, "label")
    assert [space.name for space in many] == list(spaces)
    assert "dino" in many
    assert "dina" not in many
    np.testing.assert_array_equal(many["mae"].vectors, spaces["mae"])
    assert str(many.join_report) == f"{N} items in all spaces, by position"


def test_the_matrix_is_what_compare_finds(many, spaces):
    plain, adjusted = many.matrix(adjusted=False), many.matrix()
    for a, b in combinations(spaces, 2):
        for k in (None, 1, 20):
            found = compared(spaces, a, b)
            curve = found.curve().iloc[(k or 8) - 1]
            assert many.matrix(k, adjusted=False).loc[a, b] == pytest.approx(curve.jaccard)
        similarity = found.similarity
        assert plain.loc[a, b] == pytest.approx(similarity.value, abs=1e-12)
        assert adjusted.loc[b, a] == pytest.approx(similarity.adjusted, abs=1e-12)
        assert adjusted.attrs["chance"] == similarity.chance
    for table in (plain, adjusted):
        np.testing.assert_array_equal(table, table.T)
        np.testing.assert_array_equal(np.diag(table), 1.0)
        assert list(table.index) == list(table.columns) == list(spaces)
    assert (plain.attrs["k"], plain.attrs["adjusted"]) == (8, False)


def test_curves_are_those_of_every_pair(many, spaces):
    curves = many.curves()
    assert curves.values.shape == (6, 20, 3)
    for values, (a, b) in zip(curves.values, combinations(spaces, 2), strict=True):
        curve = compared(spaces, a, b).curve()
        np.testing.assert_allclose(values, curve[["jaccard", "low", "high"]], atol=1e-12)
        np.testing.assert_array_equal(curves.chance, curve["chance"])


def test_a_pair_is_a_comparison_whose_neighbors_are_not_searched_again(spaces, labels):
    engine = Counting()
    metadata = pd.DataFrame({"kind": labels, "more": range(N)})
    ids = [f"i{row}" for row in range(N)]
    many = compare_many(
        spaces, metric="euclidean", ids=ids, metadata=metadata, label="kind", engine=engine
    )
    assert engine.n_searches == 4
    pair = many.pair("dino", "mae")
    assert pair is many.pair(1, -2)
    assert (pair.label, pair.n_neighbors, pair.k_max) == ("kind", 10, 50)
    assert pair.frame["more"].tolist() == list(range(N))
    assert pair.a.ids.tolist() == ids
    turned = many.pair("mae", "dino")
    assert (turned.a.name, turned.b.name) == ("mae", "dino")
    assert turned.similarity == pair.similarity
    np.testing.assert_array_equal(turned.graph_a.indices, pair.graph_b.indices)
    many.matrix(measure="rbo", n_permutations=1)
    many.matrix(20)
    assert engine.n_searches == 4


@pytest.mark.parametrize("measure", ["overlap", "linear_cka", "procrustes_angular", "pwcca"])
def test_other_measures_are_those_of_compare(many, spaces, measure):
    plain = many.matrix(measure=measure, adjusted=False)
    adjusted = many.matrix(measure=MEASURES[measure], n_permutations=5)
    for a, b in [*combinations(spaces, 2), ("mae", "dino")]:
        row = compared(spaces, a, b).measures(measure, n_permutations=5).iloc[0]
        assert plain.loc[a, b] == pytest.approx(row["value"], abs=1e-9)
        if (a, b) != ("mae", "dino"):
            assert adjusted.loc[a, b] == pytest.approx(row["adjusted"], abs=1e-9)
    formula = measure == "overlap"
    assert adjusted.attrs["chance_by"] == ("formula" if formula else "permutation")
    assert adjusted.attrs["k"] == (8 if formula else None)
    chance = adjusted.attrs["chance"]
    assert chance == pytest.approx(8 / (N - 1)) if formula else chance["dino"]["clip"] is not None
    np.testing.assert_array_equal(np.diag(adjusted), 1.0)
    np.testing.assert_array_equal(np.diag(plain), 0.0 if measure == "procrustes_angular" else 1.0)
    if measure != "pwcca":
        np.testing.assert_array_equal(adjusted, adjusted.T)


def test_a_measure_without_a_value_says_why(many):
    table = many.matrix(measure="gulp", adjusted=False)
    assert not table.isna().to_numpy().any()
    rank = compare_many([np.ones((30, 3)), np.random.default_rng(0).normal(size=(30, 3))])
    table = rank.matrix(measure="linear_cka")
    assert np.isnan(table.iloc[0, 1])
    assert table.attrs["notes"]["0"]["1"]
    with pytest.raises(ValueError, match="'0' and '1' have no value to order by: "):
        rank.order(measure="linear_cka")


def test_quality_is_that_of_the_pairs(many, spaces, labels):
    table = many.quality()
    assert list(table.index) == [*spaces, "shuffled"]
    for a, b in (("clip", "mae"), ("dino", "flat")):
        told = compared(spaces, a, b, label=labels).quality()
        for row in told.itertuples():
            mine = table.loc[a if row.space == "a" else b]
            ends = mine[row.metric], mine[f"{row.metric}_low"], mine[f"{row.metric}_high"]
            assert ends == pytest.approx((row.value, row.low, row.high))
            if row.metric != "NMI":
                assert table.loc["shuffled", row.metric] == pytest.approx(row.chance)
    assert table.equals(many.quality("label"))
    assert table.equals(many.quality(labels))


def test_the_shuffled_row_is_what_shuffled_labels_give(spaces, labels):
    rng = np.random.default_rng(3)
    many = compare_many([spaces["clip"], spaces["dino"]], label=labels)
    told = many.quality().loc["shuffled"]
    runs = [many.quality(rng.permutation(labels), n_seeds=2).iloc[:2] for _ in range(6)]
    for metric in ("precision_at_1", "mean_average_precision_at_r", "r_precision", "AMI", "NMI"):
        values = np.concatenate([run[metric] for run in runs])
        error = values.std() / np.sqrt(len(values) / 2)
        assert told[metric] == pytest.approx(values.mean(), abs=4 * error)
    # Clusters that are the labels themselves leave nothing of the two to compute it from.
    apart = compare_many([50 * np.eye(4)[labels], 50 * np.eye(5)[labels]], label=labels)
    shuffled = [normalized_mutual_info_score(labels, rng.permutation(labels)) for _ in range(200)]
    assert apart.quality(n_seeds=1)["NMI"].iloc[0] == pytest.approx(1)
    assert apart.quality()["NMI"].iloc[-1] == pytest.approx(np.mean(shuffled), abs=0.005)


def test_a_space_may_be_called_shuffled(spaces, labels):
    many = compare_many({"shuffled": spaces["mae"], "clip": spaces["clip"]}, label=labels)
    table = many.quality(n_seeds=0)
    assert list(table.index) == ["shuffled", "clip", "shuffled labels"]
    assert table.attrs["shuffled"] == "shuffled labels"


def test_like_stands_beside_like():
    rng = np.random.default_rng(4)
    ends = rng.normal(size=(2, N, 10))
    between = {f"m{at}": (1 - at / 5) * ends[0] + at / 5 * ends[1] for at in range(6)}
    given = {name: between[name] for name in ("m3", "m0", "m5", "m1", "m4", "m2")}
    assert compare_many(given).order() == sorted(given)
    # Where all are the same their names decide.
    assert compare_many({"b": ends[0], "a": ends[0], "c": ends[0]}).order() == ["a", "b", "c"]
    assert compare_many({"b": ends[0], "a": ends[1]}).order() == ["a", "b"]


def test_neither_the_order_of_the_items_nor_of_the_spaces_changes_anything(many, spaces, labels):
    items = np.random.default_rng(5).permutation(N)
    names = ["flat", "mae", "clip", "dino"]
    other = compare_many(
        {name: spaces[name][items] for name in names},
        metric=[METRICS[name] for name in names],
        label=labels[items],
        n_neighbors=8,
        k_max=20,
    )
    rows = list(spaces)
    pd.testing.assert_frame_equal(other.matrix().loc[rows, rows], many.matrix())
    assert other.order() == many.order()
    rows.append("shuffled")
    pd.testing.assert_frame_equal(other.quality().loc[rows], many.quality(), atol=1e-9)


def test_items_that_are_not_in_all_are_left_out(spaces):
    ids = np.array([f"i{row}" for row in range(N)], object)
    kept = {"clip": slice(None), "dino": slice(4, None), "mae": slice(None, -6)}
    given = {name: Space(spaces[name][rows], ids=ids[rows]) for name, rows in kept.items()}
    given["dino"] = given["dino"].take(np.arange(N - 4)[::-1])
    many = compare_many(given)
    assert many.n == N - 10
    assert many.ids.tolist() == ids[4:-6].tolist()
    assert many.join_report.left_out == {"clip": 10, "dino": 6, "mae": 4}
    assert "10 of 'clip' dropped, not in all spaces" in str(many.join_report)
    pair = compare(spaces["clip"][4:-6], spaces["dino"][4:-6])
    assert many.pair("clip", "dino").similarity == pair.similarity


def test_what_is_given_beside_has_a_row_for_each_that_was_given(spaces, labels):
    gaps = spaces["dino"].copy()
    gaps[[3, 7]] = np.nan
    whole = [row for row in range(N) if row not in (3, 7)]
    ids = [f"i{row}" for row in range(N)]
    for given in ([gaps, spaces["clip"], spaces["mae"]], [spaces["clip"], gaps, spaces["mae"]]):
        many = compare_many(given, ids=ids, label=labels, missing="drop")
        assert many.ids.tolist() == [ids[row] for row in whole]
        assert many.metadata["label"].tolist() == labels[whole].tolist()
        assert many.pair(0, 1).a.ids.tolist() == many.ids.tolist()
    # A pandas Series is brought to the order of the ids.
    turned = pd.Series(labels, index=ids).iloc[::-1]
    frame = pd.DataFrame(spaces["clip"], index=ids)
    many = compare_many([frame, frame.iloc[::-1]], label=turned)
    assert many.metadata["label"].tolist() == labels.tolist()
    assert many.quality(turned, n_seeds=0).equals(many.quality(n_seeds=0))


def test_a_series_and_its_comparisons_share_their_graphs(spaces, labels):
    engine = Counting()
    first = compare_many(list(spaces.values()), engine=engine, metric="euclidean", label=labels)
    series = first.series
    assert isinstance(series, Series)
    assert series.curve(8)["precision_at_1"].notna().all()
    assert engine.n_searches == 4
    again = compare_many(series, names=["a", "b", "c", "d"], engine=engine, n_neighbors=5)
    assert engine.n_searches == 4
    assert (again.names, again.n_neighbors) == (("a", "b", "c", "d"), 5)
    np.testing.assert_array_equal(again.matrix(10), first.matrix())
    other = compare_many(series, engine=engine, metric=["cosine", None, None, "euclidean"])
    assert engine.n_searches == 4 + 3
    assert other.pair(0, 1).pair.metric_a == "cosine"
    assert compare_many(first, engine=engine).matrix().equals(first.matrix())
    labelled = compare_many(Series(spaces), label=labels)
    assert labelled.quality(n_seeds=0).shape == (5, 15)


def test_each_step_of_a_series_may_have_its_metric(spaces):
    series = Series(spaces, metric=["cosine", None, "euclidean", None])
    assert series.metric == ("cosine", None, "euclidean", None)
    assert series[1:3].metric == (None, "euclidean")
    assert series.graph("mae").metric == "euclidean"
    assert series.graph("flat").metric == "euclidean"


def test_p_values_count_the_search_over_all_pairs(many, spaces):
    table = many.pairs(n_permutations=49)
    assert table[["a", "b"]].to_numpy().tolist() == [list(two) for two in combinations(spaces, 2)]
    by_pair = table.set_index(["a", "b"])
    assert by_pair.loc[("clip", "dino"), "p_value"] == 1 / 50
    assert by_pair.loc[("clip", "mae"), "p_value"] > 0.05
    np.testing.assert_allclose(
        table["adjusted"], many.matrix().to_numpy()[np.triu_indices(4, 1)], atol=1e-12
    )


def test_spaces_of_a_registry(tmp_path, spaces):
    registry = ew.Registry(tmp_path / "registry")
    ids = [f"i{row}" for row in range(N)]
    registry.add_dataset(pd.DataFrame({"id": ids, "kind": np.arange(N) % 3}), name="d", id="id")
    for name in ("clip", "dino", "mae"):
        registry.add(Space(spaces[name], ids=ids), name=name, dataset="d")
    many = compare_many([registry[name] for name in ("clip", "dino", "mae")], label="kind")
    assert many.names == ("clip", "dino", "mae")
    expected = compare(registry["clip"], registry["mae"]).similarity
    assert many.pair("clip", "mae").similarity == expected
    assert many.quality(n_seeds=0).shape == (4, 15)


def test_progress_names_the_space_and_can_stop(spaces):
    steps = []
    many = compare_many(spaces, progress=lambda step, share: steps.append((step, share)))
    assert {step.rpartition(" in ")[2] for step, _ in steps} == {repr(name) for name in spaces}
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def stop(step, share):
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare_many(spaces, progress=stop)
    with pytest.raises(Cancelled):
        many.curves(progress=stop)
    assert many.curves().values.shape == (6, 50, 3)


def test_sixty_spaces_and_a_pickle():
    rng = np.random.default_rng(6)
    start = rng.normal(size=(40, 4))
    many = compare_many(
        {f"m{at}": start + at * rng.normal(size=start.shape) / 20 for at in range(60)}, k_max=10
    )
    assert many.matrix().shape == (60, 60)
    assert sorted(many.order()) == sorted(many.names)
    again = pickle.loads(pickle.dumps(many))
    assert again.matrix().equals(many.matrix())


def test_metadata_has_the_columns_of_all_spaces(spaces, labels):
    ids = np.arange(N) + 100
    first = Space(spaces["clip"], ids=ids, metadata=pd.DataFrame({"row": range(N)}))
    kinds = pd.DataFrame({"row": -1, "kind": labels[::-1]})
    second = Space(spaces["dino"][::-1], ids=ids[::-1], metadata=kinds)
    many = compare_many([first, second], label="kind")
    assert many.metadata["row"].tolist() == list(range(N))
    assert many.metadata["kind"].tolist() == labels.tolist()
    assert many.pair(0, 1).frame["kind"].tolist() == labels.tolist()
