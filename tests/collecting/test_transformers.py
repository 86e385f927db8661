"""Models of transformers itself, small and with random weights."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import ATTENTION, IMAGES, WORDS

import embwidget as ew

SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.fixture(scope="module")
def transformers():
    # Takes seconds, which are for these tests alone.
    return pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def bert(transformers):
    torch.manual_seed(0)
    config = transformers.BertConfig(vocab_size=50, intermediate_size=32, **SMALL)
    return transformers.BertModel(config)


def test_bert(bert):
    data = {"input_ids": WORDS, "attention_mask": ATTENTION}
    names = ["", "encoder.layer.0", "encoder.layer.1", "pooler"]
    found = ew.collect(bert, data, names, reshape="cls", batch_size=8)
    means = ew.collect(bert, data, "", reshape="mean_tokens", batch_size=8)[""]
    hidden, pooled = [], []
    bert.eval()
    with torch.no_grad():
        for rows in torch.arange(21).split(8):
            batch = {name: values[rows] for name, values in data.items()}
            output = bert(**batch, output_hidden_states=True)
            hidden.append(torch.stack(output.hidden_states))
            pooled.append(output.pooler_output)
    hidden = torch.cat(hidden, 1)
    np.testing.assert_array_equal(found["encoder.layer.0"].vectors, hidden[1][:, 0])
    np.testing.assert_array_equal(found["encoder.layer.1"].vectors, hidden[2][:, 0])
    np.testing.assert_array_equal(found[""].vectors, hidden[2][:, 0])
    np.testing.assert_array_equal(found["pooler"].vectors, torch.cat(pooled))
    there = ATTENTION[..., None].bool()
    expected = hidden[2].masked_fill(~there, 0).sum(1) / there.sum(1)
    np.testing.assert_array_equal(means.vectors, expected)
    names = ew.layers(bert, data)["name"].tolist()
    assert names == [name for name, _ in bert.named_modules()]


def test_a_vision_transformer_with_a_head(transformers):
    torch.manual_seed(0)
    config = transformers.ViTConfig(intermediate_size=32, image_size=12, patch_size=4, **SMALL)
    model = transformers.ViTForImageClassification(config)
    items = [{"pixel_values": x, "labels": i % 3} for i, x in enumerate(IMAGES)]
    found = ew.collect(model, items, ["vit", "penultimate", "classifier"], reshape="cls")
    model.eval()
    with torch.no_grad():
        hidden = model.vit(IMAGES).last_hidden_state[:, 0]
        logits = model(IMAGES).logits
    np.testing.assert_array_equal(found["vit"].vectors, hidden)
    np.testing.assert_array_equal(found["penultimate"].vectors, hidden)
    np.testing.assert_array_equal(found["classifier"].vectors, logits)
    assert found["vit"].metadata["label"].tolist() == [i % 3 for i in range(21)]


def test_a_tokenizer_of_its_own(transformers, bert, tmp_path):
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "and", "dog"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), "utf-8")
    tokenizer = transformers.BertTokenizer(str(tmp_path / "vocab.txt"))
    texts = ["a cat", "a cat and a dog", "dog"]
    options = {"tokenizer": tokenizer, "reshape": "mean_tokens"}
    together = ew.collect(bert, texts, "encoder", **options)["encoder"].vectors
    alone = ew.collect(bert, texts, "encoder", batch_size=1, **options)["encoder"].vectors
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(alone[0] - alone[2]).max() > 1e-3
