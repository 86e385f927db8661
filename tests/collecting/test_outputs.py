"""What layers give: of every kind and shape, taken or refused with a sentence."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, TABLE, TOKENS, WORDS, Resnet, Shared, TinyBert, cnn, mlp, seeded
from torch import nn

import embwidget as ew


class Gives(nn.Module):
    """Hands on what a function makes of its input, by a layer that is called `out`."""

    class Out(nn.Module):
        def __init__(self, make):
            super().__init__()
            self.make = make

        def forward(self, x):
            return self.make(x)

    def __init__(self, make):
        super().__init__()
        self.out = self.Out(make)

    def forward(self, x):
        self.out(x)
        return x


def collected(make, x=TABLE, **options):
    return ew.collect(Gives(make), x, "out", **options)["out"].vectors


class WithAttributes:
    def __init__(self, x):
        self.last_hidden_state = x


@pytest.mark.parametrize(
    "make",
    [
        lambda x: (x, x + 1),
        lambda x: [x, (x + 1,)],
        lambda x: {"a": x, "b": x + 1},
        lambda x: {"loss": x.sum(), "logits": x + 1, "last_hidden_state": x},
        lambda x: {"loss": x.sum(), "any": x},
        lambda x: {"input_ids": x.long(), "sentence_embedding": x},
        lambda x: {"ids": x.long(), "hidden": (x, x + 1)},
        lambda x: (x.long(), x),
        WithAttributes,
        lambda x: x.requires_grad_(),
        lambda x: x.to_sparse(),
        lambda x: x[..., None, None],
        lambda x: x.T.contiguous().T,
    ],
)
def test_the_tensor_in_an_output(make):
    np.testing.assert_array_equal(collected(make), TABLE)


def test_whole_numbers_and_single_ones():
    np.testing.assert_array_equal(collected(lambda x: x.argmax(1)), TABLE.argmax(1)[:, None])
    np.testing.assert_array_equal(collected(lambda x: x > 0), TABLE > 0)
    assert collected(lambda x: x[:, 0]).shape == (21, 1)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: "text", TypeError, "gives 'str' without a tensor in it"),
        (lambda x: None, TypeError, "without a tensor"),
        (lambda x: x[:4], ValueError, r"gives \(4, 12\) for 21 items"),
        (lambda x: x.repeat(2, 1), ValueError, r"gives \(42, 12\) for 21 items"),
        (lambda x: x.sum(), ValueError, r"gives \(\) for 21 items"),
        (lambda x: x + 1j, TypeError, "complex64"),
        (lambda x: x / (x > 1e9), ValueError, "row 0, column 0 is -?inf"),
        (
            lambda x: nn.utils.rnn.pack_sequence([x, x]),
            TypeError,
            "gives a PackedSequence",
        ),
    ],
)
def test_outputs_that_are_no_vectors(make, error, message):
    with pytest.raises(error, match=message) as caught:
        collected(make)
    assert "'out'" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_missing_values():
    def some(x):
        return x.index_fill(0, torch.tensor([2, 5, 9]), torch.nan)

    with pytest.raises(ValueError, match=r"'out': row 2, column 0 is nan: missing=\"drop\""):
        collected(some)
    space = ew.collect(Gives(some), TABLE, "out", missing="drop", labels=range(21))["out"]
    assert len(space) == 18
    assert space.dropped.tolist() == [2, 5, 9]
    assert space.metadata["label"].tolist() == space.ids.tolist()
    with pytest.raises(ValueError, match="missing='keep'"):
        collected(some, missing="keep")


def test_shapes_that_differ_between_batches():
    class Words(TinyBert):
        pass

    rows = [WORDS[:9, :5], WORDS[9:]]
    loader = torch.utils.data.DataLoader(rows, batch_size=None)
    model = seeded(Words)
    with pytest.raises(ValueError, match=r"gives vectors of 80 dimensions, and later \(12, 112\)"):
        ew.collect(model, loader, "embeddings", reshape="flatten")
    assert ew.collect(model, loader, "embeddings", reshape="cls")["embeddings"].n_dims == 16


def test_layers_that_run_twice_or_never():
    with pytest.raises(ValueError, match=r"layer 'layer4.0.relu' runs 2 times .* one output"):
        ew.collect(Resnet(), IMAGES, ["fc", "layer4.0.relu"])
    with pytest.raises(
        ValueError, match=r"layer 'unused' never runs in the forward pass of Shared"
    ):
        ew.collect(Shared(), TABLE, "unused")

    class Sometimes(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(12, 4)

        def forward(self, x):
            return self.layer(x) if len(x) == 8 else x

    with pytest.raises(ValueError, match="'layer' never runs"):
        ew.collect(Sometimes(), TABLE, "layer", batch_size=8)
    with pytest.raises(ValueError, match="'layer' never runs"):
        ew.collect(Sometimes(), TABLE, "lay*", batch_size=8)


def test_activations_in_place_do_not_change_what_came_before():
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True)).eval()
    found = ew.collect(model, TABLE, ["0", "1"], reshape="flatten")
    np.testing.assert_array_equal(found["0"].vectors, TABLE)
    np.testing.assert_array_equal(found["1"].vectors, TABLE.relu())


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ("pol", KeyError, "no module is called 'pol': there are 'pool'"),
        ("pol", ValueError, "no module is called 'pol'"),
        ("z*", KeyError, "'z\\*' matches no module"),
        (8, KeyError, "there is no module 8: named_modules\\(\\) has 8, 0 to 7"),
        (-9, KeyError, "there is no module -9"),
        (True, TypeError, "True is bool"),
        (1.5, TypeError, "layers=1.5"),
        ([None], TypeError, "None is NoneType"),
        ([], ValueError, "give at least one"),
        (nn.ReLU(), KeyError, "a ReLU that is given is no part of the model"),
        ("encode", KeyError, "no module is called 'encode'"),
    ],
)
def test_layers_that_there_are_not(layers, error, message):
    with pytest.raises(error, match=message) as caught:
        ew.collect(cnn(), IMAGES, layers)
    assert len(str(caught.value)) < 300


def test_a_layer_asked_for_in_several_ways_comes_one_time():
    model = cnn()
    found = ew.collect(model, IMAGES, ["fc", "f*", 7, model.fc, -1])
    assert list(found) == ["fc", "flat"]
    assert list(ew.collect(model, IMAGES, [model.pool])) == ["pool"]
    assert list(ew.collect(model, IMAGES, np.array(["pool", "fc"]))) == ["pool", "fc"]


def test_which_dimension_the_items_are_where_tokens_come_first():
    layer = nn.TransformerEncoderLayer(16, 2, 32)
    model = seeded(lambda: nn.TransformerEncoder(layer, 1, enable_nested_tensor=False))

    class TokensFirst(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.norm = model, nn.LayerNorm(16)

        def forward(self, x):
            return self.norm(self.encoder(x.transpose(0, 1))).transpose(0, 1)

    outer = TokensFirst().eval()
    with torch.no_grad():
        expected = model(TOKENS.transpose(0, 1)).mean(0)
    for batch_size in (21, 5):
        options = {"reshape": "mean_tokens", "batch_size": batch_size}
        for name in ("encoder", "encoder.layers.0", "encoder.layers.0.norm2"):
            found = ew.collect(outer, TOKENS, name, **options)[name].vectors
            np.testing.assert_allclose(found, expected, atol=1e-5)
        with pytest.raises(ValueError, match=r"its first dimension|cannot be known"):
            ew.collect(outer, TOKENS, "norm", **options)


def test_items_that_lie_where_tokens_are_to_lie():
    recurrent = nn.LSTM(12, 4)
    with pytest.raises(ValueError, match=r"the model itself has batch_first=False.*\(21, 3, 4\)"):
        ew.collect(recurrent, torch.zeros(21, 3, 12), "")
    found = ew.collect(recurrent, torch.zeros(21, 3, 12), "", reshape=lambda x: x[:, 0])
    assert found[""].n_dims == 4


def test_a_model_that_goes_on_after_errors_does_not_hide_them():
    class GoesOn(Gives):
        def forward(self, x):
            try:
                return self.out(x)
            except ValueError:
                return x

    with pytest.raises(ValueError, match=r"'out' gives \(4, 12\) for 21 items"):
        ew.collect(GoesOn(lambda x: x[:4]), TABLE, "out")


def test_a_function_gets_what_the_layer_gives():
    """Windows of pictures, say, of which each item has two."""
    found = collected(lambda x: x.reshape(42, 6), reshape=lambda x: x.reshape(21, 2, 6).mean(1))
    np.testing.assert_array_equal(found, TABLE.reshape(21, 2, 6).mean(1))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.LazyLinear(3), ValueError, "'weight' is lazy.* call model\\(batch\\) before"),
        (lambda: nn.Linear(12, 3, device="meta"), ValueError, "'weight' is on \"meta\""),
        (lambda: torch.jit.trace(mlp(), TABLE), TypeError, "it is scripted or traced"),
        (
            lambda: nn.Sequential(torch.jit.trace(mlp(), TABLE)),
            TypeError,
            "its part '0' is scripted or traced, and takes no hooks",
        ),
        (
            lambda: torch.export.export(mlp().eval(), (TABLE,)).module(),
            TypeError,
            "it is exported, and has no eval",
        ),
        (lambda: nn.Linear, TypeError, "got the class Linear"),
        (lambda: len, TypeError, "expected a torch.nn.Module"),
        (lambda: nn.Sequential(nn.Identity()), ValueError, "runs no linear layer and no"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_models_that_cannot_be_hooked(make, error, message):
    with pytest.raises(error, match=message) as caught:
        ew.collect(make(), TABLE)
    assert len(str(caught.value)) < 300


def test_arguments_are_told_by_name():
    with pytest.raises(
        TypeError, match=r"collect\(\) has no argument batchsize=: give batch_size="
    ):
        ew.collect(mlp(), TABLE, batchsize=3)
