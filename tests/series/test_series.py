"""`Series`: what it takes, how its steps are joined, and what it says of the join."""

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget import Series, Space, compare

N = 60


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def steps(rng):
    """Three steps that drift, with different dimensions at the end."""
    start = rng.normal(size=(N, 8)).astype(np.float32)
    second = start + 0.3 * rng.normal(size=start.shape)
    third = np.hstack([second + 0.1 * rng.normal(size=start.shape), rng.normal(size=(N, 3)) / 9])
    return [each.astype(np.float32) for each in (start, second, third)]


def test_what_it_says_of_itself(steps):
    series = Series({"a": steps[0], "b": steps[1], "c": steps[2]}, name="run")
    assert series.names == series.steps == ("a", "b", "c")
    assert (len(series), series.n, series.name) == (3, N, "run")
    assert repr(series) == f'Series(\'run\', 3 steps, "a" to "c", {N} items)'
    assert str(series.join_report) == f"{N} items in all steps, by position"
    for which in ("b", 1, -2):
        np.testing.assert_array_equal(series[which].vectors, steps[1])
        np.testing.assert_array_equal(series.spaces[which].vectors, steps[1])
    assert [space.name for space in series] == ["a", "b", "c"]
    assert [space.n_dims for space in series.spaces[1:]] == [8, 11]


def test_a_slice_is_a_series_of_the_same_graphs(steps):
    series = Series(dict(zip("abc", steps, strict=True)))
    graph = series.graph("b", 5)
    part = series[1:]
    assert isinstance(part, Series)
    assert part.names == ("b", "c")
    # Nothing was searched anew: the arrays are views of the same one.
    assert np.shares_memory(part.graph(0, 5).indices, graph.indices)
    assert series[::-1].names == ("c", "b", "a")
    with pytest.raises(IndexError, match="no step is in that slice of 3 steps"):
        series[3:]


def test_names_and_numbers_of_steps(steps):
    assert Series(steps).names == ("0", "1", "2")
    assert Series(steps).steps == (0, 1, 2)
    by_epoch = Series({0: steps[0], 2: steps[1], 0.5: steps[2]})
    assert by_epoch.names == ("0", "2", "0.5")
    assert by_epoch.steps == (0, 2, 0.5)
    assert Series(np.stack(steps[:2])).n == N
    named = Series([Space(x, name=f"layer{i}") for i, x in enumerate(steps)], steps=[10, 20, 30])
    assert (named.names, named.steps) == (("layer0", "layer1", "layer2"), (10, 20, 30))


def test_steps_are_joined_by_id_and_what_is_dropped_is_said(steps):
    ids = np.array([f"i{row}" for row in range(N)])
    order = np.arange(N)[::-1]
    series = Series(
        {
            "a": Space(steps[0][:50], ids=ids[:50]),
            "b": Space(steps[1][order], ids=ids[order]),
            "c": Space(steps[2][5:], ids=ids[5:]),
        }
    )
    report = series.join_report
    assert (series.n, report.matched, report.paired_by) == (45, 45, "by id")
    assert report.left_out == {"a": 5, "b": 15, "c": 10}
    assert report.examples["a"] == ("i0", "i1", "i2")
    assert "5 of 'a' dropped, not in all steps ('i0', 'i1', 'i2', …)" in str(report)
    assert series.ids.tolist() == ids[5:50].tolist()
    for at, x in enumerate(steps):
        np.testing.assert_array_equal(series[at].vectors, x[5:50])
        assert series[at].ids.tolist() == ids[5:50].tolist()


def test_ids_of_a_later_step_are_those_of_one_without(steps):
    order = np.random.default_rng(0).permutation(N)
    series = Series([steps[0], Space(steps[1], ids=order), Space(steps[2][::-1], ids=order[::-1])])
    np.testing.assert_array_equal(series[0].vectors, steps[0])
    np.testing.assert_array_equal(series[2].vectors, steps[2])
    assert series.ids.tolist() == order.tolist()


def test_rows_of_frames_meet_by_their_index(steps):
    first = pd.DataFrame(steps[0], index=[f"k{row}" for row in range(N)])
    series = Series([first, pd.DataFrame(steps[1], index=first.index).iloc[::-1]])
    np.testing.assert_array_equal(series[1].vectors, steps[1])
    assert series.ids.tolist() == list(first.index)


def test_items_without_a_vector(steps):
    holes = steps[1].copy()
    holes[3] = np.nan
    with pytest.raises(ValueError, match=r"step 'b': .*row 3"):
        Series({"a": steps[0], "b": holes})
    series = Series({"a": steps[0], "b": holes}, missing="drop")
    assert series.n == N - 1
    assert series.join_report.without_vector == {"b": 1}
    np.testing.assert_array_equal(series["a"].vectors, np.delete(steps[0], 3, axis=0))


def test_files_stay_where_they_are(steps, tmp_path):
    for at, x in enumerate(steps):
        np.save(tmp_path / f"epoch{at}.npy", x)
    series = Series([tmp_path / f"epoch{at}.npy" for at in range(3)])
    assert series.names == ("epoch0", "epoch1", "epoch2")
    assert series["epoch1"].mapped_from == str(tmp_path / "epoch1.npy")
    np.testing.assert_array_equal(series["epoch1"].vectors, steps[1])


def test_labels_metadata_and_split_come_to_the_order_of_the_items(steps):
    ids = np.arange(100, 100 + N)
    frame = pd.DataFrame({"kind": ids % 3, "split": np.where(ids % 2, "val", "train")}, index=ids)
    series = Series(
        [Space(steps[0], ids=ids), Space(steps[1][::-1], ids=ids[::-1])],
        metadata=frame.sample(frac=1, random_state=0),
        label="kind",
    )
    assert series.metadata["kind"].tolist() == (ids % 3).tolist()
    assert series.split.tolist() == frame["split"].tolist()
    assert {name: len(rows) for name, rows in series.datasets.items()} == {"train": 30, "val": 30}
    values = pd.Series(ids % 3, index=ids).sample(frac=1, random_state=1)
    assert Series([Space(steps[0], ids=ids)], label=values).metadata["label"].tolist() == (
        (ids % 3).tolist()
    )


def test_splits_of_each_step_follow_each_other(steps):
    series = Series(
        {
            epoch: {"train": Space(x[:40], ids=range(40)), "val": Space(x[40:], ids=range(20))}
            for epoch, x in enumerate(steps)
        }
    )
    np.testing.assert_array_equal(series[1].vectors, steps[1])
    assert series.split.tolist() == ["train"] * 40 + ["val"] * 20
    assert series.ids[[0, 40]].tolist() == ["train/0", "val/0"]
    assert "ids have their split in front" in str(series.join_report)
    told = Series(
        [
            {
                "train": Space(steps[0][:40], ids=range(40)),
                "val": Space(steps[0][40:], ids=range(40, N)),
            }
        ]
    )
    assert told.ids.tolist() == list(range(N))


def test_two_of_its_steps_compare_as_they_do_alone(steps):
    labels = np.arange(N) % 4
    series = Series(steps, label=labels)
    mine, alone = series.compare(0, -1), compare(steps[0], steps[2], label=labels)
    assert mine.similarity == alone.similarity
    assert mine.label == "label"
    np.testing.assert_array_equal(mine.graph_a.indices, alone.graph_a.indices)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "there are no spaces"),
        (np.zeros((9, 3)), "spaces is one ndarray, and several are needed"),
        (Space(np.eye(9)), "spaces is one Space"),
        ("vectors.npy", "spaces is one str"),
        ([1.0, 2.0], "a list of numbers"),
        ({("a",): np.eye(9)}, r"spaces has the name \('a',\)"),
        ({"a": np.eye(9), "b": np.eye(8)}, "a is step 'a', b 'b': a has 9 rows and b has 8"),
        ({1: np.eye(9), "1": np.eye(9)}, "two steps are called '1'"),
        ([Space(np.eye(9), ids=range(9)), Space(np.eye(9), ids=range(9, 18))], "no id is in both"),
        ([{"train": np.eye(9)}, {"val": np.eye(9)}], "give the same ones"),
    ],
)
def test_what_it_refuses(given, message):
    with pytest.raises((ValueError, TypeError), match=message) as told:
        Series(given)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"label": "kind"}, "label='kind' is no column of the metadata: there is no metadata"),
        ({"label": [1, 2]}, "label: 2 values for 60"),
        ({"split": "part"}, "split='part' is no column"),
        ({"steps": [1]}, "give 2 numbers or texts"),
        (
            {"metric": ("cosine", None, "euclidean")},
            "one name for all steps, or one for each of the 2",
        ),
        ({"metric": "manhatten"}, "manhatten"),
        ({"missing": "ignore"}, 'give "raise" or "drop"'),
        ({"labels": [1]}, r"has no argument labels=: give label="),
    ],
)
def test_arguments_that_are_refused(steps, how, message):
    with pytest.raises((ValueError, TypeError), match=message) as told:
        Series(steps[:2], **how)
    assert len(str(told.value)) < 300


def test_steps_that_are_not_there(steps):
    series = Series({"epoch 1": steps[0], "epoch 2": steps[1]})
    with pytest.raises(
        KeyError, match="no step is called 'epoch 3': there are 'epoch 2', 'epoch 1'"
    ):
        series["epoch 3"]
    with pytest.raises(IndexError, match="give a position from 0 to 1"):
        series[2]
    with pytest.raises(TypeError, match="give a name or a position"):
        series[True]
    assert ew.Series is Series


def test_a_column_of_labels_is_no_dimension(steps):
    kinds = np.arange(N) % 3
    frames = [pd.DataFrame(x[:, :4]).add_prefix("x").assign(kind=kinds) for x in steps]
    series = Series(frames, label="kind")
    assert [space.n_dims for space in series] == [4, 4, 4]
    assert series.metadata["kind"].tolist() == kinds.tolist()


def test_a_step_without_distances_is_named(steps):
    dead = steps[1].copy()
    dead[7] = 0
    series = Series({"alive": steps[0], "dead": dead})
    with pytest.raises(ValueError, match=r"step 'dead': .*rows 7"):
        series.curve(5)
    assert len(Series({"alive": steps[0], "dead": dead}, metric="euclidean").curve(5)) == 2


def test_packed_bits(steps):
    bits = [np.packbits(x > 0, axis=1) for x in steps]
    series = Series(bits[:2], metric="hamming")
    maps = ew.project_series(series, "pca")
    assert maps.positions.shape == (2, N, 2)
    np.testing.assert_array_equal(
        series.graph(0, 5).indices, ew.knn_graph(bits[0], 5, metric="hamming").indices
    )


def test_listed_spaces_of_one_name_are_numbered(steps):
    layers = [Space(x, name="fc") for x in steps]
    assert Series(layers).names == ("0", "1", "2")
    by_epoch = Series(layers, steps=[0, 5, 10])
    assert (by_epoch.names, by_epoch.steps) == (("0", "5", "10"), (0, 5, 10))


def test_layers_are_no_splits(steps):
    with pytest.raises(
        ValueError, match=r"'conv', 'fc' of the same items.*choose one, as \['conv'\]"
    ):
        Series({"epoch 0": {"conv": steps[0], "fc": steps[1]}})
    with pytest.raises(ValueError, match="splits of step 'epoch 0' have 8 and 11 dimensions"):
        Series({"epoch 0": {"train": steps[0][:40], "val": steps[2][40:]}})
