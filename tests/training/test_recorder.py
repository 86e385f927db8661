"""A recorder in a plain loop: what it writes, leaves alone, and does with errors."""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import embwidget as ew
from embwidget.training import EpochRecorder

LAYERS = ("0", "4")


def by_hand(model: Any, inputs: np.ndarray, layer: str) -> np.ndarray:
    until = int(layer) + 1
    with torch.no_grad():
        return deepcopy(model).eval()[:until](torch.from_numpy(inputs)).numpy()


def test_each_epoch_is_what_a_plain_pass_gives(
    registry: ew.Registry, model: Any, inputs: np.ndarray, step: Callable
) -> None:
    ids = [f"item {i}" for i in range(len(inputs))]
    labels = ["abcd"[i % 4] for i in range(len(inputs))]
    recorder = EpochRecorder(
        registry, inputs, layers=LAYERS, name="run", ids=ids, labels=labels, params={"lr": 0.1}
    )
    expected = {}
    for epoch in range(3):
        for layer in LAYERS:
            expected[f"run/{layer}/epoch={epoch}"] = by_hand(model, inputs, layer)
        assert recorder(model, epoch) is True
        step(model)
    spaces = recorder.spaces()
    assert list(spaces) == [row["name"] for row in registry.rows("space")] == list(expected)
    for name, space in spaces.items():
        assert np.array_equal(space.vectors, expected[name])
        assert list(space.ids) == ids
        assert list(space.metadata["label"]) == labels
    assert recorder.epochs == [0, 1, 2]
    [experiment] = registry.rows("experiment")
    assert (experiment["name"], experiment["params"]) == ("run", {"lr": 0.1})
    [row] = registry.rows("space", name="run/4/epoch=2")
    assert (row["layer"], row["epoch"], row["experiment"]) == ("4", 2, "run")


def test_a_training_is_the_same_to_the_bit(
    registry: ew.Registry, model: Any, inputs: np.ndarray, step: Callable
) -> None:
    class Drawing(torch.utils.data.Dataset):
        """Draws from every generator, as augmented data do."""

        def __len__(self) -> int:
            return len(inputs)

        def __getitem__(self, row: int) -> torch.Tensor:
            noise = random.random() + np.random.rand() + torch.rand(())
            return torch.from_numpy(inputs[row]) + 0 * noise

    def trained(recorder: Callable) -> tuple[Any, list[float]]:
        torch.manual_seed(1)
        random.seed(1)
        np.random.seed(1)
        mine = deepcopy(model)
        mine[3].eval()
        for epoch in range(1, 4):
            step(mine)
            modes = [each.training for each in mine.modules()]
            gradients = [each.grad.clone() for each in mine.parameters()]
            recorder(mine, epoch)
            assert modes == [each.training for each in mine.modules()]
            for each, before in zip(mine.parameters(), gradients, strict=True):
                assert torch.equal(each.grad, before)
                assert each.requires_grad
        return mine.state_dict(), [random.random(), np.random.rand(), float(torch.rand(()))]

    recorder = EpochRecorder(registry, Drawing(), layers=LAYERS, strict=True)
    without, drawn = trained(lambda *_: None)
    along, drawn_too = trained(recorder)
    assert recorder.epochs == [1, 2, 3]
    assert drawn == drawn_too
    for name, value in without.items():
        assert torch.equal(value, along[name]), name


def test_every_and_splits_say_what_is_recorded(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    data = {"train": inputs, "val": inputs[:10], "test": inputs[:5]}
    recorder = EpochRecorder(
        registry, data, layers=["4"], every=2, splits=["train", "val"], ids={"val": range(7, 17)}
    )
    for epoch in range(5):
        recorder(model, epoch)
    names = [row["name"] for row in registry.rows("space")]
    assert names == [
        f"training/{split}/4/epoch={epoch}" for epoch in (0, 2, 4) for split in ("train", "val")
    ]
    assert [row["split"] for row in registry.rows("space", epoch=2)] == ["train", "val"]
    assert [row["name"] for row in registry.rows("dataset")] == ["training/train", "training/val"]
    assert list(registry["training/val/4/epoch=2"].ids) == list(range(7, 17))


def test_parts_of_epochs_and_many_steps_have_names_of_their_own(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    recorder = EpochRecorder(registry, inputs, layers=[0], strict=True)
    for epoch in (np.float32(0.5), np.int64(1), 1.25, 12345678, 12345679):
        recorder(model, epoch)
    assert recorder.epochs == [0.5, 1, 1.25, 12345678, 12345679]
    assert list(recorder.spaces()) == [
        f"training/Sequential/epoch={epoch}" for epoch in ("0.5", 1, 1.25, 12345678, 12345679)
    ]


def test_recorders_of_one_experiment_know_their_own(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    made = [
        EpochRecorder(registry, inputs, layers=["4"], name=name, experiment="e", strict=True)
        for name in ("run/b", "run", "run/b/4")
    ]
    for epoch in (1, 2):
        for recorder in made:
            recorder(model, epoch)
    assert [recorder.epochs for recorder in made] == [[1, 2]] * 3
    assert list(made[1].spaces()) == ["run/4/epoch=1", "run/4/epoch=2"]
    assert len(registry.rows("space")) == 6


def test_letters_that_can_be_written_in_two_ways(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    for spelled in ("e\u0301te\u0301", "\u00e9t\u00e9"):
        recorder = EpochRecorder(
            registry, {spelled: inputs}, name=spelled, layers=["4"], strict=True
        )
        recorder(model, len(recorder.epochs) + 1)
    assert recorder.epochs == [1, 2]
    assert [row["name"] for row in registry.rows("dataset")] == ["\u00e9t\u00e9/\u00e9t\u00e9"]


def test_going_on_records_no_epoch_twice(
    registry: ew.Registry, model: Any, inputs: np.ndarray, step: Callable
) -> None:
    first = EpochRecorder(registry, inputs, layers=["4"])
    for epoch in (1, 2):
        first(model, epoch)
    before = {name: space.vectors[:] for name, space in first.spaces().items()}
    step(model)
    again = EpochRecorder(registry.path, inputs, layers=["4"], strict=True)
    with pytest.warns(RuntimeWarning, match="epoch 1 is recorded already, and stays as it is"):
        again(model, 1)
    # Said a single time.
    for epoch in (2, 3):
        again(model, epoch)
    assert again.epochs == [1, 2, 3]
    for name, vectors in before.items():
        assert np.array_equal(registry[name].vectors, vectors)
    assert np.array_equal(registry["training/4/epoch=3"].vectors, by_hand(model, inputs, "4"))


def test_what_another_recorder_has_under_this_name_is_said(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    EpochRecorder(registry, inputs, layers=["4"])(model, 1)
    other = EpochRecorder(registry, inputs, layers=["0"], strict=True)
    with pytest.raises(ValueError, match="give another name="):
        other(model, 1)
    fewer = EpochRecorder(registry, inputs[:9], layers=["4"], strict=True)
    with pytest.raises(ValueError, match="has other items, ids or labels"):
        fewer(model, 2)
    assert len(registry.rows("space")) == 1


def test_an_error_is_a_warning_unless_it_is_asked_for(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    recorder = EpochRecorder(registry, inputs, layers=["nothing"])
    with pytest.warns(RuntimeWarning, match="epoch 1 was not recorded, and the training goes on"):
        assert recorder(model, 1) is True
    [(epoch, error)] = recorder.failures
    assert epoch == 1
    assert "nothing" in str(error)
    with pytest.warns(RuntimeWarning, match="a state was not recorded"):
        assert recorder(model) is True
    strict = EpochRecorder(registry, inputs, layers=["nothing"], strict=True)
    with pytest.raises(type(error)):
        strict(model, 1)
    assert registry.rows("space") == []


def test_an_epoch_is_there_as_a_whole_or_not_at_all(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    registry.add_dataset({"id": range(40)}, name="d")
    registry.add(inputs, name="training/4/epoch=1", dataset="d")
    recorder = EpochRecorder(registry, inputs, layers=LAYERS)
    with pytest.warns(RuntimeWarning, match="there is a space"):
        recorder(model, 1)
    assert recorder.epochs == []
    assert [row["name"] for row in registry.rows("space")] == ["training/4/epoch=1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"every": 0}, "every=0"),
        ({"name": ""}, "name='' is empty"),
        ({"name": 3}, "give a text"),
        ({"experiment": ""}, "experiment='' is empty"),
        ({"params": {"a": object()}}, r"params\['a'\]"),
        ({"params": 3}, "params=3: give a dict"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"layers": []}, "give names of modules"),
        ({"layers": [1.5]}, "give names of modules"),
        ({"splits": ["val"]}, "give its name, or a dict"),
        ({"ids": {"val": [1]}}, "data is not"),
        ({"data": {"val": 0}, "splits": ["vall"]}, "has no split 'vall': there are 'val'"),
        ({"data": {"val": 0}, "splits": []}, "give each once"),
        ({"data": {"val": 0}, "labels": [1]}, "has to be a dict by split"),
        ({"data": {"val": 0}, "labels": {"train": [1]}}, "has 'train', and data not"),
    ],
)
def test_wrong_arguments_are_told_at_once(
    registry: ew.Registry, inputs: np.ndarray, options: dict, said: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=said) as told:
        EpochRecorder(registry, options.pop("data", inputs), **options)
    assert len(str(told.value)) < 300


def test_a_named_dataset_is_joined_by_id(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    order = np.random.default_rng(1).permutation(len(inputs))
    registry.add_dataset(pd.DataFrame({"id": order, "kind": order % 3}), name="items")
    recorder = EpochRecorder(
        registry, inputs, layers=["4"], dataset="items", ids=np.arange(len(inputs)), strict=True
    )
    recorder(model, 1)
    space = registry["training/4/epoch=1"]
    assert np.array_equal(space.vectors, by_hand(model, inputs, "4")[order])
    assert list(space.metadata["kind"]) == list(order % 3)
    with pytest.raises(KeyError, match="item"):
        EpochRecorder(registry, inputs, dataset="item", name="x", layers=["4"], strict=True)(
            model, 1
        )
