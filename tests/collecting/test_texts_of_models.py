"""Texts, through a tokenizer or a model's own ``encode``."""

import sys

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

import torch
from collect_models import TABLE, TinyBert, mlp, seeded
from torch import nn
from torch.utils.data import DataLoader

import embwidget as ew

TEXTS = ["a cat", "a dog and a cat", "the", "one two three four five", "x"] * 3


def word_ids(texts):
    return [[sum(map(ord, word)) % 49 + 1 for word in text.split()] for text in texts]


class Tokenizer:
    """As those of transformers, whose options say what is wanted."""

    def __init__(self):
        self.calls = []

    def __call__(self, text, padding=False, truncation=False, max_length=None, return_tensors=None):
        self.calls.append((len(text), padding, truncation, return_tensors))
        rows = word_ids(text)
        longest = max(map(len, rows))
        ids = [row + [0] * (longest - len(row)) for row in rows]
        mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
        return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def padded(texts):
    """A plain function of texts, which gives lists."""
    rows = [row + [0] * (5 - len(row)) for row in word_ids(texts)]
    return {"input_ids": rows, "attention_mask": [[int(i > 0) for i in row] for row in rows]}


@pytest.fixture(scope="module")
def model():
    return seeded(TinyBert)


@pytest.fixture(scope="module")
def alone(model):
    """Each text by itself: no other's padding is in it."""
    tokenizer = Tokenizer()
    return ew.collect(
        model, TEXTS, "embeddings", tokenizer=tokenizer, reshape="mean_tokens", batch_size=1
    )["embeddings"].vectors


@pytest.mark.parametrize(
    "data",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        pd.Series(TEXTS),
        DataLoader(TEXTS, batch_size=4),
        [{"text": text, "label": i} for i, text in enumerate(TEXTS)],
        [(text, i) for i, text in enumerate(TEXTS)],
    ],
)
@pytest.mark.parametrize("tokenizer", [Tokenizer(), padded])
def test_texts_with_a_tokenizer(model, alone, data, tokenizer):
    options = {} if isinstance(data, DataLoader) else {"batch_size": 4}
    space = ew.collect(
        model, data, "embeddings", tokenizer=tokenizer, reshape="mean_tokens", **options
    )["embeddings"]
    np.testing.assert_allclose(space.vectors, alone, atol=1e-6)
    if isinstance(data, list) and not isinstance(data[0], str):
        assert space.metadata["label"].tolist() == list(range(15))


def test_a_tokenizer_as_those_of_transformers_pads_truncates_and_gives_tensors(model):
    tokenizer = Tokenizer()
    ew.collect(model, TEXTS, "pooler", tokenizer=tokenizer, batch_size=10)
    assert tokenizer.calls == [(10, True, True, "pt"), (5, True, True, "pt")]


@pytest.mark.parametrize(
    ("tokenizer", "error", "message"),
    [
        (
            lambda texts: {"input_ids": word_ids(texts)},
            ValueError,
            "from 1 to 5 tokens a text: pad",
        ),
        ("bert", TypeError, "tokenizer='bert': give a function"),
        (lambda texts: 3, TypeError, "a batch has no tensor in it"),
    ],
)
def test_tokenizers_that_are_none(model, tokenizer, error, message):
    with pytest.raises(error, match=message):
        ew.collect(model, TEXTS, "pooler", tokenizer=tokenizer)


class Sentences(nn.Module):
    """As SentenceTransformer: `tokenize`, `encode`, and modules that hand on one dict."""

    def __init__(self):
        super().__init__()
        self.bert = seeded(TinyBert)
        self.pool = nn.Identity()

    def tokenize(self, texts):
        return {**padded(texts), **{k: torch.tensor(v) for k, v in padded(texts).items()}}

    def forward(self, features, **kwargs):
        hidden = self.bert(**features)["last_hidden_state"]
        features["token_embeddings"] = hidden
        features["sentence_embedding"] = self.pool(hidden.mean(1))
        return features

    def encode(self, sentences, batch_size=32, show_progress_bar=None):
        self.eval()
        assert show_progress_bar is False
        order = sorted(range(len(sentences)), key=lambda at: len(sentences[at]))
        found = self(self.tokenize([sentences[at] for at in order]))["sentence_embedding"]
        return found.detach().numpy()[np.argsort(order)]


def test_models_that_encode_texts():
    model = Sentences().train()
    encoded = ew.collect(model, TEXTS)
    assert list(encoded) == ["encode"]
    assert all(module.training for module in model.modules())
    hooked = ew.collect(model, TEXTS, ["pool", ""])
    np.testing.assert_allclose(hooked["pool"].vectors, encoded["encode"].vectors, atol=1e-6)
    np.testing.assert_array_equal(hooked[""].vectors, hooked["pool"].vectors)
    part = ew.collect(model, TEXTS, "encode", select=[7, 2], ids=range(100, 115))["encode"]
    np.testing.assert_allclose(part.vectors, encoded["encode"].vectors[[7, 2]], atol=1e-6)
    assert part.ids.tolist() == [107, 102]
    with pytest.raises(ValueError, match="makes batches of its own"):
        ew.collect(model, TEXTS, ["encode", "pool"])
    with pytest.raises(TypeError, match="a model encodes texts: give a list of them"):
        ew.collect(model, TABLE, "encode")


class Static:
    """Embeds texts and knows no torch."""

    def encode(self, texts):
        return np.array([[len(text), text.count("a")] for text in texts], np.float64)


def test_models_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    space = ew.collect(Static(), TEXTS, labels=range(15), batch_size=4)["encode"]
    assert space.vectors[:2].tolist() == [[5.0, 2.0], [15.0, 4.0]]
    assert space.metadata["label"].tolist() == list(range(15))


@pytest.mark.parametrize(
    "call",
    [lambda: ew.collect(object(), TABLE), lambda: ew.layers(object())],
    ids=["collect", "layers"],
)
def test_without_torch_it_says_what_to_install(monkeypatch, call):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r'torch is needed .* "embwidget\[train\]"'):
        call()


def test_encoders_that_give_something_else(monkeypatch):
    monkeypatch.setattr(Static, "encode", lambda self, texts: np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"encode\(\) gave \(2, 3\) for 15 texts"):
        ew.collect(Static(), TEXTS)
    with pytest.raises(TypeError, match=r"expected a torch.nn.Module, or what has encode"):
        ew.collect(Static(), TEXTS, "0")
    with pytest.raises(TypeError, match="give tokenizer="):
        ew.collect(mlp(), TEXTS)
