"""What the loops of recipes have in common: averaged weights, a rate that is looked for, seeds."""

import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from embwidget.training import recipes
from embwidget.training.loops import Averages, found_rate
from embwidget.training.seeds import seeded


def test_averages_of_weights_have_statistics_of_their_own(model: Any, inputs: np.ndarray) -> None:
    x = torch.from_numpy(inputs)
    averages = Averages(model, 0.25, 2)
    steps: list[dict[str, Any]] = []
    for epoch in range(3):
        for _ in range(2):
            with torch.no_grad():
                for each in model.parameters():
                    each += torch.randn_like(each)
            model.train()(x)
            averages.after_step(model)
            steps.append(deepcopy(dict(model.named_parameters())))
        if epoch > 0:
            averages.after_epoch(model)
    found = averages.models(x, len(x))
    for name, weight in found["swa"].named_parameters():
        assert torch.allclose(weight, (steps[3][name] + steps[5][name]) / 2, atol=1e-6)
    # The first step is taken as it is; afterwards half of what was there stays in each.
    for name, weight in found["ema"].named_parameters():
        expected = steps[0][name]
        for step in steps[1:]:
            expected = 0.5 * expected + 0.5 * step[name]
        assert torch.allclose(weight, expected, atol=1e-5)
    for each in found.values():
        with torch.no_grad():
            before = each[0](x)
        assert torch.allclose(each[1].running_mean, before.mean(0), atol=1e-5)
        assert torch.allclose(each[1].running_var, before.var(0), rtol=1e-4)


def test_the_rate_found_lowers_the_loss_and_leaves_the_model() -> None:
    torch.manual_seed(0)
    x = torch.randn(200, 5)
    y = (x[:, 0] > 0).long()
    model = torch.nn.Linear(5, 2)
    before = deepcopy(model.state_dict())

    def loss_of(layer: Any, rows: Any) -> Any:
        return torch.nn.functional.cross_entropy(layer(x[rows]), y[rows])

    rate = found_rate(model, loss_of, lambda: torch.randperm(200).split(50))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert 1e-3 < rate < 3
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    first = float(loss_of(model, slice(None)).detach())
    for _ in range(30):
        optimizer.zero_grad()
        loss_of(model, slice(None)).backward()
        optimizer.step()
    assert float(loss_of(model, slice(None)).detach()) < first / 2


def test_what_is_random_begins_with_the_seed_and_goes_on_as_it_was() -> None:
    def drawn() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    with seeded(5, 1):
        first = drawn()
    before = drawn()
    again = []
    with pytest.raises(ZeroDivisionError), seeded(5, 1):
        again.append((*drawn(), 1 / 0))
    with seeded(5, 1):
        assert drawn() == first
    assert again == []
    assert drawn() != before
    assert torch.get_num_threads() == 1


def test_logs_need_their_package(small: Any, tmp_path: Path) -> None:
    pytest.importorskip("pytorch_metric_learning")
    try:
        import record_keeper  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match="pip install record-keeper"):
            recipes.triplet_vs_arcface(
                dataset=small, registry=tmp_path / "home", logs=str(tmp_path / "logs"), epochs=1
            )
        assert not (tmp_path / "logs").exists()
    else:
        recipes.triplet_vs_arcface(
            dataset=small, registry=tmp_path / "home", logs=str(tmp_path / "logs"), epochs=1
        )
        assert list((tmp_path / "logs" / "triplet" / "tables").iterdir())
