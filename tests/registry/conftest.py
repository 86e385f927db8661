"""A registry of one dataset, and vectors for it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embwidget as ew

N, DIMS = 60, 8


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, DIMS)).astype(np.float32)


@pytest.fixture
def items() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "key": [f"item-{i:02d}" for i in range(N)],
            "label": pd.Categorical([f"c{i % 3}" for i in range(N)]),
            "score": np.where(np.arange(N) % 7, rng.normal(size=N), np.nan),
            "seen": pd.date_range("2026-01-01", periods=N, freq="D"),
            "good": np.arange(N) % 2 == 0,
            "text": [f"the text\nof “{i}”" if i else None for i in range(N)],
        }
    )


@pytest.fixture
def registry(tmp_path: Path, items: pd.DataFrame) -> ew.Registry:
    registry = ew.Registry(tmp_path / "home")
    registry.add_dataset(items, name="d", id="key")
    return registry


@pytest.fixture
def other(vectors: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(3).normal(scale=0.5, size=vectors.shape)
    return (vectors + noise).astype(np.float32)


@pytest.fixture
def filled(registry: ew.Registry, vectors: np.ndarray, other: np.ndarray) -> ew.Registry:
    """A registry with spaces "a" and "b"."""
    registry.add(vectors, name="a", dataset="d")
    registry.add(other, name="b", dataset="d")
    return registry
