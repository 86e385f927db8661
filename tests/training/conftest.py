"""Small models and data, on one thread of torch."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

import embwidget as ew

torch = pytest.importorskip("torch")
pytest.importorskip("pytorch_metric_learning")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def small() -> tuple[np.ndarray, np.ndarray]:
    """240 digits of five classes, called by letters."""
    digits = load_digits(n_class=5)
    return (digits.images[:240, None] / 16).astype(np.float32), np.array(list("abcde"))[
        digits.target[:240]
    ]


@pytest.fixture
def registry(tmp_path: Path) -> ew.Registry:
    return ew.Registry(tmp_path / "home")


@pytest.fixture
def model() -> Any:
    torch.manual_seed(3)
    nn = torch.nn
    return nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 4)
    )


@pytest.fixture
def inputs() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)


@pytest.fixture
def step(inputs: np.ndarray) -> Callable[[Any], None]:
    """One epoch of a training that draws random numbers."""
    x = torch.from_numpy(inputs)
    y = torch.arange(len(x)) % 4

    def train(model: Any) -> None:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.train()
        for rows in torch.randperm(len(x)).split(10):
            loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return train
