"""Items, ids, labels and metadata, from whatever brings them."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

import torch
from collect_models import (
    ATTENTION,
    IMAGES,
    NAMES,
    SET,
    TABLE,
    WORDS,
    Stream,
    TinyBert,
    TinyVit,
    seeded,
)
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

import embwidget as ew

LABELS = torch.arange(21) % 3


def test_labels_come_along(model, expected):
    pairs = TensorDataset(TABLE, LABELS)
    for data in (pairs, DataLoader(pairs, batch_size=4), (TABLE, LABELS), (TABLE.numpy(), LABELS)):
        space = ew.collect(model, data, ["0", "2"])["2"]
        assert space.metadata["label"].tolist() == LABELS.tolist()
    assert ew.collect(model, pairs, "0", labels=False)["0"].metadata is None
    column = TensorDataset(TABLE, LABELS[:, None])
    assert ew.collect(model, column, "0")["0"].metadata["label"].tolist() == LABELS.tolist()
    texts = [(row, f"class {y}") for row, y in zip(TABLE, LABELS, strict=True)]
    assert ew.collect(model, texts, "0")["0"].metadata["label"][4] == "class 1"
    # Not one for each item: no labels.
    assert ew.collect(model, (TABLE, torch.zeros(21, 4)), "0")["0"].metadata is None


def test_layers_are_compared_by_their_labels(model):
    found = ew.collect(model, (TABLE, LABELS), ["0", "2"])
    compared = ew.compare(found["0"], found["2"], label="label", n_neighbors=3)
    assert (compared.a.name, compared.b.name) == ("0", "2")
    assert len(compared.quality(by="label")) >= 3


def test_labels_and_ids_from_where_they_are_said_to_be(model):
    triples = TensorDataset(TABLE, torch.arange(100, 121), LABELS)
    space = ew.collect(model, triples, "0", ids=1, labels=2)["0"]
    assert space.ids.tolist() == list(range(100, 121))
    assert space.metadata["label"].tolist() == LABELS.tolist()
    assert ew.collect(model, triples, "0", ids=1)["0"].metadata["label"].tolist() == LABELS.tolist()
    assert ew.collect(model, triples, "0")["0"].metadata is None
    function = ew.collect(model, triples, "0", labels=lambda batch: batch[2] + 1)["0"]
    assert function.metadata["label"].tolist() == (LABELS + 1).tolist()
    for options, what in (({"ids": 7}, "ids=7"), ({"labels": "y"}, "labels='y'")):
        with pytest.raises(ValueError, match=f"{what}: the batch is 3 parts"):
            ew.collect(model, triples, "0", **options)


@dataclass
class Parts:
    x: torch.Tensor
    target: torch.Tensor


Tupled = namedtuple("Tupled", ["x", "y"])


@pytest.mark.parametrize(
    "batch",
    [
        lambda x, y: (x, y),
        lambda x, y: [x, y],
        lambda x, y: {"input": x, "label": y},
        lambda x, y: {"pixels": x, "target": y, "path": ["a"] * len(x)},
        lambda x, y: {"input": x.numpy(), "labels": y.tolist()},
        Tupled,
        Parts,
        lambda x, y: ({"input": x}, y),
        lambda x, y: ((x,), y),
    ],
)
def test_batches_of_every_kind(model, expected, batch):
    batches = [batch(TABLE[:9], LABELS[:9]), batch(TABLE[9:], LABELS[9:])]
    loader = DataLoader(batches, batch_size=None)
    space = ew.collect(model, loader, "0")["0"]
    np.testing.assert_allclose(space.vectors, expected, atol=1e-6)
    assert space.metadata["label"].tolist() == LABELS.tolist()


def test_what_the_model_gets_is_said_where_it_cannot_be_told(model, expected):
    named = {"x": TABLE, "weight": torch.rand(21), "y": LABELS}
    with pytest.raises(ValueError, match=r"forward\(\) of Sequential takes 'input'.* inputs="):
        ew.collect(model, named, "0")
    for inputs in ("x", lambda batch: batch["x"], lambda batch: (batch["x"],)):
        space = ew.collect(model, named, "0", inputs=inputs)["0"]
        np.testing.assert_array_equal(space.vectors, expected)
        assert space.metadata["label"].tolist() == LABELS.tolist()
    with pytest.raises(ValueError, match="inputs='z' is not in the batch: there are 'x'"):
        ew.collect(model, named, "0", inputs="z")


def test_several_arguments():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(12, 4)

        def forward(self, left, right):
            return self.layer(left) - self.layer.weight.sum() * right[:, :1]

    class Maybe(Two):
        def forward(self, left, lengths=None):
            return self.layer(left)

    other = TABLE.flip(0)
    for data in (
        (TABLE, other),
        {"right": other, "left": TABLE},
        TensorDataset(TABLE, other, LABELS),
    ):
        space = ew.collect(model := seeded(Two), data, "")[""]
        np.testing.assert_array_equal(space.vectors, model(TABLE, other).detach())
        assert (space.metadata is None) == (not isinstance(data, TensorDataset))
    with pytest.raises(ValueError, match=r"takes 'left', 'right', and the batch has 4 parts"):
        ew.collect(Two(), TensorDataset(TABLE, other, other, other), "")
    with pytest.raises(ValueError, match="say what it gets"):
        ew.collect(Maybe(), TensorDataset(TABLE, other), "")
    assert len(ew.collect(Maybe(), TensorDataset(TABLE, other), "", inputs=0)[""]) == 21


def test_some_items_alone(model, expected):
    metadata = pd.DataFrame({"name": NAMES})
    for data in (TABLE, TABLE.numpy(), SET, DataLoader(SET, batch_size=4), {"input": TABLE}):
        for select, rows in (
            ([5, 2, 19], [5, 2, 19]),
            (np.arange(21) % 7 == 0, [0, 7, 14]),
            (torch.arange(21) % 7 == 0, [0, 7, 14]),
        ):
            space = ew.collect(model, data, "0", select=select, metadata=metadata, labels=LABELS)[
                "0"
            ]
            np.testing.assert_allclose(space.vectors, expected[rows], atol=1e-6)
            assert space.ids.tolist() == rows
            assert space.metadata["name"].tolist() == [NAMES[row] for row in rows]
            assert space.metadata["label"].tolist() == LABELS[rows].tolist()
            named = ew.collect(model, data, "0", select=select, ids=NAMES)["0"]
            assert named.ids.tolist() == [NAMES[row] for row in rows]
    whole = ew.collect(model, TABLE, "0", ids=range(21))["0"]
    part = ew.collect(model, TABLE, "0", select=[5, 2, 19])["0"]
    assert ew.join(whole, part)[2].matched == 3


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ([], "chooses none of 21"),
        ([21], "21 is no item: there are 0 to 20"),
        ([-1], "-1 is no item"),
        ([3, 3], "item 3 is chosen more than one time"),
        ([True], "a mask of 21 truth values"),
        ([0.5], "give positions of items"),
        (np.zeros(21, bool), "chooses none"),
    ],
)
def test_items_that_there_are_not(model, select, message):
    with pytest.raises(ValueError, match=message):
        ew.collect(model, TABLE, "0", select=select)


def test_ids_and_metadata_in_the_order_of_the_data(model):
    ids = pd.Series(range(21), index=NAMES)
    frame = pd.DataFrame({"id": NAMES[::-1], "n": range(20, -1, -1), "label": "own"})
    space = ew.collect(model, (TABLE, LABELS), "0", ids=NAMES, metadata=frame)["0"]
    assert space.metadata["n"].tolist() == list(range(21))
    assert set(space.metadata["label"]) == {"own"}
    assert space.metadata_by == "by id"
    with pytest.raises(ValueError, match='has a column "label" already'):
        ew.collect(model, TABLE, "0", ids=NAMES, metadata=frame, labels=LABELS)
    labels = ids[::-1]
    labelled = ew.collect(model, TABLE, "0", ids=NAMES, labels=labels)["0"]
    assert labelled.metadata["label"].tolist() == list(range(21))
    for name, values in (("ids", NAMES[:-1]), ("labels", LABELS[:4])):
        with pytest.raises(ValueError, match=f"{name}: .* for 21 items"):
            ew.collect(model, TABLE, "0", **{name: values})


def test_pandas_objects_by_their_index(model, expected):
    frame = pd.DataFrame(TABLE.numpy(), index=NAMES)
    space = ew.collect(model, frame, "0")["0"]
    assert space.ids.tolist() == NAMES
    np.testing.assert_array_equal(space.vectors, expected)
    assert not ew.collect(model, frame.reset_index(drop=True), "0")["0"].has_ids


def test_arrays_of_other_types(model, expected):
    for array in (TABLE.numpy().astype(">f4"), TABLE.numpy()[::-1][::-1], TABLE.double().numpy()):
        np.testing.assert_array_equal(ew.collect(model, array, "0")["0"].vectors, expected)
    np.testing.assert_array_equal(
        ew.collect(model, TABLE.double().tolist(), "0")["0"].vectors, expected
    )
    ids = (name for name in NAMES)
    assert ew.collect(model, TABLE, "0", ids=ids)["0"].ids.tolist() == NAMES
    with pytest.raises(TypeError, match="an array of object holds no numbers"):
        ew.collect(model, np.array([None, 1]), "0")


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (TABLE[:0], ValueError, "holds no items"),
        ([], ValueError, "holds no items"),
        (TensorDataset(TABLE[:0]), ValueError, "holds no items"),
        (DataLoader(TensorDataset(TABLE[:0])), ValueError, "holds no items"),
        ((TABLE, LABELS[:3]), ValueError, "unlike numbers of items: 0 has 21, 1 has 3"),
        ((x for x in TABLE), TypeError, "put it into a DataLoader"),
        (torch.tensor(3.0), TypeError, "got 'Tensor'"),
        (Stream(), ValueError, "which item a row is cannot be known, Stream gives items as a"),
        (3, TypeError, "expected a DataLoader, Dataset, array, tensor or list of texts, got 'int'"),
        ("a text", TypeError, "give a list of texts"),
        (["a", 1], TypeError, "row 1 is 1, not a text as others"),
        (["a", "b"], TypeError, "give tokenizer="),
    ],
)
def test_data_that_is_none(model, data, error, message):
    with pytest.raises(error, match=message) as caught:
        ew.collect(model, data, "0")
    assert len(str(caught.value)) < 300


def test_a_loader_has_batches_of_its_own(model):
    with pytest.raises(ValueError, match="batch_size=3: the loader makes batches of its own"):
        ew.collect(model, DataLoader(SET), "0", batch_size=3)
    with pytest.raises(ValueError, match="batch_size=0"):
        ew.collect(model, TABLE, "0", batch_size=0)


def test_batches_that_lose_items_are_refused(model):
    loader = DataLoader(SET, batch_size=4, collate_fn=lambda items: torch.stack([items[0][0]]))
    with pytest.raises(ValueError, match="6 items came where 21 were to come"):
        ew.collect(model, loader, "0")


def test_datasets_are_gone_through_one_time_and_in_order(model, expected):
    seen = []

    class Counts(Dataset):
        def __len__(self):
            return 21

        def __getitem__(self, row):
            seen.append(row)
            return TABLE[row]

    np.testing.assert_array_equal(ew.collect(model, Counts(), "0")["0"].vectors, expected)
    assert seen[-21:] == list(range(21))


def test_keywords_of_transformers():
    data = {"input_ids": WORDS, "attention_mask": ATTENTION, "labels": LABELS}
    space = ew.collect(seeded(TinyBert), data, "pooler")["pooler"]
    assert space.metadata["label"].tolist() == LABELS.tolist()
    pictures = [{"pixel_values": x, "label": int(y)} for x, y in zip(IMAGES, LABELS, strict=True)]
    space = ew.collect(seeded(TinyVit), pictures, "classifier")["classifier"]
    assert space.metadata["label"].tolist() == LABELS.tolist()
