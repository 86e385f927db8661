"""What is looked at of comparisons that a registry stores whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import embwidget as ew
from embwidget import Registry


def assert_same(found: ew.Comparison, expected: ew.Comparison) -> None:
    assert repr(found) == repr(expected)
    assert found.join_report == expected.join_report
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), check_dtype=False)
    pd.testing.assert_series_equal(found.figures(), expected.figures())
    for side in "ab":
        graph, known = getattr(found, f"graph_{side}"), getattr(expected, f"graph_{side}")
        assert np.array_equal(graph.indices, known.indices)
        mine, theirs = getattr(found, side), getattr(expected, side)
        assert np.array_equal(mine.vectors, theirs.vectors)
        assert mine.ids.tolist() == theirs.ids.tolist()


def file_of(registry: Registry, name: str) -> Path:
    [row] = registry.rows("comparison", name=[name])
    return registry.path / "files" / f"{row['hash']}.npz"


def state_of(registry: Registry) -> tuple[list[str], list[dict[str, Any]]]:
    files = sorted(path.name for path in registry.path.rglob("*") if path.suffix != ".db-shm")
    return files, registry.rows("comparison")
