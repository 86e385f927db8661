"""A recorder as the hook or the callback of other people's loops."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from pytorch_metric_learning import losses, testers, trainers

import embwidget as ew
from embwidget.training import EpochRecorder, accuracy_calculator, chain


@pytest.fixture
def items(inputs: np.ndarray) -> Any:
    return torch.utils.data.TensorDataset(torch.from_numpy(inputs), torch.arange(40) % 4)


@pytest.fixture
def trainer_with(items: Any) -> Callable[..., Any]:
    """Trainer of pytorch-metric-learning with hooks."""

    def made(**hooks: Callable) -> Any:
        torch.manual_seed(0)
        models = {"trunk": torch.nn.Linear(6, 5), "embedder": torch.nn.Linear(5, 3)}
        return trainers.MetricLossOnly(
            models,
            {f"{k}_optimizer": torch.optim.SGD(m.parameters(), lr=0.1) for k, m in models.items()},
            10,
            {"metric_loss": losses.TripletMarginLoss()},
            items,
            dataloader_num_workers=0,
            data_device=torch.device("cpu"),
            **hooks,
        )

    return made


@pytest.fixture
def tester() -> Callable[..., Any]:
    def made(hook: Callable) -> Any:
        return testers.GlobalEmbeddingSpaceTester(
            end_of_testing_hook=hook,
            accuracy_calculator=accuracy_calculator(n_seeds=1),
            dataloader_num_workers=0,
            data_device=torch.device("cpu"),
        )

    return made


@pytest.mark.filterwarnings("ignore:Converting a tensor")
def test_at_the_end_of_an_epoch(
    registry: ew.Registry, inputs: np.ndarray, trainer_with: Callable
) -> None:
    recorder = EpochRecorder(registry, inputs, strict=True)
    trainer = trainer_with(end_of_epoch_hook=recorder)
    trainer.train(num_epochs=3)
    assert recorder.epochs == [1, 2, 3]
    models = trainer.models
    with torch.no_grad():
        last = models["embedder"](models["trunk"](torch.from_numpy(inputs))).numpy()
    assert np.array_equal(registry["training/embedder/epoch=3"].vectors, last)
    assert {row["layer"] for row in registry.rows("space")} == {"trunk", "embedder"}
    assert models["trunk"].training


@pytest.mark.filterwarnings("ignore:Converting a tensor")
@pytest.mark.parametrize("stops_first", [True, False])
def test_early_stopping_stops_and_the_epoch_is_recorded(
    registry: ew.Registry, inputs: np.ndarray, trainer_with: Callable, stops_first: bool
) -> None:
    recorder = EpochRecorder(registry, inputs, strict=True)

    def patience(trainer: Any) -> bool:
        return trainer.epoch < 2

    hooks = (patience, recorder) if stops_first else (recorder, patience)
    trainer_with(end_of_epoch_hook=chain(*hooks)).train(num_epochs=5)
    assert recorder.epochs == [1, 2]


def test_a_chain_says_false_when_one_does() -> None:
    called: list[tuple[Any, ...]] = []

    def says(answer: Any) -> Callable:
        def hook(*given: Any) -> Any:
            called.append(given)
            return answer

        return hook

    assert chain(says(None), says(True), says(0))(1, 2) is True
    assert chain(says(False), says(True))(1) is False
    assert chain(says(True), says(False))(1) is False
    assert called == [(1, 2)] * 3 + [(1,)] * 4
    assert chain()(1) is True
    with pytest.raises(TypeError, match="cannot be called"):
        chain(says(1), "hook")


def test_at_the_end_of_testing(
    registry: ew.Registry, inputs: np.ndarray, items: Any, tester: Callable
) -> None:
    labels = np.arange(40) % 4
    recorder = EpochRecorder(
        registry, inputs, splits="val", ids=range(100, 140), labels=labels, strict=True
    )
    trunk = torch.nn.Linear(6, 5)
    mine = tester(recorder)
    for epoch in (1, 2):
        figures = mine.test({"val": items}, epoch, trunk)["val"]
    assert recorder.epochs == [1, 2]
    space = registry["training/embeddings/epoch=2"]
    with torch.no_grad():
        rows = torch.nn.functional.normalize(trunk(torch.from_numpy(inputs)))
    np.testing.assert_allclose(space.vectors, rows.numpy(), rtol=1e-6, atol=1e-7)
    assert list(space.ids) == list(range(100, 140))
    ours = ew.label_metrics(space, space.metadata["label"], n_seeds=0).set_index("metric")
    assert figures["precision_at_1_level0"] == pytest.approx(
        ours["value"]["precision_at_1"], abs=1e-6
    )


def test_both_hooks_at_the_same_epoch(
    registry: ew.Registry, model: Any, inputs: np.ndarray, items: Any, tester: Callable
) -> None:
    recorder = EpochRecorder(registry, {"a": inputs, "b": inputs[:9]}, layers=["4"], strict=True)
    recorder(model, 1)
    mine, small = tester(recorder), torch.utils.data.Subset(items, range(9))
    for data in ({"a": items}, {"b": small}, {"a": items, "b": small}):
        mine.test(data, 1, torch.nn.Identity())
    names = [f"training/{split}/{layer}/epoch=1" for layer in ("4", "embeddings") for split in "ab"]
    assert [row["name"] for row in registry.rows("space")] == names
    np.testing.assert_allclose(
        registry["training/b/embeddings/epoch=1"].vectors,
        inputs[:9] / np.linalg.norm(inputs[:9], axis=1, keepdims=True),
        rtol=1e-5,
    )


def test_a_tester_of_other_splits_is_told(
    registry: ew.Registry, inputs: np.ndarray, items: Any, tester: Callable
) -> None:
    recorder = EpochRecorder(registry, {"train": inputs, "val": inputs}, strict=True)
    with pytest.raises(ValueError, match="the tester has"):
        tester(recorder).test({"other": items}, 1, torch.nn.Identity())
    tester(recorder).test({"val": items}, 1, torch.nn.Identity())
    assert [row["name"] for row in registry.rows("space")] == ["training/val/embeddings/epoch=1"]


def test_in_callbacks_of_lightning(registry: ew.Registry, model: Any, inputs: np.ndarray) -> None:
    recorder = EpochRecorder(registry, inputs, layers=["4"], strict=True)
    for epoch in range(2):
        recorder.on_train_epoch_end(SimpleNamespace(current_epoch=epoch), model)
    recorder.on_train_epoch_end(SimpleNamespace(current_epoch=2, is_global_zero=False), model)
    recorder.on_train_epoch_end(SimpleNamespace(current_epoch=3, sanity_checking=True), model)
    assert recorder.epochs == [1, 2]


def test_in_callbacks_of_hugging_face(
    registry: ew.Registry, model: Any, inputs: np.ndarray
) -> None:
    recorder = EpochRecorder(registry, inputs, layers=["4"], strict=True)
    control = object()
    assert recorder.on_train_begin(None, None, control, model=model) is None
    for epoch in (1.0, 2.0000000001):
        state = SimpleNamespace(epoch=epoch, is_world_process_zero=True)
        assert recorder.on_epoch_end(None, state, control, model=model, optimizer=None) is None
    other = SimpleNamespace(epoch=3.0, is_world_process_zero=False)
    recorder.on_epoch_end(None, other, control, model=model)
    assert recorder.epochs == [1, 2]
    with pytest.raises(AttributeError, match="epoch_ended"):
        _ = recorder.epoch_ended
