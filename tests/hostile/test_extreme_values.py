"""Numbers at both ends of float32: right by a longer reference, or refused in a sentence."""

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import embwidget as ew

N, D = 40, 6
rng = np.random.default_rng(0)
GROUPS = np.arange(N) % 4
USUAL = (rng.normal(size=(4, D))[GROUPS] * 2 + rng.normal(size=(N, D))).astype(np.float32)
OTHER = (USUAL[:, :3] + rng.normal(size=(N, 3))).astype(np.float32)


def with_row(factor: float) -> np.ndarray:
    vectors = USUAL.copy()
    vectors[7] *= np.float32(factor)
    return vectors


# Powers of two, so that nothing but the scale is another.
SCALED = {power: np.ldexp(USUAL, power) for power in (63, 83, 100, 115, -66, -100, -120)}
CASES = {
    **{f"2**{power}": vectors for power, vectors in SCALED.items()},
    "1e38": np.sign(USUAL) * np.float32(1e38),
    "largest": np.sign(USUAL) * np.finfo(np.float32).max,
    "subnormal": rng.integers(1, 9, (N, D)).astype(np.float32) * np.float32(1e-45),
    "1e-42": USUAL * np.float32(1e-42),
    "row of 1e10": with_row(1e10),
    "row of 1e14": with_row(1e14),
    "row of 1e30": with_row(1e30),
    "row of 1e-30": with_row(1e-30),
    "all scales": USUAL * (10.0 ** rng.integers(-37, 37, (N, 1))).astype(np.float32),
    "some subnormal": np.where(rng.random((N, D)) < 0.5, USUAL, np.float32(1e-45)),
}


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


def unless_refused(message: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a call returns; None when it refuses with this message, and a short one."""
    try:
        return call(*args, **kwargs)
    except ValueError as error:
        if len(str(error)) < 300 and re.search(message, str(error)):
            return None
        raise


def reference(vectors: np.ndarray, metric: str) -> np.ndarray:
    """All distances by the definition in long doubles, (n, n)."""
    x = vectors.astype(np.longdouble)
    if metric == "inner_product":
        distances = -(x @ x.T)
    else:
        if metric == "cosine":
            x = x / np.sqrt((x * x).sum(axis=1, keepdims=True))
        apart = ((x[:, None] - x) ** 2).sum(axis=-1)
        distances = apart / 2 if metric == "cosine" else np.sqrt(apart)
    np.fill_diagonal(distances, np.inf)
    return distances


@pytest.mark.parametrize("engine", ["exact", "ivf"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner_product"])
@pytest.mark.parametrize("case", CASES)
def test_neighbours_and_distances_are_right_or_refused(case, metric, engine):
    vectors = CASES[case]
    refusal = "(?!)" if metric == "cosine" else "float32"
    graph = unless_refused(refusal, ew.knn_graph, vectors, 5, metric=metric, engine=engine)
    if graph is None:
        return
    every = reference(vectors, metric)
    nearest = np.sort(every, axis=1)[:, :5]
    found = np.take_along_axis(every, graph.indices.astype(int), axis=1)
    # An inner product is known to some digits of the lengths alone.
    lengths = np.sqrt((vectors.astype(np.longdouble) ** 2).sum(axis=1))
    loose = 1e-9 * lengths[:, None] * np.median(lengths) if metric == "inner_product" else 1e-12
    assert (np.abs(found - nearest) <= 1e-6 * np.abs(nearest) + loose).all()
    assert np.isfinite(graph.distances).all()
    assert (np.abs(graph.distances - found) <= 1e-5 * np.abs(found) + loose + 1e-45).all()


@pytest.mark.parametrize("case", CASES)
def test_principal_components_are_right_or_refused(case):
    vectors = CASES[case]
    refusal = "beyond 1e37" if case in {"1e38", "largest"} else "(?!)"
    found = unless_refused(refusal, ew.project, vectors, "pca")
    if found is None:
        return
    found = found.astype(np.float64)
    x = vectors.astype(np.float64)
    size = np.abs(x).max()
    x = (x - x.mean(axis=0)) / size
    left, lengths, _ = np.linalg.svd(x, full_matrices=False)
    expected = left[:, :2] * lengths[:2] * size
    atol = max(1e-4 * np.abs(expected).max(), 2e-45)
    for axis in (0, 1):
        sign = np.sign((found[:, axis] / size) @ (expected[:, axis] / size)) or 1
        np.testing.assert_allclose(sign * found[:, axis], expected[:, axis], rtol=0, atol=atol)


@pytest.mark.parametrize("reducer", ["umap", "tsne", "pacmap"])
@pytest.mark.parametrize("power", [63, -100])
def test_maps_do_not_depend_on_the_scale(power, reducer):
    if reducer != "umap":
        pytest.importorskip({"tsne": "sklearn", "pacmap": "pacmap"}[reducer])
    drawn = ew.project(SCALED[power], reducer, metric="euclidean")
    assert np.isfinite(drawn).all()
    near = ew.knn_graph(drawn, 5, metric="euclidean").indices
    same = (GROUPS[near] == GROUPS[:, None]).mean()
    usual = ew.knn_graph(ew.project(USUAL, reducer, metric="euclidean"), 5, metric="euclidean")
    assert same > (GROUPS[usual.indices] == GROUPS[:, None]).mean() - 0.15


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("power", [100, -100])
def test_what_is_measured_does_not_depend_on_the_scale(power, metric):
    def measured(vectors):
        c = ew.compare(vectors, OTHER, metric=metric, n_neighbors=5, k_max=8, label=GROUPS)
        table = c.measures(n_permutations=2)
        quality = c.quality()
        # Clusters start at random.
        quality = quality[~quality["metric"].isin(["AMI", "NMI"])]
        return table["value"].to_numpy(), quality["value"].to_numpy()

    for scaled, usual in zip(measured(SCALED[power]), measured(USUAL), strict=True):
        np.testing.assert_allclose(scaled, usual, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("case", ["row of 1e30", "all scales", "subnormal", "2**115"])
def test_what_has_no_value_says_why(case):
    c = ew.compare(CASES[case], OTHER, n_neighbors=5, k_max=8, label=GROUPS)
    table = c.measures(n_permutations=2)
    assert table[table["value"].isna()]["note"].str.len().gt(0).all()
    assert not np.isinf(table.select_dtypes("number").to_numpy(float)).any()
    assert np.isfinite(c.quality()["value"]).all()


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (1e300, "row 0, column 0 is beyond float32"),
        (1e-300, "row 0 is below float32, its largest number is .*e-300"),
        (1e-41, "row 0 is below float32"),
    ],
)
def test_doubles_that_float32_does_not_hold_are_refused(factor, message):
    with pytest.raises(ValueError, match=message):
        ew.Space(USUAL.astype(np.float64) * factor)
    row = USUAL.astype(np.float64)
    row[3] *= factor
    with pytest.raises(ValueError, match=message.replace("row 0", "row 3")):
        ew.Space(row)


def test_zeros_and_gaps_are_no_tiny_rows():
    vectors = USUAL.astype(np.float64)
    vectors[2] = 0
    vectors[3, 1:] = 1e-300
    assert len(ew.Space(vectors)) == N
    vectors[4, 1] = np.nan
    assert len(ew.Space(vectors, missing="drop")) == N - 1
