"""Several spaces added at one moment, and a dataset opened."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embwidget as ew


def test_all_are_added_as_each_alone(registry: ew.Registry, vectors: np.ndarray) -> None:
    reports = registry.add_all(
        [
            {"space": vectors, "name": "a", "dataset": "d", "layer": "fc", "epoch": 3},
            {
                "space": vectors[:50, :3],
                "name": "b",
                "dataset": "d",
                "ids": [f"item-{i:02d}" for i in range(10, 60)],
                "metric": "euclidean",
            },
        ]
    )
    assert [report.matched for report in reports] == [60, 50]
    registry.add(vectors, name="alone", dataset="d", layer="fc", epoch=3)
    rows = {row["name"]: row for row in registry.rows("space")}
    different = ("name", "created")
    assert {k: v for k, v in rows["a"].items() if k not in different} == {
        k: v for k, v in rows["alone"].items() if k not in different
    }
    assert np.array_equal(registry["b"].vectors, vectors[:50, :3])
    assert registry["b"].metric == "euclidean"
    assert registry.add_all([]) == []
    assert registry.verify() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "a"}, "there is a space 'a' already"),
        ({"name": "b", "dataset": "other"}, "there is no dataset 'other'"),
        ({"name": "b", "experiment": "none"}, "there is no experiment 'none'"),
        ({"name": "b", "space": np.full((60, 2), np.nan)}, "NaN|nan"),
        ({"name": "b", "space": np.ones((59, 2))}, "59"),
        ({"name": ""}, "is empty"),
        ({"name": "b", "leyer": "fc"}, "leyer"),
    ],
)
def test_one_that_is_wrong_keeps_the_others_out(
    registry: ew.Registry, vectors: np.ndarray, wrong: dict[str, Any], said: str
) -> None:
    good = {"space": vectors, "name": "a", "dataset": "d"}
    with pytest.raises((ValueError, TypeError, KeyError), match=said):
        registry.add_all([good, {**good, **wrong}])
    assert registry.rows("space") == []
    assert len(list((registry.path / "files").iterdir())) == 1
    assert list((registry.path / "staging").iterdir()) == []


def test_a_dataset_is_opened(registry: ew.Registry, items: pd.DataFrame) -> None:
    found = registry.items("d")
    assert list(found.columns) == list(items.columns)
    assert list(found["key"]) == list(items["key"])
    with pytest.raises(KeyError, match="there is no dataset 'e'"):
        registry.items("e")
