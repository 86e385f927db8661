"""Vectors, a cache of one test, and what was really searched for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cache_tools import DIMS, N

from embwidget.knn.exact import engine
from embwidget.knn.exact import search as exact


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, DIMS)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of one test, switched on."""
    monkeypatch.setenv("EMBWIDGET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of neighbours that were really searched for, in order."""
    calls: list[int] = []
    theirs = exact.exact_neighbors

    def counted(vectors: np.ndarray, n_neighbors: int, **options: Any) -> Any:
        calls.append(n_neighbors)
        return theirs(vectors, n_neighbors, **options)

    monkeypatch.setattr(engine, "exact_neighbors", counted)
    return calls
