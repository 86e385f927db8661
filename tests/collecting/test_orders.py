"""Loaders whose order is known, and those whose order nobody knows."""

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

import torch
from collect_models import NAMES, SET, TABLE, Stream
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

import embwidget as ew

LABELS = torch.arange(21) % 3


class Backwards(Sampler):
    def __init__(self):
        pass

    def __iter__(self):
        return iter(range(20, -1, -1))

    def __len__(self):
        return 21


class OwnOrder(DataLoader):
    def __iter__(self):
        return reversed(list(super().__iter__()))


UNKNOWN = {
    "shuffle": lambda: DataLoader(SET, shuffle=True, batch_size=4),
    "RandomSampler": lambda: DataLoader(SET, sampler=RandomSampler(SET), batch_size=4),
    "WeightedRandomSampler": lambda: DataLoader(
        SET, sampler=WeightedRandomSampler([1.0] * 21, 21, replacement=False), batch_size=4
    ),
    "SubsetRandomSampler": lambda: DataLoader(SET, sampler=SubsetRandomSampler(range(21))),
    "in batches": lambda: DataLoader(SET, batch_sampler=BatchSampler(RandomSampler(SET), 4, False)),
    "alone": lambda: DataLoader(
        SET, sampler=BatchSampler(RandomSampler(SET), 4, False), batch_size=None
    ),
    "of its own": lambda: DataLoader(SET, sampler=Backwards(), batch_size=4),
    "stream": lambda: DataLoader(Stream(), batch_size=4),
    "loader of its own": lambda: OwnOrder(SET, batch_size=4),
}


@pytest.mark.parametrize("make", UNKNOWN.values(), ids=UNKNOWN)
def test_an_order_that_nobody_knows_is_refused_unless_ids_come_along(model, expected, make):
    for options in ({}, {"ids": NAMES}, {"ids": 1, "labels": LABELS}, {"ids": np.arange(21)}):
        with pytest.raises(ValueError, match="which item a row is cannot be known") as caught:
            ew.collect(model, make(), "0", **options)
        assert len(str(caught.value)) < 300
    with pytest.raises(ValueError, match="cannot be known"):
        ew.collect(model, make(), "0", ids=1, metadata=pd.DataFrame({"a": range(21)}))
    for ids in (1, lambda batch: batch[1]):
        metadata = pd.DataFrame({"id": range(21), "name": NAMES})
        space = ew.collect(model, make(), "0", ids=ids, metadata=metadata)["0"]
        assert sorted(space.ids) == list(range(21))
        np.testing.assert_allclose(space.vectors, expected[space.ids], atol=1e-6)
        assert list(space.metadata["name"]) == [NAMES[i] for i in space.ids]
        # Of (x, y) the second may be the labels, unless it is said to be something else.
        assert ("label" in space.metadata) == callable(ids)


def test_items_drawn_twice_are_refused(model):
    sampler = RandomSampler(SET, replacement=True, num_samples=60)
    with pytest.raises(ValueError, match="ids: not unique"):
        ew.collect(model, DataLoader(SET, sampler=sampler, batch_size=8), "0", ids=1)


@pytest.mark.parametrize(
    ("make", "rows"),
    [
        (lambda: DataLoader(SET, batch_size=4), range(21)),
        (lambda: DataLoader(SET, batch_size=None), range(21)),
        (lambda: DataLoader(SET, sampler=SequentialSampler(SET), batch_size=6), range(21)),
        (lambda: DataLoader(SET, sampler=[7, 3, 5], batch_size=2), [7, 3, 5]),
        (lambda: DataLoader(SET, batch_sampler=[[4, 2], [9]]), [4, 2, 9]),
        (lambda: DataLoader(SET, batch_size=5, drop_last=True), range(20)),
        (lambda: DataLoader(Subset(SET, [5, 1, 8]), batch_size=2), [5, 1, 8]),
    ],
)
@pytest.mark.filterwarnings("ignore:data. the loader leaves out")
def test_an_order_that_is_known(model, expected, make, rows):
    loader = make()
    if loader.batch_size is None and loader.batch_sampler is None:
        loader = DataLoader([(TABLE[:9], 0), (TABLE[9:], 1)], batch_size=None)
    rows = list(rows)
    is_subset = isinstance(loader.dataset, Subset)
    space = ew.collect(model, loader, "0")["0"]
    np.testing.assert_allclose(space.vectors, expected[rows], atol=1e-6)
    assert space.ids.tolist() == (list(range(3)) if is_subset else rows)
    if not is_subset:
        named = ew.collect(model, loader, "0", ids=NAMES, labels=[*"abcdefghijklmnopqrstu"])["0"]
        assert named.ids.tolist() == [NAMES[row] for row in rows]
        assert list(named.metadata["label"]) == [chr(ord("a") + row) for row in rows]


def test_items_that_a_loader_drops_are_told(model):
    loader = DataLoader(SET, batch_size=8, drop_last=True)
    with pytest.warns(UserWarning, match="leaves out 5 of 21 items: drop_last=False"):
        space = ew.collect(model, loader, "0", ids=NAMES)["0"]
    assert space.ids.tolist() == NAMES[:16]
    with pytest.raises(ValueError, match="none of its 21 items: see its drop_last"):
        ew.collect(model, DataLoader(SET, batch_size=50, drop_last=True), "0")
