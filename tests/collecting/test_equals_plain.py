"""Collected arrays equal a plain forward pass, bit for bit."""

import copy

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import (
    ATTENTION,
    IMAGES,
    TABLE,
    TOKENS,
    WORDS,
    Resnet,
    Shared,
    TinyBert,
    TinyVit,
    cnn,
    encoder,
    mlp,
    plain,
    seeded,
)
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import embwidget as ew


def mean(x):
    return x.mean(tuple(range(2, x.dim()))) if x.dim() > 2 else x


@pytest.mark.parametrize("batch_size", [8, 21])
@pytest.mark.parametrize(
    ("make", "x", "names"),
    [
        (cnn, IMAGES, ["conv", "norm", "relu", "pool", "flat", "drop", "fc", ""]),
        (mlp, TABLE, ["0", "1", "2", "2.0", "2.1"]),
        (Resnet, IMAGES, ["stem", "layer4.0", "layer4.1.conv1", "layer4.1.bn", "avgpool", "fc"]),
    ],
)
def test_layers_by_name_and_by_index(make, x, names, batch_size):
    model = seeded(make)
    expected = {name: plain(model, name, x, batch_size, mean) for name in names}
    order = [name for name, _ in model.named_modules()]
    by_name = ew.collect(model, x, names, batch_size=batch_size)
    by_index = ew.collect(model, x, [order.index(name) for name in names], batch_size=batch_size)
    from_the_end = [order.index(name) - len(order) for name in names]
    by_end = ew.collect(model, x, from_the_end, batch_size=batch_size)
    for found in (by_name, by_index, by_end):
        assert list(found) == names
        for name in names:
            assert found[name].vectors.dtype == np.float32
            np.testing.assert_array_equal(found[name].vectors, expected[name], strict=True)


def test_a_pattern_takes_all_that_match_and_says_what_it_leaves_out():
    model = seeded(Resnet)
    with pytest.warns(
        UserWarning, match=r"'layer4.0.relu', 'layer4.1.relu' are left out.*runs 2 times"
    ):
        found = ew.collect(model, IMAGES, "layer4.*")
    parts = ("", ".conv1", ".conv2", ".bn")
    assert list(found) == [f"layer4.{block}{part}" for block in (0, 1) for part in parts]
    expected = plain(model, "layer4.1.bn", IMAGES, 21, mean)
    np.testing.assert_array_equal(found["layer4.1.bn"].vectors, expected)
    assert list(ew.collect(model, IMAGES, ["fc", "*pool", "f?"])) == ["fc", "avgpool"]


@pytest.mark.parametrize("options", [{}, {"norm_first": True}, {"activation": torch.tanh}])
@pytest.mark.parametrize(
    "names",
    [
        ["layers.0", "layers.1"],
        ["layers.1"],
        ["layers.1.linear1", "layers.0.norm1"],
        ["layers.0.self_attn"],
        [""],
    ],
)
def test_an_encoder_and_what_its_fast_path_would_pass_over(names, options):
    """Hooks within a layer take it off the path that computes it as a whole; no bit changes."""
    model = seeded(lambda: encoder(**options))

    def tokens(output):
        return (output[0] if isinstance(output, tuple) else output).mean(1)

    found = ew.collect(model, TOKENS, names, reshape="mean_tokens", batch_size=8)
    for name in names:
        np.testing.assert_array_equal(found[name].vectors, plain(model, name, TOKENS, 8, tokens))
    model.eval()
    with torch.no_grad():
        unseen = torch.cat([model(TOKENS[rows]) for rows in torch.arange(21).split(8)])
        by_hand = TOKENS[:8]
        for layer in model.layers:
            by_hand = layer(by_hand)
    for name, reference in (("", unseen[:8]), ("layers.1", by_hand)):
        if name in names:
            np.testing.assert_array_equal(found[name].vectors[:8], reference.mean(1))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_an_encoder_with_padding_counts_the_tokens_that_are_there():
    model = seeded(encoder)
    pad = torch.arange(5) >= torch.arange(21)[:, None] % 4 + 1
    data = {"src": TOKENS, "src_key_padding_mask": pad}
    names = ["layers.0", "layers.1", "layers.1.linear2", "layers.1.self_attn", ""]
    found = ew.collect(model, data, names, reshape="mean_tokens", batch_size=8)
    flat = ew.collect(model, data, names, reshape="flatten", batch_size=8)
    model.eval()
    with torch.no_grad():
        whole = torch.cat(
            [model(TOKENS[r], src_key_padding_mask=pad[r]) for r in torch.arange(21).split(8)]
        )
    np.testing.assert_array_equal(flat[""].vectors, whole.flatten(1))
    np.testing.assert_array_equal(flat["layers.1"].vectors, whole.flatten(1))
    assert {space.n_dims for space in flat.values()} == {5 * 16}
    there = (~pad)[..., None]
    expected = (whole * there).sum(1) / there.sum(1)
    np.testing.assert_array_equal(found[""].vectors, expected)
    alone = model.layers[0](TOKENS[3:4, : int((~pad[3]).sum())]).mean(1)
    np.testing.assert_allclose(found["layers.0"].vectors[3:4], alone.detach(), atol=1e-5)


def test_a_module_under_two_names():
    model = seeded(Shared)
    found = ew.collect(model, TABLE, ["first", "second"])
    expected = plain(model, "first", TABLE, 21)
    for name in ("first", "second"):
        assert found[name].name == name
        np.testing.assert_array_equal(found[name].vectors, expected)


def test_attention_alone():
    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 2, batch_first=True)

        def forward(self, x):
            return self.attention(x, x, x, need_weights=False)[0].mean(1)

    model = seeded(Attends)
    found = ew.collect(model, TOKENS, "attention", reshape="flatten")["attention"]
    expected = plain(model, "attention", TOKENS, 21, lambda output: output[0].flatten(1))
    np.testing.assert_array_equal(found.vectors, expected)
    with pytest.raises(ValueError, match=r"'attention.out_proj' never runs.* take 'attention'"):
        ew.collect(model, TOKENS, "attention.out_proj")


@pytest.mark.parametrize(
    ("reshape", "reduce"),
    [
        ("mean", lambda x: x.mean((2, 3))),
        ("max", lambda x: x.amax((2, 3))),
        ("flatten", lambda x: x.flatten(1)),
        ("avg_pool_1_1", lambda x: nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)),
        ("avg_pool_2_2", lambda x: nn.functional.adaptive_avg_pool2d(x, 2).flatten(1)),
        ("avg_pool_3_3", lambda x: nn.functional.adaptive_avg_pool2d(x, 3).flatten(1)),
        (lambda x: x[:, :, 0, 0], lambda x: x[:, :, 0, 0]),
        (lambda x: x.flatten(1).numpy()[:, :3], lambda x: x.flatten(1)[:, :3]),
    ],
)
def test_reshape_of_pictures(reshape, reduce):
    model = seeded(cnn)
    found = ew.collect(model, IMAGES, "conv", reshape=reshape)["conv"].vectors
    np.testing.assert_array_equal(found, plain(model, "conv", IMAGES, 21, reduce))


def test_reshape_by_layer_name_pattern_and_index():
    model = seeded(cnn)
    names = ["conv", "norm", "relu", "pool", "fc"]
    found = ew.collect(
        model, IMAGES, [*names[:3], 4, "fc"], reshape={"conv": "flatten", "n*": "max", 4: "flatten"}
    )
    assert [found[name].n_dims for name in names] == [8 * 100, 8, 8, 32, 5]
    by_place = ew.collect(model, IMAGES, names, reshape={2: "flatten", "*": "mean"})
    assert [by_place[name].n_dims for name in names] == [8, 800, 8, 8, 5]
    rest = ew.collect(model, IMAGES, names, reshape={"conv": "mean", "*": "flatten"})
    assert [rest[name].n_dims for name in names] == [8, 800, 800, 32, 5]
    np.testing.assert_array_equal(
        found["norm"].vectors, plain(model, "norm", IMAGES, 21, lambda x: x.amax((2, 3)))
    )


def test_tokens_of_a_model_as_those_of_transformers():
    model = seeded(TinyBert)
    data = {"input_ids": WORDS, "attention_mask": ATTENTION}
    found = {
        how: ew.collect(model, data, ["", "encoder.1"], reshape=how)
        for how in ("cls", "mean_tokens", "flatten")
    }
    model.eval()
    with torch.no_grad():
        hidden = model(**data)["last_hidden_state"]
    counted = ATTENTION[..., None].bool()
    mean_tokens = hidden.masked_fill(~counted, 0).sum(1) / counted.sum(1)
    np.testing.assert_array_equal(found["cls"][""].vectors, hidden[:, 0])
    np.testing.assert_array_equal(found["mean_tokens"][""].vectors, mean_tokens)
    np.testing.assert_array_equal(found["flatten"][""].vectors, hidden.flatten(1))
    three = hidden[3, : int(ATTENTION[3].sum())].mean(0)
    np.testing.assert_allclose(found["mean_tokens"][""].vectors[3], three, atol=1e-6)
    without = ew.collect(model, WORDS, "", reshape="mean_tokens")[""].vectors
    np.testing.assert_array_equal(without, hidden.mean(1))


def test_a_vision_transformer():
    model = seeded(TinyVit)
    found = ew.collect(model, {"pixel_values": IMAGES}, ["penultimate", "encoder"], reshape="cls")
    hidden = plain(model, "encoder", IMAGES, 21, lambda x: x[:, 0])
    np.testing.assert_array_equal(found["encoder"].vectors, hidden)
    np.testing.assert_array_equal(found["penultimate"].vectors, hidden)


@pytest.mark.parametrize(
    ("make", "x", "before_last"), [(cnn, IMAGES, "drop"), (mlp, TABLE, "1"), (Resnet, IMAGES, None)]
)
def test_the_layer_before_the_last(make, x, before_last):
    model = seeded(make)
    found = ew.collect(model, x)
    assert list(found) == ["penultimate"]
    if before_last is None:
        expected = plain(model, "avgpool", x, 21, lambda y: y.flatten(1))
    else:
        expected = plain(model, before_last, x, 21, mean)
    np.testing.assert_array_equal(found["penultimate"].vectors, expected)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_other_precisions_become_float32(dtype):
    model = seeded(mlp).to(getattr(torch, dtype))
    x = TABLE.to(getattr(torch, dtype))
    found = ew.collect(model, x, ["0", "2"])
    for name in found:
        np.testing.assert_array_equal(found[name].vectors, plain(model, name, x, 21), strict=True)
    # numpy has no bfloat16, and double precision where nobody asks for it.
    from_numpy = ew.collect(model, x.double().numpy(), "2")["2"].vectors
    np.testing.assert_array_equal(from_numpy, found["2"].vectors)


def test_averages_of_half_precision_are_made_in_single():
    model = seeded(lambda: nn.Sequential(nn.Conv2d(3, 4, 1))).half()
    found = ew.collect(model, IMAGES.half(), "0")["0"].vectors
    model.eval()
    np.testing.assert_array_equal(found, model(IMAGES.half()).detach().float().mean((2, 3)))


def test_autocast():
    model = seeded(mlp)
    found = ew.collect(model, TABLE, "2", amp="bfloat16")["2"].vectors
    with torch.autocast("cpu", dtype=torch.bfloat16):
        expected = plain(model, "2", TABLE, 21)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(ew.collect(model, TABLE, "2", amp=True)["2"].vectors, expected)
    with pytest.raises(ValueError, match="amp='int8': give True, False, 'bfloat16'"):
        ew.collect(model, TABLE, "2", amp="int8")


def test_wrapped_models_are_those_in_them():
    model = seeded(cnn)
    expected = ew.collect(model, IMAGES, "norm")["norm"].vectors
    parallel, compiled = nn.DataParallel(model), torch.compile(model, backend="eager")
    averaged = torch.optim.swa_utils.AveragedModel(model)
    compiled.eval()(IMAGES)
    both = nn.DataParallel(compiled)
    assert list(ew.collect(both, IMAGES, ["module.fc", "module._orig_mod.norm", "fc"])) == [
        "module.fc",
        "module._orig_mod.norm",
        "fc",
    ]
    for wrapped, inner in (
        (parallel, "module"),
        (averaged, "module"),
        (compiled, "_orig_mod"),
        (both, "module._orig_mod"),
    ):
        for name in ("norm", f"{inner}.norm"):
            found = ew.collect(wrapped, IMAGES, name)
            assert list(found) == [name]
            np.testing.assert_array_equal(found[name].vectors, expected)
        depth = inner.count(".") + 1
        assert list(ew.collect(wrapped, IMAGES, 2 + depth)) == ["norm"]
        assert list(ew.collect(wrapped, IMAGES, 0)) == list(ew.collect(wrapped, IMAGES, 1)) == [""]
        assert list(ew.collect(wrapped, IMAGES, "f*")) == ["flat", "fc"]


def test_patterns_pass_over_what_has_no_row_for_an_item():
    norm = nn.utils.parametrizations.spectral_norm
    model = seeded(lambda: nn.Sequential(norm(nn.Linear(12, 4)), nn.Unflatten(0, (-1, 3))))
    with pytest.warns(UserWarning, match=r"'1' are left out: layer '1' gives \(7, 3, 4\) for 21"):
        assert list(ew.collect(model, TABLE, "*")) == ["0"]
    with pytest.raises(ValueError, match=r"'1' gives \(7, 3, 4\) for 21 items"):
        ew.collect(model, TABLE, "1*")


def test_parts_that_are_compiled_run_as_they_were_written():
    inner = seeded(cnn)
    expected = ew.collect(inner, IMAGES, ["norm", "fc"])
    model = nn.Sequential(compiled_part := torch.compile(inner, backend="eager"), nn.ReLU())
    model.eval()(IMAGES)
    found = ew.collect(model, IMAGES, ["0.norm", "0._orig_mod.fc"])
    np.testing.assert_array_equal(found["0.norm"].vectors, expected["norm"].vectors)
    np.testing.assert_array_equal(found["0._orig_mod.fc"].vectors, expected["fc"].vectors)
    assert model[0] is compiled_part
    in_place = copy.deepcopy(inner)
    in_place.compile(backend="eager")
    in_place.eval()(IMAGES)
    compiled = vars(in_place)["_compiled_call_impl"]
    found = ew.collect(in_place, IMAGES, ["norm", ""])
    np.testing.assert_array_equal(found["norm"].vectors, expected["norm"].vectors)
    assert vars(in_place)["_compiled_call_impl"] is compiled


def test_recurrent_layers_have_a_row_for_each_item():
    class Reads(nn.Module):
        def __init__(self, batch_first):
            super().__init__()
            self.batch_first = batch_first
            self.lstm = nn.LSTM(16, 6, batch_first=batch_first)

        def forward(self, x):
            output, _ = self.lstm(x if self.batch_first else x.transpose(0, 1))
            return output.mean(1 if self.batch_first else 0)

    first, tokens_first = seeded(lambda: Reads(True)), seeded(lambda: Reads(False))
    expected = ew.collect(first, TOKENS, "lstm", reshape="mean_tokens")["lstm"].vectors
    for batch_size in (21, 5):
        found = ew.collect(
            tokens_first, TOKENS, "lstm", reshape="mean_tokens", batch_size=batch_size
        )
        np.testing.assert_allclose(found["lstm"].vectors, expected, atol=1e-6)


def test_loaders_give_their_batches():
    model = seeded(cnn)
    loader = DataLoader(TensorDataset(IMAGES, torch.arange(21)), batch_size=8)
    found = ew.collect(model, loader, ["fc"])["fc"].vectors
    np.testing.assert_array_equal(found, plain(model, "fc", IMAGES, 8))
