"""`ew.layers`: the table to choose a layer from."""

import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, TABLE, WORDS, Resnet, Shared, TinyBert, cnn, encoder, mlp
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import embwidget as ew


def test_each_module_has_a_row_by_which_collect_takes_it():
    model = Resnet()
    table = ew.layers(model, IMAGES)
    assert list(table) == ["index", "name", "type", "output_shape", "runs", "parameters"]
    assert table["name"].tolist() == [name for name, _ in model.named_modules()]
    assert table["index"].tolist() == list(range(len(table)))
    rows = table.set_index("name")
    assert rows.loc["layer4.1.bn", "type"] == "BatchNorm2d"
    assert rows.loc["layer4.1.bn", "output_shape"] == (4, 4, 10, 10)
    assert rows.loc["fc", "output_shape"] == (4, 3)
    assert rows.loc["fc", "parameters"] == 15
    assert rows.loc["", "parameters"] == sum(each.numel() for each in model.parameters())
    assert rows.loc["layer4.0.relu", "runs"] == 2
    row = table[table["name"] == "avgpool"].iloc[0]
    (space,) = ew.collect(model, IMAGES, [row["index"]]).values()
    assert (space.name, space.n_dims) == ("avgpool", 4)


def test_without_an_example_shapes_are_not_known():
    table = ew.layers(cnn())
    assert table["output_shape"].isna().all()
    assert table["runs"].isna().all()
    assert table["parameters"].sum() > 0


@pytest.mark.parametrize(
    "example",
    [
        TABLE,
        TABLE[:2],
        TABLE.numpy(),
        TensorDataset(TABLE, torch.arange(21)),
        DataLoader(TensorDataset(TABLE, torch.arange(21)), batch_size=4, shuffle=True),
        {"input": TABLE},
    ],
)
def test_examples_of_every_kind(example):
    shape = (2, 16) if example is not None and len(example) == 2 else (4, 16)
    assert ew.layers(mlp(), example)["output_shape"][1] == shape


def test_layers_that_run_not_one_time():
    table = ew.layers(Shared(), TABLE).set_index("name")
    assert table["runs"].to_dict() == {"": 1, "first": 1, "unused": 0}
    assert table.loc["unused", "output_shape"] is None
    inner = ew.layers(encoder(), torch.zeros(3, 5, 16)).set_index("name")
    assert inner.loc["layers.0.linear1", "output_shape"] == (3, 5, 32)
    assert inner.loc["layers.0.self_attn.out_proj", "runs"] == 0
    bert = ew.layers(TinyBert(), WORDS).set_index("name")
    assert bert.loc["", "output_shape"] == (4, 7, 16)


def test_names_are_those_without_wrappers():
    model = cnn()
    table = ew.layers(nn.DataParallel(model), IMAGES)
    assert table["name"].tolist() == ["", *(name for name, _ in model.named_modules())]
    assert table["output_shape"][2] == (4, 8, 10, 10)
    with pytest.raises(TypeError, match=r"expected a torch.nn.Module.* got int"):
        ew.layers(3)
