"""What was once misread without a word: each case as it was found, from the door to the verdict."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import embwidget as ew

N = 500
SHARE = "precision_at_1"


@pytest.fixture
def r() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def told_apart(r):
    """Labels of ten classes, and two spaces of which the first tells them apart better."""
    labels, centers = r.integers(0, 10, N), r.standard_normal((10, 64))
    a, b = (centers[labels] + s * r.standard_normal((N, 64)) for s in (0.5, 3))
    return labels, a, b


def values(comparison: ew.Comparison, metric: str) -> list[float]:
    table = comparison.quality(n_seeds=0)
    return table.loc[table["metric"] == metric, "value"].tolist()


def test_labels_of_torch_are_the_numbers_they_are(told_apart):
    labels, a, b = told_apart
    verdict = ew.compare(a, b, label=labels).quality_verdict()
    assert verdict.startswith("A is better on 10 of 10 labels")
    assert ew.compare(a, b, label=torch.tensor(labels)).quality_verdict() == verdict


def test_metadata_is_paired_by_its_index_of_ids(told_apart):
    labels, a, b = told_apart
    ids = [f"item {i}" for i in range(N)]
    meta = pd.DataFrame({"label": labels}, index=ids).sample(frac=1, random_state=0)
    a, b = ew.Space(a, ids=ids), ew.Space(b, ids=ids)
    found = values(ew.compare(a, b, metadata=meta, label="label"), SHARE)
    assert found == values(ew.compare(a, b, label=labels), SHARE)
    assert found[0] > 0.9


def test_large_whole_numbers_beside_a_gap_stay_three_labels(r):
    v = r.standard_normal((100, 8))
    md = pl.DataFrame({"u": [None] + [2**60 + i % 3 for i in range(99)]})
    names = ew.compare(v, v, metadata=md, label="u").labels().names
    assert names == [2**60, 2**60 + 1, 2**60 + 2]


def test_vectors_are_not_passed_over_for_the_numbers_beside_them(r, tmp_path):
    v, t = r.standard_normal((100, 8)), r.integers(1, 99, 100)
    path = tmp_path / "e.csv"
    pd.DataFrame({"n_tokens": t, "embedding": v.tolist()}).to_csv(path, index=False)
    np.testing.assert_array_equal(ew.Space.load(path).vectors, v.astype(np.float32))
    frame = pd.DataFrame({"n_tokens": t, "embedding": list(v)})
    frame.loc[0, "embedding"] = np.nan
    with pytest.raises(ValueError, match=r"column 'embedding': row 0 has no vector.*drop"):
        ew.as_space(frame)
    left = ew.as_space(frame, missing="drop")
    np.testing.assert_array_equal(left.vectors, v[1:].astype(np.float32))


def test_a_label_is_no_dimension(r):
    noise, labels = r.standard_normal((N, 8)), r.integers(0, 2, N)
    space = ew.as_space(pd.DataFrame(noise).add_prefix("x").assign(label=labels))
    assert space.n_dims == 8
    table = ew.label_metrics(space, labels, n_seeds=0).set_index("metric")
    assert abs(table.loc[SHARE, "value"] - 0.5) < 0.1


def test_copies_in_both_spaces_are_no_agreement(r):
    t1, t2 = r.integers(0, 20, 1000), r.integers(0, 20, 1000)
    a, b = (r.standard_normal((20, 64))[t] for t in (t1, t2))
    assert ew.compare(a, b).verdict() == "no more than chance"
    jittered = [x + 1e-3 * r.standard_normal(x.shape) for x in (a, b)]
    assert ew.compare(*jittered).verdict() == "no more than chance"
    assert ew.compare(a, a).similarity == 1


def test_a_collapsed_space_is_better_at_nothing(r):
    labels = np.repeat(np.arange(5), 100)
    found = ew.compare(np.ones((N, 16)), r.standard_normal((N, 16)), label=labels)
    assert "A" not in set(found.quality()["better"])


def test_rows_that_float32_makes_equal_agree_on_nothing(r):
    x, y = (1e4 + 1e-4 * r.standard_normal((N, 32)) for _ in "ab")
    with pytest.warns(UserWarning, match="500 rows that differ are equal in float32"):
        found = ew.compare(x, y, metric="euclidean")
    assert found.verdict().startswith("cannot be told")


def test_a_narrow_cone_is_exact_and_has_all_measures(r):
    x, y = (1 + 1e-6 * r.standard_normal((N, 32)) for _ in "ab")
    rows = x.astype(np.float32).astype(np.longdouble)
    units = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    squares = ((units[:, None] - units) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    true, found = np.argsort(squares, axis=1)[:, :10], ew.knn_graph(x, 10).indices
    assert np.mean([len(set(t) & set(f)) / 10 for t, f in zip(true, found, strict=True)]) > 0.999
    comparison = ew.compare(x, y)
    assert comparison.verdict() == "no more than chance"
    assert len(comparison.measures(n_permutations=2)) > 10
