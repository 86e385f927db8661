"""Nine snapshots of a small network that learns the digits: what maps keep of the neighbours.

`make test` trains for one epoch and draws by UMAP; ``EMBWIDGET_FUZZ`` trains for all eight, draws
by everything, and prints the table.
"""

import os
import warnings

import pytest
from digit_snapshots import N_SNAPSHOTS, digit_snapshots

from embwidget import Series, project_series

IS_LONG = "EMBWIDGET_FUZZ" in os.environ
_ROOM = 0.03

# Share of the 10 nearest kept at epochs 0, 1, 2, 4, 6 and 8, by the packages umap-learn 0.5.12,
# pacmap 0.9.1 and scikit-learn 1.9 on the vectors as they are, of another training of such a net.
EPOCHS = [0, 1, 2, 4, 6, 8]
BY_PACKAGES = {
    ("pca", "last"): [0.041, 0.126, 0.176, 0.176, 0.159, 0.152],
    ("pacmap", "last"): [0.008, 0.121, 0.184, 0.292, 0.354, 0.441],
    ("umap", "last"): [0.004, 0.051, 0.134, 0.300, 0.368, 0.492],
    ("pacmap", "all"): [0.197, 0.323, 0.339, 0.428, 0.444, 0.428],
    ("umap", "all"): [0.277, 0.387, 0.386, 0.453, 0.461, 0.452],
}
# Of a map of epoch 0 alone, or by AlignedUMAP: what can be kept at all.
ALIGNED = [0.431, 0.486, 0.491, 0.487, 0.476, 0.471]


@pytest.fixture(scope="module")
def series():
    steps, labels = digit_snapshots(N_SNAPSHOTS if IS_LONG else 2)
    return Series(dict(enumerate(steps)), label=labels)


def kept(series, reducer, fit_on, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        table = project_series(series, reducer, fit_on=fit_on, n_jobs=1, **options).kept
    found = table["kept"][[epoch for epoch in EPOCHS if epoch < len(series)]].tolist()
    print(f"{reducer:12} {fit_on:5}", *(f"{value:.3f}" for value in found), options or "")
    return found


def test_each_step_from_the_next_keeps_as_much_as_aligned_umap(series):
    pairs = zip(kept(series, "umap", "each"), ALIGNED, strict=False)
    assert all(found >= wanted - _ROOM for found, wanted in pairs)


def test_umap_of_all_steps(series):
    pairs = zip(kept(series, "umap", "all"), BY_PACKAGES["umap", "all"], strict=False)
    assert all(found >= wanted - _ROOM for found, wanted in pairs)


def test_neighbours_change_less_and_less_and_labels_come_together(series):
    curve = series.curve(max_queries=500)
    assert curve["previous"][1:].is_monotonic_increasing or IS_LONG
    assert curve["mean_average_precision_at_r"].is_monotonic_increasing
    assert (curve["last"] > curve["chance"]).all()
    print(curve[["step", "previous", "last", "mean_average_precision_at_r"]].round(3))


@pytest.mark.skipif(not IS_LONG, reason="takes a minute: make fuzz")
@pytest.mark.parametrize(("reducer", "fit_on"), BY_PACKAGES)
def test_every_map_keeps_what_the_packages_keep(series, reducer, fit_on):
    found = kept(series, reducer, fit_on)
    wanted = BY_PACKAGES[reducer, fit_on]
    assert all(mine >= theirs - _ROOM for mine, theirs in zip(found, wanted, strict=True))
    kept(series, reducer, fit_on, align=None)


@pytest.mark.skipif(not IS_LONG, reason="umap-learn compiles for half a minute: make fuzz")
def test_aligned_umap_on_some_of_them(series):
    some = Series([space.vectors[::6] for space in series[::4]])
    maps = project_series(some, "aligned_umap", n_components=3)
    assert maps.positions.shape == (3, some.n, 3)
    assert (maps.kept["kept"] > 10 * maps.kept["chance"]).all()
