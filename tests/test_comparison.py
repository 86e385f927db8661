"""What `compare` finds, against set arithmetic on scikit-learn's exact neighbours."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import pairwise_distances

import embwidget as ew
from embwidget._core.progress import Cancelled
from embwidget.measures.neighbors.expected import expected_jaccard


@pytest.fixture(scope="module")
def digits():
    """Pixels of 400 real digits, what a classifier makes of them, and the digits' names."""
    data = load_digits()
    pixels, names = data.data[:400], data.target[:400]
    return pixels, LinearDiscriminantAnalysis().fit_transform(pixels, names), names


@pytest.fixture(scope="module")
def comparison(digits):
    pixels, projected, names = digits
    ids = [f"digit-{i:04d}" for i in range(len(names))]
    frame = pd.DataFrame({"digit": names.astype(str), "ink": pixels.sum(axis=1)})
    return ew.compare(pixels, projected, ids=ids, metadata=frame, label="digit", metric="euclidean")


def neighbour_sets(x: np.ndarray, k: int, metric: str) -> list[set[int]]:
    """The slow plain way, in float64; ties in the order of their positions."""
    x = x.astype(np.float32).astype(np.float64)
    distances = -x @ x.T if metric == "inner_product" else pairwise_distances(x, metric=metric)
    np.fill_diagonal(distances, np.inf)
    return [set(row) for row in np.argsort(distances, axis=1, kind="stable")[:, :k].tolist()]


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner_product"])
def test_jaccard_is_set_arithmetic_on_exact_neighbours_for_every_k(metric):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 200, 12))
    found = ew.compare(a, b, metric=metric)
    for k in range(1, 51):
        sets = zip(neighbour_sets(a, k, metric), neighbour_sets(b, k, metric), strict=True)
        expected = [len(p & q) / len(p | q) for p, q in sets]
        np.testing.assert_allclose(found.jaccard(k), expected, rtol=1e-6)


def test_jaccard_on_real_data_with_duplicates(digits):
    pixels, projected, _ = digits
    rows = np.r_[0:300, 0:60]
    found = ew.compare(pixels[rows], projected[rows], metric="euclidean")
    for k in (1, 7, 10, 50):
        sets = zip(
            neighbour_sets(pixels[rows], k, "euclidean"),
            neighbour_sets(projected[rows], k, "euclidean"),
            strict=True,
        )
        expected = [len(p & q) / len(p | q) for p, q in sets]
        np.testing.assert_allclose(found.jaccard(k), expected, rtol=1e-6)


def test_a_space_against_itself_is_one_with_its_interval(digits):
    same = ew.compare(digits[0], digits[0])
    assert (same.similarity, same.similarity.low, same.similarity.high) == (1, 1, 1)
    assert (same.jaccard() == 1).all()


def test_unrelated_spaces_are_at_chance():
    rng = np.random.default_rng(0)
    found = ew.compare(*rng.normal(size=(2, 2000, 8)))
    assert found.similarity.low < found.similarity.chance < found.similarity.high
    assert abs(found.similarity.adjusted) < 0.01


def test_similarity_is_a_float_with_interval_and_chance(comparison):
    similarity = comparison.similarity
    assert similarity.value == float(similarity) == pytest.approx(comparison.jaccard().mean())
    error = comparison.jaccard().std(ddof=1) / 20
    assert similarity.high - similarity.value == pytest.approx(1.96 * error, rel=1e-3)
    assert similarity.chance == expected_jaccard(400, 10)


def test_shared_overlap_histogram_and_curve_agree(comparison):
    shared = comparison.shared(7)
    np.testing.assert_allclose(comparison.overlap(7), shared / 7, rtol=1e-6)
    assert comparison.histogram(7).tolist() == np.bincount(shared, minlength=8).tolist()
    curve = comparison.curve()
    assert curve.k.tolist() == list(range(1, 51))
    assert curve.jaccard[6] == pytest.approx(comparison.jaccard(7).mean())
    assert (curve.low <= curve.jaccard).all()
    assert (curve.jaccard <= curve.high).all()
    assert (curve.chance.diff().dropna() > 0).all()


def test_neighbors_of_an_item_stand_side_by_side(comparison, digits):
    pixels, projected, names = digits
    frame = comparison.neighbors("digit-0042", k=8)
    assert frame["rank"].tolist() == list(range(1, 9))
    for side, other, x, y in (("a", "b", pixels, projected), ("b", "a", projected, pixels)):
        x, y = (z.astype(np.float32).astype(np.float64) for z in (x, y))
        far, far_there = np.linalg.norm(x - x[42], axis=1), np.linalg.norm(y - y[42], axis=1)
        far[42] = far_there[42] = np.inf
        nearest = np.argsort(far, kind="stable")[:8]
        there = np.argsort(far_there, kind="stable").tolist()
        assert frame[f"id_{side}"].tolist() == [f"digit-{i:04d}" for i in nearest]
        np.testing.assert_allclose(frame[f"distance_{side}"], far[nearest], rtol=1e-5)
        ranks = [there.index(i) + 1 for i in nearest]
        expected = [rank if rank <= 50 else None for rank in ranks]
        assert (
            frame[f"rank_in_{other}"]
            .astype(object)
            .where(frame[f"rank_in_{other}"].notna(), None)
            .tolist()
            == expected
        )
        assert frame[f"shared_{side}"].tolist() == [rank <= 8 for rank in ranks]
        assert frame[f"label_{side}"].tolist() == [str(names[i]) for i in nearest]


def test_to_frame_has_ids_metadata_and_coincidence(comparison):
    frame = comparison.to_frame()
    assert frame.columns.tolist() == [
        *["id", "digit", "ink", "coincidence", "shared", "distance_a", "distance_b"],
        *["label_agreement_a", "label_agreement_b"],
    ]
    assert frame.id[3] == "digit-0003"
    np.testing.assert_array_equal(frame.coincidence, comparison.jaccard())
    assert comparison.to_frame(3).shared.max() <= 3


def test_metadata_columns_of_the_same_name_are_kept_beside_ours(digits):
    found = ew.compare(digits[0], digits[1], metadata=pd.DataFrame({"id": digits[2]}))
    assert found.to_frame().columns[:2].tolist() == ["id", "id_"]
    assert found.to_frame()["id_"].tolist() == digits[2].tolist()


def test_spaces_are_joined_by_id_and_the_metadata_follows(digits):
    pixels, projected, names = digits
    a = ew.Space(pixels[:300], ids=np.arange(300), metadata=pl.DataFrame({"digit": names[:300]}))
    order = np.random.default_rng(0).permutation(400)[:350]
    b = ew.Space(projected[order], ids=order)
    found = ew.compare(a, b, label="digit")
    both = [i for i in range(300) if i in set(order.tolist())]
    assert found.join_report.matched == len(both)
    assert found.join_report.only_a == 300 - len(both)
    assert found.a.ids.tolist() == both
    assert found.to_frame()["digit"].tolist() == names[both].tolist()
    direct = ew.compare(pixels[both], projected[both])
    np.testing.assert_array_equal(found.jaccard(), direct.jaccard())


def test_columns_of_both_sides_are_known(digits):
    pixels, projected, names = digits
    a = ew.Space(pixels, metadata=pd.DataFrame({"digit": names}))
    b = ew.Space(projected, metadata=pl.DataFrame({"digit": names + 1, "even": names % 2 == 0}))
    frame = ew.compare(a, b).to_frame()
    assert frame["digit"].tolist() == names.tolist()
    assert frame["even"].tolist() == (names % 2 == 0).tolist()


def test_labels_may_be_an_array(digits):
    found = ew.compare(digits[0], digits[1], label=digits[2])
    assert found.label == "label"
    assert found.to_frame()["label"].tolist() == digits[2].tolist()


def test_each_space_has_its_own_metric(digits):
    pixels, projected, _ = digits
    a, b = ew.Space(pixels, metric="euclidean"), ew.Space(projected)
    found = ew.compare(a, b)
    assert (found.graph_a.metric, found.graph_b.metric) == ("euclidean", "cosine")
    told = ew.compare(a, b, metric=("cosine", "inner_product"))
    assert (told.graph_a.metric, told.graph_b.metric) == ("cosine", "inner_product")


def test_k_max_is_cut_to_the_items_there_are(digits):
    assert ew.compare(digits[0][:12], digits[1][:12]).k_max == 11
    assert ew.compare(digits[0][:30], digits[1][:30], n_neighbors=20, k_max=5).k_max == 20


def test_permuting_the_rows_permutes_the_answer(digits):
    pixels, projected, _ = digits
    order = np.random.default_rng(1).permutation(400)
    straight, permuted = ew.compare(pixels, projected), ew.compare(pixels[order], projected[order])
    np.testing.assert_array_equal(straight.jaccard()[order], permuted.jaccard())


def test_cancelling_passes_through(digits):
    def stop(step: str, share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ew.compare(digits[0], digits[1], progress=stop)


def test_the_repr_says_what_was_found(comparison):
    assert "400 items, Jaccard@10 0." in repr(comparison)


GOOD = np.random.default_rng(0).normal(size=(20, 4))
BAD_CALLS = {
    "k >= n": ({"n_neighbors": 20}, "n_neighbors=20: with 20 items give 1 to 19"),
    "k = 0": ({"n_neighbors": 0}, "give 1 to 19"),
    "k no number": ({"n_neighbors": "10"}, "give a whole number"),
    "k_max": ({"k_max": 0}, "k_max=0: give a whole number"),
    "metric": ({"metric": "cosin"}, "there are 'cosine', 'euclidean', 'inner_product'"),
    "three metrics": ({"metric": ("cosine",) * 3}, "one for each space"),
    "engine": ({"engine": "faiss"}, "there are 'auto', 'exact', 'nndescent'"),
    "n_jobs": ({"n_jobs": -1}, "n_jobs"),
    "label without metadata": ({"label": "kind"}, "there is no metadata: pass metadata="),
    "label length": ({"label": [1, 2, 3]}, "label: 3 values for 20 rows"),
    "unknown column": (
        {"label": "categroy", "metadata": pd.DataFrame({"category": range(20)})},
        "label='categroy' is no column of the metadata: there are 'category'",
    ),
    "metadata length": ({"metadata": pd.DataFrame({"x": [1]})}, "1 rows for 20 items"),
    "metadata no frame": ({"metadata": 3}, "expected a data frame"),
    "ids length": ({"ids": [1, 2]}, "20 are needed"),
    "ids twice": ({"ids": ["x"] * 20}, "not unique: 'x'"),
    "huge id": ({"ids": ["x" * 100_000] * 20}, "xxx…"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_bad_arguments_are_refused_in_one_line_that_says_what_to_do(case):
    arguments, message = BAD_CALLS[case]
    with pytest.raises((ValueError, TypeError)) as refused:
        ew.compare(GOOD, GOOD, **arguments)
    text = str(refused.value)
    assert message in text
    assert "\n" not in text
    assert len(text) < 300


BAD_SPACES = {
    "one item": (GOOD[:1], GOOD[:1], "at least 2 items"),
    "1-D": (GOOD[0], GOOD, "(n_samples, n_dims), got (4,)"),
    "different n": (GOOD, GOOD[:7], "neither has ids: give ids"),
    "zero rows": (np.zeros((20, 4)), GOOD, 'use metric="euclidean"'),
    "nan": (GOOD, np.full((20, 4), np.nan), "b: vectors: row 0, column 0"),
    "no common id": (
        ew.Space(GOOD, ids=[f"img_{i}" for i in range(20)]),
        ew.Space(GOOD, ids=range(20)),
        "no id is in both spaces",
    ),
}


@pytest.mark.parametrize("case", BAD_SPACES)
def test_bad_spaces_are_refused_in_one_line_that_says_what_to_do(case):
    a, b, message = BAD_SPACES[case]
    with pytest.raises((ValueError, TypeError)) as refused:
        ew.compare(a, b)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_item_is_named_with_near_ones(comparison):
    with pytest.raises(KeyError, match="there are 'digit-0"):
        comparison.neighbors("digit-042")


@pytest.mark.parametrize("k", [0, 51, 2.5, True])
def test_k_out_of_range_is_refused(comparison, k):
    with pytest.raises(ValueError, match="give a whole number from 1 to 50, the k_max"):
        comparison.jaccard(k)


def test_progress_true_is_a_bar_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).normal(size=(300, 20)).astype(np.float32)
    ew.compare(x, x[:, :10])
    assert capsys.readouterr().err == ""
    ew.compare(x, x[:, :10], progress=True)
    shown = capsys.readouterr().err
    assert "100% |" in shown
    assert "done" in shown


def test_memory_maps_are_compared_within_a_bound_and_alike(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    sides = []
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", rng.normal(size=(2000, 64)).astype(np.float32))
        sides.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))

    bounded = ew.compare(*sides, max_memory=20_000_000)
    free = ew.compare(*(np.array(side) for side in sides))
    assert isinstance(bounded.a.vectors, np.memmap)
    assert np.array_equal(bounded.graph_a.indices, free.graph_a.indices)
    assert np.array_equal(bounded.graph_b.distances, free.graph_b.distances)
    with pytest.raises(ValueError, match=r"max_memory=1000.*bytes"):
        ew.compare(*sides, max_memory=1000)
    with pytest.raises(ValueError, match=r"max_memory='4 GB': give a whole number .* bytes"):
        ew.compare(*sides, max_memory="4 GB")
