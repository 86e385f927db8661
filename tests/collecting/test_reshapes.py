"""Reshapes that do not fit, warnings of tokens, and masks of every kind."""

import warnings

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, TABLE, TOKENS, cnn, mlp
from torch import nn

import embwidget as ew


@pytest.mark.parametrize(
    ("reshape", "message"),
    [
        ("average", "reshape='average': give mean, flatten, avg_pool_1_1"),
        (3, "reshape=3"),
        ({"cnov": "mean"}, "'cnov' is no layer that is collected: there are 'conv'"),
        ({"conv": "average"}, "reshape='average'"),
        (
            "cls",
            r"layer 'conv', reshape='cls': it gives \(21, 8, 10, 10\), not \(n_items, n_tokens",
        ),
        ("mean_tokens", "not \\(n_items, n_tokens"),
        (lambda x: x, r"made \(21, 8, 10, 10\) of \(21, 8, 10, 10\): it has to give \(21, n_dims"),
        (lambda x: x[0].flatten(1), r"has to give \(21, n_dims\)"),
        (lambda x: x.flatten(), r"has to give \(21, n_dims\)"),
    ],
)
def test_reshapes_that_do_not_fit(reshape, message):
    with pytest.raises(ValueError, match=message) as caught:
        ew.collect(cnn(), IMAGES, "conv", reshape=reshape)
    assert len(str(caught.value)) < 300


def test_pooling_is_for_pictures():
    with pytest.raises(ValueError, match=r"gives \(21, 5, 16\), not \(n_items, channels, height"):
        ew.collect(nn.Sequential(nn.Identity()), TOKENS, "0", reshape="avg_pool_2_2")
    assert ew.collect(mlp(), TABLE, "0", reshape="avg_pool_2_2")["0"].n_dims == 16


def test_averaging_features_of_tokens_is_warned_of_unless_it_is_said():
    model = nn.Sequential(nn.Identity())
    with pytest.warns(UserWarning, match="averages the last dimension.*mean_tokens") as caught:
        found = ew.collect(model, TOKENS, "0", batch_size=8)["0"].vectors
    assert [each.filename for each in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = ew.collect(model, TOKENS, "0", reshape="mean", batch_size=8)["0"].vectors
    np.testing.assert_array_equal(found, said)
    np.testing.assert_array_equal(said, TOKENS.mean(2))


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("attention_mask", (21, 6), r"gives \(21, 5, 16\), and the attention mask is \(21, 6\)"),
        ("mask", (21, 5), "nobody can know whether 1 is one"),
    ],
)
def test_masks_that_do_not_fit(name, shape, message):
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Identity()

        def forward(self, x, attention_mask=None, mask=None):
            return self.out(x)

    data = {"x": TOKENS, name: torch.ones(shape).long()}
    with pytest.raises(ValueError, match=message):
        ew.collect(Masked(), data, "out", reshape="mean_tokens")
    assert ew.collect(Masked(), data, "out", reshape="cls")["out"].n_dims == 16


def test_masks_of_other_kinds():
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Identity()

        def forward(self, x, attention_mask=None, key_padding_mask=None):
            return self.out(x)

    there = torch.arange(5) <= torch.arange(21)[:, None] % 5
    expected = (TOKENS * there[..., None]).sum(1) / there.sum(1, keepdim=True)
    added = torch.zeros(21, 5).masked_fill(~there, -torch.inf)
    for name, mask in (
        ("attention_mask", there),
        ("attention_mask", there.float()),
        ("attention_mask", added),
        ("key_padding_mask", ~there),
    ):
        found = ew.collect(Masked(), {"x": TOKENS, name: mask}, "out", reshape="mean_tokens")
        np.testing.assert_allclose(found["out"].vectors, expected, atol=1e-6)
    broken = TOKENS.masked_fill(~there[..., None], torch.nan)
    data = {"x": broken, "attention_mask": there}
    found = ew.collect(Masked(), data, "out", reshape="mean_tokens")
    np.testing.assert_allclose(found["out"].vectors, expected, atol=1e-6)
