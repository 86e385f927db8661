"""`project_series`: maps of all steps on the same axes, and what each keeps of the neighbours."""

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn import decomposition

import embwidget as ew
from embwidget import Series, SeriesMaps, project_series
from embwidget.projection import UMAP, MapRequest, Reducer, project
from embwidget.projection.reducers import REDUCERS

N, K = 90, 5


def rotation(rng, n_dims):
    return np.linalg.qr(rng.normal(size=(n_dims, n_dims)))[0]


@pytest.fixture(scope="module")
def steps():
    """Three clusters that come apart, each step turned, scaled and shifted as a model may do it."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(N, 6))
    centers = np.repeat(3 * np.eye(6)[:3], N // 3, axis=0)
    made = []
    for at in range(4):
        turned = (x + at * centers / 2) @ rotation(rng, 6)
        made.append((10.0**at * turned + at).astype(np.float32))
    return made


@pytest.fixture(scope="module")
def series(steps):
    return Series({f"epoch {at}": x for at, x in enumerate(steps)}, metric="euclidean")


def nearest(x, k):
    distances = cdist(x.astype(np.float64), x.astype(np.float64))
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def slow_kept(x, positions, k):
    pairs = zip(nearest(x, k), nearest(positions, k), strict=True)
    return np.array([len(set(a) & set(b)) / k for a, b in pairs])


def quietly(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return project_series(*args, **options)


@pytest.mark.parametrize("fit_on", ["all", "each", "last", 1, "epoch 1", -4])
@pytest.mark.parametrize("reducer", ["pca", "umap"])
def test_positions_and_what_they_keep(series, steps, reducer, fit_on):
    maps = quietly(series, reducer, fit_on=fit_on, k=K)
    assert isinstance(maps, SeriesMaps)
    assert maps.positions.shape == (4, N, 2)
    assert maps.positions.dtype == np.float32
    assert (maps.names, len(maps), maps.reducer) == (series.names, 4, reducer)
    for at, x in enumerate(steps):
        slow = slow_kept(x, maps[at], K)
        assert maps.kept["kept"][at] == pytest.approx(slow.mean(), abs=0.005)
        np.testing.assert_allclose(maps.kept_items[at], slow, atol=0.21)
    assert (maps.kept["chance"] == K / (N - 1)).all()
    assert (maps.kept["low"] < maps.kept["kept"]).all()
    again = quietly(series, reducer, fit_on=fit_on, k=K, n_jobs=2)
    np.testing.assert_array_equal(again.positions, maps.positions)


def test_all_steps_together_are_one_fit(series, steps):
    maps = project_series(series, "pca", align=None)
    stacked = decomposition.PCA(2).fit(np.vstack(steps))
    for at, x in enumerate(steps):
        drawn = stacked.transform(x)
        signs = np.sign((drawn * maps[at]).sum(axis=0))
        np.testing.assert_allclose(maps[at], drawn * signs, rtol=1e-3, atol=0.2)
    umap = project_series(series, "umap", align=None)
    of_stack = project(np.vstack(steps), "umap", metric="euclidean")
    np.testing.assert_array_equal(umap.positions.reshape(-1, 2), of_stack)


def test_a_fit_of_the_last_is_its_own_map_and_axes_of_the_others(series, steps):
    with pytest.warns(
        UserWarning, match=r"fitted on step 'epoch 3' keeps 0\.\d+ of its neighb"
    ) as told:
        maps = project_series(series, "pca", fit_on="last", align=None)
    assert len(told) == 1
    message = str(told[0].message)
    assert f"{maps.kept['kept'][0]:.3f} of those of step 'epoch 0'" in message
    assert len(message) < 300
    fitted = decomposition.PCA(2).fit(steps[3])
    for at, x in enumerate(steps):
        drawn = fitted.transform(x)
        signs = np.sign((fitted.transform(steps[3]) * maps[3]).sum(axis=0))
        np.testing.assert_allclose(maps[at], drawn * signs, rtol=1e-3, atol=0.2)


@pytest.mark.parametrize("reducer", ["pca", "umap"])
def test_turned_onto_each_other_equal_steps_lie_on_each_other(steps, reducer):
    rng = np.random.default_rng(0)
    x = steps[2]
    turned = [x, 3 * x @ rotation(rng, 6) + 1, np.pad(x, ((0, 0), (0, 4))) @ rotation(rng, 10)]
    series = Series([each.astype(np.float32) for each in turned], metric="euclidean")
    maps = quietly(series, reducer, fit_on="last")
    radius = np.linalg.norm(maps[2] - maps[2].mean(axis=0), axis=1).mean()
    for at in range(2):
        apart = np.linalg.norm(maps[at] - maps[2], axis=1)
        assert np.median(apart) < 0.1 * radius
    without = quietly(series[:2], reducer, fit_on="last", align=None)
    apart = np.linalg.norm(without[0] - without[1], axis=1)
    assert np.median(apart) > 0.3 * radius


def test_by_cosine_only_directions_count(steps):
    rng = np.random.default_rng(0)
    lengths = rng.uniform(0.1, 10, (N, 1)).astype(np.float32)
    series = Series([steps[0], steps[0] * lengths])
    maps = project_series(series, "umap")
    apart = np.linalg.norm(maps[0] - maps[1], axis=1)
    assert np.median(apart) < 0.1 * np.ptp(maps[1], axis=0).max()
    assert maps.kept["kept"].std() < 0.02


def test_three_dimensions(series):
    for reducer in ("pca", "umap", UMAP(n_components=3)):
        n_components = 2 if isinstance(reducer, Reducer) else 3
        maps = quietly(series, reducer, n_components=n_components, fit_on="last")
        assert maps.positions.shape == (4, N, 3)
        assert list(maps.frame().columns) == ["item", "step", "split", "x", "y", "z"]
    with pytest.raises(ValueError, match='reducer "tsne" draws maps of 2 dimensions, not of 3'):
        project_series(series, "tsne", n_components=3)
    with pytest.raises(ValueError, match="n_components=4: give a whole number from 2 to 3"):
        project_series(series, n_components=4)


def test_the_frame_is_tidy(steps):
    ids = [f"i{row}" for row in range(N)]
    split = np.where(np.arange(N) < 60, "train", "val")
    series = Series({0: ew.Space(steps[0], ids=ids), 5: ew.Space(steps[1], ids=ids)}, split=split)
    maps = project_series(series, "pca")
    frame = maps.frame()
    assert len(frame) == 2 * N
    second = frame[frame["step"] == 5]
    assert second["item"].tolist() == ids
    assert second["split"].tolist() == split.tolist()
    np.testing.assert_array_equal(second[["x", "y"]], maps["5"])
    assert project_series(steps, "pca").frame()["split"].isna().all()


def test_each_dataset_is_drawn_by_a_fit_of_its_own(steps):
    split = np.where(np.arange(N) % 3, "train", "val")
    series = Series(steps, split=split, metric="euclidean")
    maps = project_series(series, "pca", by_dataset=True, k=K)
    for name in ("train", "val"):
        rows = np.flatnonzero(split == name)
        alone = project_series(Series([x[rows] for x in steps], metric="euclidean"), "pca", k=K)
        np.testing.assert_array_equal(maps.positions[:, rows], alone.positions)
        kept = maps.kept[maps.kept["dataset"] == name]
        assert kept["kept"].tolist() == alone.kept["kept"].tolist()
    assert maps.kept["step"].tolist() == [0, 1, 2, 3] * 2
    with pytest.raises(ValueError, match="nothing says of which dataset an item is"):
        project_series(steps, "pca", by_dataset=True)


def test_several_reducers_beside_each_other(series):
    maps = project_series(
        series,
        ["pca", {"reducer": "umap", "min_dist": 0.5}, {"reducer": "pca", "fit_on": "each"}],
    )
    assert list(maps) == ["pca", "umap (min_dist=0.5)", "pca (fit_on=each)"]
    np.testing.assert_array_equal(maps["pca"].positions, project_series(series, "pca").positions)
    by_hand = project_series(series, UMAP(min_dist=0.5))
    np.testing.assert_array_equal(maps["umap (min_dist=0.5)"].positions, by_hand.positions)
    assert maps["pca (fit_on=each)"].fit_on == "each"
    named = project_series(series, {"tight": UMAP(min_dist=0.0), "flat": "pca"})
    assert list(named) == ["tight", "flat"]


class FitAndTransform:
    """Neither fit_transform nor anything else: the first columns, less the mean of the fit."""

    def fit(self, x):
        self.mean = x.mean(axis=0)
        self.n_rows = len(x)
        x[:] = 0
        return self

    def transform(self, x):
        return (x - self.mean)[:, :2]


class FitTransformAlone:
    def fit_transform(self, x):
        return x[:, :2]


def test_an_object_of_ones_own(series, steps):
    own = FitAndTransform()
    maps = quietly(series, own, fit_on="last", align=None)
    assert (own.n_rows, maps.reducer) == (N, "FitAndTransform")
    np.testing.assert_allclose(maps[0], (steps[0] - own.mean)[:, :2], rtol=1e-5)
    # What the object wrote into is its own copy.
    assert series[3].vectors.any()
    project_series(series, own)
    assert own.n_rows == 4 * N
    assert project_series(series, FitTransformAlone()).positions.shape == (4, N, 2)
    assert project_series(series, lambda x: x[:, :3]).positions.shape == (4, N, 3)
    with pytest.raises(ValueError, match=r"FitTransformAlone returned the shape \(360, 2\)"):
        project_series(series, FitTransformAlone(), n_components=3)
    for reducer in (FitTransformAlone(), "tsne"):
        with pytest.raises(ValueError, match="draws no new items on a map"):
            project_series(series, reducer, fit_on="last")


def test_each_step_starts_at_the_map_of_the_next_one(series, steps):
    maps = project_series(series, "umap", fit_on="each")
    np.testing.assert_array_equal(maps[3], project(steps[3], "umap", metric="euclidean"))
    together = project_series(series, "umap")
    assert maps.kept["kept"].mean() > together.kept["kept"].mean()
    moved = np.linalg.norm(np.diff(maps.positions, axis=0), axis=2).mean()
    alone = np.stack(
        [project(x, "umap", metric="euclidean", random_state=at) for at, x in enumerate(steps)]
    )
    assert moved < np.linalg.norm(np.diff(alone, axis=0), axis=2).mean()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"reducer": "umpa"}, "reducer='umpa' is not known"),
        ({"reducer": decomposition.PCA}, "reducer is the class PCA"),
        ({"reducer": []}, "an empty list"),
        ({"reducer": ["pca", "pca"]}, "two reducers are called 'pca'"),
        ({"reducer": [{"reducer": "pca", "min_dist": 1}]}, 'reducer "pca" has no parameter'),
        ({"reducer": "aligned_umap", "fit_on": "last"}, '"aligned_umap" lays out all steps'),
        ({"fit_on": "first"}, 'fit_on=\'first\': give "all", "each", "last" or a step'),
        ({"fit_on": 4}, "give a position from 0 to 3"),
        ({"fit_on": None}, "fit_on=None"),
        ({"align": "rotate"}, "align='rotate': give \"procrustes\", or None"),
        ({"align": np.eye(2)}, "align=array"),
        ({"reducer": "aligned-umap"}, "'aligned_umap', an object with fit and transform"),
        ({"by_dataset": "train"}, "by_dataset='train': give True or False"),
        ({"n_neighbors": 1}, "n_neighbors=1"),
        ({"k": N}, "k=90: give a whole number from 1 to 89"),
        ({"random_state": -1}, "random_state=-1"),
        ({"drop_vectors": True}, "are not out of a registry"),
        ({"n_component": 3}, "has no argument n_component=: give n_components="),
    ],
)
def test_what_is_refused(series, how, message):
    with pytest.raises((ValueError, TypeError), match=message) as told:
        project_series(series, **how)
    assert len(str(told.value)) < 300


def test_steps_of_different_dimensions_or_metrics_want_to_be_aligned(steps):
    series = Series([steps[0], steps[1][:, :5]])
    with pytest.raises(ValueError, match=r'has 6 dimensions and .* 5: .* align="procrustes"'):
        project_series(series, "pca", align=None)
    assert project_series(series, "pca").positions.shape == (2, N, 2)
    mixed = Series([steps[0], ew.Space(steps[1], metric="inner_product")])
    with pytest.raises(ValueError, match="give align=None, or one metric for all"):
        project_series(mixed, "pca")
    products = Series(steps[:2], metric="inner_product")
    assert project_series(products, "umap").positions.shape == (2, N, 2)


def test_progress_rises_and_stops_the_work(series):
    shares = []
    quietly(series, ["pca", "umap"], fit_on="last", progress=lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def stop(step, share):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project_series(series, "umap", progress=stop)


def test_new_items_do_not_depend_on_each_other(steps):
    x = steps[3]
    request = MapRequest(x, metric="euclidean")
    for name in ("umap", "pacmap"):
        positions = project(x, "umap", metric="euclidean")
        new = x[:20] + np.float32(30)
        drawn = REDUCERS[name].transform(new, request, positions)
        assert np.isfinite(drawn).all()
        # They lie among the positions of those that they are near to.
        among = positions[nearest_to(x, new)].mean(axis=1)
        assert np.median(np.linalg.norm(drawn - among, axis=1)) < 0.2 * np.ptp(positions)


def nearest_to(x, new):
    return np.argsort(cdist(new.astype(np.float64), x.astype(np.float64)), axis=1)[:, :5]


def test_a_few_items_are_drawn_by_principal_components():
    few = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(np.float32)
    series = Series(few, metric="euclidean")
    for fit_on in ("all", "last"):
        maps = quietly(series, "umap", fit_on=fit_on, align=None, k=2)
        assert maps.positions.shape == (3, 6, 2)
    np.testing.assert_allclose(maps[2], project(few[2], "pca"), atol=1e-5)
